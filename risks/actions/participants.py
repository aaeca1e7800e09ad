"""The people who were consulted: a pseudonym, and a sealed contact that only the engagement team opens (N1, N12)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.sealing import seal
from risks.actions.screening import all_texts_of, demand_team, log, parts_of, refuse_identifying
from risks.actions.sealed_reads import open_after_logging
from risks.models import Consultation, Participant
from risks.queries.consultations import check_due
from risks.rules.consultation import CHECK_AFTER_DAYS, ConsultationState


@transaction.atomic
def record_participant(
    consultation: Consultation,
    *,
    pseudonym: str,
    name: str,
    contact: str,
    consent_attribution: str,
    by: User,
    at: datetime,
) -> Participant:
    """Record somebody who takes part; name and contact are sealed before they reach the database.

    Args:
        consultation: what they take part in, until it is closed.
        pseudonym: what the team calls them; it says nothing about who they are.
        name, contact: as they gave them, both may be empty.
        consent_attribution: whether they may be named with what they said.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, the team, a pseudonym that tells who they are or is taken, or a text that names them.
    """
    by.demand(Permission.RUN_CONSULTATION)
    demand_team(consultation, by)
    if consultation.state == ConsultationState.CLOSED:
        raise NotAllowed("The consultation is closed; nobody is added to it.")
    sealed = {"name": name.strip(), "contact": contact.strip()}
    refuse_identifying({"Pseudonym": pseudonym}, known=parts_of(sealed))
    refuse_identifying(all_texts_of(consultation), known=[pseudonym, *parts_of(sealed)])
    try:
        with transaction.atomic():
            participant = Participant.objects.create(
                consultation=consultation,
                pseudonym=" ".join(pseudonym.split()),
                sealed=seal(sealed),
                consent_attribution=consent_attribution,
            )
    except IntegrityError:
        raise NotAllowed("Pseudonym: somebody in this consultation has it already. Choose another.") from None
    log(consultation, "recorded participant", by=by, at=at, participant=participant.pk)
    return participant


def open_contact(participant: Participant, *, by: User, at: datetime) -> dict[str, str]:
    """Return what is sealed about one person; the read is committed to the audit log before (domain.md 0.1).

    Raises:
        NotAllowed: not of the team; the read cannot be logged, so nothing is shown; a key is missing.
    """
    demand_team(participant.consultation, by)
    held = participant.consultation
    return open_after_logging(
        participant.sealed,
        lambda: log(held, "opened contact", by=by, at=at, participant=participant.pk),
    )


@transaction.atomic
def tell_participant(participant: Participant, *, by: User, at: datetime) -> None:
    """Record that one person was told what became of what they said; with the last one all findings are told (E3).

    Raises:
        NotAllowed: the role, the team, the answers are not closed yet, or they were told before.
    """
    consultation = _of_team(participant, by)
    if consultation.state not in {ConsultationState.RESPONDED, ConsultationState.CLOSED}:
        raise NotAllowed("E3: answer every finding and close the answers; then people are told.")
    if not Participant.objects.filter(pk=participant.pk, told_at__isnull=True).update(told_at=at):
        raise NotAllowed("They were told already.")
    if not consultation.participants.filter(told_at__isnull=True).exists():
        consultation.findings.filter(told_participants_at__isnull=True).update(told_participants_at=at)
    log(consultation, "told participant", by=by, at=at, participant=participant.pk)


@transaction.atomic
def record_check(participant: Participant, *, by: User, at: datetime) -> None:
    """Record that one person was asked afterwards whether they were harmed for speaking (`post_contact_check_30d`).

    Raises:
        NotAllowed: the role, the team, too early, or recorded before.
    """
    consultation = _of_team(participant, by)
    due = check_due(consultation, days=CHECK_AFTER_DAYS)
    if due is None or at.date() < due:
        when = f"from {due:%-d %B %Y} on" if due else f"{CHECK_AFTER_DAYS} days after people were asked"
        raise NotAllowed(f"It is too early for this check: ask them {when}.")
    if not Participant.objects.filter(pk=participant.pk, checked_on_at__isnull=True).update(checked_on_at=at):
        raise NotAllowed("This check is on record already.")
    log(consultation, "checked on participant", by=by, at=at, participant=participant.pk)


@transaction.atomic
def erase_participant(participant: Participant, *, by: User, at: datetime) -> None:
    """Erase somebody who wants out, with all that is sealed about them; they may at any time (`opt_out_any_time`).

    Raises:
        NotAllowed: the role, or the team.
    """
    consultation, number = _of_team(participant, by), participant.pk
    participant.delete()
    log(consultation, "erased participant", by=by, at=at, participant=number)


def _of_team(participant: Participant, by: User) -> Consultation:
    by.demand(Permission.RUN_CONSULTATION)
    demand_team(participant.consultation, by)
    return participant.consultation


PARTICIPANT_STEPS = {"tell": tell_participant, "check": record_check, "erase": erase_participant}
