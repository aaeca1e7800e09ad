"""Treaty articles find the catalogue rights that rest on them."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.rights import INSTRUMENTS, CatalogueRight, UnknownArticle, match, parse_articles

RIGHTS = Path(__file__).parents[2] / "risks" / "data" / "rights.csv"


@pytest.fixture(scope="module")
def catalogue() -> list[CatalogueRight]:
    with RIGHTS.open(encoding="utf-8", newline="") as file:
        return [
            CatalogueRight(row["code"], {one: row[one] for one in INSTRUMENTS})
            for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize(
    ("raw", "articles"),
    [
        ("", {}),
        ("6", {6: None}),
        ("8(1)-(2)", {8: {1, 2}}),
        ("24(2)-(3)", {24: {2, 3}}),
        ("2(1); 3; 26", {2: {1}, 3: None, 26: None}),
        ("18(1), 18(3)", {18: {1, 3}}),
        ("17 (and 19(3)(a) as a ground)", {17: None}),
        ("17 (GC16 para 10)", {17: None}),
        ("13 (with 7)", {13: None}),
        ("15(1)(a)", {15: {1}}),
        ("7(b); 12(2)(b)-(c)", {7: None, 12: {2}}),
        ("19(2); 19", {19: None}),
    ],
)
def test_articles_are_read_as_the_catalogue_writes_them(
    raw: str, articles: dict[int, set[int] | None]
) -> None:
    assert parse_articles(raw) == articles


def test_every_article_of_the_catalogue_is_read_and_finds_its_right(catalogue: list[CatalogueRight]) -> None:
    for right in catalogue:
        for instrument in INSTRUMENTS:
            raw = right.articles[instrument]
            parsed = parse_articles(raw)
            assert bool(parsed) == bool(raw), (right.code, raw)
            for number in parsed:
                assert match(catalogue, {instrument: [str(number)]})


@pytest.mark.parametrize(
    ("cited", "codes"),
    [
        ({"udhr": ["3"], "iccpr": ["6", "9"]}, ["LIFE", "LIBERTY_SECURITY"]),
        ({"udhr": ["2", "7"], "iccpr": ["2", "26"]}, ["NON_DISCRIM"]),
        ({"udhr": ["2", "7"], "iccpr": ["2", "20", "26"]}, ["NO_INCITEMENT", "NON_DISCRIM"]),
        ({"udhr": ["21"], "iccpr": ["25"]}, ["PARTICIPATION"]),
        ({"udhr": ["3", "9"], "iccpr": ["9"]}, ["LIBERTY_SECURITY"]),
        ({"udhr": ["19"], "iccpr": ["19"]}, ["OPINION", "EXPRESSION"]),
        ({"udhr": ["19"], "iccpr": ["19(2)"]}, ["OPINION", "EXPRESSION"]),  # UDHR 19 holds both
        ({"iccpr": ["19(2)"]}, ["EXPRESSION"]),
        ({"iccpr": ["19(1)"]}, ["OPINION"]),
        ({"iccpr": ["8(1)-(2)"]}, ["NO_SLAVERY"]),
        ({"iccpr": ["8(3)"]}, ["NO_FORCED_LABOUR"]),
        ({"iccpr": ["14(3)(a)"]}, ["FAIR_TRIAL"]),
        ({"iccpr": ["24(2)"]}, ["IDENTITY_NATIONALITY"]),
        ({"udhr": [], "iccpr": []}, []),
        ({}, []),
    ],
)
def test_an_entry_touches_the_rights_that_fit_it_best(
    catalogue: list[CatalogueRight], cited: dict[str, list[str]], codes: list[str]
) -> None:
    assert match(catalogue, cited) == codes


@pytest.mark.parametrize(
    ("instrument", "article", "says"),
    [
        ("udhr", "99", "UDHR article 99 is not in the rights catalogue"),
        ("iccpr", "0", "ICCPR article 0 is not"),
        ("icescr", "25", "ICESCR article 25 is not"),
        ("iccpr", "19(7)", "ICCPR article 19(7) is not"),
        ("iccpr", "nineteen", "'nineteen' is not an article of the ICCPR"),
        ("iccpr", "", "'' is not an article"),
        ("iccpr", "\u0661\u0669", "is not an article"),
    ],
)
def test_an_article_in_no_right_is_named(
    catalogue: list[CatalogueRight], instrument: str, article: str, says: str
) -> None:
    with pytest.raises(UnknownArticle) as refused:
        match(catalogue, {"udhr": ["19"], instrument: [article]})

    assert (refused.value.instrument, refused.value.article) == (instrument, article)
    assert says in str(refused.value)


@given(
    st.dictionaries(
        st.sampled_from(INSTRUMENTS), st.lists(st.text(max_size=8) | st.integers(0, 40).map(str), max_size=4)
    )
)
def test_any_citation_is_matched_in_catalogue_order_or_refused(
    catalogue: list[CatalogueRight], cited: dict[str, list[str]]
) -> None:
    try:
        codes = match(catalogue, cited)
    except UnknownArticle:
        return
    assert codes == [right.code for right in catalogue if right.code in codes]
    assert bool(codes) == any(cited.values())
