"""Outside experts: what is shared with them, and the desk that shares and ends it (domain.md 0.2)."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import experts as actions
from risks.forms.experts import ConfirmForm, OpinionForm, ShareForm, ShareRiskForm
from risks.models import ExpertAccess, Risk
from risks.queries import experts as queries
from risks.queries.consultations import page_of, visible_to
from risks.views.form_page import form_page

SHARE_LEAD = "They read an extract as it is now, for the days you choose. It is never more than that extract."


@require_safe
@requires(Permission.READ_SHARED)
def shared_list(request: HttpRequest) -> HttpResponse:
    """What an expert may read now."""
    shared = queries.open_to(person(request), on=timezone.now().date())
    return render(request, "risks/shared_list.html", {"shared": shared})


@require_safe_or_post
@requires(Permission.READ_SHARED)
def shared_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One extract and the opinions given on it; whoever it is not shared with finds nothing here.

    Opening it is logged, on GET too: a read of a record at risk is itself an act (domain.md 0.4).
    """
    user, now = person(request), timezone.now()
    access = get_object_or_404(queries.open_to(user, on=now.date()), pk=pk)
    actions.open_shared(access, by=user, at=now)
    form = OpinionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.give_opinion(access, **form.cleaned_data, by=user, at=now)
        except NotAllowed as refusal:
            form.add_error("opinion", str(refusal))
        else:
            messages.info(request, "Your opinion is on record.")
            return redirect("shared-detail", pk)
    context = {"access": access, "opinions": access.opinions.all(), "form": form}
    return render(request, "risks/shared_detail.html", context, status=400 if form.errors else 200)


@require_safe_or_post
@requires(Permission.SHARE_WITH_EXPERT)
def share_risk(request: HttpRequest, pk: int) -> HttpResponse:
    """Share an extract of a risk with an expert."""
    risk = get_object_or_404(Risk.objects.select_related("held"), pk=pk)
    given = request.POST if request.method == "POST" else None
    form = ShareRiskForm(given, experts=queries.outside_experts(), evidence=queries.public_evidence_of(risk))
    return form_page(
        request,
        form,
        act=partial(actions.share_risk, risk, by=person(request), at=timezone.now()),
        title=f"Ask an expert: {risk}",
        lead=SHARE_LEAD,
        button="Share it",
        back=reverse("risk-detail", args=[pk]),
        done="The extract is shared.",
    )


@require_safe_or_post
@requires(Permission.SHARE_WITH_EXPERT)
def share_consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """Share what was screened of a consultation with an expert."""
    user, now = person(request), timezone.now()
    consultation = get_object_or_404(visible_to(user), pk=pk)
    return form_page(
        request,
        ShareForm(request.POST if request.method == "POST" else None, experts=queries.outside_experts()),
        act=partial(actions.share_consultation, consultation, by=user, at=now),
        title=f"Ask an expert: {page_of(consultation, user, on=now.date()).row.label}",
        lead=SHARE_LEAD,
        button="Share it",
        back=reverse("consultation-detail", args=[pk]),
        done="The extract is shared.",
    )


@require_safe_or_post
@requires(Permission.SHARE_WITH_EXPERT)
def revoke_access(request: HttpRequest, pk: int) -> HttpResponse:
    """End a share before its last day."""
    access = get_object_or_404(ExpertAccess.objects.select_related("expert"), pk=pk)
    record = (
        ("risk-detail", access.risk_id) if access.risk_id else ("consultation-detail", access.consultation_id)
    )
    return form_page(
        request,
        ConfirmForm(request.POST if request.method == "POST" else None),
        act=partial(actions.revoke, access, by=person(request), at=timezone.now()),
        title="Revoke what is shared with an expert",
        lead=f"{access.expert} reads the extract no longer, from now on. The opinions given stay on record.",
        button="Revoke it",
        back=reverse(record[0], args=[record[1]]),
        done="The share is revoked.",
    )
