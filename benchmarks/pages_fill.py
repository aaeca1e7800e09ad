"""A large organisation grown from the demonstration: risks and measures, and of the rest copies of one row.

What the workflow makes hard to copy stays as the demonstration has it: reports and their parts, policies, exits, model
reviews, partners' terms and onboarding, sealed messages, the people and their sessions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.db.backends.utils import CursorWrapper

RISKS = (Path(__file__).parent / "register_fill.sql").read_text(encoding="utf-8")
# Nine in ten of the salient ones are published.
PUBLISHED = (
    "UPDATE risks_risk SET salient = level >= 3 AND tier < 5, published = level >= 3 AND tier < 5 AND id % 10 > 0 "
    "WHERE recorded_by = 'benchmark'"
)
FULL = 100_000  # risks; every other number is a share of it
MEASURES_A_RISK = 10


@dataclass(frozen=True)
class Copies:
    """How many rows to make of one, and what differs: SQL over `n`, the number of the copy, and `f`, the new ids."""

    table: str
    many: int
    of: str = "true"
    changes: Mapping[str, str] = field(default_factory=dict)


A_RISK = "f.risks_risk + n % {risks}"
A_MEASURE = "f.risks_measure + (n * 7) % {measures}"
LATER = "DATE '2026-12-01' + n % 400"
COPIES = (
    Copies(
        "risks_measure",
        950_000,
        "recorded",
        {
            "risk_id": A_RISK,
            "kind": "(ARRAY['label', 'reduce_reach', 'remove_item', 'geoblock', 'demonetise'])[1 + n % 5]",
            "intrusion": "(ARRAY[1, 2, 3, 3, 2])[1 + n % 5]",
            "target": "'item ' || n",
            "language": "(ARRAY['en', 'fr', 'am', ''])[1 + n % 4]",
            "territory": "CASE WHEN n % 4 = 0 THEN '[\"KE\"]'::jsonb ELSE '[]' END",
            "state": "CASE WHEN n % 10 = 0 THEN 'lifted' ELSE 'active' END",
            "starts_on": "DATE '2026-10-01' - n % 300",
            "ended_on": "CASE WHEN n % 10 = 0 THEN DATE '2026-11-01' END",
            "ends_on": "CASE WHEN n % 3 = 0 THEN DATE '2026-12-20' + n % 200 END",
            "next_review": LATER,
        },
    ),
    Copies("risks_signal", 5_000, changes={"measure_id": A_MEASURE, "policy_version_id": "NULL"}),
    Copies("risks_finding", 100_000, changes={"measure_id": "f.risks_measure + n"}),
    Copies(
        "risks_reviewtask",
        20_000,
        "closed_at IS NULL",
        {
            "measure_id": "f.risks_measure + n",
            "finding_id": "f.risks_finding + n",
            "due_at": "TIMESTAMPTZ '2026-11-20' + n % 400 * interval '1 hour'",
        },
    ),
    Copies("risks_evidence", 10_000, changes={"risk_id": A_RISK}),
    Copies("risks_partner", 2_000, "told_by = ''", {"name": "'Partner ' || f.risks_partner + n"}),
    Copies(
        "risks_relationship",
        2_000,
        "told_by = ''",
        {"partner_id": "f.risks_partner + n", "country": "(ARRAY['KE', 'IN', 'BR'])[1 + n % 3]"},
    ),
    Copies(
        "risks_relationshiprisk",
        4_000,
        "told_by = '' AND change_due IS NOT NULL",
        {
            "relationship_id": "f.risks_relationship + 1 + n % {relationships}",
            "risk_id": A_RISK,
            "change_due": LATER,
        },
    ),
    Copies("risks_clockentry", 4_000, "kind = 'started'", {"tied_id": "f.risks_relationshiprisk + n"}),
    Copies("risks_leverageaction", 4_000, changes={"tied_id": "f.risks_relationshiprisk + n"}),
    Copies("risks_leverageplan", 2_000, changes={"tied_id": "f.risks_relationshiprisk + n"}),
    Copies("risks_correctiveplan", 1_000, changes={"tied_id": "f.risks_relationshiprisk + n"}),
    Copies("risks_milestone", 2_000, changes={"plan_id": "f.risks_correctiveplan + 1 + n / 2 % {plans}"}),
    Copies("risks_involvement", 20_000, changes={"risk_id": A_RISK, "supersedes_id": "NULL"}),
    Copies("risks_dilemma", 2_000, changes={"risk_id": A_RISK, "question": "'Question ' || n"}),
    Copies("risks_consultation", 2_000, changes={"title": "'Consultation ' || n"}),
    Copies("risks_change", 1_000, changes={"title": "'Change ' || n"}),
    Copies(
        "risks_statementofreasons",
        5_000,
        changes={
            "measure_id": "f.risks_measure + n",
            "puid": "md5('statement' || f.risks_measure + n)",
            "issued_at": "TIMESTAMPTZ '2026-01-01' + n * interval '1 hour'",
        },
    ),
    Copies("remedies_case", 5_000, changes={"id": "md5('case' || f.risks_measure + n)"}),
    Copies("workbench_comment", 20_000, "kind = 'risk'", {"record": A_RISK}),
    Copies(
        "governance_signoff",
        500,
        "decided_at IS NULL",
        {
            "subject_id": "f.risks_measure + n",
            "asked_at": "TIMESTAMPTZ '2026-11-20' + n * interval '1 minute'",
        },
    ),
    Copies(
        "governance_auditevent",
        50_000,
        changes={
            "actor": "'person ' || n % 50",
            "subject": "'risk ' || n",
            "at": "now()",
            "hash": "md5(f.risks_risk || 'a' || n) || md5(f.risks_risk || 'b' || n)",
        },
    ),
)


def grow(risks: int) -> dict[str, int]:
    """Add so many risks and their share of everything else; the rows are true to their constraints, not to their story.

    The audit log grows by rows that no chain binds, so this database no longer verifies.

    Returns:
        How many rows of each table were made; what the demonstration has no row of is left out.
    """
    made: dict[str, int] = {"risks_risk": risks}
    with connection.cursor() as cursor:
        firsts = {
            "risks_risk": _last(cursor, "risks_risk") + 1,
            "risks_measure": _last(cursor, "risks_measure"),
        }
        cursor.execute(RISKS, [risks])
        cursor.execute(PUBLISHED)
        cursor.execute("SET session_replication_role = replica")  # no trigger asks for the story of a copy
        sizes = {"risks": risks, "measures": risks * (MEASURES_A_RISK - 1)}
        sizes |= {"relationships": max(risks // 50, 1), "plans": max(risks // 100, 1)}
        for copies in COPIES:
            many = max(copies.many * risks // FULL, 1)
            made[copies.table] = _copy(cursor, copies, many, firsts, sizes)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(
            "UPDATE risks_measure SET latest_finding_id = one.id FROM risks_finding one "
            "WHERE one.measure_id = risks_measure.id AND one.id > %s",
            [firsts["risks_finding"]],
        )
        cursor.execute("DELETE FROM risks_touch")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    return {table: many for table, many in made.items() if many}


def _copy(
    cursor: CursorWrapper, copies: Copies, many: int, firsts: dict[str, int], sizes: Mapping[str, int]
) -> int:
    """Make copies of the first row that fits; their ids follow the last one."""
    table, numbered = copies.table, "id" not in copies.changes
    if numbered:
        firsts[table] = _last(cursor, table) if table != "risks_measure" else firsts[table]
    changes = dict(copies.changes)
    if numbered:
        changes["id"] = f"{_last(cursor, table)} + n"
    told = ", ".join(f"'{column}', {value.format(**sizes)}" for column, value in changes.items())
    known = ", ".join(f"{number} AS {name}" for name, number in firsts.items())
    where = "risk_id >= f.risks_risk" if copies.of == "recorded" else copies.of
    columns = _columns(cursor, table)
    cursor.execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM ("  # noqa: S608  # our own names
        f"SELECT made.* FROM (SELECT {known}) AS f, "
        f"{table} AS one, generate_series(1, {many}) AS n, "
        f"LATERAL jsonb_populate_record(one, jsonb_build_object({told})) AS made "
        f"WHERE one.id = (SELECT id FROM {table} WHERE {where} ORDER BY id LIMIT 1)) AS rows"
    )
    made = cursor.rowcount
    if numbered:
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608  # our own names
    return made


def _last(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608  # our own names
    return int(cursor.fetchone()[0])


def _columns(cursor: CursorWrapper, table: str) -> str:
    cursor.execute(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
        "WHERE table_name = %s AND is_generated = 'NEVER' AND table_schema = current_schema()",
        [table],
    )
    return str(cursor.fetchone()[0])
