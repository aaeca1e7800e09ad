"""The exit impact assessment as a guided form: as many groups and sources as are needed, without a script."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BoundField

from risks.forms.salience import HEADS, UNKNOWN
from risks.forms.shapes import GroupedForm, choice, words
from risks.models import Consultation, ExitImpactAssessment
from risks.models.exits import COMPARISONS, WHY_NOT_CONSULTED
from risks.rules.exit import INSIDE, LIKELIHOODS, SourceKind, consultation_called
from risks.rules.severity import ANCHORS, BANDS
from risks.rules.words import said

OPTIONAL = frozenset({"consulted", "consultations"})
MOST_ROWS = 30
LEAST_GROUPS, LEAST_SOURCES = 1, 2
SOURCE_KINDS = [
    ("", "Choose"),
    ("Inside the company", [(str(one), said(one)) for one in SourceKind if one in INSIDE]),
    ("Outside the company", [(str(one), said(one)) for one in SourceKind if one not in INSIDE]),
]


class ConsultationsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Consultations, each by number, purpose and state: not everybody may read what it is called."""

    def label_from_instance(self, obj: Consultation) -> str:
        """Return how one is offered."""
        return consultation_called(obj.pk, obj.purpose, obj.state)


class ImpactAssessmentForm(GroupedForm):
    """Whom leaving would harm. Nothing is required to save a draft; completing says what is missing."""

    consultations = ConsultationsField(
        Consultation.objects.none(),
        label="Consultations in which people were heard",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={
            "invalid_choice": "Consultations: choose from the list.",
            "invalid_pk_value": "Consultations: choose from the list.",
        },
    )
    consulted = words(
        "What they said, and what it changed",
        missing="",
        sentence="Groups, not names of people.",
        required=False,
    )
    why_not_consulted = choice(
        "Or why nobody could be consulted", [("", "Somebody was"), *WHY_NOT_CONSULTED], required=False
    )
    alternatives = words(
        "Alternatives weighed",
        missing="",
        sentence="One a line, at least two: phased exit, partial suspension, conditions, transfer …",
        required=False,
    )
    mitigation = words(
        "How the harm of leaving would be softened", missing="", sentence="One step a line.", required=False
    )
    comparison = choice("Leaving against staying", [("", "Choose"), *COMPARISONS], required=False)
    comparison_reasons = words("Why", missing="", sentence="At least 50 characters.", required=False)

    def __init__(
        self, *args: Any, offered: QuerySet[Consultation], groups: int = 1, sources: int = 2, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.group_rows = _rows(self.data.get("group_rows"), groups, LEAST_GROUPS)
        self.source_rows = _rows(self.data.get("source_rows"), sources, LEAST_SOURCES)
        for name, rows in (("group_rows", self.group_rows), ("source_rows", self.source_rows)):
            self.fields[name] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=rows)
        for row in range(1, self.group_rows + 1):
            self.fields |= _group_fields(row)
        for row in range(1, self.source_rows + 1):
            self.fields |= _source_fields(row)
        for name, field in self.fields.items():
            field.needed_later = name not in OPTIONAL  # type: ignore[attr-defined]  # to complete, not to save
        consultations = self.fields["consultations"]
        assert isinstance(consultations, forms.ModelMultipleChoiceField)  # noqa: S101
        consultations.queryset = offered
        if not offered.exists():
            consultations.help_text = (
                "None was held that is linked to this decision or to its harms. Plan one under Consultations, with the "
                "purpose “exit”, or say below why nobody could be heard."
            )

    @property
    def group_sets(self) -> list[tuple[int, list[BoundField], list[BoundField]]]:
        """Return the groups: number, the words, and the three heads with the likelihood."""
        return [
            (
                row,
                [self[f"group_{row}"], self[f"why_{row}"]],
                [*(self[f"{head}_{row}"] for head in HEADS), self[f"likelihood_{row}"]],
            )
            for row in range(1, self.group_rows + 1)
        ]

    @property
    def source_sets(self) -> list[tuple[int, list[BoundField]]]:
        """Return the sources."""
        return [
            (row, [self[f"source_{row}"], self[f"source_kind_{row}"]])
            for row in range(1, self.source_rows + 1)
        ]

    def written(self) -> dict[str, Any]:
        """Return what is written so far, by the names of actions.exit_assessments.Written."""
        given = self.cleaned_data
        groups = [
            {
                "group": given.get(f"group_{row}", "").strip(),
                "why": given.get(f"why_{row}", "").strip(),
                **{name: _level(given.get(f"{name}_{row}", "")) for name in (*HEADS, "likelihood")},
            }
            for row in range(1, self.group_rows + 1)
        ]
        sources = [
            {
                "source": given.get(f"source_{row}", "").strip(),
                "kind": (kind := given.get(f"source_kind_{row}", "")),
                "outside": bool(kind) and kind not in INSIDE,
            }
            for row in range(1, self.source_rows + 1)
        ]
        return {
            "groups": groups,
            "sources": sources,
            "consultations": list(given.get("consultations", ())),
            "consulted": given.get("consulted", ""),
            "why_not_consulted": given.get("why_not_consulted", ""),
            "alternatives": [
                line.strip() for line in given.get("alternatives", "").splitlines() if line.strip()
            ],
            "mitigation": given.get("mitigation", ""),
            "comparison": given.get("comparison", ""),
            "comparison_reasons": given.get("comparison_reasons", ""),
        }


def initial_of(draft: ExitImpactAssessment) -> dict[str, Any]:
    """Return a draft as the form shows it.

    Args:
        draft: what was saved.
    """
    found: dict[str, Any] = {
        "consultations": list(draft.consultations.values_list("pk", flat=True)),
        "alternatives": "\n".join(draft.alternatives),
        **{
            name: getattr(draft, name)
            for name in ("consulted", "why_not_consulted", "mitigation", "comparison", "comparison_reasons")
        },
    }
    for row, group in enumerate(draft.groups, start=1):
        for name in ("group", "why", *HEADS, "likelihood"):
            found[f"{name}_{row}"] = group.get(name, "")
    for row, source in enumerate(draft.sources, start=1):
        found[f"source_{row}"], found[f"source_kind_{row}"] = source.get("source"), source.get("kind")
    return found


def _rows(sent: Any, given: int, least: int) -> int:
    rows = int(sent) if str(sent or "").isdecimal() else given
    return min(max(rows, least), MOST_ROWS)


def _level(said_: str) -> int | str:
    return int(said_) if said_.isdecimal() else said_


def _group_fields(row: int) -> Mapping[str, forms.Field]:
    heads = {
        f"{head}_{row}": choice(
            legend,
            [
                *((str(level), f"{level}: {ANCHORS[head][level]}") for level in sorted(BANDS, reverse=True)),
                (UNKNOWN, "Not known: counts as 4 until somebody finds out"),
            ],
            required=False,
            widget=forms.RadioSelect,
        )
        for head, (legend, _sentence) in HEADS.items()
    }
    return {
        f"group_{row}": forms.CharField(
            label=f"Group {row}: who",
            max_length=200,
            required=False,
            help_text="A group of people, never a name.",
        ),
        f"why_{row}": words(f"Group {row}: how leaving would harm them", missing="", rows=2, required=False),
        **heads,
        f"likelihood_{row}": choice(
            "Likelihood of that harm",
            [
                ("", "Choose"),
                *((number, f"{number} {word}") for number, word in LIKELIHOODS.items() if number != UNKNOWN),
                (UNKNOWN, "Not known"),
            ],
            required=False,
        ),
    }


def _source_fields(row: int) -> Mapping[str, forms.Field]:
    return {
        f"source_{row}": forms.CharField(label=f"Source {row}", max_length=300, required=False),
        f"source_kind_{row}": choice(f"Source {row}: where it comes from", SOURCE_KINDS, required=False),
    }
