"""Programs elsewhere that are told of what was published."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.notifications.actions import webhooks as actions
from hrdd.notifications.forms import EndpointForm
from hrdd.notifications.models import WebhookDelivery, WebhookEndpoint
from hrdd.notifications.rules.webhooks import EVENTS

PAGE_SIZE = 50


@require_safe
@requires(Permission.MANAGE_WEBHOOKS)
def webhook_list(request: HttpRequest) -> HttpResponse:
    """Whom we tell, and the messages, the latest first."""
    told = WebhookDelivery.objects.select_related("endpoint")
    page = Paginator(told, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "endpoints": WebhookEndpoint.objects.filter(ended_at=None),
        "page_obj": page,
        "events": EVENTS,
    }
    return render(request, "notifications/webhooks.html", context)


@require_safe_or_post
@requires(Permission.MANAGE_WEBHOOKS)
def webhook_new(request: HttpRequest) -> HttpResponse:
    """Add a program; its secret is shown this once."""
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = actions.add_endpoint(by=person(request), at=timezone.now(), **form.cleaned_data)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return render(request, "notifications/secret.html", {"endpoint": made, "secret": secret})
    context = {
        "form": form,
        "heading": "Add a webhook",
        "lead": "A message says what kind of thing was published, when, and where to read it. It names nobody.",
        "button": "Add it",
        "back": reverse("webhook-list"),
    }
    return render(request, "risks/form_page.html", context, status=400 if form.errors else 200)


STEPS: dict[str, tuple[Callable[..., object], str]] = {
    "test": (actions.send_test, "A test is on its way; its answer stands in the list."),
    "pause": (lambda one, **by: actions.pause_endpoint(one, pause=True, **by), "Paused."),
    "resume": (lambda one, **by: actions.pause_endpoint(one, pause=False, **by), "It is told again."),
    "end": (actions.end_endpoint, "It is told nothing any more."),
}


@require_POST
@requires(Permission.MANAGE_WEBHOOKS)
def webhook_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Test, pause, resume or end a webhook."""
    if step not in STEPS:
        raise Http404
    act, done = STEPS[step]
    return _back(request, act, get_object_or_404(WebhookEndpoint, pk=pk), done)


@require_POST
@requires(Permission.MANAGE_WEBHOOKS)
def webhook_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a message again that was given up."""
    one = get_object_or_404(WebhookDelivery.objects.select_related("endpoint"), pk=pk)
    return _back(request, actions.send_again, one, "It is tried again.")


def _back(request: HttpRequest, act: Callable[..., object], one: object, done: str) -> HttpResponse:
    try:
        act(one, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, done)
    return redirect("webhook-list")
