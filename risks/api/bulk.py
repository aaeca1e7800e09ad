"""Acts on many risks that can be taken back: the owner, the tags of their context, being looked at again.

What affects a person's rights is never done in bulk: measures, cases, findings, signatures (ADR 52).
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hrdd.governance.api import caller, checked
from hrdd.governance.api.bulk import (
    ManyDoneSerializer,
    ManySerializer,
    answer_of,
    demand_none_refused,
    refusals_of,
)
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed
from risks.actions import recording
from risks.actions import register as actions
from risks.models import Risk
from risks.queries.register_bulk import Plan, assignment_plan, review_plan
from risks.rules.words import ContextTag, labels


class AssigningManySerializer(ManySerializer):
    """Many risks, and who is to answer for them."""

    owner = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True)
    )


class TaggingManySerializer(ManySerializer):
    """Many risks, and which tags of their context come and go; those that are not named stay."""

    add = serializers.MultipleChoiceField(choices=labels(ContextTag), required=False)
    remove = serializers.MultipleChoiceField(choices=labels(ContextTag), required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return both, or refuse where neither says anything, or both say the same tag."""
        add, remove = set(given.get("add", ())), set(given.get("remove", ()))
        if not add | remove:
            raise serializers.ValidationError("Send tags to `add` or to `remove`.")
        if add & remove:
            raise serializers.ValidationError("A tag stands in both. Either add it or remove it.")
        return given | {"add": add, "remove": remove}


class AssignedSerializer(ManyDoneSerializer):
    """What became of each; `assignment` is what takes it back, null where nothing was done."""

    assignment = serializers.IntegerField(allow_null=True)


class TakingBackSerializer(serializers.Serializer[Any]):
    """Which assignment goes back."""

    assignment = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class TakenBackSerializer(serializers.Serializer[Any]):
    """How many risks went back to who owned them, and how many stay as they are."""

    back = serializers.IntegerField(min_value=0)
    stay = serializers.IntegerField(min_value=0)


def _held(ids: list[int]) -> dict[int, Risk]:
    """Lock risks in one order, so that two requests about the same wait for each other; return those that are there."""
    return {one.pk: one for one in Risk.objects.filter(pk__in=ids).order_by("pk").select_for_update()}


def _planned(
    given: dict[str, Any], plan_of: Callable[[QuerySet[Risk]], Plan]
) -> tuple[QuerySet[Risk], Plan, dict[int, Exception]]:
    """Return the chosen risks, held, what is planned with them, and why some are left.

    Raises:
        ManyRefused: some are left, and it was to be all or nothing.
    """
    ids = given["ids"]
    chosen = Risk.objects.filter(pk__in=ids)
    _held(ids)
    plan = plan_of(chosen)
    left: dict[int, Exception] = {pk: NotAllowed(why) for why, group in plan.left.items() for pk in group}
    refused = {pk: left.get(pk, Http404()) for pk in ids if pk not in plan.going}
    if given["all_or_nothing"]:
        demand_none_refused(ids, refused)
    return chosen, plan, refused


class BulkActs:
    """The acts on many risks at once, of one request each."""

    @extend_schema(
        request=AssigningManySerializer,
        responses={200: AssignedSerializer, 207: AssignedSerializer},
        examples=[
            OpenApiExample("Two to one owner", request_only=True, value={"ids": [1, 2], "owner": "rita"})
        ],
    )
    @action(detail=False, methods=["post"], url_path="bulk/assign", pagination_class=None)
    @transaction.atomic
    def bulk_assign(self, request: Request) -> Response:
        """Give many risks to one owner; one entry of the audit log, which its maker can take back."""
        given, user, now = checked(AssigningManySerializer, request), caller(request), timezone.now()
        chosen, plan, refused = _planned(given, partial(assignment_plan, to=given["owner"]))
        done = None
        if plan.going:
            done = actions.assign_risks(chosen, to=given["owner"], seen=plan.digest, by=user, at=now).pk
        return answer_of(given["ids"], refused, AssignedSerializer, assignment=done)

    @extend_schema(
        request=TakingBackSerializer,
        responses=TakenBackSerializer,
        examples=[OpenApiExample("An assignment", request_only=True, value={"assignment": 1})],
    )
    @action(detail=False, methods=["post"], url_path="bulk/assign/undo", pagination_class=None)
    def bulk_assign_undo(self, request: Request) -> Response:
        """Give the risks of one's own assignment back to who owned them before."""
        given = checked(TakingBackSerializer, request)
        event = get_object_or_404(AuditEvent, pk=given["assignment"], action=actions.ASSIGNED)
        back, stay = actions.undo_assignment(event, by=caller(request), at=timezone.now())
        return Response(TakenBackSerializer({"back": back, "stay": stay}).data)

    @extend_schema(
        request=TaggingManySerializer,
        responses={200: ManyDoneSerializer, 207: ManyDoneSerializer},
        examples=[
            OpenApiExample(
                "An election begins", request_only=True, value={"ids": [1, 2], "add": ["election"]}
            )
        ],
    )
    @action(detail=False, methods=["post"], url_path="bulk/tag", pagination_class=None)
    @transaction.atomic
    def bulk_tag(self, request: Request) -> Response:
        """Put tags of the context on many risks, or take them off; each is corrected as on its own page."""
        given, user, now = checked(TaggingManySerializer, request), caller(request), timezone.now()
        there = _held(given["ids"])

        def correct(pk: int) -> None:
            if pk not in there:
                raise Http404
            facts = recording.facts_of(there[pk])
            tags = [one for one in facts.context_tags if one not in given["remove"]]
            tags += sorted(given["add"] - set(tags))
            recording.correct_facts(there[pk], replace(facts, context_tags=tuple(tags)), by=user, at=now)

        refused = refusals_of(given["ids"], correct)
        if given["all_or_nothing"]:
            demand_none_refused(given["ids"], refused)
        return answer_of(given["ids"], refused)

    @extend_schema(
        request=ManySerializer,
        responses={200: ManyDoneSerializer, 207: ManyDoneSerializer},
        examples=[
            OpenApiExample("Two, or none", request_only=True, value={"ids": [1, 2], "all_or_nothing": True})
        ],
    )
    @action(detail=False, methods=["post"], url_path="bulk/review", pagination_class=None)
    @transaction.atomic
    def bulk_review(self, request: Request) -> Response:
        """Put many risks up for re-assessment; their judgements stand until somebody judges anew."""
        given, user, now = checked(ManySerializer, request), caller(request), timezone.now()
        chosen, plan, refused = _planned(given, review_plan)
        if plan.going:
            actions.put_up_for_review(chosen, seen=plan.digest, by=user, at=now)
        return answer_of(given["ids"], refused)
