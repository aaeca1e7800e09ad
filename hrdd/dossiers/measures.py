"""The measures of a dossier as history had them: what each replaced, and what was lifted when."""

from collections.abc import Iterator, Mapping
from datetime import date

from hrdd.dossiers.dates import HistoricDate
from hrdd.dossiers.nodes import Item
from hrdd.dossiers.reading import Dossier, text, told, when, when_if_any
from risks.models import Measure, Risk
from risks.rules.ladder import LADDER

Dated = tuple[HistoricDate | None, Mapping[str, Item]]
# Keys of a measure that have a field of their own; the others are its detail.
FIELDS = ("code", "kind", "target", "policy", "law", "actor", "note", "date", "end")


def write_measures(risk: Risk, dossier: Dossier, *, level: int, today: date) -> int:
    """Write the measures in the order of their dates, each ending what it replaces; return how many.

    Args:
        risk: the risk they answer to.
        dossier: where they stand.
        level: severity as it was known then.
        today: what was to end before is expired.
    """
    standing: list[Measure] = []
    for start, entry in _in_order(risk, dossier):
        if text(entry.get("code")) in LADDER:
            measure = _measure(risk, entry, start=start, level=level)
            _end_what_it_replaces(standing, measure)
            standing.append(measure)
        elif start and text(entry.get("code")) == "lifted":
            _lift(standing, entry, on=start.first)
    for measure in standing:
        if measure.state == Measure.State.ACTIVE and measure.ends_on and measure.ends_on < today:
            measure.state, measure.ended_on = Measure.State.EXPIRED, measure.ends_on
        measure.save()
    return len(standing)


def short(said: str, longest: int) -> str:
    """Return a text as its column holds it, visibly cut; the imported record keeps it whole."""
    return said if len(said) <= longest else f"{said[: longest - 1]}…"


def _in_order(risk: Risk, dossier: Dossier) -> list[Dated]:
    return [dated for _day, dated in sorted(_placed(risk, dossier), key=lambda pair: pair[0])]


def _placed(risk: Risk, dossier: Dossier) -> Iterator[tuple[date, Dated]]:
    """Yield each entry with the day it sorts by: where its date leaves that open, the order of the file tells."""
    before = risk.opened_on
    for entry in dossier.entries("measures"):
        start = when(entry.get("date"))
        first, last = (start.first, start.last) if start else (risk.opened_on, date.max)
        day = before if first <= before <= last else first
        before = max(before, day)
        yield day, (start, entry)


def _measure(risk: Risk, entry: Mapping[str, Item], *, start: HistoricDate | None, level: int) -> Measure:
    code, ends = text(entry.get("code")), when_if_any(entry.get("end"))
    begins = start.first if start else risk.opened_on
    return Measure(
        risk=risk,
        kind=code,
        intrusion=LADDER[code].intrusion,
        said=short(text(entry.get("kind")), 300),
        target=_target(entry),
        rule_relied_on=text(entry.get("policy")),
        legal_ground=text(entry.get("law")),
        imposed_by=short(text(entry.get("actor")), 200),
        note=text(entry.get("note")),
        starts_on=begins,
        starts_said=short(start.said if start else "not known", 120),
        ends_on=ends.last if ends else None,
        ends_said=short(text(entry.get("end")), 300),
        detail=told(entry, *FIELDS),
        level_then=level,
        reviewed_on=begins,
        justified_on=begins,
    )


def _target(entry: Mapping[str, Item]) -> str:
    return short(text(entry.get("target")), 300)


def _key(target: str) -> str:
    """Return what tells one target from another, whatever the case and spacing."""
    return " ".join(target.lower().split())


def _stands(measure: Measure, on: date) -> bool:
    ended_itself = measure.ends_on is not None and measure.ends_on < on
    return measure.state == Measure.State.ACTIVE and not ended_itself


def _end_what_it_replaces(standing: list[Measure], new: Measure) -> None:
    """A measure ends an earlier one of its kind, or inaction, on the same target."""
    for old in standing:
        same = _key(old.target) == _key(new.target) and old.kind in {new.kind, "no_action"}
        if same and _stands(old, new.starts_on):
            old.state, old.ended_on = Measure.State.MODIFIED, max(new.starts_on, old.starts_on)


def _lift(standing: list[Measure], entry: Mapping[str, Item], *, on: date) -> None:
    """End what stands on the same target, or else the latest measure there whose end was overrun."""
    wanted = _key(_target(entry))
    here = [one for one in standing if _key(one.target) == wanted]
    overrun = [one for one in here[-1:] if one.state == Measure.State.ACTIVE]
    for measure in [one for one in here if _stands(one, on)] or overrun:
        measure.state, measure.ended_on = Measure.State.LIFTED, max(on, measure.starts_on)
