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
from hrdd.notifications.queries.waiting import waiting_for
from hrdd.notifications.rules.kinds import KINDS


@require_safe
@requires(Permission.READ_DESK)
def inbox(request: HttpRequest) -> HttpResponse:
    """All that waits for me, in the order of its clock; what came since I last looked is marked."""
    user, now = person(request), timezone.now()
    items = waiting_for(user, at=now)
    seen = actions.note_waiting(user, items, at=now)
    rows = [(one, seen[one.kind, one.key]) for one in items]
    chosen = request.GET.get("kind", "")
    shown = [row for row in rows if row[0].kind == chosen] if chosen in KINDS else rows
    counts = [(kind, said, sum(one.kind == kind for one in items)) for kind, said in KINDS.items()]
    context = {
        "rows": shown,
        "all": len(items),
        "new": sum(row.seen_at is None for _item, row in rows),
        "late": sum(one.late for one in items),
        "kinds": [one for one in counts if one[2]],
        "chosen": chosen if chosen in KINDS else "",
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
