"""Forms of dilemmas between rights: their facts, options, advice, precedents and decisions (domain.md 1.6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from hrdd.forms import Form
from risks.forms.shapes import Checkboxes, FilterForm, GroupedForm, Groups, day, words
from risks.models import (
    Consultation,
    Dilemma,
    DilemmaOption,
    ExpertOpinion,
    Measure,
    Precedent,
    Right,
    Stake,
)
from risks.rules.countries import country_names
from risks.rules.dilemma import EFFECTS, KINDS, SIDES, STATES, UNKNOWN_EFFECT, Side
from risks.rules.ladder import LADDER

UNKNOWN = "unknown"
ANYWHERE = ("GLOBAL", "Worldwide")
KNOWN = [("", "Not known"), ("yes", "Yes"), ("no", "No")]
LADDER_CHOICES = [(code, f"{rung.label} (class I{rung.intrusion})") for code, rung in LADDER.items()]


def places() -> list[tuple[str, str]]:
    """Return every country by its name, and the whole world."""
    return [ANYWHERE, *sorted(country_names().items(), key=lambda pair: pair[1])]


def _yes(given: str) -> bool | None:
    return {"yes": True, "no": False}.get(given)


class DilemmaFilter(FilterForm):
    """State, kind, right, country, and whether its day has passed."""

    q = forms.CharField(
        label="Words", max_length=200, required=False, widget=forms.TextInput({"type": "search"})
    )
    state = forms.ChoiceField(
        choices=[("", "Any"), *((str(one), said) for one, said in STATES.items())], required=False
    )
    kind = forms.ChoiceField(
        choices=[("", "Any"), *((str(one), said) for one, said in KINDS.items())], required=False
    )
    right = forms.ChoiceField(required=False)
    country = forms.ChoiceField(choices=lambda: [("", "Any"), *places()], required=False)
    due = forms.ChoiceField(
        choices=[("", "Any"), ("overdue", "Its day has passed"), ("open", "Not decided yet")], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rights = [(right.code, right.title) for right in Right.objects.all()]
        self.fields["right"].choices = [("", "Any"), *rights]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, str]:
        """Return the filters that make sense, by the names of the query."""
        given = super().chosen()
        return {("words" if name == "q" else name): value.replace("\0", "") for name, value in given.items()}

    def querystring(self) -> str:
        """Return them as they stand in an address."""
        return super().querystring().replace("words=", "q=", 1)


def _rights(label: str, sentence: str, *, required: bool = True) -> "forms.ModelMultipleChoiceField[Right]":
    return forms.ModelMultipleChoiceField(
        Right.objects.all(),
        label=label,
        help_text=sentence,
        required=required,
        widget=Checkboxes({"class": "records"}),
    )


class DilemmaForm(GroupedForm):
    """The question, the rights on each side, the people, and what a government asks for."""

    groups: Groups = (
        ("The question", "", ("question", "kind", "facts", "urgency", "decide_by")),
        (
            "Rights against rights",
            "A right that may never be limited is burdened by no option (D1). If doing less leaves it at risk, name it "
            "there.",
            ("rights_protected", "people_protected", "rights_burdened", "people_burdened", "rights_at_risk"),
        ),
        ("Where, and who was consulted", "", ("countries", "consultations")),
        (
            "If a government demands it",
            "GNI, UNGP 23: read the demand narrowly, and challenge it where it is not lawful.",
            (
                "demand_authority",
                "demand_legal_basis",
                "demand_in_writing",
                "demand_narrowed",
                "demand_challenged",
            ),
        ),
    )
    question = forms.CharField(
        label="What must be decided",
        max_length=300,
        help_text="One question, in words that name nobody.",
        error_messages={"required": "What must be decided: put it as one question."},
    )
    kind = forms.ChoiceField(
        choices=[("", "Choose"), *((str(one), said) for one, said in KINDS.items())],
        help_text="Precedents are found by it. For hatred against a group, the Rabat worksheet is needed (D2).",
    )
    facts = words("What is known", missing="say what is known.", rows=6)
    urgency = forms.ChoiceField(choices=Dilemma.Urgency.choices)
    decide_by = day("Decide by", required=False)
    rights_protected = _rights("Rights protected by acting", "")
    people_protected = words(
        "Whose rights these are", missing="name the groups, one a line.", sentence="One group a line."
    )
    rights_burdened = _rights("Rights burdened by acting", "")
    people_burdened = words(
        "Whose rights are burdened", missing="name the groups, one a line.", sentence="One group a line."
    )
    rights_at_risk = _rights("Rights left at risk by doing less", "Any right.", required=False)
    countries = forms.MultipleChoiceField(
        choices=places,
        required=False,
        error_messages={"invalid_choice": "Countries: choose from the list."},
    )
    consultations = forms.ModelMultipleChoiceField(
        Consultation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "Consultations: choose those of this risk."},
    )
    demand_authority = forms.ChoiceField(
        label="Who asks",
        choices=[("", "No government asks"), *Dilemma.Authority.choices],
        required=False,
    )
    demand_legal_basis = words(
        "On what legal basis", missing="", sentence="L4: the law and article they name.", required=False
    )
    demand_in_writing = forms.ChoiceField(label="Is it in writing?", choices=KNOWN, required=False)
    demand_narrowed = forms.ChoiceField(label="Was it narrowed?", choices=KNOWN, required=False)
    demand_challenged = forms.ChoiceField(label="Was it challenged?", choices=KNOWN, required=False)

    def __init__(self, *args: Any, consultations: QuerySet[Consultation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consultations"].queryset = consultations  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Return the fields as the action takes them: rights by side, people as lists, answers as yes, no or None."""
        given = super().clean() or {}
        given["rights"] = {
            side: list(given.pop(f"rights_{side}", ()))
            for side in (Side.PROTECTED, Side.BURDENED, Side.AT_RISK)
        }
        for name in ("people_protected", "people_burdened"):
            given[name] = [line.strip() for line in given.get(name, "").splitlines() if line.strip()]
        for name in ("demand_in_writing", "demand_narrowed", "demand_challenged"):
            given[name] = _yes(given.get(name, ""))
        given["consultations"] = list(given.get("consultations", ()))
        return given


class OptionForm(GroupedForm):
    """What could be done, and what it does to each right in words; the words matter, the level is for the eye."""

    kind = forms.ChoiceField(
        label="A rung of the ladder",
        choices=[("", "Another course, described below"), *LADDER_CHOICES],
        required=False,
    )
    course = forms.CharField(label="Or another course", max_length=200, required=False)
    about = words("How it would be done", missing="", required=False)
    target = forms.CharField(
        label="On what",
        max_length=300,
        required=False,
        help_text="A group of items, accounts or a rule, never a person's name. Taking no action has one too.",
    )
    target_type = forms.ChoiceField(
        label="Kind of target",
        choices=[("", "Choose"), *Measure.Target.choices],
        required=False,
    )
    lasts_days = forms.IntegerField(
        label="For how many days",
        required=False,
        help_text="A restriction on an account, a feature, a partner or a territory must end.",
    )
    interferes_with = _rights(
        "Further rights that it burdens itself", "Beside those of the table below.", required=False
    )

    def __init__(self, *args: Any, stakes: Sequence[Stake], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stakes = stakes
        for stake in stakes:
            self.fields[f"level_{stake.pk}"] = forms.ChoiceField(
                label="Effect",
                choices=[
                    (UNKNOWN, UNKNOWN_EFFECT.capitalize()),
                    *((str(level), said.capitalize()) for level, said in EFFECTS.items()),
                ],
                required=False,
                error_messages={"invalid_choice": f"{stake}: choose its effect from the list."},
            )
            self.fields[f"says_{stake.pk}"] = words(
                "In words", missing="", rows=2, sentence="Whose right, how, and how surely.", required=False
            )
        self.groups = [
            ("The option", "", ("kind", "course", "about", "target", "target_type", "lasts_days")),
            *(
                (
                    f"{stake.right}: {SIDES[Side(stake.side)].lower()}",
                    "",
                    (f"level_{stake.pk}", f"says_{stake.pk}"),
                )
                for stake in stakes
            ),
            (
                "Own interference",
                "D1: none of these may be a right that is never limited.",
                ("interferes_with",),
            ),
        ]

    def clean(self) -> dict[str, Any]:
        """Return the fields as the action takes them: the effects by right."""
        given = super().clean() or {}
        effects: dict[int, tuple[int | None, str]] = {}
        for stake in self.stakes:
            level = given.pop(f"level_{stake.pk}", UNKNOWN) or UNKNOWN
            says = given.pop(f"says_{stake.pk}", "")
            effects[stake.pk] = (None if level == UNKNOWN else int(level), says)
        given["effects"] = effects
        given["interferes_with"] = list(given.get("interferes_with", ()))
        return given


def option_initial(option: DilemmaOption) -> Mapping[str, Any]:
    """Return what the form of an option begins with."""
    initial: dict[str, Any] = {
        name: getattr(option, name)
        for name in ("kind", "course", "about", "target", "target_type", "lasts_days")
    }
    initial["interferes_with"] = [right.code for right in option.interferes_with.all()]
    for one in option.effects.all():
        initial[f"level_{one.stake_id}"] = UNKNOWN if one.level is None else str(one.level)
        initial[f"says_{one.stake_id}"] = one.says
    return initial


class _OfOptions(Form):
    """A form that names an option of one dilemma."""

    def __init__(self, *args: Any, dilemma: Dilemma, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("favours", "option"):
            if name in self.fields:
                self.fields[name].queryset = dilemma.options.all()  # type: ignore[attr-defined]


def _favours() -> "forms.ModelChoiceField[DilemmaOption]":
    return forms.ModelChoiceField(
        DilemmaOption.objects.none(),
        label="Option favoured",
        required=False,
        empty_label="None, or several",
        error_messages={"invalid_choice": "Option favoured: choose one of this dilemma."},
    )


class AdviceForm(_OfOptions):
    """What somebody advises, kept word by word."""

    favours = _favours()
    text = forms.CharField(
        label="Advice",
        strip=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 6}),
        help_text="It is kept as you write it, whatever is decided (D4).",
        error_messages={"required": "Advice: say it in 50 characters or more."},
    )


class OpinionForm(_OfOptions):
    """Which expert's opinion becomes part of the advice."""

    opinion = forms.ModelChoiceField(
        ExpertOpinion.objects.none(),
        label="Opinion",
        empty_label="Choose",
        error_messages={"required": "Opinion: choose one that an expert gave on this risk."},
    )
    favours = _favours()

    def __init__(self, *args: Any, opinions: QuerySet[ExpertOpinion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["opinion"]
        field.queryset = opinions
        field.label_from_instance = lambda one: (
            f"{one.access.expert}, {one.given_at:%-d %B %Y}: {one.text[:80]}"
        )


class PrecedentForm(Form):
    """An earlier dilemma, and whether this one follows it."""

    look = "Look for dilemmas"
    look_for = forms.CharField(
        label="Look for decided dilemmas by their words",
        help_text="Those of the same kind are offered; “Look” lists others. Nothing is recorded by it.",
        max_length=200,
        required=False,
    )
    of = forms.ModelChoiceField(
        Dilemma.objects.none(),
        label="Decided dilemma",
        empty_label="Choose",
    )
    relation = forms.ChoiceField(
        label="This dilemma",
        choices=Precedent.Relation.choices,
        widget=forms.RadioSelect,
    )
    because = words(
        "Because", missing="say why, in 50 characters or more.", sentence="At least 50 characters."
    )

    def __init__(self, *args: Any, decided: QuerySet[Dilemma], which: str, **kwargs: Any) -> None:
        """Offer decided dilemmas.

        Args:
            decided: those to choose from.
            which: a sentence on which of those found they are; empty where they are all.
        """
        super().__init__(*args, **kwargs)
        self.fields["of"].queryset = decided  # type: ignore[attr-defined]
        self.fields["of"].help_text = which

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given.pop("look_for", None)
        return given


class InterimForm(_OfOptions):
    """What is done at once, for 72 hours."""

    option = forms.ModelChoiceField(
        DilemmaOption.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": "Option: choose one.",
            "invalid_choice": "Option: choose one of this dilemma.",
        },
    )
    reasons = words(
        "Reasons", missing="say why, in 50 characters or more.", sentence="At least 50 characters.", rows=5
    )
    policy_relied_on = words("Published rule", missing="name the rule and its clause.", rows=2)
    seen_hash = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


class DilemmaDecisionForm(InterimForm):
    """What is decided, why, what the public reads of it, and what those say who see it otherwise."""

    public_reasons = words(
        "Reasons for the public",
        missing="say why so that anyone can follow it, in 50 characters or more.",
        sentence="Nobody is named, and the words at issue are not repeated. At least 50 characters.",
        rows=5,
    )
    minority_view = forms.CharField(
        label="Minority view",
        strip=False,
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Those who see it otherwise, in their own words; it is kept as it is (D4).",
    )
    review_on = day("Look at it again by", "Every decision between rights is for a time.")
    field_order = (
        "option",
        "reasons",
        "minority_view",
        "policy_relied_on",
        "public_reasons",
        "review_on",
        "seen_hash",
    )


class StepReasonsForm(Form):
    """Why."""

    reasons = words(
        "Reasons", missing="say why, in 50 characters or more.", sentence="At least 50 characters."
    )


class ConfirmStepForm(Form):
    """Nothing to fill in."""
