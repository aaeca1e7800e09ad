"""The chain of the audit log is one, whoever appends, and keeps nothing of an act that did not come to be."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection, transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import AuditEvent
from hrdd.governance.queries import checked_links
from tests.cast import NOW

WRITERS, EACH = 4, 15


@pytest.mark.django_db(transaction=True)
def test_several_writers_at_once_append_to_one_chain() -> None:
    def append(writer: int) -> None:
        try:
            for number in range(EACH):
                if number % 2:
                    record_event(by="ana", at=NOW, action="noted", subject=f"{writer} {number}")
                else:
                    with transaction.atomic():
                        record_event(by="ana", at=NOW, action="noted", subject=f"{writer} {number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(append, range(WRITERS)))

    links = checked_links(AuditEvent.objects.all())
    assert len(links) == WRITERS * EACH
    assert all(link.intact for link in links)
    assert len({link.event.prev_hash for link in links}) == WRITERS * EACH


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_event_and_no_gap_in_the_chain() -> None:
    record_event(by="ana", at=NOW, action="noted", subject="before")
    with suppress(ZeroDivisionError), transaction.atomic():
        record_event(by="ana", at=NOW, action="noted", subject="never was")
        _ = 1 / 0
    told = record_event(by="ana", at=NOW, action="noted", subject="after", detail={"é": [1, 2.5, None, "\t"]})

    links = checked_links(AuditEvent.objects.all())
    assert [link.event.subject for link in links] == ["after", "before"]
    assert all(link.intact for link in links)
    assert (links[0].event.pk, links[0].event.hash) == (told.pk, told.hash)
