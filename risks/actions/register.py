"""What people do with many risks at once, and the views of the register that they keep."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from hrdd.governance.actions import record_event
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.lists import demand_list
from risks.models import Risk, SavedView
from risks.queries.register_bulk import Plan, assignment_plan, owners_before, review_plan
from risks.rules.register import REVIEWABLE

ASSIGNED = "assigned risks"
UNDONE = "took an assignment back"
REGISTER = "risks"
SEARCHES = frozenset({"q", "words"})
CHANGED = "The register changed since you opened this page. It shows now what would happen; look at it, then confirm."


@transaction.atomic
def assign_risks(chosen: QuerySet[Risk], *, to: User, seen: str, by: User, at: datetime) -> AuditEvent:
    """Give many risks to one owner, as the page showed it before (domain.md 2.4: an owner within the tier's time).

    Args:
        chosen: the risks; closed ones and those of the same owner are left.
        to: who is to own them; active, and may read the desk.
        seen: the digest of the plan that was shown.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, the owner, nothing to do, or another plan than the one that was shown.
    """
    by.demand(Permission.ASSIGN_RISK)
    if not to.may(Permission.READ_DESK):
        raise NotAllowed(
            "Owner: this person's account is closed or their role does not read the desk. Choose another."
        )
    plan = _confirmed(assignment_plan(_locked(chosen), to), seen=seen)
    going = Risk.objects.filter(pk__in=plan.going).exclude(status=Risk.Status.CLOSED)
    before = owners_before(going)
    going.update(owner=to)
    return record_event(
        by=by.username,
        at=at,
        action=ASSIGNED,
        subject=f"{len(plan.going)} risks",
        detail={"to": to.pk, "count": len(plan.going), "before": before},
    )


@transaction.atomic
def undo_assignment(event: AuditEvent, *, by: User, at: datetime) -> tuple[int, int]:
    """Give the risks of an assignment back to who owned them; return how many went back, and how many stay.

    A risk stays when somebody gave it to another person meanwhile, or its former owner no longer reads the desk.

    Args:
        event: the audit event of the assignment.
        by, at: who, the one who assigned, and now.

    Raises:
        NotAllowed: the role, another's assignment, or one that was taken back before.
    """
    by.demand(Permission.ASSIGN_RISK)
    if event.actor != by.username:
        raise NotAllowed("Only who assigned these risks takes it back in one step. Assign them anew instead.")
    _once(event)
    before: Mapping[str, list[int]] = event.detail["before"]
    back: list[int] = []
    for owner, ids in before.items():
        former = User.objects.filter(pk=int(owner)).first() if owner else None
        if owner and not (former and former.may(Permission.READ_DESK)):
            continue
        theirs = Risk.objects.filter(pk__in=ids, owner=event.detail["to"]).exclude(status=Risk.Status.CLOSED)
        going = list(theirs.order_by("pk").select_for_update().values_list("pk", flat=True))
        Risk.objects.filter(pk__in=going).update(owner=former)
        back.extend(going)
    record_event(
        by=by.username,
        at=at,
        action=UNDONE,
        subject=f"{len(back)} risks",
        detail={"assignment": event.pk, "count": len(back), "risks": back},
    )
    return len(back), event.detail["count"] - len(back)


def _once(event: AuditEvent) -> None:
    """Refuse a second undoing; the lock on the receiver makes two at once wait for each other."""
    User.objects.select_for_update().filter(pk=event.detail["to"]).first()
    if undoing_of(event):
        raise NotAllowed("This assignment was taken back already.")


def undoing_of(event: AuditEvent) -> AuditEvent | None:
    """Return the event that took an assignment back, if one did."""
    return AuditEvent.objects.filter(pk__gt=event.pk, action=UNDONE, detail__assignment=event.pk).first()


@transaction.atomic
def put_up_for_review(chosen: QuerySet[Risk], *, seen: str, by: User, at: datetime) -> int:
    """Put many prioritised or managed risks up for re-assessment; return how many (domain.md 1.1, states; R5).

    Where a risk stands does not follow from its status unless it is closed, so its standing stays as it is.

    Args:
        chosen: the risks; those in another state are left.
        seen: the digest of the plan that was shown.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, nothing to do, or another plan than the one that was shown.
    """
    by.demand(Permission.ASSESS_RISK)
    plan = _confirmed(review_plan(_locked(chosen)), seen=seen)
    moved = Risk.objects.filter(pk__in=plan.going, status__in=REVIEWABLE).update(status=Risk.Status.REASSESS)
    record_event(
        by=by.username,
        at=at,
        action="put risks up for re-assessment",
        subject=f"{moved} risks",
        detail={"count": moved, "risks": list(plan.going)},
    )
    return moved


def _locked(chosen: QuerySet[Risk]) -> QuerySet[Risk]:
    return chosen.select_for_update(of=("self",))


def _confirmed(plan: Plan, *, seen: str) -> Plan:
    if not plan.going:
        raise NotAllowed("Nothing would change: choose risks that this can be done to.")
    if plan.digest != seen:
        raise NotAllowed(CHANGED)
    return plan


@transaction.atomic
def note_export(
    *,
    form: str,
    rows: int,
    filters: Mapping[str, str],
    by: User,
    at: datetime,
    of: str = "risks",
    not_to_be_named: int | None = None,
) -> None:
    """Log that somebody took a copy of the register: the form, how many rows, by which filters (domain.md 0.1).

    Of partners it says how many are not to be named in public, for that copy names them.

    The words of a search are left out: they may name a person, and the audit log never does.
    """
    by.demand(Permission.READ_DESK)
    kept = {name: "…" if name in SEARCHES else value for name, value in filters.items()}
    record_event(
        by=by.username,
        at=at,
        action="exported the register",
        subject=f"{rows} {of}",
        detail={"format": form, "rows": rows, "filters": kept}
        | ({} if not_to_be_named is None else {"not_to_be_named": not_to_be_named}),
    )


@transaction.atomic
def save_view(
    *, name: str, shared: bool, querystring: str, by: User, at: datetime, register: str = REGISTER
) -> SavedView:
    """Keep filters and order under a name.

    Args:
        name: once a person, however it is capitalised.
        shared: whether everybody who reads the desk sees it.
        querystring: the filters as they stand in an address.
        by, at: whose view, and now.
        register: of which list, one of LISTS.

    Raises:
        NotAllowed: the role, the list shares no views, or a view of this name is there already.
    """
    demand_list(by, register)
    _refuse_sharing(register, shared=shared, by=by)
    _refuse_namesake(name, register=register, by=by)
    try:
        with transaction.atomic():
            view = SavedView.objects.create(
                register=register, name=name, querystring=querystring, owner=by, shared=shared, saved_at=at
            )
    except IntegrityError:
        raise NotAllowed(_namesake(name)) from None
    _log_view(view, "saved a view", by=by, at=at)
    return view


@transaction.atomic
def change_view(view: SavedView, *, name: str, shared: bool, by: User, at: datetime) -> None:
    """Rename a view, or share it or no longer.

    Raises:
        NotAllowed: another's view, or a view of this name is there already.
    """
    _demand_own(view, by=by)
    _refuse_sharing(view.register, shared=shared, by=by)
    _refuse_namesake(name, register=view.register, by=by, but=view)
    try:
        with transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(name=name, shared=shared)
    except IntegrityError:
        raise NotAllowed(_namesake(name)) from None
    _log_view(view, "changed a view", by=by, at=at)


@transaction.atomic
def delete_view(view: SavedView, *, by: User, at: datetime) -> None:
    """Delete a view; the risks it lists stay as they are.

    Raises:
        NotAllowed: another's view.
    """
    _demand_own(view, by=by)
    _log_view(view, "deleted a view", by=by, at=at)
    view.delete()


def _demand_own(view: SavedView, *, by: User) -> None:
    by.demand(Permission.READ_DESK)
    if view.owner_id != by.pk:
        raise NotAllowed("This view is another person's. Save one of your own under a name you choose.")


def _refuse_sharing(register: str, *, shared: bool, by: User) -> None:
    if shared and not demand_list(by, register).shares:
        raise NotAllowed("Share: a view of cases stays with whoever made it, as its name could tell of one.")


def _refuse_namesake(name: str, *, register: str, by: User, but: SavedView | None = None) -> None:
    namesakes = SavedView.objects.filter(owner=by, register=register, name__iexact=name)
    if (namesakes.exclude(pk=but.pk) if but else namesakes).exists():
        raise NotAllowed(_namesake(name))


def _namesake(name: str) -> str:
    return f"Name: you have a view “{name}” already. Choose another name, or delete that one first."


def _log_view(view: SavedView, action: str, *, by: User, at: datetime) -> None:
    """Log without the name, in which people may write anything."""
    record_event(by=by.username, at=at, action=action, subject=f"view {view.pk}")
