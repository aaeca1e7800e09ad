"""Take in what somebody tells by telephone, on paper or through another; the receipt is theirs, and shown once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hrdd.governance.access import require_safe_or_post, requires
from hrdd.governance.rules import Permission
from remedies.actions.intake import NotOpen, receive_with_files
from remedies.documents.cleaning import Busy
from remedies.forms.assisted import AssistedForm
from remedies.forms.files import ACCEPTED
from remedies.queries.keys import recovery_key
from remedies.rules.form_token import TokenRefused, new_token
from remedies.rules.receipt import new_receipt, shown
from remedies.views.apart import opened_token, sealed_token
from remedies.views.desk_page import never_kept
from remedies.views.sending import FileRefused, advice_on, chosen_files

PURPOSE = "assisted"


@require_safe_or_post
@requires(Permission.TRIAGE_CASE)
@never_kept
def take_in(request: HttpRequest) -> HttpResponse:
    """Show the form; send what was typed under a receipt of its own, safely repeated, and show that to hand over."""
    at = timezone.now()
    form = AssistedForm(request.POST if request.method == "POST" else None)
    try:
        token = opened_token(request, purpose=PURPOSE, at=at)
    except TokenRefused:
        token = new_token(new_receipt(), at=at)
        if request.method == "POST":
            form.add_error(
                None,
                "This page was older than a day. Nothing was sent yet; send it again.",
            )
    if request.method == "POST" and form.is_valid():
        try:
            became = receive_with_files(
                form.submission(), chosen_files(request), receipt=token.receipt, at=at
            )
        except NotOpen as refusal:
            form.add_error(None, str(refusal))
        except Busy:
            form.add_error(
                None, "Other files are being made safe at this moment. Nothing was sent; try again."
            )
        except FileRefused as refused:
            form.add_error(None, f"{advice_on(refused)['advice']} Nothing was sent; choose the files again.")
        else:
            context = {"receipt": shown(token.receipt), "unsafe": became.unsafe}
            return render(request, "remedies/case_taken_in.html", context)
    context = {
        "form": form,
        "token": sealed_token(token, purpose=PURPOSE, at=at),
        "can_take_in": recovery_key() is not None,
        "accepted": ACCEPTED,
    }
    return render(request, "remedies/case_take_in.html", context, status=400 if form.errors else 200)
