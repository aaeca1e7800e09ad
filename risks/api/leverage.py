"""Leverage on partners: clocks, actions with their measurements, plans, and what partners undertake (domain.md 5)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import change_clock, corrective_plans, leverage, leverage_plans, partners
from risks.api.plans import ReasonsSerializer
from risks.models import (
    ClockEntry,
    CorrectivePlan,
    EffectMeasurement,
    Evidence,
    LeverageAction,
    LeveragePlan,
    Measure,
    Milestone,
    RelationshipRisk,
)
from risks.queries import time_to_change as queries
from risks.rules.leverage_plan import LEVERAGE_STEPS

LONGEST = 5000


def prose(**more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=LONGEST, **more)


def optional(length: int = LONGEST) -> serializers.CharField:
    return serializers.CharField(max_length=length, default="", allow_blank=True)


class ClockSerializer(serializers.Serializer[Any]):
    """The clock of one harm tied to a relationship, as it reads today."""

    id = serializers.IntegerField(source="tied.pk")
    relationship = serializers.IntegerField(source="tied.relationship_id")
    risk = serializers.IntegerField(source="tied.risk_id")
    level = serializers.IntegerField()
    status = serializers.CharField(source="clock.status")
    code = serializers.CharField(source="clock.code")
    sentence = serializers.CharField()
    known_since = serializers.DateField(source="tied.known_since")
    started_on = serializers.DateField(source="started")
    days = serializers.IntegerField()
    half_time = serializers.DateField(allow_null=True)
    change_due = serializers.DateField(allow_null=True)
    due = serializers.DateField(allow_null=True)
    days_left = serializers.IntegerField(allow_null=True)
    decide_by = serializers.DateField(allow_null=True)
    exit_decision = serializers.IntegerField(source="decision.pk", default=None, allow_null=True)
    recheck_due = serializers.DateField(allow_null=True)
    own_stop_due = serializers.DateField(source="tied.own_stop_due", allow_null=True)
    extended_on = serializers.DateField(source="tied.extended_on", allow_null=True)
    best_effect = serializers.IntegerField(allow_null=True)
    drift = serializers.IntegerField(source="drift.pk", default=None, allow_null=True)
    needs_somebody = serializers.BooleanField()


class ClockEntrySerializer(serializers.ModelSerializer[ClockEntry]):
    """What happened to a clock."""

    class Meta:
        model = ClockEntry
        fields = (
            *("kind", "day", "level", "due_before", "due_after", "own_due_after", "reasons"),
            *("entered_by", "entered_at"),
        )
        read_only_fields = fields


class ClockStorySerializer(ClockSerializer):
    """The same with everything that happened to it."""

    entries = ClockEntrySerializer(many=True, source="tied.entries")


class EffectMeasurementSerializer(serializers.ModelSerializer[EffectMeasurement]):
    """What an action changed, as measured on a day."""

    class Meta:
        model = EffectMeasurement
        fields = (
            *("id", "effect", "indicator", "unit", "baseline", "measured", "source", "evidence"),
            *("self_report_only", "next_step", "measured_on", "corrects", "correction_reasons"),
            *("recorded_by", "recorded_at"),
        )
        read_only_fields = fields


class LeverageActionSerializer(serializers.ModelSerializer[LeverageAction]):
    """One attempt to change what a partner does; its effect is the latest measurement that stands."""

    clock = serializers.IntegerField(source="tied_id", read_only=True)
    measurements = EffectMeasurementSerializer(many=True, read_only=True)

    class Meta:
        model = LeverageAction
        fields = (
            *("id", "clock", "kind", "rung", "skip_reasons", "requested_change", "started_on", "deadline"),
            *("collaborators", "body", "competition_note", "measure", "indicator", "unit", "baseline"),
            *("target", "source", "cost_eur", "recorded_by", "effect", "measured_on", "measurements"),
        )
        read_only_fields = fields


class LeveragePlanSerializer(serializers.ModelSerializer[LeveragePlan]):
    """How leverage is used on one harm."""

    clock = serializers.IntegerField(source="tied_id", read_only=True)
    owner = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = LeveragePlan
        fields = (
            *("id", "clock", "state", "kinds", "has", "lacks", "increase", "owner"),
            *("next_step", "next_step_due", "opened_at"),
        )
        read_only_fields = fields


class MilestoneSerializer(serializers.ModelSerializer[Milestone]):
    """One promise of a corrective plan."""

    logged_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    verified_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = Milestone
        fields = (
            *("id", "what", "due", "logged_by", "verification", "verified_by", "verified_on"),
            "verified_how",
        )
        read_only_fields = fields


class CorrectivePlanSerializer(serializers.ModelSerializer[CorrectivePlan]):
    """What a partner undertook to put right."""

    clock = serializers.IntegerField(source="tied_id", read_only=True)
    milestones = MilestoneSerializer(many=True, read_only=True)

    class Meta:
        model = CorrectivePlan
        fields = ("id", "clock", "agreed", "agreed_on", "state", "closing_reasons", "milestones")
        read_only_fields = fields


class LeverageLoggingSerializer(serializers.Serializer[Any]):
    """An attempt. Rungs 6 and 7 are no actions of leverage; they are decided as an exit."""

    kind = serializers.ChoiceField(choices=LeverageAction.Kind.choices)
    rung = serializers.IntegerField(min_value=0, max_value=7)
    requested_change = prose()
    started_on = serializers.DateField()
    deadline = serializers.DateField()
    skip_reasons = optional()
    collaborators = optional()
    body = optional(200)
    competition_note = optional()
    measure = serializers.PrimaryKeyRelatedField[Measure](
        queryset=Measure.objects.all(), default=None, allow_null=True
    )
    indicator = optional(200)
    unit = optional(40)
    baseline = optional(60)
    target = optional(60)
    source = optional(200)  # type: ignore[assignment]  # a field, not the attribute
    cost_eur = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=0, default=None, allow_null=True
    )


class MeasuringSerializer(serializers.Serializer[Any]):
    """What was measured; what is not said is taken from the action. A correction names what was wrong."""

    effect = serializers.ChoiceField(choices=LeverageAction.Effect.choices)
    measured_on = serializers.DateField(default=None, allow_null=True)
    indicator = optional(200)
    unit = optional(40)
    baseline = optional(60)
    measured = optional(60)
    source = optional(200)  # type: ignore[assignment]  # a field, not the attribute
    evidence = optional()
    pieces = serializers.PrimaryKeyRelatedField[Evidence](
        many=True, queryset=Evidence.objects.all(), required=False
    )
    self_report_only = serializers.BooleanField(default=False)
    next_step = optional()
    corrects = serializers.PrimaryKeyRelatedField[EffectMeasurement](
        queryset=EffectMeasurement.objects.all(), default=None, allow_null=True
    )
    correction_reasons = optional()


class OpeningLeveragePlanSerializer(serializers.Serializer[Any]):
    """Who answers for a plan, and what happens next by when."""

    owner = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True)
    )
    next_step = prose()
    next_step_due = serializers.DateField()


class LeveragePlanningSerializer(OpeningLeveragePlanSerializer):
    """A plan whole: what leverage there is, what lacks, how it can be increased, and what happens next."""

    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=LeverageAction.Kind.choices), max_length=20, default=list
    )
    has = optional()
    lacks = optional()
    increase = optional()


class RestartingSerializer(ReasonsSerializer):
    """Since when the harm is known to go on again, and what was seen, in at least 50 characters."""

    known_on = serializers.DateField()


class KnowledgeSerializer(serializers.Serializer[Any]):
    """Since when the company knows of a harm that a dossier tells of, and from what."""

    known_since = serializers.DateField()
    how_known = prose()


class UndertakingSerializer(serializers.Serializer[Any]):
    """What the partner undertook."""

    agreed = prose()
    agreed_on = serializers.DateField()


class PromisingSerializer(serializers.Serializer[Any]):
    """One promise, and by when it is kept."""

    what = prose()
    due = serializers.DateField()


class VerifyingSerializer(serializers.Serializer[Any]):
    """How a promise was verified; by another person than who logged it."""

    verification = serializers.ChoiceField(choices=Milestone.Verification.choices)
    verified_on = serializers.DateField()
    how = prose()


class ClockViewSet(Register[RelationshipRisk]):
    """The harms tied to relationships, each with its clock; a harm is tied on the page of the partner."""

    queryset = RelationshipRisk.objects.select_related("relationship__partner", "risk")
    asks = {
        **dict.fromkeys(("actions", "corrective_plans", "plans"), (Permission.LOG_LEVERAGE,)),
        "extend": [Permission.DECIDE_EXIT],
        "known": [Permission.ASSESS_RISK],
        "restart": [Permission.ASSESS_RISK],
    }
    serializer_class = ClockSerializer

    @extend_schema(responses=ClockSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every clock that runs, the latest first."""
        today = timezone.now().date()
        rows = self.paginate_queryset(queries.running(today)) or []
        found = sorted(queries.read_clocks(rows, on=today), key=lambda one: one.tied.pk, reverse=True)
        return self.get_paginated_response(ClockSerializer(found, many=True).data)

    @extend_schema(responses=ClockStorySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One clock with its own story."""
        return self._story(self.get_object())

    @extend_schema(request=KnowledgeSerializer, responses=ClockStorySerializer)
    @action(detail=True, methods=["post"])
    def known(self, request: Request, pk: str) -> Response:
        """Say since when a harm is known that a dossier tells of; the clock starts (5.4)."""
        tied = self.get_object()
        given = checked(KnowledgeSerializer, request)
        partners.date_knowledge(tied, by=caller(request), at=timezone.now(), **given)
        return self._story(tied)

    @extend_schema(request=ReasonsSerializer, responses=ClockStorySerializer)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk: str) -> Response:
        """Give more time, once."""
        tied = self.get_object()
        given = checked(ReasonsSerializer, request)
        change_clock.extend_time(tied, by=caller(request), at=timezone.now(), **given)
        return self._story(tied)

    @extend_schema(request=RestartingSerializer, responses=ClockStorySerializer)
    @action(detail=True, methods=["post"])
    def restart(self, request: Request, pk: str) -> Response:
        """Restart the clock after a relapse."""
        tied = self.get_object()
        given = checked(RestartingSerializer, request)
        change_clock.restart_clock(tied, by=caller(request), at=timezone.now(), **given)
        return self._story(tied)

    @extend_schema(request=LeverageLoggingSerializer, responses={201: LeverageActionSerializer})
    @action(detail=True, methods=["post"])
    def actions(self, request: Request, pk: str) -> Response:
        """Log an action of leverage."""
        tied = self.get_object()
        given = checked(LeverageLoggingSerializer, request)
        made = leverage.log_leverage(tied, by=caller(request), at=timezone.now(), **given)
        return Response(LeverageActionSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=OpeningLeveragePlanSerializer, responses={201: LeveragePlanSerializer})
    @action(detail=True, methods=["post"])
    def plans(self, request: Request, pk: str) -> Response:
        """Open the plan for leverage on this harm."""
        tied = self.get_object()
        given = checked(OpeningLeveragePlanSerializer, request)
        made = leverage_plans.open_plan(tied, by=caller(request), at=timezone.now(), **given)
        return Response(LeveragePlanSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=UndertakingSerializer, responses={201: CorrectivePlanSerializer})
    @action(detail=True, methods=["post"], url_path="corrective-plans")
    def corrective_plans(self, request: Request, pk: str) -> Response:
        """Record what the partner undertook."""
        tied = self.get_object()
        given = checked(UndertakingSerializer, request)
        made = corrective_plans.record_corrective_plan(tied, by=caller(request), at=timezone.now(), **given)
        return Response(CorrectivePlanSerializer(made).data, status=status.HTTP_201_CREATED)

    def _story(self, tied: RelationshipRisk) -> Response:
        reading = queries.clock_of(tied, on=timezone.now().date())
        return Response(ClockStorySerializer(reading).data)


class LeverageActionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Register[LeverageAction]):
    """Actions of leverage with their measurements, the latest first."""

    queryset = LeverageAction.objects.prefetch_related("measurements").select_related("tied__relationship")
    asks = {"measurements": [Permission.LOG_LEVERAGE]}
    serializer_class = LeverageActionSerializer

    @extend_schema(request=MeasuringSerializer, responses={201: EffectMeasurementSerializer})
    @action(detail=True, methods=["post"])
    def measurements(self, request: Request, pk: str) -> Response:
        """Record what the action changed, or correct a measurement that was wrong."""
        one = self.get_object()
        given = checked(MeasuringSerializer, request)
        user = caller(request)
        if not user.may(Permission.READ_RESTRICTED):
            refuse_restricted(given.get("pieces", ()))
        row = leverage.measure_effect(one, by=user, at=timezone.now(), **given)
        return Response(EffectMeasurementSerializer(row).data, status=status.HTTP_201_CREATED)


def refuse_restricted(pieces: Any) -> None:
    """Refuse evidence that the caller may not read, as if it were not on record.

    Raises:
        NotAllowed: a piece is restricted.
    """
    if any(one.disclosure == Evidence.Disclosure.RESTRICTED for one in pieces):
        raise NotAllowed("Evidence on record: choose what is on record for this risk.")


class LeveragePlanViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Register[LeveragePlan]):
    """Plans for leverage, the latest first; one is opened by POST to `leverage/clocks/{id}/plans/`."""

    queryset = LeveragePlan.objects.select_related("owner", "tied__relationship")
    asks = {
        "update": [Permission.LOG_LEVERAGE],
        "steps": {one.permission for one in LEVERAGE_STEPS.values()},
    }
    serializer_class = LeveragePlanSerializer

    @extend_schema(request=LeveragePlanningSerializer, responses=LeveragePlanSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Change what a plan says; it is sent whole."""
        plan = self.get_object()
        given = checked(LeveragePlanningSerializer, request)
        leverage_plans.edit_plan(plan, by=caller(request), at=timezone.now(), **given)
        plan.refresh_from_db()
        return Response(LeveragePlanSerializer(plan).data)

    @extend_schema(request=ReasonsSerializer, responses=LeveragePlanSerializer)
    @action(detail=True, methods=["post"], url_path="steps/<slug:step>")
    def steps(self, request: Request, pk: str, step: str) -> Response:
        """Take one step of the loop."""
        plan = self.get_object()
        if step not in LEVERAGE_STEPS:
            raise NotAllowed(f"Steps: {', '.join(LEVERAGE_STEPS)}.")
        given = checked(ReasonsSerializer, request)
        leverage_plans.take_plan_step(plan, step, by=caller(request), at=timezone.now(), **given)
        return Response(LeveragePlanSerializer(plan).data)


class CorrectivePlanViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Register[CorrectivePlan]):
    """Corrective plans with their milestones, the latest first."""

    queryset = CorrectivePlan.objects.prefetch_related("milestones__logged_by", "milestones__verified_by")
    asks = {
        "close": [Permission.ASSESS_RISK],
        "milestones": [Permission.LOG_LEVERAGE],
    }
    serializer_class = CorrectivePlanSerializer

    @extend_schema(request=PromisingSerializer, responses={201: MilestoneSerializer})
    @action(detail=True, methods=["post"])
    def milestones(self, request: Request, pk: str) -> Response:
        """Add a promise."""
        plan = self.get_object()
        given = checked(PromisingSerializer, request)
        made = corrective_plans.add_milestone(plan, by=caller(request), at=timezone.now(), **given)
        return Response(MilestoneSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ReasonsSerializer, responses=CorrectivePlanSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Close a plan whose every milestone is verified."""
        plan = self.get_object()
        given = checked(ReasonsSerializer, request)
        corrective_plans.close_corrective_plan(plan, by=caller(request), at=timezone.now(), **given)
        return Response(CorrectivePlanSerializer(plan).data)


class MilestoneViewSet(mixins.RetrieveModelMixin, Register[Milestone]):
    """Promises of corrective plans."""

    queryset = Milestone.objects.select_related("plan", "logged_by", "verified_by")
    asks = {"verify": [Permission.ASSESS_RISK]}
    serializer_class = MilestoneSerializer

    @extend_schema(request=VerifyingSerializer, responses=MilestoneSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:
        """Verify a promise that another person logged."""
        milestone = self.get_object()
        given = checked(VerifyingSerializer, request)
        corrective_plans.verify_milestone(milestone, by=caller(request), at=timezone.now(), **given)
        milestone.refresh_from_db()
        return Response(MilestoneSerializer(milestone).data)
