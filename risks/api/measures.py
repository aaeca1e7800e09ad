"""Measures: proposed with their test, decided, put in force by a person (domain.md 3)."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.accounts.access.guards import demand_fresh
from hrdd.governance.api import Register, caller, checked, filters_of
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import measure_enforcement as enforcement
from risks.actions import measure_proposals as actions
from risks.api.plans import ReasonsSerializer
from risks.api.three_part_test import GivenTestSerializer, given_test
from risks.forms.measures import MeasureFilter
from risks.models import CompanionDuty, Measure, PolicyVersion, Risk, ThreePartTest
from risks.queries import measures as queries
from risks.queries.measure_life import asked_sign_off
from risks.rules.countries import country_names
from risks.rules.ladder import LADDER
from risks.rules.languages import language_names
from risks.rules.measure_workflow import DUTY_LABELS, MACHINE_MAY_REMOVE

LONGEST = 5000
KINDS = [(code, rung.label) for code, rung in LADDER.items()]


class ProposingMeasureSerializer(serializers.Serializer[Any]):
    """What is proposed, whole, with its test."""

    kind = serializers.ChoiceField(choices=KINDS)
    target = serializers.CharField(max_length=300)
    target_type = serializers.ChoiceField(choices=Measure.Target.choices)
    target_ref = serializers.CharField(max_length=120, default="", allow_blank=True)
    unit_of_review = serializers.ChoiceField(choices=Measure.Unit.choices, default="single")
    public_interest = serializers.BooleanField(default=False)
    territory = serializers.ListField(child=serializers.CharField(max_length=2), max_length=300, default=list)
    language = serializers.ChoiceField(
        choices=list(language_names().items()), default="", allow_blank=True, help_text="Of what was judged."
    )
    rule_relied_on = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    policy_version = serializers.PrimaryKeyRelatedField[PolicyVersion](
        queryset=PolicyVersion.objects.that_stood(), default=None, allow_null=True
    )
    policy_clause = serializers.CharField(max_length=16, default="", allow_blank=True)
    legal_ground = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    note = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    ends_on = serializers.DateField(default=None, allow_null=True)
    repeat_after_warning = serializers.BooleanField(default=False)
    prior_warning_on = serializers.DateField(default=None, allow_null=True)
    override_reason = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    automated_detection = serializers.BooleanField(default=False)
    automated_decision = serializers.ChoiceField(choices=Measure.Automation.choices, default="NOT_AUTOMATED")
    automated_category = serializers.ChoiceField(
        choices=sorted(MACHINE_MAY_REMOVE), default="", allow_blank=True
    )
    collateral_note = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    duties = serializers.ListField(
        child=serializers.ChoiceField(choices=[str(duty) for duty in DUTY_LABELS]),
        max_length=10,
        default=list,
    )
    test = GivenTestSerializer(default=dict)

    def validate_territory(self, codes: list[str]) -> list[str]:
        """Return the codes, or refuse what is none."""
        if any(one not in country_names() for one in codes):
            raise serializers.ValidationError("Territory: use ISO 3166-1 codes of two letters, such as KE.")
        return codes


class NewMeasureSerializer(ProposingMeasureSerializer):
    """The same for a risk."""

    risk = serializers.PrimaryKeyRelatedField[Risk](queryset=Risk.objects.all())


class EnforcingSerializer(serializers.Serializer[Any]):
    """Why it is necessary now, and when the person was told."""

    necessity = serializers.CharField(max_length=LONGEST)
    notified_on = serializers.DateField(default=None, allow_null=True)


class EmergencySerializer(ReasonsSerializer):
    """Why it cannot wait; the notice may follow."""

    notified_on = serializers.DateField(default=None, allow_null=True)


class NoticeSerializer(serializers.Serializer[Any]):
    """When the person was told."""

    notified_on = serializers.DateField()


class DoneSerializer(serializers.Serializer[Any]):
    """Which duty was done, and how."""

    kind = serializers.ChoiceField(choices=[str(duty) for duty in DUTY_LABELS])
    how = serializers.CharField(max_length=LONGEST)


class DecidingMeasureSerializer(serializers.Serializer[Any]):
    """Whether it is approved, why, and the content_hash of what was read."""

    approve = serializers.BooleanField()
    reasons = serializers.CharField(max_length=LONGEST)
    seen_hash = serializers.CharField(max_length=64)


class DutySerializer(serializers.ModelSerializer[CompanionDuty]):
    """A companion duty."""

    done_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = CompanionDuty
        fields = ("kind", "asked_at", "done_by", "done_at", "done_how")
        read_only_fields = fields


class KeptTestSerializer(serializers.ModelSerializer[ThreePartTest]):
    """A test with its outcome."""

    class Meta:
        model = ThreePartTest
        fields = ("outcome", "reason", "answers", "aims", "alternatives", "rights_burdened", "assessed_at")
        read_only_fields = fields


class MeasureSerializer(serializers.ModelSerializer[Measure]):
    """A measure."""

    proposed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    decided_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = Measure
        fields: tuple[str, ...] = (
            *(
                "id",
                "risk",
                "kind",
                "intrusion",
                "state",
                "target",
                "target_type",
                "territory",
                "language",
                "unit_of_review",
            ),
            *(
                "public_interest",
                "rule_relied_on",
                "policy_version",
                "policy_clause",
                "legal_ground",
                "note",
                "starts_on",
                "ends_on",
                "ended_on",
            ),
            *("end_reasons", "repeat_after_warning", "prior_warning_on", "override_reason", "imposed_by"),
            *("automated_detection", "automated_decision", "automated_category", "collateral_note"),
            *("proposed_by", "proposed_at", "decided_by", "decided_at", "decision_reasons", "level_then"),
            *("necessity_at_enforcement", "notified_on", "appeal_until", "emergency_until", "next_review"),
        )
        read_only_fields: tuple[str, ...] = fields


class MeasureStorySerializer(MeasureSerializer):
    """The same with its test, its duties, who is asked, and the hash of its content for whoever decides."""

    test = KeptTestSerializer(read_only=True)
    duties = DutySerializer(many=True, read_only=True)
    content_hash = serializers.SerializerMethodField()
    asked = serializers.SerializerMethodField()

    class Meta(MeasureSerializer.Meta):
        fields = (*MeasureSerializer.Meta.fields, "test", "duties", "asked", "content_hash")
        read_only_fields = fields

    def get_content_hash(self, measure: Measure) -> str:
        """Return the SHA-256 of what is proposed."""
        return actions.content_hash(measure)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_asked(self, measure: Measure) -> str | None:
        """Return the permission that whoever is asked to decide needs."""
        asked = asked_sign_off(measure)
        return asked.permission if asked else None


STEPS: dict[str, tuple[Callable[..., object], type[serializers.Serializer[Any]]]] = {
    "withdraw": (actions.withdraw, ReasonsSerializer),
    "enforce": (enforcement.enforce, EnforcingSerializer),
    "emergency": (enforcement.enforce_as_emergency, EmergencySerializer),
    "end-emergency": (enforcement.end_emergency, ReasonsSerializer),
    "notice": (enforcement.record_notice, NoticeSerializer),
}
DETAIL = ("risk", "proposed_by", "decided_by", "test__assessed_by")


class MeasureViewSet(Register[Measure]):
    """Measures, the latest first. A reference of a target is never told here (RESTRICTED)."""

    queryset = Measure.objects.select_related(*DETAIL)
    asks = {
        **dict.fromkeys(("create", "update", "duties", "test"), (Permission.PROPOSE_MEASURE,)),
        "decision": [
            Permission.PROPOSE_MEASURE,
            Permission.APPROVE_MEASURE,
            Permission.APPROVE_GRAVE_MEASURE,
        ],
        "steps": [Permission.PROPOSE_MEASURE, Permission.APPROVE_MEASURE, Permission.APPROVE_GRAVE_MEASURE],
    }
    serializer_class = MeasureSerializer

    @extend_schema(responses=MeasureSerializer(many=True), parameters=filters_of(MeasureFilter.base_fields))
    def list(self, request: Request) -> Response:
        """Every measure that the filters leave."""
        chosen = MeasureFilter(request.query_params).chosen()
        found = queries.listed_measures(**chosen)
        return self.page(found.select_related("proposed_by", "decided_by"), MeasureSerializer)

    @extend_schema(responses=MeasureStorySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One measure with its test and its duties."""
        return self._story(self.get_object())

    @extend_schema(request=NewMeasureSerializer, responses={201: MeasureStorySerializer})
    def create(self, request: Request) -> Response:
        """Propose a measure; its approver is asked at once where the test passes."""
        given = checked(NewMeasureSerializer, request)
        risk = given.pop("risk")
        measure = actions.propose(risk, _proposal(given), by=caller(request), at=timezone.now())
        return self._story(measure, code=status.HTTP_201_CREATED)

    @extend_schema(request=ProposingMeasureSerializer, responses=MeasureStorySerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Edit one's own proposal; it is sent whole. A signature asked for other content falls with it."""
        measure = self.get_object()
        given = checked(ProposingMeasureSerializer, request)
        actions.edit(measure, _proposal(given), by=caller(request), at=timezone.now())
        return self._story(measure)

    @extend_schema(request=DecidingMeasureSerializer, responses=MeasureStorySerializer)
    @action(detail=True, methods=["post"])
    def decision(self, request: Request, pk: str) -> Response:
        """Approve or refuse what is asked, bound to the content that was read."""
        measure = self.get_object()
        given = checked(DecidingMeasureSerializer, request)
        asked = asked_sign_off(measure)
        if asked is None:
            raise NotAllowed("Nobody is asked to decide on this measure.")
        demand_fresh(request)
        actions.decide(asked, by=caller(request), at=timezone.now(), **given)
        return self._story(measure)

    @extend_schema(request=GivenTestSerializer, responses=MeasureStorySerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Answer the full test of an emergency measure."""
        measure = self.get_object()
        given = given_test(checked(GivenTestSerializer, request))
        actions.answer_test(measure, given, by=caller(request), at=timezone.now())
        return self._story(measure)

    @extend_schema(request=DoneSerializer, responses=MeasureStorySerializer)
    @action(detail=True, methods=["post"])
    def duties(self, request: Request, pk: str) -> Response:
        """Record that a companion duty was done."""
        measure = self.get_object()
        given = checked(DoneSerializer, request)
        enforcement.do_duty(measure, by=caller(request), at=timezone.now(), **given)
        return self._story(measure)

    @extend_schema(request=EnforcingSerializer, responses=MeasureStorySerializer)
    @action(detail=True, methods=["post"], url_path="steps/<slug:step>")
    def steps(self, request: Request, pk: str, step: str) -> Response:
        """Withdraw, enforce, emergency, end-emergency or notice; each takes the fields of its form."""
        measure = self.get_object()
        if step not in STEPS:
            raise NotAllowed(f"Steps: {', '.join(STEPS)}.")
        act, shape = STEPS[step]
        act(measure, by=caller(request), at=timezone.now(), **checked(shape, request))
        return self._story(measure)

    def _story(self, measure: Measure, code: int = status.HTTP_200_OK) -> Response:
        told = Measure.objects.select_related(*DETAIL).prefetch_related("duties__done_by").get(pk=measure.pk)
        return Response(MeasureStorySerializer(told).data, status=code)


def _proposal(given: dict[str, Any]) -> actions.Proposal:
    return actions.Proposal(**given | {"test": given_test(given["test"])})
