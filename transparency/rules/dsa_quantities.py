"""The quantities of DSA 15(1), 24(1) to (3) and 42(2) to (3), and how each may be told (domain.md 8.3, 8.5).

What the record has is counted; what it has not is entered by a person with its source, or it is said why it is not
held.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from risks.rules.suppression import MEDIAN_LEAST, PERCENT_LEAST, Split, Table

PREFIX = "dsa_"
LEAST_REASON = 20
ALL = "All"
STATES = (
    *(
        "Austria",
        "Belgium",
        "Bulgaria",
        "Croatia",
        "Cyprus",
        "Czechia",
        "Denmark",
        "Estonia",
        "Finland",
        "France",
    ),
    *("Germany", "Greece", "Hungary", "Ireland", "Italy", "Latvia", "Lithuania", "Luxembourg", "Malta"),
    *("Netherlands", "Poland", "Portugal", "Romania", "Slovakia", "Slovenia", "Spain", "Sweden"),
)
LANGUAGES = (
    *(
        "Bulgarian",
        "Croatian",
        "Czech",
        "Danish",
        "Dutch",
        "English",
        "Estonian",
        "Finnish",
        "French",
        "German",
    ),
    *("Greek", "Hungarian", "Irish", "Italian", "Latvian", "Lithuanian", "Maltese", "Polish", "Portuguese"),
    *("Romanian", "Slovak", "Slovenian", "Spanish", "Swedish"),
)


class Unit(StrEnum):
    """What a number is of; a median rests on ten, a share on thirty (8.5)."""

    COUNT = "count"
    HOURS = "hours, median"
    DAYS = "days, median"
    PERCENT = "percent"
    WORDS = "in words"


class Source(StrEnum):
    """Where a quantity comes from."""

    COUNTED = "counted"
    ENTERED = "entered"
    TOLD = "told elsewhere"


LEAST_REST: Mapping[Unit, int] = {
    Unit.HOURS: MEDIAN_LEAST,
    Unit.DAYS: MEDIAN_LEAST,
    Unit.PERCENT: PERCENT_LEAST,
}
BREAKDOWNS: Mapping[str, tuple[str, ...]] = {"Member State": STATES, "language": LANGUAGES}


@dataclass(frozen=True)
class Quantity:
    """One quantity: where it is asked for, what it is, and where it comes from.

    `by` names what it is broken down by; `place` the anchor where it is told, if it is told elsewhere in the report.
    """

    code: str
    provision: str
    label: str
    unit: Unit = Unit.COUNT
    source: Source = Source.ENTERED
    by: str = ""
    place: str = ""
    told_in: str = ""

    @property
    def answers(self) -> tuple[str, ...]:
        """Return the answers by which it may be broken down."""
        return BREAKDOWNS.get(self.by, (ALL,))


def _counted(code: str, provision: str, label: str, by: str) -> Quantity:
    return Quantity(code, provision, label, source=Source.COUNTED, by=by)


def _told(
    code: str, provision: str, label: str, place: str, told_in: str, unit: Unit = Unit.COUNT
) -> Quantity:
    return Quantity(code, provision, label, unit, Source.TOLD, place=place, told_in=told_in)


QUANTITIES: tuple[Quantity, ...] = (
    Quantity(
        "orders_act", "15(1)(a)", "Orders of Member States to act against illegal content", by="Member State"
    ),
    Quantity("orders_info", "15(1)(a)", "Orders of Member States to give information", by="Member State"),
    Quantity("orders_types", "15(1)(a)", "Orders by type of illegal content", Unit.WORDS),
    Quantity("orders_inform", "15(1)(a)", "Time to confirm that an order arrived", Unit.HOURS),
    Quantity("orders_effect", "15(1)(a)", "Time to give effect to an order", Unit.HOURS),
    Quantity("notices", "15(1)(b)", "Notices of illegal content (Article 16)"),
    Quantity("notices_trusted", "15(1)(b)", "Notices by trusted flaggers"),
    Quantity("notices_automated", "15(1)(b)", "Notices handled by automated means alone"),
    Quantity("notices_time", "15(1)(b)", "Time to act on a notice", Unit.HOURS),
    _counted(
        "source", "15(1)(b), (c)", "Statements of reasons, by what led to the decision", "what led to it"
    ),
    _counted("kind", "15(1)(c)", "Statements of reasons, by restriction", "restriction"),
    _counted("ground", "15(1)(b), (c)", "Statements of reasons, by law or terms", "ground"),
    _counted("category", "15(1)(c)", "Statements of reasons, by category", "category"),
    _counted("detection", "15(1)(c)", "Statements of reasons, by detection", "detection"),
    Quantity("tools", "15(1)(c)", "Training and support of those who moderate", Unit.WORDS),
    _told("complaints", "15(1)(d)", "Complaints, their basis and decisions", "complaints", "Complaints"),
    _told(
        "complaints_time",
        "15(1)(d)",
        "Time to decide, and decisions reversed",
        "complaints",
        "Complaints",
        Unit.DAYS,
    ),
    _counted(
        "decision", "15(1)(e)", "Statements of reasons, by use of automated means to decide", "decision"
    ),
    Quantity("automated_use", "15(1)(e)", "Purposes and safeguards of automated means", Unit.WORDS),
    Quantity("automated_accuracy", "15(1)(e)", "Accuracy of automated means", Unit.PERCENT, by="language"),
    Quantity(
        "automated_errors",
        "15(1)(e)",
        "Possible rate of error of automated means",
        Unit.PERCENT,
        by="language",
    ),
    Quantity("disputes", "24(1)(a)", "Disputes brought to out-of-court bodies"),
    Quantity("disputes_for_person", "24(1)(a)", "Disputes decided for the person"),
    Quantity("disputes_time", "24(1)(a)", "Time to settle a dispute", Unit.DAYS),
    Quantity("disputes_done", "24(1)(a)", "Share of decisions that were carried out", Unit.PERCENT),
    Quantity("suspended_content", "24(1)(b)", "Suspensions for manifestly illegal content"),
    Quantity("suspended_notices", "24(1)(b)", "Suspensions for manifestly unfounded notices"),
    Quantity("suspended_complaints", "24(1)(b)", "Suspensions for manifestly unfounded complaints"),
    Quantity("recipients", "24(2)", "Average monthly active recipients in the Union, last six months"),
    Quantity("recipients_asked", "24(3)", "Recipients told to the authorities on request", Unit.WORDS),
    Quantity("moderators", "42(2)(a)", "People who moderate content, by official language", by="language"),
    Quantity(
        "moderators_skill", "42(2)(b)", "Qualification, language skill, training and support", Unit.WORDS
    ),
    Quantity(
        "accuracy",
        "42(2)(c)",
        "Accuracy of automated means, by official language",
        Unit.PERCENT,
        by="language",
    ),
    Quantity("recipients_states", "42(3)", "Average monthly recipients, by Member State", by="Member State"),
)
BY_CODE: Mapping[str, Quantity] = {one.code: one for one in QUANTITIES}
ENTERED = tuple(one for one in QUANTITIES if one.source == Source.ENTERED)


@dataclass(frozen=True)
class Entry:
    """What a person entered of a quantity: a number of one answer, words, or why it is not held."""

    of: str
    value: Decimal | None
    words: str
    rests_on: int | None
    not_held: str
    source: str


def refusal(quantity: Quantity, entry: Entry) -> str:
    """Return why an entry cannot be kept, in a sentence that names the field; empty when it can."""
    if entry.not_held:
        checks = _of_not_held(entry)
    else:
        named = not entry.source.strip()
        source = (named, "Source: say where this comes from, so that others can check it.")
        told = _of_words(entry) if quantity.unit == Unit.WORDS else _of_number(quantity, entry)
        checks = (source, *told)
    return next((said for wrong, said in checks if wrong), "")


def _of_not_held(entry: Entry) -> tuple[tuple[bool, str], ...]:
    given = entry.value is not None or bool(entry.words)
    short = len(entry.not_held.strip()) < LEAST_REASON
    return (
        (given, "Either give it, or say why it is not held; not both."),
        (short, f"Not held, because: say why in at least {LEAST_REASON} characters."),
    )


def _of_words(entry: Entry) -> tuple[tuple[bool, str], ...]:
    return ((not entry.words.strip(), "In words: write it, or say why it is not held."),)


def _of_number(quantity: Quantity, entry: Entry) -> tuple[tuple[bool, str], ...]:
    value = Decimal(-1) if entry.value is None else entry.value
    unit = quantity.unit
    of = f"Of: choose one {quantity.by}." if quantity.by else "Of: this quantity is not broken down."
    return (
        (entry.value is None, "Number: give it, or say why it is not held."),
        (value < 0, "Number: it is not below zero."),
        (entry.of not in quantity.answers, of),
        (unit == Unit.COUNT and value % 1 != 0, "Number: a count is a whole number."),
        (unit == Unit.PERCENT and value > 100, "Number: a percentage is at most 100."),
        (
            unit in LEAST_REST and entry.rests_on is None,
            "Rests on: say on how many cases it rests; a median needs ten, a percentage thirty (method 15).",
        ),
    )


def table_code(quantity: Quantity, rows: Sequence[str]) -> str:
    """Return the code under which the figures of a quantity leave: other rows are another table (8.5)."""
    digest = sha256("|".join(rows).encode()).hexdigest()[:8]
    return f"{PREFIX}{quantity.code}.{digest}"


def entered_table(quantity: Quantity, entries: Sequence[Entry]) -> Table:
    """Return entered counts as a table that may leave only through suppression."""
    ordered = sorted(entries, key=lambda one: one.of)
    return Table(
        (Split(quantity.by or "all", tuple(one.of for one in ordered)),),
        (tuple(int(one.value or 0) for one in ordered),),
    )


def measured(quantity: Quantity, entry: Entry) -> str:
    """Return a median or a share as it may be told: not where it rests on too few (8.5)."""
    least = LEAST_REST[quantity.unit]
    if entry.rests_on is None or entry.rests_on < least:
        return f"not shown: it rests on fewer than {least}"
    number = f"{entry.value:f}".rstrip("0").rstrip(".") if entry.value % 1 else f"{entry.value:.0f}"  # type: ignore[operator]  # a median has a value
    return f"{number} %" if quantity.unit == Unit.PERCENT else f"{number} {quantity.unit.split(',')[0]}"
