"""One form per action; shape only, no rule."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hrdd.forms import Form
from hrdd.governance.models import User
from risks.models import Right
from risks.models.statements import CATEGORIES, GROUNDS
from risks.queries.list_filter import Options
from risks.rules.countries import country_names
from risks.rules.ladder import LADDER
from risks.rules.salience import ACTUAL, is_salient
from risks.rules.severity import BANDS
from transparency.models import ReferenceOrganisation
from transparency.rules.coverage import BY_CODE, LEAST_REASON, OF_EACH_RISK, PLACES, Question
from transparency.rules.dsa_quantities import LEAST_REST, Quantity, Unit
from transparency.rules.redaction import REASON_WORDS, Field

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def countries() -> list[tuple[str, str]]:
    """Return every country by its name in the language that is spoken, after any."""
    return _after_any(sorted(_spoken(country_names().items()), key=lambda one: one[1]))


def levels() -> list[tuple[str, str]]:
    """Return the levels that are salient, the gravest first, after any."""
    said = [
        (str(level), f"{level} {gettext(BANDS[level])}")
        for level in sorted(BANDS, reverse=True)
        if is_salient(level, ACTUAL)
    ]
    return _after_any(said)


def rights() -> list[tuple[str, str]]:
    """Return every right of the catalogue, after any."""
    return _after_any(_spoken(Right.objects.values_list("code", "title")))


def restrictions() -> list[tuple[str, str]]:
    """Return every restriction, after any."""
    return _after_any(_spoken((code, rung.label) for code, rung in LADDER.items() if code != "no_action"))


def grounds() -> list[tuple[str, str]]:
    """Return every ground, after any."""
    return _after_any(_spoken(GROUNDS))


def categories() -> list[tuple[str, str]]:
    """Return every category, after any."""
    return _after_any(_spoken(CATEGORIES))


def _spoken(labels: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, gettext(label)) for code, label in labels]


def _after_any(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", gettext("Any")), *choices]


class DraftReportForm(Form):
    """A period and a title."""

    title = forms.CharField(max_length=200, help_text="For example: Human rights report 2021.")
    begin = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))


class AnswerForm(Form):
    """Where a question of the framework is answered, or why not; of one risk, or of all."""

    risk = forms.TypedChoiceField(
        label="Said of", coerce=int, required=False, empty_value=None, help_text="One risk, or all of them."
    )
    told_in = forms.ChoiceField(
        label="Answered in",
        required=False,
        help_text="What the report, or a public page beside it, tells of this question.",
    )
    reason = forms.CharField(
        label="Or why it is not answered",
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=f"A sentence of at least {LEAST_REASON} characters. The report prints it.",
    )

    def __init__(
        self, data: Any = None, *, question: Question, risks: Sequence[tuple[int, str]], **options: Any
    ) -> None:
        """Offer the places that may answer this question, and the risks of the report."""
        super().__init__(data, **options)
        places = [
            (code, one.name) for code, one in PLACES.items() if question.of_issues or code not in OF_EACH_RISK
        ]
        _choices(self, "told_in", [("", "Nowhere; the reason is below"), *places])
        if question.of_issues:
            _choices(self, "risk", [("", "All risks that have no answer of their own"), *risks])
        else:
            del self.fields["risk"]


class ReasonForm(Form):
    """One reason for several things."""

    reason = forms.CharField(
        label="Why they are not answered",
        widget=forms.Textarea({"rows": 3}),
        help_text=f"A sentence of at least {LEAST_REASON} characters. The report prints it with each question.",
    )


class SectionForm(Form):
    """The text of a section, whether it is ready, and which questions it answers."""

    text = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 14}),
        help_text="Paragraphs, lists, quotes, *emphasis* and [links](https://…). Empty takes the section out.",
    )
    answers = forms.MultipleChoiceField(
        label="It answers these questions of the Reporting Framework",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    ready = forms.BooleanField(label="It is ready: nothing is left to write", required=False)

    def __init__(self, data: Any = None, *, questions: Sequence[str], **options: Any) -> None:
        """Offer the questions that the section may answer."""
        super().__init__(data, **options)
        if questions:
            _choices(self, "answers", [(code, f"{code} {BY_CODE[code].asks}") for code in questions])
        else:
            del self.fields["answers"]


class QuantityForm(Form):
    """A quantity of the DSA with its source, or why it is not held."""

    of = forms.ChoiceField(label="Of", required=False)
    value = forms.DecimalField(label="Number", required=False, max_digits=16, decimal_places=3)
    rests_on = forms.IntegerField(
        label="Rests on",
        required=False,
        min_value=0,
        help_text="On how many cases; a median of fewer than ten and a share of fewer than thirty are not shown "
        "(method 15).",
    )
    words = forms.CharField(label="In words", required=False, widget=forms.Textarea({"rows": 6}))
    source = forms.CharField(
        required=False, max_length=300, help_text="Where it comes from, so that others can check it."
    )
    not_held = forms.CharField(
        label="Or why it is not held",
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=f"A sentence of at least {LEAST_REASON} characters, for the whole quantity. The report prints it.",
    )

    def __init__(self, data: Any = None, *, quantity: Quantity, **options: Any) -> None:
        """Ask only for what this quantity is made of."""
        super().__init__(data, **options)
        self.order_fields(["of", "value", "rests_on", "words", "source", "not_held"])
        kept = {"source", "not_held", "words" if quantity.unit == Unit.WORDS else "value"}
        kept |= {"of"} if quantity.by else set()
        kept |= {"rests_on"} if quantity.unit in LEAST_REST else set()
        for name in set(self.fields) - kept:
            del self.fields[name]
        if quantity.by:
            self.fields["of"].label = quantity.by.capitalize()
            _choices(self, "of", [("", "Choose one"), *((one, one) for one in quantity.answers)])

    def entry(self) -> dict[str, Any]:
        """Return what was given as the rule takes it; what was not asked is empty."""
        given = self.cleaned_data
        numbers = {name: given.get(name) for name in ("value", "rests_on")}
        return numbers | {name: given.get(name, "") for name in ("of", "words", "source", "not_held")}


class RedactionForm(Form):
    """A passage of a frozen report, and why it is taken out."""

    path = forms.ChoiceField(label="Text")
    passage = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Exactly as it stands there; it is taken out wherever it stands. Empty takes out the whole text.",
    )
    reason = forms.ChoiceField(
        choices=[("", "Choose one"), *REASON_WORDS.items()], help_text="Reputation is no reason (method 16)."
    )

    def __init__(self, data: Any = None, *, fields: Sequence[Field], **options: Any) -> None:
        """Offer every text of the report."""
        super().__init__(data, **options)
        _choices(self, "path", [("", "Choose one"), *((one.path, one.label) for one in fields)])


class JudgementForm(Form):
    """Whether a report suffices on one criterion, and why."""

    suffices = forms.ChoiceField(
        label="Does it suffice?", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect
    )
    reasons = forms.CharField(
        widget=forms.Textarea({"rows": 3}), help_text="A sentence of at least 20 characters."
    )

    def judgement(self) -> dict[str, Any]:
        """Return what was judged, by the names of the action."""
        return {
            "suffices": self.cleaned_data["suffices"] == "yes",
            "reasons": self.cleaned_data["reasons"],
        }


class OwnerForm(Form):
    """Who answers for a section."""

    owner = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        empty_label="Nobody",
        error_messages={"invalid_choice": "Owner: choose somebody of the list, or nobody."},
        help_text="Reads and writes it; does not sign the report.",
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        """Offer everybody who has access to the desk."""
        super().__init__(data, **options)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # the form above declares it
        field.queryset = User.objects.filter(is_active=True).order_by("display_name")


class CommentForm(Form):
    """What a colleague asks of a section."""

    comment = forms.CharField(widget=forms.Textarea({"rows": 3}))


def _choices(form: forms.Form, name: str, choices: Sequence[tuple[Any, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  # the form above declares it
    field.choices = list(choices)


class PublicFilter(Form):
    """What a public list is narrowed by; a value it does not know is left out."""

    called: ClassVar[Mapping[str, str]] = {}  # what the query calls a field, where it is another name

    def filters(self) -> dict[str, Any]:
        """Return what was chosen, by the names of the query."""
        return {self.called.get(name, name): value for name, value in self._chosen().items()}

    def querystring(self) -> str:
        """Return what was chosen as it stands in an address."""
        return urlencode(self._chosen())

    def _chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class PublicRiskFilter(PublicFilter):
    """How grave, which right and where; a value it does not know is left out."""

    level = forms.TypedChoiceField(
        label=_("Level"), choices=levels, coerce=int, empty_value=None, required=False, widget=Options
    )
    right = forms.ChoiceField(label=_("Right"), choices=rights, required=False, widget=Options)
    country = forms.ChoiceField(label=_("Country"), choices=countries, required=False, widget=Options)


class PublicStatementFilter(PublicFilter):
    """Words, what was done, on which ground, where and when; a value it does not know is left out."""

    called = {"q": "words"}

    q = forms.CharField(
        label=_("Words"), max_length=200, required=False, widget=forms.TextInput({"type": "search"})
    )
    kind = forms.ChoiceField(label=_("Restriction"), choices=restrictions, required=False, widget=Options)
    ground = forms.ChoiceField(label=_("Ground"), choices=grounds, required=False, widget=Options)
    category = forms.ChoiceField(label=_("Category"), choices=categories, required=False, widget=Options)
    country = forms.ChoiceField(label=_("Country"), choices=countries, required=False, widget=Options)
    first = forms.DateField(label=_("Issued from"), required=False, widget=DAY)
    last = forms.DateField(label=_("Issued until"), required=False, widget=DAY)


class ReferenceFilter(Form):
    """Whose statements ours are compared with."""

    organisation = forms.ModelChoiceField(
        ReferenceOrganisation.objects.all(), label="Compared with", required=False, empty_label="All of them"
    )

    def chosen(self) -> ReferenceOrganisation | None:
        """Return the organisation that was chosen, or nothing for all."""
        self.is_valid()
        found: ReferenceOrganisation | None = self.cleaned_data.get("organisation")
        return found
