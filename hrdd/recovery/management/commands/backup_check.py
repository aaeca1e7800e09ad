"""Whether there is a backup that would help; with the key, by restoring it."""

import secrets
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from hrdd.recovery.archive import Backup, NotRestored, backups_in, outdated, restore
from hrdd.recovery.keys import WrongKey, keys_are_copied
from hrdd.recovery.management.commands.backup import folder_of
from hrdd.recovery.postgres_tools import ToolFailed
from transparency.queries.verification import verify_all

HOURS = 26  # a day, and two hours for a run that is late


class Command(BaseCommand):
    """Run by a monitor without a key; with the key, by hand, best on another machine."""

    help = (
        "Say whether the newest backup is fresh and whole, whether the keys were copied, and whether anything is kept "
        "longer than promised; exit 1 where not. With --identity, also restore it into a scratch database, compare "
        "every table and verify its logs. Example: manage.py backup_check --to /var/lib/hrdd/backups"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where, how fresh, and a key."""
        parser.add_argument(
            "--to", type=Path, metavar="DIR", help="the folder of the backups; else HRDD_BACKUP_FOLDER"
        )
        parser.add_argument("--hours", type=int, default=HOURS, help=f"how old the newest may be ({HOURS})")
        parser.add_argument(
            "--identity", type=Path, metavar="FILE", help="a private key of age: restore it for a try"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say a line for each thing looked at."""
        folder, now = folder_of(options["to"]), timezone.now()
        found = backups_in(folder)
        if not found:
            raise CommandError(f"No backup is in {folder}.")
        bad = _looked_over(found[-1], folder, at=now, fresh=timedelta(hours=options["hours"]))
        self.stdout.write(
            f"{len(found)} backups; the newest, {found[-1].note.name}, of {found[-1].tables} tables"
        )
        if options["identity"] and not bad:
            bad = self._rehearse(found[-1], options["identity"])
        if bad:
            raise CommandError("\n".join(bad))
        self.stdout.write("It is fresh and whole, and the keys were copied.")

    def _rehearse(self, backup: Backup, identity: Path) -> list[str]:
        with scratch_database():
            try:
                census = restore(backup, identity=identity)
            except (WrongKey, NotRestored, ToolFailed) as refused:
                return [str(refused)]
            rows = sum(held.rows for held in census.values())
            self.stdout.write(f"restored: {len(census)} tables, {rows} rows, each as it was kept")
            lines = verify_all(None).lines
        for line in lines:
            self.stdout.write(str(line))
        return [f"{line.about}: {line.said}" for line in lines if not line.intact]


def _looked_over(newest: Backup, folder: Path, *, at: datetime, fresh: timedelta) -> list[str]:
    bad = newest.damage()
    if newest.made_at < at - fresh:
        bad.append(f"The newest backup is of {newest.made_at:%Y-%m-%d %H:%M} UTC, older than {fresh}.")
    bad += [f"{one.note.name} is kept longer than the 35 days promised." for one in outdated(folder, at=at)]
    if not keys_are_copied(folder):
        bad.append("Today's keys were never copied: without them a backup is none. Run backup --keys DIR.")
    return bad


@contextmanager
def scratch_database(like: str = "template0") -> Iterator[str]:
    """Work in a new database of the same server, empty or like another, which is dropped afterwards; needs CREATEDB."""
    name = f"hrdd_scratch_{secrets.token_hex(4)}"
    before = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    _use(name)
    try:
        yield name
    finally:
        _use(before)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
