"""The cases of the one who looks: what waits for them, by its clock, and nothing that was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from remedies.models import Case, CaseMember, Message, ReadLog, Remedy, RetaliationCheck, VaultKey
from remedies.queries.cases import visible_to
from remedies.queries.keys import is_vouched_key
from remedies.rules.case import TRIAGE_STATES, TYPE_WORDS, CaseRole, CaseState, CaseType
from remedies.rules.case_deadlines import DANGER_AIM, DANGER_MOST, Dates, Deadline, deadlines
from remedies.rules.case_workflow import CASE_STEPS, ENDED, PERMISSION_OF, READ_FIRST, UPHELD, Finding
from remedies.rules.retaliation import Word, asked_now

NO_DAY = date.max
READ_IT = "Read what was told"
UNASKED = {"close", "close-screened", "appeal", "offer-remedy", "reopen"}  # offered, not asked for
ROLE_LABELS = {
    CaseRole.GRV_INTAKE: "sorts it",
    CaseRole.GRV_INV: "investigates",
    CaseRole.GRV_DEC: "decides",
    CaseRole.APPEAL: "decides the appeal",
}
MISSING = {
    CaseState.ADMISSIBLE: (CaseRole.GRV_INV, "Assign an investigator"),
    CaseState.REOPENED: (CaseRole.GRV_INV, "Assign an investigator"),
    CaseState.FINDINGS_DRAFTED: (CaseRole.GRV_DEC, "Assign a decider"),
    CaseState.APPEAL: (CaseRole.APPEAL, "Assign somebody new to the appeal"),
    CaseState.APPEAL_DECIDED: (CaseRole.GRV_DEC, "Assign a decider"),
}
OFFERED_ROLES = (CaseRole.GRV_INV, CaseRole.GRV_DEC)


@dataclass(frozen=True)
class Standing:
    """Where a case stands for somebody today."""

    case: Case
    role: CaseRole | None
    team: tuple[CaseMember, ...]
    deadlines: tuple[Deadline, ...]
    steps: tuple[str, ...]
    asks: tuple[str, ...]
    was_read: bool
    today: date
    report: RetaliationCheck | None = None
    watch_on: date | None = None

    @property
    def kind(self) -> str:
        """Return what the case is about, in words."""
        return TYPE_WORDS[CaseType(self.case.type)]

    @property
    def state(self) -> str:
        """Return its state in words."""
        return state_words(CaseState(self.case.state))

    @property
    def finding(self) -> str:
        """Return what was found, in words."""
        return self.case.finding.replace("_", " ")

    @property
    def refusal(self) -> str:
        """Return why it was refused, in words."""
        return self.case.refusal.replace("_", " ")

    @property
    def part(self) -> str:
        """Return what the company had to do with the harm, in words."""
        return self.case.part.replace("_", " ")

    @property
    def role_taken(self) -> str:
        """Return what a company that is only linked does, in words."""
        return self.case.role_taken.replace("_", " ")

    @property
    def reopened_for(self) -> str:
        """Return why it was opened again, in words."""
        return self.case.reopened_for.replace("_", " ")

    @property
    def channel(self) -> str:
        """Return how it reached us, in words."""
        return self.case.channel.replace("_", " ")

    @property
    def is_upheld(self) -> bool:
        """Whether it was decided that the person is right, wholly or in part."""
        return self.case.decided_on is not None and Finding(self.case.finding) in UPHELD

    @property
    def ended(self) -> bool:
        """Whether it is closed or withdrawn."""
        return CaseState(self.case.state) in ENDED

    @property
    def danger(self) -> bool:
        """Whether a life is in danger and the case goes on."""
        return self.case.threat_to_life and not self.ended

    @property
    def retaliation(self) -> bool:
        """Whether somebody says that they are punished, and nobody has found yet what became of it (P1)."""
        new = self.case.type == CaseType.RETALIATION and self.case.state in TRIAGE_STATES
        return new or self.report is not None

    @property
    def urgent(self) -> bool:
        """Whether it goes before all others."""
        return self.danger or self.retaliation

    @property
    def shelved(self) -> bool:
        """Whether it has ended and nothing waits for whoever looks."""
        return self.ended and not self.asks

    @property
    def danger_aim(self) -> datetime | None:
        """Return by when to answer danger to life at best: an hour after somebody saw it; None once answered."""
        return self._after_seen(DANGER_AIM)

    @property
    def danger_by(self) -> datetime | None:
        """Return by when to answer danger to life at the latest: a day after somebody saw it; None once answered."""
        return self._after_seen(DANGER_MOST)

    def _after_seen(self, time: timedelta) -> datetime | None:
        seen = self.case.danger_seen_at
        waits = self.danger and seen is not None and self.case.danger_answered_at is None
        return seen + time if waits and seen else None

    @property
    def unseen_danger(self) -> bool:
        """Whether a life is in danger and nobody has read the case yet."""
        return self.danger and not self.was_read

    @property
    def due(self) -> Deadline | None:
        """Return the nearest day by which we are to act."""
        return next((one for one in self.deadlines if one.is_ours), None)

    @property
    def late(self) -> bool:
        """Whether that day has passed."""
        return self.due is not None and self.due.is_late(self.today)

    @property
    def needs_me(self) -> bool:
        """Whether something waits for whoever looks."""
        return bool(self.asks)

    @property
    def order(self) -> tuple[bool, bool, bool, bool, date, UUID]:
        """Return what to sort by: ended last, danger first, then retaliation, mine before others', then the clock."""
        due = self.due.on if self.due else NO_DAY
        return (self.shelved, not self.danger, not self.urgent, not self.needs_me, due, self.case.pk)


def standings(user: User, *, today: date) -> list[Standing]:
    """Return every case that somebody may open, in the order in which they should look at them."""
    return sorted((_standing(case, user, today=today) for case in _loaded(user)), key=lambda one: one.order)


def standing_of(user: User, pk: UUID, *, today: date) -> Standing | None:
    """Return where one case stands, None when it is not there for them."""
    case = _loaded(user, pk=pk).first()
    return _standing(case, user, today=today) if case else None


def chosen_standings(found: list[Standing], chosen: Mapping[str, str]) -> list[Standing]:
    """Return those that the filters of the list let through; without one, all that go on."""
    show = chosen.get("show", "")
    kept = [one for one in found if (one.ended if show == "ended" else not one.shelved)]
    if show == "mine":
        kept = [one for one in kept if one.needs_me]
    if show == "late":
        kept = [one for one in kept if one.late]
    if show == "danger":
        kept = [one for one in kept if one.urgent]
    if chosen.get("state"):
        kept = [one for one in kept if one.case.state == chosen["state"]]
    if chosen.get("type"):
        kept = [one for one in kept if one.case.type == chosen["type"]]
    return kept


def offered_people(case: Case) -> list[tuple[str, str]]:
    """Return whom a case can be assigned to, and as what: a confirmed key for the role, no role yet, no conflict.

    Who decided an appeal on it before does not hear the next (SD3), so that role is open again.
    """
    taken = set(case.members.values_list("user_id", flat=True))
    taken |= set(case.conflicts.values_list("user_id", flat=True))
    present = case.members.filter(left_at__isnull=True).exclude(user=case.appeal_decided_by_id)
    taken_roles = set(present.values_list("role", flat=True))
    roles = (CaseRole.APPEAL,) if case.state == CaseState.APPEAL else OFFERED_ROLES
    keys = VaultKey.objects.filter(
        kind=VaultKey.Kind.HANDLER, retired_at__isnull=True, user__is_active=True
    ).select_related("user")
    return [
        (f"{key.user_id}:{role}", f"{key.user}: {ROLE_LABELS[role]}")
        for key in keys.order_by("user__display_name")
        if key.user_id not in taken and is_vouched_key(key)
        for role in roles
        if str(role) in key.roles and str(role) not in taken_roles and key.user.may(PERMISSION_OF[role])
    ]


def barrable_people(case: Case) -> list[User]:
    """Return who handles cases and is not barred from this one yet."""
    barred = case.conflicts.values("user")
    found = User.objects.filter(is_active=True).exclude(pk__in=barred).order_by("display_name")
    return [user for user in found if user.may(Permission.READ_CASES)]


def possible_owners(case: Case) -> list[tuple[str, str]]:
    """Return who can own what changes for everybody: whoever has a desk, and no conflict with the case."""
    barred = case.conflicts.values("user")
    found = User.objects.filter(is_active=True).exclude(pk__in=barred).order_by("display_name")
    return [(str(user.pk), str(user)) for user in found if user.may(Permission.READ_DESK)]


def undelivered_options(case: Case) -> list[tuple[str, str]]:
    """Return the remedies that the person agreed to and that are not delivered, for a list to choose from."""
    return _options(case.remedies.filter(agreed_on__isnull=False, delivered_on__isnull=True))


def unverified_options(case: Case) -> list[tuple[str, str]]:
    """Return the remedies that were delivered and that nobody verified, for a list to choose from."""
    return _options(case.remedies.filter(delivered_on__isnull=False, verified_on__isnull=True))


def _options(found: QuerySet[Remedy]) -> list[tuple[str, str]]:
    return [(str(one.pk), f"{one}, due {one.due}") for one in found]


def reads_of(case: Case, *, shown: int) -> list[ReadLog]:
    """Return who read what of a case, the latest first."""
    return list(ReadLog.objects.filter(case_id=case.pk)[:shown])


def further_acts(standing: Standing) -> tuple[str, ...]:
    """Return what else somebody can record on a case, beside the steps of its way."""
    role, state = standing.role, CaseState(standing.case.state)
    if role is None:
        return ()
    reads = role in {CaseRole.GRV_INV, CaseRole.GRV_DEC}
    decided = state not in TRIAGE_STATES and not standing.ended
    possible = {
        "look": standing.report is not None and standing.report.taken_on is None,
        "found": reads and standing.report is not None and standing.report.taken_on is not None,
        "watch": state == CaseState.CLOSED,
        "lesson": state == CaseState.WITHDRAWN or (not standing.ended and standing.is_upheld),
        "measure": not standing.ended and not standing.case.on_measure,
        "part": role == CaseRole.GRV_DEC and decided,
        "proceeding": not standing.ended,
        "ask-identity": reads and not standing.ended and standing.case.identities.exists(),
    }
    return tuple(name for name, may in possible.items() if may)


def state_words(state: CaseState) -> str:
    """Return a state as people say it."""
    return state.replace("_", " ").capitalize()


def _loaded(user: User, **only: UUID):  # type: ignore[no-untyped-def]  # the type of an annotated queryset has no name
    last = Message.objects.filter(case=OuterRef("pk"), number__gt=1).order_by("-number")
    read = ReadLog.objects.filter(case_id=OuterRef("pk"), group=ReadLog.Group.NARRATIVE)
    team = CaseMember.objects.filter(left_at__isnull=True).select_related("user").order_by("assigned_at")
    return (
        visible_to(user)
        .filter(**only)
        .annotate(
            last_word=Subquery(last.values("direction")[:1]),
            first_read=Subquery(read.values("id")[:1]),
            read_by_me=Exists(read.filter(reader=user.username)),
        )
        .prefetch_related(
            Prefetch("members", team, to_attr="team"),
            Prefetch(
                "remedies",
                Remedy.objects.filter(agreed_on__isnull=False, delivered_on__isnull=True),
                to_attr="owed",
            ),
            Prefetch("retaliation_checks", RetaliationCheck.objects.all(), to_attr="checks"),
        )
    )


def _standing(case: Case, user: User, *, today: date) -> Standing:
    team: tuple[CaseMember, ...] = tuple(case.team)  # type: ignore[attr-defined]
    role = next((CaseRole(one.role) for one in team if one.user_id == user.pk), None)
    acting = role
    if role is None and case.state in TRIAGE_STATES and user.may(Permission.TRIAGE_CASE):
        acting = CaseRole.GRV_INTAKE
    steps = tuple(
        name
        for name, one in CASE_STEPS.items()
        if case.state in one.step.before
        and one.role == acting
        and (role is not None or name == "acknowledge")
    )
    unread = role is not None and not case.read_by_me and bool(READ_FIRST & set(steps))  # type: ignore[attr-defined]
    if unread:
        steps = tuple(name for name in steps if name not in READ_FIRST)
    checks: list[RetaliationCheck] = case.checks  # type: ignore[attr-defined]
    report = next((one for one in checks if one.word == Word.YES and not one.outcome), None)
    waiting = [one.due for one in checks if not one.word] if case.state == CaseState.CLOSED else []
    watch_on = asked_now(waiting, today=today) or min(waiting, default=None)
    owed: list[Remedy] = case.owed  # type: ignore[attr-defined]
    dates = Dates(
        received_on=case.received_week,
        acknowledged_on=case.acknowledged_on,
        screened_on=case.screened_on,
        told_on=case.told_on,
        summary_offered_on=case.summary_offered_on,
        decided_on=case.decided_on,
        severity=case.severity,
        retaliation_week=report.word_week if report and report.taken_on is None else None,
        watch_on=watch_on,
        appealed_on=case.appealed_on,
        deliver_by=min((one.due for one in owed), default=None),
        unlinked_since=case.decided_on if Finding(case.finding) in UPHELD and not case.risk_id else None,
    )
    return Standing(
        case=case,
        role=role,
        team=team,
        deadlines=tuple(deadlines(CaseState(case.state), Finding(case.finding), dates)),
        steps=steps,
        asks=(
            *_urgent_asks(role, report, is_asked=asked_now(waiting, today=today) is not None),
            *([READ_IT] if unread else []),
            *_asks(case, role, team, steps),
        ),
        was_read=case.first_read is not None,  # type: ignore[attr-defined]
        today=today,
        report=report,
        watch_on=watch_on,
    )


def _urgent_asks(role: CaseRole | None, report: RetaliationCheck | None, *, is_asked: bool) -> list[str]:
    """Return what waits for a member of the team because somebody may be punished."""
    if role is None:
        return []
    if report is not None and report.taken_on is None:
        return ["Look into the retaliation that was reported"]
    if report is not None and role in {CaseRole.GRV_INV, CaseRole.GRV_DEC}:
        return ["Say what was found on the retaliation"]
    return ["Ask whether anybody was punished for it"] if is_asked and role == CaseRole.GRV_INTAKE else []


def _asks(
    case: Case, role: CaseRole | None, team: tuple[CaseMember, ...], steps: tuple[str, ...]
) -> tuple[str, ...]:
    """Return what waits for somebody, in words; closing is offered, not asked for."""
    asked = [CASE_STEPS[name].step.label for name in steps if name not in UNASKED]
    if "offer-remedy" in steps and Finding(case.finding) in UPHELD:
        asked.append(CASE_STEPS["offer-remedy"].step.label)
    wanted = MISSING.get(CaseState(case.state))
    if wanted and role == CaseRole.GRV_INTAKE and wanted[0] not in {one.role for one in team}:
        asked.append(wanted[1])
    wrote_last = case.last_word == Message.Direction.IN  # type: ignore[attr-defined]
    if role is not None and wrote_last and case.state != CaseState.WITHDRAWN:
        asked.append("Read what the person wrote")
    if role is not None and case.state == CaseState.WITHDRAWN and not case.root_cause:
        asked.append("Link it to a risk")
    return tuple(asked)
