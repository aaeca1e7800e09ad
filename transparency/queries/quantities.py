"""The quantities of the DSA for a report: counted from statements, entered by people, or why not held (8.3, 8.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risks.models import StatementOfReasons
from risks.rules.suppression import Split, Table
from transparency.models import EnteredQuantity, Report
from transparency.queries.statement_numbers import QUESTIONS, counted
from transparency.rules.dsa_quantities import (
    ENTERED,
    QUANTITIES,
    Entry,
    Quantity,
    Source,
    Unit,
    entered_table,
    measured,
    table_code,
)
from transparency.rules.releases import Figures
from transparency.rules.workflows import State

OF_STATEMENTS = {
    "kind": "Restriction",
    "ground": "Ground",
    "category": "Category",
    "source": "How it came to us",
    "detection": "Detection",
    "decision": "Decision",
}


@dataclass(frozen=True)
class Counted:
    """Statements of a period by one question: how many anybody can read, by answer, and the rest as a table."""

    read: Mapping[str, int]
    figures: Figures


def statement_quantities(report: Report) -> dict[str, Counted]:
    """Return the statements that were issued in a report's period and hold, by each question that the DSA asks."""
    issued = StatementOfReasons.objects.filter(
        superseded_by__isnull=True,
        issued_at__date__gte=report.period_from,
        issued_at__date__lte=report.period_to,
    )
    read, every = counted(issued)
    places = {name: place for place, (name, _field, _labels) in enumerate(QUESTIONS)}
    labels = {name: labels for name, _field, labels in QUESTIONS}
    found = {}
    for quantity in QUANTITIES:
        if quantity.source == Source.COUNTED:
            name = OF_STATEMENTS[quantity.code]
            here, all_of_them = read[places[name]], every[places[name]]
            known = labels[name]
            rest = {code: all_of_them[code] - here[code] for code in known}
            other = sum(all_of_them.values()) - sum(all_of_them[code] for code in known)
            table = Table(
                (Split(quantity.by, (*known.values(), "Other")),), ((*(rest[code] for code in known), other),)
            )
            figures = Figures(
                table_code(quantity, ("rest",)),
                f"{quantity.label}: rest",
                table,
                shares_total="dsa_statements",
            )
            found[quantity.code] = Counted({known[code]: here[code] for code in known if here[code]}, figures)
    return found


def entries_of(report: Report) -> dict[str, list[Entry]]:
    """Return what people entered for a report, by quantity."""
    found: dict[str, list[Entry]] = {}
    for one in EnteredQuantity.objects.filter(report=report):
        found.setdefault(one.quantity, []).append(
            Entry(one.of, one.value, one.words, one.rests_on, one.not_held, one.source)
        )
    return found


def entered_figures(entries: Mapping[str, Sequence[Entry]]) -> dict[str, Figures]:
    """Return the entered counts that leave through suppression, by quantity."""
    found = {}
    for quantity in ENTERED:
        held = [one for one in entries.get(quantity.code, ()) if not one.not_held]
        if held and quantity.unit == Unit.COUNT:
            rows = sorted(one.of for one in held)
            found[quantity.code] = Figures(
                table_code(quantity, rows), quantity.label, entered_table(quantity, held)
            )
    return found


def told_quantities(
    statements: Mapping[str, Counted],
    entries: Mapping[str, Sequence[Entry]],
    printed: Mapping[str, Mapping[str, Any]],
    withheld: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Return every quantity as the report tells it; what nobody entered is told as not recorded.

    Args:
        statements: what was counted of statements.
        entries: what people entered.
        printed: the tables as they left through suppression, by quantity.
        withheld: why a table did not leave, by quantity.
    """
    told = []
    for quantity in QUANTITIES:
        row: dict[str, Any] = {
            "code": quantity.code,
            "provision": quantity.provision,
            "label": quantity.label,
            "unit": str(quantity.unit),
            "by": quantity.by,
            "rows": [],
            "total": "",
            "words": "",
            "source": "",
            "why": "",
            "anchor": quantity.place,
            "told_in": quantity.told_in,
        }
        if quantity.code in withheld:
            row |= {"kind": "withheld", "why": withheld[quantity.code]}
        elif quantity.source == Source.TOLD:
            row |= {"kind": "told"}
        elif quantity.source == Source.COUNTED:
            row |= {"kind": "counted", **_counted(statements[quantity.code], printed[quantity.code])}
        else:
            row |= _entered(quantity, entries.get(quantity.code, ()), printed.get(quantity.code))
        told.append(row)
    return told


def _counted(counted_one: Counted, printed: Mapping[str, Any]) -> dict[str, Any]:
    rest = {one["label"]: one["said"] for one in printed["rows"]}
    answers = counted_one.figures.table.splits[0].values
    rows = [
        {"of": label, "said": _and_more(counted_one.read.get(label, 0), rest.get(label, "0"))}
        for label in answers
        if counted_one.read.get(label) or rest.get(label, "0") != "0"
    ]
    total = _and_more(sum(counted_one.read.values()), printed["total"])
    split = bool(printed["rows"]) or printed["total"] == "0"
    return {"rows": rows, "total": total if split else f"{total}, not split"}


@dataclass(frozen=True)
class Standing:
    """A quantity as the desk shows it: what people entered, and how the frozen report tells it."""

    quantity: Quantity
    entered: Sequence[EnteredQuantity]
    told: Mapping[str, Any] | None

    @property
    def is_entered(self) -> bool:
        """Whether people enter it."""
        return self.quantity.source == Source.ENTERED

    @property
    def is_missing(self) -> bool:
        """Whether it would be told as not recorded."""
        return self.is_entered and not self.entered


def standing_quantities(report: Report) -> list[Standing]:
    """Return every quantity as it stands in a report, in two queries."""
    entered: dict[str, list[EnteredQuantity]] = {}
    for one in EnteredQuantity.objects.filter(report=report).select_related("by"):
        entered.setdefault(one.quantity, []).append(one)
    frozen = report.parsed_content.get("quantities", []) if report.state != State.DRAFT else []
    told = {one["code"]: one for one in frozen}
    return [Standing(one, entered.get(one.code, []), told.get(one.code)) for one in QUANTITIES]


def quantity_authors(report: Report) -> frozenset[str]:
    """Return the user names of all who entered a quantity of a report."""
    entered = EnteredQuantity.objects.filter(report=report)
    return frozenset(entered.values_list("by__username", flat=True))


def _and_more(read: int, more: str) -> str:
    return str(read) if more == "0" else f"{read} that anybody can read; others: {more}"


def _entered(quantity: Quantity, held: Sequence[Entry], printed: Mapping[str, Any] | None) -> dict[str, Any]:
    if not held:
        return {"kind": "not_recorded"}
    if held[0].not_held:
        return {"kind": "not_held", "why": held[0].not_held}
    sources = "; ".join(dict.fromkeys(one.source for one in held))
    if printed is not None:
        rows = [{"of": one["label"], "said": one["said"]} for one in printed["rows"]] if quantity.by else []
        return {"kind": "entered", "rows": rows, "total": printed["total"], "source": sources}
    if quantity.unit == Unit.WORDS:
        return {"kind": "entered", "words": held[0].words, "source": sources}
    rows = [{"of": one.of, "said": measured(quantity, one)} for one in held]
    if not quantity.by:
        return {"kind": "entered", "total": rows[0]["said"], "source": sources}
    return {"kind": "entered", "rows": rows, "source": sources}
