"""People, a severe risk and proposals of measures, for the tests of their life."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import Role
from risks.actions.measure_proposals import Proposal, decide
from risks.models import Measure, Risk
from risks.rules.three_part_test import GivenTest
from tests.three_part import WHY, passing

NOW = datetime.now(tz=UTC)
TODAY = NOW.date()
LATER = TODAY + timedelta(days=30)
REASONS = "It protects the same people with less than every other rung that was weighed."
ROLES = {
    "ana": Role.ANALYST,
    "amy": Role.ANALYST,
    "dan": Role.DECIDER,
    "dee": Role.DECIDER,
    "eve": Role.SENIOR,
    "rita": Role.REVIEWER,
    "audrey": Role.AUDITOR,
    "paul": Role.PARTNER_MGR,
}


def people() -> dict[str, User]:
    return {
        name: User.objects.create_user(name, "x", display_name=name.capitalize(), roles=[role])
        for name, role in ROLES.items()
    }


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def a_risk(**given: Any) -> Risk:
    known = {"title": "A risk", "summary": "What may happen.", "opened_on": TODAY, "level": 4, "tier": 2}
    return Risk.objects.create(**known | given)


def a_proposal(kind: str = "geoblock", test: GivenTest | None = None, **given: Any) -> Proposal:
    known: dict[str, Any] = {
        "target": "A page that calls for violence",
        "target_type": "item",
        "territory": ["KE"],
        "rule_relied_on": "Rule 3",
        "ends_on": LATER,
    }
    return Proposal(kind=kind, test=test or passing(kind), **known | given)


def asked(measure: Measure) -> SignOff:
    return SignOff.objects.get(subject_kind="measure", subject_id=measure.pk, decided_at__isnull=True)


def decided(measure: Measure, by: User, *, approve: bool = True, at: datetime = NOW) -> Measure:
    one = asked(measure)
    return decide(one, by=by, at=at, approve=approve, reasons=REASONS, seen_hash=one.content_hash)


def as_form(kind: str = "geoblock", **changed: Any) -> dict[str, Any]:
    """Return a proposal that passes, as the page sends it."""
    test = passing(kind)
    sent: dict[str, Any] = {
        "target": "A page that calls for violence",
        "target_type": "item",
        "territory": ["KE"],
        "rule_relied_on": "Rule 3",
        "ends_on": LATER.isoformat(),
        "unit_of_review": "single",
        "automated_decision": "NOT_AUTOMATED",
        "aims": list(test.aims),
        "rights_burdened": list(test.rights_burdened),
    }
    for code in test.answers:
        sent |= {code: "yes", f"{code}_text": WHY}
    for one in test.alternatives:
        sent |= {f"not_{one.kind}": one.because}
    return sent | changed
