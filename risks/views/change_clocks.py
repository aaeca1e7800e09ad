"""The time-to-change clocks: a list, a page for each that tells its story, more time, a restart."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import change_clock as actions
from risks.actions.contacts import note_read_of_marked
from risks.forms.leverage import ClockFilter, ExtendTimeForm, RestartForm
from risks.models import RelationshipRisk
from risks.models.exits import EXIT_OVER
from risks.queries import leverage_plans as plans
from risks.queries import time_to_change as queries
from risks.views.form_page import form_page

PAGE_SIZE = 50


@require_safe
@requires(Permission.READ_DESK)
def clock_list(request: HttpRequest) -> HttpResponse:
    """Every clock that runs, the nearest end first."""
    form = ClockFilter(request.GET)
    found = queries.ListedClocks(on=timezone.now().date(), **form.chosen())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "clocks": page.object_list,
        "form": form,
        "filtered": bool(form.chosen()),
        "querystring": form.querystring(),
    }
    return render(request, "risks/clock_list.html", context)


@require_safe
@requires(Permission.READ_DESK)
def clock_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One clock: where it stands, its own story, the plan, what was tried and changed, what was promised."""
    tied = get_object_or_404(RelationshipRisk.objects.select_related("relationship__partner", "risk"), pk=pk)
    if tied.known_since is None:
        return redirect("date-knowledge", pk=pk)
    today, user = timezone.now().date(), person(request)
    note_read_of_marked(tied.relationship.partner, by=user, at=timezone.now())
    reading = queries.clock_of(tied, on=today)
    plan = plans.open_plan_of(tied)
    context = {
        "tied": tied,
        "reading": reading,
        "story": queries.story_of_clock(tied),
        "plan": plan,
        "plan_kinds": plans.kinds_of(plan) if plan else [],
        "plan_steps": plans.next_steps(plan, user, on=today) if plan else [],
        "moves": plan.moves.select_related("moved_by") if plan else [],
        "plans_over": plans.plans_over_of(tied),
        "actions": queries.actions_with_measurements().filter(tied=tied),
        "corrective_plans": plans.corrective_plans_of(tied),
        "exit_open": tied.relationship.exits.exclude(state__in=EXIT_OVER).first(),
        "today": today,
        "may": _may(user, reading),
    }
    return render(request, "risks/clock_detail.html", context)


def _may(user: User, reading: queries.Reading) -> dict[str, Any]:
    return {
        "log": user.may(Permission.LOG_LEVERAGE),
        "verify": user.may(Permission.ASSESS_RISK),
        "restart": user.may(Permission.ASSESS_RISK) and queries.change_on_record(reading.tied) is not None,
        "extend": user.may(Permission.DECIDE_EXIT)
        and reading.tied.extended_on is None
        and reading.limits.extension > 0
        and reading.clock.code == "WITHIN_TIME",
        "consider_exit": user.may(Permission.PREPARE_EXIT),
        "user": user.pk,
    }


@require_safe_or_post
@requires(Permission.DECIDE_EXIT)
def extend_time(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant the one extension."""
    tied = get_object_or_404(RelationshipRisk.objects.select_related("relationship__partner", "risk"), pk=pk)
    return form_page(
        request,
        ExtendTimeForm(request.POST or None),
        act=partial(actions.extend_time, tied, by=person(request), at=timezone.now()),
        title="Give more time, once",
        lead=f"{tied.relationship}. {tied.risk}",
        button="Give more time",
        back=reverse("clock-detail", args=[tied.pk]),
        done="More time was given. There is no second extension.",
    )


@require_safe_or_post
@requires(Permission.ASSESS_RISK)
def restart_clock(request: HttpRequest, pk: int) -> HttpResponse:
    """Restart the clock after a relapse."""
    tied = get_object_or_404(RelationshipRisk.objects.select_related("relationship__partner", "risk"), pk=pk)
    return form_page(
        request,
        RestartForm(request.POST or None),
        act=partial(actions.restart_clock, tied, by=person(request), at=timezone.now()),
        title="Restart the clock",
        lead=f"{tied.relationship}. {tied.risk}. A change was on record, and the harm goes on again.",
        button="Restart the clock",
        back=reverse("clock-detail", args=[tied.pk]),
        done="The clock starts anew.",
    )
