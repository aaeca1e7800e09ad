"""A measure before it stands: proposed with its three-part test, edited, withdrawn, decided by another (3.2, 3.5)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import DateField, F, Value
from django.db.models.functions import Greatest

from hrdd.governance.actions import (
    IMPORT,
    JOB,
    ask_sign_off,
    decide_sign_off,
    move,
    record_event,
    void_sign_offs,
)
from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import (
    LEAST_REASONS,
    NotAllowed,
    Permission,
    SignOffReasons,
    Step,
    canonical_hash,
    demand_reasons,
)
from risks.actions.policy_force import check_conduct
from risks.actions.three_part_test import keep_test
from risks.models import CompanionDuty, EmergencyStop, Measure, PolicyVersion, Risk, ThreePartTest
from risks.models.measures import IN_FORCE
from risks.queries.method import method
from risks.rules.ladder import LADDER
from risks.rules.measure_workflow import (
    APPROVE,
    MEASURE_STEPS,
    PROPOSED,
    SIGN_OFF_KIND,
    Corridor,
    Facts,
    MeasureRefused,
    Refusal,
    approving_permission,
    corridor,
    next_review,
    refusal_by_test,
    refusals,
    required_duties,
)
from risks.rules.three_part_test import GivenTest, OutcomeOfTest

SIGN_OFF_REASONS = SignOffReasons(approve=LEAST_REASONS)
NOT_SIGNED = ("test", "duties", "kind", "partner_stop")


@dataclass(frozen=True)
class Proposal:
    """What is proposed, by the names of the columns of Measure; with its test, and the duties asked for beside it."""

    kind: str
    target: str
    target_type: str
    test: GivenTest
    target_ref: str = ""
    unit_of_review: str = "single"
    public_interest: bool = False
    territory: Sequence[str] = ()
    language: str = ""
    rule_relied_on: str = ""
    policy_version: PolicyVersion | None = None
    policy_clause: str = ""
    legal_ground: str = ""
    note: str = ""
    ends_on: date | None = None
    repeat_after_warning: bool = False
    prior_warning_on: date | None = None
    override_reason: str = ""
    automated_detection: bool = False
    automated_decision: str = "NOT_AUTOMATED"
    automated_category: str = ""
    collateral_note: str = ""
    duties: Sequence[str] = ()
    partner_stop: bool = False

    def columns(self) -> dict[str, Any]:
        """Return what is written into the row as it was given."""
        given = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in NOT_SIGNED}
        said = {name: value.strip() for name, value in given.items() if isinstance(value, str)}
        return given | said | {"territory": list(self.territory)}

    def facts(self, *, level: int, today: date) -> Facts:
        """Return what the rules read of it.

        Args:
            level: of the risk, now.
            today: the day of the proposal.
        """
        appeal = self.test.answers.get("P4")
        return Facts(
            kind=self.kind,
            target_type=self.target_type,
            level=level,
            today=today,
            ends_on=self.ends_on,
            unit_of_review=self.unit_of_review,
            public_interest=self.public_interest,
            territory=tuple(self.territory),
            repeat=self.repeat_after_warning,
            prior_warning_on=self.prior_warning_on,
            override_reason=self.override_reason,
            automated_decision=self.automated_decision,
            automated_category=self.automated_category,
            human_appeal=appeal is not None and appeal.answer == "yes",
            ground=f"{self.rule_relied_on}{self.policy_clause}{self.legal_ground}",
            partner_stop=self.partner_stop,
        )


@transaction.atomic
def propose(
    risk: Risk, proposal: Proposal, *, by: User, at: datetime, supersedes: Measure | None = None
) -> Measure:
    """Propose a measure; where its three-part test passes, the approver that its class needs is asked at once.

    Args:
        risk: the open risk that it answers to.
        proposal: what is proposed.
        by, at: a person, and now.
        supersedes: the measure in force that ends when this one is put in force (3.7, escalate).

    Raises:
        MeasureRefused: each rule that refuses, by field (3.2, 3.5, 3.8).
        NotAllowed: the role, a machine, or a closed risk.
    """
    demand_person(by)
    by.demand(Permission.PROPOSE_MEASURE)
    held = open_risk(risk.pk)
    _demand_sound(proposal, held, today=at.date())
    measure = Measure.objects.create(
        risk=held,
        kind=proposal.kind,
        intrusion=LADDER[proposal.kind].intrusion,
        state=Measure.State.PROPOSED,
        starts_on=at.date(),
        starts_said=at.date().isoformat(),
        level_then=held.level,
        reviewed_on=at.date(),
        justified_on=at.date(),
        proposed_by=by,
        proposed_at=at,
        supersedes=supersedes,
        **proposal.columns(),
    )
    measure.test = _kept(proposal.test, measure, by=by, at=at)
    measure.save(update_fields=["test"])
    _ask_duties(measure, proposal.duties, by=by, at=at)
    log(measure, "proposed measure", by=by, at=at, kind=measure.kind, test=measure.test.outcome)
    _ask(measure, by=by, at=at)
    return measure


@transaction.atomic
def edit(measure: Measure, proposal: Proposal, *, by: User, at: datetime) -> Measure:
    """Change what is proposed; a signature that was asked for other content is no longer asked.

    Args:
        measure: a proposal of this person that nobody decided on.
        proposal: what is proposed now, whole; its kind stays.
        by, at: a person, and now.

    Raises:
        MeasureRefused, NotAllowed: as in propose; another's proposal; another kind; or it was decided on.
    """
    demand_person(by)
    by.demand(Permission.PROPOSE_MEASURE)
    held = locked(measure)
    if held.state != Measure.State.PROPOSED:
        raise NotAllowed(
            "Method 9: this measure is no longer a proposal. What was decided stays; propose a new one."
        )
    if held.proposed_by_id != by.pk:
        raise NotAllowed(
            "SD1: only whoever proposed a measure edits it, so that nobody approves their own words."
        )
    if proposal.kind != held.kind:
        raise NotAllowed(
            "Kind: another kind of measure is another proposal. Withdraw this one and propose that."
        )
    risk = open_risk(held.risk_id)
    _demand_sound(proposal, risk, today=at.date())
    for name, value in proposal.columns().items():
        setattr(held, name, value)
    held.level_then = risk.level
    held.test = _kept(proposal.test, held, by=by, at=at)
    held.save()
    _ask_duties(held, proposal.duties, by=by, at=at)
    log(held, "edited measure", by=by, at=at, test=held.test.outcome)
    _ask(held, by=by, at=at)
    return held


@transaction.atomic
def put_forward(measure: Measure, *, by: User, at: datetime) -> None:
    """Ask for approval of a proposal that another record brought, where it is whole; else its proposer edits it first.

    Args:
        measure: a proposal that a decided dilemma or a re-assessment made.
        by: in whose name the approver is asked.
        at: now.
    """
    held = locked(measure)
    given = {one.name: getattr(held, one.name) for one in fields(Proposal) if one.name not in NOT_SIGNED}
    test = held.test.given() if held.test else GivenTest(answers={})
    proposal = Proposal(kind=held.kind, test=test, **given)
    _ask_duties(held, (), by=by, at=at)
    if not _found_against(proposal, held.risk, today=at.date()):
        _ask(held, by=by, at=at)


@transaction.atomic
def answer_test(measure: Measure, test: GivenTest, *, by: User, at: datetime) -> Measure:
    """Answer the full test of an emergency measure; where it passes, the approver is asked to confirm it (3.2).

    Raises:
        NotAllowed: the role, a machine, or no emergency.
    """
    demand_person(by)
    by.demand(Permission.PROPOSE_MEASURE)
    held = locked(measure)
    if held.state != Measure.State.ACTIVE_EMERGENCY:
        raise NotAllowed(
            "Method 9: only an emergency measure is tested after it stands. Edit the proposal instead."
        )
    held.test = _kept(test, held, by=by, at=at)
    held.level_then = open_risk(held.risk_id).level
    held.save(update_fields=["test", "level_then"])
    log(held, "tested emergency measure", by=by, at=at, test=held.test.outcome)
    _ask(held, by=by, at=at)
    return held


@transaction.atomic
def withdraw(measure: Measure, *, reasons: str, by: User, at: datetime) -> None:
    """Take a measure back before it stands: a proposal by its author, what was approved by whoever may propose.

    Raises:
        NotAllowed: the role, another's proposal, short reasons, or the state.
    """
    demand_person(by)
    said = demand_reasons(reasons)
    held = locked(measure)
    if held.state == Measure.State.PROPOSED and held.proposed_by_id != by.pk:
        raise NotAllowed("Only whoever proposed a measure takes the proposal back; an approver refuses it.")
    end_without_decision(held, "withdraw", said, by=by, at=at)


@transaction.atomic
def decide(
    sign_off: SignOff, *, by: User, at: datetime, approve: bool, reasons: str, seen_hash: str
) -> Measure:
    """Approve or refuse a measure; an emergency measure that is approved goes on as an ordinary one (3.2, SD1).

    Args:
        sign_off: what was asked.
        by: somebody else than its author, with the permission that its class needs.
        at: now.
        approve: whether they approve.
        reasons: why, 50 characters or more to approve.
        seen_hash: content hash of what they read.

    Raises:
        NotAllowed: a rule refuses, the content or the level of the risk changed, or somebody decided meanwhile.
    """
    demand_person(by)
    measure = locked(Measure(pk=sign_off.subject_id))
    decide_sign_off(
        sign_off,
        by=by,
        at=at,
        approve=approve,
        reasons=reasons,
        seen_hash=seen_hash,
        authors=frozenset(authors_of(measure)),
        least=SIGN_OFF_REASONS,
    )
    if approve:
        _demand_approvable(measure, sign_off)
    _take(measure, sign_off, approve=approve, reasons=reasons, by=by, at=at)
    return measure


def content_hash(measure: Measure) -> str:
    """Return the SHA-256 of what is signed; a signature is bound to it."""
    return canonical_hash(signed_content(measure))


def signed_content(measure: Measure) -> dict[str, Any]:
    """Return what is proposed, its test, and the level of its risk."""
    content: dict[str, Any] = {
        "measure": measure.pk,
        "kind": measure.kind,
        "level": measure.risk.level,
        "test": measure.test_id,
        **{one.name: getattr(measure, one.name) for one in fields(Proposal) if one.name not in NOT_SIGNED},
    }
    content["policy_version"] = measure.policy_version_id
    if measure.supersedes_id is not None:
        content["supersedes"] = measure.supersedes_id
    for name in ("ends_on", "prior_warning_on"):
        content[name] = content[name].isoformat() if content[name] else None
    return content


def corridor_now(measure: Measure) -> Corridor:
    """Return where a measure stands between floor and ceiling at the level its risk has now."""
    return corridor(
        measure.intrusion,
        level=measure.risk.level,
        repeat=measure.repeat_after_warning,
        warned=measure.prior_warning_on is not None,
        override=bool(measure.override_reason),
    )


def approver_of(measure: Measure) -> Permission:
    """Return what whoever approves a measure needs, as things stand now; for a renewed stop a senior (X6)."""
    if EmergencyStop.objects.filter(measure=measure.pk, renewal=True).exists():
        return Permission.APPROVE_GRAVE_MEASURE
    return approving_permission(
        measure.intrusion, over=corridor_now(measure).over, analyst_pair_up_to=method().analyst_pair_up_to
    )


def authors_of(measure: Measure) -> set[str]:
    """Return who wrote a proposal or its test, by user name; none of them approves it (SD1)."""
    written = {measure.proposed_by.username} if measure.proposed_by else set()
    return written | ({measure.test.assessed_by.username} if measure.test else set())


def locked(measure: Measure) -> Measure:
    """Return a measure as it stands, held until the end of the transaction with the risk that it answers to."""
    list(Risk.objects.select_for_update(of=("self",)).filter(measures=measure.pk))
    held = Measure.objects.select_for_update(of=("self",))
    return held.select_related("risk", "proposed_by", "test__assessed_by").get(pk=measure.pk)


def open_risk(pk: int) -> Risk:
    """Return a risk, held until the end of the transaction.

    Raises:
        NotAllowed: it is closed.
    """
    risk = Risk.objects.select_for_update(of=("self",)).get(pk=pk)
    if risk.status == Risk.Status.CLOSED:
        raise NotAllowed("This risk is closed. Put it up for re-assessment before a measure is taken on it.")
    return risk


def demand_person(by: object) -> None:
    """Refuse whoever is no person: no job imposes, approves or lifts a measure (SD7).

    Raises:
        NotAllowed: a job, an import, or nobody at all.
    """
    if not isinstance(by, User) or by.username in {JOB, IMPORT}:
        raise NotAllowed(
            "SD7: a machine imposes, approves and lifts no measure. A person does, by name (method 5a)."
        )


def called(measure: Measure) -> str:
    """Return what the audit log calls a measure: never by its target, which may be a person."""
    return f"measure {measure.pk}"


def log(measure: Measure, action: str, *, by: User, at: datetime, **detail: Any) -> None:
    """Append what was done to the audit log."""
    record_event(
        by=by.username,
        at=at,
        action=action,
        subject=called(measure),
        detail={"risk": measure.risk_id} | detail,
    )


def end_without_decision(
    measure: Measure, step: str, said: str, *, by: User, at: datetime, permission: Permission | None = None
) -> None:
    """Withdraw a measure, or lift an emergency; what was asked for it is no longer asked.

    Args:
        measure, step, said: what ends, by which step, and why.
        by, at: who, and now.
        permission: that of the act which ends it, where it is not that of the step.

    Raises:
        NotAllowed: the role, or the state.
    """
    move(
        measure,
        replace(MEASURE_STEPS[step], permission=permission or MEASURE_STEPS[step].permission),
        by=by,
        at=at,
        called=called(measure),
        detail={"risk": measure.risk_id, "reasons": said},
        ended_on=max(at.date(), measure.starts_on),
        end_reasons=said,
    )
    void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=measure.pk, at=at)


def end_superseded(measure: Measure, *, by: User, at: datetime) -> None:
    """End the measure that this one takes the place of, now that it stands by an ordinary approval (3.2, modified).

    What ended meanwhile stays as it ended.
    """
    if measure.supersedes_id is None:
        return
    ended = Measure.objects.filter(pk=measure.supersedes_id, state__in=IN_FORCE).update(
        state=Measure.State.MODIFIED,
        ended_on=Greatest(F("starts_on"), Value(at.date(), DateField())),
        end_reasons=f"Replaced by measure {measure.pk}: {measure.get_kind_display()}.",
    )
    if ended:
        void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=measure.supersedes_id, at=at)
        log(measure, "replaced measure", by=by, at=at, replaced=measure.supersedes_id)


def _kept(test: GivenTest, measure: Measure, *, by: User, at: datetime) -> ThreePartTest:
    """Keep a test; what the kind of measure always burdens is judged even where the form left it out (3.1)."""
    burdened = tuple(dict.fromkeys((*LADDER[measure.kind].rights_burdened, *test.rights_burdened)))
    whole = GivenTest(
        answers=test.answers,
        aims=test.aims,
        alternatives=test.alternatives,
        rights_burdened=burdened,
        no_aim_is_listed=test.no_aim_is_listed,
    )
    return keep_test(whole, kind=measure.kind, measure=measure, by=by, at=at)


def _demand_sound(proposal: Proposal, risk: Risk, *, today: date) -> None:
    found = _found_against(proposal, risk, today=today)
    if found:
        raise MeasureRefused(found)


def _found_against(proposal: Proposal, risk: Risk, *, today: date) -> list[Refusal]:
    found = refusals(proposal.facts(level=risk.level, today=today))
    if not proposal.target.strip():
        found.append(
            Refusal("target", "Target: say whom or what the measure touches, without a name at risk.")
        )
    return found + _policy_refusals(proposal, today=today)


def _policy_refusals(proposal: Proposal, *, today: date) -> list[Refusal]:
    """Return why a proposal may not rely on the clause it names (L2, L3)."""
    if proposal.policy_version is None:
        missing = Refusal("policy_relied_on", "L2: name the policy version that this clause stands in.")
        return [missing] if proposal.policy_clause.strip() else []
    try:
        check_conduct(proposal.policy_version, proposal.policy_clause, conduct_on=None, starts_on=today)
    except NotAllowed as refusal:
        return [Refusal("policy_relied_on", str(refusal))]
    return []


def _ask_duties(measure: Measure, asked: Sequence[str], *, by: User, at: datetime) -> None:
    """Ask for the duties that were chosen and those that the measure needs anyhow; what was done stays."""
    risk = measure.risk
    needed = required_duties(measure.kind, level=risk.level, threat_to_life=risk.threat_to_life)
    wanted = {*map(str, needed), *asked}
    measure.duties.filter(done_at__isnull=True).exclude(kind__in=wanted).delete()
    there = set(measure.duties.values_list("kind", flat=True))
    CompanionDuty.objects.bulk_create(
        CompanionDuty(measure=measure, kind=kind, asked_by=by, asked_at=at) for kind in sorted(wanted - there)
    )


def _ask(measure: Measure, *, by: User, at: datetime) -> None:
    """Ask the approver, unless the test does not pass; nothing else is asked for the same measure then."""
    void_sign_offs(subject_kind=SIGN_OFF_KIND, subject_id=measure.pk, at=at)
    if measure.test is None or measure.test.outcome != OutcomeOfTest.PASSES:
        return
    held = locked(measure)
    emergency = held.state == Measure.State.ACTIVE_EMERGENCY
    ask_sign_off(
        subject_kind=SIGN_OFF_KIND,
        subject_id=held.pk,
        subject=f"Measure {held.pk}: {held.get_kind_display().lower()}",
        step=APPROVE,
        step_label="Confirm the emergency measure" if emergency else "Approve the measure",
        permission=approver_of(held),
        content_hash=content_hash(held),
        answer_by=held.emergency_until if emergency else None,
        parts=signed_content(held),
        by=by,
        at=at,
    )


def _demand_approvable(measure: Measure, sign_off: SignOff) -> None:
    open_risk(measure.risk_id)
    if content_hash(measure) != sign_off.content_hash:
        raise NotAllowed(
            "The measure was edited or its risk was judged again since this was asked. Whoever proposed it asks anew."
        )
    if refusal := refusal_by_test(measure.test.outcome, measure.test.reason) if measure.test else NO_TEST:
        raise NotAllowed(refusal)
    now = corridor_now(measure)
    if now.over and now.refusal:
        raise NotAllowed(now.refusal)


NO_TEST = "ICCPR 19(3): no three-part test was answered, so the measure is not approved."


def _take(
    measure: Measure, sign_off: SignOff, *, approve: bool, reasons: str, by: User, at: datetime
) -> None:
    """Move a measure by a decision that was recorded."""
    emergency = measure.state == Measure.State.ACTIVE_EMERGENCY
    if not approve and emergency:
        log(measure, "did not confirm emergency measure", by=by, at=at, reasons=reasons.strip())
        return
    changes: dict[str, Any] = {"ended_on": at.date()}
    if approve:
        today, level = at.date(), measure.risk.level
        review = next_review(
            measure.intrusion,
            level=level,
            today=today,
            ends_on=measure.ends_on,
            intervals=method().review_intervals,
        )
        changes = {"justified_on": today, "next_review": review}
    move(
        measure,
        _decision_step(sign_off, emergency=emergency, approve=approve),
        by=by,
        at=at,
        called=called(measure),
        detail={"risk": measure.risk_id, "approved": approve},
        decided_by=by,
        decided_at=at,
        decision_reasons=reasons.strip(),
        **changes,
    )
    if approve and emergency:
        end_superseded(measure, by=by, at=at)


def _decision_step(sign_off: SignOff, *, emergency: bool, approve: bool) -> Step:
    permission = Permission(sign_off.permission)
    if emergency:
        return Step(sign_off.step_label, frozenset({"active_emergency"}), "active", permission)
    if approve:
        return Step(sign_off.step_label, PROPOSED, "approved", permission)
    return Step("Refuse the measure", PROPOSED, "rejected", permission)
