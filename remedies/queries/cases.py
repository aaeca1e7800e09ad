"""Who may open a case; outside of this nobody even learns that it is there."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from remedies.models import Case, CaseConflict, CaseKeyWrap, CaseMember, ReadLog
from remedies.rules.case import TRIAGE_STATES, CaseRole
from remedies.rules.case_workflow import PERMISSION_OF


def role_on(case: Case, user: User) -> CaseRole | None:
    """Return what somebody does on a case now; None for whoever sorts new cases and took none yet."""
    found = case.members.filter(user=user, left_at__isnull=True).first()
    return CaseRole(found.role) if found else None


def was_read_by(case: Case, user: User) -> bool:
    """Whether somebody has opened what the person told in this case; the log of reading knows."""
    return ReadLog.objects.filter(
        case_id=case.pk, reader=user.username, group=ReadLog.Group.NARRATIVE
    ).exists()


def visible_to(user: User) -> QuerySet[Case]:
    """Return the cases that somebody may open: theirs, and as triage those not yet screened; never with a conflict.

    A wrap for them must be there as well; without it there would be nothing to read.
    """
    roles = [str(role) for role, permission in PERMISSION_OF.items() if user.may(permission)]
    conflict = CaseConflict.objects.filter(case=OuterRef("pk"), user=user)
    member = CaseMember.objects.filter(case=OuterRef("pk"), user=user, left_at__isnull=True, role__in=roles)
    gone = CaseMember.objects.filter(case=OuterRef("pk"), user=user, left_at__isnull=False)
    wrap = CaseKeyWrap.objects.filter(
        case_key__case=OuterRef("pk"), holder__user=user, holder__retired_at__isnull=True
    )
    assigned = Q(Exists(member))
    if user.may(Permission.TRIAGE_CASE):
        assigned |= Q(state__in=[str(state) for state in TRIAGE_STATES]) & ~Q(Exists(gone))
    return Case.objects.filter(assigned & Exists(wrap) & ~Exists(conflict))
