"""The calendar of a person, and the address at which another program reads its days."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, requires
from hrdd.governance.rules import Permission
from hrdd.notifications.actions import calendars as actions
from hrdd.notifications.models import CalendarAddress
from hrdd.notifications.queries.calendar import by_day, counted_days, owner_of
from hrdd.notifications.queries.waiting import Item, waiting_for
from hrdd.notifications.rules.calendar import TYPE, as_calendar, month_of, months_beside, weeks_of
from hrdd.notifications.rules.kinds import KINDS


@require_safe
@requires(Permission.READ_DESK)
def calendar(request: HttpRequest) -> HttpResponse:
    """What waits for me, by day or as a month, and what has no day; its filters stand in the address."""
    return _show(request)


def _show(request: HttpRequest, secret: str = "") -> HttpResponse:
    user, now = person(request), timezone.now()
    every, kind = waiting_for(user, at=now), request.GET.get("kind", "")
    items = [one for one in every if kind not in KINDS or one.kind == kind]
    counts = [(kind, said, sum(one.kind == kind for one in every)) for kind, said in KINDS.items()]
    days = by_day(items)
    context = {
        "days": [(day, of, day < now.date(), day == now.date()) for day, of in days.items()],
        "month": _month(days, said=request.GET.get("month", ""), today=now.date())
        if request.GET.get("view") == "month"
        else None,
        "all": len(every),
        "kinds": [one for one in counts if one[2]],
        "chosen": kind if kind in KINDS else "",
        "dayless": [one for one in items if one.entry.waits_since],
        "address": CalendarAddress.objects.filter(user=user).first(),
        "secret_address": request.build_absolute_uri(reverse("calendar-file", args=[secret]))
        if secret
        else "",
    }
    return render(request, "notifications/calendar.html", context)


def _month(days: Mapping[date, Sequence[Item]], *, said: str, today: date) -> dict[str, Any]:
    """Return a month as weeks of days with what is due on each, and how much stands before and after it."""
    first = month_of(said, today=today)
    before, after = months_beside(first)
    return {
        "first": first,
        "today": today,
        "before": before,
        "after": after,
        "weeks": [[(day, days.get(day, []) if day else []) for day in week] for week in weeks_of(first)],
        "many": sum(len(of) for day, of in days.items() if first <= day < after),
        "earlier": sum(len(of) for day, of in days.items() if day < first),
        "later": sum(len(of) for day, of in days.items() if day >= after),
    }


@require_POST
@requires(Permission.READ_DESK)
def calendar_address(request: HttpRequest, step: str) -> HttpResponse:
    """Make a new secret address, shown this once, or take it back."""
    user, now = person(request), timezone.now()
    if step == "make":
        return _show(request, actions.make_address(user, at=now))
    if step != "revoke":
        raise Http404
    actions.revoke_address(user, at=now)
    messages.info(request, "The address opens nothing any more.")
    return redirect("calendar")


@require_safe
def calendar_file(request: HttpRequest, secret: str) -> HttpResponse:
    """On which days how many things are due, for whoever has the address."""
    found = owner_of(secret)
    if found is None:
        raise Http404
    now = timezone.now()
    site = request.build_absolute_uri(reverse("calendar"))
    told = as_calendar(counted_days(found.user, at=now), owner=found.address_hash, site=site, at=now)
    return HttpResponse(told, content_type=TYPE)
