"""Exit decisions: whether to leave a partner, suspend or stay, by the same rules and words as the pages (1.4)."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked, filters_of
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import (
    emergency_stops,
    exit_assessments,
    exit_execution,
    exit_narratives,
    exit_staying,
    exits,
)
from risks.actions.exit_record import content_hash
from risks.forms.exits import ExitFilter
from risks.models import (
    Consultation,
    ExitDecision,
    ExitDuty,
    ExitImpactAssessment,
    ExitReview,
    ExitStage,
    Relationship,
    RelationshipRisk,
    StayingTerm,
)
from risks.models.exits import COMPARISONS, EXIT_KINDS, TRIGGERS, WHY_NOT_CONSULTED
from risks.queries import exits as queries
from risks.rules.exit import EXIT_STEPS, INSIDE, LIKELIHOODS, STEPS_BY_BUTTON, SourceKind
from risks.rules.exit_execution import DUTIES
from risks.rules.measure_workflow import STOP_DAYS

LONGEST = 5000
JUDGED = [(one, said) for one, said in LIKELIHOODS.items()]


def _words(**more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST, **more)


class GroupOfLeavingSerializer(serializers.Serializer[Any]):
    """A group that leaving would affect; each head 1 to 5 or `unknown`."""

    group = serializers.CharField(max_length=200)
    why = _words(default="", allow_blank=True)
    scale = serializers.ChoiceField(choices=JUDGED, default="", allow_blank=True)
    scope = serializers.ChoiceField(choices=JUDGED, default="", allow_blank=True)
    irremediability = serializers.ChoiceField(choices=JUDGED, default="", allow_blank=True)
    likelihood = serializers.ChoiceField(choices=JUDGED, default="", allow_blank=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return a group with its known heads as numbers."""
        given = super().to_internal_value(data)
        return {name: int(said) if str(said).isdecimal() else said for name, said in given.items()}


class SourceOfLeavingSerializer(serializers.Serializer[Any]):
    """A source on the harm of leaving; its kind says whether it stands outside the company."""

    source = serializers.CharField(max_length=300)  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=[str(one) for one in SourceKind])
    outside = serializers.BooleanField(read_only=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return a source with where it stands."""
        given = super().to_internal_value(data)
        return {**given, "outside": given["kind"] not in INSIDE}


class WritingAssessmentSerializer(serializers.Serializer[Any]):
    """An exit impact assessment so far, whole; without `complete` it is kept as a draft and tells what is missing."""

    groups = GroupOfLeavingSerializer(many=True, default=list)
    sources = SourceOfLeavingSerializer(many=True, default=list)
    consultations = serializers.PrimaryKeyRelatedField[Consultation](
        many=True,
        queryset=Consultation.objects.exclude(state__in=["planned", "safeguards_checked"]),
        default=list,
    )
    consulted = _words(default="", allow_blank=True)
    why_not_consulted = serializers.ChoiceField(choices=WHY_NOT_CONSULTED, default="", allow_blank=True)
    alternatives = serializers.ListField(
        child=serializers.CharField(max_length=300), default=list, max_length=50
    )
    mitigation = _words(default="", allow_blank=True)
    comparison = serializers.ChoiceField(choices=COMPARISONS, default="", allow_blank=True)
    comparison_reasons = _words(default="", allow_blank=True)
    complete = serializers.BooleanField(default=False)


class ExitAssessmentSerializer(serializers.ModelSerializer[ExitImpactAssessment]):
    """An exit impact assessment; a draft has no day of completion, and says what it lacks."""

    assessor = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    missing = serializers.SerializerMethodField()

    class Meta:
        model = ExitImpactAssessment
        fields = (
            *("id", "supersedes", "groups", "sources", "consultations", "consulted", "why_not_consulted"),
            *("alternatives", "mitigation", "comparison", "comparison_reasons", "assessor"),
            *("completed_on", "severity_then", "missing"),
        )
        read_only_fields = fields

    def get_missing(self, assessment: ExitImpactAssessment) -> list[str]:
        """Return what a draft lacks, in sentences."""
        return [] if assessment.completed_on else exit_assessments.missing(assessment)


class ExitDutySerializer(serializers.ModelSerializer[ExitDuty]):
    """What is owed to people in a stage."""

    owner = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    done_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = ExitDuty
        fields = ("id", "kind", "what", "owner", "due", "done_on", "done_by", "proof")
        read_only_fields = fields


class ExitStageSerializer(serializers.ModelSerializer[ExitStage]):
    """A stage with its duties."""

    duties = ExitDutySerializer(many=True, read_only=True)

    class Meta:
        model = ExitStage
        fields = ("id", "number", "what", "begins_on", "duties")
        read_only_fields = fields


class ExitReviewSerializer(serializers.ModelSerializer[ExitReview]):
    """What was found."""

    class Meta:
        model = ExitReview
        fields = ("id", "kind", "found", "evidence", "reviewed_on", "reviewed_by")
        read_only_fields = fields


class StayingTermSerializer(serializers.ModelSerializer[StayingTerm]):
    """A dated decision to stay."""

    accepted_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = StayingTerm
        fields = (
            *("id", "why", "consequences", "level", "asked_on", "accepted_by", "accepted_on"),
            *("runs_until", "refused_on"),
        )
        read_only_fields = fields


EXIT_FIELDS: tuple[str, ...] = (
    *("id", "relationship", "trigger", "trigger_reasons", "state", "kind", "reasons", "conditions"),
    *("consequences_accepted", "notice_days", "data_and_access_plan", "rests_on_revenue"),
    *("money_words", "money_words_explained", "severity_at_decision", "impact_assessment"),
    *("opened_by", "opened_on", "proposed_by", "approved_by", "approved_on", "board_agreed_by"),
    *("board_agreed_on", "executed_on"),
)
STORY_FIELDS: tuple[str, ...] = (
    *EXIT_FIELDS,
    *("assessments", "stages", "reviews", "terms", "reassess_by", "content_hash"),
)


class ExitSerializer(serializers.ModelSerializer[ExitDecision]):
    """A question whether to leave, or its answer. What the partner earns the company is not part of it (X8)."""

    opened_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    proposed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    approved_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    board_agreed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = ExitDecision
        fields = EXIT_FIELDS
        read_only_fields = fields


class ExitStorySerializer(ExitSerializer):
    """The same with all that it rests on, and the hash that a signature is bound to."""

    assessments = ExitAssessmentSerializer(many=True, read_only=True)
    stages = ExitStageSerializer(many=True, read_only=True)
    reviews = ExitReviewSerializer(many=True, read_only=True)
    terms = StayingTermSerializer(many=True, read_only=True)
    reassess_by = serializers.SerializerMethodField()
    content_hash = serializers.SerializerMethodField()

    class Meta:
        model = ExitDecision
        fields = STORY_FIELDS
        read_only_fields = fields

    def get_reassess_by(self, decision: ExitDecision) -> str | None:
        """Return by when the impact is assessed anew (X4)."""
        due = queries.reassessment_due(decision)
        return due.isoformat() if due else None

    def get_content_hash(self, decision: ExitDecision) -> str:
        """Return the SHA-256 of what is proposed."""
        return content_hash(decision)


class ConsideringExitSerializer(serializers.Serializer[Any]):
    """Of which relationship, and what raises the question."""

    relationship = serializers.PrimaryKeyRelatedField[Relationship](queryset=Relationship.objects.all())
    trigger = serializers.ChoiceField(choices=TRIGGERS)
    trigger_reasons = _words(default="", allow_blank=True)


class ProposingExitSerializer(serializers.Serializer[Any]):
    """What is proposed; `rests_on_revenue` is answered, and only `false` is admissible (X8)."""

    kind = serializers.ChoiceField(choices=EXIT_KINDS)
    reasons = _words()
    rests_on_revenue = serializers.BooleanField(default=None, allow_null=True)
    money_words_explained = _words(default="", allow_blank=True)
    conditions = _words(default="", allow_blank=True)
    consequences_accepted = _words(default="", allow_blank=True)
    notice_days = serializers.IntegerField(default=None, allow_null=True, min_value=0, max_value=3650)
    data_and_access_plan = _words(default="", allow_blank=True)


class PlanningStageSerializer(serializers.Serializer[Any]):
    """A stage."""

    what = _words()
    begins_on = serializers.DateField()


class PlanningDutySerializer(serializers.Serializer[Any]):
    """A duty in a stage of the decision, by the number of the stage."""

    stage = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[(str(one), said) for one, said in DUTIES.items()])
    what = _words()
    owner = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True)
    )
    due = serializers.DateField()


class DoingDutySerializer(serializers.Serializer[Any]):
    """That a duty of the decision was done."""

    duty = serializers.IntegerField()
    done_on = serializers.DateField()
    proof = _words()


class ReviewingExitSerializer(serializers.Serializer[Any]):
    """What was found."""

    kind = serializers.ChoiceField(choices=ExitReview.Kind.choices)
    found = _words()
    evidence = _words()


class StayingAgainSerializer(serializers.Serializer[Any]):
    """Why staying is still right, and the consequences that a senior would accept by name."""

    why = _words()
    consequences = _words()
    rests_on_revenue = serializers.BooleanField(default=None, allow_null=True)


class TellingExitSerializer(serializers.Serializer[Any]):
    """What the public would read, once cleared for safety."""

    text = _words()


class EmergencyStopSerializer(serializers.Serializer[Any]):
    """A stop of a partner where life is in danger: a measure, never an exit decision (X6)."""

    tied = serializers.PrimaryKeyRelatedField[RelationshipRisk](
        queryset=RelationshipRisk.objects.select_related("risk")
    )
    what = serializers.CharField(max_length=300)
    reasons = _words()
    ground = _words()
    days = serializers.IntegerField(min_value=1, max_value=STOP_DAYS)


class StoppedSerializer(serializers.Serializer[Any]):
    """The measure that a decider puts in force, and the exit whose assessment began with it."""

    measure = serializers.IntegerField(source="measure_id")
    exit = serializers.IntegerField(source="decision_id")


class ExitViewSet(Register[ExitDecision]):
    """Exit decisions, the latest first; signatures are given on the page of sign-offs."""

    queryset = ExitDecision.objects.select_related(
        "opened_by", "proposed_by", "approved_by", "board_agreed_by"
    )
    asks = {
        **dict.fromkeys(
            (
                "create",
                "assessment",
                "narrative",
                "plan_duty",
                "plan_stage",
                "proposal",
                "reviews",
                "staying",
            ),
            (Permission.PREPARE_EXIT,),
        ),
        "emergency_stop": [Permission.PROPOSE_MEASURE],
        "do_duty": [Permission.READ_DESK],
        "steps": {EXIT_STEPS[one].permission for one in STEPS_BY_BUTTON},
    }
    serializer_class = ExitSerializer

    def _listed(self) -> QuerySet[ExitDecision]:
        return self.get_queryset().filter(**ExitFilter(self.request.query_params).chosen())

    @extend_schema(responses=ExitSerializer(many=True), parameters=filters_of(ExitFilter.base_fields))
    def list(self, request: Request) -> Response:
        """Every decision that the filters leave."""
        return self.page(self._listed(), ExitSerializer)

    @extend_schema(responses=ExitStorySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One decision with all that it rests on."""
        return self._story(self.get_object())

    @extend_schema(request=ConsideringExitSerializer, responses={201: ExitStorySerializer})
    def create(self, request: Request) -> Response:
        """Open the question whether to leave."""
        given = checked(ConsideringExitSerializer, request)
        decision = exits.consider_exit(**given, by=caller(request), at=timezone.now())
        return self._story(decision, code=status.HTTP_201_CREATED)

    @extend_schema(request=WritingAssessmentSerializer, responses=ExitStorySerializer)
    @action(detail=True, methods=["post"])
    def assessment(self, request: Request, pk: str) -> Response:
        """Save the exit impact assessment as a draft, or complete it; completed, it stays as it is."""
        decision = self.get_object()
        given = checked(WritingAssessmentSerializer, request)
        act = exit_assessments.write if given.pop("complete") else exit_assessments.save_draft
        act(decision, exit_assessments.Written(**given), by=caller(request), at=timezone.now())
        return self._story(decision)

    @extend_schema(request=ProposingExitSerializer, responses=ExitStorySerializer)
    @action(detail=True, methods=["post"])
    def proposal(self, request: Request, pk: str) -> Response:
        """Propose what to do; a senior is asked, and the board where leaving does manifestly more harm."""
        decision = self.get_object()
        given = checked(ProposingExitSerializer, request)
        exits.propose_exit(decision, **given, by=caller(request), at=timezone.now())
        return self._story(decision)

    @extend_schema(request=PlanningStageSerializer, responses=ExitStorySerializer)
    @action(detail=True, methods=["post"], url_path="stages")
    def plan_stage(self, request: Request, pk: str) -> Response:
        """Add a stage."""
        decision = self.get_object()
        given = checked(PlanningStageSerializer, request)
        exit_execution.plan_stage(decision, **given, by=caller(request), at=timezone.now())
        return self._story(decision)

    @extend_schema(request=PlanningDutySerializer, responses=ExitStorySerializer)
    @action(detail=True, methods=["post"], url_path="duties")
    def plan_duty(self, request: Request, pk: str) -> Response:
        """Add what is owed to people in a stage."""
        decision = self.get_object()
        given = checked(PlanningDutySerializer, request)
        stage = get_object_or_404(decision.stages, number=given.pop("stage"))
        exit_execution.plan_duty(stage, **given, by=caller(request), at=timezone.now())
        return self._story(decision)

    @extend_schema(request=DoingDutySerializer, responses=ExitStorySerializer)
    @action(detail=True, methods=["post"], url_path="duties/done")
    def do_duty(self, request: Request, pk: str) -> Response:
        """Record that a duty was done, with its proof."""
        decision = self.get_object()
        given = checked(DoingDutySerializer, request)
        duty = get_object_or_404(decision.duties.select_related("decision"), pk=given.pop("duty"))
        exit_execution.do_duty(duty, **given, by=caller(request), at=timezone.now())
        return self._story(decision)

    @extend_schema(request=ReviewingExitSerializer, responses=ExitStorySerializer)
    @action(detail=True, methods=["post"])
    def reviews(self, request: Request, pk: str) -> Response:
        """Record what was found while staying, or after 90 and 365 days."""
        decision = self.get_object()
        given = checked(ReviewingExitSerializer, request)
        exit_execution.record_review(decision, **given, by=caller(request), at=timezone.now())
        return self._story(decision)

    @extend_schema(request=StayingAgainSerializer, responses=ExitStorySerializer)
    @action(detail=True, methods=["post"])
    def staying(self, request: Request, pk: str) -> Response:
        """Put a further term of staying to a senior."""
        decision = self.get_object()
        given = checked(StayingAgainSerializer, request)
        exit_staying.ask_again(decision, **given, by=caller(request), at=timezone.now())
        return self._story(decision)

    @extend_schema(request=TellingExitSerializer, responses=ExitStorySerializer)
    @action(detail=True, methods=["post"])
    def narrative(self, request: Request, pk: str) -> Response:
        """Write what the public may read, for whoever guards safety to clear."""
        decision = self.get_object()
        given = checked(TellingExitSerializer, request)
        exit_narratives.write(decision, **given, by=caller(request), at=timezone.now())
        return self._story(decision)

    @extend_schema(request=EmergencyStopSerializer, responses={201: StoppedSerializer})
    @action(detail=False, methods=["post"], url_path="emergency-stops")
    def emergency_stop(self, request: Request) -> Response:
        """Ask to stop a partner where life is in danger; a decider puts the measure in force."""
        given = checked(EmergencyStopSerializer, request)
        stop = emergency_stops.stop(**given, by=caller(request), at=timezone.now())
        return Response(StoppedSerializer(stop).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ExitStorySerializer)
    @action(detail=True, methods=["post"], url_path="steps/<slug:step>")
    def steps(self, request: Request, pk: str, step: str) -> Response:
        """Carry out, pause, resume, complete, review, close or withdraw."""
        decision = self.get_object()
        exits.take_step(decision, step, by=caller(request), at=timezone.now())
        return self._story(decision)

    def _story(self, decision: ExitDecision, code: int = status.HTTP_200_OK) -> Response:
        whole = self.get_queryset().prefetch_related(
            "assessments__assessor", "stages__duties__owner", "stages__duties__done_by", "reviews", "terms"
        )
        return Response(ExitStorySerializer(whole.get(pk=decision.pk)).data, status=code)
