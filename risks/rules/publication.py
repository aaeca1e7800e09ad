"""What the public reads of risks, who leaves a severe one off, and what the board signs (R3; domain.md 1.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from hrdd.governance.rules import Permission
from risks.rules.involvement import CAUSE, LINKED, NONE, UNDETERMINED
from risks.rules.screening import refusal

SEVERE = 4
FEWEST_COUNTED = 10
# Whoever may know why a risk is left off: those who decide, those who judge, and the board (R3).
READS_REASONS = frozenset(
    {
        Permission.PUBLISH_RISK,
        Permission.WITHHOLD_RISK,
        Permission.READ_BOARD,
        Permission.READ_RESTRICTED,
    }
)
# How the company is involved, told to somebody who never heard of UNGP 13.
PLAIN_TIES: Mapping[str, str] = {
    CAUSE: "The company found that it causes this harm itself, by what it does or does not do.",
    "contribute_facilitate": "The company found that it contributes to this harm by making it easier for others.",
    "contribute_incentivise": "The company found that it contributes to this harm by giving others a reason to do it.",
    "contribute_cumulative": "The company found that it contributes to this harm together with others.",
    LINKED: "The company found that this harm is linked to its products, services or operations through others.",
    UNDETERMINED: "The company does not know yet how it is involved. Until it does, it acts as if it contributed.",
    NONE: "The company looked into it and found no link of its own to this harm.",
}


class Listed(StrEnum):
    """Whether the public reads of a risk, and whether somebody with the power to say so decided that it does not."""

    PUBLISHED = "published"
    LEFT_OFF = "left off"
    UNDECIDED = "undecided"


class Trend(StrEnum):
    NEW = "New within the last year"
    ROSE = "More severe than a year ago"
    FELL = "Less severe than a year ago"
    UNCHANGED = "As severe as a year ago"


@dataclass(frozen=True)
class Text:
    """What of a risk decides whether it may be published, and the words that would be.

    `never_named` are the partners whose name endangers people (8.6 N8).
    """

    title: str
    summary: str
    draft: bool
    incomplete: bool
    public_record: bool
    never_named: tuple[str, ...] = ()


def refusals_to_publish(risk: Text) -> list[str]:
    """Return why a risk may not be published, one sentence each; none is good.

    A risk that a dossier of the public record told is public already: that nobody scored it whole, or that it is a
    draft, does not bar a person from publishing it, and the page marks it "not fully scored". What could identify
    somebody bars every risk (domain.md 0.4, 8.6).
    """
    texts = {"Title": risk.title, "Summary": risk.summary}
    found = [refusal(label, said, known=risk.never_named) for label, said in texts.items()]
    if risk.draft and not risk.public_record:
        found.append("This risk is a draft. Judge its severity first; then it can be published (UNGP 18).")
    elif risk.incomplete and not risk.public_record:
        found.append(
            "Its severity is not fully scored. Score scale, scope and irremediability first, so that the public does "
            "not read a guess (UNGP 14)."
        )
    return [sentence for sentence in found if sentence]


def permission_to_leave_off(level: int) -> Permission:
    """Return what it takes to leave a risk off the published list: from level 4, a senior executive (R3)."""
    return Permission.WITHHOLD_RISK if level >= SEVERE else Permission.PUBLISH_RISK


def permission_to_publish(left_off_at: int | None) -> Permission:
    """Return what it takes to publish a risk: what was left off as severe, a senior executive puts back (R3).

    Args:
        left_off_at: the level at which the latest decision left it off; None without one.
    """
    severe = left_off_at is not None and left_off_at >= SEVERE
    return Permission.WITHHOLD_RISK if severe else Permission.PUBLISH_RISK


def listed(*, published: bool, left_off_at: int | None, level: int) -> Listed:
    """Return whether a risk is published, left off, or undecided.

    Args:
        published: whether the public reads of it.
        left_off_at: the level at which it was left off by the latest decision; None without one.
        level: its level now. What was left off under level 4 and became severe waits for a senior's decision (R3).
    """
    if published:
        return Listed.PUBLISHED
    if left_off_at is None or (level >= SEVERE and left_off_at < SEVERE):
        return Listed.UNDECIDED
    return Listed.LEFT_OFF


def trend(now: int, year_ago: int | None) -> Trend:
    """Return how a level compares with the one that held a year ago; None where none did (RF B, C)."""
    if year_ago is None:
        return Trend.NEW
    if now == year_ago:
        return Trend.UNCHANGED
    return Trend.ROSE if now > year_ago else Trend.FELL


def counted(many: int) -> str:
    """Return a number of risks as the public reads it: 0 as 0, and no other under ten (domain.md 8.5)."""
    return str(many) if many == 0 or many >= FEWEST_COUNTED else f"fewer than {FEWEST_COUNTED}"


def year_before(day: date) -> date:
    """Return the same day a calendar year earlier; 28 February before a leap day (domain.md 0.1)."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def signed_in_time(signed_on: date | None, on: date) -> bool:
    """Whether the board signed a salient list within a year before a day, that day of the year included."""
    return signed_on is not None and signed_on >= year_before(on)


class Changes(NamedTuple):
    """What became of a list of risks, by their ids."""

    new: tuple[int, ...]
    gone: tuple[int, ...]
    risen: tuple[int, ...]
    fallen: tuple[int, ...]


def changes(then: Mapping[int, int], now: Mapping[int, int]) -> Changes:
    """Return what changed between two lists.

    Args:
        then, now: the level of each salient risk by its id, in the order of the lists.
    """
    both = [one for one in now if one in then]
    return Changes(
        new=tuple(one for one in now if one not in then),
        gone=tuple(one for one in then if one not in now),
        risen=tuple(one for one in both if now[one] > then[one]),
        fallen=tuple(one for one in both if now[one] < then[one]),
    )
