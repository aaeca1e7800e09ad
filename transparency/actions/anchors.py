"""Checkpoints on their way to places that we do not control, a row for each of both, so that a crash loses none."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F

from transparency.models import AnchorPush, LogCheckpoint
from transparency.queries.anchored import BRANCH, Unreachable, git, kept_body, kept_name
from transparency.queries.log import waiting_pushes

AT_ONCE = 200
SHOWN = 300
READABLE = 0o644  # a place is there to be read by others
IDENTITY = ("-c", "user.name=HRDD log", "-c", "user.email=log@localhost", "-c", "commit.gpgsign=false")


def queue_pushes() -> None:
    """Queue every checkpoint for every place that has not been asked to keep it."""
    for place in settings.ANCHORS:
        asked = AnchorPush.objects.filter(place=place).values("checkpoint")
        missing = LogCheckpoint.objects.exclude(pk__in=asked).values_list("pk", flat=True)
        AnchorPush.objects.bulk_create(
            [AnchorPush(place=place, checkpoint_id=size) for size in missing], ignore_conflicts=True
        )


def push_anchors(*, at: datetime) -> dict[str, str]:
    """Bring each place what it has not got yet; return what each that failed said. Safe to repeat."""
    queue_pushes()
    failed = {}
    for place in settings.ANCHORS:
        while error_or_more := _push_some(place, at=at):
            if error_or_more != "more":
                failed[place] = error_or_more
                break
    return failed


@transaction.atomic
def _push_some(place: str, *, at: datetime) -> str:
    """Push the earliest that wait; return "more", why it failed, or nothing once all is there."""
    waiting = list(waiting_pushes(place).select_for_update(of=("self",), skip_locked=True)[:AT_ONCE])
    if not waiting:
        return ""
    mine = AnchorPush.objects.filter(pk__in=[push.pk for push in waiting])
    sizes = [push.checkpoint_id for push in waiting]
    files = {
        kept_name(one.size): kept_body(one)
        for one in LogCheckpoint.objects.filter(pk__in=sizes).order_by("size")
    }
    kind, _, address = place.partition(":")
    try:
        _to_git(address, files) if kind == "git" else _to_folder(Path(address), files)
    except OSError as error:
        mine.update(attempts=F("attempts") + 1, error=str(error)[:SHOWN])
        return str(error)
    mine.update(attempts=F("attempts") + 1, error="", done_at=at)
    return "more"


def _to_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files that are never changed; the folder itself has to be there, or else a disk is not mounted."""
    if not folder.is_dir():
        raise Unreachable(f"{folder} is not a folder")
    for name, body in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=file.parent, prefix=".draft-")
        try:
            with os.fdopen(handle, "wb") as out:
                os.fchmod(handle, READABLE)
                out.write(body)
                out.flush()
                os.fsync(out.fileno())
            with suppress(FileExistsError):
                os.link(draft, file)
        finally:
            Path(draft).unlink()
        if file.read_bytes() != body:
            raise Unreachable(f"{file} holds another checkpoint of this size; run manage.py verify")


def _to_git(remote: str, files: Mapping[str, bytes]) -> None:
    """Add the files in one commit on top of what is there; a history that was rewritten there is never overwritten."""
    name = hashlib.sha256(remote.encode()).hexdigest()[:16]
    copy = Path(settings.LOG_KEY_FILE).resolve().parent / "anchor-copies" / name
    if not (copy / ".git").is_dir():
        copy.mkdir(parents=True, exist_ok=True)
        git("init", "--quiet", f"--initial-branch={BRANCH}", within=copy)
        git("remote", "add", "origin", "--", remote, within=copy)
    git("fetch", "--quiet", "origin", within=copy)
    if git("branch", "--remotes", "--list", f"origin/{BRANCH}", within=copy):
        git("reset", "--quiet", "--hard", f"origin/{BRANCH}", within=copy)
    _to_folder(copy, files)
    git("add", "--all", within=copy)
    if git("status", "--porcelain", within=copy):
        git(*IDENTITY, "commit", "--quiet", "--message", f"Checkpoint {max(files)[-14:-5]}", within=copy)
    git("push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}", within=copy)
