"""The policies as anyone may read them: what was approved, and never a draft (UNGP 16, 21; L1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from risks.models import Consultation, PolicyVersion
from risks.queries.policies import Numbered, by_number
from risks.rules.policy import KINDS, LANGUAGES, PUBLIC_STATES, STATES, PolicyKind, VersionState
from transparency.queries.consultations import published_consultations

NEVER = "Withdrawn before it came into force"


@dataclass(frozen=True)
class PublicPolicy:
    """A policy by its public versions, the latest first."""

    slug: str
    kind: str
    numbers: list[Numbered]

    @property
    def in_force(self) -> Numbered | None:
        """Return the version in force."""
        return self._that_is(VersionState.IN_FORCE)

    @property
    def coming(self) -> Numbered | None:
        """Return the version that was approved and comes into force later."""
        found = self._that_is(VersionState.APPROVED)
        return found if found and found != self.in_force else None

    @property
    def shown(self) -> Numbered:
        """Return what a reader of the policy is shown: the version in force, or else the latest."""
        return self.in_force or self.numbers[0]

    @property
    def title(self) -> str:
        """Return the title of what is shown."""
        return self.shown.versions[0].title

    @property
    def kind_label(self) -> str:
        """Return what kind of policy it is, in words."""
        return KINDS[self.kind]

    def _that_is(self, state: VersionState) -> Numbered | None:
        return next((one for one in self.numbers if any(text.state == state for text in one.versions)), None)


def public_versions() -> QuerySet[PolicyVersion]:
    """Return every text that anyone may read."""
    return PolicyVersion.objects.filter(state__in=PUBLIC_STATES).select_related("policy")


def public_policies() -> list[PublicPolicy]:
    """Return the policies with a public version, the policy commitment first, then by title."""
    of: dict[str, list[PolicyVersion]] = {}
    for one in public_versions().defer("clauses"):
        of.setdefault(one.policy.slug, []).append(one)
    found = [_public(versions) for versions in of.values()]
    return sorted(found, key=lambda one: (one.kind != PolicyKind.COMMITMENT, one.title.casefold(), one.slug))


def public_policy(slug: str) -> PublicPolicy | None:
    """Return one policy with its texts, or nothing where none is public."""
    versions = list(public_versions().filter(policy__slug=slug))
    return _public(versions) if versions else None


def _public(versions: list[PolicyVersion]) -> PublicPolicy:
    policy = versions[0].policy
    return PublicPolicy(policy.slug, policy.kind, by_number(versions))


def text_in(numbered: Numbered, language: str) -> PolicyVersion | None:
    """Return a version in a language; where none is asked for, the first: what is in force, then English."""
    if not language:
        return numbered.versions[0]
    return next((one for one in numbered.versions if one.language == language), None)


def before(policy: PublicPolicy, version: PolicyVersion) -> PolicyVersion | None:
    """Return the public text before a version in the same language, if it ever was in force."""
    texts = (text for one in policy.numbers if one.number < version.number for text in one.versions)
    same = (text for text in texts if text.language == version.language and text.in_force_on)
    return next(same, None)


def heard(version: PolicyVersion) -> list[Consultation]:
    """Return the published consultations that informed a version."""
    return list(published_consultations().filter(policy_versions=version))


def last_changed(policies: Iterable[PublicPolicy]) -> datetime | None:
    """Return when any of these texts last changed its standing."""
    texts = (text for policy in policies for one in policy.numbers for text in one.versions)
    return max((text.changed_at for text in texts), default=None)


def standing(version: PolicyVersion) -> str:
    """Return how a version stands, in words."""
    if version.state == VersionState.REPEALED and version.in_force_on is None:
        return NEVER
    return STATES[version.state]


def summary_of(policy: PublicPolicy) -> dict[str, Any]:
    """Return a policy as data: its versions, without their texts."""
    return {
        "policy": policy.slug,
        "kind": policy.kind,
        "title": policy.title,
        "version_in_force": policy.in_force.number if policy.in_force else None,
        "versions": [_standing_of(one) for one in policy.numbers],
    }


def _standing_of(numbered: Numbered) -> dict[str, Any]:
    return {
        "version": numbered.number,
        "languages": {one.language: _days(one) for one in numbered.versions},
    }


def _days(version: PolicyVersion) -> dict[str, Any]:
    return {
        "language": LANGUAGES[version.language],
        "state": version.state,
        "in_force_on": version.in_force_on.isoformat() if version.in_force_on else None,
        "ended_on": version.ended_on.isoformat() if version.ended_on else None,
        "why_it_ended": version.ending_reasons,
        "approved_on": version.approved_at.date().isoformat() if version.approved_at else None,
        "approved_by": version.approved_as,
        "content_hash": version.content_hash,
    }


def texts_of(numbered: Numbered) -> dict[str, Any]:
    """Return a version as data, in all its languages; each hash is SHA-256 over `content` in RFC 8785 form."""
    return {
        "version": numbered.number,
        "texts": [_days(one) | {"content": one.content()} for one in numbered.versions],
    }
