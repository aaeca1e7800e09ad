"""The public list of risks stands in pages by key, and nothing public holds all risks at once (R3; ADR 11)."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from risks.actions.standing import refresh
from risks.models import Right, Risk, RiskRight, SeverityAssessment
from risks.rules.standing import Judgement, stand
from tests.transparency.test_public_pages import TODAY, publish
from transparency.queries import public_risks
from transparency.queries.public_risks import PAGE_SIZE

MANY = 2 * PAGE_SIZE + 5
CARD = re.compile(r'<article class="card" id="risk-(\d+)"')
LINK = re.compile(r'<a rel="(prev|next)" href="([^"]+)"')


@pytest.fixture
def listed(db: None) -> list[Risk]:
    """Risks of three levels, several of each as grave as another."""
    return published([3 + number % 3 for number in range(MANY)])


def published(levels: Sequence[int]) -> list[Risk]:
    """Return risks as their actions would leave them, all made at once."""
    risks = Risk.objects.bulk_create(
        Risk(title=f"Risk {number}", summary="x", opened_on=TODAY.date(), published=True, **standing(level))
        for number, level in enumerate(levels)
    )
    for held in SeverityAssessment.objects.bulk_create(
        SeverityAssessment(
            risk=risk,
            scale=risk.level,
            scope=risk.level,
            irremediability=risk.level,
            level=risk.level,
            incomplete=False,
            reason="x",
            holds_from=TODAY.date(),
            recorded_at=TODAY,
            recorded_by="ana",
        )
        for risk in risks
    ):
        held.risk.held = held
    Risk.objects.bulk_update(risks, ["held"])
    return risks


def standing(level: int) -> dict[str, Any]:
    return asdict(stand(Judgement(level, incomplete=False, heads=(level, level, level)), closed=False))


def read(address: str) -> tuple[list[int], dict[str, str]]:
    """Return the risks of a page and where it goes on."""
    page = Client().get(address).content.decode()
    links = {where: said.replace("&amp;", "&") for where, said in LINK.findall(page)}
    return [int(one) for one in CARD.findall(page)], links


def pages(address: str) -> Iterator[list[int]]:
    base, asked = address.partition("?")[0], address
    while asked:
        shown, links = read(asked)
        yield shown
        asked = base + links["next"] if "next" in links else ""


def in_order(risks: list[Risk]) -> list[int]:
    return [one.pk for one in sorted(risks, key=lambda one: (-one.level, one.pk))]


def test_each_risk_stands_on_one_page_the_gravest_first_and_no_page_is_longer(listed: list[Risk]) -> None:
    found = list(pages("/risks/"))

    assert [len(one) for one in found] == [PAGE_SIZE, PAGE_SIZE, 5]
    assert [pk for one in found for pk in one] == in_order(listed)


def test_the_way_back_leads_over_the_same_pages(listed: list[Risk]) -> None:
    forth, address = list(pages("/fr/risks/")), "/fr/risks/"
    for _ in forth[1:]:
        address = "/fr/risks/" + read(address)[1]["next"]

    back = []
    while address:
        shown, links = read(address)
        back.append(shown)
        address = "/fr/risks/" + links["prev"] if "prev" in links else ""

    assert back == forth[::-1]


def test_a_risk_that_comes_before_a_page_moves_no_risk_of_it(listed: list[Risk]) -> None:
    following = "/risks/" + read("/risks/")[1]["next"]
    before = read(following)[0]

    publish("Graver than all others seen", level=5)

    assert read(following)[0] == before


def test_the_page_says_how_many_there_are(listed: list[Risk], client: Client) -> None:
    assert f"Risks found: {MANY}" in client.get("/risks/").content.decode()
    assert f"Risques trouvés\u00a0: {MANY // 3}" in client.get("/fr/risks/?level=5").content.decode()


def test_filters_find_what_the_cards_say_and_stay_from_page_to_page(listed: list[Risk]) -> None:
    right = Right.objects.create(
        code="PRIVACY",
        position=1,
        title="Privacy",
        character="limitable",
        non_derogable_iccpr_4_2=False,
        may_be_limited_by_measure=True,
    )
    for one in listed[::2]:
        RiskRight.objects.create(risk=one, right=right, said="x")
    Risk.objects.filter(pk__in=[one.pk for one in listed[1::2]]).update(countries=["KE"])
    Risk.objects.filter(pk=listed[0].pk).update(countries=["GLOBAL"])

    def found(asked: str) -> list[int]:
        return [pk for one in pages(f"/risks/?{asked}") for pk in one]

    assert found("right=PRIVACY") == in_order(listed[::2])
    assert found("level=4") == in_order([one for one in listed if one.level == 4])
    assert found("country=KE") == in_order([listed[0], *listed[1::2]])
    assert found("country=KE&right=PRIVACY") == [listed[0].pk]
    assert found("country=US&level=5") == []
    assert found("level=77&right=NO_SUCH&country=xx") == in_order(listed)


def test_the_address_of_a_page_tells_no_more_than_the_cards(listed: list[Risk]) -> None:
    shown, links = read("/risks/?level=5&nonsense=1")

    assert links == {}
    assert len(shown) == MANY // 3
    shown, links = read("/risks/")
    assert links == {"next": f"?after={shown[-1]}"}


@pytest.mark.parametrize("after", ["x", "-", "0", "-0", "9" * 40, "1.5", "٣", "\0"])
def test_a_place_that_makes_no_sense_begins_at_the_beginning(listed: list[Risk], after: str) -> None:
    first = read("/risks/")[0]

    answer = Client().get("/risks/", {"after": after})

    assert [int(one) for one in CARD.findall(answer.content.decode())] == first


def test_a_risk_that_left_the_list_tells_nobody_where_it_ranks(listed: list[Risk]) -> None:
    first, links = read("/risks/")

    Risk.objects.filter(pk=first[-1]).update(published=False)

    assert read("/risks/" + links["next"])[0] == read("/risks/")[0] != first


def test_only_published_salient_judged_open_risks_are_there(db: None) -> None:
    told = publish("Told")
    publish("Kept inside", published=False)
    publish("Not salient", level=2)
    closed = publish("Closed")
    Risk.objects.filter(pk=closed.pk).update(status=Risk.Status.CLOSED, closed_on=TODAY.date())
    refresh(closed, at=TODAY)
    refresh(Risk.objects.create(title="x", summary="x", opened_on=TODAY.date(), published=True), at=TODAY)

    assert read("/risks/")[0] == [told.pk]
    assert [one["id"] for one in streamed_data()["risks"]] == [f"risk-{told.pk}"]
    assert [one.anchor for one in Client().get("/").context["risks"]] == [f"risk-{told.pk}"]


@pytest.mark.parametrize("asked", ["", "?level=4&country=KE&right=PRIVACY", "?after={}"])
def test_a_page_asks_as_often_for_few_risks_as_for_many(listed: list[Risk], asked: str) -> None:
    address = f"/risks/{asked.format(listed[2].pk)}"
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(address).status_code == 200
        counts.append(len(captured))
        published([4] * 30)

    assert counts[0] == counts[1]


def test_home_loads_no_more_risks_than_it_names(listed: list[Risk], client: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert len(client.get("/").context["risks"]) == 3

    told = [one["sql"] for one in captured if "risks_risk" in one["sql"]]
    assert len([sql for sql in told if sql.endswith("LIMIT 3")]) == 1
    assert not [sql for sql in told if "COUNT(*)" in sql and "GROUP BY" not in sql]


def streamed_data() -> Any:
    answer = Client().get("/risks.json")
    return json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]


def test_the_data_holds_every_risk_in_order_and_never_all_at_once(listed: list[Risk]) -> None:
    together: list[int] = []

    def counted(risks: list[Risk], **given: Any) -> Any:
        together.append(len(risks))
        return cards(risks, **given)

    cards = public_risks.cards
    with patch.object(public_risks, "CHUNK", 10), patch.object(public_risks, "cards", counted):
        told = streamed_data()

    assert [one["id"] for one in told["risks"]] == [f"risk-{pk}" for pk in in_order(listed)]
    assert max(together) == 10
    assert sum(together) == MANY
    assert told["as_of"] == str(TODAY.date())


def test_the_order_is_that_of_the_rule(db: None) -> None:
    """The rank of the record and the rule of domain.md 2.4 put risks of one level into the same order."""
    heads = [(5, 3, 3), (3, 5, 3), (3, 3, 5), (4, 4, 5), (5, 5, 5)]
    made = [publish(f"Risk {one}", level=5) for one in heads]
    for risk, (scale, scope, irremediability) in zip(made, heads, strict=True):
        SeverityAssessment.objects.create(
            risk=risk,
            scale=scale,
            scope=scope,
            irremediability=irremediability,
            level=5,
            incomplete=False,
            reason="x",
            holds_from=TODAY.date(),
            recorded_at=TODAY,
            recorded_by="ana",
        )
        refresh(risk, at=TODAY)

    ordered = sorted(zip(made, heads, strict=True), key=lambda one: (-one[1][0], -one[1][2], -one[1][1]))
    assert read("/risks/")[0] == [risk.pk for risk, _heads in ordered]
