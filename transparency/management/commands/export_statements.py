"""Write the statements of reasons as the DSA Transparency Database takes them."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hrdd.arguments import day
from hrdd.progress import Progress
from transparency.actions.statement_files import export_statements
from transparency.documents.dsa import Lines
from transparency.queries.statement_files import Window, holding
from transparency.rules.dsa import BATCH

USAGE = 2


class Command(BaseCommand):
    help = (
        "Write the statements of reasons that hold as JSON lines, each valid under the schema of the DSA Transparency "
        "Database. Nothing is sent. A statement that was superseded is left out: its correction leaves under a new "
        "puid. Exit 1 where statements were refused; the others are written. "
        "Example: manage.py export_statements --format dsa --out statements.jsonl --batches parcels --new"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["dsa"], required=True, help="dsa, the only one so far")
        parser.add_argument(
            "--out", type=Path, default=None, help="the file of JSON lines; replaced if there"
        )
        parser.add_argument(
            "--batches",
            type=Path,
            default=None,
            metavar="DIR",
            help=f"a new or empty folder for files of at most {BATCH}, each a whole request of the API",
        )
        parser.add_argument("--from", dest="begin", type=day, default=None, help="the first day of issue")
        parser.add_argument("--to", dest="end", type=day, default=None, help="the last day of issue")
        parser.add_argument("--new", action="store_true", help="only those that no earlier export wrote")

    def handle(self, *_args: Any, **options: Any) -> None:
        out, batches = options["out"], options["batches"]
        window = Window(options["begin"], options["end"], options["new"])
        _refuse_usage(out, batches, window)
        progress = Progress(sys.stderr, holding(window).count(), "statements")
        into = Lines(out=out, batches=batches)
        try:
            with into:
                made = export_statements(
                    window, into=into, refuse=self._refuse, tell=progress, at=timezone.now()
                )
        except OSError as error:
            raise CommandError(f"The files could not be written: {error}") from None
        finally:
            progress.end()
        self.stdout.write(
            f"{made.written} written, {made.refused} refused, {made.superseded} superseded and left out, "
            f"{made.outside} outside the EU and EEA and left out"
        )
        if batches is not None:
            self.stdout.write(f"{into.parcels} files in {batches}, at most {BATCH} statements each")
        self.stdout.write(f"SHA-256 of the lines: {made.sha256}")
        if made.refused:
            raise CommandError(f"{made.refused} statements were refused; see above.")

    def _refuse(self, puid: str, reasons: Sequence[str]) -> None:
        self.stderr.write(f"{puid}: {' '.join(reasons)}")


def _refuse_usage(out: Path | None, batches: Path | None, window: Window) -> None:
    if out is None and batches is None:
        raise CommandError("Say where to: --out FILE, --batches DIR, or both.", returncode=USAGE)
    if window.begin and window.end and window.end < window.begin:
        raise CommandError("--to is before --from.", returncode=USAGE)
    for place in (out, batches):
        if place is not None and not place.absolute().parent.is_dir():
            raise CommandError(f"There is no folder {place.absolute().parent}.", returncode=USAGE)
    if out is not None and out.is_dir():
        raise CommandError(f"{out} is a folder; --out names a file.", returncode=USAGE)
    if batches is not None and batches.exists() and (not batches.is_dir() or any(batches.iterdir())):
        raise CommandError(f"{batches} is not empty. Name a new or empty folder.", returncode=USAGE)
