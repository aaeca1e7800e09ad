"""What a person decides on a finding: the outcome first, then only what that outcome needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BoundField

from risks.forms.measure_proposals import answers_shown
from risks.forms.shapes import choice, day, words
from risks.forms.three_part_test import WEIGHED, ThreePartTestForm
from risks.models import Evidence, Measure, Reassessment
from risks.rules.countries import country_names
from risks.rules.ladder import LADDER
from risks.rules.reassessment import ASKED_LABELS, REASON_CODES, Decided
from risks.rules.three_part_test import Part

FIFTY = "At least 50 characters."
CONFIRMED = {str(part): f"confirmed_{part.name.lower()}" for part in Part} | {WEIGHED: "confirmed_weighed"}
NEEDED = ("higher_kind", "lower_kind", "restored", "referred_to", "question")
LONGEST_STAY = 100_000
OWN = (
    *("outcome", "reason_code", "reasons", "evidence", "who_was_heard", "time_spent_min", "restored"),
    *("override_reason", "target_type", "territory", "ends_on", "rule_relied_on", "referred_to", "question"),
)
KIND_OF = {str(Decided.ESCALATE): "higher_kind", str(Decided.DE_ESCALATE): "lower_kind"}


@dataclass(frozen=True)
class Section:
    """Fields in a fieldset; those of an outcome come into view with it where the browser can tell."""

    legend: str
    sentence: str
    fields: list[BoundField]
    outcomes: str = ""


def reasons_by_outcome() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the reasons grouped by the outcomes that they carry."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, one in REASON_CODES.items():
        outcomes = [outcome.replace("_", "-") for outcome in Decided if outcome in one.carries]
        groups.setdefault(f"To {' or '.join(outcomes)}", []).append((code, one.label))
    return list(groups.items())


class ReassessmentForm(ThreePartTestForm):
    """What a person decides on a finding; the action holds the rules.

    The test is filled in as it was last kept. Nothing counts as judged anew before its part is confirmed.
    """

    outcome = forms.ChoiceField(
        choices=Reassessment.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Outcome: choose what you decide."},
    )
    reason_code = choice(
        "Main reason",
        [("", "Choose"), *reasons_by_outcome()],
        "The one that weighs most; it is counted.",
    )
    reasons = words("Reasons", missing="write at least 50 characters.", rows=5, sentence=FIFTY)
    evidence = forms.ModelMultipleChoiceField(
        Evidence.objects.none(),
        label="Evidence considered",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "Evidence considered: choose from the list."},
    )
    who_was_heard = words(
        "Who was heard",
        missing="",
        rows=2,
        sentence="The person concerned, people affected, experts. Say if nobody was. Name no person at risk.",
        required=False,
    )
    time_spent_min = forms.IntegerField(
        label="Time spent, in minutes",
        required=False,
        min_value=0,
        max_value=LONGEST_STAY,
        error_messages={
            "invalid": "Time spent: a number of minutes, such as 45.",
            "min_value": "Time spent: 0 minutes or more.",
            "max_value": f"Time spent: at most {LONGEST_STAY} minutes.",
        },
    )
    higher_kind = choice("More intrusive measure", (), required=False)
    override_reason = words(
        "Override",
        missing="",
        rows=2,
        sentence="Only over the ceiling: why a senior should let it pass by one class.",
        required=False,
    )
    lower_kind = choice("Less intrusive measure", (), required=False)
    target_type = choice("Target type", (), required=False)
    territory = forms.MultipleChoiceField(
        label="Territory",
        choices=lambda: sorted(country_names().items(), key=lambda pair: pair[1]),
        required=False,
        error_messages={"invalid_choice": "Territory: choose from the list."},
    )
    ends_on = day("Ends on", required=False)
    rule_relied_on = words("Rule relied on", missing="", rows=2, required=False)
    restored = words(
        "What was restored",
        missing="",
        sentence="What was given back, which side effects were undone, and who was told, when. " + FIFTY,
        required=False,
    )
    referred_to = choice(
        "Referred to", [("", "Choose"), *((str(k), v) for k, v in ASKED_LABELS.items())], required=False
    )
    question = words(
        "Question", missing="", sentence="What must be known before this can be decided?", required=False
    )

    def __init__(self, *args: Any, measure: Measure, evidence: QuerySet[Evidence], **kwargs: Any) -> None:
        shown = answers_shown(measure.test) | {"territory": measure.territory}
        super().__init__(*args, kind=measure.kind, initial=shown, **kwargs)
        self.measure = measure
        self.prefilled = measure.test is not None
        higher = [code for code, rung in LADDER.items() if rung.intrusion > measure.intrusion]
        self._offer("higher_kind", [("", "Choose"), *((code, LADDER[code].label) for code in higher)])
        self._offer("lower_kind", [("", "Choose"), *((code, LADDER[code].label) for code in self.lower)])
        same = f"As now: {measure.get_target_type_display().lower()}" if measure.target_type else "Choose"
        self._offer("target_type", [("", same), *Measure.Target.choices])
        self.fields["ends_on"].help_text = (
            f"As now, {measure.ends_on:%-d %B %Y}, unless you give another day."
            if measure.ends_on
            else "Needed on an account, feature, partner or territory; it may stay open on an item."
        )
        self.fields["rule_relied_on"].help_text = (
            f"As now, unless you name another: {measure.rule_told}"
            if measure.rule_told
            else "None is on record. Name the published rule."
        )
        self.fields["evidence"].queryset = evidence  # type: ignore[attr-defined]
        for name in NEEDED:
            self.fields[name].needed_later = True  # type: ignore[attr-defined]
        for name in self._confirmations().values():
            self.fields[name] = forms.BooleanField(
                label="I judged each of these answers anew, and it holds today", required=False
            )

    def clean(self) -> dict[str, Any]:
        """Read only what the outcome needs, and refuse to take kept answers for fresh ones (3.7)."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self._unread(given.get("outcome", "")):
            self.errors.pop(name, None)
        if given.get("outcome") == Decided.MAINTAIN:
            for legend, name in self._confirmations().items():
                if not given.get(name):
                    self.add_error(
                        name,
                        f"Method 12: the answers under “{legend}” are those of the last test. Judge each anew, then "
                        "confirm it here.",
                    )
        return given

    def own(self) -> dict[str, Any]:
        """Return what was given so far, by the names of a Decision; what could not be read is left out."""
        given = {name: self.cleaned_data[name] for name in OWN if name in self.cleaned_data}
        kind = KIND_OF.get(given.get("outcome", ""), "")
        return given | {"kind": self.cleaned_data.get(kind, ""), "test": self.given_test()}

    @property
    def sections(self) -> Iterator[Section]:
        """Return what each outcome needs, without the test."""
        yield self._section(
            "To escalate",
            "A proposal of the stronger measure: you answer its test next, and the usual approver decides. The present "
            "measure stays as it is until then.",
            ("higher_kind", "override_reason"),
            "escalate",
        )
        yield self._section(
            "To de-escalate",
            "The less intrusive measure stands at once, and the present one ends as replaced.",
            ("lower_kind",),
            "de_escalate",
        )
        yield self._section(
            "The measure in its place",
            "It takes over the target, the rule relied on, the territory and the end date, unless you say otherwise.",
            ("target_type", "territory", "ends_on", "rule_relied_on"),
            "escalate de_escalate",
        )
        yield self._section("To lift", "The measure ends today.", ("restored",), "lift")
        yield self._section(
            "To refer",
            "The task stays open and its deadline runs on; whoever is asked sees the question.",
            ("referred_to", "question"),
            "refer",
        )

    @property
    def on_record(self) -> Section:
        """Return what every decision says of itself."""
        names = ("reason_code", "reasons", "evidence", "who_was_heard", "time_spent_min")
        shown = tuple(name for name in names if name != "evidence" or self.fields["evidence"].queryset)  # type: ignore[attr-defined]
        return self._section("Why, and on what", "This stays on record as you write it.", shown, "")

    @property
    def test_sections(self) -> Iterator[Section]:
        """Return the test by its parts, each with its confirmation where it was filled in from the last one."""
        confirmed = self._confirmations()
        for legend, sentence, names in self.test_groups():
            confirm = (confirmed[legend],) if legend in confirmed else ()
            yield self._section(legend, sentence, (*names, *confirm), "maintain")

    @property
    def test_is_open(self) -> bool:
        """Whether the test is shown unfolded: it was chosen, or something in it is to be mended."""
        chosen = self.is_bound and self.data.get("outcome") == Decided.MAINTAIN
        asked = {name for _, _, names in self.test_groups() for name in names} | set(CONFIRMED.values())
        return chosen or any(name in asked for name in self.errors)

    def _unread(self, outcome: str) -> set[str]:
        """Return the fields that belong to other outcomes; what was left in them holds up no decision."""
        sections = [*self.sections, *self.test_sections]
        return {field.name for one in sections if outcome not in one.outcomes.split() for field in one.fields}

    def _confirmations(self) -> dict[str, str]:
        """Return the field that confirms each part of the test, where its answers were filled in from the last one."""
        if not self.prefilled:
            return {}
        return {legend: CONFIRMED[legend] for legend, _, _ in self.test_groups()}

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _section(self, legend: str, sentence: str, names: tuple[str, ...], outcomes: str) -> Section:
        return Section(legend, sentence, [self[name] for name in names], outcomes)
