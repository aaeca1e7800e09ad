"""Anyone searches the statements of reasons that endanger nobody, and the desk compares them with others'."""

import csv
import io
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from hrdd.governance.models import User
from risks.models import Partner, StatementOfReasons
from risks.queries import bounded
from risks.rules.ladder import LADDER
from risks.rules.publication import FEWEST_COUNTED
from tests.risks.measure_stage import NOW, TODAY, people, signed_in
from tests.transparency.statement_stage import stored
from tests.transparency.test_statement_files import REAL
from transparency.documents.statements import COLUMNS
from transparency.queries.public_statements import listed, public_statements
from transparency.rules.shown import numbers, rest_told

ADDRESSES = ("/statements/", "/statements.json", "/statements.csv")


@pytest.fixture
def ana(db: None) -> User:
    call_command("load_rights", stdout=io.StringIO())
    return people()["ana"]


def read(address: str, query: str = "") -> str:
    answer = Client().get(f"{address}{query}")
    assert answer.status_code == 200
    assert not answer.cookies
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return body.decode("utf-8-sig")


def one(statement: StatementOfReasons, tail: str = "/") -> str:
    return f"/statements/{statement.puid}{tail}"


def test_a_statement_is_read_at_its_identifier_and_leads_to_nobody(ana: User) -> None:
    statement = stored(ana, measure={"territory": ["DE", "KE"]})

    told = {address: read(address) for address in (*ADDRESSES, one(statement), one(statement, ".json"))}

    assert "What happened: A post called on readers to come armed." in told[one(statement)]
    assert "Germany, Kenya" in told[one(statement)]
    for said in told.values():
        assert str(statement.puid) in said
        for secret in (
            "Amara",
            "Osei",
            "2026-01-17",
            ana.display_name,
            ana.username + '"',
            statement.sha256,
            "A risk",
        ):
            assert secret not in said
        assert f"{NOW:%H:%M}" not in said.replace("00:00", "")
    assert json.loads(told[one(statement, ".json")])["content_month"] == "2026-01"
    assert json.loads(told["/statements.json"])["statements"] == [json.loads(told[one(statement, ".json")])]
    (row,) = csv.DictReader(io.StringIO(told["/statements.csv"]))
    assert (row["territory"], row["issued_on"]) == ("DE; KE", TODAY.isoformat())
    assert list(row) == list(COLUMNS)


def test_what_endangers_somebody_is_nowhere_not_even_by_searching_for_it(ana: User) -> None:
    Partner.objects.create(name="Nórthern Cloud", naming_endangers="Its staff were threatened.")
    hidden = [
        stored(ana, measure={"published": False}),
        stored(ana, decision_facts="It ran on CLOUD,\u00a0nort\u00adhern servers."),
        stored(ana, content_type=["CONTENT_TYPE_OTHER"], content_type_other="A page of northern cloud"),
        stored(ana, decision_facts="Write to ana@example.org about it."),
        stored(ana, decision_facts="Amara Osei posted it."),
        stored(
            ana, measure={"target_type": "partner", "target": "Nórthern Cloud", "kind": "service_termination"}
        ),
    ]

    for address in ADDRESSES:
        said = read(address)
        assert not any(str(statement.puid) in said for statement in hidden)
        assert "Its staff" not in said
        assert "CLOUD" not in said
    assert "No statement matches" in read("/statements/", "?q=northern")
    assert "No statement matches" in read("/statements/", "?kind=service_termination")
    named_in_words = hidden[1:3]
    assert not public_statements().filter(puid__in=[told.puid for told in named_in_words]), "not even counted"
    for statement in hidden:
        for tail in ("/", ".json"):
            assert Client().get(one(statement, tail)).status_code == 404
    assert Client().get(f"/statements/{uuid.uuid4()}/").status_code == 404


def test_a_search_survives_a_reload_and_its_data_is_the_same(ana: User) -> None:
    first = stored(ana, measure={"territory": ["DE"], "kind": "geoblock"}, issued_at=NOW - timedelta(days=40))
    second = stored(
        ana,
        category="STATEMENT_CATEGORY_SELF_HARM",
        measure={"territory": []},
        decision_facts="=A video showed how to.",
    )
    both, none = {first, second}, set[StatementOfReasons]()
    for query, found in (
        ("", both),
        ("?q=armed", {first}),
        ("?q=armed+video", none),
        ("?country=DE", both),
        ("?country=FR", {second}),
        ("?kind=geoblock&ground=DECISION_GROUND_INCOMPATIBLE_CONTENT", {first}),
        ("?category=STATEMENT_CATEGORY_SELF_HARM", {second}),
        (f"?first={TODAY}", {second}),
        (f"?last={TODAY - timedelta(days=1)}", {first}),
        ("?country=XX&kind=nonsense&first=soon&page=9", both),
    ):
        page, data = read("/statements/", query), json.loads(read("/statements.json", query))["statements"]
        assert {one["puid"] for one in data} == {str(one.puid) for one in found}
        rows = list(csv.DictReader(io.StringIO(read("/statements.csv", query))))
        assert {row["puid"] for row in rows} == {str(one.puid) for one in found}
        assert all((one(each) in page) == (each in found) for each in both)
        assert f"Statements found: {len(found)}" in page
    assert '<option value="DE" selected>' in read("/statements/", "?country=DE")
    assert "/statements.csv?q=armed" in read("/statements/", "?q=armed")
    assert "'=A video" in read("/statements.csv")


def test_a_corrected_statement_stays_and_leads_to_the_one_that_holds(ana: User) -> None:
    old = stored(ana)
    new = stored(ana, supersedes=old)
    assert f'href="{one(new)}"' in read(one(old))
    assert "Corrected." in read(one(old))
    assert f'href="{one(old)}"' in read(one(new))
    assert "It named the wrong rule" not in read(one(old)) + read(one(new))
    assert [row["puid"] for row in json.loads(read("/statements.json"))["statements"]] == [str(new.puid)]
    assert json.loads(read(one(old, ".json")))["corrected_by"] == str(new.puid)
    newest = stored(ana, supersedes=new, decision_facts="Ask ana@example.org.")
    assert "A later statement replaces this one" in read(one(new))
    assert f'href="{one(newest)}"' not in read(one(new))


def test_pages_teach_when_empty_and_ask_the_database_as_often_for_one_as_for_thirty(ana: User) -> None:
    assert "No statement can be read here yet" in read("/statements/")
    stored(ana)
    Partner.objects.create(name="Northern Cloud", naming_endangers="Its staff were threatened.")
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            for address in ADDRESSES:
                read(address)
        asked.append(len(queries))
        for _ in range(30):
            stored(ana)
    assert asked[0] == asked[1]
    assert "Page 1 of 4" in read("/statements/")
    again = Client().get("/statements/")
    assert Client().get("/statements/", headers={"If-None-Match": again["ETag"]}).status_code == 304
    assert "public" in again["Cache-Control"]


def test_only_the_first_page_of_all_is_counted_in_numbers(ana: User) -> None:
    for _ in range(25):
        stored(ana)

    assert 'id="numbers"' in read("/statements/")
    for asked in ("?q=armed", "?page=2", "?country=DE&page=2"):
        page = read("/statements/", asked)
        assert 'id="numbers"' not in page
        assert 'href="?#numbers"' in page
        assert "Statements found: 25" in page


def test_beyond_the_limit_the_page_says_more_and_nobody_counts_on(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(24):
        stored(ana)
    monkeypatch.setattr(bounded, "MOST_COUNTED", 22)

    for asked in ("", "?q=armed"):
        assert "Statements found: more than 22" in read("/statements/", asked)
        assert "Page 1 of 2, more than 22 in all" in read("/statements/", asked)
    assert "plus de 22 au total" in read("/fr/statements/", "?q=armed")
    with CaptureQueriesContext(connection) as queries:
        read("/statements/", "?q=armed")
    assert [one["sql"] for one in queries if "LIMIT 23" in one["sql"]]


def test_a_page_of_statements_is_read_off_the_index_of_their_order(ana: User) -> None:
    stored(ana)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = listed()[:20].explain()

    assert "statement_in_order" in plan
    assert "Sort" not in plan


def test_the_rest_that_cannot_be_read_is_counted_without_giving_a_small_number_away(ana: User) -> None:
    for _ in range(3):
        stored(ana)
    assert "Statements that cannot be read here: <strong>0</strong>" in read("/statements/")
    stored(ana, measure={"published": False, "kind": "geoblock"})
    page = read("/statements/")
    assert "Statements that cannot be read here: <strong>fewer than 10</strong>" in page
    section = page[page.index('id="numbers"') :]
    assert "Geo-block" not in section
    for _ in range(11):
        stored(ana, measure={"published": False})
    page = read("/statements/")
    assert "Statements that cannot be read here: <strong>not shown</strong>" in page
    for _ in range(9):
        stored(ana, measure={"published": False, "kind": "geoblock"})
    page = read("/statements/")
    assert "Statements that cannot be read here: <strong>21</strong>" in page
    assert "Other answers" in page


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 30)), min_size=1, max_size=6),
    st.integers(0, 30),
)
def test_no_number_under_ten_of_the_rest_is_told(counts: list[tuple[int, int]], others: int) -> None:
    read_here = {str(place): many for place, (many, _rest) in enumerate(counts)}
    every = {str(place): many + rest for place, (many, rest) in enumerate(counts)} | {"x": others}
    part = numbers("Ground", {}, read_here, every)
    rest = sum(every.values()) - sum(read_here.values())
    total = rest_told([part], rest)
    for label, _many, said in part.rows:
        true = others if label == "Other answers" else every[label] - read_here[label]
        assert (said == f"fewer than {FEWEST_COUNTED}") or true >= FEWEST_COUNTED
        assert said in {f"fewer than {FEWEST_COUNTED}", "not shown"} or abs(int(said) - true) <= 2
    told = [int(said) for _label, _many, said in part.rows if said.isdigit()]
    if total.isdigit() and rest and len(told) == len(counts):
        assert others == 0 or others >= FEWEST_COUNTED
    assert total == "0" or not total.isdigit() or int(total) == rest >= FEWEST_COUNTED


def test_the_desk_compares_ours_with_theirs_and_sees_what_left(ana: User, tmp_path: Any) -> None:
    client = signed_in(ana)

    def desk(address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200
        return str(answer.content.decode())

    assert "There is nothing to compare with yet" in desk("/desk/statements/reference/")
    assert "No file was made yet" in desk("/desk/statements/exports/")
    for published in (True, False):
        stored(ana, measure={"published": published})
    call_command("import_statements", str(REAL), stdout=io.StringIO())
    with CaptureQueriesContext(connection) as few:
        page = desk("/desk/statements/reference/")
    for said in (
        "Wallapop",
        "Kleinanzeigen",
        "<strong>43</strong>",
        "Scams and/or fraud",
        LADDER["permanent_ban"].label,
        "of theirs",
    ):
        assert said in page
    only = desk("/desk/statements/reference/?organisation=" + page.split('">Wallapop')[0].rsplit('"', 1)[-1])
    assert "Scams and/or fraud" not in only
    assert desk("/desk/statements/reference/?organisation=nonsense").count("Wallapop") == 1

    assert "<strong>2</strong><span>hold and are in no file yet" in desk("/desk/statements/exports/")
    call_command("export_statements", "--format", "dsa", "--out", str(tmp_path / "a"), stdout=io.StringIO())
    for _ in range(5):
        stored(ana)
    stored(ana, supersedes=StatementOfReasons.objects.order_by("pk")[0])
    with CaptureQueriesContext(connection) as more:
        desk("/desk/statements/reference/")
    assert len(few) == len(more)
    said = desk("/desk/statements/exports/")
    assert "1 file" in said
    assert "<strong>6</strong><span>hold and are in no file yet" in said
    assert "<strong>1</strong><span>left and were corrected since" in said
    assert "/desk/statements/exports/" in desk("/desk/statements/")


def test_what_was_read_of_others_is_in_none_of_our_counts(ana: User) -> None:
    call_command("import_statements", str(REAL), stdout=io.StringIO())
    assert "No statement can be read here yet" in read("/statements/")
    assert not listed().exists()
    assert not public_statements().exists()
