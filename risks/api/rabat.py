"""Rabat worksheets: written by one assessor, confirmed by another, never changed (SD9; domain.md 4)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import rabat as actions
from risks.models import Dilemma, RabatAssessment, RabatConfirmation
from risks.queries.rabat import assessments, standing_of
from risks.rules.rabat import HIGHEST_SCORE, Mode
from risks.rules.rabat_worksheet import FACTORS, IS_INPUT, Ground, HarmSought, SpeechException

WORDS = 5000
NAMES = [one.name for one in FACTORS]


class ConfirmationSerializer(serializers.ModelSerializer[RabatConfirmation]):
    """One assessor: agreement or dissent."""

    assessor = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = RabatConfirmation
        fields = ("assessor", "agrees", "dissent", "attests_competence", "confirmed_at")
        read_only_fields = fields


class RabatSerializer(serializers.ModelSerializer[RabatAssessment]):
    """A worksheet as it stands now; the words assessed are sealed and are not part of it."""

    assessed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    confirmations = ConfirmationSerializer(many=True, read_only=True)
    meaning = serializers.CharField(read_only=True)
    is_input = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()
    usable = serializers.SerializerMethodField()

    class Meta:
        model = RabatAssessment
        fields = (
            *("id", "dilemma", "language", "translation_by", "mode", "gates", "grounds", "harm_sought"),
            *("exceptions", *NAMES, "texts", "outcome", "meaning", "is_input", "standing", "usable"),
            *("context_tags", "assessed_by", "assessed_at", "valid_until", "confirmations"),
        )
        read_only_fields = fields

    def get_is_input(self, _one: RabatAssessment) -> str:
        """Return that it is no decision."""
        return IS_INPUT

    def get_standing(self, one: RabatAssessment) -> str:
        """Return whether it is confirmed, waits for an assessor, or expired."""
        return standing_of(one, at=timezone.now()).state

    def get_usable(self, one: RabatAssessment) -> bool:
        """Return whether a decision may rest on it now."""
        return standing_of(one, at=timezone.now()).usable


def _several(words_of: type[Any]) -> serializers.MultipleChoiceField:
    return serializers.MultipleChoiceField(choices=[str(one) for one in words_of], default=set)


class ScoresSerializer(serializers.Serializer[Any]):
    """The six factors, each 0 to 3, or null where not known."""

    def get_fields(self) -> dict[str, Any]:
        """Return one field a factor."""
        return {
            name: serializers.IntegerField(min_value=0, max_value=HIGHEST_SCORE, allow_null=True)
            for name in NAMES
        }


class TextsSerializer(serializers.Serializer[Any]):
    """Why, by factor."""

    def get_fields(self) -> dict[str, Any]:
        """Return one field a factor."""
        return {name: serializers.CharField(max_length=WORDS) for name in NAMES}


class AssessingSerializer(serializers.Serializer[Any]):
    """A worksheet."""

    dilemma = serializers.PrimaryKeyRelatedField[Dilemma](queryset=Dilemma.objects.all())
    content_extract = serializers.CharField(max_length=WORDS)
    language = serializers.CharField(max_length=60)
    translation_by = serializers.CharField(max_length=120, default="", allow_blank=True)
    mode = serializers.ChoiceField(choices=[str(one) for one in Mode])
    gates = serializers.RegexField(r"^[yn?]{3}\Z")
    grounds = _several(Ground)
    harm_sought = _several(HarmSought)
    exceptions = _several(SpeechException)
    scores = ScoresSerializer()
    texts = TextsSerializer()
    attests_competence = serializers.BooleanField(default=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the lists in one order."""
        return given | {name: sorted(given[name]) for name in ("grounds", "harm_sought", "exceptions")}


class ConfirmingSerializer(serializers.Serializer[Any]):
    """Whether another assessor stands behind it."""

    agrees = serializers.BooleanField()
    dissent = serializers.CharField(max_length=WORDS, default="", allow_blank=True, trim_whitespace=False)
    attests_competence = serializers.BooleanField(default=False)


class RabatViewSet(Register[RabatAssessment]):
    """Rabat worksheets, the latest first."""

    queryset = RabatAssessment.objects.all()
    append_only = True
    asks = {
        "create": [Permission.ASSESS_INCITEMENT],
        "confirmations": [Permission.ASSESS_INCITEMENT],
    }
    serializer_class = RabatSerializer

    def get_queryset(self) -> Any:
        """Return the worksheets with their assessors."""
        return assessments()

    @extend_schema(responses=RabatSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every worksheet."""
        return self.page(self.get_queryset(), RabatSerializer)

    @extend_schema(responses=RabatSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One worksheet."""
        return Response(RabatSerializer(self.get_object()).data)

    @extend_schema(request=AssessingSerializer, responses={201: RabatSerializer})
    def create(self, request: Request) -> Response:
        """Keep a worksheet; its outcome follows from the threshold, and a second assessor confirms it."""
        given = checked(AssessingSerializer, request)
        made = actions.assess(given.pop("dilemma"), by=caller(request), at=timezone.now(), **given)
        return Response(RabatSerializer(assessments().get(pk=made.pk)).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ConfirmingSerializer, responses=RabatSerializer)
    @action(detail=True, methods=["post"])
    def confirmations(self, request: Request, pk: str) -> Response:
        """Stand behind a worksheet as another assessor, or dissent."""
        found = self.get_object()
        given = checked(ConfirmingSerializer, request)
        actions.confirm(found, by=caller(request), at=timezone.now(), **given)
        return Response(RabatSerializer(assessments().get(pk=found.pk)).data)
