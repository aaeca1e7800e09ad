"""Which questions of the Reporting Framework a report answers, where, and by whose word (domain.md 8.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risks.models import Risk
from transparency.models import CoverageAnswer, Report
from transparency.queries.contents import indexed_facts
from transparency.queries.quantities import quantity_authors
from transparency.queries.sections import section_authors, written_sections
from transparency.rules.coverage import BY_CODE, Given, Question, answers, index, open_risks
from transparency.rules.workflows import State


def index_of(report: Report, content: Mapping[str, Any], risks: Sequence[int]) -> list[dict[str, Any]]:
    """Return the index of a report as it would tell it.

    Args:
        report: the report, for what people said.
        content: what the record has for it.
        risks: the keys of its salient risks, in order.
    """
    numbers = {risk: number for number, risk in enumerate(risks, start=1)}
    given = {
        (one.question, numbers[one.risk_id] if one.risk_id else 0): Given(one.told_in, one.reason)
        for one in CoverageAnswer.objects.filter(report=report)
        if one.risk_id is None or one.risk_id in numbers
    }
    return index(answers(content, given))


@dataclass(frozen=True)
class Row:
    """A question as the desk shows it: its answers, what people said, and the risks of which nothing is said."""

    question: Question
    answers: Sequence[Mapping[str, Any]]
    said: Sequence[CoverageAnswer]
    open_of: Sequence[str]
    is_open: bool

    @property
    def reasoned(self) -> bool:
        """Whether a reason stands where an answer could."""
        return any(one["kind"] == "none" for one in self.answers)


@dataclass(frozen=True)
class Coverage:
    """The index of a report on the desk; the risks of a draft by key and title, and how many risks it speaks of."""

    rows: Sequence[Row]
    risks: Sequence[tuple[int, str]]
    titles: int

    @property
    def open(self) -> list[Row]:
        """Return the questions that have neither place nor reason."""
        return [row for row in self.rows if row.is_open]

    @property
    def open_supporting(self) -> list[Row]:
        """Return those of them that only support another question."""
        return [row for row in self.open if row.question.supports]

    def row(self, code: str) -> Row:
        """Return one question; KeyError where the framework has no such question."""
        return {row.question.code: row for row in self.rows}[code]


def coverage_of(report: Report) -> Coverage:
    """Return the index of a report: of a draft as it would be frozen now, of any other as it is frozen."""
    if report.state == State.DRAFT:
        content, risks = indexed_facts(report)
        content["sections"] = written_sections(report, risks)
        rows = index_of(report, content, risks)
    else:
        content, risks = report.parsed_content, ()
        rows = content.get("coverage", [])
    titles = [risk["title"] for risk in content["risks"]]
    said: dict[str, list[CoverageAnswer]] = {}
    for one in CoverageAnswer.objects.filter(report=report).select_related("by", "risk"):
        said.setdefault(one.question, []).append(one)
    found = []
    for row in rows:
        missing = open_risks(row, len(titles))
        named = [titles[risk - 1] for risk in missing if risk]
        question = BY_CODE[row["code"]]
        found.append(Row(question, row["answers"], said.get(question.code, []), named, bool(missing)))
    return Coverage(found, list(zip(risks, titles, strict=False)), len(titles))


def authors_of(report: Report) -> frozenset[str]:
    """Return the user names of all who wrote a part of a report, and so sign nothing of it (SD1)."""
    answered = CoverageAnswer.objects.filter(report=report)
    return (
        frozenset(answered.values_list("by__username", flat=True))
        | section_authors(report)
        | quantity_authors(report)
    )


def questions_told_in(report: Report, place: str, risk: Risk | None) -> list[str]:
    """Return the questions that people say a place answers, for one risk or for the company."""
    told = CoverageAnswer.objects.filter(report=report, told_in=place, risk=risk)
    return list(told.values_list("question", flat=True))
