"""Bring a dossier into the records: all of it or nothing, once, as history had it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from hrdd.dossiers.dates import HistoricDate
from hrdd.dossiers.measures import short, write_measures
from hrdd.dossiers.nodes import Item
from hrdd.dossiers.partners import Told, parties, write_partners
from hrdd.dossiers.reading import (
    HEADS,
    INVOLVEMENT,
    Dossier,
    level,
    text,
    texts,
    told,
    when,
    when_if_any,
)
from hrdd.dossiers.rights import match_rights
from hrdd.governance.actions import IMPORT, record_event
from risks.actions.standing import refresh
from risks.models import (
    Consultation,
    Involvement,
    RecordEntry,
    Relationship,
    Right,
    Risk,
    RiskRight,
    SeverityAssessment,
)
from risks.queries.gaps import record_gaps
from risks.rules.consultation import ConsultationState
from risks.rules.gaps import Gap
from risks.rules.ladder import LADDER
from risks.rules.rights import INSTRUMENTS, CatalogueRight
from risks.rules.severity import judge

# section: (kind of record entry, key that says what)
RECORD = {
    "parallel_measures_elsewhere": (RecordEntry.Kind.ELSEWHERE, "kind"),
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
def import_dossier(dossier: Dossier, *, at: datetime) -> Imported:
    """Write a dossier that is not there yet; importing the same one again changes nothing.

    Args:
        dossier: a dossier that keeps to the form.
        at: now.

    Raises:
        DossierError: an article is not in the catalogue, or the id is taken by a dossier of other content (history
            is not overwritten).
    """
    known = Risk.objects.filter(imported_from=dossier.text("id")).first()
    if known is not None:
        if known.imported_digest != dossier.digest:
            raise dossier.item("id").error(
                f"the dossier {known.imported_from} was imported before with other content; history is not overwritten"
            )
        return Imported({}, record_gaps(known, at=at))
    risk = _risk(dossier, at=at)
    touched, untold = _rights(risk, dossier)
    assessment = _assessment(risk, dossier, at=at)
    partners = write_partners(risk, dossier)
    entries = [*untold, *_of_partners(risk, dossier, partners), *_record(risk, dossier)]
    created = {
        "risks": 1,
        "rights": len(RiskRight.objects.bulk_create(touched)),
        "assessments": 1,
        "involvements": _involvements(risk, dossier),
        "partners": parties(partners.relationships),
        "relationships": len(partners.relationships),
        "measures": write_measures(risk, dossier, level=assessment.level, today=at.date()),
        "consultations": _consultations(risk, dossier),
        "record_entries": len(RecordEntry.objects.bulk_create(entries)),
    }
    refresh(risk, at=at)
    record_event(by=IMPORT, at=at, action="imported dossier", subject=dossier.text("id"), detail=created)
    return Imported(created, record_gaps(risk, at=at))


def _risk(dossier: Dossier, *, at: datetime) -> Risk:
    return Risk.objects.create(
        title=dossier.text("title"),
        summary=dossier.text("summary"),
        affected_groups=[
            {"group": "", "size": "", **told(one)} for one in dossier.entries("affected_groups")
        ],
        countries=dossier.texts("jurisdictions"),
        opened_on=_opened_on(dossier, at),
        imported_from=dossier.text("id"),
        imported_digest=dossier.digest,
        imported_record=dossier.root.tree(),
        company=told(dossier.mapping("company")),
        period=told(dossier.mapping("period")),
        outcome=dossier.text("outcome"),
        sources=dossier.texts("sources"),
        unknown=dossier.texts("unknown"),
    )


def _opened_on(dossier: Dossier, at: datetime) -> date:
    """Return the first day on record, so that no measure stands before its risk; today when there is none."""
    begins = when(dossier.mapping("period").get("from"))
    dates = [
        when(entry.get("date")) or when_if_any(entry.get("end")) for entry in dossier.entries("measures")
    ]
    return min((found.first for found in [begins, *dates] if found), default=at.date())


def _rights(risk: Risk, dossier: Dossier) -> tuple[list[RiskRight], list[RecordEntry]]:
    """Return the rights that the articles touch, and the entries that name no article."""
    catalogue = [
        CatalogueRight(right.code, {one: getattr(right, one) for one in INSTRUMENTS})
        for right in Right.objects.all()
    ]
    matched = match_rights(dossier, catalogue)
    touched = [
        RiskRight(
            risk=risk,
            right_id=code,
            said=short(text(entry.get("right")), 300),
            how=text(entry.get("how")),
            groups=texts(entry.get("groups")),
            detail=told(entry, "right", "how", "groups"),
        )
        for entry, codes in matched
        for code in codes
    ]
    untold = [
        _told(risk, RecordEntry.Kind.RIGHT, "right", entry, when(entry.get("date")))
        for entry, codes in matched
        if not codes
    ]
    return touched, untold


def _assessment(risk: Risk, dossier: Dossier, *, at: datetime) -> SeverityAssessment:
    section = dossier.mapping("severity")
    heads = {head: level(section.get(head)) for head in HEADS}
    verdict = judge(*heads.values())
    return SeverityAssessment.objects.create(
        risk=risk,
        **heads,
        **{f"{head}_rationale": text(section.get(head)) for head in HEADS},
        likelihood=level(section.get("likelihood")),
        likelihood_said=text(section.get("likelihood")),
        detail=told(section, *HEADS, "likelihood"),
        level=verdict.level,
        incomplete=verdict.incomplete,
        reason=verdict.reason,
        holds_from=risk.opened_on,
        recorded_at=at,
        recorded_by=IMPORT,
    )


def _involvements(risk: Risk, dossier: Dossier) -> int:
    return len(
        Involvement.objects.bulk_create(
            Involvement(
                risk=risk,
                actor=short(text(entry.get("actor")), 200),
                tie=INVOLVEMENT.get(text(entry.get("mode")).strip().lower(), ""),
                said=short(text(entry.get("mode")), 200),
                argued_by=text(entry.get("argued_by")),
                reasoning=text(entry.get("reasoning")),
                detail=told(entry, "actor", "mode", "argued_by", "reasoning"),
            )
            for entry in dossier.entries("involvement")
        )
    )


def _consultations(risk: Risk, dossier: Dossier) -> int:
    """Write who was heard, as history tells it; nobody's engagement team, and open to all who read the desk."""
    for entry in dossier.entries("consultations"):
        heard, form, found = text(entry.get("with")), text(entry.get("form")), when(entry.get("date"))
        title = short(heard or "not said", 160)
        consultation = Consultation.objects.create(
            title=title,
            state=ConsultationState.HELD,
            held_from=found.first if found else None,
            held_until=found.last if found else None,
            dates_said=short(found.said if found else "", 120),
            method_said=form,
            # What the title cuts is kept whole.
            detail=told(entry, "form", "date", *(["with"] if title == heard else [])),
            told_by_dossier=True,
            recorded_at=risk.recorded_at,
        )
        consultation.risks.add(risk)
    return len(dossier.entries("consultations"))


def _entry(
    risk: Risk,
    kind: str,
    what: str,
    found: HistoricDate | None,
    detail: Mapping[str, str],
    *,
    about: Relationship | None = None,
) -> RecordEntry:
    return RecordEntry(
        risk=risk,
        relationship=about,
        kind=kind,
        what=what or "not said",
        when_said=short(found.said if found else "", 120),
        when_first=found.first if found else None,
        when_last=found.last if found else None,
        detail={key: value for key, value in detail.items() if value},
    )


def _told(
    risk: Risk,
    kind: str,
    says: str,
    entry: Mapping[str, Item],
    found: HistoricDate | None,
    *,
    about: Relationship | None = None,
) -> RecordEntry:
    """Return an entry as the dossier tells it; the key `says` is what happened, the others its detail."""
    return _entry(risk, kind, text(entry.get(says)), found, told(entry, says), about=about)


def _of_partners(risk: Risk, dossier: Dossier, partners: Told) -> list[RecordEntry]:
    """Return leverage and exit as told, with the relationship they mean; who has no tie is named and no partner."""
    kinds = RecordEntry.Kind
    rows = [
        _told(risk, kinds.RELATIONSHIP, "party", entry, when(entry.get("date"))) for entry in partners.untied
    ]
    rows += [
        _told(
            risk,
            kinds.LEVERAGE,
            "action",
            entry,
            when(entry.get("date")),
            about=partners.about(text(entry.get("towards"))),
        )
        for entry in dossier.entries("leverage")
    ]
    return rows + _exit(risk, dossier, partners)


def _record(risk: Risk, dossier: Dossier) -> list[RecordEntry]:
    rows = [
        _told(risk, kind, says, entry, when(entry.get("date")))
        for section, (kind, says) in RECORD.items()
        for entry in dossier.entries(section)
    ]
    # A lifting ends a measure, and its own words and reasons are kept as well.
    rows += [
        _told(risk, RecordEntry.Kind.ACTION, "kind", entry, when(entry.get("date")))
        for entry in dossier.entries("measures")
        if text(entry.get("code")) not in LADDER
    ]
    rows += [_entry(risk, RecordEntry.Kind.DILEMMA, said, None, {}) for said in dossier.texts("dilemma")]
    return rows + _rabat(risk, dossier)


def _rabat(risk: Risk, dossier: Dossier) -> list[RecordEntry]:
    section = dossier.mapping("rabat")
    by = told(section, "factors")
    factors = _below(section.get("factors"))
    rows = []
    for factor, item in factors.items():
        detail = by | told(_below(item), "text") | {"factor": factor}
        rows.append(_entry(risk, RecordEntry.Kind.RABAT, text(_below(item).get("text")), None, detail))
    return rows if rows or not by else [_entry(risk, RecordEntry.Kind.RABAT, "", None, by)]


def _exit(risk: Risk, dossier: Dossier, partners: Told) -> list[RecordEntry]:
    section = dossier.mapping("exit")
    assessment = section.get("impact_assessment")
    assessed = told(_below(assessment)) | {"done": text(assessment) or text(_below(assessment).get("done"))}
    detail = told(section, "considered", "impact_assessment", "alternatives_recorded") | {
        **{f"assessment_{key}": said for key, said in assessed.items()},
        "alternatives": "; ".join(texts(section.get("alternatives_recorded"))),
    }
    considered = text(section.get("considered"))
    if not considered and not any(detail.values()):
        return []
    decided = when_if_any(section.get("decided"))
    whom = partners.about("")
    return [_entry(risk, RecordEntry.Kind.EXIT, considered or "Exit considered", decided, detail, about=whom)]


def _below(item: Item | None) -> dict[str, Item]:
    return item.value if item and isinstance(item.value, dict) else {}
