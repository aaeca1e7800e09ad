"""What places outside hold of the log: one file a checkpoint, never changed."""

import base64
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rfc8785

from transparency.models import LogCheckpoint, LogEntry
from transparency.rules.examination import Anchored, Entry

FOLDER, BRANCH = "log", "main"
PATIENCE_SECONDS = 60


class Unreachable(OSError):
    """A place outside cannot be reached or read; the message says why."""


def kept_name(size: int) -> str:
    """Return the name under which the checkpoint of a size is kept in a place."""
    return f"{FOLDER}/{size // 1000:06d}/{size:09d}.json"


def kept_body(checkpoint: LogCheckpoint) -> bytes:
    """Return what a place keeps of a checkpoint: always the same bytes."""
    before = LogCheckpoint.objects.filter(size__lt=checkpoint.size).order_by("-size").first()
    begin = before.size if before else 0
    entries = LogEntry.objects.filter(index__gte=begin, index__lt=checkpoint.size).order_by("index")
    told: dict[str, Any] = {
        "checkpoint": checkpoint.note,
        "from": begin,
        "entries": [
            {
                "entry": one.entry,
                "rows": base64.b64encode(bytes(one.rows)).decode(),
                "sealed": bytes(one.sealed).decode(),
            }
            for one in entries
        ],
    }
    return rfc8785.dumps(told)


def held(folder: Path) -> Iterator[Anchored]:
    """Read what a folder holds, the earliest first; a bare Git repository is read as well.

    Raises:
        Unreachable: it holds no checkpoints, or Git cannot read it.
    """
    if (folder / FOLDER).is_dir():
        yield from _read(folder)
    elif (folder / "HEAD").is_file():
        yield from held_by_git(str(folder))
    else:
        raise Unreachable(f"{folder} {'holds no checkpoints' if folder.is_dir() else 'is not a folder'}")


def held_by_git(remote: str) -> Iterator[Anchored]:
    """Read what a Git repository holds, from a copy that is thrown away."""
    with tempfile.TemporaryDirectory() as copy:
        git("clone", "--quiet", "--branch", BRANCH, "--", remote, copy)
        yield from _read(Path(copy))


def held_at(place: str) -> Iterator[Anchored]:
    """Read what a place of HRDD_ANCHORS holds."""
    kind, _, address = place.partition(":")
    return held_by_git(address) if kind == "git" else held(Path(address))


def git(*command: str, within: Path | None = None) -> str:
    """Run Git without asking anybody anything; return what it says.

    Raises:
        Unreachable: it failed, or took too long.
    """
    quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}
    try:
        done = subprocess.run(  # noqa: S603  # a list, and the addresses are the operator's own
            ["git", *command],  # noqa: S607
            cwd=within,
            env=quiet,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreachable(f"git {command[0]}: {error}") from None
    if done.returncode:
        raise Unreachable(f"git {command[0]}: {done.stderr.strip()[-200:]}")
    return done.stdout.strip()


def _read(folder: Path) -> Iterator[Anchored]:
    for file in sorted((folder / FOLDER).glob("*/*.json")):
        told = json.loads(file.read_bytes())
        begin = int(told["from"])
        entries = [
            Entry(
                begin + nth,
                one["entry"],
                base64.b64decode(one["rows"], validate=True),
                one["sealed"].encode(),
            )
            for nth, one in enumerate(told["entries"])
        ]
        yield Anchored(begin, str(told["checkpoint"]), entries)
