"""How many people a harm reaches, read off table 2.2 (UNGP 14; domain.md 2.2)."""

from decimal import Decimal

PEOPLE = ((5, 10_000_000), (4, 100_000), (3, 1_000), (2, 10), (1, 1))
SHARE = ((5, Decimal(50)), (4, Decimal(20)), (3, Decimal(5)), (2, Decimal(1)), (1, Decimal(0)))
SMALLEST_GROUP = 10


class ScopeError(ValueError):
    """Number, share and level contradict each other; the text says how."""


def scope_reading(people: int | None, share: Decimal | None, group_size: int | None) -> int | None:
    """Return the level that a number of people and a share of a group read as, the higher one; None without both.

    Args:
        people: how many people are or would be affected.
        share: of a defined group at risk, in percent, 0 to 100.
        group_size: how many people the group has; the share counts for ten or more only.

    Raises:
        ScopeError: the share is no percentage, or its group is not defined or too small.
    """
    readings = []
    if people is not None:
        if people < 1:
            raise ScopeError("People affected: at least 1, or leave it empty.")
        readings.append(next(level for level, least in PEOPLE if people >= least))
    if share is not None:
        _check_share(share, group_size)
        readings.append(next(level for level, least in SHARE if share >= least))
    return max(readings, default=None)


def check_scope(
    level: int | None, *, people: int | None, share: Decimal | None, group_size: int | None
) -> None:
    """Refuse a level of scope that its own figures contradict.

    Raises:
        ScopeError: with the sentence to show.
    """
    reading = scope_reading(people, share, group_size)
    if reading is not None and level != reading:
        chosen = "not known" if level is None else str(level)
        raise ScopeError(
            f"Scope: the figures given read as {reading}, not {chosen} (the higher of the two readings counts). Choose "
            f"{reading}, or correct the figures."
        )


def _check_share(share: Decimal, group_size: int | None) -> None:
    if not 0 <= share <= 100:
        raise ScopeError("Share of the group: a percentage from 0 to 100.")
    if group_size is None or group_size < SMALLEST_GROUP:
        raise ScopeError(
            f"Share of the group: it counts only for a defined group of {SMALLEST_GROUP} people or more. Give the size "
            "of the group, or leave the share empty."
        )
