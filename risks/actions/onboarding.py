"""The gate before a relationship starts: asked, reviewed, decided by somebody else (UNGP 19; domain.md 5.3)."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from hrdd.governance.actions import move
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, canonical_hash, demand_reasons
from risks.actions.partners import log_of_relationship
from risks.actions.screening import refuse_identifying
from risks.models import Onboarding, OnboardingFinding, Relationship
from risks.rules.countries import country_names
from risks.rules.onboarding import (
    DECISIONS,
    ONBOARDING_STEPS,
    OPEN,
    GateFacts,
    decision_refusals,
)

LABELS = {"use_case": "Use case", "end_users": "End users", "red_flags": "Red flags"}


@transaction.atomic
def ask_onboarding(
    relationship: Relationship,
    *,
    use_case: str,
    end_users: str,
    country: str,
    red_flags: str,
    by: User,
    at: datetime,
) -> Onboarding:
    """Ask for the onboarding of a relationship that is to begin, or that began without.

    Args:
        relationship: read again under a lock; one that has not ended.
        use_case: what the partner will use it for.
        end_users: who will use it in the end, and on whom.
        country: where.
        red_flags: what speaks against it, or where was looked and nothing found.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a part that is missing, an open onboarding, or a relationship that ended.
    """
    by.demand(Permission.LOG_LEVERAGE)
    texts = {"use_case": use_case.strip(), "end_users": end_users.strip(), "red_flags": red_flags.strip()}
    for name, said in texts.items():
        if not said:
            raise NotAllowed(f"{LABELS[name]}: method 7a asks for it before a relationship starts.")
    if country not in country_names():
        raise NotAllowed("Country: say where the end users are; choose one from the list.")
    refuse_identifying({LABELS[name]: said for name, said in texts.items()})
    held = Relationship.objects.select_for_update(of=("self",)).get(pk=relationship.pk)
    if held.status == Relationship.Status.ENDED:
        raise NotAllowed("This relationship has ended. Record the new one, and open its gate.")
    try:
        with transaction.atomic():
            asked = Onboarding.objects.create(
                relationship=held, **texts, country=country, asked_by=by, asked_at=at
            )
    except IntegrityError:
        raise NotAllowed("An onboarding of this relationship is open already. Go on with that one.") from None
    _log(asked, "asked for onboarding", by=by, at=at)
    return asked


@transaction.atomic
def begin_review(onboarding: Onboarding, *, by: User, at: datetime) -> None:
    """Begin the review of what was asked.

    Raises:
        NotAllowed: the role, or it was begun before.
    """
    move(onboarding, ONBOARDING_STEPS["review"], by=by, at=at, called=_called(onboarding), field="status")


@transaction.atomic
def record_finding(
    onboarding: Onboarding, *, says: str, level: int, by: User, at: datetime
) -> OnboardingFinding:
    """Record what the review found, at the severity that it could have for people (domain.md 2.2).

    Args:
        onboarding: one that is open.
        says: what was found.
        level: 1 to 5; a finding of 5 shuts the gate until it is closed.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, no text, a level that is none, or it was decided on.
    """
    by.demand(Permission.ASSESS_RISK)
    if not says.strip():
        raise NotAllowed("Finding: say what was found, and what it could mean for people.")
    if level not in range(1, 6):
        raise NotAllowed("Severity: choose a level from 1 to 5.")
    refuse_identifying({"Finding": says})
    held = _open(onboarding)
    found = OnboardingFinding.objects.create(
        onboarding=held, says=says.strip(), level=level, found_by=by, found_at=at
    )
    _log(held, "recorded onboarding finding", by=by, at=at, finding=found.pk, level=level)
    return found


@transaction.atomic
def close_finding(finding: OnboardingFinding, *, what_changed: str, by: User, at: datetime) -> None:
    """Close a finding with what changed; whoever does that does not decide on the gate (SD1).

    Args:
        finding: an open one.
        what_changed: in at least 50 characters.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, too short, it was closed before, or the onboarding was decided on.
    """
    by.demand(Permission.ASSESS_RISK)
    said = demand_reasons(what_changed, about="What changed")
    held = _open(finding.onboarding)
    open_ones = held.findings.filter(pk=finding.pk, closed_at__isnull=True)
    if not open_ones.update(closed_by=by, closed_at=at, what_changed=said):
        raise NotAllowed("This finding was closed already.")
    _log(held, "closed onboarding finding", by=by, at=at, finding=finding.pk, level=finding.level)


@transaction.atomic
def decide(
    onboarding: Onboarding,
    *,
    decision: str,
    reasons: str,
    conditions: str,
    seen_hash: str,
    by: User,
    at: datetime,
) -> Onboarding:
    """Approve, approve with conditions, or refuse: by somebody who neither asked nor closed a finding (SD1, SD4).

    Args:
        onboarding: read again under a lock.
        decision: approve, conditions or refuse.
        reasons: why, in at least 50 characters.
        conditions: what the partner must do, with an approval under conditions.
        seen_hash: the SHA-256 of what was on the page they decided from.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, who asked, an open finding of severity 5, changed content, short reasons, or the status.
    """
    by.demand(Permission.DECIDE_ONBOARDING)
    if decision not in DECISIONS:
        raise NotAllowed("Decision: approve, approve with conditions, or refuse.")
    said = demand_reasons(reasons)
    held = Onboarding.objects.select_for_update(of=("self",)).get(pk=onboarding.pk)
    for refusal in decision_refusals(
        decision, gate_facts(held, by), as_one=by.as_one(), conditions=conditions
    ):
        raise NotAllowed(refusal)
    if seen_hash != content_hash(held):
        raise NotAllowed("What was found changed since you opened it. Read it again, then decide.")
    move(
        held,
        ONBOARDING_STEPS[decision],
        by=by,
        at=at,
        called=_called(held),
        field="status",
        detail={"onboarding": held.pk, "decision": decision},
        decided_by=by,
        decided_at=at,
        reasons=said,
        conditions=conditions.strip() if decision == "conditions" else "",
    )
    return held


def gate_facts(onboarding: Onboarding, by: User) -> GateFacts:
    """Return what a decision of somebody on the gate depends on."""
    findings = list(onboarding.findings.select_related("closed_by"))
    authors = {onboarding.asked_by.username} | {one.closed_by.username for one in findings if one.closed_by}
    return GateFacts(
        open_levels=tuple(one.level for one in findings if one.closed_at is None),
        authors=frozenset(authors),
        earns_by_it=onboarding.relationship.revenue_owners.filter(username__in=by.as_one()).exists(),
    )


def content_hash(onboarding: Onboarding) -> str:
    """Return the SHA-256 of what was asked and found; a decision is bound to it."""
    content: dict[str, Any] = {
        "onboarding": onboarding.pk,
        "use_case": onboarding.use_case,
        "end_users": onboarding.end_users,
        "country": onboarding.country,
        "red_flags": onboarding.red_flags,
        "findings": [
            [one.pk, one.level, one.says, one.what_changed] for one in onboarding.findings.order_by("pk")
        ],
    }
    return canonical_hash(content)


def _open(onboarding: Onboarding) -> Onboarding:
    held = Onboarding.objects.select_for_update(of=("self",)).get(pk=onboarding.pk)
    if held.status not in OPEN:
        raise NotAllowed("This onboarding was decided on; its findings stay as they were. Ask for another.")
    return held


def _called(onboarding: Onboarding) -> str:
    return f"relationship {onboarding.relationship_id}"


def _log(onboarding: Onboarding, action: str, *, by: User, at: datetime, **detail: int) -> None:
    log_of_relationship(
        onboarding.relationship_id, action, by=by, at=at, detail={"onboarding": onboarding.pk, **detail}
    )
