"""A name is found in public words by the database, wherever the screen finds it, and without reading them all."""

import json
import sys
import unicodedata
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.db.models.expressions import Combinable
from hypothesis import given
from hypothesis import strategies as st

from risks.models import Consultation, ConsultationFinding, Risk, StatementOfReasons
from risks.models.naming import (
    WORDS_OF_A_CONSULTATION,
    WORDS_OF_A_FINDING,
    WORDS_OF_A_RISK,
    WORDS_OF_A_STATEMENT,
)
from risks.queries.naming import naming
from risks.rules.naming import pattern_of, pieces_of
from risks.rules.screening import folded_parts, names_one

NAMES = (
    "Northern Cloud",
    "Gojek",
    "Ünal & Söhne",
    "Société Générale",
    "Ростелеком",
    "بنك",
    "X1",
    "3M",
    "VK",
    "٣ ٤",
    "911",
    "A B",
    "Co. Ltd",
    "a.b*c",
    "Đỗ",
    "Weiß",
    "Weiss Messaging",
    "ΑΙΓΑΙΟΝ ΝΗΣΟΣ",
    "한국 통신",
    "ᾳδης",
)
GLUE = st.sampled_from(
    [" ", "", "-", "\u00ad", "\u200b", "\u0301", "—", "é", "x", "_", ". ", "…", "Ж", "ـ", "\n", "\uff17"]
)
WAYS = st.sampled_from(
    [
        str,
        str.upper,
        str.lower,
        str.title,
        str.casefold,
        lambda said: unicodedata.normalize("NFD", said),
        lambda said: said.replace("ss", "ß"),
        lambda said: said.translate({ord(one): chr(0x660 + int(one)) for one in "0123456789"}),
    ]
)
HOLDS = """
SELECT hrdd_unmarked(%(text)s) ~ %(pattern)s,
  (SELECT bool_and(hrdd_pieces(hrdd_unmarked(%(text)s)) && ARRAY(SELECT jsonb_array_elements_text(piece)))
   FROM jsonb_array_elements(%(pieces)s) AS piece)
"""


def asked(query: str, **given: object) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        found: tuple[Any, ...] = cursor.fetchone()
    return found


@given(data=st.data())
def test_the_database_finds_every_name_that_the_screen_finds(
    data: st.DataObject, django_db_blocker: Any
) -> None:
    name = data.draw(st.sampled_from(NAMES))
    parts = name.split()
    if data.draw(st.booleans()):
        parts = [*parts[1:], parts[0]]
    how = data.draw(WAYS)
    text = data.draw(GLUE) + data.draw(GLUE).join(how(part) for part in parts) + data.draw(GLUE)
    if not names_one(text, [name]):
        return
    pieces = pieces_of(name)
    with django_db_blocker.unblock():
        by_pattern, by_pieces = asked(HOLDS, text=text, pattern=pattern_of(name), pieces=json.dumps(pieces))
    assert by_pattern, (text, pattern_of(name))
    assert by_pieces or not pieces, (text, pieces)


def test_a_name_keeps_its_pieces_few() -> None:
    assert [len(pieces_of(name)) for name in ("Northern Cloud", "VK", "A B", "911", "X")] == [6, 1, 0, 0, 0]
    assert pattern_of("X") == ""


def test_every_sign_that_the_screen_reads_as_another_is_read_so_by_the_database(db: None) -> None:
    read_as = {
        sign: "".join(folded_parts(f"q{sign}q"))
        for sign in map(chr, range(1, 0x20000))
        if not unicodedata.category(sign).startswith("C") and folded_parts(f"q{sign}q") != [f"q{sign}q"]
    }
    words = {sign: read for sign, read in read_as.items() if " " not in " ".join(folded_parts(f"q{sign}q"))}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sign FROM unnest(%s, %s) AS one(sign, pattern) "
            "WHERE NOT hrdd_unmarked('q' || sign || 'q') ~ pattern",
            [list(words), [pattern_of(read) for read in words.values()]],
        )
        missed = [sign for (sign,) in cursor.fetchall()]
    assert len(words) > 5_000
    assert missed == []


def test_what_is_not_seen_and_what_combines_is_dropped_by_the_database(db: None) -> None:
    dropped = [
        sign
        for sign in map(chr, range(0x80, sys.maxunicode + 1))
        if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf"
    ]
    (left,) = asked("SELECT hrdd_unmarked(%(said)s)", said="".join(f"x{sign}" for sign in dropped))
    assert left.replace("\u03b9", "") == "x" * len(dropped)


@pytest.mark.parametrize(
    ("model", "words", "index"),
    [
        (Risk, WORDS_OF_A_RISK, "risk_names"),
        (Consultation, WORDS_OF_A_CONSULTATION, "consultation_names"),
        (ConsultationFinding, WORDS_OF_A_FINDING, "consultation_finding_names"),
        (StatementOfReasons, WORDS_OF_A_STATEMENT, "statement_names"),
    ],
)
def test_a_name_is_looked_for_under_an_index(
    db: None, model: type[Model], words: Combinable, index: str
) -> None:
    records = model._default_manager.all()
    public = records.filter(published=True) if hasattr(model, "published") else records
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        plan = naming(public, words, ["Northern Cloud", "VK"]).explain()
    assert plan.count(f"on {index} ") == 2, plan


def test_no_name_is_found_where_none_is_asked_for(db: None) -> None:
    with_text = Risk.objects.all()
    assert not naming(with_text, WORDS_OF_A_RISK, []).exists()
    assert not naming(with_text, WORDS_OF_A_RISK, ["X"]).exists()


def test_whatever_is_text_in_a_document_is_found(db: None) -> None:
    document = (
        '[{"group": "the \\"Sound\\" crew\\nof two", "count": 8, "more": {"in": ["deep", null, true]}}]'
    )
    (said,) = asked("SELECT hrdd_said_in(%(said)s::jsonb)", said=document)
    assert sorted(said.split("\n")) == ["deep", "of two", 'the "Sound" crew']
