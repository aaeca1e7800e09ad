"""The text of a policy is shown safely, and what changed in it can be told word by word."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.policy import Clause
from risks.rules.policy_diff import Became, clause_changes, what_became_of
from risks.rules.policy_text import as_html, as_words

SHOWN = {"p", "ul", "ol", "li", "blockquote", "strong", "em", "a", "br"}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and *soft*", "<p><strong>bold</strong> and <em>soft</em></p>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("[us](https://example.org)", '<p><a href="https://example.org">us</a></p>\n'),
        ("[here](/consultations/)", '<p><a href="/consultations/">here</a></p>\n'),
        ("[us](javascript:alert(1))", "<p>[us](javascript:alert(1))</p>\n"),
        ("[us](//elsewhere.example)", "<p>[us](//elsewhere.example)</p>\n"),
        ("[us](http://example.org)", "<p>[us](http://example.org)</p>\n"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("# No heading", "<p># No heading</p>\n"),
    ],
)
def test_a_small_safe_part_of_markdown_is_understood(written: str, shown: str) -> None:
    assert as_html(written) == shown


@given(
    st.text(
        alphabet=st.sampled_from("ab<>&\"'[]()!*_`-#:/ \n\\") | st.characters(codec="utf-8"), max_size=200
    )
)
def test_whatever_is_written_only_safe_elements_come_out(written: str) -> None:
    shown = as_html(written)

    assert {name.lower() for name in re.findall(r"</?([a-zA-Z][^\s>]*)", shown)} <= SHOWN
    assert not re.search(r"<[^>]*\son\w+\s*=", shown)


PARTS = st.lists(st.tuples(st.sampled_from(["1", "2", "2.1", "3"]), st.text("ab ", max_size=9)), max_size=4)


def clauses(parts: list[tuple[str, str]]) -> tuple[Clause, ...]:
    return tuple(Clause(number, "x", text) for number, text in dict(parts).items())


@given(PARTS, PARTS)
def test_what_is_kept_and_removed_is_the_old_text_and_what_is_kept_and_added_the_new_one(
    old: list[tuple[str, str]], new: list[tuple[str, str]]
) -> None:
    before, after = clauses(old), clauses(new)

    changes = clause_changes(before, after)

    for one in changes:
        was = "".join(piece.words for piece in one.text if piece.kind != "ins")
        now = "".join(piece.words for piece in one.text if piece.kind != "del")
        assert was == as_words(dict(old).get(one.number, ""))
        assert now == as_words(dict(new).get(one.number, ""))
    assert {one.number for one in changes} == {*dict(old), *dict(new)}
    assert [one.number for one in changes if one.became != Became.REMOVED] == [one.number for one in after]


def test_each_clause_says_what_became_of_it() -> None:
    before = clauses([("1", "Do not threaten."), ("2", "We remove."), ("3", "We suspend.")])
    after = clauses([("1", "Do not threaten."), ("3", "We suspend until a day."), ("4", "You can appeal.")])

    changes = clause_changes(before, after)

    assert [(one.number, one.became) for one in changes] == [
        ("1", "the same"),
        ("2", "removed"),
        ("3", "changed"),
        ("4", "added"),
    ]
    assert [(piece.kind, piece.words) for piece in changes[2].text] == [
        ("same", "We suspend"),
        ("ins", " until a day"),
        ("same", "."),
    ]
    assert what_became_of(changes, "2") == Became.REMOVED


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("We **remove** what *threatens*.", "We remove what threatens."),
        ("- one\n- two\n\nthree", "• one\n• two\n\nthree"),
        ("4. four\n5. five", "4. four\n5. five"),
        ("- one\n  - within", "• one\n    • within"),
        ("> said\n> again", "    said\n    again"),
        ("See [the rule](https://example.org/a).", "See the rule (https://example.org/a)."),
        ("Two * stars * and 2 < 3 &amp; more", "Two * stars * and 2 < 3 & more"),
    ],
)
def test_the_words_of_a_clause_stand_without_the_marks_of_their_source(typed: str, read: str) -> None:
    assert as_words(typed) == read


def test_a_comparison_shows_no_marks_and_tells_where_links_lead() -> None:
    before = clauses([("1", "We **remove** posts."), ("2", "See [here](/a/)."), ("3", "We *may* act.")])
    after = clauses([("1", "We **hide** posts."), ("2", "See [here](/b/)."), ("3", "We may act.")])

    changes = clause_changes(before, after)

    assert [one.became for one in changes] == ["changed", "changed", "the same"]
    assert not [piece for one in changes for piece in one.text if "*" in piece.words or "[" in piece.words]
    assert ["".join(piece.words for piece in one.text if piece.kind != "del") for one in changes] == [
        "We hide posts.",
        "See here (/b/).",
        "We may act.",
    ]
