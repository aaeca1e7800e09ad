"""The inbox: what waits for me, what of it is new, and how I hear of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.notifications.actions import inbox as actions
from hrdd.notifications.forms import SettingsForm
from hrdd.notifications.models import NotificationSettings
from hrdd.notifications.queries.put_off import is_away, put_off_by
from hrdd.notifications.queries.waiting import waiting_for
from hrdd.notifications.rules.kinds import KINDS

PUT_OFF = "put-off"  # beside the kinds, as what the list shows


@require_safe
@requires(Permission.READ_DESK)
def inbox(request: HttpRequest) -> HttpResponse:
    """All that waits for me, in the order of its clock; what came since I last looked is marked.

    What I put off stands apart until its day.
    """
    user, now = person(request), timezone.now()
    items = waiting_for(user, at=now)
    seen = actions.note_waiting(user, items, at=now)
    held = put_off_by(user)
    away = {one.key for one in items if is_away(one.entry, held, at=now)}
    rows = [(one, seen[one.kind, one.key], held.get(one.key)) for one in items]
    here, chosen = [row for row in rows if row[0].key not in away], request.GET.get("kind", "")
    counts = [(kind, said, sum(row[0].kind == kind for row in here)) for kind, said in KINDS.items()]
    if chosen == PUT_OFF:
        shown = [row for row in rows if row[0].key in away]
    else:
        shown = [row for row in here if chosen not in KINDS or row[0].kind == chosen]
    context = {
        "rows": shown,
        "all": len(items),
        "here": len(here),
        "new": sum(seen.seen_at is None for _item, seen, _held in here),
        "late": sum(one.late for one in items),
        "away": len(away),
        "kinds": [one for one in counts if one[2]],
        "chosen": chosen if chosen in {*KINDS, PUT_OFF} else "",
    }
    return render(request, "notifications/inbox.html", context)


@require_POST
@requires(Permission.READ_DESK)
def inbox_seen(request: HttpRequest) -> HttpResponse:
    """Mark all as seen."""
    many = actions.mark_seen(person(request), at=timezone.now())
    messages.info(request, f"{many} marked as seen. Each waits until it is done.")
    return redirect("inbox")


@require_safe_or_post
@requires(Permission.READ_DESK)
def notification_settings(request: HttpRequest) -> HttpResponse:
    """How I hear of what waits."""
    user = person(request)
    form = SettingsForm(request.POST or None, held=NotificationSettings.objects.filter(user=user).first())
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_notifications(user, at=timezone.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, "Recorded.")
            return redirect("inbox")
    context = {
        "form": form,
        "heading": "How you hear of what waits",
        "lead": "The inbox is always there. A mail is a reminder to open it, and says nothing else.",
        "button": "Record",
        "back": reverse("inbox"),
    }
    return render(request, "risks/form_page.html", context, status=400 if form.errors else 200)
