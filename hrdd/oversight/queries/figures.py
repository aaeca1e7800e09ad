"""The frozen figures: what the board and its pack read (domain.md 9; ADR 33)."""

from datetime import date

from hrdd.oversight.models import FigureRelease


def last_release() -> FigureRelease | None:
    """Return the figures that were frozen last; None before the first time."""
    return FigureRelease.objects.first()


def release_on(day: date) -> FigureRelease | None:
    """Return the figures that lay on the table on a day: the last ones frozen by then."""
    return FigureRelease.objects.filter(as_of__lte=day).first()
