"""The launch gate: nothing starts while a severe risk that it touches has no approved mitigation (GP18; G4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hrdd.governance.rules import LEAST_REASONS, Permission, Step

SIGN_OFF_KIND = "change"
SEVERE = 4
PROPOSED = frozenset({"proposed"})
CHANGE_STEPS: Mapping[str, Step] = {
    "approve": Step("Approve the change", PROPOSED, "approved", Permission.APPROVE_CHANGE),
    "refuse": Step("Refuse the change", PROPOSED, "refused", Permission.APPROVE_CHANGE),
    "withdraw": Step("Withdraw the change", PROPOSED, "withdrawn", Permission.PROPOSE_CHANGE),
}


@dataclass(frozen=True)
class LinkedRisk:
    """A risk that a change touches: its level, whether it is open, and whether a mitigation of it is approved."""

    pk: int
    level: int
    is_open: bool
    mitigated: bool

    @property
    def blocks(self) -> bool:
        """Whether it shuts the gate by itself (G4)."""
        return self.is_open and self.level >= SEVERE and not self.mitigated


@dataclass(frozen=True)
class Gate:
    """Whether a change may be approved; what shuts it, and the sentence for people."""

    open: bool
    blocking: tuple[int, ...]
    sentence: str


def gate(risks: Iterable[LinkedRisk], *, excepted: Mapping[int, int], no_risk_reasons: str = "") -> Gate:
    """Return whether a change may pass, and why (GP18; G4 in domain.md 1.10).

    Args:
        risks: those linked to the change.
        excepted: risks of a signed exception, each with its level when the exception was asked for. It covers these
            and no others; one that has risen since is no longer covered.
        no_risk_reasons: why no risk is linked: which rights were looked at.
    """
    linked = list(risks)
    if not linked:
        told = len(no_risk_reasons.strip()) >= LEAST_REASONS
        return Gate(told, (), NO_RISK_TOLD if told else NO_RISK_UNTOLD)
    blocking = tuple(one.pk for one in linked if one.blocks and not covers(excepted, one))
    if blocking:
        return Gate(False, blocking, _shut(len(blocking), excepted=bool(excepted)))
    if any(one.blocks for one in linked):
        return Gate(True, (), "G4: the gate is open by a signed exception, which the board sees.")
    return Gate(True, (), "G4: the gate is open. No linked severe risk lacks an approved mitigation.")


def covers(excepted: Mapping[int, int], risk: LinkedRisk) -> bool:
    """Return whether an exception covers a risk at the level it has now."""
    return risk.level <= excepted.get(risk.pk, 0)


NO_RISK_TOLD = "GP18: no risk is linked, and why is on record."
NO_RISK_UNTOLD = (
    f"GP18: link the risks that the change touches, or say in at least {LEAST_REASONS} characters which rights were "
    "looked at and why none is at risk."
)


def _shut(many: int, *, excepted: bool) -> str:
    subject, them = ("a linked risk of level 4 or more has", "it")
    if many > 1:
        subject, them = (f"{many} linked risks of level 4 or more have", "them")
    beyond = f", and the signed exception does not cover {them}" if excepted else ""
    return (
        f"G4: {subject} no approved mitigation{beyond}. Have a mitigation plan approved, "
        "or ask a senior for an exception."
    )
