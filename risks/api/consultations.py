"""Consultations as each reader may see them, and the steps of their engagement teams (domain.md 0.4, 7).

What is answered is built from `risks.queries.consultations` alone. Participants, the place and the notes of a team are
not in the API at all: only the pages show them, and log it.
"""

from collections.abc import Callable
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
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import consultations as actions
from risks.actions import findings
from risks.actions.screening import all_texts_of, content_hash
from risks.api.findings import FindingWordsSerializer, SeenFindingSerializer, seen
from risks.forms.consultations import ConsultationFilter, colleagues
from risks.models import Change, Consultation, ExitDecision, Measure, ModelReview, Risk, StakeholderGroup
from risks.queries import consultations as queries
from risks.rules.consultation import Consent, Method, Purpose, Safeguard
from risks.rules.words import labels


def _words(*, needed: bool = False) -> serializers.CharField:
    if needed:
        return serializers.CharField(max_length=5000)
    return serializers.CharField(max_length=5000, default="", allow_blank=True)


def _records(found: QuerySet[Any]) -> serializers.PrimaryKeyRelatedField[Any]:
    return serializers.PrimaryKeyRelatedField[Any](many=True, queryset=found, required=False)


class LinkSerializer(serializers.Serializer[Any]):
    """A record that a consultation is about."""

    kind = serializers.CharField()
    id = serializers.IntegerField(source="pk")
    label = serializers.CharField()  # type: ignore[assignment]


class ConsultationRowSerializer(serializers.Serializer[Any]):
    """A consultation in a list; of a guarded one only purpose, state and links are told to outsiders."""

    id = serializers.IntegerField(source="pk")
    label = serializers.CharField()  # type: ignore[assignment]
    purpose = serializers.CharField()
    state = serializers.CharField(source="state_code")
    linked = LinkSerializer(many=True)
    guarded = serializers.BooleanField()
    of_team = serializers.BooleanField(help_text="Whether the reader is of its engagement team")
    told_by_dossier = serializers.BooleanField()
    method = serializers.CharField()
    groups = serializers.ListField(child=serializers.CharField())
    when = serializers.CharField()
    people = serializers.CharField(help_text="In words; a small number is not told to outsiders")
    proxy = serializers.BooleanField()
    after_the_fact = serializers.BooleanField()
    findings = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    overdue = serializers.IntegerField()


class PartSerializer(serializers.Serializer[Any]):
    """How many of a group, in words."""

    group = serializers.SerializerMethodField()
    people = serializers.SerializerMethodField()

    def get_group(self, part: tuple[str, str]) -> str:
        """Return the group."""
        return part[0]

    def get_people(self, part: tuple[str, str]) -> str:
        """Return the number in words."""
        return part[1]


class ConsultationSerializer(serializers.Serializer[Any]):
    """One consultation as its reader may see it."""

    consultation = ConsultationRowSerializer(source="row")
    question = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    breakdown = PartSerializer(many=True)
    safeguards_checked = serializers.BooleanField()
    proxy_reasons = serializers.CharField()
    limits = serializers.CharField()
    summary = serializers.CharField()
    screened = serializers.BooleanField()
    validated = serializers.BooleanField()
    published = serializers.BooleanField()
    findings = SeenFindingSerializer(many=True)


class ConsultationPlanSerializer(serializers.Serializer[Any]):
    """A consultation before people are asked. Others read the title and the question: name no person, no place there.

    `place` and `team_notes` are for the engagement team; they are taken, and no answer of the API holds them.
    """

    title = serializers.CharField(max_length=160)
    purpose = serializers.ChoiceField(choices=labels(Purpose))
    question = _words(needed=True)
    method = serializers.ChoiceField(choices=labels(Method))
    planned_on = serializers.DateField(default=None, allow_null=True)
    risks = _records(Risk.objects.all())
    measures = _records(Measure.objects.all())
    exits = _records(ExitDecision.objects.all())
    model_reviews = _records(ModelReview.objects.all())
    changes = _records(Change.objects.all())
    groups = serializers.PrimaryKeyRelatedField[StakeholderGroup](
        many=True, queryset=StakeholderGroup.objects.all()
    )
    languages = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=100, default=list
    )
    proxy_reasons = _words()
    risk_to_participants = serializers.IntegerField(
        min_value=1, max_value=5, default=None, allow_null=True, help_text="1 to 5; null counts as 5"
    )
    safeguards = serializers.ListField(
        child=serializers.ChoiceField(choices=labels(Safeguard)), max_length=100, default=list
    )
    safeguards_note = _words()
    independent_facilitator = serializers.BooleanField(default=False)
    compensation = _words()
    info_shared_in_advance = serializers.BooleanField(default=False)
    days_before = serializers.IntegerField(min_value=0, max_value=365, default=None, allow_null=True)
    team = serializers.SlugRelatedField[User](
        slug_field="username", many=True, queryset=User.objects.filter(is_active=True), required=False
    )
    place = _words()
    team_notes = _words()

    def validate_team(self, team: list[User]) -> list[User]:
        """Return the team, or refuse whoever may not be of one."""
        able = set(colleagues().values_list("pk", flat=True))
        if any(one.pk not in able for one in team):
            raise serializers.ValidationError("Team: choose people who engage, check safeguards or answer.")
        return team

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the plan as the page hands it on."""
        links = {kind: given.pop(kind, []) for kind in queries.LINKED}
        return {"team": []} | given | {"links": links}


class CountedPartSerializer(serializers.Serializer[Any]):
    """How many of a group took part; groups, never people."""

    group = serializers.CharField(max_length=80)
    count = serializers.IntegerField(min_value=0, max_value=1_000_000)


class HoldingSerializer(serializers.Serializer[Any]):
    """When it was held, with how many, with which consent, within which limits."""

    held_from = serializers.DateField()
    held_until = serializers.DateField(default=None, allow_null=True)
    participants_n = serializers.IntegerField(min_value=0, max_value=1_000_000)
    breakdown = CountedPartSerializer(many=True, required=False)
    consent_recording = serializers.ChoiceField(choices=labels(Consent))
    consent_attribution = serializers.ChoiceField(choices=labels(Consent))
    consent_reuse = serializers.ChoiceField(choices=labels(Consent))
    limits = _words(needed=True)
    proxy_reasons = _words()

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return all parts; a breakdown that is not sent is empty."""
        return {"breakdown": []} | given


class SummarySerializer(serializers.Serializer[Any]):
    """What was heard, all in all; it names no person and no place."""

    summary = _words(needed=True)


class ScreeningTextSerializer(serializers.Serializer[Any]):
    """A text that others will read."""

    label = serializers.CharField()  # type: ignore[assignment]
    text = serializers.CharField()


class ScreeningSerializer(serializers.Serializer[Any]):
    """All that others will read, and the hash that a screening is bound to."""

    texts = ScreeningTextSerializer(many=True)
    content_hash = serializers.CharField()


class ScreenedSerializer(serializers.Serializer[Any]):
    """The content_hash of what was read."""

    seen_hash = serializers.CharField(max_length=64)


class AgreementSerializer(serializers.Serializer[Any]):
    """How and when those who took part agreed to the summary."""

    validated_how = _words(needed=True)
    validated_on = serializers.DateField()


class ConsultationViewSet(Register[Consultation]):
    """Consultations, the latest first. To whoever is not of its engagement team each step answers: nothing is here."""

    queryset = Consultation.objects.none()
    keeps_answers = False
    asks = {
        **dict.fromkeys(
            ("create", "update", "agreed", "findings", "held", "steps", "summary"),
            (Permission.RUN_CONSULTATION,),
        ),
        "safeguards": [Permission.CHECK_SAFEGUARDS],
        "screening": [Permission.CHECK_SAFEGUARDS],
    }
    serializer_class = ConsultationSerializer

    def get_queryset(self) -> QuerySet[Consultation]:
        """Return those of which the reader may know that they exist."""
        return queries.visible_to(caller(self.request))

    @extend_schema(
        responses=ConsultationRowSerializer(many=True), parameters=filters_of(ConsultationFilter.base_fields)
    )
    def list(self, request: Request) -> Response:
        """Every consultation that the filters leave, as much of each as the reader may see."""
        user, today = caller(request), timezone.now().date()
        found = queries.listed(user, on=today, **ConsultationFilter(request.query_params).chosen())
        rows = queries.rows_of(self.paginate_queryset(found) or [], user, on=today)
        return self.get_paginated_response(ConsultationRowSerializer(rows, many=True).data)

    @extend_schema(responses=ConsultationSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One consultation, as much of it as the reader may see."""
        return self._seen(self.get_object())

    @extend_schema(request=ConsultationPlanSerializer, responses={201: ConsultationSerializer})
    def create(self, request: Request) -> Response:
        """Plan a consultation; whoever plans it organises it."""
        user = caller(request)
        user.demand(Permission.RUN_CONSULTATION)
        given = checked(ConsultationPlanSerializer, request)
        return self._seen(
            actions.plan_consultation(by=user, at=timezone.now(), **given), code=status.HTTP_201_CREATED
        )

    @extend_schema(request=ConsultationPlanSerializer, responses=ConsultationSerializer)
    def update(self, request: Request, pk: str) -> Response:
        """Change a plan until its safeguards are checked; it is sent whole."""
        return self._run(request, actions.change_plan, ConsultationPlanSerializer)

    @extend_schema(request=None, responses=ConsultationSerializer)
    @action(detail=True, methods=["post"])
    def safeguards(self, request: Request, pk: str) -> Response:
        """Record that the safeguards suffice (E1)."""
        one = self._of_my_team(request, Permission.CHECK_SAFEGUARDS)
        actions.check_safeguards(one, by=caller(request), at=timezone.now())
        return self._seen(one)

    @extend_schema(request=HoldingSerializer, responses=ConsultationSerializer)
    @action(detail=True, methods=["post"])
    def held(self, request: Request, pk: str) -> Response:
        """Record that people were asked."""
        return self._run(request, actions.hold, HoldingSerializer)

    @extend_schema(request=SummarySerializer, responses=ConsultationSerializer)
    @action(detail=True, methods=["post"])
    def summary(self, request: Request, pk: str) -> Response:
        """Write or rewrite the summary; it must be screened again."""
        return self._run(request, actions.write_summary, SummarySerializer)

    @extend_schema(methods=["get"], responses=ScreeningSerializer)
    @extend_schema(methods=["post"], request=ScreenedSerializer, responses=ConsultationSerializer)
    @action(detail=True, methods=["get", "post"])
    def screening(self, request: Request, pk: str) -> Response:
        """Read all that others will read, then record that it identifies nobody."""
        one = self._of_my_team(request, Permission.CHECK_SAFEGUARDS)
        if request.method == "POST":
            given = checked(ScreenedSerializer, request)
            actions.screen(one, by=caller(request), at=timezone.now(), **given)
            return self._seen(one)
        texts = [{"label": label, "text": said} for label, said in all_texts_of(one).items() if said]
        return Response(ScreeningSerializer({"texts": texts, "content_hash": content_hash(one)}).data)

    @extend_schema(request=AgreementSerializer, responses=ConsultationSerializer)
    @action(detail=True, methods=["post"])
    def agreed(self, request: Request, pk: str) -> Response:
        """Record that those who took part agreed to the summary."""
        return self._run(request, actions.validate, AgreementSerializer)

    @extend_schema(request=FindingWordsSerializer, responses={201: SeenFindingSerializer})
    @action(detail=True, methods=["post"])
    def findings(self, request: Request, pk: str) -> Response:
        """Record what people said; it must be screened before others read it."""
        one = self._of_my_team(request, Permission.RUN_CONSULTATION)
        given = checked(FindingWordsSerializer, request)
        finding = findings.record_finding(one, by=caller(request), at=timezone.now(), **given)
        return seen(finding, code=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ConsultationSerializer)
    @action(detail=True, methods=["post"], url_path="steps/<slug:step>")
    def steps(self, request: Request, pk: str, step: str) -> Response:
        """Summarise, respond, tell, publish, unpublish or close."""
        one = self._of_my_team(request, Permission.RUN_CONSULTATION)
        if step not in actions.STEPS_BY_BUTTON:
            raise NotAllowed(f"Steps: {', '.join(actions.STEPS_BY_BUTTON)}.")
        actions.take_step(one, step, by=caller(request), at=timezone.now())
        return self._seen(one)

    def _of_my_team(self, request: Request, permission: Permission) -> Consultation:
        """Return a consultation of the reader's teams; for everybody else it is not there."""
        user = caller(request)
        user.demand(permission)
        return get_object_or_404(queries.team_only(user), pk=self.kwargs["pk"])

    def _run(
        self, request: Request, act: Callable[..., object], shape: type[serializers.Serializer[Any]]
    ) -> Response:
        one = self._of_my_team(request, Permission.RUN_CONSULTATION)
        act(one, by=caller(request), at=timezone.now(), **checked(shape, request))
        return self._seen(one)

    def _seen(self, one: Consultation, code: int = status.HTTP_200_OK) -> Response:
        one.refresh_from_db()
        page = queries.page_of(one, caller(self.request), on=timezone.now().date())
        return Response(ConsultationSerializer(page).data, status=code)
