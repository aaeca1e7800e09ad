"""Give a case to a handler with the recovery key, which two custodians open together, each with their own file."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed
from remedies.actions.assignment import recover
from remedies.management.custodian_files import opened_by
from remedies.models import Case
from remedies.rules.case import CaseRole


class Command(BaseCommand):
    help = (
        "Give a case that nobody can open to a handler, as two custodians together. The handler first states that they "
        "do not report into the unit complained of. Example: manage.py vault_recover "
        "2f0c7a52-5f0f-4a36-9d0e-0c8f3b1f6a11 --to ivan --role GRV_INV --custodian cleo --custodian-file cleo.json "
        "--second milo --second-file milo.json --attested --reasons 'Nobody of the team holds its key any more, ...'"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", help="the id of the case, as the page of custody shows it")
        parser.add_argument("--to", required=True, help="the handler")
        parser.add_argument("--role", required=True, choices=[str(role) for role in CaseRole])
        parser.add_argument("--custodian", required=True)
        parser.add_argument("--custodian-file", type=Path, required=True)
        parser.add_argument("--second", required=True)
        parser.add_argument("--second-file", type=Path, required=True)
        parser.add_argument("--attested", action="store_true", help="the handler stated it (SD3)")
        parser.add_argument("--reasons", required=True, help="at least 50 characters that name nobody")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            case = Case.objects.filter(pk=options["case"]).first()
        except ValidationError:
            case = None
        to = User.objects.filter(username=options["to"], is_active=True).first()
        if case is None or to is None:
            raise CommandError("There is no such case, or no such handler.")
        try:
            recover(
                case,
                to=to,
                role=CaseRole(options["role"]),
                custodians=(
                    opened_by(options["custodian"], options["custodian_file"]),
                    opened_by(options["second"], options["second_file"]),
                ),
                attested=options["attested"],
                reasons=options["reasons"],
                at=timezone.now(),
            )
        except OSError as failure:
            raise CommandError(f"A file cannot be read: {failure.strerror}.") from None
        except NotAllowed as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{to} can open case {case.short} now. The audit log names both of you.")
