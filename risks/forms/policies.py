"""Forms of the policy register: a policy, the draft of a version clause by clause, its steps."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from hrdd.forms import Form
from hrdd.governance.models import User
from risks.forms.risks import PersonField
from risks.forms.shapes import FilterForm, GroupedForm, day, words
from risks.models import Consultation, Policy, PolicyVersion
from risks.rules.policy import (
    LANGUAGES,
    LONGEST_CLAUSE,
    LONGEST_HEADING,
    LONGEST_REVIEW_MONTHS,
    MOST_CLAUSES,
    NUMBER_OF_CLAUSE,
    STANDINGS,
    Clause,
)

KIND = Policy._meta.get_field("kind").flatchoices


class PolicyFilter(FilterForm):
    """How a policy stands, and its kind."""

    state = forms.ChoiceField(choices=[("", "Any"), *STANDINGS.items()], required=False)
    kind = forms.ChoiceField(choices=[("", "Any"), *KIND], required=False)


def _language(label: str = "Language") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=list(LANGUAGES.items()),
    )


class PolicyForm(Form):
    """A policy, before its first draft."""

    title = forms.CharField(max_length=160, error_messages={"required": "Title: name the policy."})
    slug = forms.SlugField(
        label="Address",
        max_length=60,
        help_text="It follows /policies/ and stays: small letters, figures and hyphens, such as content-rules.",
        error_messages={
            "required": "Address: choose one, such as content-rules.",
            "invalid": "Address: use letters without accents, figures and hyphens only.",
        },
    )
    kind = forms.ChoiceField(
        choices=[("", "Choose"), *KIND],
        help_text="It stays, since it says who approves: a policy commitment is approved by the "
        "board (UNGP 16(a)).",
    )
    language = _language("Language of the first draft")
    owner = PersonField(
        label="Owner",
        nobody="Choose a person",
        error_messages={"required": "Owner: choose who answers for it."},
    )

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()


class NewVersionForm(Form):
    """The next version, or a translation."""

    what = forms.ChoiceField(
        label="What will be drafted",
        choices=[
            ("version", "The next version: the rule changes"),
            ("translation", "A translation: the same rule in another language"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "What will be drafted: choose one."},
    )
    language = _language()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        return {"language": given.get("language", ""), "translation": given.get("what") == "translation"}


class VersionForm(GroupedForm):
    """All of a draft but its clauses. It may be saved unfinished; what is lacking is told on submission."""

    groups = (
        ("The version", "", ("title",)),
        (
            "What the public reads beside the text",
            "Name no person, and no partner whose name endangers people.",
            ("what_changed", "consulted", "consultations", "experts"),
        ),
        ("Days", "", ("in_force_from", "next_review", "adopted_before")),
    )
    title = forms.CharField(max_length=160, error_messages={"required": "Title: name it in its language."})
    what_changed = words(
        "What changed and why",
        missing="",
        sentence="In plain words, in at least 50 characters. For a first version: what it is for.",
        required=False,
    )
    consulted = words(
        "Who was consulted, and what it changed",
        missing="",
        sentence="Or why nobody was (UNGP 16(b), 18(b)). At least 50 characters.",
        required=False,
    )
    consultations = forms.MultipleChoiceField(
        label="Consultations on record",
        help_text="The public reads only of those that are published.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    experts = words(
        "Experts, inside and outside",
        missing="",
        sentence="A policy commitment needs it (UNGP 16(b)): which expertise, and what it changed.",
        required=False,
    )
    in_force_from = day(
        "In force from",
        "On this day it comes into force by itself once it is approved. Leave it empty to decide later.",
        required=False,
    )
    next_review = day(
        "Next review",
        f"A policy commitment is looked at again within {LONGEST_REVIEW_MONTHS} months.",
        required=False,
    )
    adopted_before = words(
        "Adopted before it was recorded here",
        missing="",
        sentence="Only for a text that was in force already: how, by whom and when it was adopted.",
        required=False,
    )
    seen_hash = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(
        self, *args: Any, version: PolicyVersion, offered: Iterable[Consultation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(one.pk): one for one in offered}
        self.fields["consultations"].choices = [(pk, str(one)) for pk, one in self.offered.items()]  # type: ignore[attr-defined]
        for name in ("what_changed", "consulted"):
            self.fields[name].needed_later = True  # type: ignore[attr-defined]  # to submit, not to save
        for name in ("title", "what_changed", "consulted", "experts"):
            self.fields[name].widget.attrs |= {"lang": version.language, "dir": version.direction}

    def clean_consultations(self) -> list[Consultation]:
        return [self.offered[pk] for pk in self.cleaned_data["consultations"]]


class ClauseForm(Form):
    """One clause; an empty one is left out."""

    number = forms.CharField(max_length=16, required=False)
    heading = forms.CharField(
        max_length=LONGEST_HEADING,
        required=False,
        error_messages={"max_length": f"Heading: keep it under {LONGEST_HEADING} characters."},
    )
    text = forms.CharField(
        max_length=LONGEST_CLAUSE,
        required=False,
        widget=forms.Textarea({"rows": 5}),
        error_messages={
            "max_length": f"Text: keep it under {LONGEST_CLAUSE} characters, or make two clauses."
        },
    )

    def __init__(self, *args: Any, version: PolicyVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.needed_later = True  # type: ignore[attr-defined]  # to submit, not to save
        for name in ("heading", "text"):
            self.fields[name].widget.attrs |= {"lang": version.language, "dir": version.direction}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        written = given.get("heading") or given.get("text")
        if not NUMBER_OF_CLAUSE.fullmatch(given.get("number", "")) and (written or given.get("number")):
            self.add_error(
                "number", "Number: use figures and dots, such as 2.1; measures rely on a clause by it."
            )
        return given


ClauseFormSet = formset_factory(
    ClauseForm, extra=0, max_num=MOST_CLAUSES, absolute_max=MOST_CLAUSES, validate_max=True
)


def clauses_in(formset: "BaseFormSet[ClauseForm]") -> list[Clause]:
    """Return the clauses of a valid formset, without the empty ones."""
    given = [(form.cleaned_data or {}) for form in formset.forms]
    return [
        Clause(one["number"], one["heading"].strip(), one["text"].strip().replace("\r\n", "\n"))
        for one in given
        if one.get("number")
    ]


class PutInForceForm(Form):
    """Nothing to fill in; the page says what follows."""


class RelianceForm(Form):
    """The clause on which a measure relies, and the day of the conduct."""

    conduct_on = day(
        "Conduct on",
        "The rule must have been in force on that day (L3). Empty: the day on which the measure began.",
        required=False,
    )

    def __init__(self, *args: Any, field: forms.Field, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"policy_relied_on": field, **self.fields}


def typed_clauses(given: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the clauses that were typed, whatever they are, to be shown again."""
    said = given.get("clauses-TOTAL_FORMS", "")
    many = min(int(said), MOST_CLAUSES) if said.isascii() and said.isdecimal() and len(said) < 5 else 0
    return [
        {
            name: given.get(f"clauses-{row}-{name}", "").replace("\0", "")
            for name in ("number", "heading", "text")
        }
        for row in range(many)
    ]


def rearranged(clauses: list[dict[str, str]], act: str) -> list[dict[str, str]]:
    """Return typed clauses with one added, removed or moved up: `add`, `remove-2`, `up-2`; else as they are."""
    what, _, row = act.partition("-")
    if what == "add" and len(clauses) < MOST_CLAUSES:
        return [*clauses, {"number": _next_number(clauses), "heading": "", "text": ""}]
    if not row.isascii() or not row.isdecimal() or len(row) > 4 or int(row) >= len(clauses):
        return clauses
    at = int(row)
    if what == "remove":
        return clauses[:at] + clauses[at + 1 :]
    if what == "up" and at > 0:
        return [*clauses[: at - 1], clauses[at], clauses[at - 1], *clauses[at + 1 :]]
    return clauses


def _next_number(clauses: list[dict[str, str]]) -> str:
    heads = [one["number"].partition(".")[0] for one in clauses]
    return str(max((int(head) for head in heads if NUMBER_OF_CLAUSE.fullmatch(head)), default=0) + 1)


def owner_initial(user: User) -> dict[str, str]:
    """Return the person who records a policy as its owner, until another is chosen."""
    return {"owner": user.username, "language": "en"}
