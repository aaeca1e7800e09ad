"""Make the roles of the database and give each what it may."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError

from hrdd.database_grants import give, missing_and_surplus


class Command(BaseCommand):
    """Run by the owner of the tables, after each `migrate`."""

    help = (
        "Makes hrdd_public, hrdd_intake, hrdd_staff, hrdd_worker and hrdd_audit and grants each what it needs, and "
        "nothing else; safe to repeat. Example: manage.py database_roles --check (exit 1 where something differs)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--check`."""
        parser.add_argument("--check", action="store_true", help="Say what differs, and change nothing.")

    def handle(self, *_arguments: Any, check: bool, **_options: Any) -> None:
        """Grant, or say what differs."""
        if check:
            if told := missing_and_surplus():
                raise CommandError("\n".join(told))
            self.stdout.write("Each role may what it should.")
            return
        try:
            number = give()
        except ProgrammingError as refused:
            raise CommandError(
                f"The roles could not be made: {str(refused).strip()}. Run this as the owner of the tables, with "
                "CREATEROLE."
            ) from refused
        self.stdout.write(f"{number} grants stand.")
