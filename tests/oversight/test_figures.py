"""The board's figures are counted once and frozen; page, pack and API read the same release (domain.md 9)."""

import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.oversight.actions.figures import freeze_by_hand, freeze_nightly, render_pack
from hrdd.oversight.models import BoardPack, FigureRelease, IndicatorValue
from hrdd.oversight.queries.figures import BEHIND, indicator_values, trends
from hrdd.oversight.rules.indicators import KPIS
from risks.models import Risk
from tests.cast import NOW, Cast
from tests.oversight.stage import meeting_on, severe_risk

TODAY = NOW.date()


@pytest.fixture
def bob(cast: Cast) -> User:
    return User.objects.create_user("bob", "x", display_name="Bob", roles=[Role.BOARD])


@pytest.fixture
def reader(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def test_a_release_holds_every_indicator_once_and_nothing_changes_it(bob: User) -> None:
    release = freeze_by_hand(by=bob, at=NOW)

    assert [one.code for one in release.values.order_by("pk")] == [f"K{nth}" for nth in range(1, 27)]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        IndicatorValue.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        FigureRelease.objects.update(content={})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        release.values.update(said="0")
    with pytest.raises(DatabaseError, match="indicator_missing_has_no_number"), transaction.atomic():
        IndicatorValue.objects.create(
            release=FigureRelease.objects.create(
                as_of=TODAY,
                frozen_at=NOW + timedelta(days=9),
                frozen_by="x",
                query_version="x",
                content={},
                content_hash="0" * 64,
            ),
            code="K1",
            said="0",
            number=0,
            red=False,
            few_data=False,
            missing="because",
        )
    event = AuditEvent.objects.get(action="froze the board's figures")
    assert event.detail["hash"] == release.content_hash


def test_board_pack_and_api_show_the_frozen_figure_though_the_record_went_on(
    reader: Client, bob: User
) -> None:
    severe_risk("Detention")
    release = freeze_by_hand(by=bob, at=NOW)
    severe_risk("Another")

    assert next(one for one in indicator_values(at=NOW) if one.code == "K1").said == "2"
    board = reader.get("/board/")
    [k1] = [one for _group, rows in board.context["groups"] for one in rows if one.definition.code == "K1"]
    assert (k1.value.said, k1.light) == ("1", "urgent")
    told = reader.get(f"/api/v1/oversight/figures/{release.pk}/").json()
    assert next(one for one in told["values"] if one["code"] == "K1")["said"] == "1"
    assert sum(cell["count"] for row in board.context["heat"]["rows"] for cell in row["cells"]) == 1


def test_the_pack_is_rendered_once_from_the_release_alone(reader: Client, bob: User) -> None:
    severe_risk("Detention")
    release = freeze_by_hand(by=bob, at=NOW)
    waiting = reader.get("/board.pdf")
    assert waiting["Content-Type"].startswith("text/html")
    assert "is being rendered" in waiting.content.decode()

    assert render_pack(release.pack, at=NOW)
    pack = BoardPack.objects.get()
    assert not render_pack(pack, at=NOW)
    answer = reader.get("/board.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.7")
    made = PdfReader(io.BytesIO(answer.content))
    assert {"/StructTreeRoot", "/MarkInfo", "/Lang"} <= set(made.trailer["/Root"])
    assert [one["/Title"] for one in made.outline if isinstance(one, dict)][:3] == [
        "Human rights: board pack",
        "Contents",
        "On one page",
    ]
    assert reader.get("/board.pdf", headers={"HX-Request": "true"})["HX-Redirect"] == "/board.pdf"
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        BoardPack.objects.update(sha256="1" * 64)


def test_a_night_freezes_once_and_a_second_freeze_by_hand_comes_after(bob: User, cast: Cast) -> None:
    first = freeze_nightly(at=NOW)
    assert first is not None
    assert freeze_nightly(at=NOW + timedelta(hours=1)) is None
    again = freeze_by_hand(by=bob, at=NOW)
    assert again.frozen_at > first.frozen_at
    with pytest.raises(NotAllowed, match="Your role may not freeze"):
        freeze_by_hand(by=cast.ana, at=NOW)
    assert FigureRelease.objects.count() == 2


def test_a_trend_is_made_of_frozen_figures_one_a_day(bob: User, reader: Client) -> None:
    for days, many in ((30, 1), (20, 2), (10, 3), (10, 5)):
        while Risk.objects.count() < many:
            severe_risk()
        freeze_by_hand(by=bob, at=NOW - timedelta(days=days))
    last = FigureRelease.objects.all()[0]

    assert [one.said for one in trends(last)["K1"]] == ["1", "2", "5"]
    page = reader.get("/board/").content.decode()
    assert 'class="spark"' in page
    assert "25 October 2026: 1" in page
    earlier = FigureRelease.objects.order_by("frozen_at")[1]
    assert [one.said for one in trends(earlier)["K1"]] == ["1", "2"]


def test_what_changed_since_the_board_met_is_told(bob: User, reader: Client) -> None:
    then = freeze_by_hand(by=bob, at=NOW - timedelta(days=30))
    meeting_on(TODAY - timedelta(days=20), by=bob, at=NOW, figures=then)
    severe_risk("Detention", opened_on=TODAY - timedelta(days=5))
    since = freeze_by_hand(by=bob, at=NOW).content["since"]

    assert since["new_severe"] == ["Detention"]
    [k1] = [one for one in since["indicators"] if one["code"] == "K1"]
    assert (k1["then"], k1["now"], k1["turned"]) == ("0", "1", "red")
    assert "turned red" in reader.get("/board/").content.decode()


def test_before_the_first_freeze_the_board_counts_live_and_says_so(reader: Client) -> None:
    page = reader.get("/board/").content.decode()
    assert "These figures are not frozen yet." in page
    assert "K26" in page
    assert "No figures are frozen yet" in reader.get("/board.pdf").content.decode()


@pytest.mark.parametrize(("name", "sees"), [("bob", False), ("grace", True)])
def test_a_figure_links_to_the_list_that_the_reader_may_open(bob: User, name: str, sees: bool) -> None:
    User.objects.create_user("grace", "x", display_name="Grace", roles=[Role.SENIOR, Role.GRV_INTAKE])
    client = Client()
    client.force_login(User.objects.get(username=name))
    rows = [one for _group, found in client.get("/board/").context["groups"] for one in found]
    assert {one.definition.code: one.url[0] for one in rows}["K17"] == ("case-list" if sees else "")
    assert set(BEHIND) == {one.code for one in KPIS}


def test_every_list_behind_a_figure_opens(bob: User, reader: Client) -> None:
    for one in (one for _group, rows in reader.get("/board/").context["groups"] for one in rows):
        name, query = one.url
        if name:
            assert reader.get(f"{reverse(name)}?{query}").status_code == 200, one.definition.code


def test_the_board_takes_as_many_queries_for_many_records_as_for_few(reader: Client, bob: User) -> None:
    def many(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert reader.get(address).status_code == 200
        return len(seen)

    for nth in range(2):
        severe_risk(f"Risk {nth}")
        freeze_by_hand(by=bob, at=NOW - timedelta(days=nth))
    few = many("/board/"), many("/desk/")
    for nth in range(2, 9):
        severe_risk(f"Risk {nth}")
        freeze_by_hand(by=bob, at=NOW - timedelta(days=nth))
    assert (many("/board/"), many("/desk/")) == few
