"""Statements of reasons in the record, as if they had been issued, for the tests of what becomes of them."""

import uuid
from typing import Any

from hrdd.governance.models import User
from risks.models import Measure, StatementOfReasons
from tests.risks.measure_stage import LATER, NOW, TODAY, a_risk
from transparency.rules.dsa import digest


def stored(by: User, **changed: Any) -> StatementOfReasons:
    """Return a statement in the record, with other fields than usual where they are given."""
    at = changed.pop("issued_at", NOW)
    supersedes = changed.pop("supersedes", None)
    measure = supersedes.measure if supersedes else a_measure(**changed.pop("measure", {}))
    puid = uuid.uuid4()
    content = {
        "puid": str(puid),
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "end_date_visibility_restriction": None,
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": "Rule 3",
        "incompatible_content_explanation": "The rule forbids calls to violence.",
        "category": "STATEMENT_CATEGORY_VIOLENCE",
        "content_type": ["CONTENT_TYPE_TEXT"],
        "content_date": "2026-01-17",
        "territorial_scope": ["DE", "FR"],
        "application_date": "2026-03-01",
        "decision_facts": "A post called on readers to come armed.",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        **changed,
    }
    text = f"What happened: {content['decision_facts']} {content['incompatible_content_explanation']}"
    return StatementOfReasons.objects.create(
        measure=measure,
        puid=puid,
        content=content,
        text=text,
        ground=content["decision_ground"],
        category=content["category"],
        sha256=digest(content, text),
        supersedes=supersedes,
        correction_reasons="It named the wrong rule." if supersedes else "",
        issued_by=by,
        issued_at=at,
    )


def a_measure(*, published: bool = True, **given: Any) -> Measure:
    known: dict[str, Any] = {
        "kind": "remove_item",
        "intrusion": 3,
        "target": "Amara Osei",
        "target_type": "account",
        "rule_relied_on": "Rule 3",
        "state": "active",
        "starts_on": TODAY,
        "ends_on": LATER,
        "level_then": 4,
        "reviewed_on": TODAY,
        "justified_on": TODAY,
    }
    return Measure.objects.create(risk=a_risk(published=published), **known | given)
