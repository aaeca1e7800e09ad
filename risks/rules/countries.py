"""ISO 3166-1 country codes; "NO" is Norway."""

import csv
from functools import cache
from pathlib import Path

CODES = Path(__file__).resolve().parent.parent / "data" / "countries.csv"


@cache
def country_names() -> dict[str, str]:
    """Return every country's name by its two-letter code."""
    with CODES.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}
