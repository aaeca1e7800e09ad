"""Partners and relationships: recorded, corrected, with their terms, risks and notes (domain.md 5, UNGP 19)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked, filters_of
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import crucial, partner_notes
from risks.actions import onboarding as gate
from risks.actions import partners as actions
from risks.actions import terms as terms_actions
from risks.actions.contacts import note_read_of_marked
from risks.api.partner_shapes import (
    OnboardingStorySerializer,
    PartnerNoteSerializer,
    PartnerSerializer,
    PartnerStorySerializer,
    RelationshipRowSerializer,
    RelationshipSerializer,
    RelationshipStorySerializer,
)
from risks.api.plans import ReasonsSerializer
from risks.models import AgreedTerms, Partner, PartnerNote, PolicyVersion, Relationship, Risk
from risks.queries.partner_filter import PartnerFilter
from risks.queries.partners import never_named
from risks.queries.time_to_change import clocks_of_page
from risks.rules.partner import REVENUE_BANDS, PartnerFacts, RelationshipFacts

NOT_FILTERS = ("sort",)


def _person() -> Any:
    return serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True), allow_null=True, required=False
    )


def _text(**more: Any) -> serializers.CharField:
    return serializers.CharField(max_length=5000, **more)


class FactsSerializer(serializers.Serializer[Any]):
    """What a relationship is. Whether it is crucial, and its terms, have addresses of their own."""

    kind = serializers.ChoiceField(choices=Relationship.Kind.choices)
    supplied = _text()
    country = serializers.CharField(max_length=2, default="", allow_blank=True)
    products = serializers.ListField(
        child=serializers.CharField(max_length=120), max_length=100, default=list
    )
    started_on = serializers.DateField(default=None, allow_null=True)
    contract_end = serializers.DateField(default=None, allow_null=True)
    revenue_band = serializers.ChoiceField(
        choices=[(str(band), said) for band, said in REVENUE_BANDS.items()], default="", allow_blank=True
    )
    owner = _person()


class RecordingRelationshipSerializer(FactsSerializer):
    """A relationship, and its partner where the name is new; `naming_endangers` is taken and never told again."""

    partner = serializers.CharField(max_length=200)
    partner_country = serializers.CharField(max_length=2, default="", allow_blank=True)
    about = _text(default="", allow_blank=True)
    naming_endangers = _text(default="", allow_blank=True)
    not_begun = serializers.BooleanField(default=False)


class CorrectingRelationshipSerializer(FactsSerializer):
    """What is wrong, as it shall be, and why; what is not sent stays as it is."""

    reasons = _text()


class TakingUpSerializer(CorrectingRelationshipSerializer):
    """What a relationship is that a dossier tells of, where it stands, and where this is known from."""

    status = serializers.ChoiceField(choices=list(actions.STANDS.items()))


class CorrectingPartnerSerializer(serializers.Serializer[Any]):
    """What is wrong, as it shall be, and why; what is not sent stays. A `warning` is added to the one on record."""

    name = serializers.CharField(max_length=200, required=False)
    country = serializers.CharField(max_length=2, allow_blank=True, required=False)
    about = _text(allow_blank=True, required=False)
    warning = _text(allow_blank=True, required=False)
    reasons = _text()


class LiftingSerializer(ReasonsSerializer):
    """What the warning not to name a partner says from now on; empty where naming it endangers nobody any more."""

    naming_endangers = _text(allow_blank=True)


class NotingSerializer(serializers.Serializer[Any]):
    """A list or an owner, with day and source; `replaces` a note that was wrong or is out of date."""

    kind = serializers.ChoiceField(choices=PartnerNote.Kind.choices)
    subject = serializers.CharField(max_length=200)
    standing = serializers.ChoiceField(choices=PartnerNote.Standing.choices, default="", allow_blank=True)
    since = serializers.DateField(default=None, allow_null=True)
    share = serializers.DecimalField(max_digits=5, decimal_places=2, default=None, allow_null=True)
    source = serializers.CharField(max_length=500)  # type: ignore[assignment]
    says = _text(default="", allow_blank=True)
    noted_on = serializers.DateField()
    replaces = serializers.PrimaryKeyRelatedField[PartnerNote](
        queryset=PartnerNote.objects.all(), default=None, allow_null=True
    )


class BeginningSerializer(serializers.Serializer[Any]):
    """The day on which a relationship begins."""

    on = serializers.DateField()


class CrucialTestSerializer(ReasonsSerializer):
    """Whether it is crucial: both reasons where it is; revenue is none."""

    crucial = serializers.BooleanField()
    essential = _text(default="", allow_blank=True)
    no_alternative = _text(default="", allow_blank=True)


class RevenueOwnersSerializer(ReasonsSerializer):
    """All who have a revenue target on the partner, from now on."""

    owners = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True), many=True
    )


class TyingSerializer(serializers.Serializer[Any]):
    """A harm tied to a relationship; its clock starts on the day since which the company knows."""

    risk = serializers.PrimaryKeyRelatedField[Risk](queryset=Risk.objects.exclude(status=Risk.Status.CLOSED))
    known_since = serializers.DateField()
    how_known = _text()
    own_contribution = serializers.BooleanField(default=False)
    zero_tolerance_breach = _text(default="", allow_blank=True)


class AgreeingSerializer(serializers.Serializer[Any]):
    """A version of one of our policies, or an outside code with its version."""

    policy_version = serializers.PrimaryKeyRelatedField[PolicyVersion](
        queryset=PolicyVersion.objects.all(), default=None, allow_null=True
    )
    code_name = serializers.CharField(max_length=200, default="", allow_blank=True)
    code_version = serializers.CharField(max_length=60, default="", allow_blank=True)
    agreed_from = serializers.DateField()
    agreed_until = serializers.DateField(default=None, allow_null=True)
    source = serializers.CharField(max_length=500, default="", allow_blank=True)  # type: ignore[assignment]


class EndingTermsSerializer(ReasonsSerializer):
    """Which terms, the last day on which they stand, and why."""

    terms = serializers.PrimaryKeyRelatedField[AgreedTerms](queryset=AgreedTerms.objects.all())
    on = serializers.DateField()


class AskingOnboardingSerializer(serializers.Serializer[Any]):
    """What is asked before a relationship starts (domain.md 5.3)."""

    use_case = _text()
    end_users = _text()
    country = serializers.CharField(max_length=2)
    red_flags = _text()


class _Outside:
    """What the shapes need to know: the names that are never told, and the day."""

    def get_serializer_context(self) -> dict[str, Any]:
        """Return the context, with the names and the day."""
        base: dict[str, Any] = super().get_serializer_context()  # type: ignore[misc]
        return base | {"names": never_named(), "on": timezone.now().date()}


class PartnerViewSet(_Outside, Register[Partner]):
    """Partners, the latest first. One is recorded with its first relationship, by POST to `relationships/`."""

    queryset = Partner.objects.all()
    asks = {
        "partial_update": [Permission.LOG_LEVERAGE],
        "notes": [Permission.LOG_LEVERAGE],
        "warning": [Permission.CLEAR_REPORT],
    }
    serializer_class = PartnerSerializer

    @extend_schema(responses=PartnerSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every partner."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses=PartnerStorySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One partner with its relationships and notes."""
        partner = self.get_object()
        note_read_of_marked(partner, by=caller(request), at=timezone.now())
        return self._story(partner)

    @extend_schema(request=CorrectingPartnerSerializer, responses=PartnerStorySerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct who it is; before and after are kept on its page, and cannot be changed."""
        partner = self.get_object()
        given = checked(CorrectingPartnerSerializer, request)
        warning = "\n".join(filter(None, [partner.naming_endangers, given.get("warning", "").strip()]))
        facts = PartnerFacts(
            name=" ".join(given.get("name", partner.name).split()),
            country=given.get("country", partner.country),
            about=given.get("about", partner.about),
            naming_endangers=warning,
        )
        actions.correct_partner(
            partner, facts, reasons=given["reasons"], by=caller(request), at=timezone.now()
        )
        return self._story(partner)

    @extend_schema(request=LiftingSerializer, responses=PartnerStorySerializer)
    @action(detail=True, methods=["post"])
    def warning(self, request: Request, pk: str) -> Response:
        """Lift or reword the warning not to name it: the safety officer alone (N8)."""
        partner = self.get_object()
        given = checked(LiftingSerializer, request)
        actions.lift_warning(partner, by=caller(request), at=timezone.now(), **given)
        return self._story(partner)

    @extend_schema(request=NotingSerializer, responses={201: PartnerNoteSerializer})
    @action(detail=True, methods=["post"])
    def notes(self, request: Request, pk: str) -> Response:
        """Record a list or an owner."""
        partner = self.get_object()
        given = checked(NotingSerializer, request)
        note = partner_notes.record_note(partner, by=caller(request), at=timezone.now(), **given)
        context = self.get_serializer_context()
        return Response(PartnerNoteSerializer(note, context=context).data, status=status.HTTP_201_CREATED)

    def _story(self, partner: Partner) -> Response:
        partner.refresh_from_db()
        return Response(PartnerStorySerializer(partner, context=self.get_serializer_context()).data)


class RelationshipViewSet(_Outside, Register[Relationship]):
    """Relationships, the latest first, each with its most pressing clock."""

    queryset = Relationship.objects.select_related("partner", "owner")
    asks = {
        **dict.fromkeys(
            ("create", "partial_update", "begin", "end_terms", "onboarding", "take_up", "terms"),
            (Permission.LOG_LEVERAGE,),
        ),
        "crucial": [Permission.DECIDE_EXIT],
        "revenue_owners": [Permission.DECIDE_EXIT],
        "risks": [Permission.ASSESS_RISK],
    }
    serializer_class = RelationshipSerializer

    def _ids(self, request: Request) -> QuerySet[Relationship]:
        filters = PartnerFilter(request.query_params, reader=caller(request), at=timezone.now())
        if "clock" in filters.chosen or "code" in filters.chosen:
            return self.get_queryset().filter(pk__in=filters.ids)
        found: QuerySet[Relationship] = filters.qs.select_related("partner", "owner")
        return found

    @extend_schema(
        responses=RelationshipRowSerializer(many=True),
        parameters=filters_of(PartnerFilter.base_filters, but=NOT_FILTERS),
    )
    def list(self, request: Request) -> Response:
        """Every relationship that the filters leave."""
        page: Sequence[Relationship] = self.paginate_queryset(self._ids(request)) or []
        context = self.get_serializer_context()
        clocks = clocks_of_page(page, on=context["on"])
        rows = [{"relationship": one, "clock": reading} for one, reading in clocks]
        return self.get_paginated_response(RelationshipRowSerializer(rows, many=True, context=context).data)

    @extend_schema(responses=RelationshipStorySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One relationship with its terms, onboarding and clocks."""
        relationship = self.get_object()
        note_read_of_marked(relationship.partner, by=caller(request), at=timezone.now())
        return self._story(relationship)

    @extend_schema(
        request=RecordingRelationshipSerializer,
        responses={201: RelationshipStorySerializer},
        examples=[
            OpenApiExample(
                "A reseller whose onboarding is still ahead",
                request_only=True,
                value={
                    "partner": "Northern Cloud",
                    "partner_country": "DE",
                    "kind": "reseller",
                    "supplied": "We supply hosting; the partner resells it to ministries.",
                    "country": "KE",
                    "not_begun": True,
                },
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Record a relationship, and its partner where the name is new."""
        given = checked(RecordingRelationshipSerializer, request)
        partner = PartnerFacts(
            given.pop("partner"),
            given.pop("partner_country"),
            given.pop("about"),
            given.pop("naming_endangers"),
        )
        owner, not_begun = given.pop("owner", None), given.pop("not_begun")
        facts = RelationshipFacts(**given | {"products": tuple(given["products"])})
        made = actions.record_relationship(
            partner, facts, not_begun=not_begun, owner=owner, by=caller(request), at=timezone.now()
        )
        return self._story(made, code=status.HTTP_201_CREATED)

    @extend_schema(request=CorrectingRelationshipSerializer, responses=RelationshipStorySerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Correct what is on record; before and after are kept on its page, and cannot be changed."""
        one = self.get_object()
        given = checked(CorrectingRelationshipSerializer, request, partial=True)
        reasons, owner = given.pop("reasons", ""), given.pop("owner", one.owner)
        whole = vars(actions.facts_of(one)) | given
        facts = RelationshipFacts(**whole | {"products": tuple(whole["products"])})
        actions.correct_relationship(
            one, facts, owner=owner, reasons=reasons, by=caller(request), at=timezone.now()
        )
        return self._story(one)

    @extend_schema(request=TakingUpSerializer, responses=RelationshipStorySerializer)
    @action(detail=True, methods=["post"], url_path="take-up")
    def take_up(self, request: Request, pk: str) -> Response:
        """Say what it is that a dossier tells of, and where it stands (5.1)."""
        one = self.get_object()
        given = checked(TakingUpSerializer, request)
        standing, reasons, owner = given.pop("status"), given.pop("reasons"), given.pop("owner", None)
        facts = RelationshipFacts(**given | {"products": tuple(given["products"])})
        actions.take_up_relationship(
            one, facts, status=standing, owner=owner, reasons=reasons, by=caller(request), at=timezone.now()
        )
        return self._story(one)

    @extend_schema(request=BeginningSerializer, responses=RelationshipStorySerializer)
    @action(detail=True, methods=["post"])
    def begin(self, request: Request, pk: str) -> Response:
        """Let it begin, once its onboarding was approved (5.3)."""
        one = self.get_object()
        given = checked(BeginningSerializer, request)
        actions.begin_relationship(one, by=caller(request), at=timezone.now(), **given)
        return self._story(one)

    @extend_schema(request=CrucialTestSerializer, responses=RelationshipStorySerializer)
    @action(detail=True, methods=["post"])
    def crucial(self, request: Request, pk: str) -> Response:
        """Find whether it is crucial (5.5); a senior who earns nothing by it."""
        one = self.get_object()
        given = checked(CrucialTestSerializer, request)
        crucial.judge_crucial(one, by=caller(request), at=timezone.now(), **given)
        return self._story(one)

    @extend_schema(request=RevenueOwnersSerializer, responses=RelationshipStorySerializer)
    @action(detail=True, methods=["post"], url_path="revenue-owners")
    def revenue_owners(self, request: Request, pk: str) -> Response:
        """Name who has a revenue target on the partner; they decide nothing about it (SD4)."""
        one = self.get_object()
        given = checked(RevenueOwnersSerializer, request)
        crucial.name_revenue_owners(one, by=caller(request), at=timezone.now(), **given)
        return self._story(one)

    @extend_schema(request=TyingSerializer, responses={201: RelationshipStorySerializer})
    @action(detail=True, methods=["post"])
    def risks(self, request: Request, pk: str) -> Response:
        """Tie a harm to it; its clock starts."""
        one = self.get_object()
        given = checked(TyingSerializer, request)
        actions.tie_risk(one, by=caller(request), at=timezone.now(), **given)
        return self._story(one, code=status.HTTP_201_CREATED)

    @extend_schema(request=AgreeingSerializer, responses={201: RelationshipStorySerializer})
    @action(detail=True, methods=["post"])
    def terms(self, request: Request, pk: str) -> Response:
        """Record what the partner agreed to."""
        one = self.get_object()
        given = checked(AgreeingSerializer, request)
        terms_actions.agree_terms(one, by=caller(request), at=timezone.now(), **given)
        return self._story(one, code=status.HTTP_201_CREATED)

    @extend_schema(request=EndingTermsSerializer, responses=RelationshipStorySerializer)
    @action(detail=True, methods=["post"], url_path="terms/end")
    def end_terms(self, request: Request, pk: str) -> Response:
        """Record that terms of it no longer stand."""
        one = self.get_object()
        given = checked(EndingTermsSerializer, request)
        terms = get_object_or_404(one.terms, pk=given.pop("terms").pk)
        terms_actions.end_terms(terms, by=caller(request), at=timezone.now(), **given)
        return self._story(one)

    @extend_schema(request=AskingOnboardingSerializer, responses={201: OnboardingStorySerializer})
    @action(detail=True, methods=["post"])
    def onboarding(self, request: Request, pk: str) -> Response:
        """Ask for its onboarding."""
        one = self.get_object()
        given = checked(AskingOnboardingSerializer, request)
        asked = gate.ask_onboarding(one, by=caller(request), at=timezone.now(), **given)
        context = self.get_serializer_context()
        return Response(
            OnboardingStorySerializer(asked, context=context).data, status=status.HTTP_201_CREATED
        )

    def _story(self, one: Relationship, code: int = status.HTTP_200_OK) -> Response:
        found = self.get_queryset().get(pk=one.pk)
        context = self.get_serializer_context()
        return Response(RelationshipStorySerializer(found, context=context).data, status=code)
