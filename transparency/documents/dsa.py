"""Statements of reasons as files: one a line, and parcels as the Commission's API takes them (domain.md 8.4).

A file appears under its name only once it is whole.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import rfc8785

from transparency.rules.dsa import BATCH

READABLE = 0o644
OPEN_FOLDER = 0o755


class Lines:
    """JSON lines in a file, and parcels of at most 100 in a folder; either may be left out.

    Args:
        out: the file of lines, replaced where it exists; or nothing.
        batches: the folder of parcels, new or empty; or nothing.
    """

    def __init__(self, *, out: Path | None, batches: Path | None) -> None:
        self._out, self._batches = out, batches
        self._hash = hashlib.sha256()
        self._parcel: list[Mapping[str, Any]] = []
        self.parcels = 0
        self._lines: IO[bytes] | None = None
        self._folder: Path | None = None

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the lines written so far."""
        return self._hash.hexdigest()

    def __enter__(self) -> Self:
        if self._batches is not None:
            self._folder = Path(tempfile.mkdtemp(prefix=f".{self._batches.name}.", dir=self._batches.parent))
        if self._out is not None:
            self._lines = tempfile.NamedTemporaryFile(
                prefix=f".{self._out.name}.", dir=self._out.parent, delete=False
            )
        return self

    def write(self, statement: Mapping[str, Any]) -> None:
        """Add one statement."""
        line = rfc8785.dumps(dict(statement)) + b"\n"
        self._hash.update(line)
        if self._lines is not None:
            self._lines.write(line)
        if self._folder is not None:
            self._parcel.append(statement)
            if len(self._parcel) == BATCH:
                self._close_parcel()

    def keep(self) -> None:
        """Let the files appear under their names; what is not kept is gone."""
        if self._lines is not None and self._out is not None:
            self._lines.flush()
            os.fsync(self._lines.fileno())
            Path(self._lines.name).chmod(READABLE)
            Path(self._lines.name).replace(self._out)
        if self._folder is not None and self._batches is not None:
            if self._parcel:
                self._close_parcel()
            self._folder.chmod(OPEN_FOLDER)
            if self._batches.exists():
                self._batches.rmdir()
            self._folder.rename(self._batches)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lines is not None:
            self._lines.close()
            Path(self._lines.name).unlink(missing_ok=True)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _close_parcel(self) -> None:
        assert self._folder is not None  # noqa: S101  # only called where there is one
        self.parcels += 1
        body = json.dumps({"statements": self._parcel}, ensure_ascii=False, indent=1)
        (self._folder / f"statements-{self.parcels:06d}.json").write_text(body, encoding="utf-8")
        self._parcel = []
