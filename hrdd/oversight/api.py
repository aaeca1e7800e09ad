"""The records of oversight, to be read: mandates, meetings, escalations, training, incentives, resources, figures."""

from typing import Any

from rest_framework import mixins, serializers

from hrdd.governance.api import Register
from hrdd.governance.models import Mandate, User
from hrdd.governance.rules import Permission
from hrdd.oversight.models import (
    Escalation,
    FigureRelease,
    Incentive,
    IndicatorValue,
    OversightMeeting,
    Staffing,
    Training,
)


def _name() -> serializers.SlugRelatedField[User]:
    return serializers.SlugRelatedField[User](slug_field="username", read_only=True)


class MandateSerializer(serializers.ModelSerializer[Mandate]):
    """A mandate: it is ended or superseded, never edited."""

    person, recorded_by = _name(), _name()

    class Meta:
        model = Mandate
        fields = (
            *("id", "role", "person", "function", "authority", "reports_to", "budget_eur_year", "fte"),
            *("starts_on", "ended_on", "end_reasons", "supersedes", "recorded_by", "recorded_at"),
        )


class MeetingSerializer(serializers.ModelSerializer[OversightMeeting]):
    """A meeting, with what was put before it."""

    recorded_by = _name()

    class Meta:
        model = OversightMeeting
        fields = (
            *("id", "held_on", "body", "attendees", "rights_items", "other_items", "decisions", "put_before"),
            *("figures", "supersedes", "correction_reasons", "recorded_by", "recorded_at"),
        )


class EscalationSerializer(serializers.ModelSerializer[Escalation]):
    """Something brought before leadership, and its answer."""

    answered_by = _name()

    class Meta:
        model = Escalation
        fields = (
            *("id", "from_role", "to_role", "code", "subject", "risk", "reason", "raised_by", "raised_at"),
            *("due_at", "answer", "answered_by", "answered_at"),
        )


class TrainingSerializer(serializers.ModelSerializer[Training]):
    """How many had a training, of those who were due it."""

    class Meta:
        model = Training
        fields = ("id", "audience", "due_n", "done_n", "due_on", "as_of", "recorded_at")


class IncentiveSerializer(serializers.ModelSerializer[Incentive]):
    """Whether the pay of an executive office depends on a goal about rights."""

    class Meta:
        model = Incentive
        fields = ("id", "role", "linked_to_rights_kpi", "goal", "holds_from", "recorded_at")


class StaffingSerializer(serializers.ModelSerializer[Staffing]):
    """Moderators and rights staff against users."""

    class Meta:
        model = Staffing
        fields = (
            "id",
            "language",
            "country",
            "moderators_fte",
            "rights_fte",
            "users",
            "as_of",
            "recorded_at",
        )


class ValueSerializer(serializers.ModelSerializer[IndicatorValue]):
    """One indicator of domain.md 9 as it was frozen."""

    class Meta:
        model = IndicatorValue
        fields = ("code", "said", "number", "detail", "red", "few_data", "missing")


class FigureSerializer(serializers.ModelSerializer[FigureRelease]):
    """A release of the board's figures, whole."""

    values = ValueSerializer(many=True, read_only=True)

    class Meta:
        model = FigureRelease
        fields = ("id", "as_of", "frozen_at", "query_version", "content_hash", "content", "values")


class _Read(mixins.ListModelMixin, mixins.RetrieveModelMixin, Register[Any]):
    """Records to be read."""


class MandateViewSet(_Read):
    """Who answers for what (UNGP 19(a))."""

    serializer_class = MandateSerializer
    queryset = Mandate.objects.select_related("person", "recorded_by")


class MeetingViewSet(_Read):
    """Meetings of those who oversee."""

    serializer_class = MeetingSerializer
    queryset = OversightMeeting.objects.select_related("recorded_by")


class EscalationViewSet(_Read):
    """What was brought before leadership."""

    serializer_class = EscalationSerializer
    queryset = Escalation.objects.select_related("answered_by")


class TrainingViewSet(_Read):
    """Training, every count of it."""

    serializer_class = TrainingSerializer
    queryset = Training.objects.all()


class IncentiveViewSet(_Read):
    """Incentives of executive offices."""

    serializer_class = IncentiveSerializer
    queryset = Incentive.objects.all()


class StaffingViewSet(_Read):
    """People per user, every count."""

    serializer_class = StaffingSerializer
    queryset = Staffing.objects.all()


class FigureViewSet(_Read):
    """The frozen figures of the board."""

    serializer_class = FigureSerializer
    permission = Permission.READ_BOARD
    queryset = FigureRelease.objects.prefetch_related("values")
