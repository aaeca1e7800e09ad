"""Forms about risks and their severity."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet

from risks.forms.shapes import GroupedForm, words
from risks.models import Consultation, ConsultationFinding, Evidence, Risk
from risks.rules.salience import State
from risks.rules.severity import ANCHORS, BANDS, GRAVEST_HARMS

UNKNOWN = "unknown"
HEADS: Mapping[str, tuple[str, str]] = {
    "scale": ("Scale: how grave", "The worst credible outcome for the most exposed people."),
    "scope": (
        "Scope: how many",
        "The higher of the two readings; the share counts for a group of ten or more.",
    ),
    "irremediability": (
        "Irremediability: how hard to put right",
        "Back to the situation before, or its equivalent.",
    ),
}
STATES = {
    State.POTENTIAL: "It could happen",
    State.ACTUAL_UNREMEDIED: "It happened and is not yet put right",
    State.ACTUAL_REMEDIED: "It happened and was put right",
}
LIKELIHOODS = [
    ("", "None: it has happened"),
    *(
        (str(number), f"{number} {said}")
        for number, said in enumerate(("remote", "unlikely", "possible", "likely", "imminent"), start=1)
    ),
    (UNKNOWN, "Not known: counts as imminent for severe harm, else as possible"),
]

SCOPE_FIELDS = ("scope", "scope_people", "scope_group_share", "scope_group_size", "scope_rationale")
NEW_EVIDENCE = (
    "evidence_title",
    "evidence_kind",
    "evidence_says",
    "evidence_reference",
    "evidence_outside_company",
    "evidence_from_affected",
    "evidence_disclosure",
)
MUST_BE_ITS_OWN = {
    "invalid_choice": "Choose from what is on record for this risk.",
    "invalid_pk_value": "Choose from what is on record for this risk.",
}


def _head(name: str) -> forms.TypedChoiceField:
    label = name.capitalize()
    wrong = f"{label}: choose 5 to 1, or that it is not known."
    return forms.TypedChoiceField(
        label=label,
        choices=[
            *((str(level), f"{level}: {ANCHORS[name][level]}") for level in sorted(BANDS, reverse=True)),
            (UNKNOWN, "Not known: counts as 4 until somebody finds out"),
        ],
        coerce=lambda value: None if value == UNKNOWN else int(value),
        widget=forms.RadioSelect,
        error_messages={"required": wrong, "invalid_choice": wrong},
    )


class SeverityForm(GroupedForm):
    """A judgement of severity: three heads with their reasons, what they rest on, and how it stands.

    `risk` is None for one that is not on record yet, such as a row of an import; the consultations and findings are
    those that the reader may see.
    """

    scale = _head("scale")
    scale_rationale = words("Why this scale", missing="say why in a sentence or two.")
    scope = _head("scope")
    scope_people = forms.IntegerField(
        label="People affected, as far as known",
        required=False,
        min_value=1,
        max_value=10**10,
        help_text="With a number or a share, the level must be the one that they read as.",
    )
    scope_group_share = forms.DecimalField(
        label="Share of the group at risk, in percent",
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    scope_group_size = forms.IntegerField(
        label="Size of that group", required=False, min_value=1, max_value=10**10
    )
    scope_rationale = words("Why this scope", missing="say why in a sentence or two.")
    irremediability = _head("irremediability")
    irremediability_rationale = words("Why this irremediability", missing="say why in a sentence or two.")
    state_of_harm = forms.ChoiceField(
        label="State of harm",
        choices=[(str(state), said) for state, said in STATES.items()],
        widget=forms.RadioSelect,
        error_messages={
            "required": "State of harm: choose whether it could happen, happened, or was put right.",
            "invalid_choice": "State of harm: choose one of the three.",
        },
    )
    likelihood = forms.ChoiceField(
        choices=LIKELIHOODS,
        required=False,
        error_messages={"invalid_choice": "Likelihood: choose 1 to 5, not known, or none."},
    )
    delay_makes_irremediable = forms.BooleanField(
        label="Waiting would make the harm irremediable", required=False
    )
    heightened_vulnerability = forms.BooleanField(
        label="People of heightened vulnerability are affected", required=False
    )
    harm_type = forms.ChoiceField(
        label="Kind of harm",
        choices=[
            ("", "None of these"),
            *((harm, harm.replace("_", " ").capitalize()) for harm in sorted(GRAVEST_HARMS)),
        ],
        required=False,
        error_messages={"invalid_choice": "Kind of harm: choose one from the list, or none of these."},
    )
    floor_reason = words(
        "Why that outcome is not credible",
        missing="",
        sentence="For a reviewer, with a scale under 5.",
        required=False,
    )
    evidence = forms.ModelMultipleChoiceField(
        label="Evidence on record",
        queryset=Evidence.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages=MUST_BE_ITS_OWN,
    )
    evidence_title = forms.CharField(label="New evidence: what it is", max_length=200, required=False)
    evidence_kind = forms.ChoiceField(
        label="New evidence: kind", choices=Evidence.Kind.choices, required=False
    )
    evidence_says = words(
        "New evidence: what it shows",
        missing="",
        sentence="In words that identify nobody. Where the source itself is kept goes below.",
        required=False,
    )
    evidence_reference = forms.CharField(
        label="New evidence: where it is kept", max_length=500, required=False
    )
    evidence_outside_company = forms.BooleanField(label="It comes from outside the company", required=False)
    evidence_from_affected = forms.BooleanField(
        label="It comes from people affected, or those who speak for them", required=False
    )
    evidence_disclosure = forms.ChoiceField(
        label="New evidence: who may read it",
        choices=Evidence.Disclosure.choices,
        initial=Evidence.Disclosure.INTERNAL,
        required=False,
    )
    consulted = words(
        "Who was consulted, or why nobody could be",
        missing="name them as a group, or give the reason.",
        sentence="UNGP 18(b). Groups and organisations, never the name of a person at risk.",
    )
    consultations = forms.ModelMultipleChoiceField(
        label="Consultations that this rests on",
        queryset=Consultation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages=MUST_BE_ITS_OWN,
    )
    findings_considered = forms.ModelMultipleChoiceField(
        label="Findings considered",
        queryset=ConsultationFinding.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages=MUST_BE_ITS_OWN,
    )
    what_changed = words(
        "What changed since the last judgement, and why",
        missing="",
        sentence="At least 50 characters when there is an earlier one.",
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        risk: Risk | None,
        consultations: QuerySet[Consultation] | None = None,
        findings: QuerySet[ConsultationFinding] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.groups = [
            *(
                (legend, sentence, SCOPE_FIELDS if head == "scope" else (head, f"{head}_rationale"))
                for head, (legend, sentence) in HEADS.items()
            ),
            (
                "Whether and how soon",
                "What has happened has no likelihood. Likelihood orders risks of one severity; it never lowers one.",
                ("state_of_harm", "likelihood", "delay_makes_irremediable", "heightened_vulnerability"),
            ),
            (
                "The gravest kinds of harm",
                "These have scale 5, unless a reviewer records why that outcome is not credible.",
                ("harm_type", "floor_reason"),
            ),
            ("What it rests on", "UNGP 18: at least one piece of evidence.", self._basis(risk)),
            (
                "Who was heard",
                "E4: a judgement that rests on a consultation names each of its findings that it considered.",
                (
                    "consulted",
                    *self._shown("consultations", consultations),
                    *self._shown("findings_considered", findings),
                ),
            ),
        ]
        if risk is not None and risk.assessments.exists():
            self.groups.append(("What changed", "The earlier judgement stays on record.", ("what_changed",)))

    def _basis(self, risk: Risk | None) -> tuple[str, ...]:
        return (*self._shown("evidence", risk.evidence.all() if risk else None), *NEW_EVIDENCE)

    def _shown(self, name: str, rows: QuerySet[Any] | None) -> tuple[str, ...]:
        """Offer what is on record, or take the field away where there is nothing to choose from."""
        if rows is None or not rows.exists():
            del self.fields[name]
            return ()
        field = self.fields[name]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101
        field.queryset = rows
        return (name,)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        said = given.get("likelihood", "")
        number = int(said) if said.isdecimal() else None
        given |= {"likelihood": number, "likelihood_unknown": said == UNKNOWN}
        title, says = given.get("evidence_title", ""), given.get("evidence_says", "")
        if bool(title) != bool(says):
            field = "evidence_says" if title else "evidence_title"
            self.add_error(field, "New evidence: give it both a title and what it shows, or neither.")
        return given

    def judgement(self) -> dict[str, Any]:
        """Return what was judged, by the names of actions.salience.Judging."""
        return {name: value for name, value in self.cleaned_data.items() if name not in NEW_EVIDENCE}

    def new_evidence(self) -> dict[str, Any]:
        """Return the evidence typed into the form, by the names of record_evidence; empty without any."""
        if not self.cleaned_data.get("evidence_title"):
            return {}
        return {name.removeprefix("evidence_"): self.cleaned_data[name] for name in NEW_EVIDENCE}
