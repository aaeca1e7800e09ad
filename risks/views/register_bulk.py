"""Acts on many risks: first what would happen to each, then, once confirmed, all of it or nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.queries import people_of_the_desk
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import register as actions
from risks.queries.register_bulk import (
    assignment_plan,
    named,
    named_by_ids,
    review_plan,
    selected_risks,
)


@require_safe_or_post
@requires(Permission.ASSIGN_RISK)
def assign_risks(request: HttpRequest) -> HttpResponse:
    """Give the chosen risks to one owner."""
    user, now = person(request), timezone.now()
    chosen, owners = selected_risks(request.GET, reader=user, at=now), people_of_the_desk()
    to = next((one for one in owners if str(one.pk) == request.GET.get("to")), None)
    refusal = ""
    if request.method == "POST" and to is not None:
        try:
            seen = request.POST.get("seen", "")
            done = actions.assign_risks(chosen, to=to, seen=seen, by=user, at=now)
            return redirect("assignment-detail", done.pk)
        except NotAllowed as refused:
            refusal = str(refused)
    plan = assignment_plan(chosen, to) if to else None
    going, left = named(plan) if plan else (None, [])
    context = {
        "to": to,
        "owners": owners,
        "chosen": chosen.count(),
        "refusal": refusal,
        "plan": plan,
        "going": going,
        "left": left,
    }
    return render(request, "risks/risk_assign.html", context, status=400 if refusal else 200)


@require_safe
@requires(Permission.ASSIGN_RISK)
def assignment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What an assignment did, and the way back for who made it."""
    event = get_object_or_404(AuditEvent, pk=pk, action=actions.ASSIGNED)
    context = {
        "event": event,
        "count": event.detail["count"],
        "to": User.objects.filter(pk=event.detail["to"]).first(),
        "mine": event.actor == person(request).username,
        "undone": actions.undoing_of(event),
        "assigned": named_by_ids(pk for ids in event.detail["before"].values() for pk in ids),
    }
    return render(request, "risks/assignment_detail.html", context)


@require_POST
@requires(Permission.ASSIGN_RISK)
def undo_assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the risks of an assignment back to who owned them before."""
    event = get_object_or_404(AuditEvent, pk=pk, action=actions.ASSIGNED)
    try:
        back, stay = actions.undo_assignment(event, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        which = "it" if back == 1 else "them"
        messages.info(request, f"{back} went back to who owned {which} before." + _stay(stay))
    return redirect("assignment-detail", pk)


def _stay(many: int) -> str:
    why = "given to somebody else meanwhile, closed, or their former owner no longer reads the desk"
    return f" {many} stay as they are: {why}." if many else ""


@require_safe_or_post
@requires(Permission.ASSESS_RISK)
def review_risks(request: HttpRequest) -> HttpResponse:
    """Put the chosen risks up for re-assessment."""
    user, now = person(request), timezone.now()
    chosen = selected_risks(request.GET, reader=user, at=now)
    refusal = ""
    if request.method == "POST":
        try:
            moved = actions.put_up_for_review(chosen, seen=request.POST.get("seen", ""), by=user, at=now)
            messages.info(request, f"{moved} wait{'s' if moved == 1 else ''} to be re-assessed now.")
            return redirect(f"{reverse('risk-list')}?status=reassess")
        except NotAllowed as refused:
            refusal = str(refused)
    plan = review_plan(chosen)
    going, left = named(plan)
    context = {"chosen": chosen.count(), "plan": plan, "going": going, "left": left, "refusal": refusal}
    return render(request, "risks/risk_review.html", context, status=400 if refusal else 200)
