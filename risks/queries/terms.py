"""What partners agreed to: what stands on a day, and what is behind the policy in force."""

from dataclasses import dataclass
from datetime import date

from risks.models import AgreedTerms, PolicyVersion, Relationship


@dataclass(frozen=True)
class TermsRead:
    """Terms as they stand on a day, and what is wrong with them."""

    terms: AgreedTerms
    stands: bool
    warning: str = ""
    newer: PolicyVersion | None = None


def terms_of(relationship: Relationship, *, on: date) -> list[TermsRead]:
    """Return what a partner agreed to, what stands first, each with whether our policy has moved on, in two queries."""
    agreed = list(relationship.terms.select_related("policy_version__policy", "recorded_by", "ended_by"))
    policies = {one.policy_version.policy_id for one in agreed if one.policy_version}
    in_force: dict[int, PolicyVersion] = {}
    for version in PolicyVersion.objects.filter(policy__in=policies, state="in_force").select_related(
        "policy"
    ):
        latest = in_force.get(version.policy_id)
        if latest is None or version.number > latest.number:
            in_force[version.policy_id] = version
    read = [_read(one, in_force, on=on) for one in agreed]
    return sorted(read, key=lambda one: not one.stands)


def _read(terms: AgreedTerms, in_force: dict[int, PolicyVersion], *, on: date) -> TermsRead:
    stands, agreed = terms.stands(on), terms.policy_version
    if not stands or agreed is None:
        return TermsRead(terms, stands)
    newer = in_force.get(agreed.policy_id)
    if newer is None:
        return TermsRead(
            terms,
            stands,
            "No version of this policy is in force any more; what was agreed to has no text behind it.",
        )
    if newer.number > agreed.number:
        said = (
            f"Version {newer.number} is in force since {newer.in_force_on:%-d %B %Y}, and the partner agreed to "
            f"version {agreed.number}. Have them agree to the one in force: only that can be enforced as our rule "
            "(UNGP 19)."
        )
        return TermsRead(terms, stands, said, newer)
    return TermsRead(terms, stands)
