"""A bar that says how far a command is, on standard error and only in front of a person."""

from typing import TextIO

WIDTH = 30


class Progress:
    """A bar on a terminal; elsewhere it writes nothing.

    Args:
        out: where to; standard error.
        total: how much there is to do; 0 for unknown.
        what: what is counted, in a word.
    """

    def __init__(self, out: TextIO, total: int, what: str) -> None:
        self._out, self._total, self._what = out, total, what
        self._shown = -1
        self._on = out.isatty()

    def __call__(self, done: int) -> None:
        """Say how much is done; it draws only where a per cent was added."""
        per_cent = min(100, done * 100 // self._total) if self._total else 100
        if not self._on or per_cent == self._shown:
            return
        self._shown = per_cent
        filled = WIDTH * per_cent // 100
        self._out.write(
            f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {per_cent:3d}% of {self._total} {self._what}"
        )
        self._out.flush()

    def end(self) -> None:
        """Leave the line of the bar."""
        if self._on and self._shown >= 0:
            self._out.write("\n")
