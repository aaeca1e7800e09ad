"""Load the catalogue of rights; safe to run twice."""

import csv
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from risks.models import Right

YES = {"yes": True, "no": False}


class Command(BaseCommand):
    help = "Load the rights catalogue. Example: manage.py load_rights"

    @transaction.atomic
    def handle(self, *_args: Any, **_options: Any) -> None:
        created = 0
        with (settings.BASE_DIR / "risks" / "data" / "rights.csv").open(encoding="utf-8", newline="") as file:
            for position, row in enumerate(csv.DictReader(file), start=1):
                code = row.pop("code")
                values = {**row, "position": position}
                for flag in ("non_derogable_iccpr_4_2", "may_be_limited_by_measure"):
                    values[flag] = YES[row[flag]]
                _right, new = Right.objects.update_or_create(code=code, defaults=values)
                created += new
        self.stdout.write(f"{Right.objects.count()} rights, {created} new")
