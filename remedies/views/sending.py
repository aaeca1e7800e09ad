"""What stands before a press of “send”: its files, and in a flood a question or a full house (ADR 23)."""

import time
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from remedies.actions.attachments import GivenFile
from remedies.forms.files import ACCEPTED, ADVICE, FIELD, given_files
from remedies.forms.question import are_right, new_questions
from remedies.queries.keys import form_keys
from remedies.rules.files import FileRefused
from remedies.rules.flood import Gate, Standing
from remedies.rules.form_token import FormToken, TokenRefused, new_token, open_token
from remedies.views.apart import sealed_token

__all__ = [
    "Asked",
    "FileRefused",
    "Full",
    "advice_on",
    "chosen_files",
    "demand_entry",
    "files_for",
    "question_for",
]
PURPOSE = "question"
COST_OF_FILE = 10


class Asked(Exception):
    """Many messages arrive; a question is to be answered first. Nothing was received."""


class Full(Exception):
    """More arrives than can be taken in. Nothing was received."""


@cache
def gate() -> Gate:
    """Return the gate of this process."""
    return Gate(settings.INTAKE_QUIET_A_MINUTE, settings.INTAKE_MOST_A_MINUTE)


def chosen_files(request: HttpRequest) -> tuple[GivenFile, ...]:
    """Return the files that came with a request, in memory.

    Raises:
        FileRefused: one is not taken; none is.
    """
    keep = bool(request.POST.get("keep"))
    return tuple(GivenFile(kind, what, keep) for kind, what in given_files(request.FILES.getlist(FIELD)))


def advice_on(refused: FileRefused) -> dict[str, Any]:
    """Return what a page says about a file that is not taken."""
    return {"advice": ADVICE[refused.reason]}


def demand_entry(
    request: HttpRequest, token: FormToken, files: tuple[GivenFile, ...], *, at: datetime
) -> None:
    """Take a press of “send” into the budget of everybody.

    Raises:
        Asked: a question is to be answered first.
        Full: nothing more fits at this moment.
    """
    cost = 1 + COST_OF_FILE * len(files)
    answered = _is_answered(request, token, at=at)
    stands = gate().enter(cost, answered=answered, now=time.monotonic())
    if stands == Standing.FULL:
        raise Full
    if stands == Standing.ASKS:
        raise Asked


def files_for(request: HttpRequest) -> dict[str, Any]:
    """Return what the choice of files on a page needs; what was ticked stays ticked."""
    return {"accepted": ACCEPTED, "keep": bool(request.POST.get("keep"))}


def question_for(token: FormToken, *, asked: bool, at: datetime) -> dict[str, Any]:
    """Return what a page with “send” shows of a question, where one is to be answered."""
    shown: dict[str, Any] = {"asked": asked}
    if not asked and not gate().asks(now=time.monotonic()):
        return shown
    made = new_questions()
    right = new_token(token.receipt, at=at, shown=tuple(str(one.right) for one in made))
    return shown | {"questions": made, "question": sealed_token(right, purpose=PURPOSE, at=at)}


def _is_answered(request: HttpRequest, token: FormToken, *, at: datetime) -> bool:
    given = request.POST.get("question", "")
    if not given:
        return False
    try:
        right = open_token(given, keys=form_keys(at=at), purpose=PURPOSE, at=at)
    except TokenRefused:
        return False
    return right.receipt == token.receipt and are_right(request.POST, right.shown)
