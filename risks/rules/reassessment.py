"""What people decide when a measure is looked at again: which reasons fit, who decides, what takes its place (3.7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from risks.rules.ladder import LADDER
from risks.rules.measure_workflow import (
    GRAVE,
    Facts,
    Refusal,
    corridor,
    refusals,
)

MAINTAINED_IN_A_ROW = 2


class Decided(StrEnum):
    """The outcomes of a re-assessment."""

    MAINTAIN = "maintain"
    ESCALATE = "escalate"
    DE_ESCALATE = "de_escalate"
    LIFT = "lift"
    REFER = "refer"


class Asked(StrEnum):
    """Whom a finding may be referred to."""

    DECIDER = "DECIDER"
    SENIOR = "SENIOR"
    EXPERT = "EXPERT"
    APPEAL_BODY = "APPEAL_BODY"
    RABAT_PANEL = "RABAT_PANEL"


ASKED_LABELS: Mapping[Asked, str] = {
    Asked.DECIDER: "A decider",
    Asked.SENIOR: "A senior executive",
    Asked.EXPERT: "An outside expert",
    Asked.APPEAL_BODY: "The body that hears appeals",
    Asked.RABAT_PANEL: "The panel that assesses incitement (Rabat)",
}


@dataclass(frozen=True)
class ReasonCode:
    """Why, in one word that can be counted, and the outcomes that it can carry."""

    label: str
    carries: frozenset[Decided]


_EASED = frozenset({Decided.DE_ESCALATE, Decided.LIFT})
REASON_CODES: Mapping[str, ReasonCode] = {
    "still_necessary": ReasonCode(
        "Still necessary, and nothing less is enough", frozenset({Decided.MAINTAIN})
    ),
    "risk_grown": ReasonCode("The risk has grown", frozenset({Decided.MAINTAIN, Decided.ESCALATE})),
    "too_weak": ReasonCode("It is too weak, or was evaded", frozenset({Decided.ESCALATE})),
    "risk_receded": ReasonCode("The risk has receded or its context is over", _EASED),
    "less_is_enough": ReasonCode("Something less intrusive is enough", _EASED),
    "no_effect": ReasonCode("It has no effect", _EASED | {Decided.ESCALATE}),
    "burdens_others": ReasonCode("It burdens others too much", _EASED),
    "ground_gone": ReasonCode("The rule or law that it relied on is gone", _EASED),
    "was_wrong": ReasonCode("It should not have been imposed", _EASED),
    "question_open": ReasonCode("Somebody else must answer a question first", frozenset({Decided.REFER})),
}


def reason_refusal(outcome: str, reason_code: str) -> Refusal | None:
    """Return why a reason does not carry an outcome, or nothing."""
    reason = REASON_CODES.get(reason_code)
    if reason is None:
        return Refusal("reason_code", "Main reason: choose one from the list (method 12).")
    if outcome not in reason.carries:
        fits = "; ".join(one.label for one in REASON_CODES.values() if outcome in one.carries)
        return Refusal(
            "reason_code",
            f"Main reason: “{reason.label}” does not carry this outcome (method 12). These do: {fits}.",
        )
    return None


def same_reviewer_refusal(
    *, intrusion: int, outcome: str, reviewer: str, before: Sequence[tuple[str, str]]
) -> Refusal | None:
    """Return why somebody else decides now, or nothing (3.7).

    Args:
        intrusion: class of the measure.
        outcome: what would be decided; a reviewer may always hand on.
        reviewer: who would decide, by user name.
        before: the latest decisions that were no referral, the newest first, each its outcome and its reviewer.
    """
    row = [(Decided.MAINTAIN, reviewer)] * MAINTAINED_IN_A_ROW
    if intrusion < GRAVE or outcome == Decided.REFER or list(before[:MAINTAINED_IN_A_ROW]) != row:
        return None
    return Refusal(
        "outcome",
        f"Method 12: you maintained this measure of class I{intrusion} twice in a row, so another reviewer takes the "
        "third look. Refer it, or leave the task to a colleague.",
    )


def replacement_refusals(facts: Facts, *, present: int) -> Iterator[Refusal]:
    """Return each rule that speaks against a less intrusive measure in the place of the present one.

    Whoever re-assesses may ease at once, without another approval; so nothing over the ceiling takes its place.

    Args:
        facts: of the replacement.
        present: class of the measure that would end.
    """
    if facts.kind not in LADDER or facts.intrusion >= present:
        yield Refusal(
            "lower_kind",
            "Less intrusive measure: choose a less intrusive measure than the present one (ICCPR 19(3)).",
        )
        return
    now = corridor(
        facts.intrusion,
        level=facts.level,
        repeat=facts.repeat,
        warned=facts.prior_warning_on is not None,
        override=False,
    )
    if now.over:
        yield Refusal(
            "lower_kind",
            f"Less intrusive measure: class I{facts.intrusion} is still over the ceiling I{now.ceiling} at level "
            f"{facts.level} (ICCPR 19(3); method 5.1). Choose a lower rung, or lift the measure.",
        )
    yield from (one for one in refusals(facts) if one.field in {"target_type", "territory", "ends_on"})
