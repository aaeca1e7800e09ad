"""The public pages show published risks only, quickly, without a cookie."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from risks.actions.standing import refresh
from risks.models import Risk, SeverityAssessment

TODAY = datetime.now(tz=UTC)


def publish(title: str, *, level: int = 4, published: bool = True) -> Risk:
    risk = Risk.objects.create(title=title, summary="x", opened_on=TODAY.date(), published=published)
    SeverityAssessment.objects.create(
        risk=risk,
        scale=level,
        scope=level,
        irremediability=level,
        level=level,
        incomplete=False,
        reason="x",
        holds_from=TODAY.date(),
        recorded_at=TODAY,
        recorded_by="ana",
    )
    refresh(risk, at=TODAY)
    return risk


def test_published_salient_risks_are_listed_the_gravest_first(db: None, client: Client) -> None:
    publish("Serious one", level=3)
    publish("Critical one", level=5)
    publish("Minor one", level=1)
    publish("Kept inside", level=5, published=False)

    answer = client.get("/risks/")
    page = answer.content.decode()

    assert page.index("Critical one") < page.index("Serious one")
    assert "Minor one" not in page
    assert "Kept inside" not in page
    assert not answer.cookies


@pytest.mark.parametrize("address", ["/", "/risks/", "/reports/"])
def test_a_public_page_asks_the_database_as_often_for_one_risk_as_for_thirty(
    db: None, client: Client, django_assert_num_queries: Any, address: str
) -> None:
    publish("First")
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    asked = len(before)
    for number in range(30):
        publish(f"Risk {number}")

    with django_assert_num_queries(asked):
        assert client.get(address).status_code == 200
