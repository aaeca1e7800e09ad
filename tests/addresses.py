"""What stands in the addresses: for each one with arguments, those of a record that is there."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from hrdd.accounts.models import AccessReview, Invitation
from hrdd.governance.models import AuditEvent, Mandate, SignOff, User
from hrdd.notifications.models import WebhookDelivery, WebhookEndpoint
from hrdd.notifications.queries.waiting import waiting_for
from hrdd.oversight.models import Escalation, OversightMeeting
from hrdd.workbench.models import Mention
from remedies.models import Case, LegalHold, PatternReview
from risks.actions.register import ASSIGNED
from risks.models import (
    ActionSample,
    AgreedTerms,
    Change,
    Consultation,
    ConsultationFinding,
    CorrectivePlan,
    Cycle,
    Dilemma,
    DilemmaDecision,
    DilemmaOption,
    EffectMeasurement,
    EmergencyStop,
    ExitDecision,
    ExitDuty,
    ExitStage,
    ExpertAccess,
    Involvement,
    LeverageAction,
    LeveragePlan,
    LoweringProposal,
    Measure,
    Milestone,
    MitigationPlan,
    ModelReview,
    Onboarding,
    OnboardingFinding,
    Participant,
    PartnerContact,
    PartnerNote,
    Policy,
    PolicyVersion,
    RabatAssessment,
    RegisterImport,
    Relationship,
    RelationshipRisk,
    ReviewTask,
    Risk,
    SalientList,
    SavedView,
    StakeholderGroup,
    StatementOfReasons,
)
from transparency.models import Report

ARGUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    **{
        name: lambda: {"pk": 0}
        for name in (
            "account-session-end",
            "account-passkey-remove",
            "account-delegation-end",
            "account-token-revoke",
        )
    },
    "invitation": lambda: {"secret": "no-such-secret"},
    **{
        name: lambda: {"pk": User.objects.order_by("pk")[0].pk}
        for name in ("person", "person-leave", "person-roles", "person-renew", "person-sign-out")
    },
    **{name: lambda: {"pk": first(Invitation)} for name in ("renewal-confirm", "invitation-withdraw")},
    **{
        name: lambda: {"pk": AccessReview.objects.get(signed_at=None).pk}
        for name in ("access-review", "access-review-decide", "access-review-sign")
    },
    **{name: lambda: {"language": "fr"} for name in ("raise-in", "follow-in")},
    "webhook-step": lambda: {"pk": first(WebhookEndpoint), "step": "test"},
    "webhook-again": lambda: {"pk": first(WebhookDelivery)},
    "public-report": lambda: {"period": "2021"},
    "public-report-file": lambda: {"period": "2021", "format": "pdf"},
    "public-edition": lambda: {"period": "2021", "edition": 1},
    "public-edition-file": lambda: {"period": "2021", "edition": 1, "format": "json"},
    "public-schema": lambda: {"name": "figures"},
    "sitemap-section": lambda: {"section": "pages"},
    "edition-manifest": lambda: {"period": "2021", "edition": 1, "name": "manifest.json"},
    "report-withdraw": lambda: {"pk": Report.objects.get().pk},
    "report-manifest": lambda: {"period": "2021", "name": "manifest.json"},
    "log-tile": lambda: {"level": "0", "place": "000"},
    **{f"case-{act}": lambda: {"pk": uuid4()} for act in ("detail", "read", "assign", "bar", "identity")},
    **{name: lambda: {"pk": uuid4()} for name in ("custody-answer", "systemic-done")},
    "case-step": lambda: {"pk": uuid4(), "step": "decide"},
    "pattern-conclude": lambda: {"pk": first(PatternReview)},
    "case-hold": lambda: {"pk": Case.objects.get().pk},
    "case-hold-answer": lambda: {"pk": LegalHold.objects.get().pk, "step": "ask-lift"},
    "case-file": lambda: {"pk": uuid4(), "file": uuid4()},
    "report-detail": lambda: {"pk": Report.objects.get().pk},
    "report-step": lambda: {"pk": Report.objects.get().pk, "step": "thaw"},
    **{name: lambda: {"pk": Report.objects.get().pk} for name in ("report-coverage", "report-coverage-open")},
    **{
        name: lambda: {"pk": Report.objects.get().pk, "question": "C2.1"}
        for name in ("report-question", "report-question-forget")
    },
    **{
        name: lambda: {"pk": Report.objects.get().pk}
        for name in ("report-sufficiency", "report-redactions", "report-redactions-words")
    },
    "report-redaction-step": lambda: {"pk": Report.objects.get().pk, "redaction": 0, "step": "confirm"},
    "report-quantities": lambda: {"pk": Report.objects.get().pk},
    **{
        name: lambda: {"pk": Report.objects.get().pk, "quantity": "notices"}
        for name in ("report-quantity", "report-quantity-forget")
    },
    "report-sections": lambda: {"pk": Report.objects.get().pk},
    **{
        name: lambda: {"pk": Report.objects.get().pk, "section": "lessons"}
        for name in ("report-section", "report-section-owner", "report-section-comment")
    },
    "report-comment-step": lambda: {"pk": Report.objects.get().pk, "comment": 0, "step": "resolve"},
    "report-preview": lambda: {"pk": Report.objects.get().pk, "format": "json"},
    "sign-off-decide": lambda: {"pk": SignOff.objects.get().pk},
    "review-task": lambda: {"pk": ReviewTask.objects.order_by("pk")[0].pk},
    "risk-detail": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "sample-draw": lambda: {"pk": first(Measure)},
    **{name: lambda: {"pk": first(ActionSample)} for name in ("sample-detail", "sample-close")},
    "sample-review": lambda: {"pk": first(ActionSample), "position": 1},
    "what-if-level": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "correct-risk": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "risk-import-template": lambda: {"extension": "csv"},
    "risk-import-preview": lambda: {"pk": RegisterImport.objects.get(register="risks").pk},
    "risk-import-step": lambda: {"pk": RegisterImport.objects.get(register="risks").pk, "step": "apply"},
    "publication": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "salient-list-detail": lambda: {"pk": first(SalientList)},
    "assess-severity": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "propose-involvement": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "involvement-detail": lambda: {"pk": Involvement.objects.order_by("pk")[0].pk},
    "challenge-involvement": lambda: {"pk": Involvement.objects.order_by("pk")[0].pk},
    "stop-own-part": lambda: {"pk": Involvement.objects.order_by("pk")[0].pk},
    "withdraw-involvement": lambda: {"pk": Involvement.objects.order_by("pk")[0].pk},
    "measure-detail": lambda: {"pk": Measure.objects.order_by("pk")[0].pk},
    **{name: lambda: {"pk": first(Measure)} for name in ("statement-issue", "statement-issue-actions")},
    "statement-detail": lambda: {"pk": first(StatementOfReasons)},
    **{
        name: lambda: {"puid": StatementOfReasons.objects.order_by("pk")[0].puid}
        for name in ("public-statement", "public-statement-data")
    },
    "note-signal": lambda: {"pk": Measure.objects.order_by("pk")[0].pk},
    **{name: lambda: {"pk": first(Cycle)} for name in ("cycle-detail", "cycle-retry")},
    "partner-detail": lambda: {"pk": Relationship.objects.get(told_by="").pk},
    **{
        name: lambda: {"pk": Relationship.objects.get(told_by="").pk}
        for name in (
            *(
                "correct-relationship",
                "take-up-relationship",
                "correct-partner",
                "lift-warning",
                "begin-relationship",
            ),
            *("crucial-test", "revenue-owners", "partner-contact-new", "agree-terms", "onboarding-ask"),
        )
    },
    "take-up-relationship": lambda: {"pk": Relationship.objects.exclude(told_by="")[0].pk},
    "partner-note": lambda: {"pk": Relationship.objects.get(told_by="").pk, "kind": "sanctions"},
    "partner-note-replace": lambda: {
        "pk": Relationship.objects.get(told_by="").pk,
        "kind": "sanctions",
        "note": first(PartnerNote),
    },
    "partner-contact-step": lambda: {
        "pk": Relationship.objects.get(told_by="").pk,
        "contact": first(PartnerContact),
        "step": "open",
    },
    "end-terms": lambda: {"pk": first(AgreedTerms)},
    **{f"onboarding-{act}": lambda: {"pk": first(Onboarding)} for act in ("detail", "review", "decide")},
    "onboarding-finding": lambda: {"pk": first(Onboarding)},
    "onboarding-finding-close": lambda: {"pk": first(OnboardingFinding)},
    "partner-import-template": lambda: {"extension": "csv"},
    "partner-import-preview": lambda: {"pk": RegisterImport.objects.get(register="partners").pk},
    "partner-import-step": lambda: {
        "pk": RegisterImport.objects.get(register="partners").pk,
        "step": "apply",
    },
    "tie-risk": lambda: {"pk": Relationship.objects.get(told_by="").pk},
    "consider-exit": lambda: {"pk": Relationship.objects.get(told_by="").pk},
    **{
        name: lambda: {"pk": RelationshipRisk.objects.get(told_by="").pk}
        for name in (
            "clock-detail",
            "date-knowledge",
            "restart-clock",
            "open-leverage-plan",
            "record-corrective-plan",
        )
    },
    "date-knowledge": lambda: {"pk": RelationshipRisk.objects.filter(known_since=None)[0].pk},
    "correct-effect": lambda: {"pk": first(EffectMeasurement)},
    "edit-leverage-plan": lambda: {"pk": first(LeveragePlan)},
    "leverage-plan-step": lambda: {"pk": first(LeveragePlan), "step": "apply"},
    **{name: lambda: {"pk": first(CorrectivePlan)} for name in ("add-milestone", "close-corrective-plan")},
    **{f"mandate-{act}": lambda: {"pk": first(Mandate)} for act in ("supersede", "end")},
    **{f"meeting-{act}": lambda: {"pk": first(OversightMeeting)} for act in ("detail", "correct")},
    "escalation-detail": lambda: {"pk": first(Escalation)},
    "verify-milestone": lambda: {"pk": first(Milestone)},
    "log-leverage": lambda: {"pk": RelationshipRisk.objects.get(told_by="").pk},
    "extend-time": lambda: {"pk": RelationshipRisk.objects.get(told_by="").pk},
    **{
        f"measure-{act}": lambda: {"pk": first(Measure)}
        for act in ("edit", "withdraw", "enforce", "emergency", "lift", "test", "notice", "duty")
    },
    "measure-effect": lambda: {"pk": LeverageAction.objects.get().pk},
    "exit-detail": lambda: {"pk": ExitDecision.objects.get().pk},
    "assess-exit": lambda: {"pk": ExitDecision.objects.get().pk},
    "propose-exit": lambda: {"pk": ExitDecision.objects.get().pk},
    **{
        name: lambda: {"pk": ExitDecision.objects.get().pk}
        for name in ("review-exit", "plan-exit-stage", "stay-again", "stay-back", "write-exit-narrative")
    },
    "stop-partner": lambda: {"pk": Relationship.objects.get(told_by="").pk},
    "renew-stop": lambda: {"pk": EmergencyStop.objects.get().pk},
    "plan-exit-duty": lambda: {"pk": ExitStage.objects.get().pk},
    **{name: lambda: {"pk": ExitDuty.objects.get().pk} for name in ("do-exit-duty", "drop-exit-duty")},
    **{
        f"model-review-{page}": lambda: {"pk": ModelReview.objects.get().pk}
        for page in ("detail", "scope", "evidence", "consult", "conclude", "reading", "close")
    },
    **{
        f"change-{page}": lambda: {"pk": Change.objects.get().pk}
        for page in ("detail", "edit", "approve", "refuse", "withdraw", "exception")
    },
    **{name: lambda: {"slug": "x"} for name in ("public-policy", "public-policy-data")},
    **{
        f"public-policy-{page}": lambda: {"slug": "x", "number": 1}
        for page in ("version", "version-data", "changes")
    },
    **{
        name: lambda: {"slug": "x", "number": 1, "language": "en"}
        for name in ("public-policy-text", "public-policy-text-changes")
    },
    **{name: lambda: {"pk": first(Policy)} for name in ("policy-detail", "policy-draft")},
    **{
        f"policy-version-{page}": lambda: {"pk": first(PolicyVersion)}
        for page in ("detail", "edit", "submit", "force", "repeal")
    },
    "policy-difference": lambda: dict(zip(("other", "pk"), two_versions(), strict=True)),
    "name-policy": lambda: {"pk": first(Measure)},
    **{
        f"dilemma-{page}": lambda: {"pk": first(Dilemma)}
        for page in ("detail", "edit", "option", "advise", "opinion", "cite", "decide", "interim", "close")
    },
    "public-reasons": lambda: {"pk": first(DilemmaDecision)},
    "dilemma-step": lambda: {"pk": first(Dilemma), "step": "analyse"},
    **{name: lambda: {"pk": first(DilemmaOption)} for name in ("option-change", "option-test")},
    **{name: lambda: {"pk": first(Dilemma)} for name in ("rabat-assess", "rabat-preview")},
    **{f"rabat-{page}": lambda: {"pk": first(RabatAssessment)} for page in ("detail", "confirm", "extract")},
    "exit-step": lambda: {"pk": ExitDecision.objects.get().pk, "step": "resume"},
    "consultation-detail": lambda: {"pk": kept_consultation().pk},
    "consultation-plan-change": lambda: {"pk": kept_consultation().pk},
    "consultation-team": lambda: {"pk": kept_consultation().pk},
    "consultation-check": lambda: {"pk": kept_consultation().pk},
    "consultation-hold": lambda: {"pk": kept_consultation().pk},
    "consultation-summary": lambda: {"pk": kept_consultation().pk},
    "consultation-screen": lambda: {"pk": kept_consultation().pk},
    "consultation-validate": lambda: {"pk": kept_consultation().pk},
    "consultation-finding": lambda: {"pk": kept_consultation().pk},
    "participant-new": lambda: {"pk": kept_consultation().pk},
    "consultation-step": lambda: {"pk": kept_consultation().pk, "step": "tell"},
    "finding-amend": lambda: {"pk": ConsultationFinding.objects.get().pk},
    "finding-tag": lambda: {"pk": ConsultationFinding.objects.get().pk},
    "finding-answer": lambda: {"pk": ConsultationFinding.objects.get().pk},
    "participant-contact": lambda: {"pk": Participant.objects.get().pk},
    "participant-step": lambda: {"pk": Participant.objects.get().pk, "step": "tell"},
    "share-risk": lambda: {"pk": Risk.objects.order_by("pk")[0].pk},
    "share-consultation": lambda: {"pk": kept_consultation().pk},
    "revoke-access": lambda: {"pk": ExpertAccess.objects.get().pk},
    "shared-detail": lambda: {"pk": ExpertAccess.objects.get().pk},
    "stakeholder-change": lambda: {"pk": StakeholderGroup.objects.get().pk},
    **{name: lambda: {"pk": first(Risk)} for name in ("preview-severity", "assign-risk", "add-evidence")},
    **{name: lambda: {"pk": first(Risk)} for name in ("propose-plan",)},
    "risk-step": lambda: {"pk": first(Risk), "step": "confirm"},
    **{name: lambda: {"pk": first(LoweringProposal)} for name in ("lowering-detail", "withdraw-lowering")},
    **{name: lambda: {"pk": first(MitigationPlan)} for name in ("decide-plan", "end-plan", "test-plan")},
    "comment-new": lambda: {"kind": "risk", "pk": first(Risk)},
    "mention-done": lambda: {"pk": first(Mention)},
    "calendar-address": lambda: {"step": "make"},
    "calendar-file": lambda: {"secret": "no-such-secret"},
    **{name: lambda: {"key": what_waits()} for name in ("put-off", "put-off-back")},
    "list-columns": lambda: {"name": "risks"},
    **{
        f"{one}-export": lambda: {"format": "csv"}
        for one in ("risk", "partner", "measure", "dilemma", "consultation", "statement")
    },
    **{name: lambda: {"pk": first(SavedView)} for name in ("saved-view", "change-view", "delete-view")},
    **{
        name: lambda: {"pk": AuditEvent.objects.get(action=ASSIGNED).pk}
        for name in ("assignment-detail", "assignment-undo")
    },
}


def addresses(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    """Yield every address of the site."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        else:
            yield pattern


def what_waits() -> str:
    """Return the key of something that waits for somebody and that they may put off; of nothing where nothing does."""
    now = timezone.now()
    waiting = (one for user in User.objects.order_by("pk") for one in waiting_for(user, at=now))
    return next((one.key for one in waiting if one.may_be_put_off), "0" * 64)


def two_versions() -> list[int]:
    """Return two versions of a policy that can be compared, the earlier first."""
    return list(
        PolicyVersion.objects.filter(language="en").order_by("number").values_list("pk", flat=True)[:2]
    )


def first(model: type[Model]) -> Any:
    return model._default_manager.order_by("pk")[0].pk


def arguments_of(pattern: URLPattern) -> dict[str, Any]:
    """Return what fills an address; those of the API are told by the queryset of their viewset."""
    assert pattern.name is not None
    wanted = pattern.pattern.converters
    if not wanted:
        return {}
    if pattern.name in ARGUMENTS:
        return ARGUMENTS[pattern.name]()
    viewset = viewset_of(pattern)
    if viewset.queryset.model is Consultation:
        return {"pk": kept_consultation().pk} | ({"step": "tell"} if "step" in wanted else {})
    return {"pk": first(viewset.queryset.model)} | ({"step": "confirm"} if "step" in wanted else {})


def viewset_of(pattern: URLPattern) -> Any:
    return getattr(pattern.callback, "cls", None)


def kept_consultation() -> Consultation:
    return Consultation.objects.get(told_by_dossier=False)


def is_own(pattern: URLPattern) -> bool:
    """Whether an address is about the person who asks, and opens for whoever is signed in."""
    return bool(getattr(pattern.callback, "own_account", False))
