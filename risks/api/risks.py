"""Risks, their judgements, evidence and plans."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.access import MayRead
from hrdd.governance.api import caller, checked
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import lowering, salience
from risks.actions import plans as plan_actions
from risks.actions.evidence import record_evidence
from risks.models import (
    Consultation,
    ConsultationFinding,
    Evidence,
    LoweringProposal,
    MitigationPlan,
    Risk,
    SeverityAssessment,
)
from risks.queries.consultations import consultations_of
from risks.queries.gaps import gaps_of
from risks.queries.register import by_salience
from risks.queries.story import evidence_of
from risks.queries.timeline import timeline_of
from risks.rules.recording import about_the_company
from risks.rules.risk_workflow import BUTTONS
from risks.rules.severity import BANDS


def _head() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=5, allow_null=True)


class RiskSerializer(serializers.ModelSerializer[Risk]):
    """A risk as the register shows it."""

    band = serializers.SerializerMethodField()
    owner = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    rights = serializers.PrimaryKeyRelatedField[Any](many=True, read_only=True)
    products = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)

    class Meta:
        model = Risk
        fields = (
            *(
                "id",
                "title",
                "summary",
                "status",
                "rights",
                "affected_groups",
                "vulnerabilities",
                "countries",
            ),
            *("products", "activity", "source", "drivers", "context_tags", "context_until", "threat_to_life"),
            *("gross_abuse", "owner", "published", "opened_on", "closed_on", "level", "band", "incomplete"),
            *("state_of_harm", "likelihood", "tier", "salient", "assessed_on", "next_review", "tie"),
        )
        read_only_fields = fields

    def get_band(self, risk: Risk) -> str:
        """Return the word for the level."""
        return BANDS[risk.level]


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A piece of evidence."""

    class Meta:
        model = Evidence
        fields = (
            *("id", "title", "kind", "says", "reference", "dated", "outside_company", "from_affected"),
            *("disclosure", "recorded_by", "recorded_at"),
        )
        read_only_fields = ("id", "recorded_by", "recorded_at")


class AssessmentSerializer(serializers.ModelSerializer[SeverityAssessment]):
    """A judgement of severity."""

    class Meta:
        model = SeverityAssessment
        fields = (
            *("id", "scale", "scope", "irremediability", "scale_rationale", "scope_rationale"),
            *("irremediability_rationale", "scope_people", "scope_group_share", "scope_group_size"),
            *("state_of_harm", "likelihood", "likelihood_said", "delay_makes_irremediable"),
            *("heightened_vulnerability", "harm_type", "floor_reason", "level", "incomplete", "reason"),
            *("what_changed", "consulted", "holds_from", "recorded_at", "recorded_by", "confirmed_by"),
        )
        read_only_fields = fields


class JudgingSerializer(serializers.Serializer[Any]):
    """A judgement to be made; a head that is not known is null."""

    scale = _head()
    scope = _head()
    irremediability = _head()
    scale_rationale = serializers.CharField(max_length=5000)
    scope_rationale = serializers.CharField(max_length=5000)
    irremediability_rationale = serializers.CharField(max_length=5000)
    scope_people = serializers.IntegerField(min_value=1, max_value=10**10, required=False, allow_null=True)
    scope_group_share = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, required=False, allow_null=True
    )
    scope_group_size = serializers.IntegerField(
        min_value=1, max_value=10**10, required=False, allow_null=True
    )
    state_of_harm = serializers.ChoiceField(choices=["potential", "actual_unremedied", "actual_remedied"])
    likelihood = serializers.IntegerField(
        min_value=1, max_value=5, required=False, allow_null=True, default=None
    )
    likelihood_unknown = serializers.BooleanField(default=False)
    delay_makes_irremediable = serializers.BooleanField(default=False)
    heightened_vulnerability = serializers.BooleanField(default=False)
    harm_type = serializers.CharField(max_length=30, required=False, allow_blank=True)
    floor_reason = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    consulted = serializers.CharField(max_length=5000)
    what_changed = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    evidence = serializers.PrimaryKeyRelatedField[Evidence](many=True, queryset=Evidence.objects.all())
    consultations = serializers.PrimaryKeyRelatedField[Consultation](
        many=True, queryset=Consultation.objects.all(), required=False
    )
    findings_considered = serializers.PrimaryKeyRelatedField[ConsultationFinding](
        many=True, queryset=ConsultationFinding.objects.all(), required=False
    )


class LoweringSerializer(serializers.ModelSerializer[LoweringProposal]):
    """A lower judgement that waits for a second person."""

    class Meta:
        model = LoweringProposal
        fields = ("id", "level_held", "level_proposed", "state", "reasons", "proposed_at")
        read_only_fields = fields


class PlanSerializer(serializers.ModelSerializer[MitigationPlan]):
    """A plan about a risk."""

    owner = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True)
    )

    class Meta:
        model = MitigationPlan
        fields = (
            *("id", "kind", "actions", "target", "owner", "due", "state", "proposed_at", "decided_at"),
            *("reasons", "tested_on", "works", "test_result"),
        )
        read_only_fields = (
            *("id", "state", "proposed_at", "decided_at", "reasons", "tested_on", "works", "test_result"),
        )


class ReasonsSerializer(serializers.Serializer[Any]):
    """Why a step is taken, in at least 50 characters."""

    reasons = serializers.CharField(max_length=5000)


class OwnerSerializer(serializers.Serializer[Any]):
    """Who answers for a risk; null for nobody."""

    owner = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True), allow_null=True
    )


class GapSerializer(serializers.Serializer[Any]):
    """One gap: a stable code, what it is about, a sentence with the provision."""

    code = serializers.CharField()
    subject = serializers.CharField()
    message = serializers.CharField()


class HappeningSerializer(serializers.Serializer[Any]):
    """One thing on the timeline of a risk."""

    day = serializers.DateField(allow_null=True)
    when_said = serializers.CharField()
    what = serializers.CharField()
    kind = serializers.CharField()


class RiskViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Risk]):
    """The register of risks, the first to be acted on first."""

    serializer_class = RiskSerializer
    lookup_value_converter = "int"
    permission = Permission.READ_DESK
    permission_classes = (MayRead,)

    def get_queryset(self) -> QuerySet[Risk]:
        """Return every risk with what is shown of it."""
        return by_salience(Risk.objects.select_related("owner").prefetch_related("rights", "products"))

    @extend_schema(responses=AssessmentSerializer(many=True))
    @action(detail=True)
    def assessments(self, request: Request, pk: str) -> Response:
        """Every judgement of severity, the newest first."""
        return Response(AssessmentSerializer(self.get_object().assessments.all(), many=True).data)

    @extend_schema(request=JudgingSerializer, responses={201: AssessmentSerializer, 202: LoweringSerializer})
    @action(detail=True, methods=["post"])
    def assess(self, request: Request, pk: str) -> Response:
        """Judge severity: at once, or as a proposal where a second person must sign (202)."""
        given = checked(JudgingSerializer, request)
        found = lowering.judge_risk(
            self.get_object(),
            salience.Judging(**given),
            new_evidence={},
            by=caller(request),
            at=timezone.now(),
            ignored=about_the_company(request.data),
        )
        if isinstance(found, LoweringProposal):
            return Response(LoweringSerializer(found).data, status=status.HTTP_202_ACCEPTED)
        return Response(AssessmentSerializer(found).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ReasonsSerializer, responses=RiskSerializer)
    @action(detail=True, methods=["post"], url_path="steps/<slug:step>")
    def steps(self, request: Request, pk: str, step: str) -> Response:
        """Confirm, manage, reassess or close."""
        risk = self.get_object()
        if step not in BUTTONS:
            raise NotAllowed(f"Steps: {', '.join(BUTTONS)}. Assessing is an act of its own.")
        salience.take_step(
            risk, step, by=caller(request), at=timezone.now(), **checked(ReasonsSerializer, request)
        )
        risk.refresh_from_db()
        return Response(RiskSerializer(risk).data)

    @extend_schema(request=OwnerSerializer, responses=RiskSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        """Name who answers for it."""
        risk = self.get_object()
        salience.assign_owner(
            risk, by=caller(request), at=timezone.now(), **checked(OwnerSerializer, request)
        )
        risk.refresh_from_db()
        return Response(RiskSerializer(risk).data)

    @extend_schema(methods=["get"], responses=EvidenceSerializer(many=True))
    @extend_schema(methods=["post"], request=EvidenceSerializer, responses={201: EvidenceSerializer})
    @action(detail=True, methods=["get", "post"])
    def evidence(self, request: Request, pk: str) -> Response:
        """Read the evidence that the reader may read, or record a piece."""
        risk = self.get_object()
        if request.method == "POST":
            given = checked(EvidenceSerializer, request)
            recorded = record_evidence(risk, by=caller(request), at=timezone.now(), **given)
            return Response(EvidenceSerializer(recorded).data, status=status.HTTP_201_CREATED)
        shown, _kept = evidence_of(risk, restricted=caller(request).may(Permission.READ_RESTRICTED))
        return Response(EvidenceSerializer(shown, many=True).data)

    @extend_schema(methods=["get"], responses=PlanSerializer(many=True))
    @extend_schema(methods=["post"], request=PlanSerializer, responses={201: PlanSerializer})
    @action(detail=True, methods=["get", "post"])
    def plans(self, request: Request, pk: str) -> Response:
        """Read the plans, or propose one."""
        risk = self.get_object()
        if request.method == "POST":
            given = checked(PlanSerializer, request)
            plan = plan_actions.propose_plan(risk, by=caller(request), at=timezone.now(), **given)
            return Response(PlanSerializer(plan).data, status=status.HTTP_201_CREATED)
        return Response(PlanSerializer(risk.plans.select_related("owner"), many=True).data)

    @extend_schema(responses=GapSerializer(many=True))
    @action(detail=True)
    def gaps(self, request: Request, pk: str) -> Response:
        """What it leaves open, and what its record shows was done wrong."""
        return Response(GapSerializer(gaps_of(self.get_object(), at=timezone.now()), many=True).data)

    @extend_schema(responses=HappeningSerializer(many=True))
    @action(detail=True)
    def timeline(self, request: Request, pk: str) -> Response:
        """What happened, in order of time."""
        risk = self.get_object()
        consultations = consultations_of(risk, caller(request), on=timezone.now().date())
        return Response(HappeningSerializer(timeline_of(risk, consultations), many=True).data)


class DecisionSerializer(ReasonsSerializer):
    """Approve or refuse, with the reasons."""

    approve = serializers.BooleanField()


class ControlTestSerializer(serializers.Serializer[Any]):
    """Whether a plan works, and what was tested and found."""

    works = serializers.BooleanField()
    test_result = serializers.CharField(max_length=5000)


class PlanViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet[MitigationPlan]):
    """Plans about risks, the latest first."""

    queryset = MitigationPlan.objects.select_related("owner", "proposed_by")
    serializer_class = PlanSerializer
    lookup_value_converter = "int"
    permission = Permission.READ_DESK
    permission_classes = (MayRead,)

    @extend_schema(request=DecisionSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Approve or refuse."""
        return self._after(request, plan_actions.decide_plan, DecisionSerializer)

    @extend_schema(request=ReasonsSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """End an approved plan."""
        return self._after(request, plan_actions.end_plan, ReasonsSerializer)

    @extend_schema(request=ControlTestSerializer, responses=PlanSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Record whether it works."""
        return self._after(request, plan_actions.record_test, ControlTestSerializer)

    def _after(
        self, request: Request, act: Callable[..., None], shape: type[serializers.Serializer[Any]]
    ) -> Response:
        plan = self.get_object()
        act(plan, by=caller(request), at=timezone.now(), **checked(shape, request))
        plan.refresh_from_db()
        return Response(PlanSerializer(plan).data)
