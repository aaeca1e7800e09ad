"""Risks, their judgements, evidence and plans."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import lowering, publications, salience
from risks.actions import plans as plan_actions
from risks.actions.evidence import record_evidence
from risks.api.bulk import BulkActs
from risks.api.involvement import InvolvementSerializer, ProposingSerializer, proposed
from risks.api.lowering import LoweringSerializer
from risks.api.plans import PlanSerializer, ReasonsSerializer
from risks.api.recording import CorrectingSerializer, RecordingSerializer, corrected, recorded
from risks.api.register import PARAMETERS, RiskPageSerializer, RiskSerializer, register_page
from risks.models import (
    Consultation,
    ConsultationFinding,
    Evidence,
    LoweringProposal,
    Risk,
    SeverityAssessment,
)
from risks.queries.consultations import consultations_of, grounds_for
from risks.queries.gaps import gaps_of
from risks.queries.timeline import timeline_of
from risks.rules.recording import about_the_company
from risks.rules.risk_workflow import BUTTONS, RISK_STEPS

RECORDING_EXAMPLE = OpenApiExample(
    "A risk to people who report on a conflict",
    request_only=True,
    value={
        "title": "Reporters are traced through their location",
        "summary": "Posts carry where they were written, and armed groups read them.",
        "rights": ["LIBERTY", "PRIVACY"],
        "affected_groups": ["People who report on the conflict"],
        "countries": ["ET"],
    },
)
JUDGING_EXAMPLE = OpenApiExample(
    "A judgement",
    request_only=True,
    value={
        "scale": 5,
        "scope": 3,
        "irremediability": 5,
        "scale_rationale": "People were killed.",
        "scope_rationale": "Some hundreds of people, by three sources.",
        "irremediability_rationale": "Nothing brings a life back.",
        "state_of_harm": "actual_unremedied",
        "consulted": "Two groups of reporters, in four meetings.",
        "evidence": [1],
    },
)
REGISTER_EXAMPLES = [
    OpenApiExample(
        "A page of the register",
        response_only=True,
        value={
            "count": 1,
            "next": None,
            "previous": None,
            "results": [{"id": 1, "title": "Reporters are traced through their location", "level": 5}],
        },
    )
]


def _head() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=5, allow_null=True)


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


class GapsSerializer(serializers.Serializer[Any]):
    """The gaps of a risk."""

    results = GapSerializer(many=True)


class TimelineSerializer(serializers.Serializer[Any]):
    """The timeline of a risk."""

    results = HappeningSerializer(many=True)


def _refuse_unseen(risk: Risk, given: dict[str, Any], user: User) -> None:
    """Refuse grounds that the page would not offer: of another risk, or kept from this person (E4)."""
    held, said = grounds_for(risk, user)
    offered = {"evidence": risk.evidence.all(), "consultations": held, "findings_considered": said}
    wrong = {
        name: ["Choose what is on record for this risk."]
        for name, found in offered.items()
        if {one.pk for one in given.get(name, ())} - set(found.values_list("pk", flat=True))
    }
    if wrong:
        raise serializers.ValidationError(wrong)


class RiskViewSet(BulkActs, mixins.RetrieveModelMixin, Register[Risk]):
    """The register of risks.

    Names of fields about money or reputation that come along feed nothing, and the log keeps them (R1).
    """

    asks = {
        "create": [Permission.RECORD_RISK],
        "partial_update": [Permission.RECORD_RISK],
        "assess": [Permission.ASSESS_RISK],
        "evidence": [Permission.ASSESS_RISK],
        "assign": [Permission.ASSIGN_RISK],
        "bulk_assign": [Permission.ASSIGN_RISK],
        "bulk_assign_undo": [Permission.ASSIGN_RISK],
        "bulk_review": [Permission.ASSESS_RISK],
        "bulk_tag": [Permission.RECORD_RISK],
        "involvements": [Permission.PROPOSE_INVOLVEMENT],
        "plans": [Permission.PROPOSE_PLAN],
        "publish": [Permission.PUBLISH_RISK, Permission.WITHHOLD_RISK],
        "withhold": [Permission.PUBLISH_RISK, Permission.WITHHOLD_RISK],
        "steps": {RISK_STEPS[one].permission for one in BUTTONS},
    }
    serializer_class = RiskSerializer
    queryset = Risk.objects.select_related("owner").prefetch_related("rights", "products")

    @extend_schema(
        parameters=PARAMETERS,
        responses=RiskPageSerializer,
        examples=REGISTER_EXAMPLES,
    )
    def list(self, request: Request) -> Response:
        """The risks that the filters leave, the first to be acted on first, or in the order asked for.

        The filters are those of the page. A value that makes no sense is left out, as if it were not given.
        """
        return register_page(request)

    @extend_schema(request=RecordingSerializer, responses={201: RiskSerializer}, examples=[RECORDING_EXAMPLE])
    def create(self, request: Request) -> Response:
        """Record a risk as a draft; until it is assessed it counts as level 4."""
        return self._shown(recorded(request), code=status.HTTP_201_CREATED)

    @extend_schema(request=CorrectingSerializer, responses=RiskSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what it says; what is not sent stays, and so do its judgements."""
        risk = self.get_object()
        corrected(risk, request)
        return self._shown(risk)

    @extend_schema(responses=AssessmentSerializer(many=True))
    @action(detail=True)
    def assessments(self, request: Request, pk: str) -> Response:
        """Every judgement of severity, the newest first."""
        return self.page(self.get_object().assessments.all(), AssessmentSerializer)

    @extend_schema(
        request=JudgingSerializer,
        responses={201: AssessmentSerializer, 202: LoweringSerializer},
        examples=[JUDGING_EXAMPLE],
    )
    @action(detail=True, methods=["post"])
    def assess(self, request: Request, pk: str) -> Response:
        """Judge severity: at once, or as a proposal where a second person must sign (202, SD5)."""
        risk, user = self.get_object(), caller(request)
        user.demand(Permission.ASSESS_RISK)
        given = checked(JudgingSerializer, request)
        _refuse_unseen(risk, given, user)
        found = lowering.judge_risk(
            risk,
            salience.Judging(**given),
            new_evidence={},
            by=user,
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
        given = checked(ReasonsSerializer, request)
        salience.take_step(risk, step, by=caller(request), at=timezone.now(), **given)
        return self._shown(risk)

    @extend_schema(request=OwnerSerializer, responses=RiskSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        """Name who answers for it."""
        risk = self.get_object()
        given = checked(OwnerSerializer, request)
        salience.assign_owner(risk, by=caller(request), at=timezone.now(), **given)
        return self._shown(risk)

    @extend_schema(request=None, responses=RiskSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """Let the public read of it."""
        risk = self.get_object()
        publications.publish_risk(risk, by=caller(request), at=timezone.now())
        return self._shown(risk)

    @extend_schema(request=ReasonsSerializer, responses=RiskSerializer)
    @action(detail=True, methods=["post"])
    def withhold(self, request: Request, pk: str) -> Response:
        """Leave it off the published list, or take it off; from level 4 only a senior does (R3)."""
        risk = self.get_object()
        given = checked(ReasonsSerializer, request)
        publications.withhold_risk(risk, by=caller(request), at=timezone.now(), **given)
        return self._shown(risk)

    @extend_schema(methods=["get"], responses=EvidenceSerializer(many=True))
    @extend_schema(methods=["post"], request=EvidenceSerializer, responses={201: EvidenceSerializer})
    @action(detail=True, methods=["get", "post"])
    def evidence(self, request: Request, pk: str) -> Response:
        """Read the evidence that the reader may read, or record a piece."""
        risk, user = self.get_object(), caller(request)
        if request.method == "POST":
            given = checked(EvidenceSerializer, request)
            piece = record_evidence(risk, by=user, at=timezone.now(), **given)
            return Response(EvidenceSerializer(piece).data, status=status.HTTP_201_CREATED)
        pieces = risk.evidence.all()
        if not user.may(Permission.READ_RESTRICTED):
            pieces = pieces.exclude(disclosure=Evidence.Disclosure.RESTRICTED)
        return self.page(pieces, EvidenceSerializer)

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
        return self.page(risk.plans.select_related("owner"), PlanSerializer)

    @extend_schema(methods=["get"], responses=InvolvementSerializer(many=True))
    @extend_schema(methods=["post"], request=ProposingSerializer, responses={201: InvolvementSerializer})
    @action(detail=True, methods=["get", "post"])
    def involvements(self, request: Request, pk: str) -> Response:
        """Read how the company is said, proposed or found to be involved, or propose a finding."""
        risk = self.get_object()
        if request.method == "POST":
            made = proposed(risk, request)
            return Response(InvolvementSerializer(made).data, status=status.HTTP_201_CREATED)
        return self.page(risk.involvements.select_related("proposed_by", "decided_by"), InvolvementSerializer)

    @extend_schema(responses=GapsSerializer)
    @action(detail=True, pagination_class=None)
    def gaps(self, request: Request, pk: str) -> Response:
        """What it leaves open, and what its record shows was done wrong."""
        found = gaps_of(self.get_object(), at=timezone.now())
        return Response(GapsSerializer({"results": found}).data)

    @extend_schema(responses=TimelineSerializer)
    @action(detail=True, pagination_class=None)
    def timeline(self, request: Request, pk: str) -> Response:
        """What happened, in order of time."""
        risk = self.get_object()
        consultations = consultations_of(risk, caller(request), on=timezone.now().date())
        return Response(TimelineSerializer({"results": timeline_of(risk, consultations)}).data)

    def _shown(self, risk: Risk, code: int = status.HTTP_200_OK) -> Response:
        return Response(RiskSerializer(self.get_queryset().get(pk=risk.pk)).data, status=code)
