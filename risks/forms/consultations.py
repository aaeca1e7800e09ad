"""Forms about consultations: groups, plans, what was said, answers, participants."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import F, Model, QuerySet

from hrdd.forms import Form
from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.forms.shapes import Checkboxes, FilterForm, GroupedForm, words
from risks.models import Change, ExitDecision, Measure, ModelReview, Risk, StakeholderGroup
from risks.models.measures import ENDED
from risks.rules.consultation import (
    HEARD,
    Consent,
    ConsultationState,
    Method,
    Purpose,
    Response,
    Safeguard,
)
from risks.rules.words import Vulnerability, labels

ANY = ("", "Any")
SHOWN = 200
LEVELS = [("", "Not assessed yet: counts as 5"), *((str(one), str(one)) for one in range(1, 6))]


def _choice(label: str, choices: Sequence[tuple[str, str]], *, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=help_text, choices=[("", "Choose"), *choices])


def _several(
    label: str, choices: Sequence[tuple[str, str]], help_text: str = ""
) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        help_text=help_text,
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _line(label: str, *, longest: int, missing: str = "", help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        required=bool(missing),
        error_messages={
            "required": f"{label}: {missing}",
            "max_length": f"{label}: keep it under {longest} characters.",
        },
    )


def _day(label: str, *, missing: str = "", help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=bool(missing),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": f"{label}: {missing}",
            "invalid": f"{label}: write the day as year-month-day, such as 2026-11-24.",
        },
    )


def _number(label: str, *, most: int, missing: str = "", help_text: str = "") -> forms.IntegerField:
    wrong = f"{label}: a whole number from 0 to {most} is needed."
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=most,
        required=bool(missing),
        error_messages={
            "required": f"{label}: {missing}",
            **dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
        },
    )


if TYPE_CHECKING:
    _Several = forms.ModelMultipleChoiceField[Any]
else:
    _Several = forms.ModelMultipleChoiceField


class RecordsField(_Several):
    """Some records of a kind; the first of them and the chosen ones are offered, any is taken."""

    def __init__(self, label: str, queryset: QuerySet[Any], help_text: str = "") -> None:
        super().__init__(
            queryset,
            label=label,
            help_text=help_text,
            required=False,
            widget=Checkboxes({"class": "records"}),
            error_messages=dict.fromkeys(
                ("invalid_choice", "invalid_pk_value", "invalid_list"), f"{label}: choose from the list."
            ),
        )

    def label_from_instance(self, obj: Model) -> str:
        """Return a record as it is offered.

        A measure with its risk, since several are called alike; an exit by its number, since a partner's name may
        endanger.
        """
        if isinstance(obj, Measure):
            return f"{obj} ({obj.risk})"
        return f"Exit decision {obj.pk}" if isinstance(obj, ExitDecision) else str(obj)

    def offer(self, chosen: Iterable[Any]) -> None:
        """Offer the first records and the chosen ones."""
        assert self.queryset is not None  # noqa: S101  # given on making
        first = list(self.queryset[:SHOWN])
        more = self.queryset.filter(pk__in=[one for one in chosen if str(one).isdecimal()])
        offered = {one.pk: one for one in [*first, *more]}
        self.widget.choices = [(pk, self.label_from_instance(one)) for pk, one in offered.items()]


def split_list(said: str) -> list[str]:
    """Return what commas separate, tidily and once."""
    parts = (" ".join(one.split())[:40] for one in said.split(","))
    return list(dict.fromkeys(one for one in parts if one))


def colleagues() -> QuerySet[User]:
    """Return the people who may be of an engagement team or answer a finding."""
    able = [
        one.pk
        for one in User.objects.filter(is_active=True)
        if one.may(Permission.RUN_CONSULTATION)
        or one.may(Permission.CHECK_SAFEGUARDS)
        or one.may(Permission.ANSWER_FINDING)
    ]
    return User.objects.filter(pk__in=able).order_by("display_name")


class _RecordsForm(GroupedForm):
    """A form that offers records."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, RecordsField):
                if name == "team":
                    field.queryset = colleagues()
                given = self.data.getlist(name) if self.is_bound else self.initial.get(name, [])  # type: ignore[attr-defined]
                field.offer(getattr(one, "pk", one) for one in given)

    @property
    def fieldsets(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """Return the fields in their groups; a kind of record of which there is none is left out."""
        for legend, sentence, fields in super().fieldsets:
            yield legend, sentence, [one for one in fields if self._is_offered(one)]

    @staticmethod
    def _is_offered(field: forms.BoundField) -> bool:
        widget = field.field.widget
        return not isinstance(field.field, RecordsField) or bool(getattr(widget, "choices", ()))


class ConsultationFilter(FilterForm):
    """State, purpose, whom it hears, whose it is, and whether an answer is overdue."""

    state = forms.ChoiceField(choices=[ANY, *labels(ConsultationState)], required=False)
    purpose = forms.ChoiceField(choices=[ANY, *labels(Purpose)], required=False)
    type = forms.ChoiceField(label="Who is heard", choices=[ANY, *HEARD], required=False)
    mine = forms.ChoiceField(label="Team", choices=[ANY, ("yes", "Mine")], required=False)
    overdue = forms.ChoiceField(label="Answers", choices=[ANY, ("yes", "Overdue")], required=False)


class StakeholderFilter(FilterForm):
    """Words, and who they are."""

    q = forms.CharField(
        label="Words", max_length=200, required=False, widget=forms.TextInput({"type": "search"})
    )
    type = forms.ChoiceField(
        label="Who they are",
        choices=[ANY, ("affected", "Affected people and their representatives"), *HEARD],
        required=False,
    )


class StakeholderGroupForm(GroupedForm):
    """A group of people."""

    groups = (
        (
            "The group",
            "Never a person, and no name of one.",
            ("name", "type", "about", "countries", "languages"),
        ),
        (
            "Heightened vulnerability",
            "It depends on the situation, so say why it holds here. Published as a statistic only.",
            ("vulnerabilities", "why_here"),
        ),
    )
    name = _line("Name", longest=160, missing="say what the group is called.")
    type = _choice("Who they are", HEARD)
    about = words("About", missing="", required=False)
    countries = _line("Countries", longest=400, help_text="Codes of two letters, separated by commas.")
    languages = _line("Languages", longest=400, help_text="Separated by commas.")
    vulnerabilities = _several("Vulnerabilities", labels(Vulnerability))
    why_here = words("Why here", missing="", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        return given | {name: split_list(given.get(name, "")) for name in ("countries", "languages")}


class PlanForm(_RecordsForm):
    """A consultation before people are asked."""

    LINKS = ("risks", "measures", "exits", "model_reviews", "changes")
    groups = (
        (
            "What is asked, and why",
            "Others read the title and the question. Name no person and no place in them.",
            ("title", "purpose", "question", "method", "planned_on"),
        ),
        ("What it is about", "At least one record.", LINKS),
        (
            "Who is asked",
            "Those affected first. Where nobody affected is among them, others speak for them: say why (E5).",
            ("asked", "languages", "proxy_reasons"),
        ),
        (
            "Safety of those who take part",
            "From 3 on somebody other than the organiser checks the safeguards (E1).",
            ("risk_to_participants", "safeguards", "safeguards_note"),
        ),
        (
            "Fairness",
            "",
            ("independent_facilitator", "compensation", "info_shared_in_advance", "days_before"),
        ),
        (
            "For the engagement team only",
            "Nobody else ever sees these. Include somebody who may check the safeguards and screen what is written.",
            ("team", "place", "team_notes"),
        ),
    )
    title = _line("Title", longest=160, missing="give it a name that identifies nobody.")
    purpose = _choice("Purpose", labels(Purpose))
    question = words("Question", missing="say what people are asked.")
    method = _choice("Method", labels(Method))
    planned_on = _day("Planned for")
    risks = RecordsField("Risks", Risk.objects.order_by("-rank", "pk"))
    measures = RecordsField(
        "Measures", Measure.objects.select_related("risk").order_by(ENDED, F("starts_on").desc(), "pk")
    )
    exits = RecordsField("Exit decisions", ExitDecision.objects.order_by("-pk"))
    model_reviews = RecordsField("Business-model reviews", ModelReview.objects.order_by("-pk"))
    changes = RecordsField("Product or market changes", Change.objects.order_by("-pk"))
    asked = RecordsField("Groups", StakeholderGroup.objects.order_by("name"))
    languages = _line("Languages", longest=400, help_text="Separated by commas.")
    proxy_reasons = words("Why others speak for them", missing="", required=False)
    risk_to_participants = forms.TypedChoiceField(
        label="Risk to those who take part",
        help_text="5: they could be jailed or killed for it. 1: none that we know of.",
        choices=LEVELS,
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": "Risk to those who take part: choose 1 to 5."},
    )
    safeguards = _several("Safeguards", labels(Safeguard))
    safeguards_note = words("Note on the safeguards", missing="", rows=2, required=False)
    independent_facilitator = forms.BooleanField(label="Led by somebody independent", required=False)
    compensation = words("Compensation", missing="", rows=2, required=False)
    info_shared_in_advance = forms.BooleanField(label="Information is shared in advance", required=False)
    days_before = _number("Days before", most=365)
    team = RecordsField("Team", User.objects.none())
    place = words("Place or channel", missing="", rows=2, required=False)
    team_notes = words("Notes", missing="", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        links = {kind: list(given.pop(kind, [])) for kind in self.LINKS}
        asked = list(given.pop("asked", []))
        return given | {"links": links, "groups": asked, "languages": split_list(given.get("languages", ""))}


class TeamForm(_RecordsForm):
    """Who works on a consultation."""

    groups = (
        ("Team", "Whoever leaves no longer sees the place, the notes and the participants.", ("team",)),
    )
    team = RecordsField("Team", User.objects.none())


class HoldForm(GroupedForm):
    """When, how many, with which consent, within which limits."""

    groups = (
        ("When", "", ("held_from", "held_until")),
        (
            "How many",
            "Others see no number under the smallest group, nor one from which it could be computed.",
            ("participants_n", "breakdown"),
        ),
        (
            "Consent",
            "Asked for separately. Quotes are published only with consent to attribution.",
            ("consent_recording", "consent_attribution", "consent_reuse"),
        ),
        ("Limits", "Whom it did not reach, and what it cannot tell.", ("limits", "proxy_reasons")),
    )
    held_from = _day("Held from", missing="give the first day.")
    held_until = _day("Held until", help_text="Leave it empty for one day.")
    participants_n = _number("People who took part", most=1_000_000, missing="say how many.")
    breakdown = words(
        "Breakdown",
        missing="",
        required=False,
        sentence="One group a line, as in “women: 14”. Groups, never people.",
    )
    consent_recording = _choice("Consent to recording", labels(Consent))
    consent_attribution = _choice("Consent to attribution", labels(Consent))
    consent_reuse = _choice("Consent to reuse", labels(Consent))
    limits = words("Limits", missing="say whom it did not reach.")
    proxy_reasons = words("Why others speak for them", missing="", required=False)

    def clean_breakdown(self) -> list[dict[str, Any]]:
        parts = []
        for line in str(self.cleaned_data["breakdown"]).splitlines():
            group, _, number = line.rpartition(":")
            if not line.strip():
                continue
            if not group.strip() or not number.strip().isdecimal() or len(number.strip()) > 7:
                raise forms.ValidationError("Breakdown: write one group a line, as in “women: 14”.")
            parts.append({"group": " ".join(group.split())[:80], "count": int(number)})
        return parts


class SummaryForm(Form):
    """What was heard, all in all."""

    summary = words(
        "Summary",
        missing="say what was heard.",
        rows=10,
        sentence="Name no person and no place; others will read it.",
    )


class ValidateForm(Form):
    """How those who took part agreed."""

    validated_how = words("How they agreed", missing="say how they could correct the summary.")
    validated_on = _day("Agreed on", missing="give the day.")


def _owner() -> "forms.ModelChoiceField[User]":
    return forms.ModelChoiceField(
        User.objects.none(),
        label="Who sees to it",
        required=False,
        empty_label="nobody yet",
    )


class FindingForm(Form):
    """What people said."""

    you_said = words("What they said", missing="say it in words that they would recognise.")
    is_quote = forms.BooleanField(label="These are somebody's very words", required=False)
    theme = _line("Theme", longest=80, missing="name it in a word or two.")
    priority = forms.TypedChoiceField(
        coerce=int,
        choices=[("1", "1 pressing"), ("2", "2 important"), ("3", "3 to note")],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Priority: choose 1 to 3."),
    )
    owner = _owner()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]


class TagForm(_RecordsForm):
    """What a finding is about."""

    groups = (
        (
            "It is about",
            "Each measure and risk is then looked at again (E6). A tag is not taken away.",
            ("risks", "measures", "model_reviews"),
        ),
    )
    risks = RecordsField("Risks", Risk.objects.order_by("-rank", "pk"))
    measures = RecordsField(
        "Measures", Measure.objects.select_related("risk").order_by(ENDED, F("starts_on").desc(), "pk")
    )
    model_reviews = RecordsField("Business-model reviews", ModelReview.objects.order_by("-pk"))


class AnswerForm(Form):
    """What was done about a finding."""

    response = _choice("Response", labels(Response))
    we_did = words(
        "What we did", missing="", required=False, sentence="Or will do, by when. It is published."
    )
    reasons = words(
        "Reasons",
        missing="",
        required=False,
        sentence="Needed, with 50 characters, for what is not accepted.",
    )
    owner = _owner()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]


class ParticipantForm(Form):
    """One person who takes part."""

    pseudonym = _line(
        "Pseudonym", longest=60, missing="choose one.", help_text="It says nothing about who they are."
    )
    name = _line("Name", longest=200, help_text="Sealed; only the team opens it, and each time is logged.")
    contact = words(
        "Contact",
        missing="",
        rows=2,
        required=False,
        sentence="Sealed. The way that they said is safe for them.",
    )
    consent_attribution = _choice("May they be named with what they said", labels(Consent))


def initial_plan(consultation: Any) -> Mapping[str, Any]:
    """Return a plan as its form shows it."""
    kept = (
        *("title", "purpose", "question", "method", "planned_on", "proxy_reasons", "safeguards"),
        *("safeguards_note", "risk_to_participants", "independent_facilitator", "compensation"),
        *("info_shared_in_advance", "days_before", "place", "team_notes"),
    )
    return {
        **{name: getattr(consultation, name) for name in kept},
        **{kind: list(getattr(consultation, kind).all()) for kind in (*PlanForm.LINKS, "team")},
        "asked": list(consultation.groups.all()),
        "languages": ", ".join(consultation.languages),
    }
