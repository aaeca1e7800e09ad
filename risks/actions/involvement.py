"""Involvement: an analyst proposes, another person finds, anybody who knows better challenges (I2; domain.md 1.2)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from hrdd.governance.actions import ask_sign_off, decide_sign_off, move, record_event, void_sign_offs
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import (
    LEAST_REASONS,
    NotAllowed,
    Permission,
    SignOffReasons,
    canonical_hash,
    demand_reasons,
)
from risks.actions.change_clock import follow_finding, follow_stop
from risks.actions.standing import refresh
from risks.models import Evidence, Involvement, InvolvementChallenge, Relationship, RelationshipRisk, Risk
from risks.queries.method import method
from risks.rules.involvement import (
    CEASES,
    STEPS,
    Decision,
    Facts,
    contradictions,
    decide,
    fact_finding_due,
    of_legal_risk_alone,
    stop_due,
)

SIGN_OFF_KIND = "involvement"
SIGN_OFF_REASONS = SignOffReasons(approve=LEAST_REASONS, refuse=LEAST_REASONS)


def examine(
    *,
    answers: Mapping[str, str],
    factors: Mapping[str, Mapping[str, str]],
    mode: str,
    omission_kinds: Collection[str],
    knew_since: date | None,
    relationship: Relationship | None,
    product: str,
    evidence: Sequence[Evidence],
    reasoning: str,
    at: datetime,
) -> Decision:
    """Return where a proposal leads, or refuse what contradicts itself; nothing is written.

    Args:
        answers: yes, no or unknown by the name of the question of the tree.
        factors: for each factor its `answer` and `text`.
        mode, omission_kinds: act, omission or both, and which omissions.
        knew_since: since when the company knows.
        relationship, product: through what the harm is tied to the company.
        evidence: what it rests on.
        reasoning: why.
        at: now.

    Raises:
        NotAllowed: everything that is missing or contradicts itself, in sentences.
    """
    facts = Facts(
        answers=answers,
        factors=factors,
        mode=mode,
        omission_kinds=omission_kinds,
        knew_since=knew_since,
        through=relationship is not None or bool(product.strip()),
    )
    refusals = contradictions(facts, on=at.date())
    if not evidence:
        refusals.append(
            "I2: an allegation is not a finding. Choose at least one piece of evidence; what is not on record yet is "
            "recorded on the page of the risk."
        )
    if refusals:
        raise NotAllowed(" ".join(refusals))
    demand_reasons(reasoning, about="Reasoning")
    return decide(answers)


@transaction.atomic
def propose_involvement(
    risk: Risk,
    *,
    answers: Mapping[str, str],
    factors: Mapping[str, Mapping[str, str]],
    mode: str,
    omission_kinds: Collection[str],
    knew_since: date | None,
    relationship: Relationship | None,
    product: str,
    evidence: Sequence[Evidence],
    reasoning: str,
    counsel_heard: str,
    by: User,
    at: datetime,
) -> Involvement:
    """Propose how the company is involved, and ask a decider; where a finding stands, this would supersede it.

    Args:
        risk: the harm.
        answers, factors, mode, omission_kinds, knew_since, relationship, product, evidence, reasoning: see `examine`.
        counsel_heard: what legal counsel said; counsel is heard and does not decide.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, a closed risk, a proposal that is open already, or what `examine` refuses.
    """
    by.demand(Permission.PROPOSE_INVOLVEMENT)
    risk = Risk.objects.select_for_update().get(pk=risk.pk)
    if risk.status == Risk.Status.CLOSED:
        raise NotAllowed("This risk is closed. Re-open it before its involvement is judged again.")
    found = examine(
        answers=answers,
        factors=factors,
        mode=mode,
        omission_kinds=omission_kinds,
        knew_since=knew_since,
        relationship=relationship,
        product=product,
        evidence=evidence,
        reasoning=reasoning,
        at=at,
    )
    _refuse_strangers(risk, relationship, evidence)
    standing = Involvement.objects.filter(
        risk=risk, relationship=relationship, state__in=Involvement.STANDING
    ).first()
    try:
        with transaction.atomic():
            proposal = Involvement.objects.create(
                risk=risk,
                relationship=relationship,
                state=Involvement.State.PROPOSED,
                tie=found.tie,
                said=Involvement.Tie(found.tie).label,
                mode=mode,
                answers=dict(answers),
                factors={name: dict(told) for name, told in factors.items()},
                omission_kinds=sorted(omission_kinds),
                knew_since=knew_since,
                reasoning=reasoning.strip(),
                counsel_heard=counsel_heard.strip(),
                detail={"product": product.strip()} if product.strip() else {},
                proposed_by=by,
                proposed_at=at,
                supersedes=standing,
            )
    except IntegrityError:
        raise NotAllowed(
            "A proposal for this risk and relationship is open already. Withdraw it, or wait for its decision."
        ) from None
    proposal.evidence.set(evidence)
    _log(proposal, "proposed involvement", by=by, at=at)
    ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=proposal.pk,
        subject=f"Involvement {proposal.pk}",
        step="find",
        step_label=STEPS["find"].label,
        permission=STEPS["find"].permission,
        content_hash=content_hash(proposal),
        series=f"involvement in risk {risk.pk}, relationship {relationship.pk if relationship else 'none'}",
        parts=signed_content(proposal),
        by=by,
        at=at,
    )
    return proposal


def _refuse_strangers(risk: Risk, relationship: Relationship | None, evidence: Sequence[Evidence]) -> None:
    if any(one.risk_id != risk.pk for one in evidence):
        raise NotAllowed("Evidence: choose what is on record for this risk.")
    if relationship and not RelationshipRisk.objects.filter(risk=risk, relationship=relationship).exists():
        raise NotAllowed("Relationship: tie the risk to it first, so that its clock runs (UNGP 19).")


@transaction.atomic
def withdraw_proposal(involvement: Involvement, *, by: User, at: datetime) -> None:
    """Take back a proposal on which nobody decided yet.

    Raises:
        NotAllowed: the role, or it is no open proposal.
    """
    move(involvement, STEPS["withdraw"], by=by, at=at, called=f"involvement {involvement.pk}")
    void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=involvement.pk, at=at)


@transaction.atomic
def decide_proposal(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> Involvement:
    """Find as proposed, or refuse (I2, SD1): what is found supersedes the finding that stood before.

    Whoever decided a finding that was challenged, or challenged it, does not decide on it again. Legal risk alone
    refuses nothing (UNGP 21(b)).

    Args:
        sign_off: what is asked.
        by, at: who decides, and now.
        approve: whether it is found as proposed.
        reasons: why, in 50 characters, for either answer (domain.md 0.1).
        seen_hash: the hash of the content on the page they decided from.

    Raises:
        NotAllowed: a rule refuses, or somebody decided meanwhile.
    """
    by.demand(Permission.FIND_INVOLVEMENT)
    proposal = Involvement.objects.select_for_update(of=("self",)).get(pk=sign_off.subject_id)
    risk = Risk.objects.select_for_update().get(pk=proposal.risk_id)
    _refuse_the_partial(proposal, by)
    if content_hash(proposal) != sign_off.content_hash:
        raise NotAllowed("The proposal changed since it was sent for signature. It must be proposed again.")
    said = SIGN_OFF_REASONS.demand(reasons, approve=approve)
    if not approve and of_legal_risk_alone(said):
        raise NotAllowed(
            "UNGP 21(b): legal risk alone is no ground to refuse a finding. Say what in the facts, the evidence or the "
            "answers is wrong."
        )
    authors = frozenset({proposal.proposed_by.username} if proposal.proposed_by else ())
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=said,
        seen_hash=seen_hash,
        authors=authors,
        least=SIGN_OFF_REASONS,
    )
    changes: dict[str, Any] = {"decided_by": by, "decided_at": at, "decision_reasons": said}
    if not approve:
        _move(proposal, "refuse", by=by, at=at, **changes)
        return proposal
    if proposal.supersedes:
        _move(proposal.supersedes, "supersede", by=by, at=at)
    _move(
        proposal,
        "find",
        by=by,
        at=at,
        **changes,
        fact_finding_due=fact_finding_due(at.date(), tie=proposal.tie, method=method()),
        stop_due=stop_due(at, tie=proposal.tie, tier=risk.tier, level=risk.level, method=method()),
    )
    RelationshipRisk.objects.filter(risk=risk, relationship=proposal.relationship_id).update(
        own_contribution=proposal.tie in CEASES, own_part_stopped_on=None
    )
    follow_finding(proposal, at=at)
    refresh(risk, at=at)
    return proposal


def _refuse_the_partial(proposal: Involvement, by: User) -> None:
    """Refuse whoever earns by the partner, or has taken a side on the finding in question (SD1, SD4)."""
    if (
        proposal.relationship
        and proposal.relationship.revenue_owners.filter(username__in=by.as_one()).exists()
    ):
        raise NotAllowed(
            "SD4: whoever has a revenue target on this partner does not find on its involvement."
        )
    before = proposal.supersedes
    if before is None or before.state != Involvement.State.CHALLENGED:
        return
    sides = {before.decided_by.username} if before.decided_by else set()
    sides |= set(before.challenges.values_list("raised_by__username", flat=True))
    if sides & by.as_one():
        raise NotAllowed(
            "SD1: the finding before this one was challenged. Whoever decided or challenged it does not decide again; "
            "ask another person with the role."
        )


@transaction.atomic
def challenge_finding(
    involvement: Involvement, *, reasons: str, by: User, at: datetime
) -> InvolvementChallenge:
    """Hold a finding to be wrong. It stands until another person finds again, on a new proposal.

    Raises:
        NotAllowed: the role, reasons too short, or it is no finding that stands.
    """
    by.demand(Permission.CHALLENGE_INVOLVEMENT)
    said = demand_reasons(reasons)
    move(involvement, STEPS["challenge"], by=by, at=at, called=f"involvement {involvement.pk}")
    return InvolvementChallenge.objects.create(
        involvement=involvement, reasons=said, raised_by=by, raised_at=at
    )


@transaction.atomic
def stop_own_part(involvement: Involvement, *, stopped_on: date, how: str, by: User, at: datetime) -> None:
    """Record that the company's own part stopped, once (I3); the partner's clock then runs for the partner alone.

    Raises:
        NotAllowed: the role, no own part was found, a day that cannot be, or it is on record already.
    """
    by.demand(Permission.PROPOSE_INVOLVEMENT)
    if involvement.state not in Involvement.STANDING or involvement.tie not in CEASES:
        raise NotAllowed("No finding that stands says that the company has a part of its own here.")
    if stopped_on > at.date():
        raise NotAllowed("Stopped on: this day is still to come. Record it once the part has stopped.")
    earliest = involvement.knew_since or involvement.risk.opened_on
    if stopped_on < earliest:
        raise NotAllowed(
            f"Stopped on: the facts of the finding begin on {earliest:%-d %B %Y}; the part did not stop before."
        )
    said = demand_reasons(how, about="How it stopped")
    changed = Involvement.objects.filter(
        pk=involvement.pk, state__in=Involvement.STANDING, own_part_stopped_on__isnull=True
    ).update(own_part_stopped_on=stopped_on, own_part_stopped_how=said)
    if not changed:
        raise NotAllowed("It is on record already that the own part stopped.")
    RelationshipRisk.objects.filter(
        risk=involvement.risk_id, relationship=involvement.relationship_id
    ).update(own_part_stopped_on=stopped_on)
    follow_stop(involvement, how=said, by=by, at=at)
    _log(involvement, "own part stopped", by=by, at=at)


def content_hash(involvement: Involvement) -> str:
    """Return the SHA-256 of everything that is proposed; a signature is bound to it."""
    return canonical_hash(signed_content(involvement))


def signed_content(involvement: Involvement) -> dict[str, Any]:
    """Return everything that is proposed."""
    return {
        "risk": involvement.risk_id,
        "relationship": involvement.relationship_id,
        "tie": involvement.tie,
        "mode": involvement.mode,
        "answers": involvement.answers,
        "factors": involvement.factors,
        "omission_kinds": involvement.omission_kinds,
        "knew_since": str(involvement.knew_since or ""),
        "evidence": sorted(involvement.evidence.values_list("pk", flat=True)),
        "reasoning": involvement.reasoning,
        "counsel_heard": involvement.counsel_heard,
        "detail": involvement.detail,
        "supersedes": involvement.supersedes_id,
    }


def _move(involvement: Involvement, name: str, *, by: User, at: datetime, **changes: Any) -> None:
    move(
        involvement,
        STEPS[name],
        by=by,
        at=at,
        called=f"involvement {involvement.pk}",
        detail={"risk": involvement.risk_id, "tie": involvement.tie},
        **changes,
    )


def _log(involvement: Involvement, action: str, *, by: User, at: datetime) -> None:
    """Log ids and codes only: what tells a person or a partner stays out (N8)."""
    record_event(
        by=by.username,
        at=at,
        action=action,
        subject=f"involvement {involvement.pk}",
        detail={"risk": involvement.risk_id, "tie": involvement.tie},
    )
