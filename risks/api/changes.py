"""Changes before the launch gate: proposed, excepted, decided (GP18, G4)."""

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
from risks.actions import changes as actions
from risks.api.plans import ReasonsSerializer
from risks.forms.changes import ChangeFilter
from risks.models import Change, Product, Risk
from risks.queries import changes as queries
from risks.rules.countries import country_names


class TouchedSerializer(serializers.Serializer[Any]):
    """A linked risk before the gate."""

    risk = serializers.IntegerField(source="risk.pk")
    level = serializers.IntegerField(source="risk.level")
    blocks = serializers.BooleanField()
    sentence = serializers.CharField()


class ChangeSerializer(serializers.ModelSerializer[Change]):
    """A change."""

    products = serializers.PrimaryKeyRelatedField[Product](many=True, read_only=True)
    proposed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    decided_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    exception_asked_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    exception_signed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)

    class Meta:
        model = Change
        fields = (
            *("id", "title", "kind", "about", "products", "countries", "planned_on", "no_risk_reasons"),
            *("state", "proposed_by", "proposed_at", "decided_by", "decided_at", "reasons"),
            *("exception_reasons", "exception_asked_by", "exception_signed_by", "exception_signed_at"),
        )
        read_only_fields = fields


class PassageSerializer(serializers.Serializer[Any]):
    """A change with the gate as it stands now, by the risks that it touches."""

    id = serializers.IntegerField(source="change.pk")
    change = ChangeSerializer()
    gate_open = serializers.BooleanField(source="gate.open")
    gate = serializers.CharField(source="gate.sentence")
    warning = serializers.CharField()
    risks = TouchedSerializer(many=True, source="touched")


class ChangeStorySerializer(PassageSerializer):
    """The same with the hash of its content; whoever decides sends it back, as proof of what they read."""

    content_hash = serializers.SerializerMethodField()

    def get_content_hash(self, passage: queries.Passage) -> str:
        """Return the SHA-256 of what is proposed."""
        return actions.content_hash(passage.change)


class ProposingChangeSerializer(serializers.Serializer[Any]):
    """What is to change, whole, and the risks that it touches; or why there are none, in at least 50 characters."""

    title = serializers.CharField(max_length=160)
    kind = serializers.ChoiceField(choices=Change.Kind.choices)
    about = serializers.CharField(max_length=5000)
    products = serializers.PrimaryKeyRelatedField[Product](
        many=True, queryset=Product.objects.all(), required=False
    )
    countries = serializers.ListField(
        child=serializers.CharField(max_length=2), max_length=300, required=False
    )
    planned_on = serializers.DateField(default=None, allow_null=True)
    risks = serializers.PrimaryKeyRelatedField[Risk](many=True, queryset=Risk.objects.all(), required=False)
    no_risk_reasons = serializers.CharField(max_length=5000, default="", allow_blank=True)

    def validate_countries(self, codes: list[str]) -> list[str]:
        """Return the codes, or refuse what is none."""
        unknown = [one for one in codes if one not in country_names()]
        if unknown:
            raise serializers.ValidationError("Countries: use ISO 3166-1 codes of two letters, such as KE.")
        return codes

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return all parts; what is not sent is empty."""
        return {name: [] for name in ("products", "countries", "risks")} | given


class ChangeDecisionSerializer(ReasonsSerializer):
    """Why, and the content_hash of what was read."""

    seen_hash = serializers.CharField(max_length=64)


STEPS: dict[str, tuple[Callable[..., object], type[serializers.Serializer[Any]]]] = {
    "approve": (actions.approve, ChangeDecisionSerializer),
    "refuse": (actions.refuse, ChangeDecisionSerializer),
    "withdraw": (actions.withdraw, ReasonsSerializer),
}


class ChangeViewSet(Register[Change]):
    """Changes that pass the launch gate, the latest first."""

    queryset = Change.objects.select_related(
        "proposed_by", "decided_by", "exception_asked_by", "exception_signed_by"
    )
    asks = {
        **dict.fromkeys(("create", "update", "exception"), (Permission.PROPOSE_CHANGE,)),
        "steps": [Permission.PROPOSE_CHANGE, Permission.APPROVE_CHANGE],
    }
    serializer_class = ChangeSerializer

    def _listed(self) -> QuerySet[Change]:
        found = queries.listed_changes(**ChangeFilter(self.request.query_params).chosen())
        related = ("decided_by", "exception_asked_by", "exception_signed_by")
        return found.select_related("proposed_by", *related).prefetch_related("products")

    @extend_schema(responses=PassageSerializer(many=True), parameters=filters_of(ChangeFilter.base_fields))
    def list(self, request: Request) -> Response:
        """Every change that the filters leave, with its gate."""
        found = queries.passages(self.paginate_queryset(self._listed()) or [])
        return self.get_paginated_response(PassageSerializer(found, many=True).data)

    @extend_schema(responses=ChangeStorySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One change with its gate."""
        return self._story(self.get_object())

    @extend_schema(request=ProposingChangeSerializer, responses={201: ChangeStorySerializer})
    def create(self, request: Request) -> Response:
        """Propose a change."""
        given = checked(ProposingChangeSerializer, request)
        change = actions.propose(by=caller(request), at=timezone.now(), **given)
        return self._story(change, code=status.HTTP_201_CREATED)

    @extend_schema(request=ProposingChangeSerializer, responses=ChangeStorySerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Edit one's own proposal; it is sent whole. An exception for other content falls with it."""
        change = self.get_object()
        given = checked(ProposingChangeSerializer, request)
        actions.edit(change, by=caller(request), at=timezone.now(), **given)
        return self._story(change)

    @extend_schema(request=ReasonsSerializer, responses=ChangeStorySerializer)
    @action(detail=True, methods=["post"])
    def exception(self, request: Request, pk: str) -> Response:
        """Ask a senior for an exception for the risks that shut the gate now; it is signed on the page of sign-offs."""
        change = self.get_object()
        given = checked(ReasonsSerializer, request)
        actions.ask_exception(change, by=caller(request), at=timezone.now(), **given)
        return self._story(change)

    @extend_schema(request=ChangeDecisionSerializer, responses=ChangeStorySerializer)
    @action(detail=True, methods=["post"], url_path="steps/<slug:step>")
    def steps(self, request: Request, pk: str, step: str) -> Response:
        """Approve, refuse or withdraw; withdrawing needs no hash."""
        change = self.get_object()
        if step not in STEPS:
            raise NotAllowed(f"Steps: {', '.join(STEPS)}.")
        act, shape = STEPS[step]
        act(change, by=caller(request), at=timezone.now(), **checked(shape, request))
        return self._story(change)

    def _story(self, change: Change, code: int = status.HTTP_200_OK) -> Response:
        change.refresh_from_db()
        return Response(ChangeStorySerializer(queries.passage_of(change)).data, status=code)
