"""Make the roles of the database and give each what it may."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError

from hrdd.database_grants import give, let_sign_in, missing_and_surplus, not_set


class Command(BaseCommand):
    """Run by the owner of the tables, after each `migrate`."""

    help = (
        "Makes hrdd_public, hrdd_intake, hrdd_staff, hrdd_worker and hrdd_audit and grants each what it needs, and "
        "nothing else; safe to repeat. Example: manage.py database_roles --check (exit 1 where something differs)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--check` and `--logins`."""
        parser.add_argument("--check", action="store_true", help="Say what differs, and change nothing.")
        parser.add_argument(
            "--logins",
            type=Path,
            metavar="FOLDER",
            help="Let each role sign in whose password stands in a file of its name there, as hrdd_public.",
        )

    def handle(self, *_arguments: Any, check: bool, logins: Path | None, **_options: Any) -> None:
        """Grant, or say what differs."""
        if check:
            if told := missing_and_surplus():
                raise CommandError("\n".join(told))
            self.stdout.write("Each role may what it should.")
            self._warn()
            return
        if logins and not logins.is_dir():
            raise CommandError(f"{logins} is not a folder.")
        try:
            number = give()
            named = let_sign_in(logins) if logins else []
        except ProgrammingError as refused:
            raise CommandError(
                f"The roles could not be made: {str(refused).strip()}. Run this as the owner of the tables, with "
                "CREATEROLE."
            ) from refused
        self.stdout.write(f"{number} grants stand.")
        if logins:
            self.stdout.write(
                f"May sign in: {', '.join(named) or 'none, since no file there has the name of a role'}."
            )
        self._warn()

    def _warn(self) -> None:
        """Tell what has to be set by hand; until then what people typed may reach PostgreSQL's log."""
        for said in not_set():
            self.stderr.write(self.style.WARNING(f"Warning: {said}"))
