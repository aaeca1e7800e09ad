"""Lowering a severe harm, or marking it as put right: new evidence, and a second person who signs (SD4, SD5)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from hrdd.governance.actions import ask_sign_off, decide_sign_off, record_event, void_sign_offs
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import (
    LEAST_REASONS,
    NotAllowed,
    Permission,
    SignOffReasons,
    canonical_hash,
    demand_reasons,
)
from risks.actions.evidence import record_evidence
from risks.actions.salience import (
    Judging,
    append_assessment,
    assess_severity,
    judged,
    severe_level_lowered,
    verdict_on,
)
from risks.models import LoweringProposal, Risk, SeverityAssessment

SIGN_OFF_KIND = "lowering"
STEP = "lower"
SIGN_OFF_REASONS = SignOffReasons(approve=LEAST_REASONS)
RECORDS = ("evidence", "consultations", "findings_considered")


@transaction.atomic
def propose_lowering(risk: Risk, judging: Judging, *, by: User, at: datetime) -> LoweringProposal:
    """Propose a judgement that lowers a severe harm, and ask a senior to sign it; until then the level stands.

    Args:
        risk: the risk.
        judging: the judgement, with evidence recorded after the one that holds.
        by, at: who, and now.

    Raises:
        NotAllowed: no new evidence, a revenue target on a linked partner, or a proposal waits already.
        SeverityError, SalienceError, ScopeError: as in judging.
    """
    held = Risk.objects.select_for_update().get(pk=risk.pk)
    verdict = judged(held, judging, by=by, at=at)
    level = severe_level_lowered(held, verdict, state_of_harm=judging.state_of_harm)
    if level is None:
        raise NotAllowed("This judgement lowers no severe level. Record it as it is; nobody need sign it.")
    _refuse_revenue_owner(held, by)
    latest = held.assessments.first()
    new = [one for one in judging.evidence if latest is None or one.recorded_at > latest.recorded_at]
    if not new:
        raise NotAllowed(
            f"SD5: lowering from level {level} needs new evidence, recorded after the judgement that holds, and a "
            "second person. Attach what is new; until then the level stands."
        )
    try:
        with transaction.atomic():
            proposal = LoweringProposal.objects.create(
                risk=held,
                given=_given(judging),
                level_held=level,
                level_proposed=verdict.level,
                reasons=demand_reasons(judging.what_changed, about="What changed, and why"),
                proposed_by=by,
                proposed_at=at,
            )
    except IntegrityError:
        raise NotAllowed("A lower judgement of this risk waits for a signature already.") from None
    proposal.new_evidence.set(new)
    record_event(
        by=by.username,
        at=at,
        action="proposed lower severity",
        subject=f"risk {held.pk}",
        detail={"from": level, "to": verdict.level},
    )
    ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=proposal.pk,
        subject=f"Risk {held.pk}: level {level} to {verdict.level}",
        step=STEP,
        step_label="Lower severity",
        permission=Permission.LOWER_SEVERITY,
        content_hash=content_hash(proposal),
        series=f"lower severity of risk {held.pk}",
        parts=proposal.given | {"reasons": proposal.reasons},
        by=by,
        at=at,
    )
    return proposal


@transaction.atomic
def decide(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> LoweringProposal:
    """Sign or refuse a lower judgement; signed, it is appended under both names.

    Raises:
        NotAllowed: a rule refuses, the risk was judged again meanwhile, or somebody decided meanwhile.
    """
    proposal = LoweringProposal.objects.select_for_update().select_related("risk").get(pk=sign_off.subject_id)
    _refuse_revenue_owner(proposal.risk, by)
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        authors=frozenset({proposal.proposed_by.username}),
        least=SIGN_OFF_REASONS,
    )
    if not approve:
        LoweringProposal.objects.filter(pk=proposal.pk).update(state=LoweringProposal.State.REFUSED)
        return proposal
    if content_hash(proposal) != sign_off.content_hash:
        raise NotAllowed("The risk was judged again since this was proposed. It must be proposed anew.")
    judging = judging_of(proposal)
    assessment = append_assessment(
        Risk.objects.select_for_update().get(pk=proposal.risk_id),
        judging,
        verdict_on(judging),
        by=proposal.proposed_by.username,
        confirmed_by=by.username,
        at=at,
    )
    LoweringProposal.objects.filter(pk=proposal.pk).update(
        state=LoweringProposal.State.APPROVED, assessment=assessment
    )
    return proposal


@transaction.atomic
def withdraw_lowering(proposal: LoweringProposal, *, by: User, at: datetime) -> None:
    """Take back a proposal that nobody decided on yet.

    Raises:
        NotAllowed: it is somebody else's, or decided.
    """
    if proposal.proposed_by != by:
        raise NotAllowed("Only whoever proposed a lower judgement takes it back.")
    waiting = LoweringProposal.objects.filter(pk=proposal.pk, state=LoweringProposal.State.ASKED)
    if not waiting.update(state=LoweringProposal.State.WITHDRAWN):
        raise NotAllowed("This proposal was decided on in the meantime.")
    void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=proposal.pk, at=at)
    record_event(by=by.username, at=at, action="withdrew lower severity", subject=f"risk {proposal.risk_id}")


def judging_of(proposal: LoweringProposal) -> Judging:
    """Return the judgement that was proposed, with its records."""
    given = dict(proposal.given)
    risk = proposal.risk
    share = given.pop("scope_group_share")
    ids = {name: given.pop(name) for name in RECORDS}
    return Judging(
        **given,
        scope_group_share=None if share is None else Decimal(share),
        evidence=list(risk.evidence.filter(pk__in=ids["evidence"])),
        consultations=list(risk.consultations.filter(pk__in=ids["consultations"])),
        findings_considered=list(risk.consultation_findings.filter(pk__in=ids["findings_considered"])),
    )


def content_hash(proposal: LoweringProposal) -> str:
    """Return the SHA-256 of what is signed; a signature is bound to it."""
    return canonical_hash(signed_content(proposal))


def signed_content(proposal: LoweringProposal) -> dict[str, Any]:
    """Return what is proposed and the judgement it would supersede."""
    latest = proposal.risk.assessments.values_list("pk", flat=True).first()
    return {"given": proposal.given, "reasons": proposal.reasons, "supersedes": latest}


def _given(judging: Judging) -> dict[str, Any]:
    given = dict(vars(judging))
    given |= {name: [one.pk for one in given[name]] for name in RECORDS}
    share = judging.scope_group_share
    return given | {"scope_group_share": None if share is None else str(share)}


def _refuse_revenue_owner(risk: Risk, by: User) -> None:
    if risk.relationships.filter(relationship__revenue_owners__username__in=by.as_one()).exists():
        raise NotAllowed(
            "SD4: whoever has a revenue target on a linked partner does not lower this severity."
        )


@transaction.atomic
def judge_risk(
    risk: Risk,
    judging: Judging,
    *,
    new_evidence: Mapping[str, Any],
    by: User,
    at: datetime,
    ignored: Iterable[str] = (),
) -> SeverityAssessment | LoweringProposal:
    """Record new evidence and judge by it: at once, or as a proposal where a second person must sign (SD5).

    Args:
        risk: what is judged.
        judging: the judgement.
        new_evidence: by the names of actions.evidence.record_evidence; empty for none.
        by, at: who, and now.
        ignored: as in assess_severity.

    Raises:
        NotAllowed, SeverityError, SalienceError, ScopeError: nothing is written then, the evidence neither.
    """
    if new_evidence:
        evidence = record_evidence(risk, by=by, at=at, **new_evidence)
        judging = replace(judging, evidence=[*judging.evidence, evidence])
    verdict = judged(risk, judging, by=by, at=at)
    if severe_level_lowered(risk, verdict, state_of_harm=judging.state_of_harm) is not None:
        return propose_lowering(risk, judging, by=by, at=at)
    return assess_severity(risk, judging, by=by, at=at, ignored=ignored)
