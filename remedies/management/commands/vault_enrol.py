"""Give a person of the vault a key."""

import os
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed
from remedies.actions.vault import enrol_custodian, enrol_handler
from remedies.rules.wraps import fingerprint


class Command(BaseCommand):
    help = (
        "Enrol a handler, or with --custodian-file a custodian, whose private half is written there and kept nowhere "
        "else. Asks for the passphrase. Example: manage.py vault_enrol mara --custodian-file /media/stick/mara.json"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--custodian-file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("Nobody has this user name.")
        file: Path | None = options["custodian_file"]
        if file is not None and file.exists():
            raise CommandError(f"{file} is there already; a key is never written over another.")
        passphrase = getpass("Passphrase, at least 20 characters: ")
        if passphrase != getpass("Once more: "):
            raise CommandError("The two differ. Nothing was enrolled.")
        try:
            if file is None:
                key = enrol_handler(user, passphrase=passphrase, at=timezone.now())
            else:
                with transaction.atomic():  # no key without its file
                    key, private = enrol_custodian(user, passphrase=passphrase, at=timezone.now())
                    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                        out.write(private)
        except NotAllowed as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{key}: {fingerprint(bytes(key.public))}")
