"""Pages that compose what the apps offer: the desk and the board."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.accounts.queries.people import review_overdue
from hrdd.governance.access import person, requires
from hrdd.governance.models import User
from hrdd.governance.queries import waiting_sign_offs
from hrdd.governance.rules import Permission, Role
from hrdd.notifications.queries.put_off import is_away, may_be_put_off, put_off_by
from hrdd.oversight.queries import figures
from hrdd.oversight.queries.escalations import open_escalations
from hrdd.oversight.queries.sign_offs import SignOffClock, clocks_of, nearest_first, raised_with
from hrdd.oversight.queries.today import ENTRIES, READ_AS, in_order, owed_by
from remedies.queries.alarms import alarms_of
from risks.actions.reassessments import deciders_of
from risks.models import Cycle
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
from risks.queries.gaps import GapCount
from risks.queries.measures import progress_of
from risks.queries.partners import partner_tasks
from risks.queries.rabat import referred_to_senior
from risks.queries.reassessments import asked_of, with_referral
from risks.queries.register import standings, unscored_risks
from risks.queries.salient_list import salient_list_unsigned
from transparency.queries.releases import latest_complaints

PAGE_SIZE = 25
SHOWN = 10


@require_safe
@requires(Permission.READ_DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What needs me today, in order of clock."""
    now, cycle = timezone.now(), Cycle.objects.full().first()
    clocks = time_to_change.pressing_clocks(on=now.date())
    counts = queries.task_counts(cycle, at=now)
    pages = Paginator(with_referral(queries.open_tasks()), PAGE_SIZE)
    pages.count = counts["open"]
    page = pages.get_page(request.GET.get("page"))
    unscored = Paginator(unscored_risks(), SHOWN).page(1)
    to_assess = list(unscored.object_list)
    to_judge = list(due_risks(person(request), on=now.date())[:SHOWN])
    stand = standings([*to_assess, *to_judge])
    tasks = queries.waiting(list(page.object_list), at=now)
    signoffs, more_to_sign = _to_sign(person(request), shown=ENTRIES)
    reader = person(request).as_one()
    barred = [one for one in tasks if reader & deciders_of(one.task.measure)]
    context: dict[str, Any] = {
        "page_obj": page,
        "tasks": tasks,
        "barred": barred,
        "escalated": escalated_to(person(request), shown=SHOWN),
        "incitement": referred_to_senior() if person(request).may(Permission.DECIDE_GRAVE_DILEMMA) else [],
        "asked": queries.waiting(asked_of(person(request))[:SHOWN], at=now),
        "counts": counts,
        "cycle": cycle,
        "risks_to_assess": stand[: len(to_assess)],
        "more_to_assess": unscored.paginator.count - len(to_assess),
        "access_review_due": person(request).may(Permission.REVIEW_ACCESS)
        and review_overdue(today=now.date()),
        "signoffs": signoffs,
        "more_to_sign": more_to_sign,
        "clocks": clocks[:SHOWN],
        "clock_reminders": open_reminders(person(request).roles_today, clocks, on=now.date(), shown=SHOWN),
        "milestones": leverage_plans.overdue_milestones(on=now.date())[:SHOWN],
        "next_steps": leverage_plans.late_next_steps(on=now.date())[:SHOWN],
        "due": exits.exits_due(on=now.date())[:SHOWN],
        "involvement_tasks": involvement.tasks(now),
        "partner_tasks": partner_tasks(person(request), on=now.date())[:SHOWN],
        "due_risks": stand[len(to_assess) :],
        "plans_to_decide": plans_to_decide(person(request)),
        "findings_to_answer": consultations.findings_to_answer(person(request), on=now.date()),
        "may_assess": person(request).may(Permission.ASSESS_RISK),
        "cases": alarms_of(person(request), today=now.date()),
    }
    cases = context["cases"]
    lists = {name: context[name] for name in READ_AS if name in context}
    lists |= {"tasks": [one for one in tasks if one not in barred], "due_risks": to_judge}
    lists |= {"remedies": cases.late_remedies, "actions": cases.actions}
    lists |= {"reminders": context["escalated"].reminders} | owed_by(person(request), at=now)
    every, held = in_order(person(request), lists), put_off_by(person(request))
    entries = [one for one in every if not is_away(one, held, at=now)]
    context |= {"entries": entries[:ENTRIES], "more_entries": max(len(entries) - ENTRIES, 0)}
    context |= {
        "away": len(every) - len(entries),
        "may_put_off": may_be_put_off(person(request), lists, at=now),
    }
    context["late"] = [one for one in context["entries"] if one.late(now)]
    context["many_late"] = sum(one.late(now) for one in every)
    context["late_at_least"] = page.has_next() or more_to_sign or len(clocks) > SHOWN
    return render(request, "dashboards/desk.html", context)


def _to_sign(user: User, *, shown: int) -> tuple[list[SignOffClock], bool]:
    """Return the first of what waits for a signature, and whether there is more."""
    asked = list(nearest_first(waiting_sign_offs(user))[: shown + 1])
    return clocks_of(asked[:shown]), len(asked) > shown


@require_safe
@requires(Permission.READ_BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """What leadership sees: the frozen indicators, severity by likelihood, and what waits for them now."""
    now, user = timezone.now(), person(request)
    release = figures.last_release()
    values = (
        figures.values_of(release) if release else {one.code: one for one in figures.indicator_values(at=now)}
    )
    told = release.content if release else figures.content_of_board(list(values.values()), at=now)
    overdue = queries.open_tasks().filter(due_at__lt=now)
    running = time_to_change.ListedClocks(on=now.date())
    sign_offs, more_to_sign = _to_sign(user, shown=SHOWN)
    context = {
        "release": release,
        "pack": figures.pack_of(release),
        "summary": figures.summary(values),
        "groups": figures.shown(values, figures.trends(release) if release else {}, reader=user),
        "heat": told["heat"],
        "lights": told["lights"],
        "since": told["since"],
        "gaps": [GapCount(**one) for one in told["gaps"]],
        "may_freeze": user.may(Permission.FREEZE_FIGURES),
        "now": now,
        "withheld": _withheld(now.date()),
        "escalated": board_digest(shown=SHOWN),
        "escalations": open_escalations().filter(to_role=Role.BOARD)[:SHOWN],
        "overdue": overdue[:SHOWN],
        "more_overdue": max(overdue.count() - SHOWN, 0),
        "latest": _latest(),
        "clocks": [one for one in running[:SHOWN] if one.due],
        "clock_reminders": open_reminders([Role.BOARD], running.pressing, on=now.date(), shown=SHOWN),
        "due": [one for one in exits.exits_due(on=now.date()) if one.late][:SHOWN],
        "sign_offs": sign_offs,
        "more_to_sign": more_to_sign,
        "raised_sign_offs": raised_with([Role.BOARD], shown=SHOWN),
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


def _latest() -> dict[str, Any]:
    cycle = Cycle.objects.full().first()
    if cycle is None:
        return {}
    found = {str(kind): many for kind, _label, many in queries.finding_counts(cycle)}
    return {"cycle": cycle, "progress": progress_of(cycle), "found": found}
