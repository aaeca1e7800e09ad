"""Create the people of the demonstration."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hrdd.governance.models import User
from hrdd.governance.rules import Role

PEOPLE = (("ana", "Ana, analyst", Role.ANALYST), ("eve", "Eve, executive", Role.SENIOR))
PASSWORD = "demonstration only"  # noqa: S105  # printed on the screen, refused outside a demonstration


class Command(BaseCommand):
    help = "Create the demonstration logins; refuses outside a demonstration. Example: manage.py demo_people"

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("demo_people runs only where HRDD_DEMO is on.")
        for username, name, role in PEOPLE:
            if not User.objects.filter(username=username).exists():
                User.objects.create_user(username, PASSWORD, display_name=name, roles=[role])
            self.stdout.write(f"{username} / {PASSWORD} ({name})")
