"""Invite the first technical operator."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hrdd.accounts.actions.people import invite_first
from hrdd.governance.rules import NotAllowed


class Command(BaseCommand):
    help = (
        "Invite the first technical operator of an installation (SYSADMIN), who invites everybody else at "
        "/desk/people/. Prints the path of a link that is good once, for three days. "
        'Example: manage.py invite sam "Sam, operator"'
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("display_name")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            _invitation, secret = invite_first(
                username=options["username"], display_name=options["display_name"], at=timezone.now()
            )
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"/sign-in/invitation/{secret}/")
