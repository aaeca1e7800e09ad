"""What else a person can say behind the receipt: withdraw, take back who they are, tell of retaliation."""

from collections.abc import Callable
from datetime import date

from remedies.actions import persons_word
from remedies.rules.retaliation import Word

ASKS = frozenset({"ask-punished", "ask-identity", "ask-withdraw"})


def say(step: str, receipt: str, *, today: date) -> None:
    """Do what a button says, if it is one of these; a receipt that finds nothing changes nothing."""
    if step in _SAID:
        _SAID[step](receipt, today)


_SAID: dict[str, Callable[[str, date], None]] = {
    "punished": lambda receipt, today: persons_word.report_retaliation(receipt, today=today),
    "take-back": lambda receipt, _today: persons_word.take_back_identity(receipt),
    "withdraw": lambda receipt, today: persons_word.withdraw(receipt, today=today),
    "punished-no": lambda receipt, today: persons_word.answer_check(receipt, Word.NO, today=today),
    "punished-unsure": lambda receipt, today: persons_word.answer_check(receipt, Word.UNSURE, today=today),
    "punished-yes": lambda receipt, today: persons_word.answer_check(receipt, Word.YES, today=today),
}
