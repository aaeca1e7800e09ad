"""Lower judgements of severe harms that wait for a second person (SD5)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import Register, caller
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.actions import lowering as actions
from risks.models import LoweringProposal

SHOWN = ("scale", "scope", "irremediability", "state_of_harm", "likelihood", "consulted")
WHY = ("scale_rationale", "scope_rationale", "irremediability_rationale")


class ProposedHeadsSerializer(serializers.Serializer[Any]):
    """The judgement that is proposed; a head that is not known is null."""

    scale = serializers.IntegerField(allow_null=True)
    scope = serializers.IntegerField(allow_null=True)
    irremediability = serializers.IntegerField(allow_null=True)
    scale_rationale = serializers.CharField()
    scope_rationale = serializers.CharField()
    irremediability_rationale = serializers.CharField()
    state_of_harm = serializers.CharField()
    likelihood = serializers.IntegerField(allow_null=True)
    consulted = serializers.CharField()


class LoweringSerializer(serializers.ModelSerializer[LoweringProposal]):
    """A lower judgement that waits for a senior, or what became of it."""

    proposed_by = serializers.SlugRelatedField[User](slug_field="username", read_only=True)
    proposed = serializers.SerializerMethodField()

    class Meta:
        model = LoweringProposal
        fields = (
            *("id", "risk", "level_held", "level_proposed", "proposed", "state", "reasons", "proposed_by"),
            *("proposed_at", "assessment"),
        )
        read_only_fields = fields

    @extend_schema_field(ProposedHeadsSerializer)
    def get_proposed(self, proposal: LoweringProposal) -> dict[str, Any]:
        """Return the heads with their reasons."""
        return {name: proposal.given.get(name) for name in (*SHOWN, *WHY)}


class LoweringViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Register[LoweringProposal]):
    """Proposals to lower a severe judgement, the latest first.

    One is proposed by POST to `risks/{id}/assess/`. It is signed on the page of sign-offs alone, where the senior reads
    what they sign.
    """

    queryset = LoweringProposal.objects.select_related("proposed_by")
    asks = {"withdraw": [Permission.ASSESS_RISK]}
    serializer_class = LoweringSerializer

    @extend_schema(request=None, responses=LoweringSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back one's own proposal."""
        user = caller(request)
        user.demand(Permission.ASSESS_RISK)
        proposal = self.get_object()
        actions.withdraw_lowering(proposal, by=user, at=timezone.now())
        proposal.refresh_from_db()
        return Response(LoweringSerializer(proposal).data)
