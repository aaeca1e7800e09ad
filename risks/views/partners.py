"""Partners, the relationships with them and the harms tied to them."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import partners as actions
from risks.actions.contacts import note_read_of_marked
from risks.actions.lists import open_list
from risks.actions.register import note_export
from risks.documents.partners import write_partners
from risks.forms.partners import (
    BeginForm,
    CorrectPartnerForm,
    CorrectRelationshipForm,
    KnowledgeForm,
    RelationshipForm,
    TakeUpForm,
    TieRiskForm,
    WarningForm,
)
from risks.models import Relationship, RelationshipRisk, Risk
from risks.queries import partners as queries
from risks.queries.exits import exits_of
from risks.queries.partner_filter import PartnerFilter
from risks.queries.terms import terms_of
from risks.queries.time_to_change import NO_DAY, story_of, undated_of
from risks.queries.told_partners import told_of
from risks.rules.countries import country_names
from risks.rules.onboarding import OPEN, lacks_gate
from risks.rules.partner import PartnerFacts
from risks.views.form_page import form_page
from risks.views.list_files import as_file
from risks.views.looking import offered

PAGE_SIZE = 50


def _filters(request: HttpRequest) -> PartnerFilter:
    return PartnerFilter(request.GET, reader=person(request), at=timezone.now())


@require_safe
@requires(Permission.READ_DESK)
def partner_list(request: HttpRequest) -> HttpResponse:
    """Every relationship, the most pressing clock first, or as filtered and ordered."""
    filters = _filters(request)
    page = Paginator(filters.found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "list": open_list(person(request), "partners", at=filters.at),
        "querystring": filters.querystring,
        "page_obj": page,
        "rows": filters.rows(list(page.object_list)),
        "undated": queries.undated_among(list(page.object_list)),
        "counts": filters.counts,
        "may_log": person(request).may(Permission.LOG_LEVERAGE),
    }
    return render(request, "risks/partner_list.html", context)


@require_safe
@requires(Permission.READ_DESK)  # type: ignore[arg-type]  # a file streams, so it is no HttpResponse to the types
def partner_export(request: HttpRequest, format: str) -> FileResponse:  # noqa: A002  # the address calls it so
    """The filtered relationships as a file. It is whole, and on the audit log, before its first byte leaves."""
    filters, by = _filters(request), person(request)
    return as_file(
        format,
        name="partners",
        on=filters.on,
        write=lambda out: write_partners(filters.ids, filters.pressing, on=filters.on, form=format, out=out),
        note=lambda rows: note_export(
            form=format,
            rows=rows,
            filters=filters.chosen,
            by=by,
            at=filters.at,
            of="relationships",
            not_to_be_named=queries.marked_among(filters.ids),
        ),
    )


@require_safe
@requires(Permission.READ_DESK)
def partner_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One relationship as a story: what it is, its terms, harm, leverage, effect, clock, decision."""
    relationship = get_object_or_404(Relationship.objects.select_related("partner", "owner"), pk=pk)
    user, on = person(request), timezone.now().date()
    note_read_of_marked(relationship.partner, by=user, at=timezone.now())
    context = {
        "relationship": relationship,
        "story": story_of(relationship, on=on),
        "undated": undated_of(relationship),
        "told": told_of(relationship),
        "exit_side": exits_of(relationship, user),
        "may_log": user.may(Permission.LOG_LEVERAGE),
        "may_tie": user.may(Permission.ASSESS_RISK),
        "may_extend": user.may(Permission.DECIDE_EXIT),
        "today": on,
        "pressing": queries.pressing_of(relationship, on=on),
        **_record(relationship, user),
        **_gate(relationship),
        "terms": terms_of(relationship, on=on),
    }
    return render(request, "risks/partner_detail.html", context)


def _record(relationship: Relationship, user: User) -> dict[str, Any]:
    """Return what the page says of the partner beside the story."""
    standing, replaced = queries.notes_of(relationship.partner)
    contacts = relationship.partner.contacts.all() if user.may(Permission.LOG_LEVERAGE) else None
    return {
        "place": country_names().get(relationship.country, relationship.country),
        "seat": country_names().get(relationship.partner.country, relationship.partner.country),
        "products": relationship.products.all(),
        "revenue_owners": relationship.revenue_owners.order_by("display_name"),
        "crucial_tests": relationship.crucial_tests.select_related("tested_by"),
        "notes": standing,
        "notes_replaced": replaced,
        "contacts": contacts,
        "corrections": queries.corrections_of(relationship),
        "others": queries.others_of(relationship),
        "may_judge": user.may(Permission.DECIDE_EXIT),
        "may_lift": user.may(Permission.CLEAR_REPORT),
    }


def _gate(relationship: Relationship) -> dict[str, Any]:
    gates = list(relationship.onboardings.select_related("asked_by", "decided_by"))
    status = relationship.status
    lacking = lacks_gate(
        begun=status not in {Relationship.Status.PROPOSED, Relationship.Status.UNKNOWN},
        ended=status == Relationship.Status.ENDED,
        statuses=[one.status for one in gates],
    )
    return {
        "onboardings": gates,
        "lacks_gate": lacking,
        "gate_open": any(one.status in OPEN for one in gates),
    }


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def record_relationship(request: HttpRequest) -> HttpResponse:
    """Record a relationship."""
    return form_page(
        request,
        RelationshipForm(request.POST or None),
        act=partial(actions.record_relationship, by=person(request), at=timezone.now()),
        title="Record a relationship",
        lead="With whom, what is supplied, and since when. Terms, risks and contacts follow on its page.",
        button="Record the relationship",
        back=reverse("partner-list"),
        then=lambda made: reverse("partner-detail", args=[made.pk]),
        done="The relationship is on record. Record its terms, and tie the harms that you know of to it.",
    )


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def correct_relationship(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is on record of a relationship."""
    one = get_object_or_404(Relationship.objects.select_related("owner", "partner"), pk=pk)
    return form_page(
        request,
        CorrectRelationshipForm(request.POST or None, facts=actions.facts_of(one), owner=one.owner),
        act=partial(actions.correct_relationship, one, by=person(request), at=timezone.now()),
        title=f"Correct the relationship: {one.partner}",
        lead="Terms, risks, status and whether it is crucial have steps of their own on its page.",
        button="Record the correction",
        back=reverse("partner-detail", args=[pk]),
        done="Corrected. Before and after stand in its history.",
    )


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def take_up_relationship(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a relationship is that a dossier tells of, and where it stands."""
    one = get_object_or_404(Relationship.objects.select_related("owner", "partner"), pk=pk)
    return form_page(
        request,
        TakeUpForm(request.POST or None, facts=actions.facts_of(one), owner=one.owner),
        act=partial(actions.take_up_relationship, one, by=person(request), at=timezone.now()),
        title=f"Take up the relationship: {one.partner}",
        lead="A dossier tells of it. Say what it is and where it stands, as far as you know; then it is worked with as "
        "any other.",
        button="Take it up",
        back=reverse("partner-detail", args=[pk]),
        done="Taken up. Say since when each harm is known, so that its clock starts.",
    )


@require_safe_or_post
@requires(Permission.ASSESS_RISK)
def date_knowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say since when the company knows of a harm that a dossier tells of; its clock starts."""
    tied = get_object_or_404(RelationshipRisk.objects.select_related("relationship__partner", "risk"), pk=pk)
    return form_page(
        request,
        KnowledgeForm(request.POST or None),
        act=partial(actions.date_knowledge, tied, by=person(request), at=timezone.now()),
        title=f"Known since: {tied.relationship.partner}",
        lead=f"{tied.risk}. {NO_DAY}",
        button="Start the clock",
        back=reverse("partner-detail", args=[tied.relationship_id]),
        done="The clock runs.",
    )


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def correct_partner(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct who a partner is, from the page of one of its relationships."""
    partner = get_object_or_404(Relationship.objects.select_related("partner"), pk=pk).partner
    facts = PartnerFacts(partner.name, partner.country, partner.about, partner.naming_endangers)
    return form_page(
        request,
        CorrectPartnerForm(request.POST or None, facts=facts),
        act=partial(actions.correct_partner, partner, by=person(request), at=timezone.now()),
        title=f"Correct the partner: {partner}",
        lead="A warning not to name it is added to here, never taken off; the safety officer lifts it.",
        button="Record the correction",
        back=reverse("partner-detail", args=[pk]),
        done="Corrected. Before and after stand in its history.",
    )


@require_safe_or_post
@requires(Permission.CLEAR_REPORT)
def lift_warning(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift or reword the warning not to name a partner."""
    partner = get_object_or_404(Relationship.objects.select_related("partner"), pk=pk).partner
    form = WarningForm(request.POST or None, initial={"naming_endangers": partner.naming_endangers})
    return form_page(
        request,
        form,
        act=partial(actions.lift_warning, partner, by=person(request), at=timezone.now()),
        title=f"The warning not to name {partner}",
        lead="Once it is lifted, exports, reports and public pages may name the partner (UNGP 21(c)).",
        button="Record what it says",
        back=reverse("partner-detail", args=[pk]),
        done="Recorded. Before and after stand in its history.",
    )


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def begin_relationship(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a relationship begin."""
    one = get_object_or_404(Relationship.objects.select_related("partner"), pk=pk)
    return form_page(
        request,
        BeginForm(request.POST or None, initial={"on": timezone.now().date()}),
        act=partial(actions.begin_relationship, one, by=person(request), at=timezone.now()),
        title=f"Begin the relationship: {one.partner}",
        lead="It begins once its onboarding is approved; what was set as a condition holds from this day (method 7a).",
        button="Begin the relationship",
        back=reverse("partner-detail", args=[pk]),
        done="The relationship has begun.",
    )


@require_safe_or_post
@requires(Permission.ASSESS_RISK)
def tie_risk(request: HttpRequest, pk: int) -> HttpResponse:
    """Tie a harm to a relationship; its clock starts."""
    relationship = get_object_or_404(Relationship, pk=pk)

    def tie(*, risk: Risk, **given: object) -> None:
        actions.tie_risk(relationship, risk, **given, by=person(request), at=timezone.now())  # type: ignore[arg-type]

    given, among = request.POST, Risk.objects.exclude(status=Risk.Status.CLOSED)
    return form_page(
        request,
        TieRiskForm(
            None if "look" in given else given or None,
            initial=given.dict(),
            among=among,
            offered=offered(given, among, kept=[given.get("risk", "")]),
        ),
        act=tie,
        title="Tie a risk to the relationship",
        lead="The more severe the harm, the sooner change must be seen (UNGP 19). The clock starts with knowledge.",
        button="Tie the risk",
        back=reverse("partner-detail", args=[pk]),
        done="The clock runs.",
    )
