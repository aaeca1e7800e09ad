"""Severity of a harm to people: scale, scope, irremediability (UNGP 14 commentary; domain.md 2.2, 2.3).

The gravest head sets the level; another head may lift it by a capped number of levels. Nothing is multiplied or
averaged.
"""

from collections.abc import Mapping
from dataclasses import dataclass

UNKNOWN_HEAD_INTERIM = 4
BANDS = {1: "minor", 2: "moderate", 3: "serious", 4: "severe", 5: "critical"}
GRAVEST_HARMS = frozenset(
    {
        "killing",
        "torture",
        "slavery_trafficking",
        "enforced_disappearance",
        "child_sexual_abuse",
        "genocide_incitement",
    }
)

# Table 2.2: the first anchor, from 5 down, that fits the worst credible outcome for the most exposed people. Ours.
ANCHORS: Mapping[str, Mapping[int, str]] = {
    "scale": {
        5: "Life, torture or cruel treatment, slavery or trafficking, enforced disappearance, sexual abuse including "
        "of children, incitement to mass violence",
        4: "Grave harm to body, mind or liberty, or the essence of a right denied: arbitrary detention, intimate "
        "images, a credible violent threat, exploitative work, biased denial of a vital service",
        3: "Serious interference: livelihood account lost, sensitive data exposed, sustained harassment, political "
        "speech wrongly silenced",
        2: "Limited, short or partial interference: wrong removal of an everyday post, minor data exposure",
        1: "Minor inconvenience that touches a right",
    },
    "scope": {
        5: "10 000 000 people or more, or half or more of a defined group at risk",
        4: "100 000 to 9 999 999 people, or 20 to 49 % of the group",
        3: "1 000 to 99 999 people, or 5 to 19 % of the group",
        2: "10 to 999 people, or 1 to 4 % of the group",
        1: "1 to 9 people, or less than 1 % of the group",
    },
    "irremediability": {
        5: "Cannot be undone or compensated in kind: death, permanent exposure, destroyed evidence",
        4: "Lasting harm; repair needs years or outside institutions",
        3: "Repair feasible with substantial effort, within about a year",
        2: "Fully repairable within weeks",
        1: "Repairable at once, on request",
    },
}


class SeverityError(ValueError):
    """The heads cannot be judged; the text says which one and why."""


@dataclass(frozen=True)
class Severity:
    """A level 1 to 5, its band, and a sentence that says what decided it."""

    level: int
    band: str
    incomplete: bool
    reason: str


def combine(scale: int, scope: int, irremediability: int, *, lift_one: int = 1, lift_both: int = 2) -> int:
    """Return the level 1 to 5 of three heads, each 1 to 5 (domain.md 2.3).

    Args:
        scale, scope, irremediability: the heads.
        lift_one: by how many levels one other head may lift the scale (default ours, at least 1).
        lift_both: by how many levels both others together may lift it.
    """
    one = min(max(scope, irremediability), scale + lift_one)
    both = min(min(scope, irremediability), scale + lift_both)
    return max(scale, one, both)


def judge(
    scale: int | None,
    scope: int | None,
    irremediability: int | None,
    *,
    harm_type: str = "",
    floor_reason: str = "",
    lift_one: int = 1,
    lift_both: int = 2,
) -> Severity:
    """Return the severity of a harm; an unknown head counts as 4 in the interim (domain.md 2.2).

    Args:
        scale, scope, irremediability: 1 to 5, or None where not known.
        harm_type: one of GRAVEST_HARMS, which refuse a scale under 5.
        floor_reason: the reviewer's reason why that outcome is not credible.
        lift_one, lift_both: as in `combine`.

    Raises:
        SeverityError: a head is outside 1 to 5, or under the floor of its harm type without a reason.
    """
    heads = {"scale": scale, "scope": scope, "irremediability": irremediability}
    for name, value in heads.items():
        if value is not None and value not in BANDS:
            raise SeverityError(f"{name}: level {value} is not on the scale 1 to 5.")
    if harm_type in GRAVEST_HARMS and scale is not None and scale < 5 and not floor_reason.strip():
        raise SeverityError(
            f"scale: {harm_type.replace('_', ' ')} has scale 5 (UNGP 14). "
            "A reviewer must record why this outcome is not credible before a lower scale is accepted."
        )
    known = {name: UNKNOWN_HEAD_INTERIM if value is None else value for name, value in heads.items()}
    level = combine(
        known["scale"], known["scope"], known["irremediability"], lift_one=lift_one, lift_both=lift_both
    )
    missing = [name for name, value in heads.items() if value is None]
    return Severity(level, BANDS[level], bool(missing), _reason(level, known["scale"], missing))


def _reason(level: int, scale: int, missing: list[str]) -> str:
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        return f"Level {level} in the interim: {', '.join(missing)} {verb} not known and treated as 4 until scored."
    if level == scale:
        return f"Level {level}: the gravity of the harm (scale {scale}) decides."
    return f"Level {level}: scale {scale}, lifted by how many people it reaches or how hard it is to undo."
