"""Let a new key sign the publication log from now on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from transparency.actions.publication_log import checkpoint_log, rotate_key
from transparency.actions.signer import CannotSign


class Command(BaseCommand):
    help = (
        "Have the key of HRDD_LOG_KEY_FILE sign a new one, and log it. Then set HRDD_LOG_KEY_FILE to the new file "
        "and restart the worker. Example: manage.py rotate_log_key /etc/hrdd/log_key_2027.pem --by ada"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="the new key: openssl genpkey -algorithm ed25519 -out FILE"
        )
        parser.add_argument("--by", required=True, help="who rotates it, for the audit log")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            checkpoint_log(at=timezone.now())
            rotate_key(options["file"], by=options["by"], at=timezone.now())
        except CannotSign as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"The new key is logged. Set HRDD_LOG_KEY_FILE={options['file']} and restart the worker."
        )
