"""Write everything that the organisation recorded, to take it elsewhere."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hrdd.progress import Progress
from hrdd.recovery.census import totals
from hrdd.recovery.keys import WrongKey
from hrdd.recovery.portable import export_organisation


class Command(BaseCommand):
    """Run by the owner of the tables, who reads every row."""

    help = (
        "Write all that was recorded as JSON lines, a file a table, with a manifest that says what each column is; "
        "sealed to a key of age. docs/operations/leaving.md tells how to read it elsewhere. "
        "Example: manage.py export_organisation --out /media/stick/everything.tar.gz.age --recipient age1…"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to and for whom."""
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new file")
        parser.add_argument(
            "--recipient",
            action="append",
            metavar="KEY",
            help="a public key of age (again for several); else HRDD_BACKUP_RECIPIENTS",
        )
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Export."""
        out: Path = options["out"]
        if out.exists():
            raise CommandError(f"{out} is there already. Name a new file.", returncode=2)
        bar = Progress(sys.stderr, 0, "tables")
        try:
            census = export_organisation(
                out, sealed_to=options["recipient"] or settings.BACKUP_RECIPIENTS, told=bar
            )
        except WrongKey as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(f"{out}: {error.strerror}. Nothing was written.") from error
        bar.end()
        counts = {**totals(census), "file": str(out)}
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        self.stdout.write("{rows} rows of {tables} tables are in {file}, sealed.".format(**counts))
