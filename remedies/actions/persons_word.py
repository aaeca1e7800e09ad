"""What only the person says, behind their receipt: withdraw, take back who they are, tell of retaliation (6.2, 6.4).

Nothing here writes to the audit log, and of each word only the week is kept: a time would tell when they wrote.
"""

from datetime import date

from django.db import transaction

from remedies.actions.follow_up import locked_case
from remedies.actions.watch import reopen_for_retaliation
from remedies.models import Case, RetaliationCheck
from remedies.rules.case import CaseState, IdentityMode, week_of
from remedies.rules.case_workflow import ENDED
from remedies.rules.retaliation import ON_REPORT, Word


@transaction.atomic
def withdraw(receipt: str, *, today: date) -> None:
    """Withdraw a case; actions for everybody and the lesson go on, and what was written can still be answered."""
    case = locked_case(receipt)
    if case is None or case.state in ENDED:
        return
    Case.objects.filter(pk=case.pk).update(
        state=str(CaseState.WITHDRAWN), withdrawn_week=week_of(today), closed_on=week_of(today)
    )


@transaction.atomic
def take_back_identity(receipt: str) -> None:
    """Delete how the person can be reached, and every key to it; they are anonymous from now on."""
    case = locked_case(receipt)
    if case is None:
        return
    case.identities.only("pk").delete()
    Case.objects.filter(pk=case.pk).update(identity_mode=str(IdentityMode.ANONYMOUS))


@transaction.atomic
def answer_check(receipt: str, word: Word, *, today: date) -> None:
    """Answer whether somebody was punished; a yes opens the closed case again at once."""
    case = locked_case(receipt)
    if case is None or word not in {Word.NO, Word.UNSURE, Word.YES}:
        return
    asked = case.retaliation_checks.filter(word="", due__lte=today).order_by("-due").first()
    if asked is None or case.state != CaseState.CLOSED:
        return
    case.retaliation_checks.filter(pk=asked.pk).update(word=str(word), word_week=week_of(today))
    case.retaliation_checks.filter(word="", due__lt=asked.due).update(
        word=str(Word.NOT_REACHED), word_week=week_of(today)
    )
    if word == Word.YES:
        reopen_for_retaliation(case, today=today)


@transaction.atomic
def report_retaliation(receipt: str, *, today: date) -> None:
    """Tell at any time that somebody is punished for speaking; said twice while one is open, it is one report."""
    case = locked_case(receipt)
    if case is None or case.retaliation_checks.filter(word="yes", outcome="").exists():
        return
    RetaliationCheck.objects.create(
        case=case, days=ON_REPORT, due=week_of(today), word=str(Word.YES), word_week=week_of(today)
    )
    reopen_for_retaliation(case, today=today)
