"""Erase what is kept no longer, or say what would go and why."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from hrdd.progress import Progress
from remedies.actions.retention import erase_due
from remedies.queries.retention import Planned, plan


class Command(BaseCommand):
    help = (
        "Erase what its schedule no longer keeps: nothing open, nothing under a legal hold. Safe to repeat. Backups "
        "age out in 35 days. Example: manage.py retention --dry-run --json"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would go and why; erase nothing")
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        found = plan(today=now.date())
        if not options["dry_run"]:
            bar = Progress(sys.stderr, len(found), "to erase")
            found = erase_due(at=now, told=bar)
            bar.end()
        self._say(found, dry=options["dry_run"], as_json=options["json"])

    def _say(self, found: list[Planned], *, dry: bool, as_json: bool) -> None:
        counts: Counter[str] = Counter()
        for one in found:
            counts[str(one.schedule)] += one.many
        if as_json:
            told = {
                "dry_run": dry,
                "counts": dict(sorted(counts.items())),
                "erased": [one.as_data() for one in found],
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for one in found:
            self.stdout.write(f"{one.short}: {one.why}; last day {one.last}")
        if not counts:
            self.stdout.write("Nothing is due.")
            return
        told_counts = ", ".join(f"{name} {many}" for name, many in sorted(counts.items()))
        self.stdout.write(f"{told_counts} {'would go' if dry else 'erased'}")
