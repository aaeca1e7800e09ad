"""What a partner agreed to: versions of our policies and outside codes, each from a day to a day (domain.md 5, 5.1)."""

from datetime import date, datetime, timedelta

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.actions.partners import log_of_relationship
from risks.models import AgreedTerms, PolicyVersion, Relationship


@transaction.atomic
def agree_terms(
    relationship: Relationship,
    *,
    policy_version: PolicyVersion | None,
    code_name: str,
    code_version: str,
    agreed_from: date,
    agreed_until: date | None,
    source: str,
    by: User,
    at: datetime,
) -> AgreedTerms:
    """Record what a partner agreed to; an earlier version of the same policy ends the day before.

    Args:
        relationship: with whom.
        policy_version: a version of one of our policies that is or was in force; or
        code_name, code_version: an outside code.
        agreed_from, agreed_until: from which day, and until which where that is known.
        source: where it is written down.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, both or neither, a version that never stood, or days that cannot be.
    """
    by.demand(Permission.LOG_LEVERAGE)
    code_name, code_version = code_name.strip(), code_version.strip()
    _check(policy_version, code_name, code_version)
    if agreed_from > at.date():
        raise NotAllowed("Agreed from: this day is still to come. Record it once it is agreed.")
    if agreed_until and agreed_until < agreed_from:
        raise NotAllowed("Agreed until: the terms end before they begin.")
    Relationship.objects.select_for_update(of=("self",)).get(pk=relationship.pk)
    if policy_version is not None and agreed_until is None:
        _end_earlier(relationship, policy_version, agreed_from, by=by)
    terms = AgreedTerms.objects.create(
        relationship=relationship,
        policy_version=policy_version,
        code_name=code_name,
        code_version=code_version,
        agreed_from=agreed_from,
        agreed_until=agreed_until,
        source=source.strip(),
        recorded_by=by,
        recorded_at=at,
    )
    log_of_relationship(relationship.pk, "recorded terms", by=by, at=at, detail={"terms": terms.pk})
    return terms


@transaction.atomic
def end_terms(terms: AgreedTerms, *, on: date, reasons: str, by: User, at: datetime) -> None:
    """Record that terms no longer stand; once, and they are never rewritten.

    Args:
        terms: what was agreed.
        on: the last day on which they stand.
        reasons: why, in at least 50 characters.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a day that cannot be, short reasons, or they ended before.
    """
    by.demand(Permission.LOG_LEVERAGE)
    said = demand_reasons(reasons)
    if terms.agreed_from and on < terms.agreed_from:
        raise NotAllowed("Last day: the terms end before they begin.")
    open_ones = AgreedTerms.objects.filter(pk=terms.pk, agreed_until__isnull=True)
    if not open_ones.update(agreed_until=on, ended_by=by, ending_reasons=said):
        raise NotAllowed(
            "These terms have an end already, and are never rewritten. Record others beside them."
        )
    log_of_relationship(terms.relationship_id, "ended terms", by=by, at=at, detail={"terms": terms.pk})


def _check(policy_version: PolicyVersion | None, code_name: str, code_version: str) -> None:
    if (policy_version is not None) == bool(code_name or code_version):
        raise NotAllowed(
            "What was agreed: choose a version of one of our policies, or name an outside code with its version."
        )
    if policy_version is None and not (code_name and code_version):
        raise NotAllowed("Outside code: give its name and its version, such as the year it is dated.")
    if policy_version is not None and policy_version.in_force_on is None:
        raise NotAllowed("Policy: this version was never in force, so nobody can have agreed to it.")


def _end_earlier(relationship: Relationship, version: PolicyVersion, agreed_from: date, *, by: User) -> None:
    same = relationship.terms.filter(
        policy_version__policy=version.policy_id, agreed_until__isnull=True
    ).select_related("policy_version")
    for one in same:
        if one.policy_version_id == version.pk:
            raise NotAllowed("Policy: the partner agreed to this version already, and it stands.")
        if one.agreed_from and one.agreed_from >= agreed_from:
            raise NotAllowed(
                f"Agreed until: version {one.policy_version.number if one.policy_version else ''} stands since "
                f"{one.agreed_from:%-d %B %Y}. Say until when this one stood."
            )
        AgreedTerms.objects.filter(pk=one.pk).update(
            agreed_until=agreed_from - timedelta(days=1),
            ended_by=by,
            ending_reasons=f"Replaced by version {version.number} of the same policy.",
        )
