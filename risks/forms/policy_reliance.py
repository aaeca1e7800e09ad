"""The field by which a measure names the clause it relies on; any form about measures may hold it (domain.md 3.2)."""

from dataclasses import dataclass
from typing import Any

from django import forms

from risks.models import PolicyVersion

Grouped = tuple[str, list[tuple[str, str]]]


@dataclass(frozen=True)
class Reliance:
    """A clause of a version of a policy."""

    version: PolicyVersion
    clause: str


class PolicyReliedOnField(forms.ChoiceField):
    """A clause of a policy that is or was in force; cleans to a Reliance, or to None for nothing chosen.

    Whether it was in force when the conduct occurred is the action's to say: `policy_force.check_conduct` (L3).
    """

    def __init__(self, *, required: bool = True, **kwargs: Any) -> None:
        label = "Policy relied on"
        super().__init__(
            label=label,
            required=required,
            choices=_offered,
            help_text="The clause that was in force when the conduct occurred (L3). The public reads it.",
            error_messages={
                "required": f"{label}: choose the clause; a measure without a published rule is not lawful (L1).",
                "invalid_choice": f"{label}: choose a clause of the list.",
            },
            **kwargs,
        )

    def clean(self, value: Any) -> Reliance | None:
        """Return the version and the number of the clause."""
        said = super().clean(value)
        if not said:
            return None
        version, _, clause = said.partition(":")
        return Reliance(PolicyVersion.objects.select_related("policy").get(pk=version), clause)


def _offered() -> list[Any]:
    none = ("", "Choose a clause")
    groups: list[Grouped] = [
        (
            f"{one}: {one.get_state_display().lower()}",
            [(f"{one.pk}:{part.number}", f"{part.number} {part.heading}") for part in one.parts],
        )
        for one in PolicyVersion.objects.that_stood()
    ]
    return [none, *groups]
