"""What several commands accept on their command line."""

from argparse import ArgumentTypeError
from datetime import date


def day(text: str) -> date:
    """Read a date argument.

    Raises:
        ArgumentTypeError: it is not a day written year-month-day.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a date like 2021-02-01") from None
