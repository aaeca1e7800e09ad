"""What the tests of the policy register share: people, a version on its way, and a measure that relies on it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client

from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import Role
from risks.actions import policies as actions
from risks.actions.proportionality import assess_chunk, finish_cycle, plan_cycle
from risks.models import Cycle, Measure, Policy, PolicyVersion, Risk
from risks.rules.policy import Clause

NOW = datetime.now(tz=UTC)  # pages read the clock themselves
TODAY = NOW.date()
WHY = "Two groups of users asked for it, and reviewers could not tell the two cases apart before."
ADOPTED = "Adopted by the board of the company before this register was kept."
CLAUSES = (
    Clause("1", "Threats", "Do not threaten people."),
    Clause("2", "What we do", "We take the **least** that works."),
)


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


def drafted(
    by: User, *, slug: str = "content-rules", kind: str = "content_rules", language: str = "en", **given: Any
) -> PolicyVersion:
    """Return the finished draft of a policy's first version."""
    version = actions.record_policy(
        title="Rules on content", slug=slug, kind=kind, language=language, owner=by, by=by, at=NOW
    )
    return written(version, by, **given)


def next_draft(
    policy: Policy, by: User, *, language: str = "en", translation: bool = False, **given: Any
) -> PolicyVersion:
    """Return the finished draft of the next version, or of a translation."""
    version = actions.draft_version(policy, language=language, translation=translation, by=by, at=NOW)
    return written(version, by, **given)


def written(version: PolicyVersion, by: User, **given: Any) -> PolicyVersion:
    whole: dict[str, Any] = {
        "title": "Rules on content",
        "clauses": CLAUSES,
        "what_changed": WHY,
        "consulted": WHY,
        "consultations": [],
        "experts": WHY,
        "in_force_from": None,
        "next_review": TODAY + timedelta(days=300),
        "adopted_before": "",
        "seen_hash": actions.content_hash(version),
    }
    actions.edit_version(version, by=by, at=NOW, **(whole | given))
    version.refresh_from_db()
    return version


def asked(version: PolicyVersion) -> SignOff:
    return SignOff.objects.get(subject_kind="policy", subject_id=version.pk, decided_at__isnull=True)


def sign(version: PolicyVersion, by: User, *, at: datetime = NOW, **given: Any) -> PolicyVersion:
    waiting = asked(version)
    decided: dict[str, Any] = {"approve": True, "reasons": "", "seen_hash": waiting.content_hash}
    actions.decide(waiting, by=by, at=at, **(decided | given))
    version.refresh_from_db()
    return version


def approved(version: PolicyVersion, by: User, approver: User) -> PolicyVersion:
    actions.submit(version, by=by, at=NOW)
    return sign(version, approver)


def in_force(by: User, approver: User, *, days: int = -100, **given: Any) -> PolicyVersion:
    """Return a first version that has been in force for some days, as the company had adopted it."""
    begun = {"in_force_from": TODAY + timedelta(days=days), "adopted_before": ADOPTED}
    return approved(drafted(by, **(begun | given)), by, approver)


def measure(*, relies_on: PolicyVersion | None = None, clause: str = "1", **given: Any) -> Measure:
    """Return a measure in force that was reviewed today, so that nothing but a signal asks for a review."""
    risk = Risk.objects.create(
        title="Threats against reporters", summary="x", opened_on=date(2026, 1, 1), level=3, published=True
    )
    whole: dict[str, Any] = {
        "risk": risk,
        "kind": "remove_item",
        "intrusion": 3,
        "target": "a post",
        "starts_on": TODAY - timedelta(days=20),
        "starts_said": "",
        "level_then": 3,
        "reviewed_on": TODAY,
        "justified_on": TODAY,
        "policy_version": relies_on,
        "policy_clause": clause if relies_on else "",
    }
    return Measure.objects.create(**(whole | given))


def cycle_of(day: date = TODAY) -> Cycle:
    """Run the re-assessment of a day."""
    cycle = plan_cycle(as_of=day, at=NOW)
    for chunk in cycle.chunks.all():
        assess_chunk(chunk.pk, at=NOW)
    assert finish_cycle(cycle, at=NOW)
    return cycle


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
