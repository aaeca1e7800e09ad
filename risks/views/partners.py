"""Partners, the relationships with them and the harms tied to them."""

from functools import partial

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from hrdd.governance.access import person, requires
from hrdd.governance.rules import Permission
from risks.actions import partners as actions
from risks.forms.partners import RelationshipForm, TieRiskForm
from risks.models import Relationship, Risk
from risks.queries.exits import exits_of
from risks.queries.partners import relationships
from risks.queries.time_to_change import clocks_of_page, story_of
from risks.views.form_page import form_page

PAGE_SIZE = 50


@require_GET
@requires(Permission.READ_DESK)
def partner_list(request: HttpRequest) -> HttpResponse:
    """Every relationship by partner, each with its most pressing clock."""
    words, status = (request.GET.get(name, "").replace("\0", "").strip() for name in ("q", "status"))
    found = relationships(words=words, status=status)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": clocks_of_page(page.object_list, on=timezone.now().date()),
        "q": words,
        "status": status,
        "statuses": Relationship.Status.choices,
        "may_log": person(request).may(Permission.LOG_LEVERAGE),
        "querystring": urlencode({key: said for key, said in (("q", words), ("status", status)) if said}),
    }
    return render(request, "risks/partner_list.html", context)


@require_GET
@requires(Permission.READ_DESK)
def partner_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One relationship as a story: harm, leverage, effect, clock, decision."""
    relationship = get_object_or_404(Relationship.objects.select_related("partner"), pk=pk)
    user = person(request)
    context = {
        "relationship": relationship,
        "story": story_of(relationship, on=timezone.now().date()),
        "exit_side": exits_of(relationship, user),
        "may_log": user.may(Permission.LOG_LEVERAGE),
        "may_tie": user.may(Permission.ASSESS_RISK),
        "may_extend": user.may(Permission.DECIDE_EXIT),
    }
    return render(request, "risks/partner_detail.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.LOG_LEVERAGE)
def record_relationship(request: HttpRequest) -> HttpResponse:
    """Record a relationship."""
    return form_page(
        request,
        RelationshipForm(request.POST or None),
        act=partial(actions.record_relationship, by=person(request), at=timezone.now()),
        title="Record a relationship",
        lead="With whom, what is supplied, on which terms. Before a relationship starts, leverage is greatest.",
        button="Record the relationship",
        back=reverse("partner-list"),
        done="The relationship is on record. Tie the harms that you know of to it.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.ASSESS_RISK)
def tie_risk(request: HttpRequest, pk: int) -> HttpResponse:
    """Tie a harm to a relationship; its clock starts."""
    relationship = get_object_or_404(Relationship, pk=pk)

    def tie(*, risk: Risk, **given: object) -> None:
        actions.tie_risk(relationship, risk, **given, by=person(request), at=timezone.now())  # type: ignore[arg-type]

    return form_page(
        request,
        TieRiskForm(request.POST or None),
        act=tie,
        title="Tie a risk to the relationship",
        lead="The more severe the harm, the sooner change must be seen (UNGP 19). The clock starts with knowledge.",
        button="Tie the risk",
        back=reverse("partner-detail", args=[pk]),
        done="The clock runs.",
    )
