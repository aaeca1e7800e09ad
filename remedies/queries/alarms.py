"""What somebody must hear of without opening a case: numbers and days, nothing that tells of whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from hrdd.governance.models import User
from hrdd.governance.rules import Permission, Role
from remedies.models import (
    Case,
    CaseConflict,
    CaseKeyWrap,
    IdentityRequest,
    ReadLog,
    Remedy,
    RetaliationCheck,
    SystemicAction,
)
from remedies.queries.case_desk import standings
from remedies.rules.case import TRIAGE_STATES, CaseType
from remedies.rules.case_deadlines import DANGER_ROUNDS
from remedies.rules.case_workflow import ENDED
from remedies.rules.remedy import LATE_DAYS
from remedies.rules.retaliation import TRIAGE_DAYS

ESCALATED_TO = frozenset({Role.SENIOR, Role.GRV_DEC})


@dataclass(frozen=True)
class Alarms:
    """What stands on somebody's desk because of cases."""

    unseen_dangers: int = 0
    escalated_dangers: int = 0
    sealed_dangers: int = 0
    retaliation: int = 0
    requests: int = 0
    late_remedies: Sequence[Remedy] = ()
    actions: Sequence[SystemicAction] = field(default=())


@dataclass(frozen=True)
class Retaliation:
    """K17: reports of retaliation that are open, those past 48 hours that nobody took, and those confirmed."""

    open: int
    untriaged: int
    confirmed: int


def alarms_of(user: User, *, today: date) -> Alarms:
    """Return what somebody must hear of; of a case with which they have a conflict, nothing."""
    roles = {Role(one) for one in user.roles}
    custodian = user.may(Permission.KEEP_IDENTITIES)
    found = standings(user, today=today) if user.may(Permission.READ_CASES) else []
    triage = user.may(Permission.TRIAGE_CASE)
    return Alarms(
        unseen_dangers=sum(one.unseen_danger for one in found) if triage else 0,
        escalated_dangers=_escalated(user).count() if roles & ESCALATED_TO else 0,
        sealed_dangers=_not_of(user, sealed_cases().filter(threat_to_life=True)).count() if custodian else 0,
        retaliation=sum(one.retaliation and one.role is not None for one in found),
        requests=waiting_requests(user).count() if custodian else 0,
        late_remedies=list(late_remedies(user, today=today)) if Role.SENIOR in roles else (),
        actions=list(_actions_of(user)),
    )


def unread_dangers() -> QuerySet[Case]:
    """Return the cases in which a life is in danger, that go on, and that nobody has read."""
    read = ReadLog.objects.filter(case_id=OuterRef("pk"), group=ReadLog.Group.NARRATIVE)
    going = Case.objects.filter(threat_to_life=True).exclude(state__in=map(str, ENDED))
    return going.filter(~Exists(read))


def sealed_cases() -> QuerySet[Case]:
    """Return the cases that go on and that no handler holds a key of; two custodians together open them."""
    held = CaseKeyWrap.objects.filter(
        case_key__case=OuterRef("pk"),
        holder__isnull=False,
        holder__retired_at__isnull=True,
        holder__user__is_active=True,
    )
    return Case.objects.exclude(state__in=map(str, ENDED)).filter(~Exists(held))


def waiting_requests(user: User) -> QuerySet[IdentityRequest]:
    """Return the requests for who wrote that a custodian may answer: not their own, and no conflict."""
    conflict = CaseConflict.objects.filter(case=OuterRef("case"), user=user)
    found = IdentityRequest.objects.filter(~Exists(conflict), answer="").exclude(asked_by=user)
    return found.select_related("case", "asked_by")


def sealed_for(user: User) -> QuerySet[Case]:
    """Return what custodians open for a handler, danger to life first; none with which the custodian has a conflict."""
    return _not_of(user, sealed_cases()).order_by("-threat_to_life", "received_week", "pk")


def late_remedies(user: User, *, today: date) -> QuerySet[Remedy]:
    """Return the remedies that are more than 30 days late, for a senior executive (M5)."""
    conflict = CaseConflict.objects.filter(case=OuterRef("case"), user=user)
    late = Remedy.objects.filter(
        ~Exists(conflict),
        agreed_on__isnull=False,
        delivered_on__isnull=True,
        due__lt=today - timedelta(days=LATE_DAYS),
    )
    return late.select_related("case__decided_by").order_by("due")


def retaliation_counts(*, today: date) -> Retaliation:
    """Return K17: cases that are about retaliation, and what people told of later; counts only."""
    about = Q(type=str(CaseType.RETALIATION)) & ~Q(state__in=[str(one) for one in ENDED])
    new = about & Q(state__in=[str(one) for one in TRIAGE_STATES])
    read = ReadLog.objects.filter(case_id=OuterRef("pk"))
    late = today - timedelta(days=TRIAGE_DAYS)
    cases = Case.objects.aggregate(
        open=Count("pk", filter=about),
        untriaged=Count("pk", filter=new & ~Q(Exists(read)) & Q(received_week__lt=late)),
        confirmed=Count(
            "pk",
            filter=Q(
                type=str(CaseType.RETALIATION),
                finding__in=["upheld", "partly_upheld"],
                decided_on__isnull=False,
            ),
        ),
    )
    told = RetaliationCheck.objects.filter(word="yes").aggregate(
        open=Count("pk", filter=Q(outcome="")),
        untriaged=Count("pk", filter=Q(outcome="", taken_on__isnull=True, word_week__lt=late)),
        confirmed=Count("pk", filter=Q(outcome="confirmed")),
    )
    return Retaliation(**{name: cases[name] + told[name] for name in ("open", "untriaged", "confirmed")})


def _escalated(user: User) -> QuerySet[Case]:
    return _not_of(user, unread_dangers().filter(unseen_rounds__gte=DANGER_ROUNDS))


def _not_of(user: User, found: QuerySet[Case]) -> QuerySet[Case]:
    return found.filter(~Exists(CaseConflict.objects.filter(case=OuterRef("pk"), user=user)))


def _actions_of(user: User) -> QuerySet[SystemicAction]:
    conflict = CaseConflict.objects.filter(case=OuterRef("case"), user=user)
    return SystemicAction.objects.filter(~Exists(conflict), owner=user, done_on__isnull=True)
