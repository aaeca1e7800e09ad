"""Decide a dilemma between rights, by somebody who did not prepare it (1.6: D1 to D5; SD1)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from hrdd.governance.actions import move
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, demand_reasons
from risks.actions.dilemmas import demand_free_of_target, locked
from risks.actions.measure_proposals import end_without_decision, put_forward
from risks.actions.public_reasons import ask_clearance
from risks.actions.screening import refuse_identifying, refuse_naming
from risks.actions.three_part_test import unlimitable_rights
from risks.models import Dilemma, DilemmaDecision, DilemmaOption, Measure, RabatAssessment, Signal
from risks.models.measures import IN_FORCE
from risks.queries.dilemmas import (
    content_of,
    contrary_precedents,
    dissents,
    facts_of,
    hash_of,
    interference_of,
    latest_rabat,
    option_facts,
    options_of,
    relied_on,
)
from risks.rules.dilemma import (
    INTERIM_HOURS,
    STEPS,
    OptionFacts,
    permission_to_decide,
    refusals_to_choose,
    refuse_revenue,
    refuse_unlimitable,
)
from risks.rules.ladder import LADDER
from risks.rules.rabat import Outcome

NOT_YET = (Measure.State.PROPOSED, Measure.State.APPROVED)


@transaction.atomic
def decide(
    dilemma: Dilemma,
    *,
    option: DilemmaOption,
    reasons: str,
    public_reasons: str,
    minority_view: str,
    policy_relied_on: str,
    review_on: date,
    seen_hash: str,
    by: User,
    at: datetime,
) -> DilemmaDecision:
    """Decide for one option. One on the ladder becomes a proposed measure, which is approved as every measure is.

    Args:
        dilemma: once it was analysed and consulted on, or in review.
        option: what is chosen.
        reasons: why, 50 characters or more; revenue is none.
        public_reasons: why, as anyone may read it, 50 characters or more.
        minority_view: what those say who see it otherwise, word by word (D4).
        policy_relied_on: the published rule that it rests on.
        review_on: the day by which it is looked at again.
        seen_hash: content hash of what the decider read.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, whoever prepared it, a revenue target, changed content, the state, or a rule of 1.6.
    """
    held, chosen = _judged(
        dilemma, option, reasons=reasons, policy=policy_relied_on, seen_hash=seen_hash, by=by
    )
    told = demand_reasons(public_reasons, about="Reasons for the public")
    refuse_revenue({"Reasons": reasons, "Reasons for the public": told})
    refuse_identifying({"Reasons for the public": told, "Published rule": policy_relied_on})
    refuse_naming({"Reasons for the public": told, "Published rule": policy_relied_on})
    if review_on <= at.date():
        raise NotAllowed(
            "Look at it again: choose a day after today; every decision between rights is for a time (UNGP 23)."
        )
    _refuse(refusals_to_choose(chosen, interim=False))
    rabat = _rabat(held, at=at)
    _demand_dissent_kept(held, option, minority_view)
    _demand_precedents(held, chosen)
    decision = _record(
        held,
        option,
        chosen,
        reasons=reasons,
        public_reasons=told,
        minority_view=minority_view,
        policy=policy_relied_on,
        rabat=rabat,
        review_on=review_on,
        by=by,
        at=at,
    )
    _take(held, "decide", by=by, at=at, decision=decision.pk, review_on=review_on, interim_until=None)
    _propose_measure(decision, at=at, ends_on=_end(option, at))
    ask_clearance(decision, by=by, at=at)
    return decision


@transaction.atomic
def decide_interim(
    dilemma: Dilemma,
    *,
    option: DilemmaOption,
    reasons: str,
    policy_relied_on: str,
    seen_hash: str,
    by: User,
    at: datetime,
) -> DilemmaDecision:
    """Decide at once for 72 hours at most, while life is at risk; the analysis follows (1.6, urgent path).

    Raises:
        NotAllowed: the role, whoever prepared it, a revenue target, changed content, the state, no life at risk, a
            right that may never be limited (D1), or a test that fails.
    """
    held, chosen = _judged(
        dilemma, option, reasons=reasons, policy=policy_relied_on, seen_hash=seen_hash, by=by
    )
    refuse_revenue({"Reasons": reasons})
    if held.urgency != Dilemma.Urgency.LIFE:
        raise NotAllowed(
            "UNGP 23: an interim decision is for when life is at risk. Otherwise analyse and consult first."
        )
    _refuse(refusals_to_choose(chosen, interim=True))
    until = at + timedelta(hours=INTERIM_HOURS)
    decision = _record(
        held,
        option,
        chosen,
        interim=True,
        reasons=reasons,
        policy=policy_relied_on,
        rabat=relied_on(held, at=at),
        interim_until=until,
        by=by,
        at=at,
    )
    _take(held, "decide_interim", by=by, at=at, decision=decision.pk, interim_until=until)
    _propose_measure(decision, at=at, ends_on=until.date())
    return decision


@transaction.atomic
def close(dilemma: Dilemma, *, reasons: str, by: User, at: datetime) -> None:
    """Close a dilemma in review: the question does not arise any more. Its decisions stay precedents (D5).

    Raises:
        NotAllowed: the role, whoever prepared it, a revenue target, short or revenue reasons, or the state.
    """
    held = _held_by_another(dilemma, by)
    said = demand_reasons(reasons)
    refuse_revenue({"Reasons": said})
    _take(held, "close", by=by, at=at, closed_because=said)


def authors_of(dilemma: Dilemma) -> set[int]:
    """Return the ids of those who prepared, tested or assessed it, and so do not decide it (SD1)."""
    options = dilemma.options.values_list("put_by", "test__assessed_by")
    assessors = dilemma.rabat_assessments.values_list("confirmations__assessor", flat=True)
    people: set[int | None] = {dilemma.prepared_by_id, *assessors}
    for put_by, tested_by in options:
        people |= {put_by, tested_by}
    return {one for one in people if one is not None}


def _held_by_another(dilemma: Dilemma, by: User) -> Dilemma:
    needed = permission_to_decide(dilemma.options.values_list("kind", flat=True))
    demand_free_of_target(dilemma.risk, by, needed)
    held = locked(dilemma)
    if User.objects.filter(pk__in=authors_of(held), username__in=by.as_one()).exists():
        raise NotAllowed("SD1: whoever prepared, tested or assessed it does not decide. Ask another decider.")
    return held


def _judged(
    dilemma: Dilemma, option: DilemmaOption, *, reasons: str, policy: str, seen_hash: str, by: User
) -> tuple[Dilemma, OptionFacts]:
    """Return the dilemma under a lock and the option, if this person may decide on what they read."""
    held = _held_by_another(dilemma, by)
    demand_reasons(reasons)
    if not policy.strip():
        raise NotAllowed(
            "Published rule: name the rule and its clause that the decision rests on (ICCPR 19(3), L1)."
        )
    if seen_hash != hash_of(content_of(held)):
        raise NotAllowed("The dilemma was changed since you opened it. Read it again, then decide.")
    found = next((one for one in options_of(held) if one.pk == option.pk), None)
    if found is None:
        raise NotAllowed("Option: choose one of this dilemma.")
    refuse_unlimitable(interference_of(found), unlimitable_rights())
    return held, option_facts(found, stakes=held.stakes.count())


def _refuse(refusals: list[str]) -> None:
    if refusals:
        raise NotAllowed(" ".join(refusals))


def _rabat(dilemma: Dilemma, *, at: datetime) -> RabatAssessment | None:
    """Return the Rabat assessment that is relied on; where it is mandatory it must stand now (D2, 4.1)."""
    found = relied_on(dilemma, at=at)
    if found is not None or not facts_of(dilemma).needs_rabat:
        return found
    latest = latest_rabat(dilemma)
    if latest is None:
        raise NotAllowed(
            "D2: expression is burdened for hatred. Two assessors fill in the Rabat worksheet first."
        )
    if latest.outcome == Outcome.INCOMPLETE:
        raise NotAllowed("D2: on the Rabat worksheet a gate or a factor is not known. Assess again first.")
    raise NotAllowed(
        f"D2: the Rabat assessment expired on {latest.valid_until:%-d %B %Y}; scores are as of their moment "
        "(method 6). Assess again first."
    )


def _demand_dissent_kept(dilemma: Dilemma, option: DilemmaOption, minority_view: str) -> None:
    others = dissents(dilemma, option)
    if others and not minority_view.strip():
        raise NotAllowed(
            f"D4: {len(others)} who advised favour another option. Write down the minority view in their words."
        )


def _demand_precedents(dilemma: Dilemma, chosen: OptionFacts) -> None:
    if contrary := contrary_precedents(dilemma, restricts=chosen.restricts):
        named = ", ".join(f"{one.pk} (“{one.question}”)" for one in contrary)
        raise NotAllowed(
            f"D5: decided the other way on the same rights: {named}. Cite each, and say why this departs from it."
        )


def _record(
    dilemma: Dilemma,
    option: DilemmaOption,
    chosen: OptionFacts,
    *,
    reasons: str,
    policy: str,
    rabat: RabatAssessment | None,
    by: User,
    at: datetime,
    interim: bool = False,
    public_reasons: str = "",
    minority_view: str = "",
    review_on: date | None = None,
    interim_until: datetime | None = None,
) -> DilemmaDecision:
    content = content_of(dilemma)
    return DilemmaDecision.objects.create(
        dilemma=dilemma,
        option=option,
        interim=interim,
        reasons=reasons.strip(),
        public_reasons=public_reasons,
        minority_view=minority_view,
        policy_relied_on=policy.strip(),
        rights=sorted(set(dilemma.stakes.values_list("right_id", flat=True))),
        restricts=chosen.restricts,
        test=option.test,
        rabat=rabat,
        review_on=review_on,
        interim_until=interim_until,
        content=content,
        content_hash=hash_of(content),
        supersedes=dilemma.decisions.first(),
        decided_by=by,
        decided_at=at,
    )


def _take(
    dilemma: Dilemma, name: str, *, by: User, at: datetime, decision: int | None = None, **changes: Any
) -> None:
    needed = permission_to_decide(dilemma.options.values_list("kind", flat=True))
    step = replace(STEPS[name], permission=needed)
    detail = {} if decision is None else {"decision": decision}
    move(dilemma, step, by=by, at=at, called=f"dilemma {dilemma.pk}", detail=detail, **changes)


def _end(option: DilemmaOption, at: datetime) -> date | None:
    return at.date() + timedelta(days=option.lasts_days) if option.lasts_days else None


def _withdraw_earlier(decision: DilemmaDecision, *, at: datetime) -> None:
    """Withdraw what an earlier decision on this dilemma proposed and nobody put in force yet."""
    needed = permission_to_decide(decision.dilemma.options.values_list("kind", flat=True))
    waiting = decision.dilemma.measures.select_for_update(of=("self",)).filter(state__in=NOT_YET)
    for measure in waiting:
        said = f"Dilemma {decision.dilemma_id} was decided again: {decision.option.get_kind_display()}."
        end_without_decision(measure, "withdraw", said, by=decision.decided_by, at=at, permission=needed)


def _signal_standing(decision: DilemmaDecision, *, at: datetime) -> None:
    """Have the measures looked at again that an earlier decision put in force and this one does not choose (3.6)."""
    for measure in decision.dilemma.measures.filter(state__in=IN_FORCE):
        Signal.objects.create(
            measure=measure,
            kind=Signal.Kind.NEW_EVIDENCE,
            noted_on=at.date(),
            note=f"Dilemma {decision.dilemma_id}, which it rests on, was decided again: "
            f"{decision.option.get_kind_display()}.",
            noted_by=decision.decided_by.username,
        )


def _propose_measure(decision: DilemmaDecision, *, at: datetime, ends_on: date | None) -> None:
    """Carry what was decided into the measures, as a proposal of whoever prepared the dilemma (3.2).

    Nothing is in force before it is approved there. What the option left open, its proposer completes. What an
    earlier decision proposed is withdrawn; what it put in force is replaced by the new measure, or looked at again.
    """
    dilemma, option, today = decision.dilemma, decision.option, at.date()
    _withdraw_earlier(decision, at=at)
    if option.kind not in LADDER:
        _signal_standing(decision, at=at)
        return
    measure = Measure.objects.create(
        risk=dilemma.risk,
        dilemma=dilemma,
        kind=option.kind,
        intrusion=LADDER[option.kind].intrusion,
        state=Measure.State.PROPOSED,
        target=option.target,
        target_type=option.target_type,
        territory=dilemma.countries,
        rule_relied_on=decision.policy_relied_on,
        legal_ground=dilemma.demand_legal_basis,
        note=f"Decided in the dilemma: {dilemma.question}",
        starts_on=today,
        starts_said=today.isoformat(),
        ends_on=ends_on,
        proposed_by=dilemma.prepared_by,
        proposed_at=at,
        test=option.test,
        supersedes=dilemma.measures.filter(state__in=IN_FORCE).order_by("-starts_on", "-pk").first(),
        level_then=dilemma.risk.level,
        reviewed_on=today,
        justified_on=today,
    )
    put_forward(measure, by=dilemma.prepared_by, at=at)
