"""The three-part test as the API takes it (ICCPR 19(3); domain.md 3.3)."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from risks.models import Right
from risks.rules.ladder import LADDER
from risks.rules.three_part_test import (
    AIMS,
    ANSWERS_OR_NOT_ASKED,
    BY_CODE,
    Alternative,
    Answer,
    Because,
    GivenTest,
)

LONGEST = 5000
KINDS = [(code, rung.label) for code, rung in LADDER.items()]


class AnswerOfTestSerializer(serializers.Serializer[Any]):
    """One answer of the test, with its words."""

    code = serializers.ChoiceField(choices=sorted(BY_CODE))
    answer = serializers.ChoiceField(choices=ANSWERS_OR_NOT_ASKED)
    text = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)


class AlternativeSerializer(serializers.Serializer[Any]):
    """A less intrusive measure that was weighed."""

    kind = serializers.ChoiceField(choices=KINDS)
    because = serializers.ChoiceField(choices=[str(one) for one in Because])
    text = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)


class GivenTestSerializer(serializers.Serializer[Any]):
    """The three-part test; a question that is not sent counts as unknown."""

    answers = AnswerOfTestSerializer(many=True, default=list)
    aims = serializers.ListField(child=serializers.ChoiceField(choices=AIMS), max_length=20, default=list)
    no_aim_is_listed = serializers.BooleanField(default=False)
    alternatives = AlternativeSerializer(many=True, default=list)
    rights_burdened = serializers.SlugRelatedField[Right](
        slug_field="code", many=True, queryset=Right.objects.all(), required=False
    )


def given_test(sent: Mapping[str, Any]) -> GivenTest:
    """Return a test as the rules read it."""
    return GivenTest(
        answers={one["code"]: Answer(one["answer"], one["text"]) for one in sent.get("answers", ())},
        aims=tuple(sent.get("aims", ())),
        no_aim_is_listed=sent.get("no_aim_is_listed", False),
        alternatives=tuple(Alternative(**one) for one in sent.get("alternatives", ())),
        rights_burdened=tuple(right.code for right in sent.get("rights_burdened", ())),
    )
