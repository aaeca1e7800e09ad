"""Forms of a measure before and while it stands; the rules and actions decide."""

from typing import Any

from django import forms

from hrdd.forms import Form
from risks.forms.policy_reliance import PolicyReliedOnField
from risks.forms.shapes import choice, day, words
from risks.forms.three_part_test import NO_AIM, ThreePartTestForm
from risks.models import Measure, ThreePartTest
from risks.rules.countries import country_names
from risks.rules.ladder import LADDER
from risks.rules.languages import language_names
from risks.rules.measure_workflow import (
    DUTY_LABELS,
    DUTY_SENTENCES,
    MACHINE_MAY_REMOVE,
    needs_end_date,
)

OWN = (
    *(
        "target",
        "target_type",
        "target_ref",
        "territory",
        "language",
        "rule_relied_on",
        "legal_ground",
        "ends_on",
        "note",
    ),
    *("unit_of_review", "public_interest", "repeat_after_warning", "prior_warning_on", "override_reason"),
    *("automated_detection", "automated_decision", "automated_category", "collateral_note", "duties"),
)
FIFTY = "At least 50 characters."


class MeasureProposalForm(ThreePartTestForm):
    """What is proposed, with its three-part test as the second part."""

    target = forms.CharField(
        max_length=300,
        label="Target",
        help_text="Whom or what it touches, in words. Name no person at risk.",
        error_messages={"required": "Target: say whom or what the measure touches."},
    )
    target_type = choice("Target type", [("", "Choose"), *Measure.Target.choices])
    target_ref = forms.CharField(
        max_length=120,
        required=False,
        label="Reference of the target",
        help_text="A pseudonymous key, never a name.",
        error_messages={"max_length": "Reference of the target: keep it under 120 characters."},
    )
    territory = forms.MultipleChoiceField(
        label="Territory",
        choices=lambda: sorted(country_names().items(), key=lambda pair: pair[1]),
        required=False,
        help_text="Where it applies; none means everywhere. The narrowest that is enough (P3).",
        error_messages={"invalid_choice": "Territory: choose from the list."},
    )
    language = choice(
        "Language",
        [("", "None, or not known"), *sorted(language_names().items(), key=lambda pair: pair[1])],
        "Of what was judged, so that the board sees whether errors fall on one language (K9).",
        required=False,
    )
    policy_relied_on = PolicyReliedOnField(required=False)
    rule_relied_on = words(
        "Rule relied on",
        missing="name it.",
        rows=2,
        sentence="A published rule that is no policy of the register. One of policy, rule and law is needed.",
        required=False,
    )
    legal_ground = words(
        "Legal ground", missing="", rows=2, sentence="Where a law is relied on.", required=False
    )
    ends_on = day("Ends on", required=False)
    note = words(
        "Why this measure", missing="", sentence="In a sentence that others can follow.", required=False
    )
    unit_of_review = choice("Unit of review", list(Measure.Unit.choices), initial="single")
    public_interest = forms.BooleanField(
        label="The item is of public interest: politics, journalism, documentation of abuse", required=False
    )
    repeat_after_warning = forms.BooleanField(
        label="The act was repeated after a warning, which lifts the ceiling by one class (DSA 23)",
        required=False,
    )
    prior_warning_on = day("Prior warning", "When the warning was given.", required=False)
    override_reason = words(
        "Override",
        missing="",
        rows=2,
        sentence="Only over the ceiling: why a senior should let it pass by one class.",
        required=False,
    )
    automated_detection = forms.BooleanField(label="A machine found it", required=False)
    automated_decision = choice(
        "Automation",
        list(Measure.Automation.choices),
        "Who decided before it was proposed.",
        initial="NOT_AUTOMATED",
    )
    automated_category = choice(
        "Category of the machine", [("", "None"), *MACHINE_MAY_REMOVE.items()], required=False
    )
    collateral_note = words(
        "Who else is burdened",
        missing="",
        rows=2,
        sentence="Readers, customers downstream, evidence.",
        required=False,
    )
    duties = forms.MultipleChoiceField(
        label="Companion duties",
        choices=[(str(kind), f"{label}. {DUTY_SENTENCES[kind]}") for kind, label in DUTY_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="What the measure needs in any case is added by itself.",
        error_messages={"invalid_choice": "Companion duties: choose from the list."},
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        account = needs_end_date(kind, "account")
        self.fields["ends_on"].help_text = (
            "Needed on an account, feature, partner or territory; it may stay open on an item."
            if account
            else "It may stay open."
        )
        if LADDER[kind].intrusion != 3 or kind != "remove_item":
            del self.fields["automated_category"]
        self.groups = (
            (
                "1. What it touches",
                "",
                ("target", "target_type", "target_ref", "territory", "language", "note"),
            ),
            (
                "2. Its rule and its end",
                "",
                ("policy_relied_on", "rule_relied_on", "legal_ground", "ends_on"),
            ),
            ("3. How it is reviewed", "", ("unit_of_review", "public_interest", "collateral_note")),
            (
                "4. Repeat or override",
                "Either lifts the ceiling by one class, never both (method 5.1).",
                ("repeat_after_warning", "prior_warning_on", "override_reason"),
            ),
            (
                "5. Machines",
                "A machine alone decides no measure of class I4 or I5 (SD7).",
                tuple(
                    name
                    for name in ("automated_detection", "automated_decision", "automated_category")
                    if name in self.fields
                ),
            ),
            ("6. Companion duties", "", ("duties",)),
            *[(f"Test: {legend}", sentence, names) for legend, sentence, names in self.test_groups()],
        )

    def own(self) -> dict[str, Any]:
        """Return what was given beside the test, by the names of a Proposal; what could not be read is left out."""
        given = {name: self.cleaned_data[name] for name in OWN if name in self.cleaned_data}
        if relied := self.cleaned_data.get("policy_relied_on"):
            given |= {"policy_version": relied.version, "policy_clause": relied.clause}
        return given


class EnforceForm(Form):
    """Why the measure is necessary now, and when the person was told."""

    necessity = words(
        "Necessity now",
        missing="say why it is necessary at this moment.",
        sentence="Late action is judged when it is taken: is the harm still to be prevented? " + FIFTY,
    )
    notified_on = day(
        "Notified on",
        "When the person was told what is done and why; six months to appeal run from it.",
        required=False,
    )


class EmergencyForm(Form):
    """Why it cannot wait."""

    reasons = words(
        "Reasons", missing="say why it cannot wait.", sentence="Why life is in danger now. " + FIFTY
    )
    notified_on = day("Notified on", "May follow.", required=False)


class NoticeForm(Form):
    """When the person was told."""

    notified_on = day("Notified on", "Six months to appeal run from this day (DSA 20).")


class DutyForm(Form):
    """Which duty was done, and how."""

    kind = choice("Duty", [(str(kind), label) for kind, label in DUTY_LABELS.items()])
    how = words(
        "How it was done", missing="say how.", sentence="What was done, and where it can be checked. " + FIFTY
    )


def initial_of(measure: Measure) -> dict[str, Any]:
    """Return a proposal as its form shows it, with the answers of its test."""
    shown: dict[str, Any] = {name: getattr(measure, name) for name in OWN if name != "duties"}
    if measure.policy_version_id is not None:
        shown["policy_relied_on"] = f"{measure.policy_version_id}:{measure.policy_clause}"
    shown["duties"] = [one.kind for one in measure.duties.all()]
    return shown | answers_shown(measure.test)


def answers_shown(test: ThreePartTest | None) -> dict[str, Any]:
    """Return the answers of a test as the fields of the form show them; none before it was answered."""
    if test is None:
        return {}
    given = test.given()
    shown: dict[str, Any] = {
        "rights_burdened": list(given.rights_burdened),
        "aims": [NO_AIM] if given.no_aim_is_listed else list(given.aims),
    }
    for code, answer in given.answers.items():
        shown |= {code: answer.answer, f"{code}_text": answer.text}
    for one in given.alternatives:
        shown |= {f"not_{one.kind}": one.because, f"not_{one.kind}_text": one.text}
    return shown
