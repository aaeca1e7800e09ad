"""Pages that compose what the apps offer: the desk and the board; and whether the site stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from hrdd.celery import queue_answers
from hrdd.governance.access import person, requires
from hrdd.governance.queries import database_answers, waiting_sign_offs
from hrdd.governance.rules import Permission
from hrdd.sign_offs import address_of
from risks.models import Cycle, Risk
from risks.queries.board import indicators
from risks.queries.desk import explanations, open_tasks
from risks.queries.partners import pressing_clocks
from risks.queries.register import heat, overdue_tasks, risks_to_assess
from risks.queries.salience import ranked_risks

SHOWN = 10


@require_GET
def livez(_request: HttpRequest) -> HttpResponse:
    """Whether the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
def readyz(_request: HttpRequest) -> HttpResponse:
    """Whether the database and the queue answer, one line each; 503 when one does not."""
    answers = {"database": database_answers(), "queue": queue_answers()}
    lines = "".join(f"{name} {'ok' if well else 'down'}\n" for name, well in answers.items())
    return HttpResponse(lines, content_type="text/plain", status=200 if all(answers.values()) else 503)


@require_GET
@requires(Permission.READ_DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What needs me today, in order of clock."""
    now = timezone.now()
    tasks = list(open_tasks())
    to_assess = risks_to_assess(on=now.date())
    clocks = pressing_clocks(on=now.date())
    context = {
        "now": now,
        "tasks": [(task, explanations(task.finding)[0].sentence) for task in tasks],
        "urgent": sum(task.finding.finding == "REVIEW_URGENT" for task in tasks),
        "overdue": sum(task.due_at < now for task in tasks),
        "to_assess": to_assess[:SHOWN],
        "to_assess_count": len(to_assess),
        "clocks": clocks[:SHOWN],
        "clocks_count": len(clocks),
        "sign_offs": [(one, address_of(one)) for one in waiting_sign_offs(person(request))],
        "cycle": Cycle.objects.first(),
    }
    return render(request, "dashboards/desk.html", context)


@require_GET
@requires(Permission.READ_BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """What leadership sees: indicators, severity by tier, what is overdue."""
    now = timezone.now()
    ranked = ranked_risks(Risk.objects.exclude(status=Risk.Status.CLOSED), on=now.date())
    context = {
        "now": now,
        "indicators": indicators(ranked, at=now),
        "heat": heat(ranked),
        "overdue": overdue_tasks(at=now),
        "clocks": pressing_clocks(on=now.date()),
        "sign_offs": [(one, address_of(one)) for one in waiting_sign_offs(person(request))],
        "cycle": Cycle.objects.first(),
        "reads_desk": person(request).may(Permission.READ_DESK),
    }
    return render(request, "dashboards/board.html", context)
