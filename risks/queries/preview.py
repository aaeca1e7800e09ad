"""What a judgement would come to, shown while it is being typed; nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from risks.models import Risk
from risks.queries.method import method
from risks.queries.register import tiers
from risks.rules.salience import SalienceError, State, check_likelihood
from risks.rules.scope import ScopeError, check_scope
from risks.rules.severity import Severity, SeverityError, judge
from risks.rules.standing import REMEDIED, Judgement, Standing, stand

SEVERE = 4


@dataclass(frozen=True)
class Preview:
    """Level, band and tier with their reason, or what is missing or contradictory so far."""

    refusal: str = ""
    severity: Severity | None = None
    standing: Standing | None = None
    lowers_from: int | None = None

    @property
    def tier(self) -> str:
        """Return P1 to P4, or nothing once it was put right."""
        return f"P{self.standing.tier}" if self.standing and self.standing.tier < REMEDIED else ""

    @property
    def clock(self) -> str:
        """Return what the tier asks for."""
        return tiers().get(self.tier, "")


def preview_of(risk: Risk, given: Mapping[str, Any]) -> Preview:
    """Return what the fields given so far come to.

    Args:
        risk: the risk, as it is held now.
        given: the cleaned fields of the form; what could not be read is left out.
    """
    missing = [head for head in ("scale", "scope", "irremediability") if head not in given]
    if missing:
        return Preview(
            refusal=f"Choose {' and '.join(missing)}; what is not known may be said to be not known."
        )
    try:
        severity = _severity(given)
        if not given.get("state_of_harm"):
            return Preview("Choose whether it could happen, happened, or was put right.", severity)
        state = State(given["state_of_harm"])
        check_likelihood(state, given.get("likelihood"), unknown=given.get("likelihood_unknown", False))
    except (SeverityError, SalienceError, ScopeError) as refusal:
        return Preview(refusal=str(refusal))
    standing = stand(_judgement(given, severity), closed=False)
    return Preview("", severity, standing, _lowers(risk, severity, standing))


def _severity(given: Mapping[str, Any]) -> Severity:
    check_scope(
        given["scope"],
        people=given.get("scope_people"),
        share=given.get("scope_group_share"),
        group_size=given.get("scope_group_size"),
    )
    return judge(
        given["scale"],
        given["scope"],
        given["irremediability"],
        harm_type=given.get("harm_type", ""),
        floor_reason=given.get("floor_reason", ""),
        lift_one=method().lift_one,
        lift_both=method().lift_both,
    )


def _judgement(given: Mapping[str, Any], severity: Severity) -> Judgement:
    return Judgement(
        level=severity.level,
        incomplete=severity.incomplete,
        state_of_harm=given["state_of_harm"],
        likelihood=given.get("likelihood"),
        delay=given.get("delay_makes_irremediable", False),
        heads=(given["scale"], given["scope"], given["irremediability"]),
        vulnerable=given.get("heightened_vulnerability", False),
    )


def _lowers(risk: Risk, severity: Severity, standing: Standing) -> int | None:
    if risk.held is None or risk.level < SEVERE:
        return None
    return risk.level if severity.level < risk.level or standing.tier == REMEDIED else None
