"""Putting off what waits for me, and taking it back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.notifications.actions import putting_off as actions
from hrdd.notifications.forms import PutOffForm
from hrdd.notifications.queries.put_off import waiting_item
from hrdd.notifications.rules.putting_off import offers


@require_safe_or_post
@requires(Permission.READ_DESK)
def put_off(request: HttpRequest, key: str) -> HttpResponse:
    """Put something off until a day: one that is offered, or one that is typed."""
    user, now = person(request), timezone.now()
    item = waiting_item(user, key, at=now)
    if item is None:
        raise Http404
    last, refusal = None, ""
    try:
        last = item.demand_last_day()
    except NotAllowed as refused:
        refusal = str(refused)
    back = reverse("desk" if request.GET.get("from") == "desk" else "inbox")
    form = PutOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.put_off(user, item, until=form.cleaned_data["until"], at=now)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.info(
                request, f"Put off until {date_format(made.until, 'j F Y')}. It comes back by itself."
            )
            return redirect(back)
    context = {
        "item": item,
        "form": form,
        "back": back,
        "last": last,
        "offers": offers(last=last, today=now.date()) if last else [],
        "refusal": refusal,
    }
    return render(request, "notifications/put_off.html", context, status=400 if form.errors else 200)


@require_POST
@requires(Permission.READ_DESK)
def take_back(request: HttpRequest, key: str) -> HttpResponse:
    """Take back what I put off."""
    if actions.take_back(person(request), key):
        messages.info(request, "Back in your inbox.")
    return redirect("inbox")
