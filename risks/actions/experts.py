"""Records shared with outside experts: a frozen extract, for some time, answered by opinions (GP18(a); domain.md 0.2).

Nothing of an expert, a question or an opinion goes to the audit log: ids and codes only.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, Role, demand_reasons
from risks.actions.screening import known_of, refuse_identifying, refuse_naming
from risks.models import Consultation, Evidence, ExpertAccess, ExpertOpinion, Risk
from risks.queries.consultations import is_team
from risks.queries.experts import extract_from_consultation, extract_from_risk, open_to
from risks.queries.method import method
from risks.rules.expert_extract import ONLY_EXPERTS, Extract, refused_period, texts_of


@transaction.atomic
def share_risk(
    risk: Risk,
    *,
    expert: User,
    question: str,
    starts_on: date | None,
    until: date | None,
    evidence: Sequence[Evidence],
    by: User,
    at: datetime,
) -> ExpertAccess:
    """Let one outside expert read an extract of a risk for some time.

    Args:
        risk: the risk; the extract is taken now and stays as it is.
        expert: an active person whose only role is EXPERT.
        question: what they are asked.
        starts_on: the first day; today where none is given.
        until: the last day.
        evidence: which pieces they read; public ones of this risk.
        by, at: who shares, and now.

    Raises:
        NotAllowed: the role, the expert, the time, evidence that is not public, or a text that could identify a person
            or names a partner whose name endangers people.
    """
    by.demand(Permission.SHARE_WITH_EXPERT)
    shown = Evidence.Disclosure.PUBLIC
    if any(one.risk_id != risk.pk or one.disclosure != shown for one in evidence):
        raise NotAllowed("Evidence: experts read public evidence of this risk only (UNGP 21(c)).")
    return _share(
        extract_from_risk(risk, evidence=evidence),
        risk=risk,
        known=[],
        expert=expert,
        question=question,
        starts_on=starts_on,
        until=until,
        by=by,
        at=at,
    )


@transaction.atomic
def share_consultation(
    consultation: Consultation,
    *,
    expert: User,
    question: str,
    starts_on: date | None,
    until: date | None,
    by: User,
    at: datetime,
) -> ExpertAccess:
    """Let one outside expert read what was screened of a consultation for some time.

    The share lapses when the consultation is screened anew: what was taken out of it is then taken from the expert.

    Args:
        consultation: it was screened by somebody other than its organiser.
        expert, question, starts_on, until, by, at: see `share_risk`.

    Raises:
        NotAllowed: the role, the expert, the time, an unscreened consultation, or a text that could identify a person.
    """
    by.demand(Permission.SHARE_WITH_EXPERT)
    consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    if consultation.screened_at is None:
        raise NotAllowed(
            "Nobody has screened this consultation yet. It is shared once somebody other than its organiser has taken "
            "out what identifies people (UNGP 21(c))."
        )
    known = known_of(consultation)
    if is_team(by, consultation):
        refuse_identifying({"Question": question}, known=known)
    return _share(
        extract_from_consultation(consultation),
        consultation=consultation,
        known=known,
        expert=expert,
        question=question,
        starts_on=starts_on,
        until=until,
        by=by,
        at=at,
    )


def _share(
    extract: Extract,
    *,
    known: Sequence[str],
    expert: User,
    question: str,
    starts_on: date | None,
    until: date | None,
    by: User,
    at: datetime,
    risk: Risk | None = None,
    consultation: Consultation | None = None,
) -> ExpertAccess:
    _demand_expert(expert)
    refusals = refused_period(starts_on, until, on=at.date(), longest=method().expert_access_days)
    if refusals or until is None:
        raise NotAllowed(" ".join(refusals))
    refuse_identifying({"Question": question})
    refuse_identifying(texts_of(extract), known=known)
    refuse_naming({"Question": question} | texts_of(extract))
    access = ExpertAccess.objects.create(
        expert=expert,
        risk=risk,
        consultation=consultation,
        question=question.strip(),
        extract=extract,
        starts_on=starts_on or at.date(),
        until=until,
        granted_by=by,
        granted_at=at,
    )
    _log(access, "shared with an expert", by=by, at=at)
    return access


def _demand_expert(expert: User) -> None:
    """Refuse whoever is no outside expert: another role would open more than the extract (domain.md 0.2)."""
    if not expert.is_active or expert.roles != [Role.EXPERT]:
        raise NotAllowed(ONLY_EXPERTS)


@transaction.atomic
def revoke(access: ExpertAccess, *, by: User, at: datetime) -> None:
    """End a share at once, before its last day.

    Raises:
        NotAllowed: the role, or it has ended already.
    """
    by.demand(Permission.SHARE_WITH_EXPERT)
    lasting = ExpertAccess.objects.filter(pk=access.pk, revoked_at__isnull=True, until__gte=at.date())
    if not lasting.update(revoked_by=by, revoked_at=at):
        raise NotAllowed("This share has ended already.")
    _log(access, "revoked from an expert", by=by, at=at)


def open_shared(access: ExpertAccess, *, by: User, at: datetime) -> None:
    """Log that an expert opens what is shared with them; it commits before anything is shown (domain.md 0.4).

    Raises:
        NotAllowed: the role, or the share is not theirs or not open now.
    """
    _demand_open(access, by=by, at=at)
    _log(access, "expert opened", by=by, at=at)


@transaction.atomic
def give_opinion(access: ExpertAccess, *, opinion: str, by: User, at: datetime) -> ExpertOpinion:
    """Append what an expert answers, while the share lasts.

    The opinion is not compared with the names of those who were consulted: a refusal would tell an outsider who was.

    Raises:
        NotAllowed: the role, a share that is not theirs or not open now, an opinion too short to follow, or a text that
            could identify a person.
    """
    ExpertAccess.objects.select_for_update(of=("self",)).get(pk=access.pk)
    _demand_open(access, by=by, at=at)
    said = demand_reasons(opinion, about="Opinion")
    refuse_identifying({"Opinion": said})
    given = ExpertOpinion.objects.create(access=access, text=said, given_at=at)
    _log(access, "expert gave an opinion", by=by, at=at)
    return given


def _demand_open(access: ExpertAccess, *, by: User, at: datetime) -> None:
    by.demand(Permission.READ_SHARED)
    if not open_to(by, on=at.date()).filter(pk=access.pk).exists():
        raise NotAllowed("This is not shared with you now.")


def _log(access: ExpertAccess, action: str, *, by: User, at: datetime) -> None:
    subject = {"risk": access.risk_id} if access.risk_id else {"consultation": access.consultation_id}
    record_event(by=by.username, at=at, action=action, subject=f"expert access {access.pk}", detail=subject)
