"""Findings that wait for a person, and what people decide on them (domain.md 3.7)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked
from hrdd.governance.rules import Permission
from risks.actions import reassessments as actions
from risks.api.three_part_test import GivenTestSerializer, given_test
from risks.forms.reassessments import LONGEST_STAY
from risks.forms.shapes import LONGEST
from risks.models import Evidence, Measure, Reassessment, ReviewTask
from risks.queries.reassessments import evidence_for, referrals_of
from risks.rules.countries import country_names
from risks.rules.ladder import LADDER
from risks.rules.reassessment import ASKED_LABELS, REASON_CODES


class DecidingOnFindingSerializer(serializers.Serializer[Any]):
    """What is decided, whole: each outcome reads its own fields.

    maintain: test. escalate: kind, override_reason. de_escalate: kind. Both: target_type, territory, ends_on,
    rule_relied_on, where they are not carried over. lift: restored. refer: referred_to, question.
    """

    outcome = serializers.ChoiceField(choices=Reassessment.Outcome.choices)
    reason_code = serializers.ChoiceField(choices=[(code, one.label) for code, one in REASON_CODES.items()])
    reasons = serializers.CharField(max_length=LONGEST)
    evidence = serializers.PrimaryKeyRelatedField[Evidence](
        queryset=Evidence.objects.all(), many=True, default=list
    )
    who_was_heard = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    time_spent_min = serializers.IntegerField(
        min_value=0, max_value=LONGEST_STAY, default=None, allow_null=True
    )
    test = GivenTestSerializer(default=dict)
    kind = serializers.ChoiceField(choices=sorted(LADDER), default="", allow_blank=True)
    target_type = serializers.ChoiceField(choices=Measure.Target.choices, default="", allow_blank=True)
    territory = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(country_names())), max_length=300, default=list
    )
    ends_on = serializers.DateField(default=None, allow_null=True)
    rule_relied_on = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    override_reason = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    restored = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    referred_to = serializers.ChoiceField(
        choices=[(str(code), label) for code, label in ASKED_LABELS.items()], default="", allow_blank=True
    )
    question = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)


class ReassessmentSerializer(serializers.ModelSerializer[Reassessment]):
    """What a person decided. Evidence that the reader may not read is left out."""

    evidence_considered = serializers.SerializerMethodField()

    class Meta:
        model = Reassessment
        fields = (
            *("id", "outcome", "reason_code", "reasons", "evidence_considered", "who_was_heard"),
            *("time_spent_min", "lower_kind", "proposed", "restored", "referred_to", "question"),
            *("decided_by", "decided_at"),
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_evidence_considered(self, decision: Reassessment) -> list[int]:
        """Return the numbers of what was considered and is open to the reader."""
        considered = decision.evidence_considered.values_list("pk", flat=True)
        readable = evidence_for(decision.measure.risk, caller(self.context["request"]))
        return list(readable.filter(pk__in=considered).values_list("pk", flat=True))


class ReviewTaskSerializer(serializers.ModelSerializer[ReviewTask]):
    """A finding that waits for a person."""

    risk = serializers.IntegerField(source="measure.risk_id", read_only=True)
    finding = serializers.CharField(source="finding.finding", read_only=True)
    code = serializers.CharField(source="finding.code", read_only=True)
    triggers = serializers.JSONField(source="finding.codes", read_only=True)

    class Meta:
        model = ReviewTask
        fields: tuple[str, ...] = (
            *("id", "measure", "risk", "finding", "code", "triggers", "level"),
            *("opened_at", "due_at", "closed_at"),
        )
        read_only_fields: tuple[str, ...] = fields


class ReviewTaskStorySerializer(ReviewTaskSerializer):
    """The same with who was asked so far, and what was decided."""

    referrals = serializers.SerializerMethodField()
    reassessment = ReassessmentSerializer(read_only=True)

    class Meta(ReviewTaskSerializer.Meta):
        fields = (*ReviewTaskSerializer.Meta.fields, "referrals", "reassessment")
        read_only_fields = fields

    @extend_schema_field(ReassessmentSerializer(many=True))
    def get_referrals(self, task: ReviewTask) -> Any:
        """Return what was asked since the task was opened, the latest first."""
        told = referrals_of(task).select_related("measure__risk")
        return ReassessmentSerializer(told, many=True, context=self.context).data


class ReviewTaskViewSet(Register[ReviewTask]):
    """Findings that wait for a person, the latest first; one that was decided on is found by its number."""

    queryset = ReviewTask.objects.select_related("measure__risk", "finding", "reassessment__measure__risk")
    asks = {"reassessment": [Permission.REASSESS_MEASURE]}
    serializer_class = ReviewTaskSerializer

    @extend_schema(responses=ReviewTaskSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every open one."""
        waiting: QuerySet[ReviewTask] = self.get_queryset().filter(closed_at__isnull=True)
        return self.page(waiting, ReviewTaskSerializer)

    @extend_schema(responses=ReviewTaskStorySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One with its referrals and its decision."""
        return self._story(self.get_object())

    @extend_schema(request=DecidingOnFindingSerializer, responses={201: ReviewTaskStorySerializer})
    @action(detail=True, methods=["post"])
    def reassessment(self, request: Request, pk: str) -> Response:
        """Decide on a finding. All but a referral closes it; to escalate opens a proposal whose test is edited next."""
        task = self.get_object()
        given = checked(DecidingOnFindingSerializer, request)
        decision = actions.Decision(**given | {"test": given_test(given["test"])})
        actions.record_reassessment(task, decision, by=caller(request), at=timezone.now())
        return self._story(self.get_object(), code=status.HTTP_201_CREATED)

    def _story(self, task: ReviewTask, code: int = status.HTTP_200_OK) -> Response:
        told = ReviewTaskStorySerializer(task, context=self.get_serializer_context())
        return Response(told.data, status=code)
