"""Read a daily dump of the DSA Transparency Database, to compare ours with others'."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hrdd.progress import Progress
from transparency.actions.reference import import_statements
from transparency.rules.dump import DumpRefused


class Command(BaseCommand):
    help = (
        "Read a daily dump of the DSA Transparency Database as measures of reference organisations: apart from our "
        "register, never re-assessed, never in our counts. Whole or not at all; twice changes nothing. "
        "Example: manage.py import_statements sor-global-2025-07-01-full.csv"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="the CSV as it was downloaded, full or light"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            progress = Progress(sys.stderr, path.stat().st_size, "bytes")
            taken = import_statements(path, tell=progress, at=timezone.now())
        except OSError as error:
            raise CommandError(f"{path} could not be read: {error.strerror}") from None
        except DumpRefused as refused:
            said = "\n".join(f"{path}: {one}" for one in str(refused).splitlines())
            raise CommandError(f"{said}\nNothing was imported.") from None
        progress.end()
        self.stdout.write(
            f"{taken.statements} statements with {taken.measures} measures imported, of {taken.organisations} new "
            f"reference organisations; {taken.known} were there before"
        )
