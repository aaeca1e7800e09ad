"""The columns of a file of risks, and how one row is read (domain.md 1.1; R1)."""

from collections.abc import Mapping
from enum import StrEnum
from functools import partial

from risks.rules import table_import
from risks.rules.recording import (
    LONGEST_TITLE,
    Facts,
    Problem,
    country_codes,
    listed,
)
from risks.rules.table_import import MARK, read_day, read_switches, says_yes
from risks.rules.words import Activity, ContextTag, Driver, Source, Vulnerability


def _any_of(words: type[StrEnum]) -> str:
    return f"any of {', '.join(words)}; separated by ;"


LEVEL = "1 to 5 or unknown. Leave all columns of the assessment empty to assess later."
FACTS: Mapping[str, str] = {
    "title": f"Who could be harmed by what, at most {LONGEST_TITLE} characters. Needed.",
    "summary": "What could happen. Needed. No name, number, address or account of a person.",
    "rights": "Codes of the catalogue of rights, separated by ; such as EXPRESSION; PRIVACY. Needed.",
    "affected_groups": "Groups of people in words, separated by ; Needed.",
    "vulnerabilities": _any_of(Vulnerability),
    "why_vulnerable": "Why they are vulnerable here. Needed with vulnerabilities.",
    "countries": "ISO 3166-1 codes of two letters, separated by ; or GLOBAL",
    "products": "Names of products, separated by ; new ones are recorded",
    "activity": f"One of {', '.join(Activity)}",
    "source": f"One of {', '.join(Source)}",
    "drivers": _any_of(Driver),
    "context_tags": _any_of(ContextTag),
    "context_until": "The day until which the context lasts, as year-month-day",
    "threat_to_life": "yes or no",
    "gross_abuse": "yes or no; a gross abuse is treated as a matter of legal compliance (UNGP 23)",
    "owner": "The user name of whoever looks after it",
}
ASSESSMENT: Mapping[str, str] = {
    "scale": f"How grave: {LEVEL}",
    "scale_rationale": "Why this scale",
    "scope": f"How many: {LEVEL}",
    "scope_people": "How many people, a whole number; with it, scope must be what the number reads as",
    "scope_group_share": "Share of a defined group, in percent",
    "scope_group_size": "How many people that group has, 10 or more",
    "scope_rationale": "Why this scope",
    "irremediability": f"How hard to put right: {LEVEL}",
    "irremediability_rationale": "Why this irremediability",
    "state_of_harm": "One of potential, actual_unremedied, actual_remedied",
    "likelihood": "1 to 5 or unknown for a potential harm; empty for what has happened",
    "delay_makes_irremediable": "yes or no",
    "heightened_vulnerability": "yes or no",
    "consulted": "Who was consulted, or why nobody could be (UNGP 18)",
    "evidence_title": "What the judgement rests on (UNGP 18). Needed with an assessment.",
    "evidence_kind": "One of document, data, internal_research, expert_opinion, media, decision, test_result",
    "evidence_says": "What it shows, in words that identify nobody. Needed with an assessment.",
    "evidence_reference": "Where it is kept",
    "evidence_disclosure": "One of public, internal, restricted",
}
COLUMNS: Mapping[str, str] = {**FACTS, **ASSESSMENT}
NEEDED = ("title", "summary", "rights", "affected_groups")
DERIVED = frozenset(
    {
        "id",
        "status",
        "level",
        "band",
        "tier",
        "salient",
        "assessed_on",
        "next_review",
        "tie",
        "rank",
        "effective",
    }
)
SWITCHES = ("threat_to_life", "gross_abuse", "delay_makes_irremediable", "heightened_vulnerability")
EXAMPLE: Mapping[str, str] = dict.fromkeys(COLUMNS, "") | {
    "title": f"{MARK} Reporters identified through data requests",
    "summary": "Authorities ask for account data without a court order, and people who report are detained.",
    "rights": "EXPRESSION; PRIVACY",
    "affected_groups": "people who report on the conflict; their families",
    "vulnerabilities": "defenders_journalists",
    "why_vulnerable": "Reporting is prosecuted under the emergency law.",
    "countries": "ET; KE",
    "products": "Messaging",
    "activity": "data_disclosure",
    "source": "consultation",
    "context_tags": "emergency_law",
    "context_until": "2027-06-30",
    "threat_to_life": "yes",
    "gross_abuse": "no",
    "scale": "4",
    "scale_rationale": "Detention without charge was reported.",
    "scope": "unknown",
    "scope_rationale": "Nobody has counted the requests yet.",
    "irremediability": "4",
    "irremediability_rationale": "Months in detention are not given back.",
    "state_of_harm": "potential",
    "likelihood": "unknown",
    "delay_makes_irremediable": "no",
    "heightened_vulnerability": "yes",
    "consulted": "Two associations of reporters, in remote meetings.",
    "evidence_title": "Letter of the two associations",
    "evidence_kind": "document",
    "evidence_says": "Eleven of their members were detained after account data was handed over.",
    "evidence_disclosure": "internal",
}


read_header = partial(table_import.read_header, columns=COLUMNS, derived=DERIVED, needed=NEEDED)
read_row = partial(table_import.read_row, columns=COLUMNS)


def read_facts(given: Mapping[str, str]) -> tuple[Facts, list[Problem]]:
    """Return the facts of a row, and what of it cannot be read; the rules of recording judge the rest."""
    wrong = read_switches(given, SWITCHES)
    until, problem = read_day(given, "context_until")
    some = {
        name: listed(given.get(name, ""))
        for name in ("affected_groups", "vulnerabilities", "products", "drivers", "context_tags")
    }
    facts = Facts(
        title=" ".join(given.get("title", "").split()),
        summary=given.get("summary", ""),
        rights=tuple(code.upper() for code in listed(given.get("rights", ""))),
        why_vulnerable=given.get("why_vulnerable", ""),
        countries=country_codes(listed(given.get("countries", ""))),
        activity=given.get("activity", ""),
        source=given.get("source", ""),
        context_until=until,
        threat_to_life=says_yes(given, "threat_to_life"),
        gross_abuse=says_yes(given, "gross_abuse"),
        **some,  # type: ignore[arg-type]
    )
    if facts.title.startswith(MARK):
        wrong.append(Problem("title", "title: this is the example of the template. Delete the row."))
    return facts, [*wrong, *problem]


def is_assessed(given: Mapping[str, str]) -> bool:
    """Whether a row says anything of how severe the risk is; then it is judged, and must say all of it."""
    return any(given.get(name) for name in ASSESSMENT)
