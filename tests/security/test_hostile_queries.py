"""T14 of reliability.md, small: what breaks out of a statement, path or pattern finds and breaks nothing."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from tests.cast import MANY_ROLES

NOTHING = "zzqqxxnothingiscalledso"
# Each would find everything if it were part of a statement; as words to be searched it finds nothing.
ALWAYS_TRUE = [
    *(
        f"' OR '{NOTHING}'='{NOTHING}",
        f"{NOTHING}') OR ('{NOTHING}'='{NOTHING}",
        f"%' OR title LIKE '%' -- {NOTHING}",
    ),
    *(
        f"\\' OR {NOTHING}={NOTHING} --",
        f"{NOTHING}' UNION SELECT {NOTHING} --",
        f"$$ OR {NOTHING} IS NOT DISTINCT $$",
    ),
]
BREAKS_OUT = [
    *(
        "' OR '1'='1",
        "' OR 1=1 -- ",
        '" OR ""="',
        "') OR ('1'='1",
        "1; DROP TABLE risks_risk; --",
        "1) OR pg_sleep(0)--",
    ),
    *(
        "' UNION SELECT username, password FROM governance_user --",
        "\\' OR 1=1 --",
        "%' OR title LIKE '%",
        "$$ OR 1=1 $$",
    ),
    *("%", "_", "%%%s", "%(x)s", "{0.__class__}", "{{7*7}}", "{% debug %}", "${7*7}", "#{7*7}"),
    *(
        "../../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "..\\..\\windows\\win.ini",
        "/etc/passwd",
        "file:///etc/passwd",
    ),
    *(
        "a:*",
        "a & | !",
        "(((((",
        "!!!",
        "<->",
        "'a' <-> 'b'",
        ":*",
        "*" * 300,
        "(a+)+$" * 20,
        "[",
        "a{1,99999}",
    ),
    *(
        "\r\nSet-Cookie: x=y",
        "\n",
        "\t",
        "\x1b[31m",
        "\u202e",
        "\ud800",
        "é" * 2000,
        "-1",
        "1e999",
        "NaN",
        "9" * 40,
    ),
]
# Where somebody searches or filters: page, and the names of what may be asked.
ASKED = {
    "/desk/risks/": ("q", "status", "tier", "owner", "country", "page", "order", "after"),
    "/desk/measures/": ("q", "kind", "state", "page"),
    "/desk/partners/": ("q", "kind", "country", "page", "order"),
    "/desk/dilemmas/": ("q", "state", "page"),
    "/desk/consultations/": ("q", "state", "page"),
    "/desk/audit/": ("q", "actor", "action", "subject", "since", "until", "page"),
    "/desk/people/": ("q", "role", "state"),
    "/desk/inbox/": ("kind", "page"),
    "/api/v1/risks/": ("q", "status", "cursor", "page_size"),
    "/api/v1/measures/": ("q", "cursor", "page_size"),
    "/statements/": ("q", "category", "decision", "page", "since"),
    "/statements.json": ("q", "page"),
    "/risks/": ("page", "after"),
}
IN_PLACE_OF_AN_ID = [
    "/desk/risks/{}/",
    "/desk/measures/{}/",
    "/desk/cases/{}/",
    "/api/v1/risks/{}/",
    "/reports/{}/",
]
IN_PLACE_OF_AN_ID += [
    "/policies/{}/",
    "/statements/{}/",
    "/.well-known/hrdd-log/tile/{}",
    "/static/{}",
    "/raise/{}/",
]
# Whatever the words, these answer for one that refuses, one that leaves out, one that finds nothing.
ANSWERED = {200, 301, 302, 400, 403, 404}


@pytest.fixture
def reader(record: None) -> Client:
    """Somebody who opens nearly everything, and the record of the real cases."""
    client = Client(raise_request_exception=True)
    client.force_login(User.objects.create_user("many", "x", display_name="Many", roles=list(MANY_ROLES)))
    auditor = User.objects.create_user("audrey", "x", display_name="Audrey", roles=[Role.AUDITOR])
    client.auditor = Client()  # type: ignore[attr-defined]
    client.auditor.force_login(auditor)  # type: ignore[attr-defined]
    return client


def asked(client: Any, address: str, given: dict[str, str]) -> Any:
    query = urlencode({name: words.encode("utf-8", "surrogatepass") for name, words in given.items()})
    return (client.auditor if address == "/desk/audit/" else client).get(f"{address}?{query}")


def failures(client: Client) -> Iterator[tuple[str, str, int]]:
    for address, names in ASKED.items():
        for said in BREAKS_OUT:
            answer = asked(client, address, dict.fromkeys(names, said))
            if answer.status_code not in ANSWERED:
                yield address, said, answer.status_code


def test_no_search_or_filter_breaks_out(reader: Client) -> None:
    """All names at once, then the search alone, which must find as little as a word that stands nowhere."""
    assert list(failures(reader)) == []


@pytest.mark.parametrize("address", ["/desk/risks/", "/desk/partners/", "/statements/"])
def test_a_search_that_breaks_out_finds_as_little_as_a_word_that_stands_nowhere(
    reader: Client, address: str
) -> None:
    def rows(said: str) -> int:
        context = asked(reader, address, {"q": said}).context
        page = context.get("page_obj")
        return len(context["rows"] if page is None else page.object_list)

    assert rows("") > 0 or address == "/statements/"
    assert rows(NOTHING) == 0
    assert [said for said in ALWAYS_TRUE if rows(said)] == []


def test_nothing_in_place_of_an_id_opens_anything(reader: Client) -> None:
    wrong = []
    for place in IN_PLACE_OF_AN_ID:
        for said in BREAKS_OUT:
            answer = reader.get(place.format(quote(said.encode("utf-8", "surrogatepass"), safe="")))
            body = b"".join(answer) if answer.streaming else answer.content
            if answer.status_code not in ANSWERED - {200, 403} or b"root:" in body:
                wrong.append((place, said, answer.status_code))

    assert wrong == []


def test_the_same_name_twice_is_one_answer(reader: Client) -> None:
    """HTTP parameter pollution: what a filter refuses is not let in beside what it takes."""
    for address, names in ASKED.items():
        query = "&".join(f"{name}={said}" for name in names for said in ("1", "%27%20OR%201=1"))
        found = (reader.auditor if address == "/desk/audit/" else reader).get(f"{address}?{query}")  # type: ignore[attr-defined]
        assert found.status_code in ANSWERED, address
