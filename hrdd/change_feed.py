"""What changed, in order, for programs that keep a copy: `/api/v1/change-feed/?cursor=`.

It reads the audit log. An event takes its number under a lock that is held until commit (hrdd.governance.actions), so
numbers follow the order of commits: nothing appears later behind a cursor that has passed. It tells kind, number and
moment, never by whom or what; each is asked of its own register, which shows the reader what they may see, or nothing.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.access import token_opens
from hrdd.governance.api import Register, caller
from hrdd.governance.api.fields import BadParameter
from hrdd.governance.models import AuditEvent
from hrdd.oversight.api import EscalationViewSet, MandateViewSet, MeetingViewSet
from risks.actions.policy_force import PUT_INTO_FORCE
from risks.actions.register import ASSIGNED, UNDONE
from risks.api.catalogue import ProductViewSet, StakeholderViewSet
from risks.api.changes import ChangeViewSet
from risks.api.consultations import ConsultationViewSet
from risks.api.dilemmas import DilemmaViewSet
from risks.api.exits import ExitViewSet
from risks.api.involvement import InvolvementViewSet
from risks.api.leverage import LeveragePlanViewSet
from risks.api.measures import MeasureViewSet
from risks.api.model_reviews import ModelReviewViewSet
from risks.api.partners import PartnerViewSet, RelationshipViewSet
from risks.api.plans import PlanViewSet
from risks.api.policies import PolicyVersionViewSet, PolicyViewSet
from risks.api.risks import RiskViewSet
from risks.models import PolicyVersion

READ_AT_ONCE = 200
# What the audit log calls a record: its register, and the name of that in the addresses.
KINDS: dict[str, tuple[type[Register[Any]], str]] = {
    "risk": (RiskViewSet, "api-risk"),
    "measure": (MeasureViewSet, "api-measure"),
    "plan": (PlanViewSet, "api-plan"),
    "involvement": (InvolvementViewSet, "api-involvement"),
    "dilemma": (DilemmaViewSet, "api-dilemma"),
    "consultation": (ConsultationViewSet, "api-consultation"),
    "stakeholder group": (StakeholderViewSet, "api-stakeholder"),
    "product": (ProductViewSet, "api-product"),
    "partner": (PartnerViewSet, "api-partner"),
    "relationship": (RelationshipViewSet, "api-relationship"),
    "leverage plan": (LeveragePlanViewSet, "api-leverage-plan"),
    "exit decision": (ExitViewSet, "api-exit"),
    "policy": (PolicyViewSet, "api-policy"),
    "policy version": (PolicyVersionViewSet, "api-policy-version"),
    "change": (ChangeViewSet, "api-change"),
    "business-model review": (ModelReviewViewSet, "api-model-review"),
    "mandate": (MandateViewSet, "api-mandate"),
    "oversight meeting": (MeetingViewSet, "api-meeting"),
    "escalation": (EscalationViewSet, "api-escalation"),
}
NAMED = re.compile(rf"(?:[a-z ]+ of )?({'|'.join(sorted(KINDS, key=len, reverse=True))}) (\d{{1,18}})")
# Versions of policies are named by the slug, the number and the language of their policy.
OF_A_POLICY = re.compile(r"policy ([-a-z0-9_]+)(?:, version (\d{1,9}) \(([-a-z]+)\))?")
NO_CHANGE = ("read ", "exported ")
OF_MANY_MEASURES = ("assessed measures", "ended measures")


@dataclass(frozen=True)
class Changed:
    """One record that changed by one event; no number where the event is about many of a kind."""

    sequence: int
    at: Any
    kind: str
    id: int | None

    @property
    def address(self) -> str:
        """Return where it is read."""
        name = KINDS[self.kind][1]
        return reverse(f"{name}-list") if self.id is None else reverse(f"{name}-detail", args=[self.id])


class ChangedSerializer(serializers.Serializer[Changed]):
    """A record that changed; `id` is null where a job changed many of its kind, which are read anew."""

    sequence = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=sorted(KINDS))
    id = serializers.IntegerField(allow_null=True)
    address = serializers.CharField()


@extend_schema_serializer(many=False)
class ChangeFeedSerializer(serializers.Serializer[Any]):
    """A part of the feed; `next` is always there, to be asked again later when `more` is false."""

    results = ChangedSerializer(many=True)
    next = serializers.URLField()
    more = serializers.BooleanField()


class ChangeFeedViewSet(Register[Any]):
    """What changed, the oldest first. A record may stand several times; read it once, at its address."""

    area = "risks"
    serializer_class = ChangeFeedSerializer
    pagination_class = None

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "cursor",
                str,
                description="From `next`. The beginning of the record if not given; `now` for its end.",
            )
        ],
        responses=ChangeFeedSerializer,
    )
    def list(self, request: Request) -> Response:
        """What changed after the cursor, of what the reader may see."""
        after = _after(request.query_params.get("cursor", ""))
        events = list(AuditEvent.objects.filter(pk__gt=after).order_by("pk")[:READ_AT_ONCE])
        last = events[-1].pk if events else after
        told = {
            "results": list(_seen_by(request, _changes(events))),
            "next": request.build_absolute_uri(f"{request.path}?cursor={last}"),
            "more": len(events) == READ_AT_ONCE,
        }
        return Response(ChangeFeedSerializer(told).data)


def _after(said: str) -> int:
    if said == "now":
        return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if said and not re.fullmatch(r"[0-9]{1,18}", said):
        raise BadParameter("cursor", "This is no cursor of ours. Take it from `next`, or send `now`.")
    return int(said or 0)


def _changes(events: Sequence[AuditEvent]) -> list[Changed]:
    slugs = {found.group(1) for one in events if (found := OF_A_POLICY.fullmatch(one.subject))}
    versions = list(PolicyVersion.objects.filter(policy__slug__in=slugs).select_related("policy"))
    return [one for event in events for one in changed_by(event, versions)]


def changed_by(event: AuditEvent, versions: Collection[PolicyVersion] = ()) -> Iterator[Changed]:
    """Yield the records that an event of the audit log changed.

    Args:
        event: the event.
        versions: those of the policies that it may name.
    """
    if event.action.startswith(NO_CHANGE):
        return
    if event.action.startswith(OF_MANY_MEASURES):
        yield Changed(event.pk, event.at, "measure", None)
    elif event.action in {ASSIGNED, UNDONE}:
        for several in event.detail.get("before", {}).values():
            yield from (Changed(event.pk, event.at, "risk", one) for one in several)
    elif found := NAMED.fullmatch(event.subject):
        yield Changed(event.pk, event.at, found.group(1), int(found.group(2)))
    elif found := OF_A_POLICY.fullmatch(event.subject):
        yield from _of_policies(event, found, versions)


def _of_policies(
    event: AuditEvent, named: re.Match[str], versions: Collection[PolicyVersion]
) -> Iterator[Changed]:
    """Yield the policy and its version; one that comes into force ends those before it, so they are told too."""
    slug, number, language = named.groups()
    theirs = sorted((one for one in versions if one.policy.slug == slug), key=lambda one: one.pk)
    if theirs:
        yield Changed(event.pk, event.at, "policy", theirs[0].policy_id)
    for one in theirs:
        same = number is None or (one.number == int(number) and one.language == language)
        ended = event.action == PUT_INTO_FORCE and one.number < int(number or 0)
        if same or ended:
            yield Changed(event.pk, event.at, "policy version", one.pk)


def _seen_by(request: Request, changes: Collection[Changed]) -> Iterator[Changed]:
    there = {kind: _visible(request, kind, changes) for kind in {one.kind for one in changes}}
    for one in changes:
        seen = there[one.kind]
        if seen is not None and (one.id is None or one.id in seen):
            yield one


def _visible(request: Request, kind: str, changes: Iterable[Changed]) -> set[int] | None:
    """Return which records of a kind the register shows to the reader; nothing where they may not open it."""
    register = KINDS[kind][0]
    if not caller(request).may(register.permission) or not token_opens(request, register):
        return None
    view = register(request=request, action="retrieve", format_kwarg=None)
    asked = {one.id for one in changes if one.kind == kind and one.id is not None}
    return set(view.get_queryset().filter(pk__in=asked).values_list("pk", flat=True))
