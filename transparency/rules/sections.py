"""The sections of a report that people write (domain.md 8.1): what each is for, and which questions it may answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

WORDS = "words"
LONGEST_TEXT = 20_000


class SectionState(StrEnum):
    """How far a section is."""

    EMPTY = "empty"
    DRAFT = "draft"
    READY = "ready"


STATE_WORDS: Mapping[str, str] = {
    SectionState.EMPTY: "Nothing written",
    SectionState.DRAFT: "In work",
    SectionState.READY: "Ready",
}


@dataclass(frozen=True)
class SectionKind:
    """A section: its code, its heading, what to write, and the questions of the framework that it may answer."""

    code: str
    title: str
    help: str
    questions: tuple[str, ...]


SECTIONS: tuple[SectionKind, ...] = (
    SectionKind(
        "commitment",
        "Our commitment",
        "How the policy commitment was made, whose rights it speaks of, and how it is made known.",
        ("A1", "A1.1", "A1.2", "A1.3"),
    ),
    SectionKind(
        "embedding",
        "Who is responsible",
        "Who answers for human rights day by day, what leadership discusses, what staff and partners learn.",
        ("A2", "A2.1", "A2.2", "A2.3", "A2.4"),
    ),
    SectionKind(
        "determination",
        "How the salient risks were determined",
        "Who took part, what stakeholders contributed, and why these places.",
        ("B2", "B3"),
    ),
    SectionKind(
        "elsewhere",
        "Severe impacts outside the salient risks",
        "What happened, and how it was handled.",
        ("B4",),
    ),
    SectionKind(
        "engagement",
        "How we engage with people",
        "With whom, when and how, and what changed because of it.",
        ("C2", "C2.1", "C2.2", "C2.3"),
    ),
    SectionKind(
        "tensions",
        "Decisions and tensions",
        "Which options were weighed, and where another aim of the business stood against rights.",
        ("C1", "C1.1", "C4", "C4.1", "C4.2", "C4.3"),
    ),
    SectionKind(
        "effectiveness",
        "Whether it works",
        "Trends, severe impacts and examples that let a reader judge whether the response is enough.",
        ("C3", "C3.1", "C3.2", "C5", "C5.1"),
    ),
    SectionKind(
        "remedy",
        "Complaints and remedy",
        "Whether people dare to complain, what was learned, and which remedy was given.",
        ("C6", "C6.1", "C6.2", "C6.3", "C6.4", "C6.5"),
    ),
    SectionKind(
        "moderation",
        "How content is moderated",
        "Tools, training and support of moderators; automated means and their safeguards (DSA 15(1)(c), (e)).",
        (),
    ),
    SectionKind(
        "lessons",
        "Errors, corrections and lessons",
        "What we got wrong, what was corrected, and what changed.",
        ("A2.5",),
    ),
)
OF_A_RISK = SectionKind(
    WORDS,
    "In our words",
    "What the record alone does not tell of this risk: context, trends, tensions, examples.",
    (
        *("C1.1", "C2", "C2.1", "C2.3", "C3", "C3.1", "C3.2", "C4", "C4.1", "C4.2"),
        *("C5", "C5.1", "C6", "C6.2", "C6.4", "C6.5"),
    ),
)
BY_CODE: Mapping[str, SectionKind] = {one.code: one for one in (*SECTIONS, OF_A_RISK)}
# The salient risks stand between these two groups on the page.
BEFORE_THE_RISKS = ("commitment", "embedding", "determination", "elsewhere")


def anchor_of(code: str, risk: int | str) -> str:
    """Return where a section stands on the page; `risk` is the number of the salient risk that it is about, or 0."""
    return f"risk-{risk}-words" if code == WORDS else f"section-{code}"


def slug_of(code: str, risk: int | None) -> str:
    """Return how the address of a section calls it; `risk` is the key of the risk that it is about."""
    return f"{code}-{risk}" if risk else code


def where_of(code: str) -> str:
    """Return where a section stands on the page: before the salient risks, with its risk, or after them."""
    if code == WORDS:
        return "risk"
    return "before" if code in BEFORE_THE_RISKS else "after"


@dataclass(frozen=True)
class Standing:
    """How one section stands: whose it is, how far, and how many comments on it are open."""

    title: str
    owner: str
    state: str
    comments: int


@dataclass(frozen=True)
class Debt:
    """What somebody still owes to a report; nobody's debts are the publisher's."""

    who: str
    title: str
    what: str


def debts(sections: Iterable[Standing]) -> list[Debt]:
    """Return what is still to be done on the sections of a draft, by whom; empty when nothing is.

    A section that nobody owns and nobody began owes nothing: it does not stand in the report.
    """
    found = []
    for one in sections:
        if one.state == SectionState.DRAFT:
            found.append(Debt(one.owner, one.title, "mark it as ready"))
        elif one.state == SectionState.EMPTY and one.owner:
            found.append(Debt(one.owner, one.title, "write it, or let the publisher take it back"))
        if one.comments:
            many = "1 comment" if one.comments == 1 else f"{one.comments} comments"
            found.append(Debt(one.owner, one.title, f"resolve {many}"))
    return found


def told_debts(owed: Iterable[Debt]) -> str:
    """Return debts as the sentence with which a freeze is refused; empty where there is none."""
    said = [f"{one.title} ({one.who or 'the publisher'}: {one.what})" for one in owed]
    return f"Sections are not done (UNGP 21(b)): {'; '.join(said)}." if said else ""
