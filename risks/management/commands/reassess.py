"""One proportionality cycle through Celery."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hrdd.arguments import day
from hrdd.celery import worker_at_hand
from risks.actions import proportionality as actions
from risks.models import Cycle, Finding
from risks.tasks import ring

PATIENCE_SECONDS = 600
RING_AGAIN_SECONDS = 15


class Command(BaseCommand):
    help = (
        "Re-assess every measure in force on a day. Safe to repeat; resumes after a crash. "
        "Example: manage.py reassess --as-of 2021-02-01 --json"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=day, default=None, help="the day, today when left out")
        parser.add_argument("--json", action="store_true", help="print the findings as JSON (waits for them)")
        parser.add_argument("--wait", action="store_true", help="wait until the cycle is finished")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        cycle = actions.plan_cycle(as_of=options["as_of"] or now.date(), at=now)
        if not (options["wait"] or options["json"]):
            ring(cycle)
            self.stdout.write(f"{cycle}: queued; see /desk/ for its progress")
            return
        with worker_at_hand():
            ring(cycle)
            self._wait(cycle)
        self._refuse_if_incomplete(cycle)
        findings = list(cycle.findings.select_related("measure").order_by("id"))
        if options["json"]:
            self.stdout.write(json.dumps(_report(cycle, findings), ensure_ascii=False))
        else:
            self.stdout.write(f"{cycle}: {_assessed(cycle)} assessed, {len(findings)} findings")

    def _refuse_if_incomplete(self, cycle: Cycle) -> None:
        failed = cycle.chunks.filter(quarantined=True).count()
        if failed:
            raise CommandError(
                f"{cycle}: {failed} part(s) failed three times and were set aside; "
                "their measures were not assessed. See the worker's log."
            )

    def _wait(self, cycle: Cycle) -> None:
        began = rung = time.monotonic()
        while not actions.finish_cycle(cycle, at=timezone.now()):
            if time.monotonic() > rung + RING_AGAIN_SECONDS:
                ring(cycle)
                rung = time.monotonic()
            if time.monotonic() > began + PATIENCE_SECONDS:
                raise CommandError(
                    "The workers have not finished in ten minutes. Run the command again to resume."
                )
            time.sleep(0.2)


def _assessed(cycle: Cycle) -> int:
    return sum(cycle.chunks.values_list("assessed", flat=True))


def _report(cycle: Cycle, findings: list[Finding]) -> dict[str, Any]:
    return {
        "cycle": cycle.pk,
        "as_of": cycle.as_of.isoformat(),
        "assessed": _assessed(cycle),
        "findings": [
            {
                "measure": finding.measure_id,
                "kind": finding.measure.kind,
                "finding": finding.finding,
                "code": finding.code,
                "codes": finding.codes,
            }
            for finding in findings
        ],
    }
