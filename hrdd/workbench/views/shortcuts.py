"""The keys that act, and the switch that turns single letters off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import Permission
from hrdd.workbench.actions import settings as actions
from hrdd.workbench.queries.settings import single_keys_of
from hrdd.workbench.rules.shortcuts import SHEET


@require_safe_or_post
@requires(Permission.READ_DESK)
def shortcuts(request: HttpRequest) -> HttpResponse:
    """The sheet of keys; what is sent turns single letters on or off."""
    user = person(request)
    if request.method == "POST":
        on = request.POST.get("single_keys") == "on"
        actions.set_single_keys(user, on=on, at=timezone.now())
        messages.info(request, "Single letters act." if on else "Single letters do nothing now.")
        return redirect("shortcuts")
    return render(request, "workbench/shortcuts.html", {"sheet": SHEET, "on": single_keys_of(user)})


@require_safe
@requires(Permission.READ_DESK)
def shortcut_state(request: HttpRequest) -> JsonResponse:
    """Whether single letters act for this person; the script asks once a tab."""
    return JsonResponse({"single_keys": single_keys_of(person(request))})
