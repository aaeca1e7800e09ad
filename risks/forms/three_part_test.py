"""The three-part test as form fields, for whatever form asks it (ICCPR 19(3); domain.md 3.3)."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from risks.forms.shapes import LONGEST, Checkboxes, GroupedForm, Groups, words
from risks.models import Right
from risks.rules.ladder import LADDER
from risks.rules.three_part_test import (
    AIMS,
    AIMS_READ_AS,
    ANSWERS,
    ANSWERS_OR_NOT_ASKED,
    BECAUSE_LABELS,
    GUIDANCE,
    QUESTIONS,
    Alternative,
    Answer,
    GivenTest,
    Part,
    Question,
)

NO_AIM = "none_listed"
WEIGHED = "Less intrusive measures that were weighed"


def said(code: str) -> str:
    """Return a code of the rules as words."""
    return code.replace("_", " ").capitalize()


class ThreePartTestForm(GroupedForm):
    """The questions of the test, the aims, the rights burdened, and each less intrusive rung with why not.

    A form that asks more inherits from it and names its own groups before `test_groups()`.
    """

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.lower = [code for code, rung in LADDER.items() if rung.intrusion < LADDER[kind].intrusion]
        self.fields["rights_burdened"] = forms.ModelMultipleChoiceField(
            Right.objects.all(),
            label="Rights that the measure burdens",
            initial=list(LADDER[kind].rights_burdened),
            required=False,
            widget=Checkboxes({"class": "records"}),
            help_text="The usual ones for this kind of measure are chosen. Add whatever else it touches.",
            error_messages={"invalid_choice": "Rights that the measure burdens: choose from the list."},
        )
        self.fields["aims"] = forms.MultipleChoiceField(
            label="A1. Which listed aim does it serve?",
            choices=[*((aim, AIMS_READ_AS.get(aim, said(aim))) for aim in AIMS), (NO_AIM, "None of these")],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            error_messages={"invalid_choice": "A1: choose from the list."},
        )
        for question in QUESTIONS:
            self.fields[question.code] = _answer_field(question)
            self.fields[f"{question.code}_text"] = words(
                f"{question.code} in words",
                missing="say why.",
                rows=2,
                sentence=GUIDANCE.get(question.code, ""),
                required=False,
            )
        for code in self.lower:
            self.fields[f"not_{code}"] = forms.ChoiceField(
                label=LADDER[code].label,
                choices=[("", "Not weighed"), *((str(one), told) for one, told in BECAUSE_LABELS.items())],
                required=False,
                error_messages={"invalid_choice": f"{LADDER[code].label}: choose from the list."},
            )
            self.fields[f"not_{code}_text"] = forms.CharField(
                label=f"{LADDER[code].label}: in words", required=False, max_length=LONGEST
            )

    def test_groups(self) -> Groups:
        """Return the groups of the test: one for each part, and the rungs weighed."""
        return list(self._test_groups())

    def _test_groups(self) -> Iterator[tuple[str, str, list[str]]]:
        for part in Part:
            names = ["rights_burdened"] if part is Part.LEGALITY else ["aims"] if part is Part.AIM else []
            for question in QUESTIONS:
                if question.part is part:
                    names += [question.code, f"{question.code}_text"]
            yield str(part), "", names
        if self.lower:
            weighed = [name for code in self.lower for name in (f"not_{code}", f"not_{code}_text")]
            yield WEIGHED, "Why was each not enough?", weighed

    def given_test(self) -> GivenTest:
        """Return the answers as the rules read them; what was left open counts as unknown."""
        given: Mapping[str, Any] = self.cleaned_data
        aims = [aim for aim in given.get("aims", ()) if aim != NO_AIM]
        return GivenTest(
            answers={
                question.code: Answer(
                    given.get(question.code) or "unknown", given.get(f"{question.code}_text", "").strip()
                )
                for question in QUESTIONS
            },
            aims=tuple(aims),
            no_aim_is_listed=NO_AIM in given.get("aims", ()) and not aims,
            alternatives=tuple(
                Alternative(code, given[f"not_{code}"], given.get(f"not_{code}_text", "").strip())
                for code in self.lower
                if given.get(f"not_{code}")
            ),
            rights_burdened=tuple(right.code for right in given.get("rights_burdened", ())),
        )


def _answer_field(question: Question) -> forms.ChoiceField:
    answers = ANSWERS_OR_NOT_ASKED if question.may_be_left_out else ANSWERS
    return forms.ChoiceField(
        label=f"{question.code}. {question.text}",
        choices=[(answer, said(answer)) for answer in answers],
        initial="unknown",
        required=False,
        error_messages={"invalid_choice": f"{question.code}: choose one of the answers."},
    )


class FullTestForm(ThreePartTestForm):
    """The test alone: of an emergency that stands already, or of an option of a dilemma."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        self.groups = self.test_groups()
