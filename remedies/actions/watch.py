"""Watch over whoever spoke: asked after closing, told by them at once, looked at by the team (domain.md 6.5, 6.7)."""

from datetime import date, datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, demand_reasons
from remedies.actions.assignment import held_by_team, held_case, log_on_case
from remedies.actions.reading import tell
from remedies.models import Case, RetaliationCheck
from remedies.queries.cases import role_on
from remedies.rules.case import CaseRole, CaseState, week_of
from remedies.rules.case_workflow import Reopening
from remedies.rules.retaliation import ON_REPORT, Outcome, Word, demand_word, due_days, outcome_of
from remedies.rules.wraps import KeyPair

NONE_OPEN = "No report of retaliation is open here."


def begin_watch(case: Case, *, today: date) -> None:
    """Set the days on which it is asked; what was set for an earlier closing and never answered goes."""
    case.retaliation_checks.filter(word="").delete()
    RetaliationCheck.objects.bulk_create(
        (RetaliationCheck(case=case, days=days, due=due) for days, due in due_days(today).items()),
        ignore_conflicts=True,
    )


def reopen_for_retaliation(case: Case, *, today: date) -> None:
    """Open a closed case again because the person says that they are punished; their word, so no step of staff."""
    Case.objects.filter(pk=case.pk, state=str(CaseState.CLOSED)).update(
        state=str(CaseState.REOPENED),
        reopened_on=week_of(today),
        reopened_for=str(Reopening.RETALIATION),
    )


@transaction.atomic
def record_word(case: Case, *, word: Word, by: User, at: datetime) -> None:
    """Record what was learned in another way than behind the receipt; a yes opens a closed case again.

    Raises:
        NotAllowed: no answer, no role on the case, or nothing is asked now.
    """
    held = held_by_team(case, by, does="records it")
    demand_word(word)
    asked = held.retaliation_checks.filter(word="", due__lte=at.date()).order_by("-due").first()
    if asked is None and word != Word.YES:
        raise NotAllowed("Nothing is asked now. The days stand beside the case.")
    asked = asked or RetaliationCheck(case=held, days=ON_REPORT, due=week_of(at.date()))
    asked.word, asked.word_week, asked.recorded_by = str(word), week_of(at.date()), by
    asked.save()
    if word == Word.YES:
        reopen_for_retaliation(held, today=at.date())
    log_on_case(held, "recorded an answer on retaliation", by=by, at=at, word=str(word))


@transaction.atomic
def take_report(case: Case, *, by: User, at: datetime) -> None:
    """Say that one looks into a report of retaliation (48 hours, K17).

    Raises:
        NotAllowed: no role on the case, or none is open.
    """
    held = held_by_team(case, by, does="looks into it")
    waiting = held.retaliation_checks.filter(word="yes", outcome="", taken_on__isnull=True)
    if not waiting.update(taken_by=by, taken_on=at.date()):
        raise NotAllowed(NONE_OPEN)
    log_on_case(held, "looks into retaliation", by=by, at=at)


@transaction.atomic
def conclude_report(
    case: Case,
    *,
    detriment: bool,
    other_grounds: bool,
    text: str,
    by: User,
    pair: KeyPair,
    at: datetime,
) -> Outcome:
    """Say what was found on a report of retaliation, and tell the person (domain.md 6.7; WB Dir 21(5)).

    Args:
        case: the case.
        detriment: whether something to their disadvantage followed.
        other_grounds: whether the acting side showed other grounds for it.
        text: what the person is told, at least 50 characters.
        by, pair, at: who, their open vault, and now.

    Raises:
        NotAllowed: who neither investigates nor decides this case, short words, or none is being looked into.
    """
    held = held_case(case, by)
    if role_on(held, by) not in {CaseRole.GRV_INV, CaseRole.GRV_DEC}:
        raise NotAllowed("SD3: who investigates or decides the case says what was found.")
    outcome = outcome_of(detriment=detriment, other_grounds=other_grounds)
    tell(held, demand_reasons(text, about="What the person reads"), by=by, pair=pair, at=at)
    taken = held.retaliation_checks.filter(word="yes", outcome="", taken_on__isnull=False)
    if not taken.update(outcome=str(outcome), outcome_on=at.date()):
        raise NotAllowed(NONE_OPEN + " Say first that you look into it.")
    log_on_case(held, "concluded on retaliation", by=by, at=at, outcome=str(outcome))
    return outcome
