"""A person issues the statement of reasons of a measure in force; a correction is a new one (DSA 17, domain.md 8.4)."""

import hashlib
import uuid
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.actions.measure_proposals import demand_person, locked, log
from risks.actions.screening import refuse_naming
from risks.models import Measure, StatementOfReasons
from risks.queries.statements import holding_by_action, last_of, told_by
from risks.rules import screening, statement
from risks.rules.statement_actions import ActionsError, actions_in
from risks.rules.statement_schema import as_stored

MAY_ISSUE = (Permission.PROPOSE_MEASURE, Permission.APPROVE_MEASURE)


@transaction.atomic
def issue_statement(
    measure: Measure, told: statement.Told, *, correction_reasons: str = "", by: User, at: datetime
) -> StatementOfReasons:
    """Issue the statement of a measure in force, or one that supersedes the last.

    Args:
        measure: in force; one that ended may have what it told corrected.
        told: what the measure does not hold.
        correction_reasons: why the last one is replaced, 50 characters or more; empty for the first.
        by, at: a person who proposes or approves measures, and now.

    Raises:
        NotAllowed: the role; the state; what is missing; a text that may lead to a person or names a partner.
    """
    held = _held(measure, by)
    facts = _facts(held)
    before = last_of(held)
    reasons = demand_reasons(correction_reasons, about="Why it is corrected") if before else ""
    _refuse_names(held, told, facts)
    issued = _derived(held, facts, told, by=by, at=at)
    issued.supersedes, issued.correction_reasons = before, reasons
    issued.save(force_insert=True)
    log(held, "Statement of reasons issued", by=by, at=at, statement=issued.pk, sha256=issued.sha256)
    return issued


@transaction.atomic
def issue_for_actions(
    measure: Measure,
    told: statement.Told,
    *,
    actions: str,
    correction_reasons: str = "",
    by: User,
    at: datetime,
) -> int:
    """Issue a statement for each of many actions of a rule, all or none; return how many (DSA 17(1)).

    What an action was told before is superseded, with the reasons; each statement has an identifier of its own.

    Args:
        measure: of unit `rule_class`, in force or ended.
        told: what is the same for every action; its day of the content is that of each action.
        actions: the key and the days of each, as CSV lines.
        correction_reasons: why what was told before is replaced, 50 characters or more; needed only then.
        by, at: a person who proposes or approves measures, and now.

    Raises:
        NotAllowed: as `issue_statement`; a measure that is reviewed one by one; lines that cannot be read.
    """
    held = _held(measure, by)
    if held.unit_of_review != Measure.Unit.RULE_CLASS:
        raise NotAllowed("Method 9.1: this measure acts on one thing. Issue its one statement.")
    facts = _facts(held)
    last_day = min(one for one in (at.date(), held.ended_on, held.ends_on) if one)
    try:
        listed = actions_in(actions, begun=held.starts_on, until=last_day)
    except ActionsError as refusal:
        raise NotAllowed(str(refusal)) from None
    before = holding_by_action(held, [one.reference for one in listed])
    reasons = demand_reasons(correction_reasons, about="Why they are corrected") if before else ""
    _refuse_names(held, told, facts)
    issued = []
    for one in listed:
        own = _derived(
            held,
            replace(facts, starts_on=one.decided_on, appeal_until=None),
            replace(told, content_date=one.content_date),
            by=by,
            at=at,
        )
        own.action, own.supersedes = one.reference, before.get(one.reference)
        own.correction_reasons = reasons if own.supersedes else ""
        issued.append(own)
    StatementOfReasons.objects.bulk_create(issued, batch_size=500)
    digest = hashlib.sha256("\n".join(sorted(one.sha256 for one in issued)).encode()).hexdigest()
    log(held, "Statements of reasons issued", by=by, at=at, statements=len(issued), sha256=digest)
    return len(issued)


def _held(measure: Measure, by: User) -> Measure:
    demand_person(by)
    if not any(by.may(one) for one in MAY_ISSUE):
        by.demand(Permission.PROPOSE_MEASURE)
    return locked(measure)


def _facts(measure: Measure) -> statement.MeasureTold:
    facts = told_by(measure)
    if refused := statement.refusal(facts):
        raise NotAllowed(refused)
    return facts


def _derived(
    measure: Measure, facts: statement.MeasureTold, told: statement.Told, *, by: User, at: datetime
) -> StatementOfReasons:
    """Return a statement that is whole and not stored yet."""
    puid = uuid.uuid4()
    content = statement.derive(facts, told, puid=str(puid))
    if lacking := statement.missing(content):
        raise NotAllowed(" ".join(dict.fromkeys(lacking.values())))
    content = as_stored(content)
    text = statement.in_plain_words(facts, told)
    return StatementOfReasons(
        measure=measure,
        puid=puid,
        content=content,
        text=text,
        ground=content["decision_ground"],
        category=content["category"],
        sha256=statement.digest(content, text),
        issued_by=by,
        issued_at=at,
    )


def _refuse_names(measure: Measure, told: statement.Told, facts: statement.MeasureTold) -> None:
    texts = {
        "Facts": told.facts,
        "Explanation": told.explanation,
        "Other content": told.content_type_other,
        "Rule or law of the measure": facts.rule or facts.legal_ground,
    }
    known = [measure.target_ref]
    if measure.target_type in {Measure.Target.ACCOUNT, Measure.Target.PARTNER}:
        known.append(measure.target)
    for label, said in texts.items():
        if refused := screening.refusal(label, said, known=[one for one in known if one]):
            raise NotAllowed(refused)
    refuse_naming(texts)
