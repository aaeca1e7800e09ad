"""Groups of people who are affected, or who know."""

from functools import partial

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import Permission
from risks.actions import stakeholders as actions
from risks.forms.consultations import StakeholderFilter, StakeholderGroupForm
from risks.models import StakeholderGroup
from risks.queries.stakeholders import listed_groups
from risks.views.form_page import form_page

PAGE_SIZE = 50


@require_safe
@requires(Permission.READ_DESK)
def stakeholder_list(request: HttpRequest) -> HttpResponse:
    """Every group, by name."""
    form = StakeholderFilter(request.GET)
    page = Paginator(listed_groups(**form.chosen()), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "form": form,
        "filtered": bool(form.chosen()),
        "querystring": form.querystring(),
        "may_run": person(request).may(Permission.RUN_CONSULTATION),
    }
    return render(request, "risks/stakeholder_list.html", context)


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def record_group(request: HttpRequest) -> HttpResponse:
    """Record a group."""
    return _form(request, None, title="Record a stakeholder group", done="The group is on record.")


@require_safe_or_post
@requires(Permission.RUN_CONSULTATION)
def change_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is on record of a group."""
    group = get_object_or_404(StakeholderGroup, pk=pk)
    return _form(request, group, title="Change a stakeholder group", done="The group is changed.")


def _form(request: HttpRequest, group: StakeholderGroup | None, *, title: str, done: str) -> HttpResponse:
    kept = {}
    if group:
        kept = {
            name: getattr(group, name) for name in ("name", "type", "about", "vulnerabilities", "why_here")
        }
        kept |= {name: ", ".join(getattr(group, name)) for name in ("countries", "languages")}
    return form_page(
        request,
        StakeholderGroupForm(request.POST or None, initial=kept),
        act=partial(actions.record_group, group, by=person(request), at=timezone.now()),
        title=title,
        lead="Who could be harmed, or knows those who could. Rights-holders and their representatives come first.",
        button="Record the group",
        back=reverse("stakeholder-list"),
        done=done,
    )
