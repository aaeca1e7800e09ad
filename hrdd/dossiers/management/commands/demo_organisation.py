"""Fill an empty database with the demonstration."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hrdd.demo import PASSWORD, PEOPLE, VAULT_PASSPHRASE, create_people
from hrdd.demo_cases import record_cases
from hrdd.demo_consultations import record_consultations
from hrdd.demo_dilemmas import record_dilemmas
from hrdd.demo_exits import record_exits
from hrdd.demo_measures import decide_on_measures, record_measures
from hrdd.demo_oversight import freeze_and_render, record_oversight
from hrdd.demo_partners import record_partners
from hrdd.demo_register import record_register
from hrdd.demo_work import record_work
from hrdd.dossiers.policies import load_policies
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.trial.steps import STEP
from remedies.actions.vault import (
    confirm_key,
    enrol_custodian,
    enrol_handler,
    hold_ceremony,
    open_custodian_file,
)
from remedies.queries.keys import recovery_key
from remedies.rules.case_workflow import PERMISSION_OF
from risks.actions.publications import publish_risk
from risks.models import Risk

REPLAYED = date(2021, 2, 1)
REPORTED = ("--from", "2021-01-01", "--to", "2021-12-31")
CASES = Path(__file__).resolve().parents[2] / "cases"
# What is invented for the demonstration, in the order in which one rests on another.
INVENTED = (
    (record_work, "a working week"),
    (record_partners, "business partners"),
    (record_measures, "two months of measures"),
    (record_exits, "exits"),
    (record_dilemmas, "dilemmas"),
    (record_consultations, "consultations"),
    (record_register, "plans, changes and reviews"),
    (record_oversight, "mandates, meetings and trainings"),
    (record_cases, "invented cases"),
)


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # they load every view; the web, started beside it, does so anyway
    help = (
        "Load the rights, the demonstration logins, the real cases, which are published, and invented policies. "
        "With --at-work, the worker re-assesses what stood on 1 February 2021 and today, and 2021 is reported. "
        "Refuses outside a demonstration. Safe to repeat. Example: manage.py demo_organisation --at-work"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at-work", action="store_true", help="also re-assess, report and handle concerns"
        )
        parser.add_argument(
            "--tables", action="store_true", help="first bring the tables and roles up to date"
        )
        parser.add_argument("--custodian-files", type=Path, help="where to keep the files of the custodians")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError(
                "demo_organisation runs only where HRDD_DEMO is on: its password is published."
            )
        if options["tables"]:
            self._step("Database tables")
            call_command("migrate", stdout=self.stdout)
            self._step("Database roles")
            call_command("database_roles", stdout=self.stdout)
        self._step("Rights, people, real cases")
        call_command("load_rights", stdout=self.stdout)
        create_people()
        call_command("import_dossier", *map(str, sorted(CASES.glob("*.yaml"))), stdout=self.stdout)
        set_up_vault(options["custodian_files"])
        publisher = User.objects.get(username="pia")
        for risk in Risk.objects.filter(imported_from__isnull=False, publications__isnull=True):
            publish_risk(risk, by=publisher, at=timezone.now())
        self.stdout.write(f"policies: {load_policies(at=timezone.now())} recorded")
        if options["at_work"]:
            self._work()
        for person in PEOPLE:
            self.stdout.write(f"{person.username} / {PASSWORD}   {person.display_name}: {person.sentence}")
        self.stdout.write(f"vault passphrase of those who handle concerns: {VAULT_PASSPHRASE}")

    def _work(self) -> None:
        self._step("A working week")
        for record, said in INVENTED:
            self._record(record, said)
        self._step("Re-assessments")
        call_command("reassess", as_of=REPLAYED, wait=True, stdout=self.stdout)
        call_command("reassess", wait=True, stdout=self.stdout)
        self._record(decide_on_measures, "decisions on what the sweep found")
        self._step("Report and board pack")
        call_command("publish_report", *REPORTED, "--demo", stdout=self.stdout)
        if freeze_and_render(at=timezone.now()):
            self.stdout.write("figures of the board frozen")

    def _record(self, record: Callable[..., bool], said: str) -> None:
        """Record a part whole or not at all: in data of an earlier release somebody may have been there before."""
        try:
            recorded = record(at=timezone.now())
        except (NotAllowed, ObjectDoesNotExist, MultipleObjectsReturned) as refusal:
            self.stdout.write(f"{said} not recorded: {refusal}")
            return
        if recorded:
            self.stdout.write(f"{said} recorded")

    def _step(self, sentence: str) -> None:
        self.stdout.write(f"{STEP}{sentence}")


def set_up_vault(kept_in: Path | None = None) -> None:
    """Enrol who handles concerns, and hold the ceremony.

    Args:
        kept_in: the folder for the files of the custodians; without one nobody keeps them.
    """
    if recovery_key() is not None:
        return
    now = timezone.now()
    people = User.objects.filter(username__in=[person.username for person in PEOPLE])
    custodians = [
        enrol_custodian(user, passphrase=VAULT_PASSPHRASE, at=now)
        for user in people
        if user.may(Permission.KEEP_IDENTITIES)
    ]
    hold_ceremony(by="SYSTEM (demonstration)", at=now)
    if kept_in is not None:
        kept_in.mkdir(parents=True, exist_ok=True)
        for key, file in custodians:
            (kept_in / f"{key.user.username}.json").write_bytes(file)
    custodian, file = custodians[0]
    pair = open_custodian_file(file, key=custodian, passphrase=VAULT_PASSPHRASE)
    for user in people:
        if any(user.may(permission) for permission in PERMISSION_OF.values()):
            key = enrol_handler(user, passphrase=VAULT_PASSPHRASE, at=now)
            confirm_key(key, custodian=custodian, pair=pair, at=now)
