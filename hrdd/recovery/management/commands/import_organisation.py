"""Bring what an organisation took away into an empty installation."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hrdd.progress import Progress
from hrdd.recovery.archive import NotRestored
from hrdd.recovery.census import totals
from hrdd.recovery.keys import WrongKey
from hrdd.recovery.portable import import_organisation


class Command(BaseCommand):
    """Run by the owner of the tables, on a database that was migrated and never used."""

    help = (
        "Bring an archive of export_organisation into an empty installation of the same version, all or nothing, and "
        "compare every table with what was kept. Afterwards run verify. "
        "Example: manage.py import_organisation /media/stick/everything.tar.gz.age --identity /media/key/key.txt"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what and with which key."""
        parser.add_argument("archive", type=Path, help="the sealed file")
        parser.add_argument(
            "--identity", type=Path, required=True, metavar="FILE", help="a private key of age"
        )
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import."""
        archive: Path = options["archive"]
        if not archive.is_file():
            raise CommandError(f"{archive} is not there.", returncode=2)
        bar = Progress(sys.stderr, 0, "parts")
        try:
            census = import_organisation(archive, identity=options["identity"], told=bar)
        except (WrongKey, NotRestored) as refused:
            raise CommandError(str(refused)) from refused
        bar.end()
        counts = totals(census)
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        self.stdout.write("{rows} rows of {tables} tables are here, each as it was kept.".format(**counts))
