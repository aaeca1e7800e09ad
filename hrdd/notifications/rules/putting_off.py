"""Until when somebody may put off what waits for them: a while, and never past its own day (domain.md 0.1)."""

from datetime import date, timedelta

from hrdd.governance.rules import NotAllowed
from hrdd.notifications.rules.kinds import ALWAYS_TOLD

LONGEST = timedelta(days=30)
# What was raised because nobody answered in time is not put off again.
NEVER = ALWAYS_TOLD | {"overdue"}
MONDAY, WEEK = 0, 7


def last_day(kind: str, *, due: date | None, about_life: bool, today: date) -> date:
    """Return the last day until which something may be put off.

    Args:
        kind: of KINDS.
        due: its own day, or None where it has none.
        about_life: whether people's lives or safety may depend on it.
        today: the day.

    Raises:
        NotAllowed: it is never put off, or its day is today or over.
    """
    if kind in NEVER:
        raise NotAllowed("Concerns, incitement and what was raised with somebody are not put off.")
    if about_life:
        raise NotAllowed("This is about harm of the gravest kind. It is not put off.")
    if due is not None and due <= today:
        raise NotAllowed("Its day is today or over. It is not put off.")
    return min(due or date.max, today + LONGEST)


def demand_until(until: date, *, last: date, today: date) -> None:
    """Refuse a day that is not after today, or later than something may be put off.

    Raises:
        NotAllowed: naming the last day.
    """
    if until <= today:
        raise NotAllowed("Until: choose a day after today.")
    if until > last:
        why = "30 days are the most" if last == today + LONGEST else "that is its own day"
        raise NotAllowed(f"Until: {last:%-d %B %Y} at the latest; {why}.")


def offers(*, last: date, today: date) -> list[tuple[str, date]]:
    """Return the days that are offered at once, each in words and once; none is later than it may be."""
    monday = today + timedelta(days=(MONDAY - today.weekday() - 1) % WEEK + 1)
    days = {
        monday: "Next week",
        today + timedelta(days=3): "In three days",
        today + timedelta(days=1): "Tomorrow",
    }
    return [(said, day) for day, said in sorted(days.items()) if day <= last]
