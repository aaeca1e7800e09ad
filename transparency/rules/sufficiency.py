"""Whether a report suffices, criterion by criterion, by a person who looked at the frozen content (UNGP 21).

The record gives hints; it never answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hrdd.governance.rules import Permission

LEAST_REASON = 20
LATE_AFTER = timedelta(days=61)
SAFE = "safe"


@dataclass(frozen=True)
class Criterion:
    """What a report must be, where it is written, and who answers."""

    code: str
    asks: str
    provision: str
    permission: Permission = Permission.DRAFT_REPORT


CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "form",
        "Do form and frequency fit the impacts: how grave they are and how fast they change?",
        "UNGP 21(a)",
    ),
    Criterion("accessible", "Can those who may be affected find, read and understand it?", "UNGP 21(a)"),
    Criterion(
        "adequate",
        "Does it tell enough to judge whether the response to each risk is adequate?",
        "UNGP 21(b)",
    ),
    Criterion(
        SAFE,
        "Does it put nobody at risk: affected people, staff, sources, or a legitimate confidence?",
        "UNGP 21(c)",
        Permission.CLEAR_REPORT,
    ),
)
BY_CODE: Mapping[str, Criterion] = {one.code: one for one in CRITERIA}


def unmet(judged: Mapping[str, bool]) -> list[str]:
    """Return what keeps a content from being published, one sentence a criterion; empty when it suffices.

    Args:
        judged: by criterion, what was last judged of this very content; silence is no yes.
    """
    told = []
    for one in CRITERIA:
        if one.code not in judged:
            told.append(f"{one.provision}: nobody judged yet. {one.asks}")
        elif not judged[one.code]:
            told.append(f"{one.provision}: it was judged not to suffice. {one.asks}")
    return told


def hints(content: Mapping[str, Any], *, today: date, languages: Sequence[str]) -> dict[str, list[str]]:
    """Return what the record gives to think about, by criterion; a hint decides nothing.

    Args:
        content: the frozen content.
        today: the day on which somebody looks.
        languages: the languages, as people call them, in which people complained or read, and the report is not.
    """
    end = date.fromisoformat(content["period"]["to"])
    found: dict[str, list[str]] = {one.code: [] for one in CRITERIA}
    if today - end > LATE_AFTER:
        found["form"].append(
            f"The period ended {(today - end).days} days ago; figures are due within two months "
            "(Regulation (EU) 2024/2835)."
        )
    severe = [risk for risk in content["risks"] if risk["severity"]["level"] >= 4]
    span = (end - date.fromisoformat(content["period"]["from"])).days + 1
    if severe and span > 184:
        found["form"].append(
            f"{len(severe)} of the risks are severe or critical, and the report covers {span} days. "
            "Figures are told each half-year (method 16)."
        )
    if languages:
        found["accessible"].append(
            f"The report is in English only; the complaint pages also speak {', '.join(languages)}."
        )
    found["adequate"] = [*_of_risks(severe), *_of_index(content)]
    found[SAFE] = _of_safety(content)
    return found


def _of_risks(severe: Sequence[Mapping[str, Any]]) -> list[str]:
    without = [risk["title"] for risk in severe if not risk["measures"]]
    unheard = [risk["title"] for risk in severe if not risk["consultations"]]
    told = []
    if without:
        told.append(f"No response is told for {_listed(without)}, severe or critical.")
    if unheard:
        told.append(f"No consultation is told for {_listed(unheard)}, severe or critical.")
    return told


def _of_index(content: Mapping[str, Any]) -> list[str]:
    without = [
        one["code"]
        for one in content.get("coverage", [])
        if one["answers"] and all(said["kind"] == "none" for said in one["answers"])
    ]
    every = len(content.get("coverage", []))
    return [
        f"{len(without)} of {every} questions of the framework are not answered: {', '.join(without)}."
    ] * bool(without)


def _of_safety(content: Mapping[str, Any]) -> list[str]:
    told = []
    many = sum(one["count"] for one in content.get("redactions", []))
    if many:
        told.append(
            f"{many} passages are redacted. Read what stands around them: it must not give them away."
        )
    if content.get("sections"):
        told.append(
            "People wrote parts of it in their own words. Read each of them for what may identify a person."
        )
    return told


def _listed(titles: Sequence[str]) -> str:
    shown = "; ".join(f"“{one}”" for one in titles[:3])
    return f"{shown} and {len(titles) - 3} more" if len(titles) > 3 else shown
