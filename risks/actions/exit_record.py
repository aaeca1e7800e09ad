"""What every act on an exit decision shares: its content, its steps, who may not decide, how it is logged."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from hrdd.governance.actions import ask_sign_off, record_event
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import NotAllowed, Permission, Role, canonical_hash
from risks.models import ExitDecision, Relationship, SeverityAssessment
from risks.rules.exit import EXIT_STEPS
from risks.rules.severity import UNKNOWN_HEAD_INTERIM

SIGN_OFF_KIND = "exit"
SD4 = "SD4: whoever has a revenue target on this partner does not decide on the exit."
X2 = "X2: a partner manager gives facts and never decides on an exit. Ask a senior who manages no partner."


def locked(decision: ExitDecision) -> ExitDecision:
    """Return a decision as it stands, held until the end of the transaction."""
    held = ExitDecision.objects.select_for_update(of=("self",))
    return held.select_related("relationship__partner", "impact_assessment").get(pk=decision.pk)


def content_hash(decision: ExitDecision) -> str:
    """Return the SHA-256 of what is proposed; a signature is bound to it."""
    return canonical_hash(signed_content(decision))


def signed_content(decision: ExitDecision) -> dict[str, Any]:
    """Return what is proposed, with the assessment and the stages that it rests on."""
    duties = decision.duties.order_by("pk").values_list("kind", "what", "owner_id", "due")
    return {
        "exit": decision.pk,
        "relationship": decision.relationship_id,
        "trigger": decision.trigger,
        "trigger_reasons": decision.trigger_reasons,
        "kind": decision.kind,
        "reasons": decision.reasons,
        "conditions": decision.conditions,
        "consequences_accepted": decision.consequences_accepted,
        "notice_days": decision.notice_days,
        "data_and_access_plan": decision.data_and_access_plan,
        "rests_on_revenue": decision.rests_on_revenue,
        "money_words_explained": decision.money_words_explained,
        "impact_assessment": decision.impact_assessment_id,  # kept as it is by the database
        "stages": [
            [one.number, one.what, one.begins_on.isoformat()] for one in decision.stages.order_by("number")
        ],
        "duties": [[kind, what, owner, due.isoformat()] for kind, what, owner, due in duties],
    }


def level_of(relationship: Relationship, *, on: date) -> int:
    """Return the gravest level of the harms tied to a relationship; one that nobody scored counts as 4."""
    risks = relationship.risks.values_list("risk", flat=True)
    levels = [SeverityAssessment.objects.levels_on(on, risk=risk).first() for risk in risks]
    return max((level or UNKNOWN_HEAD_INTERIM for level in levels), default=UNKNOWN_HEAD_INTERIM)


def judged_since(relationship: Relationship, *, since: datetime | None) -> str:
    """Return which severity was judged after a moment, in words, or nothing (X1).

    Args:
        relationship: its tied harms count.
        since: when the impact of the exit was assessed; None where it was not.
    """
    if since is None:
        return ""
    risks = relationship.risks.values("risk")
    later = SeverityAssessment.objects.filter(risk__in=risks, recorded_at__gt=since).order_by("-recorded_at")
    found = later.select_related("risk").first()
    if found is None:
        return ""
    return f"the severity of “{found.risk}” was judged again on {found.recorded_at:%-d %B %Y}"


def refuse_who_may_not_decide(decision: ExitDecision, by: User) -> None:
    """Refuse whoever earns by the partner or manages partners (X2, SD4).

    Raises:
        NotAllowed: with the sentence.
    """
    if decision.relationship.revenue_owners.filter(username__in=by.as_one()).exists():
        raise NotAllowed(SD4)
    if Role.PARTNER_MGR in by.roles_today:
        raise NotAllowed(X2)


def ask(
    decision: ExitDecision,
    step: str,
    label: str,
    permission: Permission,
    content: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
) -> SignOff:
    """Ask whoever holds a permission to sign a content of a decision.

    Args:
        decision: the decision.
        step, label: the step that the signature takes, and its words.
        permission: who may sign.
        content: what the signature binds to.
        by, at: who asks, and now.
    """
    return ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=decision.pk,
        subject=f"Exit decision {decision.pk}",
        step=step,
        step_label=label,
        permission=permission,
        content_hash=canonical_hash(content),
        parts=content,
        by=by,
        at=at,
    )


def move(decision: ExitDecision, name: str, *, by: User, at: datetime, **changes: Any) -> None:
    """Take one step of the workflow, if the role may.

    Raises:
        NotAllowed: the role, or it is not the next step.
    """
    by.demand(EXIT_STEPS[name].permission)
    take(decision, name, by=by, at=at, **changes)


def take(decision: ExitDecision, name: str, *, by: User, at: datetime, **changes: Any) -> None:
    """Take one step by a conditional UPDATE, and log it.

    Raises:
        NotAllowed: it is not the next step.
    """
    step = EXIT_STEPS[name]
    moved = ExitDecision.objects.filter(pk=decision.pk, state__in=step.before).update(
        state=step.after, **changes
    )
    if not moved:
        raise NotAllowed(
            f"“{step.label}” is not the next step here. Open the decision again to see where it stands."
        )
    decision.refresh_from_db()
    log(decision, f"exit: {step.label.lower()}", by=by, at=at)


def log(
    decision: ExitDecision, action: str, *, by: User, at: datetime, detail: Mapping[str, Any] | None = None
) -> None:
    """Log without the partner's name, which may endanger people (N8)."""
    record_event(
        by=by.username,
        at=at,
        action=action,
        subject=f"exit decision {decision.pk}",
        detail={"relationship": decision.relationship_id, "state": decision.state, **(detail or {})},
    )
