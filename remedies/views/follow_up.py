"""`/follow/`: come back with the receipt. One path whether it finds something or not (ADR 20)."""

from datetime import datetime
from typing import Any

from django.db import Error as DatabaseFailed
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from remedies.actions import follow_up, ratings
from remedies.actions.intake import NotOpen
from remedies.documents.cleaning import Busy
from remedies.forms.intake import FurtherForm, RatingForm
from remedies.forms.words import STATES
from remedies.rules.case import CaseState
from remedies.rules.case_workflow import ENDED
from remedies.rules.form_token import FormToken, TokenRefused, new_token
from remedies.rules.receipt import NotAReceipt, grouped, read_receipt
from remedies.views.apart import at_even_pace, in_language, opened_token, sealed_token, show
from remedies.views.follow_more import ASKS, say
from remedies.views.sending import (
    Asked,
    FileRefused,
    Full,
    advice_on,
    chosen_files,
    demand_entry,
    files_for,
    question_for,
)

PURPOSE = "follow"
LONGEST_TYPED = 200


@in_language
@at_even_pace
def follow_case(request: HttpRequest, language: str) -> HttpResponse:
    """Enter the receipt; then the status, unread answers, a further message, and deleting."""
    if request.method != "POST":
        return show("follow_enter", {}, page="follow", language=language)
    at = timezone.now()
    text, step = request.POST.get("text", ""), request.POST.get("step", "open")
    try:
        return _answer(request, language, step=step, at=at)
    except TokenRefused:
        return show("follow_enter", {"too_old": True, "text": text}, page="follow", language=language)
    except (DatabaseFailed, NotOpen, Busy, Full) as trouble:
        said = {name: request.POST[name] for name in ("receipt", "token", "text") if name in request.POST}
        full = isinstance(trouble, (Busy, Full))
        context = {"said": said, "step": step, "full": full, **files_for(request)}
        return show("intake_retry", context, page="follow", language=language, status=503)


def _answer(request: HttpRequest, language: str, *, step: str, at: datetime) -> HttpResponse:
    if step == "open":
        typed = request.POST.get("receipt", "")[:LONGEST_TYPED]
        try:
            token = new_token(read_receipt(typed), at=at)
        except NotAReceipt:
            context = {
                "mistyped": True,
                "typed": typed,
                "typed_groups": grouped(typed),
                "text": request.POST.get("text", ""),
            }
            return show("follow_enter", context, page="follow", language=language)
        return _mailbox(request, token, language, at=at, text=request.POST.get("text", ""))
    token = opened_token(request, purpose=PURPOSE, at=at)
    if step == "ask":
        sealed = sealed_token(token, purpose=PURPOSE, at=at)
        return show("follow_delete", {"token": sealed}, page="follow", language=language)
    if step in ASKS:
        sealed = sealed_token(token, purpose=PURPOSE, at=at)
        return show("follow_confirm", {"token": sealed, "asks": step}, page="follow", language=language)
    if step == "delete":
        return _deleted(token, language, at=at, whole=bool(request.POST.get("receipt_too")))
    return _step(request, token, language, step=step, at=at)


def _step(request: HttpRequest, token: FormToken, language: str, *, step: str, at: datetime) -> HttpResponse:
    if step == "hide":
        follow_up.hide_answers(token.receipt, token.shown)
    if step in {"agree", "contest"}:
        follow_up.answer_remedy(token.receipt, agrees=step == "agree", today=at.date())
    say(step, token.receipt, today=at.date())
    if step == "rate":
        return _rated(request, token, language, at=at)
    if step != "send":
        return _mailbox(request, new_token(token.receipt, at=at), language, at=at)
    return _send(request, token, language, at=at)


def _send(request: HttpRequest, token: FormToken, language: str, *, at: datetime) -> HttpResponse:
    kept = request.POST.get("text", "")
    try:
        files = chosen_files(request)
    except FileRefused as refused:
        return _mailbox(request, token, language, at=at, text=kept, trouble=advice_on(refused))
    form = FurtherForm(request.POST)
    form.fields["text"].required = not files
    if not form.is_valid():
        return _mailbox(request, token, language, at=at, text=kept, error=str(form.errors["text"][0]))
    try:
        demand_entry(request, token, files, at=at)
        sent = follow_up.send_with_files(
            token.receipt, form.cleaned_data["text"], files, nonce=token.nonce, at=at
        )
    except FileRefused as refused:
        return _mailbox(request, token, language, at=at, text=kept, trouble=advice_on(refused))
    except Asked:
        return _mailbox(request, token, language, at=at, text=kept, asked=True)
    unsafe = sent.unsafe if sent else 0
    return _mailbox(
        request, new_token(token.receipt, at=at), language, at=at, sent=sent is not None, unsafe=unsafe
    )


def _rated(request: HttpRequest, token: FormToken, language: str, *, at: datetime) -> HttpResponse:
    form = RatingForm(request.POST)
    kept = form.is_valid() and ratings.rate(token.receipt, **form.cleaned_data, today=at.date())
    return _mailbox(
        request, new_token(token.receipt, at=at), language, at=at, rated="kept" if kept else "nothing"
    )


def _mailbox(
    request: HttpRequest,
    token: FormToken,
    language: str,
    *,
    at: datetime,
    asked: bool = False,
    sent: bool = False,
    **shown: Any,
) -> HttpResponse:
    box = follow_up.open_mailbox(token.receipt, at=at)
    ids = tuple(str(answer.id) for answer in box.answers)
    carried = FormToken(token.receipt, token.nonce, token.issued, ids)
    context = {
        "token": sealed_token(carried, purpose=PURPOSE, at=at),
        "found": box.state is not None,
        "status": STATES[box.state] if box.state else "",
        "offered": box.state == CaseState.REMEDY_PROPOSED,
        "answers": box.answers,
        "is_asked": box.is_asked,
        "has_identity": box.has_identity,
        "goes_on": box.state not in ENDED,
        "rating": RatingForm() if ratings.may_rate(box.state) else None,
        "sent": sent,
        **files_for(request),
        **({"keep": False} if sent else {}),
        **shown,
        **question_for(token, asked=asked, at=at),
    }
    return show("follow_case", context, page="follow", language=language)


def _deleted(token: FormToken, language: str, *, at: datetime, whole: bool) -> HttpResponse:
    if whole:
        follow_up.forget_receipt(token.receipt, today=at.date())
    else:
        follow_up.delete_answers(token.receipt)
    return show("follow_deleted", {"whole": whole}, page="follow", language=language)
