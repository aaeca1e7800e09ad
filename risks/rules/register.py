"""What a bulk act on the register does to each risk, and why it leaves some as they are (domain.md 1.1)."""

from collections.abc import Mapping

REVIEWABLE = frozenset({"prioritised", "managed"})
NOT_REVIEWED: Mapping[str, str] = {
    "draft": "Still a draft: it has no judgement yet that could be looked at again. Assess it first.",
    "assessed": "Assessed, not yet prioritised: its judgement is fresh.",
    "reassess": "Waits to be re-assessed already.",
    "closed": "Closed: a reviewer re-opens it first.",
}


def why_not_reviewed(status: str) -> str:
    """Return why a risk is not put up for re-assessment, or nothing where it is (domain.md 1.1, states)."""
    return "" if status in REVIEWABLE else NOT_REVIEWED[status]


def why_not_assigned(status: str, owner: int | None, to: int) -> str:
    """Return why a risk is not given to somebody, or nothing where it is.

    Args:
        status: of the risk.
        owner: who owns it, by id, or None.
        to: who is to own it, by id.
    """
    if status == "closed":
        return "Closed: what is closed needs no owner. A reviewer re-opens it first."
    return "Theirs already." if owner == to else ""
