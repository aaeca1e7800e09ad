"""A QR code as one path, so that a template draws it without trusting any markup."""

from dataclasses import dataclass

import segno

QUIET = 4


@dataclass(frozen=True)
class Picture:
    """The side of a square in modules, and the path of what is dark."""

    side: int
    path: str


def picture_of(said: str) -> Picture:
    """Return the QR code of a text."""
    rows = list(segno.make(said, error="m", micro=False).matrix)
    dark = [
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, module in enumerate(row)
        if module
    ]
    return Picture(len(rows) + 2 * QUIET, "".join(dark))
