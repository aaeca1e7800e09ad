"""How much is taken in before a question is asked, and before nothing more fits (ADR 23).

The count is of everybody together and lives in the memory of one process: it knows no visitor, locks nobody out, needs
neither Redis nor the database, and leaves no clock of when people write.
"""

import threading
from dataclasses import dataclass, field
from enum import StrEnum


class Standing(StrEnum):
    """What a press of “send” meets."""

    OPEN = "open"
    ASKS = "asks"
    FULL = "full"


@dataclass
class Bucket:
    """A budget that fills again at an even pace."""

    a_minute: float
    level: float = 0.0
    at: float = 0.0

    def fits(self, cost: float, *, now: float) -> bool:
        """Whether so much fits, after what drained since; a cost above the whole budget fits an empty one.

        Args:
            cost: in presses of “send”.
            now: seconds of a clock that never goes back.
        """
        self.level = max(0.0, self.level - max(0.0, now - self.at) * self.a_minute / 60)
        self.at = max(self.at, now)
        return self.level + min(cost, self.a_minute) <= self.a_minute


@dataclass
class Gate:
    """Two budgets: what is taken without a question, and what is taken at all."""

    quiet_a_minute: float
    most_a_minute: float
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.quiet, self.most = Bucket(self.quiet_a_minute), Bucket(self.most_a_minute)

    def asks(self, *, now: float) -> bool:
        """Whether the next press of “send” needs an answered question."""
        with self.lock:
            return not self.quiet.fits(1, now=now)

    def enter(self, cost: float, *, answered: bool, now: float) -> Standing:
        """Take a press of “send” into the budgets, or say what stands before it.

        Args:
            cost: in presses without a file.
            answered: whether the question was answered.
            now: seconds of a clock that never goes back.
        """
        with self.lock:
            if not self.most.fits(cost, now=now):
                return Standing.FULL
            if not answered and not self.quiet.fits(cost, now=now):
                return Standing.ASKS
            self.most.level += cost
            if not answered:
                self.quiet.level += cost
            return Standing.OPEN
