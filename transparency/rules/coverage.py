"""The UNGP Reporting Framework as an index: each question is answered somewhere, or it is said why not (8.1; UNGP 21).

The questions follow the framework's numbers (A1 to C6); their words are ours, shortened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from transparency.rules.sections import BY_CODE as SECTIONS
from transparency.rules.sections import WORDS, anchor_of

LEAST_REASON = 20
RISK_ACCOUNT = "risk"


class Kind(StrEnum):
    """How a question is answered: by the record itself, where a person says, or not, for a reason."""

    RECORD = "record"
    SAID = "said"
    NONE = "none"


@dataclass(frozen=True)
class Question:
    """A question of the framework; one `of_issues` is asked of each salient risk."""

    code: str
    asks: str
    of_issues: bool = False

    @property
    def supports(self) -> bool:
        """Whether it supports another; the twelve that do not are the threshold (A1, A2, B1-B4, C1-C6)."""
        return "." in self.code


def _issue(code: str, asks: str) -> Question:
    return Question(code, asks, of_issues=True)


QUESTIONS: tuple[Question, ...] = (
    Question("A1", "What do we say in public about our commitment to human rights?"),
    Question("A1.1", "How was the commitment developed?"),
    Question("A1.2", "Whose human rights does it address?"),
    Question("A1.3", "How is it made known?"),
    Question("A2", "How do we show that putting the commitment into practice matters to us?"),
    Question("A2.1", "Who is responsible for human rights day by day, and why them?"),
    Question("A2.2", "Which human rights issues do senior management and the board discuss, and why?"),
    Question("A2.3", "How do staff learn what respect for human rights means for their decisions?"),
    Question("A2.4", "How do partners learn what we expect of them?"),
    Question("A2.5", "What did we learn in this period, and what changed because of it?"),
    Question("B1", "Which human rights risks are salient?"),
    Question("B2", "How were they determined, and what did stakeholders contribute?"),
    Question("B3", "If the report looks at particular places: how were they chosen?"),
    Question("B4", "Which severe impacts lie outside the salient risks, and what was done about them?"),
    _issue("C1", "Which specific policies address it?"),
    _issue("C1.1", "How do those who carry the policies out learn why they matter?"),
    _issue("C2", "How do we engage with stakeholders about it?"),
    _issue("C2.1", "How do we decide with whom, when and how to engage?"),
    _issue("C2.2", "With whom did we engage in this period, and why?"),
    _issue("C2.3", "How did their views change what we understand or do?"),
    _issue("C3", "How do we notice that its nature changes over time?"),
    _issue("C3.1", "Which trends or patterns of impacts were there in this period?"),
    _issue("C3.2", "Which severe impacts occurred in this period?"),
    _issue("C4", "How do our findings about it enter decisions and actions?"),
    _issue("C4.1", "How do those whose decisions can affect it take part in solutions?"),
    _issue("C4.2", "How are tensions with other aims of the business dealt with?"),
    _issue("C4.3", "What was done in this period to prevent or mitigate it?"),
    _issue("C5", "How do we know whether what we do about it works?"),
    _issue("C5.1", "Which examples from this period show whether it is managed well?"),
    _issue("C6", "How do we enable remedy for people who are harmed?"),
    _issue("C6.1", "How can people complain or raise concerns about it?"),
    _issue("C6.2", "How do we know whether people feel able to raise concerns?"),
    _issue("C6.3", "How are complaints handled, and how well do outcomes work?"),
    _issue("C6.4", "Which trends were there in complaints and outcomes, and what did we learn?"),
    _issue("C6.5", "Which remedy was provided or enabled in this period?"),
)
BY_CODE: Mapping[str, Question] = {one.code: one for one in QUESTIONS}


def section_place(code: str) -> str:
    """Return how the place is called that a section is."""
    return f"section-{code}"


@dataclass(frozen=True)
class Place:
    """Where something is told: its anchor on the page of the report, or nothing for a page beside it; and its name."""

    anchor: str
    name: str


# Where a person may say that a question is answered; what stands below an address is public beside the report.
PLACES: Mapping[str, Place] = {
    RISK_ACCOUNT: Place("risk-{risk}", "The account of the risk"),
    "policies": Place("policies", "Our policies"),
    "about": Place("about", "About this report"),
    "figures": Place("figures", "In figures"),
    "risks": Place("risks", "Salient risks"),
    "reassessments": Place("reassessments", "Re-assessments"),
    "complaints": Place("complaints", "Complaints"),
    "partners": Place("partners", "Leaving and staying with partners"),
    **{section_place(one.code): Place(anchor_of(one.code, "{risk}"), one.title) for one in SECTIONS.values()},
    "page-risks": Place("", "Public page /risks/"),
    "page-policies": Place("", "Public page /policies/"),
    "page-consultations": Place("", "Public page /consultations/"),
    "page-business-model": Place("", "Public page /business-model/"),
    "page-partners": Place("", "Public page /partners/"),
    "page-complaints": Place("", "Public page /complaints/"),
    "page-raise": Place("", "Public page /raise/"),
}


OF_EACH_RISK = (RISK_ACCOUNT, section_place(WORDS))


@dataclass(frozen=True)
class Given:
    """What a person said of a question: the place that answers it, or why nothing does."""

    told_in: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """How one question is answered for the company (risk 0) or for one salient risk, by its number in the report."""

    question: Question
    risk: int
    kind: Kind | None
    place: Place | None = None
    reason: str = ""


def refusal(questions: Sequence[str], told_in: str, reason: str) -> str:
    """Return why what somebody says of questions cannot stand, as a sentence; nothing where it can.

    Args:
        questions: their codes.
        told_in: the code of the place that answers them, or nothing.
        reason: why they are not answered, instead of a place.
    """
    unknown = [code for code in questions if code not in BY_CODE]
    if unknown or not questions:
        return "Question: choose one of the framework."
    if bool(told_in) == bool(reason):
        return "Choose the place that answers it, or say why it is not answered; one of the two (UNGP 21(b))."
    if reason and len(reason) < LEAST_REASON:
        return f"Why not: say it in a sentence, at least {LEAST_REASON} characters."
    if told_in and told_in not in PLACES:
        return "Answered in: there is no such place."
    if told_in in OF_EACH_RISK and not all(BY_CODE[code].of_issues for code in questions):
        return "Answered in: what stands with a risk answers only what is asked of each risk (C1 to C6)."
    return ""


# What the record of one risk tells by itself: the list in its content that must not be empty.
_OF_A_RISK: Mapping[str, tuple[str, str]] = {
    "C2.2": ("consultations", "Consultations"),
    "C4.3": ("measures", "Measures"),
}


def from_record(question: Question, content: Mapping[str, Any], risk: int) -> Place | None:
    """Return where the record answers a question without anybody's words, or nothing.

    Args:
        question: one of the framework.
        content: the content of the report: its risks, and the policies in force.
        risk: the number of the salient risk, from 1; 0 for the company.
    """
    if not question.of_issues:
        return _of_company(question.code, content)
    told = content["risks"][risk - 1]
    if question.code in _OF_A_RISK:
        key, name = _OF_A_RISK[question.code]
        return Place(f"risk-{risk}-{key}", name) if told[key] else None
    if question.code == "C1" and any(one["rule"] for one in told["measures"]):
        return Place(f"risk-{risk}-measures", "Measures: rule relied on")
    if question.code == "C5" and any(one["finding"] for one in told["measures"]):
        return Place(f"risk-{risk}-reassessment", "Re-assessment and reasons")
    if question.code in {"C6.1", "C6.3"}:
        return PLACES["complaints"]
    return None


def _of_company(code: str, content: Mapping[str, Any]) -> Place | None:
    if code == "A1" and any(one["commitment"] for one in content["policies"]):
        return PLACES["policies"]
    if code == "B1" and content["risks"]:
        return PLACES["risks"]
    if code == "B2" and content["risks"]:
        return PLACES["about"]
    return None


def answers(content: Mapping[str, Any], given: Mapping[tuple[str, int], Given]) -> list[Answer]:
    """Return every question with its answer: what a person said of this risk, of all risks, or else the record.

    A reason that was given for all risks hides nothing that the record tells of one.

    Args:
        content: the content of the report; a section that was not written answers nothing.
        given: what people said, by question and risk; risk 0 of a question of issues is said of all of them.
    """
    found = []
    for question in QUESTIONS:
        for risk in range(1, len(content["risks"]) + 1) if question.of_issues else [0]:
            told = from_record(question, content, risk)
            said = given.get((question.code, risk)) or given.get((question.code, 0))
            if said and said.told_in and not _stands(said.told_in, content, risk):
                said = None
            if question.of_issues and told and (question.code, risk) not in given and said and said.reason:
                said = None
            found.append(_answer(question, risk, said, told))
    return found


def _stands(told_in: str, content: Mapping[str, Any], risk: int) -> bool:
    """Whether a place is in the report: a section that nobody wrote is not."""
    written = {(section_place(one["code"]), one["risk"]) for one in content.get("sections", [])}
    is_section = told_in in {section_place(code) for code in SECTIONS}
    return not is_section or bool({(told_in, 0), (told_in, risk)} & written)


def _answer(question: Question, risk: int, said: Given | None, told: Place | None) -> Answer:
    if said is None:
        return Answer(question, risk, Kind.RECORD if told else None, told)
    if said.reason:
        return Answer(question, risk, Kind.NONE, reason=said.reason)
    place = PLACES[said.told_in]
    return Answer(question, risk, Kind.SAID, Place(place.anchor.format(risk=risk), place.name))


def index(found: Sequence[Answer]) -> list[dict[str, Any]]:
    """Return the index as a report tells it: risks of which the same is said stand together."""
    told = []
    for question in QUESTIONS:
        grouped: dict[tuple[str, str, str], list[Answer]] = {}
        for one in found:
            if one.question == question and one.kind is not None:
                name = one.place.name if one.place else ""
                grouped.setdefault((str(one.kind), name, one.reason), []).append(one)
        told.append(
            {
                "code": question.code,
                "asks": question.asks,
                "of_issues": question.of_issues,
                "answers": [
                    {
                        "kind": kind,
                        "told_in": name,
                        "reason": reason,
                        "places": [
                            {"risk": one.risk, "anchor": one.place.anchor if one.place else ""}
                            for one in ones
                        ],
                    }
                    for (kind, name, reason), ones in grouped.items()
                ],
            }
        )
    return told


def open_risks(row: Mapping[str, Any], risks: int) -> list[int]:
    """Return of which risks a row of the index says nothing; 0 stands for the company.

    Args:
        row: one question with its answers, as `index` tells it.
        risks: how many salient risks the report has.
    """
    said = {place["risk"] for one in row["answers"] for place in one["places"]}
    asked = range(1, risks + 1) if row["of_issues"] else [0]
    return [risk for risk in asked if risk not in said]


def open_questions(content: Mapping[str, Any]) -> list[str]:
    """Return the questions that have neither place nor reason in a content, one phrase each, with the risks.

    Args:
        content: the content of a report with its index; a content without one answers nothing.
    """
    rows = {row["code"]: row for row in content.get("coverage", [])}
    titles = [risk["title"] for risk in content["risks"]]
    told = []
    for question in QUESTIONS:
        nothing = {"answers": [], "of_issues": question.of_issues}
        risks = open_risks(rows.get(question.code, nothing), len(titles))
        if not risks:
            continue
        named = "; ".join(f"“{titles[risk - 1]}”" for risk in risks if risk)
        whole = not question.of_issues or len(risks) == len(titles)
        told.append(question.code if whole else f"{question.code} ({named})")
    return told
