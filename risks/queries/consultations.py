"""Consultations as each reader may see them: this is the one place that decides it (domain.md 0.4, 7, 8.5, 8.6).

Whoever is not of the engagement team gets a `Page` that does not carry the place, the notes, the participants, exact
small numbers, nor anything that was not screened. Templates, the public page and the API are given these values only.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.models import Consultation, ConsultationFinding, Participant, Risk
from risks.queries.desk import FEW, Indicator, percent
from risks.queries.method import method
from risks.rules.consultation import (
    GUARDED_FROM,
    NOT_HELD,
    ConsultationState,
    Purpose,
    is_guarded,
    is_overdue,
    is_proxy,
)
from risks.rules.said_dates import in_words
from risks.rules.suppression import Cell, suppressed

NOT_SAID = "Not said"
GUARDED = Q(told_by_dossier=False, screened_at__isnull=True) & (
    Q(risk_to_participants__isnull=True) | Q(risk_to_participants__gte=GUARDED_FROM)
)
SCREENED = Q(told_by_dossier=True) | Q(screened_at__isnull=False)
LINKED = ("risks", "measures", "exits", "model_reviews", "changes")
ADDRESSES = {"risks": "risk-detail", "measures": "measure-detail", "exits": "exit-detail"}


def of_team(user: User) -> Q:
    """Return the condition that a person organises a consultation or is of its engagement team."""
    return Q(organiser=user) | Q(pk__in=user.engagements.values("pk"))


def open_to(user: User) -> Q:
    """Return the condition that a person may read who was asked, and where: what is guarded, its team alone reads."""
    return ~GUARDED | of_team(user)


def is_team(user: User, consultation: Consultation) -> bool:
    """Whether a person organises a consultation or is of its engagement team."""
    return Consultation.objects.filter(of_team(user), pk=consultation.pk, told_by_dossier=False).exists()


def visible_to(user: User) -> QuerySet[Consultation]:
    """Return the consultations of which a person may know that they exist; `page_of` decides what they see of each."""
    return Consultation.objects.all() if user.may(Permission.READ_DESK) else Consultation.objects.none()


def team_only(user: User) -> QuerySet[Consultation]:
    """Return the consultations that a person may work on; all others are not there for them."""
    return Consultation.objects.filter(of_team(user), told_by_dossier=False)


def answerable_by(user: User) -> QuerySet[ConsultationFinding]:
    """Return the findings that a person may read, and so answer: the screened ones, and those of their teams."""
    mine = team_only(user).values("pk")
    return ConsultationFinding.objects.filter(
        Q(consultation__screened_at__isnull=False) | Q(consultation__in=mine)
    ).select_related("consultation", "owner")


# What `seen_finding` tells of one beside its owner and what it is linked to.
OF_A_FINDING = (
    *("you_said", "is_quote", "theme", "priority", "response", "we_did", "reasons", "due"),
    "told_participants_at",
)


@dataclass(frozen=True)
class Link:
    """A record that a consultation or a finding is about; `address` names its page, where it has one."""

    kind: str
    pk: int
    label: str
    address: str


@dataclass(frozen=True)
class Row:
    """A consultation in a list. For a reader who is kept away from it only purpose, state and links are filled."""

    pk: int
    label: str
    purpose: str
    state: str
    state_code: str
    linked: tuple[Link, ...]
    guarded: bool
    of_team: bool
    told_by_dossier: bool
    method: str = ""
    groups: tuple[str, ...] = ()
    when: str = ""
    people: str = ""
    proxy: bool = False
    after_the_fact: bool = False
    findings: int = 0
    unanswered: int = 0
    overdue: int = 0
    said: Mapping[str, str] | None = None
    day: date | None = None
    recorded_at: datetime | None = None

    @property
    def is_ahead(self) -> bool:
        """Whether nobody was heard yet."""
        return self.state_code in NOT_HELD


@dataclass(frozen=True)
class SeenFinding:
    """What people said and what became of it, as a reader may see it."""

    pk: int
    you_said: str
    is_quote: bool
    theme: str
    priority: int
    response: str
    we_did: str
    reasons: str
    owner: str
    due: date
    overdue: bool
    told: bool
    linked: tuple[Link, ...]


@dataclass(frozen=True)
class Inside:
    """What only the engagement team sees."""

    consultation: Consultation
    team: tuple[User, ...]
    participants: tuple[Participant, ...]
    exact_breakdown: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Page:
    """One consultation as a reader may see it; `inside` is there for the engagement team alone."""

    row: Row
    question: str = ""
    languages: tuple[str, ...] = ()
    breakdown: tuple[tuple[str, str], ...] = ()
    safeguards_checked: bool = False
    proxy_reasons: str = ""
    limits: str = ""
    summary: str = ""
    screened: bool = False
    validated: bool = False
    published: bool = False
    findings: tuple[SeenFinding, ...] = ()
    inside: Inside | None = None


def listed(
    user: User,
    *,
    on: date,
    state: str = "",
    purpose: str = "",
    type: str = "",  # noqa: A002  # the filter's name in the address
    mine: str = "",
    overdue: str = "",
) -> QuerySet[Consultation]:
    """Return the consultations that a filter leaves, the latest first.

    What a person may not see of a consultation does not filter it either; else the filter would tell.

    Args:
        user: who asks.
        on: the day, for what is overdue.
        state, purpose, type: as stored; `type` is that of a stakeholder group.
        mine: whether only those of their teams.
        overdue: whether only those with an answer overdue.
    """
    found = visible_to(user).order_by("-pk")
    if state:
        found = found.filter(state=state)
    if purpose:
        found = found.filter(purpose=purpose)
    if type:
        found = found.filter(open_to(user), pk__in=Consultation.objects.filter(groups__type=type))
    if mine:
        found = found.filter(of_team(user))
    if overdue:
        late = answerable_by(user).filter(response="", due__lt=on).values("consultation")
        found = found.filter(pk__in=late)
    return found


def rows_of(consultations: Iterable[Consultation], user: User, *, on: date) -> list[Row]:
    """Return some consultations as a person may see them in a list, in a constant number of queries."""
    pks = [one.pk for one in consultations]
    return _rows(pks, _teams_of(user, pks), on=on)


def rows_outside(pks: Sequence[int], *, on: date) -> list[Row]:
    """Return some consultations as those see them who are of none of the teams: what leaves the desk."""
    return _rows(pks, frozenset(), on=on)


def _rows(pks: Sequence[int], mine: Collection[int], *, on: date) -> list[Row]:
    found = Consultation.objects.filter(pk__in=pks).prefetch_related("groups", "findings", *LINKED)
    by_pk = {one.pk: one for one in found}
    return [_row(by_pk[pk], of_team=pk in mine, on=on) for pk in pks]


def _teams_of(user: User, pks: Sequence[int]) -> set[int]:
    return set(team_only(user).filter(pk__in=pks).values_list("pk", flat=True))


def page_of(consultation: Consultation, user: User, *, on: date) -> Page:
    """Return one consultation as a person may see it."""
    mine = is_team(user, consultation)
    row = _row(consultation, of_team=mine, on=on)
    if row.guarded:
        return Page(row)
    screened = consultation.screened_at is not None or consultation.told_by_dossier
    open_to_them = screened or mine
    breakdown, _people = seen_numbers(consultation)
    return Page(
        row,
        question=consultation.question,
        languages=tuple(consultation.languages) if mine or _many(consultation) else (),
        breakdown=breakdown,
        safeguards_checked=consultation.safeguards_checked_at is not None,
        proxy_reasons=consultation.proxy_reasons,
        limits=consultation.limits if open_to_them else "",
        summary=consultation.summary if open_to_them else "",
        screened=screened,
        validated=consultation.validated_on is not None,
        published=consultation.published,
        findings=_findings(consultation, on=on) if open_to_them else (),
        inside=_inside(consultation) if mine else None,
    )


def _many(consultation: Consultation) -> bool:
    return (consultation.participants_n or 0) >= method().smallest_group


def _row(one: Consultation, *, of_team: bool, on: date) -> Row:
    screened = one.screened_at is not None or one.told_by_dossier
    guarded = not of_team and is_guarded(one.risk_to_participants, screened=screened)
    bare = Row(
        pk=one.pk,
        label=f"Consultation {one.pk}" if guarded else one.title[:1].upper() + one.title[1:],
        purpose=one.get_purpose_display(),
        state=one.get_state_display(),
        state_code=one.state,
        linked=links_of(one, LINKED),
        guarded=guarded,
        of_team=of_team,
        told_by_dossier=one.told_by_dossier,
    )
    return bare if guarded else _filled(bare, one, findings_seen=of_team or screened, on=on)


def _filled(bare: Row, one: Consultation, *, findings_seen: bool, on: date) -> Row:
    findings = list(one.findings.all()) if findings_seen else []
    open_ones = [finding for finding in findings if not finding.response]
    _cells, people = seen_numbers(one)
    groups = list(one.groups.all())
    return Row(
        **{
            **{name: getattr(bare, name) for name in Row.__dataclass_fields__},
            "method": one.get_method_display() or one.method_said,
            "recorded_at": one.recorded_at,
            "groups": tuple(group.name for group in groups),
            "when": _when(one, exact=bare.of_team),
            "people": str(one.participants_n or "not on record") if bare.of_team else people,
            "proxy": not one.told_by_dossier and is_proxy(group.type for group in groups),
            "after_the_fact": one.after_the_fact,
            "findings": len(findings),
            "unanswered": len(open_ones),
            "overdue": sum(is_overdue(finding.due, answered=False, on=on) for finding in open_ones),
            "said": one.detail if one.told_by_dossier else None,
            "day": _day(one, exact=bare.of_team or one.told_by_dossier),
        }
    )


def _day(one: Consultation, *, exact: bool) -> date | None:
    """Return where it stands in time; for those outside the team the first of its month, as in `_when`."""
    return one.held_from if exact or one.held_from is None else one.held_from.replace(day=1)


def _when(one: Consultation, *, exact: bool) -> str:
    """Return when it was; the day itself could tell a State who was there (N2)."""
    if one.told_by_dossier:
        return in_words(one.dates_said)
    first, last = one.held_from or one.planned_on, one.held_until
    if first is None:
        return "not dated yet"
    form = "%-d %B %Y" if exact else "%B %Y"
    said = [f"{day:{form}}" for day in (first, last) if day]
    return ("" if one.held_from else "planned for ") + " to ".join(dict.fromkeys(said))


def mechanism_consultations() -> tuple[list[date], list[bool]]:
    """Return when people were asked about the mechanism, and whether each suggestion was answered (UNGP 31(h))."""
    about = Consultation.objects.filter(
        purpose=Purpose.MECHANISM_DESIGN, told_by_dossier=False, held_from__isnull=False
    )
    held = [day for day in about.values_list("held_from", flat=True) if day is not None]
    answers = ConsultationFinding.objects.filter(consultation__in=about).values_list("response", flat=True)
    return held, [bool(answer) for answer in answers]


def seen_numbers(one: Consultation) -> tuple[tuple[tuple[str, str], ...], str]:
    """Return the breakdown and the number of people as those outside the team may see them (domain.md 8.5)."""
    k = method().smallest_group
    if one.participants_n is None:
        return (), "not on record"
    groups = [(str(part["group"]), int(part["count"])) for part in one.breakdown]
    rest = one.participants_n - sum(count for _name, count in groups)
    named = [*groups, (NOT_SAID, rest)] if groups and rest else groups
    shown = suppressed([count for _name, count in named], one.participants_n, k)
    cells = tuple((name, _said(cell, k)) for (name, _), cell in zip(named, shown.cells, strict=True))
    if shown.total is not None:
        return cells, str(shown.total)
    return (
        cells,
        f"fewer than {k}" if one.participants_n < k else "not shown, so that no small group can be computed",
    )


def _said(cell: Cell, k: int) -> str:
    if cell.shown is not None:
        return f"about {cell.shown}"
    return f"fewer than {k}" if cell.few else "not shown"


def links_of(one: Consultation | ConsultationFinding, kinds: Sequence[str]) -> tuple[Link, ...]:
    """Return what a consultation or a finding is linked to; an exit by number only (N8)."""
    return tuple(
        Link(kind, record.pk, _label(kind, record), ADDRESSES.get(kind, ""))
        for kind in kinds
        for record in getattr(one, kind).all()
    )


def _label(kind: str, record: object) -> str:
    return f"Exit decision {record.pk}" if kind == "exits" else str(record)  # type: ignore[attr-defined]


def _findings(one: Consultation, *, on: date) -> tuple[SeenFinding, ...]:
    found = one.findings.select_related("owner").prefetch_related("risks", "measures", "model_reviews")
    return tuple(seen_finding(finding, on=on) for finding in found)


def seen_finding(finding: ConsultationFinding, *, on: date) -> SeenFinding:
    """Return a finding that its reader may see."""
    return SeenFinding(
        pk=finding.pk,
        you_said=finding.you_said,
        is_quote=finding.is_quote,
        theme=finding.theme,
        priority=finding.priority,
        response=finding.get_response_display(),
        we_did=finding.we_did,
        reasons=finding.reasons,
        owner=str(finding.owner or ""),
        due=finding.due,
        overdue=is_overdue(finding.due, answered=bool(finding.response), on=on),
        told=finding.told_participants_at is not None,
        linked=links_of(finding, ("risks", "measures", "model_reviews")),
    )


def _inside(one: Consultation) -> Inside:
    return Inside(
        consultation=one,
        team=tuple(one.team.all()),
        participants=tuple(one.participants.defer("sealed")),
        exact_breakdown=tuple((str(part["group"]), int(part["count"])) for part in one.breakdown),
    )


def is_told(one: Consultation) -> bool:
    """Whether those who took part know what became of what they said (E3)."""
    untold = one.findings.filter(told_participants_at__isnull=True)
    return not untold.exists() and not one.participants.filter(told_at__isnull=True).exists()


def consultations_of(risk: Risk, user: User, *, on: date) -> list[Row]:
    """Return the consultations linked to a risk, or with a finding tagged to it, as a person may see them."""
    tagged = answerable_by(user).filter(risks=risk).values("consultation")
    found = visible_to(user).filter(Q(risks=risk) | Q(pk__in=tagged)).distinct()
    return rows_of(found.order_by(F("held_from").asc(nulls_last=True), "pk"), user, on=on)


def grounds_for(risk: Risk, user: User) -> tuple[QuerySet[Consultation], QuerySet[ConsultationFinding]]:
    """Return the consultations and findings that a judgement of a risk may rest on, as a person may see them (E4)."""
    held = risk.consultations.exclude(state__in=NOT_HELD)
    said = ConsultationFinding.objects.filter(risks=risk, consultation__screened_at__isnull=False)
    return held.filter(open_to(user)).distinct(), said.select_related("consultation")


@dataclass(frozen=True)
class ToAnswer:
    """A finding that waits for an answer, with where it comes from."""

    finding: SeenFinding
    consultation: str


def findings_to_answer(user: User, *, on: date) -> list[ToAnswer]:
    """Return the findings that wait for this person, and those overdue that they may answer, the latest due first."""
    if not user.may(Permission.ANSWER_FINDING):
        return []
    ready = [ConsultationState.SUMMARISED, ConsultationState.VALIDATED_BY_PARTICIPANTS]
    found = answerable_by(user).filter(response="", consultation__state__in=ready)
    found = found.filter(Q(owner=user) | Q(due__lt=on)).prefetch_related("risks", "measures", "model_reviews")
    shown = found.only(*OF_A_FINDING, "consultation__title", "owner__display_name").order_by("due", "pk")
    return [ToAnswer(seen_finding(one, on=on), one.consultation.title) for one in shown]


def loop_closed(*, on: date) -> Indicator:
    """Return K19: findings answered within the days of E2, of all that are answered or past their day."""
    counted = ConsultationFinding.objects.aggregate(
        part=Count("pk", filter=Q(answered_at__date__lte=F("due"))),
        whole=Count("pk", filter=Q(answered_at__isnull=False) | Q(due__lt=on)),
    )
    part, whole = counted["part"], counted["whole"]
    return Indicator(
        "K19",
        "Loop closed",
        f"{100 * part // whole} %" if whole else "none yet",
        f"Consultation findings answered within {method().answer_days} days, of those answered or overdue: "
        f"{part} of {whole}.",
        "under 90 %.",
        red=part * 100 < whole * 90,
        few_data=0 < whole < FEW,
        number=percent(part, whole),
    )


def check_due(one: Consultation, *, days: int) -> date | None:
    """Return from when those who took part are asked whether they were harmed for it."""
    ended = one.held_until or one.held_from
    return ended + timedelta(days=days) if ended else None
