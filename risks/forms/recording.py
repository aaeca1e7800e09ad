"""The form that records a risk or corrects its facts."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.forms.shapes import GroupedForm, Groups, words
from risks.models import Right
from risks.rules.recording import LABELS, LONGEST_TITLE, Facts, country_codes, listed
from risks.rules.words import Activity, ContextTag, Driver, Source, Vulnerability, labels

CHARACTERS = {
    "absolute": "Absolute: no limitation ever",
    "qualified": "Protected against arbitrary interference",
    "limitable": "May be limited on listed grounds",
    "progressive": "Realised step by step, with a core that holds at once",
}


def _some(column: str, choices: Iterable[tuple[str, str]], sentence: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=LABELS[column],
        help_text=sentence,
        choices=list(choices),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": f"{LABELS[column]}: choose from the list."},
    )


def _one(column: str, choices: Iterable[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=LABELS[column],
        choices=[("", "Not said"), *choices],
        required=False,
    )


def _line(column: str, sentence: str) -> forms.CharField:
    return forms.CharField(
        label=LABELS[column],
        help_text=sentence,
        max_length=2000,
        required=False,
        error_messages={"max_length": f"{LABELS[column]}: keep it under 2000 characters."},
    )


class RecordingForm(GroupedForm):
    """What a risk is; the rules of `risks.rules.recording` judge it."""

    groups: Groups = (
        (
            "What could happen, and to whom",
            "Name no person at risk and nothing that leads to one: write of groups.",
            ("title", "summary", "affected_groups", "vulnerabilities", "why_vulnerable"),
        ),
        (
            "Which rights",
            "All internationally recognised rights count (UNGP 12). Each comes with an example from technology.",
            ("rights", "how"),
        ),
        (
            "Where it comes from",
            "",
            ("countries", "products", "activity", "drivers", "source"),
        ),
        (
            "The context",
            "What makes it more likely or graver now. When the context ends, the risk is assessed again.",
            ("context_tags", "context_until"),
        ),
        ("What cannot wait", "", ("threat_to_life", "gross_abuse")),
        ("Who looks after it", "", ("owner",)),
    )
    title = forms.CharField(
        label=LABELS["title"],
        help_text=f"Who could be harmed by what, in at most {LONGEST_TITLE} characters.",
        max_length=LONGEST_TITLE,
        error_messages={
            "required": "Title: say in a few words who could be harmed by what.",
            "max_length": f"Title: keep it to {LONGEST_TITLE} characters; the rest belongs into what could happen.",
        },
    )
    summary = words(
        LABELS["summary"], missing="say it in a few sentences, in the words of the people affected.", rows=5
    )
    affected_groups = words(
        LABELS["affected_groups"],
        missing="say who could be harmed, as a group of people (UNGP 18).",
        sentence="One group a line, such as “people who report on the conflict”.",
    )
    vulnerabilities = _some("vulnerabilities", labels(Vulnerability), "Only published as statistics.")
    why_vulnerable = words(
        LABELS["why_vulnerable"],
        missing="",
        sentence="Needed once a group above is chosen; vulnerability depends on the situation.",
        required=False,
    )
    rights = forms.MultipleChoiceField(
        label=LABELS["rights"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Rights: choose at least one right that is touched (UNGP 12).",
            "invalid_choice": "Rights: choose from the catalogue.",
        },
    )
    how = words(LABELS["how"], missing="", required=False)
    countries = _line("countries", "Codes or names separated by commas (ET, Kenya), or GLOBAL.")
    products = _line("products", "Separated by commas. A name that is new is recorded.")
    activity = _one("activity", labels(Activity))
    drivers = _some("drivers", labels(Driver), "What in the business model creates or worsens it.")
    source = _one("source", labels(Source))
    context_tags = _some("context_tags", labels(ContextTag))
    context_until = forms.DateField(
        label=LABELS["context_until"],
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Context until: write the day as year-month-day, such as 2026-11-24."},
    )
    threat_to_life = forms.BooleanField(label="It threatens the life of people", required=False)
    gross_abuse = forms.BooleanField(
        label="It could be a gross human rights abuse, which UNGP 23 treats as a matter of legal compliance "
        "wherever the company operates",
        required=False,
    )
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody yet",
        error_messages={"invalid_choice": "Owner: choose somebody of the list, or nobody yet."},
    )

    def __init__(self, *args: Any, facts: Facts | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rights"].choices = _catalogue()  # type: ignore[attr-defined]
        if facts is None:
            owners = [one.pk for one in User.objects.filter(is_active=True) if one.may(Permission.READ_DESK)]
            self.fields["owner"].queryset = User.objects.filter(pk__in=owners).order_by("display_name")  # type: ignore[attr-defined]
        else:
            del self.fields["owner"]
            self.groups = self.groups[:-1]
            self.initial = _as_typed(facts)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        owner = given.pop("owner", None)
        given["countries"] = country_codes(listed(given["countries"], between=",;"))
        given["products"] = listed(given["products"], between=",;")
        given["affected_groups"] = listed(given["affected_groups"], between="\r\n;")
        given["title"] = " ".join(given["title"].split())
        for name in ("summary", "why_vulnerable", "how"):
            given[name] = given[name].replace("\r\n", "\n")
        for name in ("rights", "vulnerabilities", "drivers", "context_tags"):
            given[name] = tuple(given[name])
        return {"facts": Facts(**given), "owner": owner}


def _catalogue() -> list[tuple[str, list[tuple[str, str]]]]:
    rights = sorted(
        Right.objects.all(), key=lambda one: (list(CHARACTERS).index(one.character), one.position)
    )
    return [
        (
            CHARACTERS[character],
            [(one.code, f"{one.title}. {one.tech_example}".removesuffix(" ")) for one in some],
        )
        for character, some in groupby(rights, key=lambda one: one.character)
    ]


def _as_typed(facts: Facts) -> dict[str, Any]:
    return vars(facts) | {
        "affected_groups": "\n".join(facts.affected_groups),
        "countries": ", ".join(facts.countries),
        "products": ", ".join(facts.products),
    }
