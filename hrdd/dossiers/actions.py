"""Bring a dossier into the records: all of it or nothing, once, as history had it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from hrdd.dossiers.dates import HistoricDate
from hrdd.dossiers.nodes import Item
from hrdd.dossiers.reading import (
    HEADS,
    INDEFINITE,
    INVOLVEMENT,
    Dossier,
    level,
    text,
    texts,
    when,
    when_if_any,
)
from hrdd.governance.actions import IMPORT, record_event
from risks.models import Involvement, Measure, RecordEntry, Right, Risk, RiskRight, SeverityAssessment
from risks.queries.gaps import gaps_of
from risks.rules.countries import country_names
from risks.rules.gaps import Gap
from risks.rules.ladder import LADDER
from risks.rules.rights import INSTRUMENTS, CatalogueRight, UnknownArticle, match
from risks.rules.severity import judge

# section: (kind of record entry, key that says what)
RECORD = {
    "relationships": (RecordEntry.Kind.RELATIONSHIP, "party"),
    "parallel_measures_elsewhere": (RecordEntry.Kind.ELSEWHERE, "kind"),
    "leverage": (RecordEntry.Kind.LEVERAGE, "action"),
    "consultations": (RecordEntry.Kind.CONSULTATION, "with"),
    "grievance_and_remedy": (RecordEntry.Kind.PROCEEDING, "mechanism"),
    "timeline": (RecordEntry.Kind.EVENT, "event"),
    "transparency": (RecordEntry.Kind.DISCLOSURE, "what"),
}


@dataclass(frozen=True)
class Imported:
    """What an import wrote, by kind of record, and the gaps that history left."""

    created: Mapping[str, int]
    gaps: list[Gap]


@transaction.atomic
def import_dossier(dossier: Dossier, *, at: datetime, digest: str) -> Imported:
    """Write a dossier that is not there yet; importing the same one again changes nothing.

    Args:
        dossier: a dossier that keeps to the form.
        at: now.
        digest: SHA-256 of the file, to tell a changed file from the same one.

    Raises:
        DossierError: an article is not in the catalogue, a country does not exist, or the id is taken by a dossier
            of other content (history is not overwritten).
    """
    known = Risk.objects.filter(imported_from=dossier.text("id")).first()
    if known is not None:
        if known.imported_digest != digest:
            raise dossier.item("id").error(
                f"the dossier {known.imported_from} was imported before with other content; history is not overwritten"
            )
        return Imported({}, gaps_of(known))
    risk = _risk(dossier, at=at, digest=digest)
    created = {
        "risks": 1,
        "rights": _rights(risk, dossier),
        "assessments": _assessment(risk, dossier, at=at),
        "involvements": _involvements(risk, dossier),
        "measures": _measures(risk, dossier, today=at.date()),
        "record_entries": _record(risk, dossier),
    }
    record_event(by=IMPORT, at=at, action="imported dossier", subject=dossier.text("id"), detail=created)
    return Imported(created, gaps_of(risk))


def _opened_on(dossier: Dossier, at: datetime) -> date:
    begins = when(dossier.mapping("period").get("from"))
    dates = [found.first for entry in dossier.entries("measures") if (found := when(entry.get("date")))]
    return min([*dates, *([begins.first] if begins else [])], default=at.date())


def _risk(dossier: Dossier, *, at: datetime, digest: str) -> Risk:
    places = dossier.texts("jurisdictions")
    for place in places:
        if len(place) == 2 and place not in country_names():
            raise dossier.item("jurisdictions").error(f"{place} is not an ISO 3166-1 country code")
    return Risk.objects.create(
        title=dossier.text("title"),
        summary=dossier.text("summary"),
        affected_groups=[
            {"group": text(entry.get("group")), "size": text(entry.get("size"))}
            for entry in dossier.entries("affected_groups")
        ],
        countries=places,
        published=True,
        opened_on=_opened_on(dossier, at),
        imported_from=dossier.text("id"),
        imported_digest=digest,
        sources=dossier.texts("sources"),
        unknown=dossier.texts("unknown"),
    )


def _rights(risk: Risk, dossier: Dossier) -> int:
    catalogue = [
        CatalogueRight(right.code, {one: getattr(right, one) for one in INSTRUMENTS})
        for right in Right.objects.all()
    ]
    rows = []
    for entry in dossier.entries("rights"):
        cited = {one: texts(entry[one]) for one in INSTRUMENTS if one in entry}
        try:
            codes = match(catalogue, cited)
        except UnknownArticle as error:
            raise _where(entry, *INSTRUMENTS, default=dossier.item("rights")).error(str(error)) from None
        rows += [
            RiskRight(
                risk=risk,
                right_id=code,
                said=text(entry.get("right"))[:300],
                how=text(entry.get("how")),
                groups=texts(entry.get("groups")),
            )
            for code in codes
        ]
    return len(RiskRight.objects.bulk_create(rows))


def _where(entry: Mapping[str, Item], *names: str, default: Item) -> Item:
    return next((entry[name] for name in names if name in entry), default)


def _assessment(risk: Risk, dossier: Dossier, *, at: datetime) -> int:
    section = dossier.mapping("severity")
    heads = {head: level(section.get(head)) for head in HEADS}
    verdict = judge(*heads.values())
    SeverityAssessment.objects.create(
        risk=risk,
        **heads,
        **{f"{head}_rationale": text(section.get(head)) for head in HEADS},
        likelihood_said=text(section.get("likelihood")),
        level=verdict.level,
        incomplete=verdict.incomplete,
        reason=verdict.reason,
        holds_from=risk.opened_on,
        recorded_at=at,
        recorded_by=IMPORT,
    )
    return 1


def _involvements(risk: Risk, dossier: Dossier) -> int:
    return len(
        Involvement.objects.bulk_create(
            Involvement(
                risk=risk,
                actor=text(entry.get("actor"))[:200],
                tie=INVOLVEMENT.get(text(entry.get("mode")).strip().lower(), ""),
                said=text(entry.get("mode"))[:200],
                argued_by=text(entry.get("argued_by")),
                reasoning=text(entry.get("reasoning")),
            )
            for entry in dossier.entries("involvement")
        )
    )


def _measures(risk: Risk, dossier: Dossier, *, today: date) -> int:
    """Write the measures in the order of their dates, each ending what it replaces or lifts."""
    dated = [(when(entry.get("date")), entry) for entry in dossier.entries("measures")]
    ordered = sorted(dated, key=lambda pair: pair[0].first if pair[0] else risk.opened_on)
    standing: list[Measure] = []
    for start, entry in ordered:
        code = text(entry.get("code"))
        begins = start.first if start else risk.opened_on
        if code in LADDER:
            measure = _measure(risk, entry, start=start, begins=begins)
            _end_what_it_replaces(standing, measure)
            standing.append(measure)
        elif code != "lifted" or not _lift(standing, entry, on=begins):
            _told(risk, RecordEntry.Kind.ACTION, "kind", entry, start).save()
    for measure in standing:
        if measure.state == Measure.State.ACTIVE and measure.ends_on and measure.ends_on < today:
            measure.state, measure.ended_on = Measure.State.EXPIRED, measure.ends_on
        measure.save()
    return len(standing)


def _measure(risk: Risk, entry: Mapping[str, Item], *, start: HistoricDate | None, begins: date) -> Measure:
    code, said_end = text(entry.get("code")), text(entry.get("end"))
    ends = None if said_end.lower() in INDEFINITE else when_if_any(entry.get("end"))
    assessment = risk.assessments.first()
    return Measure(
        risk=risk,
        kind=code,
        intrusion=LADDER[code].intrusion,
        said=text(entry.get("kind"))[:300],
        target=text(entry.get("target"))[:300],
        rule_relied_on=text(entry.get("policy")),
        legal_ground=text(entry.get("law")),
        imposed_by=text(entry.get("actor"))[:200],
        note=text(entry.get("note")),
        starts_on=begins,
        starts_said=(start.said if start else "not known")[:120],
        ends_on=ends.last if ends else None,
        ends_said=said_end[:300],
        level_then=assessment.level if assessment else 4,
        reviewed_on=begins,
        justified_on=begins,
    )


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
            old.state, old.ended_on = Measure.State.MODIFIED, new.starts_on


def _lift(standing: list[Measure], entry: Mapping[str, Item], *, on: date) -> bool:
    """End what stands on the same target, or else the latest measure there whose end was overrun."""
    wanted = _key(text(entry.get("target")))
    here = [one for one in standing if _key(one.target) == wanted]
    overrun = [one for one in here[-1:] if one.state == Measure.State.ACTIVE]
    ended = [one for one in here if _stands(one, on)] or overrun
    for measure in ended:
        measure.state, measure.ended_on = Measure.State.LIFTED, max(on, measure.starts_on)
    return bool(ended)


def _entry(
    risk: Risk, kind: str, what: str, found: HistoricDate | None, detail: Mapping[str, str]
) -> RecordEntry:
    return RecordEntry(
        risk=risk,
        kind=kind,
        what=what or "not said",
        when_said=(found.said if found else "")[:120],
        when_first=found.first if found else None,
        when_last=found.last if found else None,
        detail={key: value for key, value in detail.items() if value},
    )


def _told(
    risk: Risk, kind: str, says: str, entry: Mapping[str, Item], found: HistoricDate | None
) -> RecordEntry:
    """Return an entry as the dossier tells it; the key `says` is what happened, the others its detail."""
    detail = {key: text(item) for key, item in entry.items()}
    return _entry(risk, kind, detail.pop(says, ""), found, detail)


def _record(risk: Risk, dossier: Dossier) -> int:
    rows = [
        _told(risk, kind, says, entry, when(entry.get("date")))
        for section, (kind, says) in RECORD.items()
        for entry in dossier.entries(section)
    ]
    rows += [_entry(risk, RecordEntry.Kind.DILEMMA, said, None, {}) for said in dossier.texts("dilemma")]
    rows += _rabat(risk, dossier) + _exit(risk, dossier)
    return len(RecordEntry.objects.bulk_create(rows))


def _rabat(risk: Risk, dossier: Dossier) -> list[RecordEntry]:
    section = dossier.mapping("rabat")
    by = {"applied_by": text(section.get("applied_by")), "source": text(section.get("source"))}
    factors = section["factors"].value if "factors" in section else {}
    rows = []
    for factor, item in (factors if isinstance(factors, dict) else {}).items():
        said = item.value if isinstance(item.value, dict) else {}
        detail = by | {"finding": text(said.get("finding")), "factor": factor}
        rows.append(_entry(risk, RecordEntry.Kind.RABAT, text(said.get("text")), None, detail))
    return rows


def _exit(risk: Risk, dossier: Dossier) -> list[RecordEntry]:
    section = dossier.mapping("exit")
    if not section:
        return []
    assessment = section["impact_assessment"].value if "impact_assessment" in section else None
    said = assessment if isinstance(assessment, dict) else {}
    detail = {
        "decided": text(section.get("decided")),
        "assessment_done": text(said.get("done")),
        "assessment_published": text(said.get("published")),
        "alternatives": "; ".join(texts(section.get("alternatives_recorded"))),
    }
    what = text(section.get("considered")) or "Exit considered"
    return [_entry(risk, RecordEntry.Kind.EXIT, what, when_if_any(section.get("decided")), detail)]
