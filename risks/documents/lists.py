"""Measures, dilemmas, consultations and statements as files. They leave the desk, so they tell less than it shows.

Never in them: whom a measure is about, the key of an action, and what a consultation's team alone reads, also for the
team; a text that names a partner who must not be named is withheld (domain.md 0.4, 8.6 N8).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from django.db.models import QuerySet

from risks.documents.tables import Record, write_table
from risks.models import Consultation, Dilemma, Measure, StatementOfReasons
from risks.queries.consultations import rows_outside
from risks.queries.dilemmas import due_of, is_overdue
from risks.queries.partners import never_named, told_outside

CHUNK = 500
Rows = Iterable[Record]


@dataclass(frozen=True)
class ListFile:
    """The file of a list: what it lists, and its columns in order."""

    name: str
    columns: Sequence[str]


MEASURES = ListFile(
    "measures",
    (
        *("id", "kind", "intrusion", "state", "risk", "risk_title", "target_type", "territory", "language"),
        *("rule_relied_on", "legal_ground", "starts_on", "ends_on", "ended_on", "finding", "found_on"),
        *("reviewed_on", "next_review", "notified_on", "appeal_until", "proposed_by", "decided_by"),
    ),
)
DILEMMAS = ListFile(
    "dilemmas",
    (
        *("id", "question", "kind", "state", "risk", "risk_title", "urgency", "countries", "options"),
        *("due", "overdue", "decide_by", "review_on", "prepared_by", "prepared_on"),
    ),
)
CONSULTATIONS = ListFile(
    "consultations",
    (
        *("id", "title", "purpose", "state", "guarded", "method", "groups", "when", "people", "proxy"),
        *("after_the_fact", "from_dossier", "about", "findings", "unanswered", "overdue"),
    ),
)
STATEMENTS = ListFile(
    "statements",
    (
        *("id", "puid", "measure", "measure_kind", "risk", "risk_title", "ground", "category"),
        *(
            "content_type",
            "territorial_scope",
            "issued_on",
            "issued_by",
            "supersedes",
            "superseded_by",
            "sha256",
        ),
    ),
)


def of_measures(measures: QuerySet[Measure]) -> Iterator[Record]:
    """Yield what each measure has under each column."""
    names = never_named()
    wanted = measures.select_related(
        "risk", "latest_finding__cycle", "policy_version", "proposed_by", "decided_by"
    )
    for one in wanted.iterator(chunk_size=CHUNK):
        found = one.latest_finding
        yield {
            "id": one.pk,
            "kind": one.kind,
            "intrusion": one.intrusion,
            "state": one.state,
            "risk": one.risk_id,
            "risk_title": told_outside(one.risk.title, names),
            "target_type": one.target_type,
            "territory": one.territory,
            "language": one.language,
            "rule_relied_on": told_outside(one.rule_told, names),
            "legal_ground": told_outside(one.legal_ground, names),
            "starts_on": one.starts_on,
            "ends_on": one.ends_on,
            "ended_on": one.ended_on,
            "finding": found.finding if found else "",
            "found_on": found.cycle.as_of if found else None,
            "reviewed_on": None if one.reviewed_on == one.starts_on else one.reviewed_on,
            "next_review": one.next_review,
            "notified_on": one.notified_on,
            "appeal_until": one.appeal_until,
            "proposed_by": one.proposed_by.username if one.proposed_by else "",
            "decided_by": one.decided_by.username if one.decided_by else "",
        }


def of_dilemmas(dilemmas: QuerySet[Dilemma], *, at: datetime) -> Iterator[Record]:
    """Yield what each dilemma has under each column.

    Args:
        dilemmas: as listed, with the number of their options.
        at: now, for what is overdue.
    """
    names = never_named()
    for one in dilemmas.iterator(chunk_size=CHUNK):
        yield {
            "id": one.pk,
            "question": told_outside(one.question, names),
            "kind": one.kind,
            "state": one.state,
            "risk": one.risk_id,
            "risk_title": told_outside(one.risk.title, names),
            "urgency": one.urgency,
            "countries": one.countries,
            "options": getattr(one, "many_options", 0),
            "due": due_of(one),
            "overdue": is_overdue(one, at=at),
            "decide_by": one.decide_by,
            "review_on": one.review_on,
            "prepared_by": one.prepared_by.username,
            "prepared_on": one.prepared_at.date(),
        }


def of_consultations(consultations: QuerySet[Consultation], *, on: date) -> Iterator[Record]:
    """Yield what each consultation has under each column, as somebody outside its team reads it."""
    names, pks = never_named(), list(consultations.values_list("pk", flat=True))
    for start in range(0, len(pks), CHUNK):
        for row in rows_outside(pks[start : start + CHUNK], on=on):
            yield {
                "id": row.pk,
                "title": told_outside(row.label, names),
                "purpose": row.purpose,
                "state": row.state_code,
                "guarded": row.guarded,
                "method": row.method,
                "groups": [told_outside(one, names) for one in row.groups],
                "when": row.when,
                "people": row.people,
                "proxy": row.proxy,
                "after_the_fact": row.after_the_fact,
                "from_dossier": row.told_by_dossier,
                "about": [told_outside(one.label, names) for one in row.linked],
                "findings": row.findings,
                "unanswered": row.unanswered,
                "overdue": row.overdue,
            }


def of_statements(statements: QuerySet[StatementOfReasons]) -> Iterator[Record]:
    """Yield what each statement has under each column."""
    names = never_named()
    for one in statements.iterator(chunk_size=CHUNK):
        later = getattr(one, "superseded_by", None)
        yield {
            "id": one.pk,
            "puid": str(one.puid),
            "measure": one.measure_id,
            "measure_kind": one.measure.kind,
            "risk": one.measure.risk_id,
            "risk_title": told_outside(one.measure.risk.title, names),
            "ground": one.ground,
            "category": one.category,
            "content_type": list(one.content.get("content_type", ())),
            "territorial_scope": list(one.content.get("territorial_scope", ())),
            "issued_on": one.issued_at.date(),
            "issued_by": one.issued_by.username,
            "supersedes": one.supersedes_id,
            "superseded_by": later.pk if later else None,
            "sha256": one.sha256,
        }


def write_list(of: ListFile, rows: Rows, *, form: str, out: IO[bytes]) -> int:
    """Write rows in their order, and return how many.

    Args:
        of: which list.
        rows: as filtered and ordered.
        form: csv, xlsx or json.
        out: where to.
    """
    return write_table(rows, form=form, out=out, columns=of.columns, title=of.name.capitalize())
