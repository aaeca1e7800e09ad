"""Confirm the key of a handler as a custodian."""

from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hrdd.governance.rules import NotAllowed
from remedies.actions.vault import confirm_key, open_custodian_file
from remedies.models import VaultKey
from remedies.rules.wraps import fingerprint


class Command(BaseCommand):
    help = (
        "Confirm that the new key of a handler is theirs, with a custodian's file. Compare the fingerprint with the "
        "handler first, face to face or by voice. Example: manage.py vault_confirm grace --custodian cleo "
        "--custodian-file /media/stick/cleo.json"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--custodian", required=True)
        parser.add_argument("--custodian-file", type=Path, required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        key = _key(options["username"], VaultKey.Kind.HANDLER)
        custodian = _key(options["custodian"], VaultKey.Kind.CUSTODIAN)
        self.stdout.write(f"{key}: {fingerprint(bytes(key.public))} for {', '.join(key.roles)}")
        if input("Does the handler read the same? yes or no: ").strip().lower() != "yes":
            raise CommandError("Nothing was confirmed.")
        try:
            file = options["custodian_file"].read_bytes()
            pair = open_custodian_file(
                file, key=custodian, passphrase=getpass("Passphrase of the custodian: ")
            )
            confirm_key(key, custodian=custodian, pair=pair, at=timezone.now())
        except OSError as failure:
            raise CommandError(f"The file cannot be read: {failure.strerror}.") from None
        except NotAllowed as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write("Confirmed.")


def _key(username: str, kind: VaultKey.Kind) -> VaultKey:
    found = VaultKey.objects.filter(user__username=username, kind=kind, retired_at__isnull=True).first()
    if found is None:
        raise CommandError(f"{username} has no key as a {kind}.")
    return found
