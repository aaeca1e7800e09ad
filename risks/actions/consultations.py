"""The way of a consultation: planned, made safe, held, summarised, agreed to, answered, told, closed (domain.md 7)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from hrdd.governance.actions import move
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.screening import (
    all_texts_of,
    content_hash,
    demand_team,
    known_of,
    log,
    refuse_endangering,
    refuse_identifying,
)
from risks.actions.standing import refresh
from risks.models import Consultation, Risk
from risks.queries.consultations import LINKED, is_told
from risks.rules.consultation import (
    CONSULTATION_STEPS,
    ConsultationState,
    Safeguard,
    check_refusal,
    closing_refusals,
    hold_refusals,
    is_after_the_fact,
    publication_refusals,
    safeguards_missing,
)

ANSWERED = (ConsultationState.RESPONDED, ConsultationState.CLOSED)
STEPS_BY_BUTTON = ("summarise", "respond", "tell", "publish", "unpublish", "close")


@transaction.atomic
def plan_consultation(
    *,
    by: User,
    at: datetime,
    links: Mapping[str, Iterable[Any]],
    groups: Iterable[Any],
    team: Iterable[User],
    **plan: Any,
) -> Consultation:
    """Plan a consultation; whoever plans it organises it (domain.md 7.3).

    Args:
        by, at: who, and now.
        links: what it is about, by the names of LINKED; at least one record.
        groups: who is asked, as stakeholder groups.
        team: who else works on it; only they and the organiser see who takes part, and where.
        plan: the columns of the plan, as `PLAN` names them.

    Raises:
        NotAllowed: the role, nothing linked, nobody asked, or a text that could identify a person.
    """
    by.demand(Permission.RUN_CONSULTATION)
    consultation = Consultation(
        organiser=by, recorded_at=at, **_checked(plan, links=links, groups=groups, known=[])
    )
    consultation.save()
    _relate(consultation, links=links, groups=groups, team=team)
    log(consultation, "planned consultation", by=by, at=at, risk=consultation.risk_to_participants)
    return consultation


PLAN = (
    *(
        "title",
        "purpose",
        "question",
        "method",
        "planned_on",
        "languages",
        "risk_to_participants",
        "safeguards",
    ),
    *("safeguards_note", "proxy_reasons", "place", "team_notes", "independent_facilitator", "compensation"),
    *("info_shared_in_advance", "days_before"),
)


@transaction.atomic
def change_plan(
    consultation: Consultation,
    *,
    by: User,
    at: datetime,
    links: Mapping[str, Iterable[Any]],
    groups: Iterable[Any],
    team: Iterable[User],
    **plan: Any,
) -> None:
    """Change a plan until its safeguards are checked; what was checked stays as it is.

    Raises:
        NotAllowed: as in plan_consultation; not of the team; no longer planned.
    """
    held = _opened(consultation, Permission.RUN_CONSULTATION, by=by, states={ConsultationState.PLANNED})
    changes = _checked(plan, links=links, groups=groups, known=known_of(held))
    Consultation.objects.filter(pk=held.pk).update(**changes)
    _relate(held, links=links, groups=groups, team=team)
    log(held, "changed consultation plan", by=by, at=at, risk=changes["risk_to_participants"])


def _checked(
    plan: Mapping[str, Any],
    *,
    links: Mapping[str, Iterable[Any]],
    groups: Iterable[Any],
    known: Sequence[str],
) -> dict[str, Any]:
    if not any(list(links.get(kind, [])) for kind in LINKED):
        raise NotAllowed(
            "Link it to at least one risk, measure, exit, review or change: people are asked about something."
        )
    if not list(groups):
        raise NotAllowed("Groups: choose at least one group of people who are asked, or record it first.")
    refuse_endangering(
        {
            "Title": plan["title"],
            "Question": plan["question"],
            "Why others speak for them": plan["proxy_reasons"],
            "Languages": "; ".join(plan["languages"]),
        },
        known=known,
    )
    return {name: plan[name] for name in PLAN}


def _relate(
    consultation: Consultation,
    *,
    links: Mapping[str, Iterable[Any]],
    groups: Iterable[Any],
    team: Iterable[User],
) -> None:
    for kind in LINKED:
        getattr(consultation, kind).set(links.get(kind, []))
    consultation.groups.set(groups)
    consultation.team.set([one for one in team if one.pk != consultation.organiser_id])


@transaction.atomic
def change_team(consultation: Consultation, *, team: Iterable[User], by: User, at: datetime) -> None:
    """Change who is of the engagement team, at any time; who leaves sees no more than others do.

    Raises:
        NotAllowed: the role, or not of the team.
    """
    held = _opened(consultation, Permission.RUN_CONSULTATION, by=by, states=set(ConsultationState))
    members = [one for one in team if one.pk != held.organiser_id]
    held.team.set(members)
    log(held, "changed engagement team", by=by, at=at, team=sorted(one.username for one in members))


@transaction.atomic
def check_safeguards(consultation: Consultation, *, by: User, at: datetime) -> None:
    """Record that the safeguards suffice for those who will take part (E1).

    Raises:
        NotAllowed: the role, the state, E1, or safeguards that are missing, all of them.
    """
    held = _opened(consultation, Permission.CHECK_SAFEGUARDS, by=by)
    by_organiser = held.organiser is not None and held.organiser.username in by.as_one()
    if refusal := check_refusal(risk_to_participants=held.risk_to_participants, by_organiser=by_organiser):
        raise NotAllowed(refusal)
    vulnerable = {one for group in held.groups.all() for one in group.vulnerabilities}
    lacking = safeguards_missing(
        risk_to_participants=held.risk_to_participants, vulnerabilities=vulnerable, safeguards=held.safeguards
    )
    if lacking:
        raise NotAllowed(" ".join(lacking))
    _take(held, "check", by=by, at=at, safeguards_checked_by=by, safeguards_checked_at=at)


@transaction.atomic
def hold(
    consultation: Consultation,
    *,
    held_from: date,
    held_until: date | None,
    participants_n: int,
    breakdown: Sequence[Mapping[str, Any]],
    consent_recording: str,
    consent_attribution: str,
    consent_reuse: str,
    limits: str,
    proxy_reasons: str,
    by: User,
    at: datetime,
) -> None:
    """Record that people were asked: when, how many, with which consent, within which limits (E1, E5, E8).

    Args:
        consultation: one whose safeguards were checked.
        held_from, held_until: the first and the last day; one day where the last is None.
        participants_n: how many people took part.
        breakdown: parts of them, each with `group` and `count`; together no more than took part.
        consent_recording, consent_attribution, consent_reuse: each asked for separately.
        limits: whom it did not reach and what it cannot tell.
        proxy_reasons: why those affected were not asked themselves; needed where none of them was.
        by, at: who, and now.

    Raises:
        NotAllowed: what is missing or contradicts itself, in sentences.
    """
    held = _opened(consultation, Permission.RUN_CONSULTATION, by=by)
    _refuse_days(held_from, held_until, on=at.date())
    if sum(int(part["count"]) for part in breakdown) > participants_n:
        raise NotAllowed("Breakdown: together the groups hold more people than took part.")
    if lacking := hold_refusals(
        risk_to_participants=held.risk_to_participants,
        checked=held.safeguards_checked_at is not None,
        checked_by_organiser=held.safeguards_checked_by_id == held.organiser_id,
        types=held.groups.values_list("type", flat=True),
        proxy_reasons=proxy_reasons,
    ):
        raise NotAllowed(" ".join(lacking))
    names = "; ".join(str(part["group"]) for part in breakdown)
    texts = {"Limits": limits, "Why others speak for them": proxy_reasons, "Breakdown": names}
    refuse_endangering(texts, known=known_of(held))
    _take(
        held,
        "hold",
        by=by,
        at=at,
        held_from=held_from,
        held_until=held_until or held_from,
        participants_n=participants_n,
        breakdown=[dict(part) for part in breakdown],
        consent_recording=consent_recording,
        consent_attribution=consent_attribution,
        consent_reuse=consent_reuse,
        limits=limits.strip(),
        proxy_reasons=proxy_reasons.strip(),
        after_the_fact=is_after_the_fact(held_from, _decided_on(held)),
    )


def _refuse_days(held_from: date, held_until: date | None, *, on: date) -> None:
    if held_from > on or (held_until and held_until > on):
        raise NotAllowed("Held: this day is still to come. Record it once people were asked.")
    if held_until and held_until < held_from:
        raise NotAllowed("Held until: it ends before it begins.")


def _decided_on(consultation: Consultation) -> list[date | None]:
    """Return when each thing that people were asked about began or was decided."""
    decided = consultation.changes.values_list("decided_at", flat=True)
    return [
        *consultation.measures.values_list("starts_on", flat=True),
        *consultation.exits.values_list("approved_on", flat=True),
        *consultation.model_reviews.values_list("concluded_on", flat=True),
        *(moment.date() if moment else None for moment in decided),
    ]


@transaction.atomic
def write_summary(consultation: Consultation, *, summary: str, by: User, at: datetime) -> None:
    """Write or rewrite the summary; it must be screened again.

    Raises:
        NotAllowed: the role, the team, the state, or a text that could identify a person.
    """
    held = _opened(consultation, Permission.RUN_CONSULTATION, by=by, states={ConsultationState.HELD})
    refuse_endangering({"Summary": summary}, known=known_of(held))
    Consultation.objects.filter(pk=held.pk).update(
        summary=summary.strip(), screened_by=None, screened_at=None
    )
    log(held, "wrote consultation summary", by=by, at=at)


@transaction.atomic
def screen(consultation: Consultation, *, seen_hash: str, by: User, at: datetime) -> None:
    """Record that another person read all of it, and that nothing in it identifies anybody (domain.md 0.4, 8.6).

    Args:
        consultation: one that was held; once more after the answers, before it is published.
        seen_hash: SHA-256 of what they read.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, the team, SD1, a text that changed meanwhile, or one that could identify a person.
    """
    states = {ConsultationState.HELD, *ANSWERED}
    held = _opened(consultation, Permission.CHECK_SAFEGUARDS, by=by, states=states)
    as_one = by.as_one()
    wrote = held.findings.filter(Q(recorded_by__username__in=as_one) | Q(answered_by__username__in=as_one))
    if (held.organiser and held.organiser.username in as_one) or wrote.exists():
        raise NotAllowed(
            "SD1: whoever organised it, recorded a finding or answered one, or stands in for them, does not screen it. "
            "Ask another."
        )
    if not held.summary.strip():
        raise NotAllowed("Write the summary first; it is screened together with the findings.")
    if seen_hash != content_hash(held):
        raise NotAllowed("The text changed since you opened it. Read it again, then decide.")
    refuse_endangering(all_texts_of(held), known=known_of(held))
    Consultation.objects.filter(pk=held.pk).update(screened_by=by, screened_at=at)
    log(held, "screened consultation", by=by, at=at, hash=seen_hash)
    for risk in Risk.objects.filter(consultation_findings__consultation=held).distinct():
        refresh(risk, at=at)


@transaction.atomic
def validate(
    consultation: Consultation, *, validated_how: str, validated_on: date, by: User, at: datetime
) -> None:
    """Record how and when those who took part agreed that the summary says what they said.

    Raises:
        NotAllowed: the role, the team, the state, or a day that cannot be.
    """
    held = _opened(consultation, Permission.RUN_CONSULTATION, by=by)
    if validated_on > at.date() or (held.held_from and validated_on < held.held_from):
        raise NotAllowed("Agreed on: choose a day between the consultation and today.")
    refuse_identifying({"How they agreed": validated_how}, known=known_of(held))
    _take(held, "validate", by=by, at=at, validated_how=validated_how.strip(), validated_on=validated_on)


@transaction.atomic
def take_step(consultation: Consultation, name: str, *, by: User, at: datetime) -> None:
    """Take a step that has a button and asks nothing: summarise, respond, tell, publish, unpublish, close.

    Raises:
        NotAllowed: the role, the team, the state, or what is missing before the step.
    """
    steps = {
        "summarise": _summarise,
        "respond": _respond,
        "tell": tell_participants,
        "publish": _publish,
        "unpublish": _unpublish,
        "close": _close,
    }
    if name not in steps:
        raise NotAllowed("This step is taken on its own page.")
    steps[name](_opened(consultation, Permission.RUN_CONSULTATION, by=by), by=by, at=at)


def _summarise(held: Consultation, *, by: User, at: datetime) -> None:
    if held.state == ConsultationState.HELD and held.screened_at is None:
        raise NotAllowed(
            "Somebody other than the organiser must first screen the summary and findings for what gives people away."
        )
    _take(held, "summarise", by=by, at=at)


def _respond(held: Consultation, *, by: User, at: datetime) -> None:
    open_ones = held.findings.filter(response="").count()
    if held.state == ConsultationState.VALIDATED_BY_PARTICIPANTS and open_ones:
        raise NotAllowed(
            f"E2: every finding is answered first; {open_ones} {'is' if open_ones == 1 else 'are'} not."
        )
    _take(held, "respond", by=by, at=at)


@transaction.atomic
def tell_participants(consultation: Consultation, *, by: User, at: datetime) -> None:
    """Record that all who took part were told what became of what they said (E3).

    Raises:
        NotAllowed: the role, the team, or the answers are not closed yet.
    """
    held = _opened(consultation, Permission.RUN_CONSULTATION, by=by, states=set(ANSWERED))
    held.participants.filter(told_at__isnull=True).update(told_at=at)
    held.findings.filter(told_participants_at__isnull=True).update(told_participants_at=at)
    log(held, "told participants", by=by, at=at)


def _publish(held: Consultation, *, by: User, at: datetime) -> None:
    last = held.findings.order_by("-answered_at").values_list("answered_at", flat=True).first()
    if lacking := publication_refusals(
        responded=held.state in ANSWERED,
        screened=held.screened_at is not None and held.screened_by_id != held.organiser_id,
        screened_since=held.screened_at is not None and (last is None or last <= held.screened_at),
        told=is_told(held),
    ):
        raise NotAllowed(" ".join(lacking))
    refuse_endangering(all_texts_of(held), known=known_of(held))
    Consultation.objects.filter(pk=held.pk).update(published=True, published_by=by, published_at=at)
    log(held, "published consultation", by=by, at=at, hash=content_hash(held))


def _unpublish(held: Consultation, *, by: User, at: datetime) -> None:
    if not Consultation.objects.filter(pk=held.pk, published=True).update(published=False):
        raise NotAllowed("It is not published.")
    log(held, "took back consultation", by=by, at=at)


def _close(held: Consultation, *, by: User, at: datetime) -> None:
    promised = Safeguard.POST_CONTACT_CHECK_30D in held.safeguards
    unchecked = held.participants.filter(checked_on_at__isnull=True).exists()
    if held.state == ConsultationState.RESPONDED and (
        lacking := closing_refusals(
            told=is_told(held),
            check_promised=promised,
            checks_made=held.participants.exists() and not unchecked,
        )
    ):
        raise NotAllowed(" ".join(lacking))
    _take(held, "close", by=by, at=at, closed_on=at.date())


def _opened(
    consultation: Consultation, permission: Permission, *, by: User, states: Iterable[str] | None = None
) -> Consultation:
    """Return the consultation locked, for somebody of its team whose role may, in one of some states."""
    by.demand(permission)
    demand_team(consultation, by)
    held = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if states is not None and held.state not in set(states):
        raise NotAllowed(f"This is not done while the consultation is “{held.get_state_display().lower()}”.")
    return held


def _take(held: Consultation, name: str, *, by: User, at: datetime, **changes: Any) -> None:
    move(held, CONSULTATION_STEPS[name], by=by, at=at, called=f"consultation {held.pk}", **changes)
