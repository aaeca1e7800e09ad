"""Write a sealed backup, and let those go that are older than promised."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from hrdd.progress import Progress
from hrdd.recovery.archive import Backup, drop, outdated, take_backup
from hrdd.recovery.census import totals
from hrdd.recovery.keys import WrongKey, copy_keys
from hrdd.recovery.postgres_tools import ToolFailed
from hrdd.watch.actions import note_backup


class Command(BaseCommand):
    """Run by the owner of the tables, who reads every row."""

    help = (
        "Write a backup of the database, sealed to the public keys of HRDD_BACKUP_RECIPIENTS, while everybody goes on "
        "working; then delete those older than 35 days. With --keys DIR, copy the keys of this installation instead, "
        "sealed, to another medium. Example: manage.py backup --to /var/lib/hrdd/backups"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to."""
        parser.add_argument(
            "--to", type=Path, metavar="DIR", help="the folder of the backups; else HRDD_BACKUP_FOLDER"
        )
        parser.add_argument(
            "--keys", type=Path, metavar="DIR", help="copy the keys to this folder; no backup"
        )
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Back up, or copy the keys."""
        folder = folder_of(options["to"])
        try:
            if options["keys"]:
                self._copy_keys(existing(options["keys"]), folder)
            else:
                self._back_up(folder, as_json=options["json"])
        except (WrongKey, ToolFailed) as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(
                f"{error.filename or folder}: {error.strerror}. No backup was written."
            ) from error

    def _copy_keys(self, medium: Path, folder: Path) -> None:
        out = copy_keys(medium, folder, given=settings.BACKUP_RECIPIENTS, at=timezone.now())
        self.stdout.write(f"{out} holds the keys, sealed. Take the medium away from here.")

    def _back_up(self, folder: Path, *, as_json: bool) -> None:
        at = timezone.now()
        bar = Progress(sys.stderr, 0, "tables")
        made, census = take_backup(folder, sealed_to=settings.BACKUP_RECIPIENTS, at=at, told=bar)
        bar.end()
        self._note(made)
        old = outdated(folder, at=at)
        for one in old:
            drop(one)
        counts = {
            "backup": str(made.note),
            **totals(census),
            "bytes": made.dump.stat().st_size,
            "dropped": len(old),
        }
        if as_json:
            self.stdout.write(json.dumps(counts))
            return
        self.stdout.write(
            "{backup}: {tables} tables, {rows} rows, {bytes} bytes sealed; {dropped} older than 35 days dropped".format(
                **counts
            )
        )

    def _note(self, made: Backup) -> None:
        """Let the status page tell of it; a standby, which takes nothing, was backed up all the same."""
        try:
            note_backup(at=made.made_at)
        except DatabaseError:
            self.stderr.write("The database took no note of this backup: /desk/status/ does not tell of it.")


def folder_of(given: Path | None) -> Path:
    """Return the folder of the backups; raise CommandError where none is named or there."""
    if not (given or settings.BACKUP_FOLDER):
        raise CommandError("Name the folder of the backups: --to DIR, or HRDD_BACKUP_FOLDER.", returncode=2)
    return existing(given or Path(settings.BACKUP_FOLDER))


def existing(folder: Path) -> Path:
    """Return a folder; raise CommandError where it is none."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder.", returncode=2)
    return folder
