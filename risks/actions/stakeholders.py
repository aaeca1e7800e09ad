"""Groups of people who are affected, or who know (domain.md 7.1, 7.2)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.screening import refuse_identifying
from risks.models import StakeholderGroup


@transaction.atomic
def record_group(
    group: StakeholderGroup | None = None,
    *,
    name: str,
    type: str,  # noqa: A002  # the column's name
    vulnerabilities: Sequence[str],
    why_here: str,
    countries: Sequence[str],
    languages: Sequence[str],
    about: str,
    by: User,
    at: datetime,
) -> StakeholderGroup:
    """Record a group of people who are affected, or who know, or change what is on record (domain.md 7.1, 7.2).

    Args:
        group: what is changed; None for a new one.
        name, type, vulnerabilities, why_here, countries, languages, about: the group; never a person.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a vulnerability without why it holds here, a name that is taken, a person's details.
    """
    by.demand(Permission.RUN_CONSULTATION)
    if vulnerabilities and not why_here.strip():
        raise NotAllowed(
            "Why here: vulnerability depends on the situation. Say why these people are vulnerable here."
        )
    refuse_identifying({"Name": name, "Why here": why_here, "About": about})
    tidy = " ".join(name.split())
    same = StakeholderGroup.objects.filter(name__iexact=tidy)
    if (same.exclude(pk=group.pk) if group else same).exists():
        raise NotAllowed("Name: a group of this name is on record already. Open that one.")
    group = group or StakeholderGroup()
    group.name, group.type, group.why_here, group.about = tidy, type, why_here.strip(), about.strip()
    group.vulnerabilities, group.countries = list(vulnerabilities), list(countries)
    group.languages = list(languages)
    group.save()
    record_event(
        by=by.username, at=at, action="recorded stakeholder group", subject=f"stakeholder group {group.pk}"
    )
    return group
