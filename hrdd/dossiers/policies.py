"""The invented policies of the demonstration, drafted and approved by its people as any other."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from hrdd.governance.models import SignOff, User
from risks.actions import policies as actions
from risks.models import Policy, PolicyVersion
from risks.rules.policy import SIGN_OFF_KIND, clauses_of

FILE = Path(__file__).resolve().parent / "policies.yaml"
ADOPTED = (
    "Demonstration. The invented company had adopted this text on that day; it was recorded here when the "
    "demonstration was set up."
)
APPROVED = (
    "Demonstration: read against the version before it and against what the people consulted had asked for."
)


def load_policies(*, at: datetime) -> int:
    """Record the policies that are not there yet, each version approved by somebody who wrote none of it.

    Args:
        at: now; the days on which versions came into force are counted back from it.
    """
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    new = [one for one in told if not Policy.objects.filter(slug=one["slug"]).exists()]
    for one in new:
        _load(one, at=at)
    return len(new)


def _load(told: Mapping[str, Any], *, at: datetime) -> None:
    drafter, approver = (User.objects.get(username=told[name]) for name in ("drafted_by", "approved_by"))
    version: PolicyVersion | None = None
    for text in told["versions"]:
        if version is None:
            version = actions.record_policy(
                title=told["title"],
                slug=told["slug"],
                kind=told["kind"],
                language=text["language"],
                owner=drafter,
                by=drafter,
                at=at,
            )
        else:
            version = actions.draft_version(
                version.policy,
                language=text["language"],
                translation=text.get("translation", False),
                by=drafter,
                at=at,
            )
        _write(version, text, by=drafter, at=at)
        actions.submit(version, by=drafter, at=at)
        asked = SignOff.objects.get(
            subject_kind=SIGN_OFF_KIND, subject_id=version.pk, decided_at__isnull=True
        )
        actions.decide(
            asked, by=approver, at=at, approve=True, reasons=APPROVED, seen_hash=asked.content_hash
        )


def _write(version: PolicyVersion, text: Mapping[str, Any], *, by: User, at: datetime) -> None:
    review = text.get("review_days")
    actions.edit_version(
        version,
        title=text.get("title", version.title),
        clauses=clauses_of(text["clauses"]),
        what_changed=text["what_changed"],
        consulted=text["consulted"],
        consultations=[],
        experts=text.get("experts", ""),
        in_force_from=at.date() + timedelta(days=text["in_force_days"]),
        next_review=at.date() + timedelta(days=review) if review else None,
        adopted_before=ADOPTED,
        seen_hash=actions.content_hash(version),
        by=by,
        at=at,
    )
