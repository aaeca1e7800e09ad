"""What the worker does for oversight: ids only, run any number of times."""

from typing import Any

from celery.signals import task_failure
from django.utils import timezone

from hrdd.celery import app, ring
from hrdd.database_roles import DatabaseRole, in_role
from hrdd.oversight.actions import figures, meetings, refusals, sign_offs
from hrdd.oversight.models import BoardPack


@task_failure.connect
def note_refusal(sender: Any, exception: BaseException, **_told: Any) -> None:
    """Log what was refused to a job, once what it began is rolled back (K11)."""
    with in_role(DatabaseRole.WORKER):
        refusals.note_refusal(str(sender.name), exception, at=timezone.now())


@app.task
def remind_of_plans() -> None:
    """Bring P1 risks without a plan before leadership (beat, each hour; G2)."""
    meetings.raise_plan_escalations(at=timezone.now())


@app.task
def remind_of_sign_offs() -> None:
    """Remind of signatures that nobody gave in time (beat, each hour)."""
    sign_offs.remind_of_sign_offs(at=timezone.now())


@app.task
def freeze_figures() -> None:
    """Freeze the figures of the day, if nobody did (beat, each night after the re-assessment)."""
    figures.freeze_nightly(at=timezone.now())
    ring_unrendered_packs()


@app.task
def render_pack(pack_id: int) -> None:
    """Render one board pack."""
    pack = BoardPack.objects.select_related("release").get(pk=pack_id)
    figures.render_pack(pack, at=timezone.now())


@app.task
def ring_unrendered_packs() -> None:
    """Ring for packs that a lost message left without pages (beat, each minute)."""
    for pack_id in BoardPack.objects.filter(rendered_at__isnull=True).values_list("pk", flat=True):
        ring(render_pack, pack_id)
