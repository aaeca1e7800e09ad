"""Days as a record says them, in the words of a page: "2021-09/2022" is September 2021 to 2022."""

import re
from datetime import date

DAY = re.compile(r"(?<![\w/-])\d{4}-\d{2}-\d{2}(?![\w/-])")
SAID = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(/\d{4}(-\d{2}(-\d{2})?)?)?")


def in_words(said: str) -> str:
    """Return a year, a month, a day or a span of them in words, as precise as it was said; other words as they are."""
    if not SAID.fullmatch(said):
        return said
    try:
        return " to ".join(_one(part) for part in said.split("/"))
    except ValueError:  # a month or a day that no calendar has
        return said


def days_in_words(text: str) -> str:
    """Return the words of a record with each day in them as people read it; no other word changes."""
    return DAY.sub(lambda day: in_words(day.group()), text)


def _one(part: str) -> str:
    if len(part) == len("2021"):
        return part
    if len(part) == len("2021-09"):
        return f"{date.fromisoformat(f'{part}-01'):%B %Y}"
    return f"{date.fromisoformat(part):%-d %B %Y}"
