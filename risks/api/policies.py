"""The policy register: policies, the drafts of their versions, and asking for approval (UNGP 16)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller, checked, filters_of
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import policies as actions
from risks.forms.policies import KIND, PolicyFilter
from risks.models import Consultation, Policy, PolicyVersion
from risks.queries import policies as queries
from risks.rules.policy import (
    LANGUAGES,
    LONGEST_CLAUSE,
    LONGEST_HEADING,
    MOST_CLAUSES,
    Clause,
    refusals_to_submit,
)


class ClauseSerializer(serializers.Serializer[Any]):
    """A clause. Keep its number from version to version: measures rely on it."""

    number = serializers.CharField(max_length=16)
    heading = serializers.CharField(max_length=LONGEST_HEADING, allow_blank=True)
    text = serializers.CharField(max_length=LONGEST_CLAUSE, allow_blank=True)


class VersionShortSerializer(serializers.ModelSerializer[PolicyVersion]):
    """A version of a policy in one language, without its text."""

    class Meta:
        model = PolicyVersion
        fields = ("id", "number", "language", "title", "state", "in_force_from", "in_force_on", "ended_on")
        read_only_fields = fields


class PolicySerializer(serializers.ModelSerializer[Policy]):
    """A policy with its versions."""

    owner = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    versions = VersionShortSerializer(many=True, read_only=True)

    class Meta:
        model = Policy
        fields = ("id", "slug", "title", "kind", "owner", "recorded_at", "versions")
        read_only_fields = fields


class VersionSerializer(serializers.ModelSerializer[PolicyVersion]):
    """A version with its text; content_hash is that of what was submitted, draft_hash that of what stands now."""

    policy = serializers.SlugRelatedField[Policy](slug_field="slug", read_only=True)
    drafted_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    approved_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    consultations = serializers.PrimaryKeyRelatedField[Consultation](many=True, read_only=True)
    draft_hash = serializers.SerializerMethodField()
    lacking = serializers.SerializerMethodField()

    class Meta:
        model = PolicyVersion
        fields = (
            *("id", "policy", "number", "language", "title", "state", "clauses", "what_changed", "consulted"),
            *("consultations", "experts", "in_force_from", "next_review", "adopted_before", "authors"),
            *("drafted_by", "drafted_at", "approved_by", "approved_at", "approved_as", "in_force_on"),
            *("ended_on", "ending_reasons", "content_hash", "draft_hash", "lacking"),
        )
        read_only_fields = fields

    def get_draft_hash(self, version: PolicyVersion) -> str:
        """Return the SHA-256 of the text as it stands; whoever saves a draft sends it back."""
        return actions.content_hash(version)

    def get_lacking(self, version: PolicyVersion) -> list[str]:
        """Return why it could not be submitted now; empty once it was approved."""
        if version.approved_at is not None:
            return []
        return refusals_to_submit(actions.text_of(version, today=timezone.now().date()))


class RecordingPolicySerializer(serializers.Serializer[Any]):
    """A policy before its first draft; address and kind stay."""

    title = serializers.CharField(max_length=160)
    slug = serializers.SlugField(max_length=60)
    kind = serializers.ChoiceField(choices=KIND)
    language = serializers.ChoiceField(choices=list(LANGUAGES.items()))
    owner = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True)
    )

    def validate_slug(self, slug: str) -> str:
        """Return it in small letters, as addresses are."""
        return slug.lower()

    def validate_owner(self, owner: User) -> User:
        """Return the owner, or refuse somebody who does not work on the desk."""
        if not owner.may(Permission.READ_DESK):
            raise serializers.ValidationError("Owner: choose somebody who works on the desk.")
        return owner


class NewVersionSerializer(serializers.Serializer[Any]):
    """The next version, or a translation of the one in force or in work."""

    language = serializers.ChoiceField(choices=list(LANGUAGES.items()))
    translation = serializers.BooleanField(default=False)


class SavingVersionSerializer(serializers.Serializer[Any]):
    """A draft, whole, finished or not; seen_hash is the draft_hash of what was read."""

    title = serializers.CharField(max_length=160)
    clauses = ClauseSerializer(many=True)
    what_changed = serializers.CharField(max_length=5000, default="", allow_blank=True)
    consulted = serializers.CharField(max_length=5000, default="", allow_blank=True)
    consultations = serializers.PrimaryKeyRelatedField[Consultation](
        many=True, queryset=Consultation.objects.all(), required=False
    )
    experts = serializers.CharField(max_length=5000, default="", allow_blank=True)
    in_force_from = serializers.DateField(default=None, allow_null=True)
    next_review = serializers.DateField(default=None, allow_null=True)
    adopted_before = serializers.CharField(max_length=5000, default="", allow_blank=True)
    seen_hash = serializers.CharField(max_length=64)

    def validate_clauses(self, given: list[dict[str, str]]) -> list[Clause]:
        """Return the clauses as the rules read them."""
        if len(given) > MOST_CLAUSES:
            raise serializers.ValidationError(f"Clauses: keep to {MOST_CLAUSES}.")
        return [Clause(**one) for one in given]

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return all parts; what is not sent is empty."""
        return {"consultations": []} | given


class PolicyViewSet(Register[Policy]):
    """Policies, the latest first."""

    queryset = Policy.objects.select_related("owner")
    asks = {
        "create": [Permission.DRAFT_POLICY],
        "versions": [Permission.DRAFT_POLICY],
    }
    serializer_class = PolicySerializer

    def get_queryset(self) -> QuerySet[Policy]:
        """Return policies with their versions."""
        return queries.with_versions(super().get_queryset())

    @extend_schema(responses=PolicySerializer(many=True), parameters=filters_of(PolicyFilter.base_fields))
    def list(self, request: Request) -> Response:
        """Every policy that the filters leave, with its versions."""
        found = queries.listed_policies(**PolicyFilter(request.query_params).chosen())
        return self.page(queries.with_versions(found), PolicySerializer)

    @extend_schema(responses=PolicySerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One policy with its versions."""
        return Response(PolicySerializer(self.get_object()).data)

    @extend_schema(request=RecordingPolicySerializer, responses={201: VersionSerializer})
    def create(self, request: Request) -> Response:
        """Record a policy; the answer is the draft of its first version."""
        given = checked(RecordingPolicySerializer, request)
        version = actions.record_policy(by=caller(request), at=timezone.now(), **given)
        return Response(VersionSerializer(version).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=NewVersionSerializer, responses={201: VersionSerializer})
    @action(detail=True, methods=["post"])
    def versions(self, request: Request, pk: str) -> Response:
        """Begin the next version, or a translation."""
        policy = self.get_object()
        given = checked(NewVersionSerializer, request)
        version = actions.draft_version(policy, by=caller(request), at=timezone.now(), **given)
        return Response(VersionSerializer(version).data, status=status.HTTP_201_CREATED)


class PolicyVersionViewSet(Register[PolicyVersion]):
    """Versions of policies. Approving them is done on the page of sign-offs, by somebody who wrote none of it."""

    queryset = PolicyVersion.objects.select_related("policy", "drafted_by", "approved_by").prefetch_related(
        "consultations"
    )
    asks = {
        "update": [Permission.DRAFT_POLICY],
        "submission": [Permission.DRAFT_POLICY],
    }
    serializer_class = VersionSerializer

    @extend_schema(responses=VersionSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One version with its text."""
        return self._told(self.get_object())

    @extend_schema(
        request=SavingVersionSerializer,
        responses=VersionSerializer,
        examples=[
            OpenApiExample(
                "A draft",
                request_only=True,
                value={
                    "title": "Rules on content",
                    "clauses": [{"number": "1", "heading": "Threats", "text": "Do not threaten people."}],
                    "seen_hash": "the draft_hash that you read",
                },
            )
        ],
    )
    def update(self, request: Request, pk: str) -> Response:
        """Save a draft, whole; what was submitted is a draft again."""
        version = self.get_object()
        given = checked(SavingVersionSerializer, request)
        actions.edit_version(version, by=caller(request), at=timezone.now(), **given)
        return self._told(self.get_object())

    @extend_schema(request=None, responses=VersionSerializer)
    @action(detail=True, methods=["post"])
    def submission(self, request: Request, pk: str) -> Response:
        """Ask for approval; the refusal says all that is lacking."""
        actions.submit(self.get_object(), by=caller(request), at=timezone.now())
        return self._told(self.get_object())

    def _told(self, version: PolicyVersion) -> Response:
        return Response(VersionSerializer(version).data)
