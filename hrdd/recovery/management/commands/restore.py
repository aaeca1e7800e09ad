"""Put a backup into an empty database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hrdd.recovery.archive import NotRestored, backups_in, restore
from hrdd.recovery.census import totals
from hrdd.recovery.keys import WrongKey
from hrdd.recovery.postgres_tools import ToolFailed


class Command(BaseCommand):
    """Run by the owner of the tables to be, with CREATEROLE, on the database of DATABASE_URL."""

    help = (
        "Put a backup into the database of DATABASE_URL, which has to be empty, compare every table with what was "
        "kept, and grant the roles what they may. Afterwards run verify, and migrate where the code is newer. "
        "Example: manage.py restore /media/stick/hrdd-20261127T021000Z.json --identity /media/key/backup.txt"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what and with which key."""
        parser.add_argument("note", type=Path, help="the note of the backup: hrdd-….json")
        parser.add_argument(
            "--identity", type=Path, required=True, metavar="FILE", help="a private key of age"
        )
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore."""
        note: Path = options["note"]
        found = [one for one in backups_in(note.parent) if one.note == note]
        if not found:
            raise CommandError(f"{note} is not the note of a backup.", returncode=2)
        try:
            census = restore(found[0], identity=options["identity"])
        except (WrongKey, NotRestored, ToolFailed) as refused:
            raise CommandError(str(refused)) from refused
        counts = totals(census)
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        self.stdout.write("{tables} tables and {rows} rows are back, each as it was kept.".format(**counts))
