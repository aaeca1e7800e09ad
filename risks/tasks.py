"""The doorbell: tasks carry ids only, call one action, and may be run any number of times. Each acts as a job."""

from datetime import timedelta

from django.utils import timezone

from hrdd.celery import app
from risks.actions import policy_force
from risks.actions import proportionality as actions
from risks.actions.clock_reminders import remind_of_clocks
from risks.actions.escalation import escalate_overdue
from risks.actions.imports import apply_asked_import
from risks.actions.partner_import import READER as PARTNERS
from risks.actions.risk_import import READER as RISKS
from risks.models import Chunk, Cycle, RegisterImport
from risks.queries.method import method
from risks.rules.proportionality import rules_version


@app.task
def assess_chunk(chunk_id: int) -> None:
    """Assess one chunk, if it still waits, and finish the cycle with the last one."""
    if actions.claim_chunk(chunk_id):
        actions.assess_chunk(chunk_id, at=timezone.now())
    chunk = Chunk.objects.select_related("cycle").get(pk=chunk_id)
    actions.finish_cycle(chunk.cycle, at=timezone.now())


@app.task
def reassess_nightly() -> None:
    """Plan today's cycle and ring for its chunks (beat, each night)."""
    now = timezone.now()
    ring(actions.plan_cycle(as_of=now.date(), at=now))


@app.task
def reassess_touched() -> None:
    """Plan a cycle over what something happened to or whose day has come, and ring for it (beat, each minute).

    Under rules or a method that never judged, everything is looked at once.
    """
    now = timezone.now()
    full = Cycle.objects.full()
    if full.exists() and not full.filter(rules_version=rules_version(method())).exists():
        ring(actions.plan_cycle(as_of=now.date(), at=now))
    cycle = actions.plan_touched(at=now)
    if cycle is not None:
        ring(cycle)


@app.task
def remind_of_overdue() -> None:
    """Write the reminders that are owed (beat, each minute)."""
    escalate_overdue(at=timezone.now())


@app.task
def remind_of_partners_clocks() -> None:
    """Flag what is late about partners' clocks, and remind people of it (beat, each hour)."""
    remind_of_clocks(at=timezone.now())


@app.task
def ring_waiting_chunks() -> None:
    """Ring again for what a lost message or a killed worker left waiting (beat, each minute)."""
    for cycle in Cycle.objects.filter(
        finished_at__isnull=True, started_at__lt=timezone.now() - timedelta(minutes=2)
    ):
        ring(cycle)
        actions.finish_cycle(cycle, at=timezone.now())


@app.task
def policies_come_into_force() -> None:
    """Put into force the policies that a person approved and dated for today (beat, each hour; domain.md 3.8)."""
    policy_force.carry_out_dated(at=timezone.now())


def ring(cycle: Cycle) -> None:
    """Ring for every chunk of a cycle that is not done."""
    for chunk_id in cycle.chunks.waiting().values_list("pk", flat=True):
        assess_chunk.delay(chunk_id)


@app.task
def apply_import(import_id: int) -> None:
    """Apply a file of a register that somebody asked for."""
    readers = {reader.register: reader for reader in (RISKS, PARTNERS)}
    for held in RegisterImport.objects.filter(pk=import_id, state=RegisterImport.State.APPLYING):
        apply_asked_import(readers[RegisterImport.Register(held.register)], held, at=timezone.now())


@app.task
def ring_waiting_imports() -> None:
    """Ring again for files that a lost message or a killed worker left waiting (beat, each minute)."""
    since = timezone.now() - timedelta(minutes=2)
    waiting = RegisterImport.objects.filter(state=RegisterImport.State.APPLYING, asked_at__lt=since)
    for import_id in waiting.values_list("pk", flat=True):
        apply_import.delay(import_id)
