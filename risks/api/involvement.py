"""How the company is involved in a harm: proposals, findings, challenges (UNGP 13, 19; domain.md 1.2)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked, filters_of
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import involvement as actions
from risks.api.plans import ReasonsSerializer
from risks.forms.involvement import InvolvementFilter
from risks.models import Evidence, Involvement, InvolvementChallenge, Relationship, Risk
from risks.queries import involvement as queries
from risks.rules.involvement import FACTORS, QUESTIONS, STANDING, Answer, Mode, OmissionKind, owed
from risks.rules.words import labels

ANSWERS = [(str(one), str(one)) for one in Answer]


class InvolvementSerializer(serializers.ModelSerializer[Involvement]):
    """A claim, a proposal or a finding; only a finding that stands counts (I2)."""

    proposed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    decided_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    owed = serializers.SerializerMethodField()

    class Meta:
        model = Involvement
        fields: tuple[str, ...] = (
            *("id", "risk", "relationship", "state", "tie", "actor", "said", "argued_by", "mode"),
            *("answers", "factors", "omission_kinds", "knew_since", "reasoning", "counsel_heard"),
            *("proposed_by", "proposed_at", "decided_by", "decided_at", "decision_reasons"),
            *("fact_finding_due", "stop_due", "own_part_stopped_on", "own_part_stopped_how", "supersedes"),
            "owed",
        )
        read_only_fields: tuple[str, ...] = fields

    def get_owed(self, one: Involvement) -> list[str]:
        """Return what a finding that stands obliges the company to."""
        return list(owed(one.tie)) if one.state in STANDING else []


class ChallengeSerializer(serializers.ModelSerializer[InvolvementChallenge]):
    """Why somebody holds a finding to be wrong."""

    raised_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = InvolvementChallenge
        fields = ("id", "reasons", "raised_by", "raised_at")
        read_only_fields = fields


class InvolvementStorySerializer(InvolvementSerializer):
    """One of them with the evidence that the reader may read, and its challenges."""

    evidence = serializers.SerializerMethodField()
    challenges = ChallengeSerializer(many=True, read_only=True)

    class Meta(InvolvementSerializer.Meta):
        fields = (*InvolvementSerializer.Meta.fields, "evidence", "challenges")
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_evidence(self, one: Involvement) -> list[int]:
        """Return the numbers of the pieces that the reader may read."""
        pieces = one.evidence.order_by("pk")
        if not caller(self.context["request"]).may(Permission.READ_RESTRICTED):
            pieces = pieces.exclude(disclosure=Evidence.Disclosure.RESTRICTED)
        return list(pieces.values_list("pk", flat=True))


class FactorSerializer(serializers.Serializer[Any]):
    """What weighs: an answer, and why."""

    answer = serializers.ChoiceField(choices=ANSWERS, default=Answer.UNKNOWN)
    text = serializers.CharField(max_length=5000, default="", allow_blank=True)


class AnswersSerializer(serializers.Serializer[Any]):
    """The questions of the decision tree; one without an answer counts as unknown."""

    def get_fields(self) -> dict[str, Any]:
        """Return a field for each question."""
        return {
            one.name: serializers.ChoiceField(choices=ANSWERS, default=Answer.UNKNOWN, help_text=one.text)
            for one in QUESTIONS
        }


class FactorsSerializer(serializers.Serializer[Any]):
    """What weighs on the answers; one without an answer counts as unknown."""

    def get_fields(self) -> dict[str, Any]:
        """Return a field for each factor."""
        return {
            factor: FactorSerializer(help_text=question, default={"answer": Answer.UNKNOWN, "text": ""})
            for factor, question in FACTORS.items()
        }


class ProposingSerializer(serializers.Serializer[Any]):
    """A proposal on how the company is involved; the tree leads to the tie, nobody chooses it."""

    answers = AnswersSerializer()
    factors = FactorsSerializer()
    mode = serializers.ChoiceField(choices=labels(Mode), default="", allow_blank=True)
    omission_kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=labels(OmissionKind)), max_length=20, default=list
    )
    knew_since = serializers.DateField(default=None, allow_null=True)
    relationship = serializers.PrimaryKeyRelatedField[Relationship](
        queryset=Relationship.objects.all(), default=None, allow_null=True
    )
    product = serializers.CharField(max_length=200, default="", allow_blank=True)
    evidence = serializers.PrimaryKeyRelatedField[Evidence](many=True, queryset=Evidence.objects.all())
    reasoning = serializers.CharField(max_length=5000)
    counsel_heard = serializers.CharField(max_length=5000, default="", allow_blank=True)


class StoppingSerializer(serializers.Serializer[Any]):
    """Since when the company's own part has stopped, and how, in at least 50 characters."""

    stopped_on = serializers.DateField()
    how = serializers.CharField(max_length=5000)


def proposed(risk: Risk, request: Request) -> Involvement:
    """Propose what was sent about a risk."""
    user = caller(request)
    user.demand(Permission.PROPOSE_INVOLVEMENT)
    given = checked(ProposingSerializer, request)
    return actions.propose_involvement(risk, by=user, at=timezone.now(), **given)


class InvolvementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Register[Involvement]):
    """Claims, proposals and findings, the latest first.

    One is proposed by POST to `risks/{id}/involvements/`. A proposal is decided on the page of sign-offs alone.
    """

    queryset = Involvement.objects.select_related("proposed_by", "decided_by")
    asks = {
        "challenge": [Permission.CHALLENGE_INVOLVEMENT],
        "stopped": [Permission.PROPOSE_INVOLVEMENT],
        "withdraw": [Permission.PROPOSE_INVOLVEMENT],
    }
    serializer_class = InvolvementSerializer

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what the filters of the page leave of a list."""
        if self.action != "list":
            return queryset
        return queries.listed(timezone.now(), **InvolvementFilter(self.request.query_params).chosen())

    @extend_schema(parameters=filters_of(InvolvementFilter.base_fields))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every one that the filters leave."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=InvolvementStorySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them, with its evidence and challenges."""
        return self._story(self.get_object())

    @extend_schema(request=ReasonsSerializer, responses=InvolvementStorySerializer)
    @action(detail=True, methods=["post"])
    def challenge(self, request: Request, pk: str) -> Response:
        """Hold a finding to be wrong; it stands until another person finds again."""
        one = self.get_object()
        actions.challenge_finding(
            one, by=caller(request), at=timezone.now(), **checked(ReasonsSerializer, request)
        )
        return self._story(one)

    @extend_schema(request=StoppingSerializer, responses=InvolvementStorySerializer)
    @action(detail=True, methods=["post"])
    def stopped(self, request: Request, pk: str) -> Response:
        """Record that the company's own part stopped (I3)."""
        one = self.get_object()
        actions.stop_own_part(
            one, by=caller(request), at=timezone.now(), **checked(StoppingSerializer, request)
        )
        return self._story(one)

    @extend_schema(request=None, responses=InvolvementStorySerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back a proposal on which nobody decided yet."""
        one = self.get_object()
        actions.withdraw_proposal(one, by=caller(request), at=timezone.now())
        return self._story(one)

    def _story(self, one: Involvement) -> Response:
        one.refresh_from_db()
        return Response(InvolvementStorySerializer(one, context=self.get_serializer_context()).data)
