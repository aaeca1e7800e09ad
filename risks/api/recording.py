"""Recording risks, and correcting what they say; how severe they are is judged by an act of its own."""

from dataclasses import replace
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from hrdd.governance.api import caller, checked
from hrdd.governance.models import User
from risks.actions import recording as actions
from risks.models import Risk
from risks.rules.recording import (
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Facts,
    about_the_company,
    country_codes,
)
from risks.rules.words import Activity, ContextTag, Driver, Source, Vulnerability, labels

SEVERAL = ("rights", "affected_groups", "vulnerabilities", "countries", "products", "drivers", "context_tags")


def _some(words: Any) -> serializers.MultipleChoiceField:
    return serializers.MultipleChoiceField(choices=labels(words), required=False)


def _names(**given: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_NAME), max_length=300, **given
    )


class FactsSerializer(serializers.Serializer[Any]):
    """What a risk is; the rules of the page judge it. Name no person at risk: write of groups."""

    title = serializers.CharField(max_length=LONGEST_TITLE)
    summary = serializers.CharField(max_length=LONGEST_TEXT)
    rights = _names(help_text="Codes of the catalogue, such as EXPRESSION (UNGP 12)")
    affected_groups = _names(help_text="Groups of people, never persons (UNGP 18)")
    vulnerabilities = _some(Vulnerability)
    why_vulnerable = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    countries = _names(required=False, help_text="Codes of two letters or names, or GLOBAL alone")
    products = _names(required=False, help_text="Names; one that is new is recorded")
    activity = serializers.ChoiceField(choices=labels(Activity), required=False, allow_blank=True)
    source = serializers.ChoiceField(choices=labels(Source), required=False, allow_blank=True)  # type: ignore[assignment]
    drivers = _some(Driver)
    context_tags = _some(ContextTag)
    context_until = serializers.DateField(required=False, allow_null=True)
    threat_to_life = serializers.BooleanField(required=False)
    gross_abuse = serializers.BooleanField(required=False)
    how = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the facts as the rules read them: lists in a settled order, each name once."""
        for name in SEVERAL:
            if name in given:
                said = sorted(given[name]) if isinstance(given[name], set) else given[name]
                given[name] = tuple(dict.fromkeys(" ".join(one.split()) for one in said))
        if "countries" in given:
            given["countries"] = country_codes(given["countries"])
        return given


class RecordingSerializer(FactsSerializer):
    """A risk to be recorded, and who looks after it."""

    owner = serializers.SlugRelatedField[User](
        slug_field="username",
        queryset=User.objects.filter(is_active=True),
        required=False,
        allow_null=True,
    )


class CorrectingSerializer(FactsSerializer):
    """What shall be otherwise; what is not sent stays."""

    title = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    summary = serializers.CharField(max_length=LONGEST_TEXT, required=False)
    rights = _names(required=False)
    affected_groups = _names(required=False)


def recorded(request: Request) -> Risk:
    """Record the risk that was sent."""
    given = checked(RecordingSerializer, request)
    owner = given.pop("owner", None)
    return actions.record_risk(
        Facts(**given),
        owner=owner,
        by=caller(request),
        at=timezone.now(),
        ignored=about_the_company(request.data),
    )


def corrected(risk: Risk, request: Request) -> None:
    """Correct what was sent of a risk."""
    given = checked(CorrectingSerializer, request)
    actions.correct_facts(
        risk,
        replace(actions.facts_of(risk), **given),
        by=caller(request),
        at=timezone.now(),
        ignored=about_the_company(request.data),
    )
