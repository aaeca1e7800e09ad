"""The policy register on the desk: policies, their versions, the editor, and the steps of a version."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import policies as actions
from risks.actions import policy_force
from risks.forms.policies import (
    ClauseForm,
    ClauseFormSet,
    NewVersionForm,
    PolicyFilter,
    PolicyForm,
    PutInForceForm,
    RelianceForm,
    VersionForm,
    clauses_in,
    owner_initial,
    rearranged,
    typed_clauses,
)
from risks.forms.policy_reliance import PolicyReliedOnField, Reliance
from risks.forms.risks import ReasonsForm
from risks.models import Measure, Policy, PolicyVersion
from risks.queries import policies as queries
from risks.rules.policy import (
    EDITED_STATES,
    MAY_APPROVE,
    PUBLIC_STATES,
    VersionState,
    permission_to_approve,
    refusals_to_submit,
)
from risks.views.form_page import form_page

PAGE_SIZE = 50


@require_safe
@requires(Permission.READ_DESK)
def policy_list(request: HttpRequest) -> HttpResponse:
    """Every policy, the policy commitment first, with its text in force and what is in work."""
    form = PolicyFilter(request.GET)
    page = Paginator(queries.listed_policies(**form.chosen()), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": queries.rows_of(list(page.object_list), on=timezone.now().date()),
        "page_obj": page,
        "form": form,
        "filtered": bool(form.chosen()),
        "querystring": form.querystring(),
        "counts": queries.standing_counts(),
        "committed": queries.commitment_in_force(),
        "may_draft": person(request).may(Permission.DRAFT_POLICY),
    }
    return render(request, "risks/policy_list.html", context)


@require_safe_or_post
@requires(Permission.DRAFT_POLICY)
def record_policy(request: HttpRequest) -> HttpResponse:
    """Record a policy; its first version is a draft."""
    return form_page(
        request,
        PolicyForm(request.POST or None, initial=owner_initial(person(request))),
        act=partial(actions.record_policy, by=person(request), at=timezone.now()),
        title="Record a policy",
        lead="A rule that people can be measured by must be published, findable and precise (L1, L2).",
        button="Begin the first draft",
        back=reverse("policy-list"),
        done="The policy is recorded. Open it to write its clauses.",
    )


@require_safe
@requires(Permission.READ_DESK)
def policy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One policy: its versions, and the measures that rely on it."""
    policy = get_object_or_404(queries.with_versions(Policy.objects.select_related("owner")), pk=pk)
    versions = list(policy.versions.all())
    relying = queries.measures_relying(versions)
    context = {
        "policy": policy,
        "numbers": queries.by_number(versions),
        "is_public": any(one.state in PUBLIC_STATES for one in versions),
        "measures": relying[: queries.MEASURES_SHOWN],
        "many_measures": relying.count(),
        "may_draft": person(request).may(Permission.DRAFT_POLICY),
    }
    return render(request, "risks/policy_detail.html", context)


@require_safe_or_post
@requires(Permission.DRAFT_POLICY)
def draft_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version, or a translation."""
    policy = get_object_or_404(Policy, pk=pk)
    return form_page(
        request,
        NewVersionForm(request.POST or None, initial={"language": "en"}),
        act=partial(actions.draft_version, policy, by=person(request), at=timezone.now()),
        title="Draft a version",
        lead=f"{policy}. The draft begins with the text that there is; what is approved stays as it is.",
        button="Begin the draft",
        back=reverse("policy-detail", args=[pk]),
        done="The draft is begun. Open it to write its clauses.",
    )


@require_safe
@requires(Permission.READ_DESK)
def version_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: its text, where it stands, who decided, which measures rely on it."""
    return _show(request, _version(pk))


def _version(pk: int) -> PolicyVersion:
    related = PolicyVersion.objects.select_related("policy", "drafted_by", "approved_by")
    return get_object_or_404(related, pk=pk)


def _show(request: HttpRequest, version: PolicyVersion, refusal: str = "") -> HttpResponse:
    relying = queries.measures_relying([version])
    edited = version.state in EDITED_STATES
    today = timezone.now().date()
    context = {
        "version": version,
        "siblings": version.policy.versions.filter(number=version.number)
        .exclude(pk=version.pk)
        .defer("clauses"),
        "earlier": queries.earlier_than(version).defer("clauses"),
        "asked": queries.asked_approval(version),
        "decisions": queries.decisions_on(version),
        "consultations": version.consultations.all(),
        "measures": relying[: queries.MEASURES_SHOWN],
        "many_measures": relying.count(),
        "lacking": refusals_to_submit(actions.text_of(version, today=today)) if edited else [],
        "is_public": version.state in PUBLIC_STATES,
        "refusal": refusal,
        **_may(person(request), version),
    }
    return render(request, "risks/policy_version_detail.html", context, status=400 if refusal else 200)


def _may(user: User, version: PolicyVersion) -> dict[str, bool]:
    approver, state = user.may(permission_to_approve(version.policy.kind)), version.state
    return {
        "may_edit": state in EDITED_STATES and user.may(Permission.DRAFT_POLICY),
        "may_submit": state == VersionState.DRAFT and user.may(Permission.DRAFT_POLICY),
        "may_decide": state == VersionState.SUBMITTED and approver and user.username not in version.authors,
        "may_force": state == VersionState.APPROVED and version.in_force_from is None and approver,
        "may_repeal": state in {VersionState.APPROVED, VersionState.IN_FORCE} and approver,
    }


@require_safe_or_post
@requires(Permission.DRAFT_POLICY)
def edit_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a draft: add, move and remove clauses, which records nothing, and save it, finished or not."""
    version = _version(pk)
    if version.state not in EDITED_STATES:
        return _show(request, version, "An approved text stays as it is. Draft the next version.")
    act = request.POST.get("act", "")
    if request.method == "POST" and act in {"", "save"}:
        return _save(request, version)
    offered = queries.offered_consultations(version.consultations.values_list("pk", flat=True))
    if request.method == "POST":
        rows, initial = rearranged(typed_clauses(request.POST), act), _typed(request)
    else:
        rows, initial = version.clauses, _initial(version)
    form = VersionForm(initial=initial, version=version, offered=offered)
    clauses = ClauseFormSet(initial=rows, prefix="clauses", form_kwargs={"version": version})
    return _editor(request, version, form, clauses, unsaved=request.method == "POST")


def _typed(request: HttpRequest) -> dict[str, object]:
    typed: dict[str, object] = {name: request.POST.get(name, "") for name in VersionForm.base_fields}
    return typed | {"consultations": request.POST.getlist("consultations")}


def _initial(version: PolicyVersion) -> dict[str, object]:
    kept = ("title", "what_changed", "consulted", "experts", "in_force_from", "next_review", "adopted_before")
    return {name: getattr(version, name) for name in kept} | {
        "consultations": [str(pk) for pk in version.consultations.values_list("pk", flat=True)],
        "seen_hash": actions.content_hash(version),
    }


def _save(request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    offered = queries.offered_consultations(version.consultations.values_list("pk", flat=True))
    form = VersionForm(request.POST, version=version, offered=offered)
    clauses = ClauseFormSet(request.POST, prefix="clauses", form_kwargs={"version": version})
    if form.is_valid() and clauses.is_valid():
        try:
            actions.edit_version(
                version,
                clauses=clauses_in(clauses),
                by=person(request),
                at=timezone.now(),
                **form.cleaned_data,
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, "The draft is saved.")
            return redirect("policy-version-detail", version.pk)
    return _editor(request, version, form, clauses)


def _editor(
    request: HttpRequest,
    version: PolicyVersion,
    form: VersionForm,
    clauses: "BaseFormSet[ClauseForm]",
    *,
    unsaved: bool = False,
) -> HttpResponse:
    wrong = form.is_bound
    context = {"version": version, "form": form, "clauses": clauses, "unsaved": unsaved, "wrong": wrong}
    return render(request, "risks/policy_version_form.html", context, status=400 if wrong else 200)


@require_POST
@requires(Permission.DRAFT_POLICY)
def submit_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for approval."""
    version = _version(pk)
    try:
        actions.submit(version, by=person(request), at=timezone.now())
    except NotAllowed as refusal:
        return _show(request, version, str(refusal))
    messages.info(request, "Submitted. Somebody who wrote none of it decides, on the page of sign-offs.")
    return redirect("policy-version-detail", pk)


@require_safe_or_post
@requires(*MAY_APPROVE)
def put_version_in_force(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an approved version into force today; the approver's act."""
    version = _version(pk)
    return form_page(
        request,
        PutInForceForm(request.POST if request.method == "POST" else None),
        act=partial(policy_force.put_in_force, version, by=person(request), at=timezone.now()),
        title="Put the version into force",
        lead=f"{version}. The version before it is replaced today, and measures that rely on it are looked at again.",
        button="Put it into force",
        back=reverse("policy-version-detail", args=[pk]),
        done="It is in force. Measures that relied on the version before it are due for review.",
    )


@require_safe_or_post
@requires(*MAY_APPROVE)
def repeal_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Repeal a version in all its languages."""
    version = _version(pk)
    return form_page(
        request,
        ReasonsForm(request.POST or None),
        act=partial(policy_force.repeal, version, by=person(request), at=timezone.now()),
        title="Repeal the version",
        lead=f"{version}, in all its languages. It stays readable; measures in force that rely on it are looked at "
        "again. The public reads the reasons.",
        button="Repeal it",
        back=reverse("policy-version-detail", args=[pk]),
        done="Repealed. The next re-assessment finds the measures that relied on it due for review.",
    )


@require_safe
@requires(Permission.READ_DESK)
def version_difference(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """What changed from an earlier version in the same language."""
    version = _version(pk)
    before = get_object_or_404(queries.earlier_than(version), pk=other)
    context = {"version": version, "before": before, "changes": queries.difference(before, version)}
    return render(request, "risks/policy_difference.html", context)


@require_safe_or_post
@requires(Permission.PROPOSE_MEASURE)
def name_policy(request: HttpRequest, pk: int) -> HttpResponse:
    """Say on which clause a measure relies, once."""
    measure = get_object_or_404(Measure, pk=pk)

    def act(policy_relied_on: Reliance, **given: object) -> None:
        policy_force.rely_on(
            measure,
            version=policy_relied_on.version,
            clause=policy_relied_on.clause,
            by=person(request),
            at=timezone.now(),
            **given,  # type: ignore[arg-type]  # conduct_on, cleaned by the form
        )

    return form_page(
        request,
        RelianceForm(request.POST or None, field=PolicyReliedOnField()),
        act=act,
        title="Name the policy relied on",
        lead=f"{measure}. It is named once and stays: a measure keeps the rule under which it was imposed.",
        button="Record the clause",
        back=reverse("measure-detail", args=[pk]),
        done="Recorded. When that policy changes, the measure is due for review.",
    )
