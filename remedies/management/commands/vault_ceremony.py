"""Make the recovery key, without which no concern is taken in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hrdd.governance.rules import NotAllowed
from remedies.actions.vault import hold_ceremony
from remedies.rules.wraps import fingerprint


class Command(BaseCommand):
    help = (
        "Make a recovery key that any two of the enrolled custodians (three or more) open together, and retire the "
        "former one. Example: manage.py vault_ceremony"
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            made = hold_ceremony(by="SYSTEM (command line)", at=timezone.now())
        except NotAllowed as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"Recovery key in force: {fingerprint(bytes(made.public))}")
