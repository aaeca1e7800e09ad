"""One request about many records, answered for each: what was done, and what was refused by which rule.

The records are few enough to answer at once. Without `all_or_nothing` what may be done is done; with it, one refusal
leaves every record as it was.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.http import Http404
from rest_framework import serializers, status
from rest_framework.response import Response

from hrdd.governance.api.problems import ManyRefused, told_as_problem
from hrdd.governance.rules import NotAllowed

MOST = 100
LARGEST_ID = 2**63 - 1


class ManySerializer(serializers.Serializer[Any]):
    """Records by number, each once, and whether all or none is to be done."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_ID),
        min_length=1,
        max_length=MOST,
        help_text=f"Up to {MOST}, each once",
    )
    all_or_nothing = serializers.BooleanField(
        default=False, help_text="Whether one refusal leaves every record as it is"
    )

    def validate_ids(self, ids: list[int]) -> list[int]:
        """Return the numbers, or refuse one that stands there twice."""
        if len(set(ids)) < len(ids):
            raise serializers.ValidationError("A record stands there twice. Name each once.")
        return ids


class RefusalSerializer(serializers.Serializer[Any]):
    """Why one record was left as it is: a problem (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField(min_value=400, max_value=499)
    detail = serializers.CharField()
    provision = serializers.CharField(required=False)


class EachDoneSerializer(serializers.Serializer[Any]):
    """What became of one record: 200 and no problem, or the status of its problem."""

    id = serializers.IntegerField()
    status = serializers.IntegerField()
    problem = RefusalSerializer(allow_null=True)


class ManyDoneSerializer(serializers.Serializer[Any]):
    """What became of each record, in the order in which they were sent."""

    done = serializers.IntegerField(min_value=0)
    refused = serializers.IntegerField(min_value=0)
    results = EachDoneSerializer(many=True)


def refusals_of(ids: Iterable[int], act: Callable[[int], None]) -> dict[int, Exception]:
    """Do an act to each record, and return what was refused; what is refused leaves its record as it was.

    Args:
        ids: the records.
        act: does it to one; raises NotAllowed, or Http404 where there is no such record.
    """
    refused: dict[int, Exception] = {}
    for pk in ids:
        try:
            with transaction.atomic():
                act(pk)
        except (NotAllowed, Http404) as refusal:
            refused[pk] = refusal
    return refused


def demand_none_refused(ids: Sequence[int], refused: Mapping[int, Exception]) -> None:
    """Refuse the whole, pointing at each record that was refused.

    Raises:
        ManyRefused: some were.
    """
    if refused:
        raise ManyRefused(
            f"{len(refused)} of {len(ids)} were refused, so nothing was done. Leave them out, or send it without "
            "all_or_nothing.",
            [
                {"pointer": f"#/ids/{place}", "detail": _problem(refused[pk])["detail"]}
                for place, pk in enumerate(ids)
                if pk in refused
            ],
        )


def answer_of(
    ids: Sequence[int],
    refused: Mapping[int, Exception],
    shape: type[ManyDoneSerializer] = ManyDoneSerializer,
    **more: Any,
) -> Response:
    """Answer for each record: 200 where all was done, 207 where some was refused.

    Args:
        ids: the records, as they were sent.
        refused: why, of those that were left.
        shape: of the answer.
        more: what this act tells beside.
    """
    outcomes = [_outcome(pk, refused.get(pk)) for pk in ids]
    told = {"done": len(ids) - len(refused), "refused": len(refused), "results": outcomes, **more}
    code = status.HTTP_207_MULTI_STATUS if refused else status.HTTP_200_OK
    return Response(shape(told).data, status=code)


def _outcome(pk: int, refusal: Exception | None) -> dict[str, Any]:
    if refusal is None:
        return {"id": pk, "status": status.HTTP_200_OK, "problem": None}
    problem = _problem(refusal)
    return {"id": pk, "status": problem["status"], "problem": problem}


def _problem(refusal: Exception) -> dict[str, Any]:
    answer = told_as_problem(refusal, {})
    if answer is None:
        raise refusal
    return dict(answer.data)
