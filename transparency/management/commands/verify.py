"""Verify the audit log, the publication log, published bytes, manifests and anchors."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hrdd.governance.models import Verification
from transparency.queries.verification import verify_all


class Command(BaseCommand):
    help = (
        "Verify that the audit log, the publication log, published bytes and manifests are what was written, and what "
        "places outside hold of them. One line each; exits 1 and names the first bad row. "
        "Example: manage.py verify --anchors /mnt/partner/anchor"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchors",
            type=Path,
            default=None,
            metavar="DIR",
            help="a folder or bare Git repository that holds our checkpoints; else every place of HRDD_ANCHORS is read",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["anchors"] is not None and not options["anchors"].is_dir():
            raise CommandError(f"{options['anchors']} is not a folder.", returncode=2)
        began = time.monotonic()
        found = verify_all(options["anchors"])
        seconds = time.monotonic() - began
        for line in found.lines:
            self.stdout.write(str(line))
        bad = [line for line in found.lines if not line.intact]
        Verification.objects.create(
            at=timezone.now(), intact=not bad, events=found.events, said=[str(line) for line in found.lines]
        )
        if sys.stderr.isatty():
            self.stderr.write(f"{found.events} audit events in {seconds:.1f} s")
        if bad:
            raise CommandError(
                f"{bad[0].about}: {bad[0].said}. Keep everything as it is and call your security contact."
            )
