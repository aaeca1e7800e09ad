"""The statement of reasons that follows from a measure, and what is missing for one (DSA 17; domain.md 3.1, 8.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hrdd.governance.rules import canonical_hash
from risks.rules.countries import country_names
from risks.rules.ladder import LADDER
from risks.rules.statement_schema import END_DATES, ILLEGAL, INCOMPATIBLE, facts, problems

VISIBILITY: Mapping[str, str] = {
    "label": "LABELLED",
    "interstitial": "LABELLED",
    "reduce_reach": "DEMOTED",
    "interaction_limit": "INTERACTION_RESTRICTED",
    "age_gate": "AGE_RESTRICTED",
    "geoblock": "DISABLED",
    "remove_item": "REMOVED",
}
OTHER_DECISIONS: Mapping[str, tuple[str, str]] = {
    "feature_limit": ("decision_provision", "DECISION_PROVISION_PARTIAL_SUSPENSION"),
    "temp_suspension": ("decision_account", "DECISION_ACCOUNT_SUSPENDED"),
    "permanent_ban": ("decision_account", "DECISION_ACCOUNT_TERMINATED"),
    "service_termination": ("decision_provision", "DECISION_PROVISION_TOTAL_TERMINATION"),
    "country_withdrawal": ("decision_provision", "DECISION_PROVISION_TOTAL_TERMINATION"),
}
NO_STATEMENT = "DSA 17: no action restricts nobody, so there is no statement of reasons."
NOT_IN_FORCE = "A statement of reasons is issued once the measure is in force (DSA 17)."

NO_GROUND = (
    "The measure names no rule and no law that it rests on. Name the policy relied on first (DSA 17(3))."
)


@dataclass(frozen=True)
class MeasureTold:
    """What the record of a measure says of it."""

    kind: str
    in_force: bool
    starts_on: date
    ends_on: date | None
    territory: Sequence[str]
    rule: str
    legal_ground: str
    automated_detection: bool
    automated_decision: str
    appeal_until: date | None
    told_before: bool = False
    language: str = ""


@dataclass(frozen=True)
class Told:
    """What no measure holds and the person who issues the statement adds."""

    facts: str
    explanation: str
    category: str
    content_types: Sequence[str]
    content_type_other: str
    content_date: date | None
    source_type: str


def refusal(measure: MeasureTold) -> str:
    """Return why no statement is issued for a measure as it stands, or nothing where one may be."""
    if measure.kind == "no_action":
        return NO_STATEMENT
    if not (measure.in_force or measure.told_before):
        return NOT_IN_FORCE
    return "" if measure.rule or measure.legal_ground else NO_GROUND


def derive(measure: MeasureTold, told: Told, *, puid: str) -> dict[str, Any]:
    """Return the statement that follows from a measure, by the field names of the DSA Transparency Database.

    Args:
        measure: as it stands.
        told: what is added by hand.
        puid: random, and used for no other statement ever.
    """
    return {
        "puid": puid,
        **_decision(measure),
        **_ground(measure, told.explanation),
        "category": told.category,
        "content_type": list(told.content_types),
        "content_type_other": told.content_type_other or None,
        "content_language": measure.language or None,
        "content_date": told.content_date.isoformat() if told.content_date else None,
        "territorial_scope": places(measure.territory),
        "application_date": measure.starts_on.isoformat(),
        "decision_facts": told.facts,
        "source_type": told.source_type,
        "automated_detection": "Yes" if measure.automated_detection else "No",
        "automated_decision": f"AUTOMATED_DECISION_{measure.automated_decision}",
    }


def places(territory: Sequence[str]) -> list[str]:
    """Return the EU and EEA countries where a measure holds; all where it names none, for then it holds everywhere."""
    eea: list[str] = facts()["eea_member_states"]
    return [code for code in eea if code in territory] if territory else list(eea)


def missing(statement: Mapping[str, Any]) -> dict[str, str]:
    """Return what is missing or wrong, as a sentence by the name of its field.

    A measure outside the EU and EEA has no place to name: its statement is for the person, not for the database.
    """
    found = problems(statement, strict=True)
    found.pop("territorial_scope", None)
    return found


def in_plain_words(measure: MeasureTold, told: Told) -> str:
    """Return what the person affected is told: what, why, from when to when, and what they can do (DSA 17(3)).

    It never says whom it is about.
    """
    until = f"until {_day(measure.ends_on)}" if measure.ends_on else "with no end date"
    means = {
        "FULLY": "A machine took the decision.",
        "PARTIALLY": "A machine helped; a person took the decision.",
        "NOT_AUTOMATED": "A person took the decision.",
    }[measure.automated_decision]
    found = "found by automated means" if measure.automated_detection else "not found by automated means"
    countries = [country_names().get(code, code) for code in measure.territory]
    where = f"It applies in: {', '.join(countries)}." if countries else "It applies everywhere."
    complain = (
        f" until {_day(measure.appeal_until)}" if measure.appeal_until else ", for six months from the notice"
    )
    return "\n\n".join(
        [
            f"What we decided: {LADDER[measure.kind].label.lower()}, from {_day(measure.starts_on)}, {until}. {where}",
            f"What happened: {told.facts}",
            f"The rule: {measure.rule or measure.legal_ground}. {told.explanation}",
            f"How: it was {found}. {means}",
            f"What you can do: you can complain to us free of charge{complain}, and a person will look at it. You can "
            "also turn to a certified body that settles disputes out of court, or to a court.",
        ]
    )


def digest(content: Mapping[str, Any], text: str) -> str:
    """Return the SHA-256 of a statement, over its fields and its plain words (RFC 8785)."""
    return canonical_hash({"content": dict(content), "text": text})


def _decision(measure: MeasureTold) -> dict[str, Any]:
    name: str
    value: str | list[str]
    if said := VISIBILITY.get(measure.kind):
        name, value = "decision_visibility", [f"DECISION_VISIBILITY_CONTENT_{said}"]
    elif measure.kind == "demonetise":
        kind = "SUSPENSION" if measure.ends_on else "TERMINATION"
        name, value = "decision_monetary", f"DECISION_MONETARY_{kind}"
    elif measure.kind in OTHER_DECISIONS:
        name, value = OTHER_DECISIONS[measure.kind]
    else:
        return {}
    return {name: value, END_DATES[name]: measure.ends_on.isoformat() if measure.ends_on else None}


def _ground(measure: MeasureTold, explanation: str) -> dict[str, Any]:
    """Rest on the law only where no rule of ours is named: a breach of terms does not say the content is illegal."""
    if measure.legal_ground and not measure.rule:
        return {
            "decision_ground": ILLEGAL,
            "illegal_content_legal_ground": measure.legal_ground,
            "illegal_content_explanation": explanation,
        }
    return {
        "decision_ground": INCOMPATIBLE,
        "incompatible_content_ground": measure.rule,
        "incompatible_content_explanation": explanation,
    }


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
