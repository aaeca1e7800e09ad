"""Whether this process lives, whether it can serve, and how the installation stands."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from hrdd.governance.access import requires
from hrdd.governance.rules import Permission
from hrdd.timings import registry_of_requests
from hrdd.watch import queries
from hrdd.watch.rules.standing import State

BEARER = "Bearer "
HELP = {
    "tick_age_seconds": "Since timetable, queue, worker and database last reached each other.",
    "backup_age_seconds": "Since the last backup that is whole.",
    "checkpoint_age_seconds": "Since the publication log was last signed.",
    "verified_age_seconds": "Since `manage.py verify` last ran.",
    "intact": "Whether that found everything as it was written.",
    "log_entries": "Entries of the publication log.",
    "anchors_waiting": "Checkpoints that wait for a place outside.",
    "set_aside": "Chunks of a re-assessment set aside after three tries.",
    "mails_waiting": "Mails that wait to be sent.",
    "messages_waiting": "Messages to webhooks that wait to be sent.",
    "messages_given_up": "Messages to webhooks that were given up.",
    "database_bytes": "Size of the database.",
    "database_connections": "Connections to the database, from all processes.",
    "clock_skew_seconds": "The database's clock less ours.",
    "migrations_waiting": "Migrations of this code that were not run.",
    "grants_wrong": "Grants of the database's roles that differ from the table.",
    "queue_answers": "Whether Redis answers.",
}


@require_safe
def livez(_request: HttpRequest) -> HttpResponse:
    """Whether the process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Whether this process can serve, and why not: a line for each thing it needs; 503 where one is down."""
    found = queries.readiness(settings.SURFACE, at=timezone.now())
    down = any(check.state is State.DOWN for check in found)
    lines = "".join(f"{check.line}\n" for check in found)
    return HttpResponse(lines, content_type="text/plain; charset=utf-8", status=503 if down else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """How the installation stands, for Prometheus; there only for who holds the token."""
    said = request.headers.get("Authorization", "")
    token = settings.METRICS_TOKEN
    if not (
        token
        and said.startswith(BEARER)
        and hmac.compare_digest(said[len(BEARER) :].encode(), token.encode())
    ):
        raise Http404
    registry = CollectorRegistry()
    Gauge("hrdd_build_info", "Which code runs.", ["version"], registry=registry).labels(
        settings.CODE_VERSION
    ).set(1)
    for name, value in queries.figures(at=timezone.now()).items():
        Gauge(f"hrdd_{name}", HELP[name], registry=registry).set(value)
    told = generate_latest(registry) + generate_latest(registry_of_requests())
    return HttpResponse(told, content_type=CONTENT_TYPE_LATEST)


@require_safe
@requires(Permission.READ_STATUS)
def status(request: HttpRequest) -> HttpResponse:
    """The same for a person, with what to do about it."""
    found = queries.readiness(settings.SURFACE, at=timezone.now())
    wrong = [check for check in found if check.state is not State.WELL]
    context = {
        "checks": [*wrong, *(check for check in found if check.state is State.WELL)],
        "wrong": wrong,
        "down": any(check.state is State.DOWN for check in wrong),
        "version": settings.CODE_VERSION,
    }
    return render(request, "watch/status.html", context)
