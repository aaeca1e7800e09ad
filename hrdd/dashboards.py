"""Pages that compose what the apps offer: the desk and the board."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from hrdd.accounts.queries.people import review_overdue
from hrdd.celery import queue_answers
from hrdd.governance.access import person, requires
from hrdd.governance.queries import database_answers, waiting_sign_offs
from hrdd.governance.rules import Permission, Role
from remedies.queries.alarms import alarms_of
from risks.models import Cycle, Risk
from risks.queries import (
    consultations,
    exits,
    involvement,
    leverage_plans,
    model_reviews,
    publications,
    time_to_change,
)
from risks.queries import desk as queries
from risks.queries.changes import signed_exceptions
from risks.queries.clock_reminders import open_reminders
from risks.queries.clocks import due_risks, plans_to_decide
from risks.queries.escalations import board_digest, escalated_to
from risks.queries.gaps import gap_counts
from risks.queries.measures import progress_of
from risks.queries.partners import partner_tasks
from risks.queries.rabat import referred_to_senior
from risks.queries.reassessments import asked_of, with_referral
from risks.queries.register import standings, unscored_risks
from risks.queries.salient_list import salient_list_unsigned
from transparency.queries.releases import latest_complaints

PAGE_SIZE = 50
SHOWN = 10
DRILL = {
    "K1": ("risk-list", {"level": "4+", "tier": "open"}),
    "K4": ("risk-list", {"tier": "open"}),
    "K7": ("desk", {}),
    "K8": ("desk", {}),
    "K10": ("measure-list", {"state": "active"}),
    "K12": ("clock-list", {}),
    "K13": ("clock-list", {"status": "EXIT_CONSIDERATION_DUE"}),
    "K14": ("exit-list", {}),
    "K19": ("consultation-list", {"overdue": "yes"}),
    "K25": ("model-review-list", {}),
}


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
    now, cycle = timezone.now(), Cycle.objects.full().first()
    page = Paginator(with_referral(queries.open_tasks()), PAGE_SIZE).get_page(request.GET.get("page"))
    unscored = Paginator(unscored_risks(), SHOWN).page(1)
    context = {
        "page_obj": page,
        "tasks": queries.waiting(list(page.object_list), at=now),
        "escalated": escalated_to(person(request), shown=SHOWN),
        "incitement": referred_to_senior() if person(request).may(Permission.DECIDE_GRAVE_DILEMMA) else [],
        "asked": queries.waiting(asked_of(person(request))[:SHOWN], at=now),
        "counts": queries.task_counts(cycle, at=now),
        "cycle": cycle,
        "risks_to_assess": standings(list(unscored.object_list)),
        "more_to_assess": unscored.paginator.count - len(unscored),
        "access_review_due": person(request).may(Permission.REVIEW_ACCESS)
        and review_overdue(today=now.date()),
        "signoffs": waiting_sign_offs(person(request)),
        "clocks": time_to_change.pressing_clocks(on=now.date())[:SHOWN],
        "clock_reminders": open_reminders(person(request).roles, on=now.date(), shown=SHOWN),
        "milestones": leverage_plans.overdue_milestones(on=now.date())[:SHOWN],
        "next_steps": leverage_plans.late_next_steps(on=now.date())[:SHOWN],
        "due": exits.exits_due(on=now.date())[:SHOWN],
        "involvement_tasks": involvement.tasks(now),
        "partner_tasks": partner_tasks(person(request), on=now.date())[:SHOWN],
        "due_risks": standings(list(due_risks(person(request), on=now.date())[:SHOWN])),
        "plans_to_decide": plans_to_decide(person(request)),
        "findings_to_answer": consultations.findings_to_answer(person(request), on=now.date()),
        "may_assess": person(request).may(Permission.ASSESS_RISK),
        "cases": alarms_of(person(request), today=now.date()),
    }
    return render(request, "dashboards/desk.html", context)


@require_GET
@requires(Permission.READ_BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """What leadership sees: the indicators, severity by tier, clocks, and the latest re-assessment."""
    now = timezone.now()
    overdue = queries.open_tasks().filter(due_at__lt=now)
    heat = queries.heat()
    clocks = time_to_change.running_clocks(on=now.date())
    figures = [
        *queries.indicators(at=now),
        *time_to_change.indicators(clocks),
        consultations.loop_closed(on=now.date()),
        model_reviews.indicator(on=now.date()),
    ]
    context = {
        "indicators": [(one, _drill(one.code)) for one in figures],
        "heat": [(level, band, [(cell, _cell(cell)) for cell in row]) for level, band, row in heat],
        "columns": [cell.label for cell in heat[0][2]],
        "gaps": gap_counts(Risk.objects.all(), at=now),
        "withheld": _withheld(now.date()),
        "escalated": board_digest(shown=SHOWN),
        "overdue": overdue[:SHOWN],
        "more_overdue": max(overdue.count() - SHOWN, 0),
        "latest": _latest(),
        "clocks": [one for one in time_to_change.nearest_first(clocks) if one.due][:SHOWN],
        "clock_reminders": open_reminders([Role.BOARD], on=now.date(), shown=SHOWN),
        "due": [one for one in exits.exits_due(on=now.date()) if one.late][:SHOWN],
        "sign_offs": waiting_sign_offs(person(request)),
        "exceptions": signed_exceptions(),
        "overdue_reviews": model_reviews.overdue_reviews(on=now.date()),
        "complaints": latest_complaints(),
    }
    return render(request, "dashboards/board.html", context)


def _withheld(on: date) -> dict[str, Any]:
    decided = publications.left_off()
    many = decided.count()
    return {
        "decisions": decided[:SHOWN],
        "more": max(many - SHOWN, 0),
        "undecided": publications.severe_unpublished().count() - many,
        "unsigned": salient_list_unsigned(on),
    }


def _drill(code: str) -> str:
    name, chosen = DRILL.get(code, ("", {}))
    return _address(name, chosen) if name else ""


def _cell(cell: queries.HeatCell) -> str:
    return _address("risk-list", {"level": str(cell.level), "tier": cell.tier})


def _address(name: str, chosen: dict[str, str]) -> str:
    return reverse(name) + (f"?{urlencode(chosen)}" if chosen else "")


def _latest() -> dict[str, Any]:
    cycle = Cycle.objects.full().first()
    if cycle is None:
        return {}
    found = {str(kind): many for kind, _label, many in queries.finding_counts(cycle)}
    return {"cycle": cycle, "progress": progress_of(cycle), "found": found}
