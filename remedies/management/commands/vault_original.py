"""Take a file out as it came, with two custodians."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hrdd.governance.rules import NotAllowed
from remedies.actions.file_reading import take_out_original
from remedies.management.custodian_files import opened_by
from remedies.models import Attachment


class Command(BaseCommand):
    help = (
        "Take a file out as it came, which two custodians open together; it is logged before. It may show who sent it, "
        "and may be built to do harm: open it where there is no network. Example: manage.py vault_original "
        "3f0c… --custodian cleo /media/stick/cleo.json --custodian milo /media/other/milo.json --reasons "
        "'…' --out x.bin"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=UUID, help="the id of the file, as its address at the desk ends")
        parser.add_argument(
            "--custodian", nargs=2, action="append", required=True, metavar=("USERNAME", "CUSTODIAN_FILE")
        )
        parser.add_argument("--reasons", required=True, help="why; nothing of the case")
        parser.add_argument("--out", type=Path, required=True, help="a file that is not there yet")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = Attachment.objects.select_related("case").only("case").filter(pk=options["file"]).first()
        if found is None or len(options["custodian"]) != 2 or options["out"].exists():
            raise CommandError(
                "Name a file that is there, two custodians, each with their own file, and an --out that is not there."
            )
        try:
            first, second = (opened_by(name, Path(path)) for name, path in options["custodian"])
            taken = take_out_original(
                found.case,
                found.pk,
                custodians=(first, second),
                reasons=options["reasons"],
                request_id=uuid4(),
                at=timezone.now(),
            )
            options["out"].write_bytes(taken.content)
        except OSError as failure:
            raise CommandError(f"A file cannot be read or written: {failure.strerror}.") from None
        except NotAllowed as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"Taken out: {taken.kind}, {len(taken.content)} bytes.")
