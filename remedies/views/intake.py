"""`/raise/`: what happened, what else, check and keep the receipt, send. Nothing is saved before that (ADR 20)."""

from collections.abc import Mapping
from typing import Any

from django.db import Error as DatabaseFailed
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from remedies.actions.intake import NotOpen, receive_with_files
from remedies.documents.cleaning import Busy
from remedies.forms.intake import DetailsForm, WhatForm, submission_of
from remedies.forms.words import IDENTITY_HINTS
from remedies.queries.keys import recovery_key
from remedies.rules.form_token import FormToken, TokenRefused, new_token
from remedies.rules.receipt import new_receipt, shown
from remedies.views.apart import in_language, opened_token, sealed_token, show
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

PURPOSE = "raise"
FIELDS = (*WhatForm.base_fields, *DetailsForm.base_fields)
STEPS = ("start", "what", "details", "review", "send")


@in_language
def raise_concern(request: HttpRequest, language: str) -> HttpResponse:
    """The first page, and every step after it at the same address, so that a history shows one line."""
    if request.method != "POST":
        return show("intake_start", {"is_open": recovery_key() is not None}, page="raise", language=language)
    step = request.POST.get("step", "start")
    try:
        return _Visit(request, language).answer(step if step in STEPS else "start")
    except (DatabaseFailed, NotOpen, Busy, Full) as trouble:
        return _not_received(request, language, step=step, full=isinstance(trouble, (Busy, Full)))


class _Visit:
    """One request of somebody on the way through the form."""

    def __init__(self, request: HttpRequest, language: str) -> None:
        self.at = timezone.now()
        self.language = language
        self.request = request
        self.said = {name: request.POST.get(name, "") for name in FIELDS if name in request.POST}
        self.what = WhatForm(self.said)
        self.details = DetailsForm(self.said)
        self.began, self.token = self._token(request)

    def answer(self, step: str) -> HttpResponse:
        """Return the page that a step asks for, or the earlier one that still misses something."""
        if not self.began:
            return self._page("intake_what", too_old=step != "start")
        if step in {"start", "what"}:
            return self._page("intake_what")
        if not self.what.is_valid():
            return self._page("intake_what", errors=self.what)
        if step == "details":
            return self._page("intake_details")
        if not self.details.is_valid():
            return self._page("intake_details", errors=self.details)
        return self._send() if step == "send" else self._page("intake_review")

    def _send(self) -> HttpResponse:
        submission = submission_of(self.what, self.details, language=self.language)
        try:
            files = chosen_files(self.request)
            demand_entry(self.request, self.token, files, at=self.at)
            became = receive_with_files(submission, files, receipt=self.token.receipt, at=self.at)
        except FileRefused as refused:
            return self._page("intake_review", trouble=advice_on(refused))
        except Asked:
            return self._page("intake_review", asked=True)
        context = {
            "receipt": shown(self.token.receipt),
            "urgent": submission.threat_to_life,
            "unsafe": became.unsafe,
        }
        return show("intake_done", context, page="raise", language=self.language)

    def _token(self, request: HttpRequest) -> tuple[bool, FormToken]:
        try:
            return True, opened_token(request, purpose=PURPOSE, at=self.at)
        except TokenRefused:
            return False, new_token(new_receipt(), at=self.at)

    def _page(
        self,
        name: str,
        *,
        errors: Any = None,
        too_old: bool = False,
        trouble: dict[str, Any] | None = None,
        asked: bool = False,
    ) -> HttpResponse:
        context = {
            "token": sealed_token(self.token, purpose=PURPOSE, at=self.at),
            "receipt": shown(self.token.receipt),
            "said": self.said,
            "what_fields": tuple(WhatForm.base_fields),
            "details_fields": tuple(DetailsForm.base_fields),
            "errors": _errors(errors),
            "too_old": too_old,
            "types": self.what.fields["type"].choices,  # type: ignore[attr-defined]
            "regions": self.details.fields["region"].choices,  # type: ignore[attr-defined]
            "identities": [
                (mode, label, IDENTITY_HINTS[mode])
                for mode, label in self.details.fields["identity_mode"].choices  # type: ignore[attr-defined]
            ],
            "trouble": trouble,
            **files_for(self.request),
            **question_for(self.token, asked=asked, at=self.at),
        }
        return show(name, context, page="raise", language=self.language)


def _errors(form: Any) -> dict[str, str]:
    return {} if form is None else {name: found[0] for name, found in form.errors.items()}


def _not_received(request: HttpRequest, language: str, *, step: str, full: bool) -> HttpResponse:
    said: Mapping[str, str] = {
        name: request.POST[name] for name in (*FIELDS, "token") if name in request.POST
    }
    context = {"said": said, "step": step, "full": full, **files_for(request)}
    return show("intake_retry", context, page="raise", language=language, status=503)
