"""T27: the desk of the release before goes on writing while a migration runs, and on the schema after it.

Who waits longer than two seconds for a lock is refused, as `database_roles` sets it for the desk: none is.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection

from hrdd.celery import database_url
from hrdd.database_grants import give
from risks.models import Risk, RiskRight

RISKS = 30_000
# As the release before writes a risk: it has never heard of the column that is new.
RECORD = """
INSERT INTO risks_risk (title, summary, status, affected_groups, vulnerabilities, why_vulnerable, countries, activity,
    source, drivers, context_tags, threat_to_life, gross_abuse, published, recorded_by, opened_on, level, incomplete,
    state_of_harm, effective, tier, rank, salient, tie, imported_digest, imported_record, company, period, outcome,
    sources, unknown)
SELECT 'Risk ' || n, 'What may happen.', 'draft', '[]', '{}', '', '[]', '', '', '{}', '{}', false, false, false, 'ana',
    DATE '2026-01-01', 1, true, '', 1, 4, 0, false, '', '', '{}', '{}', '{}', '', '[]', '[]'
FROM generate_series(1, %s) AS n RETURNING id
"""
TOUCH = """
INSERT INTO risks_riskright (risk_id, right_id, said, how, groups, detail)
SELECT id, 'RIGHT', 'x', '', '[]', '{}' FROM risks_risk WHERE id >= %s
"""
RIGHT = """
INSERT INTO risks_right (code, position, title, udhr, iccpr, icescr, other_instruments, character,
    non_derogable_iccpr_4_2, may_be_limited_by_measure, limitation_grounds, tech_example, notes)
VALUES ('RIGHT', 1, 'Right', '', '', '', '', 'limitable', false, true, '', '', '')
"""


class Desk(threading.Thread):
    """Somebody of the release before who records risks, reads and corrects them until told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over, self.acts, self.refused = threading.Event(), 0, []  # type: ignore[var-annotated]

    def run(self) -> None:
        link = psycopg2.connect(database_url(), options="-c lock_timeout=2s -c statement_timeout=10s")
        link.autocommit = True
        with link.cursor() as cursor:
            while not self.over.is_set():
                try:
                    cursor.execute(RECORD, [1])
                    [recorded] = cursor.fetchone()
                    cursor.execute(TOUCH, [recorded])
                    cursor.execute("SELECT title FROM risks_risk ORDER BY rank DESC, id LIMIT 50")
                    cursor.execute("UPDATE risks_risk SET title = 'Corrected' WHERE id = %s", [recorded])
                except psycopg2.Error as error:
                    self.refused.append(str(error))
                self.acts += 1
        link.close()


@contextmanager
def writing() -> Iterator[Desk]:
    desk = Desk()
    desk.start()
    try:
        yield desk
    finally:
        desk.over.set()
        desk.join()


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
def test_the_desk_writes_on_while_a_column_is_added_filled_and_indexed() -> None:
    call_command("migrate", "risks", "0008", verbosity=0)
    try:
        with connection.cursor() as cursor:
            cursor.execute(RIGHT)
            cursor.execute(RECORD, [RISKS])
            cursor.execute(TOUCH, [0])
        with writing() as desk:
            before = desk.acts
            call_command("migrate", "risks", "0009", verbosity=0)
            during = desk.acts - before
            while desk.acts < before + during + 20:  # the release before goes on, on the schema after it
                pass
    finally:
        call_command("migrate", verbosity=0)
        give()  # tables that went and came again have lost their grants

    assert desk.refused == []
    assert during > 20
    assert Risk.objects.count() == RiskRight.objects.count() == RISKS + desk.acts
    assert not Risk.objects.exclude(touched_rights=["RIGHT"]).exists()
