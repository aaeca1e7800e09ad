"""Import real cases from dossiers."""

import json
from argparse import ArgumentParser
from collections import Counter
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from hrdd.dossiers.actions import import_dossier
from hrdd.dossiers.nodes import DossierError
from hrdd.dossiers.reading import read_dossier
from risks.models import Right
from risks.rules.gaps import Gap


class Command(BaseCommand):
    help = (
        "Import dossiers; all or nothing per file, twice changes nothing. "
        "Example: manage.py import_dossier hrdd/dossiers/cases/*.yaml --json"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="check and report, write nothing")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not Right.objects.exists():
            raise CommandError("The rights catalogue is empty; run `manage.py load_rights` first.")
        created: Counter[str] = Counter()
        gaps: list[Gap] = []
        refused: list[str] = []
        # A dry run does all of it in one transaction, so that each file sees those before it, and takes it back.
        with transaction.atomic() if options["dry_run"] else nullcontext():
            for file in options["files"]:
                try:
                    imported = import_dossier(read_dossier(file), at=timezone.now())
                except DossierError as error:
                    refused.append(str(error))
                    continue
                created.update(imported.created)
                gaps += imported.gaps
            if options["dry_run"]:
                transaction.set_rollback(True)
        self._report(created, gaps, as_json=options["json"])
        if refused:
            raise CommandError("\n".join(refused))

    def _report(self, created: Counter[str], gaps: list[Gap], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"created": created, "gaps": [asdict(gap) for gap in gaps]}))
            return
        counts = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in created.items())
        self.stdout.write(f"Created: {counts or 'nothing'}")
        for gap in gaps:
            self.stdout.write(f"{gap.code}: {gap.subject}: {gap.message}")
