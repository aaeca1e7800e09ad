"""The cycles, what one changed, and what would have changed a finding."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from risks.models import Chunk, Cycle, Finding
from risks.queries.method import method
from risks.queries.proportionality import FLAGS, judge_rows
from risks.rules.proportionality import FOUND_SAID


def listed_cycles() -> QuerySet[Cycle]:
    """Return the cycles, the latest day first, with how many measures each judged and found, and parts set aside."""
    chunks = Chunk.objects.filter(cycle=OuterRef("pk")).order_by().values("cycle")
    findings = Finding.objects.filter(cycle=OuterRef("pk")).order_by().values("cycle")
    aside = Count("pk", filter=Q(quarantined=True, done_at__isnull=True))
    return Cycle.objects.annotate(
        judged=Coalesce(Subquery(chunks.annotate(n=Sum("assessed")).values("n")), 0),
        aside=Coalesce(Subquery(chunks.annotate(n=aside).values("n"), output_field=IntegerField()), 0),
        found=Coalesce(Subquery(findings.annotate(n=Count("pk")).values("n")), 0),
    )


@dataclass(frozen=True)
class Changed:
    """What a full cycle found otherwise than the full cycle before it."""

    before: Cycle
    new: int
    moved: int
    cleared: int


def changed_by(cycle: Cycle) -> Changed | None:
    """Return what a full cycle found otherwise than the one before; None for a cycle of events or the first."""
    if cycle.kind == Cycle.Kind.EVENT:
        return None
    earlier = Cycle.objects.full().filter(as_of__lte=cycle.as_of).exclude(pk=cycle.pk)
    before = earlier.exclude(as_of=cycle.as_of, pk__gt=cycle.pk).first()
    if before is None:
        return None
    here, there = Finding.objects.filter(cycle=cycle), Finding.objects.filter(cycle=before)
    same = there.filter(measure=OuterRef("measure"))
    alike = same.filter(finding=OuterRef("finding"), code=OuterRef("code"))
    return Changed(
        before=before,
        new=here.filter(~Exists(same)).count(),
        moved=here.filter(Exists(same), ~Exists(alike)).count(),
        cleared=there.filter(~Exists(here.filter(measure=OuterRef("measure")))).count(),
    )


def ready_at(cycle: Cycle, *, now: datetime) -> datetime | None:
    """Return when a running cycle will be done at its present speed; None before its first part or after its last."""
    done = cycle.chunks.filter(done_at__isnull=False).count()
    waiting = cycle.chunks.waiting().count()
    if not done or not waiting or cycle.finished_at:
        return None
    return now + (now - cycle.started_at) / done * waiting


@dataclass(frozen=True)
class Otherwise:
    """What the rules would say, were one fact different."""

    said: str
    finding: str
    label: str
    code: str


def what_would_change(finding: Finding) -> list[Otherwise]:
    """Return the single facts that, were they different, would give another finding, judged by the same table.

    Each other level of severity, each circumstance that was reported, and a review on that very day.
    """
    inputs = finding.inputs
    supposed = [
        (f"Severity at level {level}" if level else "The risk closed", {"level_now": level})
        for level in range(6)
        if level != inputs["level_now"]
    ]
    supposed += [(f"Without “{flag.replace('_', ' ')}”", {flag: False}) for flag in FLAGS if inputs.get(flag)]
    supposed.append(
        (
            "Reviewed on that day",
            {"days_since_review": 0, "level_then": inputs["level_now"] or inputs["level_then"]},
        )
    )
    rows = [dict(inputs) | change | {"row": number} for number, (_said, change) in enumerate(supposed)]
    verdicts = zip(supposed, judge_rows(rows, method=method()), strict=True)
    return [
        Otherwise(said, one.finding, FOUND_SAID[one.finding], one.code)
        for (said, _change), one in verdicts
        if (one.finding, one.code) != (finding.finding, finding.code)
    ]
