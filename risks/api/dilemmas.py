"""Dilemmas between rights: prepared, advised on, decided (domain.md 1.6). No effect is ever summed (D3)."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked, filters_of
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import dilemma_decisions as decisions
from risks.actions import dilemmas as actions
from risks.api.plans import ReasonsSerializer
from risks.api.three_part_test import GivenTestSerializer, given_test
from risks.forms.dilemmas import DilemmaFilter
from risks.models import (
    Consultation,
    Dilemma,
    DilemmaAdvice,
    DilemmaDecision,
    DilemmaOption,
    ExpertOpinion,
    Measure,
    OptionEffect,
    Precedent,
    Right,
    Risk,
    Stake,
)
from risks.queries import dilemmas as queries
from risks.queries.consultations import visible_to
from risks.rules.countries import country_names
from risks.rules.dilemma import KINDS, MAY_DECIDE, Side
from risks.rules.ladder import LADDER

WORDS = 5000
Username = serializers.SlugRelatedField[User]


class StakeSerializer(serializers.ModelSerializer[Stake]):
    """A right in a dilemma, and where it stands."""

    class Meta:
        model = Stake
        fields = ("id", "right", "side")
        read_only_fields = fields


class EffectSerializer(serializers.ModelSerializer[OptionEffect]):
    """What an option does to one right, in words."""

    word = serializers.CharField(read_only=True)

    class Meta:
        model = OptionEffect
        fields = ("stake", "level", "word", "says")
        read_only_fields = fields


class OptionSerializer(serializers.ModelSerializer[DilemmaOption]):
    """An option with its effects, in the order in which they were put."""

    effects = EffectSerializer(many=True, read_only=True)
    interferes_with = serializers.PrimaryKeyRelatedField[Right](many=True, read_only=True)
    put_by = Username(slug_field="username", read_only=True)
    test = serializers.CharField(source="test.outcome", default="", read_only=True)

    class Meta:
        model = DilemmaOption
        fields = (
            *("id", "kind", "course", "about", "target", "target_type", "lasts_days"),
            *("interferes_with", "effects", "test", "put_by", "put_at"),
        )
        read_only_fields = fields


class AdviceSerializer(serializers.ModelSerializer[DilemmaAdvice]):
    """What somebody advised, word by word."""

    given_by = Username(slug_field="username", read_only=True)

    class Meta:
        model = DilemmaAdvice
        fields = ("id", "favours", "text", "opinion", "given_by", "given_at")
        read_only_fields = fields


class PrecedentSerializer(serializers.ModelSerializer[Precedent]):
    """An earlier dilemma that this one follows or departs from."""

    class Meta:
        model = Precedent
        fields = ("id", "of", "relation", "because", "cited_at")
        read_only_fields = fields


class DilemmaDecisionSerializer(serializers.ModelSerializer[DilemmaDecision]):
    """What was decided, with the minority view as it was said."""

    decided_by = Username(slug_field="username", read_only=True)

    class Meta:
        model = DilemmaDecision
        fields = (
            *("id", "option", "interim", "reasons", "public_reasons", "minority_view", "policy_relied_on"),
            *("rights", "rabat", "review_on", "interim_until", "content_hash", "supersedes"),
            *("decided_by", "decided_at"),
        )
        read_only_fields = fields


class DilemmaSerializer(serializers.ModelSerializer[Dilemma]):
    """A dilemma."""

    prepared_by = Username(slug_field="username", read_only=True)

    class Meta:
        model = Dilemma
        fields: tuple[str, ...] = (
            *("id", "risk", "question", "kind", "facts", "people_protected", "people_burdened", "countries"),
            *("urgency", "decide_by", "demand_authority", "demand_legal_basis", "demand_in_writing"),
            *("demand_narrowed", "demand_challenged", "state", "review_on", "interim_until"),
            *("prepared_by", "prepared_at"),
        )
        read_only_fields: tuple[str, ...] = fields


class DilemmaStorySerializer(DilemmaSerializer):
    """The same whole, with the hash of its content; whoever decides sends it back, as proof of what they read."""

    rights = StakeSerializer(source="stakes", many=True, read_only=True)
    options = OptionSerializer(many=True, read_only=True)
    advice = AdviceSerializer(many=True, read_only=True)
    precedents = PrecedentSerializer(many=True, read_only=True)
    decisions = DilemmaDecisionSerializer(many=True, read_only=True)
    measures = serializers.PrimaryKeyRelatedField[Measure](many=True, read_only=True)
    rabat_assessments = serializers.PrimaryKeyRelatedField[Any](many=True, read_only=True)
    content_hash = serializers.SerializerMethodField()

    class Meta(DilemmaSerializer.Meta):
        fields = (
            *DilemmaSerializer.Meta.fields,
            *("rights", "options", "advice", "precedents", "decisions", "measures", "rabat_assessments"),
            "content_hash",
        )
        read_only_fields = fields

    def get_content_hash(self, dilemma: Dilemma) -> str:
        """Return the SHA-256 of all that a decision rests on."""
        return queries.content_hash(dilemma)


def _rights(*, required: bool = True) -> Any:
    return serializers.PrimaryKeyRelatedField[Right](
        many=True, queryset=Right.objects.all(), required=required, allow_empty=not required
    )


class PreparingDilemmaSerializer(serializers.Serializer[Any]):
    """What is prepared, whole."""

    question = serializers.CharField(max_length=300)
    kind = serializers.ChoiceField(choices=[(str(one), said) for one, said in KINDS.items()])
    facts = serializers.CharField(max_length=WORDS)
    urgency = serializers.ChoiceField(choices=Dilemma.Urgency.choices, default=Dilemma.Urgency.ORDINARY)
    decide_by = serializers.DateField(default=None, allow_null=True)
    rights_protected = _rights()
    rights_burdened = _rights()
    rights_at_risk = _rights(required=False)
    people_protected = serializers.ListField(child=serializers.CharField(max_length=300), max_length=50)
    people_burdened = serializers.ListField(child=serializers.CharField(max_length=300), max_length=50)
    countries = serializers.ListField(child=serializers.CharField(max_length=6), max_length=300, default=list)
    consultations = serializers.PrimaryKeyRelatedField[Consultation](
        many=True, queryset=Consultation.objects.all(), required=False
    )
    demand_authority = serializers.ChoiceField(
        choices=Dilemma.Authority.choices, default="", allow_blank=True
    )
    demand_legal_basis = serializers.CharField(max_length=WORDS, default="", allow_blank=True)
    demand_in_writing = serializers.BooleanField(default=None, allow_null=True)
    demand_narrowed = serializers.BooleanField(default=None, allow_null=True)
    demand_challenged = serializers.BooleanField(default=None, allow_null=True)

    def validate_countries(self, codes: list[str]) -> list[str]:
        """Return the codes, or refuse what is none."""
        if [one for one in codes if one not in country_names() and one != queries.ANYWHERE]:
            raise serializers.ValidationError("Countries: use ISO 3166-1 codes of two letters, or GLOBAL.")
        return codes

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the fields as the action takes them: rights by side."""
        given["rights"] = {side: given.pop(f"rights_{side}", []) for side in Side}
        return given | {"consultations": given.get("consultations", [])}


class OpeningDilemmaSerializer(PreparingDilemmaSerializer):
    """The same with the risk it is about."""

    risk = serializers.PrimaryKeyRelatedField[Risk](queryset=Risk.objects.all())


class PuttingEffectSerializer(serializers.Serializer[Any]):
    """What the option does to one right: its id among the rights of the dilemma, a level or null, and words."""

    stake = serializers.IntegerField()
    level = serializers.IntegerField(min_value=-2, max_value=2, default=None, allow_null=True)
    says = serializers.CharField(max_length=WORDS)


class PuttingOptionSerializer(serializers.Serializer[Any]):
    """An option: a rung of the ladder or another course, and its effects."""

    kind = serializers.ChoiceField(
        choices=[(code, rung.label) for code, rung in LADDER.items()], default="", allow_blank=True
    )
    course = serializers.CharField(max_length=200, default="", allow_blank=True)
    about = serializers.CharField(max_length=WORDS, default="", allow_blank=True)
    target = serializers.CharField(max_length=300, default="", allow_blank=True)
    target_type = serializers.ChoiceField(choices=Measure.Target.choices, default="", allow_blank=True)
    lasts_days = serializers.IntegerField(default=None, allow_null=True)
    interferes_with = _rights(required=False)
    effects = PuttingEffectSerializer(many=True, required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the fields as the action takes them: effects by right."""
        effects = {one["stake"]: (one["level"], one["says"]) for one in given.get("effects", [])}
        return {"interferes_with": []} | given | {"effects": effects}


class OptionTestSerializer(GivenTestSerializer):
    """The three-part test of an option."""

    option = serializers.PrimaryKeyRelatedField[DilemmaOption](queryset=DilemmaOption.objects.all())


class AdvisingSerializer(serializers.Serializer[Any]):
    """Advice, kept word by word; or an expert's opinion on the risk, taken in as it is."""

    text = serializers.CharField(max_length=WORDS, default="", allow_blank=True, trim_whitespace=False)
    opinion = serializers.PrimaryKeyRelatedField[ExpertOpinion](
        queryset=ExpertOpinion.objects.all(), default=None, allow_null=True
    )
    favours = serializers.PrimaryKeyRelatedField[DilemmaOption](
        queryset=DilemmaOption.objects.all(), default=None, allow_null=True
    )


class CitingSerializer(serializers.Serializer[Any]):
    """An earlier decided dilemma, and whether this one relies on it or departs from it, and why."""

    of = serializers.PrimaryKeyRelatedField[Dilemma](queryset=Dilemma.objects.all())
    relation = serializers.ChoiceField(choices=Precedent.Relation.choices)
    because = serializers.CharField(max_length=WORDS)


class InterimSerializer(serializers.Serializer[Any]):
    """What is done at once, why, and the content_hash of what was read."""

    option = serializers.PrimaryKeyRelatedField[DilemmaOption](queryset=DilemmaOption.objects.all())
    reasons = serializers.CharField(max_length=WORDS)
    policy_relied_on = serializers.CharField(max_length=WORDS)
    seen_hash = serializers.CharField(max_length=64)


class DecidingDilemmaSerializer(InterimSerializer):
    """What is decided, with the reasons for the public, the minority view and the day of the next look."""

    public_reasons = serializers.CharField(max_length=WORDS)
    minority_view = serializers.CharField(
        max_length=WORDS, default="", allow_blank=True, trim_whitespace=False
    )
    review_on = serializers.DateField()


class NothingSerializer(serializers.Serializer[Any]):
    """Nothing to send."""


STEPS: dict[str, tuple[Callable[..., object], type[serializers.Serializer[Any]]]] = {
    "analyse": (actions.analyse, NothingSerializer),
    "consult": (actions.consult, NothingSerializer),
    "review": (actions.review, ReasonsSerializer),
    "decide_interim": (decisions.decide_interim, InterimSerializer),
    "decide": (decisions.decide, DecidingDilemmaSerializer),
    "close": (decisions.close, ReasonsSerializer),
}


class DilemmaViewSet(Register[Dilemma]):
    """Dilemmas between rights, the latest first."""

    queryset = Dilemma.objects.select_related("risk", "prepared_by")
    asks = {
        **dict.fromkeys(
            ("create", "update", "precedents", "put_option", "tests"), (Permission.PREPARE_DILEMMA,)
        ),
        "advice": [Permission.ADVISE_ON_DILEMMA],
        "steps": (Permission.PREPARE_DILEMMA, *MAY_DECIDE),
    }
    serializer_class = DilemmaSerializer

    def _listed(self) -> QuerySet[Dilemma]:
        chosen = DilemmaFilter(self.request.query_params).chosen()
        return queries.listed_dilemmas(at=timezone.now(), **chosen)

    @extend_schema(
        responses=DilemmaSerializer(many=True),
        parameters=filters_of(DilemmaFilter.base_fields),
    )
    def list(self, request: Request) -> Response:
        """Every dilemma that the filters leave; `q` searches the question, the facts and what was decided."""
        return self.page(self._listed(), DilemmaSerializer)

    @extend_schema(responses=DilemmaStorySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One dilemma whole."""
        return self._story(self.get_object())

    @extend_schema(request=OpeningDilemmaSerializer, responses={201: DilemmaStorySerializer})
    def create(self, request: Request) -> Response:
        """Open a dilemma about a risk."""
        given = self._seen(checked(OpeningDilemmaSerializer, request), request)
        dilemma = actions.open_dilemma(given.pop("risk"), by=caller(request), at=timezone.now(), **given)
        return self._story(dilemma, code=status.HTTP_201_CREATED)

    @extend_schema(request=PreparingDilemmaSerializer, responses=DilemmaStorySerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Edit one's own while it is prepared; it is sent whole."""
        dilemma = self.get_object()
        given = self._seen(checked(PreparingDilemmaSerializer, request), request)
        actions.edit_dilemma(dilemma, by=caller(request), at=timezone.now(), **given)
        return self._story(dilemma)

    def _seen(self, given: dict[str, Any], request: Request) -> dict[str, Any]:
        """Return what was sent; a consultation that the caller may not see is none."""
        asked = given["consultations"]
        seen = visible_to(caller(request)).filter(pk__in=[one.pk for one in asked])
        if len(asked) != seen.count():
            raise NotAllowed("Consultations: choose those of this risk.")
        return given

    @extend_schema(request=PuttingOptionSerializer, responses={201: DilemmaStorySerializer})
    @action(detail=True, methods=["post"], url_path="options")
    def put_option(self, request: Request, pk: str) -> Response:
        """Put an option with its effects."""
        dilemma = self.get_object()
        given = checked(PuttingOptionSerializer, request)
        actions.put_option(dilemma, by=caller(request), at=timezone.now(), **given)
        return self._story(dilemma, code=status.HTTP_201_CREATED)

    @extend_schema(request=OptionTestSerializer, responses={201: DilemmaStorySerializer})
    @action(detail=True, methods=["post"])
    def tests(self, request: Request, pk: str) -> Response:
        """Answer the three-part test of an option."""
        dilemma = self.get_object()
        sent = checked(OptionTestSerializer, request)
        if sent["option"].dilemma_id != dilemma.pk:
            raise NotAllowed("Option: choose one of this dilemma.")
        given = given_test(sent)
        actions.test_option(sent["option"], given, by=caller(request), at=timezone.now())
        return self._story(dilemma, code=status.HTTP_201_CREATED)

    @extend_schema(request=AdvisingSerializer, responses={201: DilemmaStorySerializer})
    @action(detail=True, methods=["post"])
    def advice(self, request: Request, pk: str) -> Response:
        """Advise, or take in an expert's opinion on the risk."""
        dilemma = self.get_object()
        given = checked(AdvisingSerializer, request)
        opinion, text = given.pop("opinion"), given.pop("text")
        by, at = caller(request), timezone.now()
        if opinion is not None:
            actions.take_opinion(dilemma, opinion=opinion, by=by, at=at, **given)
        else:
            actions.advise(dilemma, text=text, by=by, at=at, **given)
        return self._story(dilemma, code=status.HTTP_201_CREATED)

    @extend_schema(request=CitingSerializer, responses={201: DilemmaStorySerializer})
    @action(detail=True, methods=["post"])
    def precedents(self, request: Request, pk: str) -> Response:
        """Cite an earlier decision."""
        dilemma = self.get_object()
        given = checked(CitingSerializer, request)
        actions.cite(dilemma, by=caller(request), at=timezone.now(), **given)
        return self._story(dilemma, code=status.HTTP_201_CREATED)

    @extend_schema(request=DecidingDilemmaSerializer, responses=DilemmaStorySerializer)
    @action(detail=True, methods=["post"], url_path="steps/<slug:step>")
    def steps(self, request: Request, pk: str, step: str) -> Response:
        """Take a step: analyse, consult, decide_interim, decide, review or close; only the last four take a body."""
        dilemma = self.get_object()
        if step not in STEPS:
            raise NotAllowed(f"Steps: {', '.join(STEPS)}.")
        act, shape = STEPS[step]
        act(dilemma, by=caller(request), at=timezone.now(), **checked(shape, request))
        return self._story(dilemma)

    def _story(self, dilemma: Dilemma, code: int = status.HTTP_200_OK) -> Response:
        dilemma.refresh_from_db()
        return Response(DilemmaStorySerializer(dilemma).data, status=code)
