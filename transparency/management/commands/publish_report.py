"""Draft a report on a period and freeze its figures."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hrdd.arguments import day
from hrdd.celery import ring, worker_at_hand
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import NotAllowed, Permission
from transparency.actions import reports as actions
from transparency.actions.coverage import answer_from_the_record_alone
from transparency.actions.sufficiency import judge_sufficiency
from transparency.models import Report
from transparency.queries.reports import without_documents
from transparency.queries.sufficiency import last_judgements
from transparency.rules.periods import period_label, period_name
from transparency.rules.sufficiency import CRITERIA, SAFE
from transparency.rules.workflows import State
from transparency.tasks import render_report, seal_publications

DEMONSTRATED = "Judged by the demonstration, not by a person."
PATIENCE_SECONDS = 120
LANGUAGES = ("en",)


def languages(text: str) -> list[str]:
    """Read the languages of a report; this version writes English."""
    wanted = [one.strip() for one in text.split(",") if one.strip()]
    other = [one for one in wanted if one not in LANGUAGES]
    if other or not wanted:
        raise ArgumentTypeError(
            f"reports are written in {', '.join(LANGUAGES)}, not yet in {', '.join(other)}"
        )
    return wanted


class Command(BaseCommand):
    help = (
        "Draft a report on a period, freeze its figures and have its documents made. Publication still needs the "
        "sign-offs of two others, unless --demo. Safe to repeat. "
        "Example: manage.py publish_report --from 2021-01-01 --to 2021-12-31 --out reports"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="begin", type=day, required=True, help="the first day")
        parser.add_argument("--to", dest="end", type=day, required=True, help="the last day")
        parser.add_argument("--languages", type=languages, default=list(LANGUAGES), help="for example en")
        parser.add_argument("--out", type=Path, default=None, help="a folder for copies of the documents")
        parser.add_argument("--by", default="", help="the publisher's user name, where there are several")
        parser.add_argument(
            "--demo", action="store_true", help="in a demonstration: sign with its logins and publish"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["demo"] and not settings.DEMONSTRATION:
            raise CommandError("--demo signs with published passwords; it works only where HRDD_DEMO is on.")
        begin, end = options["begin"], options["end"]
        try:
            report = _latest(begin, end) or self._draft(begin, end, by=options["by"])
            self._documents(report)
            if options["demo"]:
                _sign_and_publish(report)
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from None
        self._say(report, options["out"])

    def _draft(self, begin: date, end: date, *, by: str) -> Report:
        publisher = _holder(Permission.DRAFT_REPORT, by)
        title = f"Human rights report, {period_label(begin, end)}"
        return actions.draft_report(title=title, begin=begin, end=end, by=publisher, at=timezone.now())

    def _documents(self, report: Report) -> None:
        if report.state == State.DRAFT:
            answer_from_the_record_alone(report, by=report.prepared_by, at=timezone.now())
            actions.freeze_figures(report, by=report.prepared_by, at=timezone.now())
        if not without_documents().filter(pk=report.pk).exists():
            return
        with worker_at_hand():
            render_report.delay(report.pk)
            until = time.monotonic() + PATIENCE_SECONDS
            while without_documents().filter(pk=report.pk).exists():
                if time.monotonic() > until:
                    raise CommandError("The worker has not made the documents in two minutes; see its log.")
                time.sleep(0.1)

    def _say(self, report: Report, out: Path | None) -> None:
        self.stdout.write(f"{report}: {report.get_state_display()}, content {report.content_hash}")
        if report.state == State.PUBLISHED:
            self.stdout.write(f"/reports/{report.period}/")
        else:
            self.stdout.write(f"/desk/reports/{report.pk}/")
        if out is None:
            return
        out.mkdir(parents=True, exist_ok=True)
        for document in report.documents.filter(content_hash=report.content_hash):
            copy = out / f"report-{report.period}.{document.format}"
            copy.write_bytes(bytes(document.body))
            self.stdout.write(str(copy))


def _latest(begin: date, end: date) -> Report | None:
    return Report.objects.filter(period=period_name(begin, end)).order_by("-edition").first()


def _holder(permission: Permission, username: str = "") -> User:
    people = User.objects.filter(is_active=True, **({"username": username} if username else {})).order_by(
        "pk"
    )
    found = [one for one in people if one.may(permission)]
    if len(found) != 1:
        raise CommandError(
            f"{len(found)} people may {permission}{f' as {username}' if username else ''}; name one by --by USERNAME."
        )
    return found[0]


def _sign_and_publish(report: Report) -> None:
    """Take the remaining steps as the demonstration's people; a published report stays as it is."""
    now = timezone.now()
    if report.state == State.DATA_FROZEN:
        actions.ask_clearance(report, by=report.prepared_by, at=now)
    for permission in (Permission.CLEAR_REPORT, Permission.APPROVE_REPORT):
        asked = SignOff.objects.filter(
            subject_kind=actions.SIGN_OFF_KIND,
            subject_id=report.pk,
            permission=permission,
            decided_at__isnull=True,
        ).first()
        if asked is not None:
            signer = _holder(permission)
            actions.decide(
                asked, by=signer, at=now, approve=True, reasons="Demonstration.", seen_hash=asked.content_hash
            )
    report.refresh_from_db()
    if report.state == State.APPROVED:
        judged = last_judgements(report)
        for one in CRITERIA:
            if one.code not in judged:
                judge = _holder(one.permission, "" if one.code == SAFE else report.prepared_by.username)
                judge_sufficiency(
                    report, criterion=one.code, suffices=True, reasons=DEMONSTRATED, by=judge, at=now
                )
        actions.publish_report(report, by=report.prepared_by, at=now)
        ring(seal_publications)
