"""A person issues the statement of reasons of a measure in force; a correction is a new one (DSA 17, domain.md 8.4)."""

import hashlib
import uuid
from datetime import datetime

import rfc8785
from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.actions.measure_proposals import demand_person, locked, log
from risks.actions.screening import refuse_naming
from risks.models import Measure, StatementOfReasons
from risks.queries.statements import last_of, told_by
from risks.rules import screening, statement
from risks.rules.statement_schema import as_stored


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
    demand_person(by)
    if not by.may(Permission.APPROVE_MEASURE):
        by.demand(Permission.PROPOSE_MEASURE)
    held = locked(measure)
    facts = told_by(held)
    if refused := statement.refusal(facts):
        raise NotAllowed(refused)
    before = last_of(held)
    reasons = demand_reasons(correction_reasons, about="Why it is corrected") if before else ""
    puid = uuid.uuid4()
    content = statement.derive(facts, told, puid=str(puid))
    if lacking := statement.missing(content):
        raise NotAllowed(" ".join(dict.fromkeys(lacking.values())))
    content = as_stored(content)
    text = statement.in_plain_words(facts, told)
    said = {"Facts": told.facts, "Explanation": told.explanation, "Other content": told.content_type_other}
    _refuse_names(held, said | {"Rule or law of the measure": facts.rule or facts.legal_ground})
    issued = StatementOfReasons.objects.create(
        measure=held,
        puid=puid,
        content=content,
        text=text,
        ground=content["decision_ground"],
        category=content["category"],
        sha256=hashlib.sha256(rfc8785.dumps({"content": content, "text": text})).hexdigest(),
        supersedes=before,
        correction_reasons=reasons,
        issued_by=by,
        issued_at=at,
    )
    log(held, "Statement of reasons issued", by=by, at=at, statement=issued.pk, sha256=issued.sha256)
    return issued


def _refuse_names(measure: Measure, texts: dict[str, str]) -> None:
    known = [measure.target_ref]
    if measure.target_type in {Measure.Target.ACCOUNT, Measure.Target.PARTNER}:
        known.append(measure.target)
    for label, said in texts.items():
        if refused := screening.refusal(label, said, known=[one for one in known if one]):
            raise NotAllowed(refused)
    refuse_naming(texts)
