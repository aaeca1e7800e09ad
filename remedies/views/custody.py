"""What waits for a custodian, their answer, and who wrote as it is read once; and actions owed to everybody."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from remedies.actions import case_links, identities
from remedies.actions.vault import NO_CUSTODIAN, open_custodian_file
from remedies.forms.case_work import CustodianForm
from remedies.forms.desk import PURPOSES, ReadForm
from remedies.models import IdentityRequest, SystemicAction
from remedies.queries.alarms import sealed_for, waiting_requests
from remedies.queries.case_desk import state_words
from remedies.queries.keys import custodian_key, recovery_key, unconfirmed_keys
from remedies.rules.case import CaseState
from remedies.rules.wraps import fingerprint
from remedies.views.desk_page import never_kept, open_pair, standing_or_404, to_the_vault

ANSWERED_SHOWN, SEALED_SHOWN = 20, 50


@require_safe
@requires(Permission.KEEP_IDENTITIES)
@never_kept
def custody(request: HttpRequest) -> HttpResponse:
    """Everything that only custodians do: requests for who wrote, keys to confirm, cases that nobody else opens."""
    user, ceremony = person(request), recovery_key()
    answered = IdentityRequest.objects.filter(answered_by=user).select_related("case", "asked_by")
    page = Paginator(sealed_for(user), SEALED_SHOWN).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "requests": waiting_requests(user),
        "keys": [
            (key, fingerprint(bytes(key.public))) for key in unconfirmed_keys() if key.user_id != user.pk
        ],
        "sealed": [(case, state_words(CaseState(case.state))) for case in page.object_list],
        "answered": answered.order_by("-answered_at")[:ANSWERED_SHOWN],
        "ceremony": ceremony,
        "fingerprint": fingerprint(bytes(ceremony.public)) if ceremony else "",
        "has_key": custodian_key(user.username) is not None,
    }
    return render(request, "remedies/custody.html", context)


@csrf_exempt  # so that the file stays in memory: CSRF is checked below, once the handler is chosen
@require_safe_or_post
@requires(Permission.KEEP_IDENTITIES)
@never_kept
def custody_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Grant or refuse a request to open who wrote."""
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    return _custody_answer(request, pk)


@csrf_protect
def _custody_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    asked = waiting_requests(user).filter(pk=pk).first()
    if asked is None:
        raise Http404
    form = CustodianForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = _answered(request, asked, form)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.info(request, done)
            return redirect("custody")
    context = {"asked": asked, "form": form}
    return render(request, "remedies/custody_answer.html", context, status=400 if form.errors else 200)


@require_safe_or_post
@requires(Permission.READ_CASES)
@never_kept
def read_identity(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Log that the person reads who wrote, then show it once, while a custodian's grant is in force."""
    standing = standing_or_404(request, pk)
    form = ReadForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        messages.error(request, "Choose why you read it; nothing was opened.")
        return redirect("case-detail", pk=pk)
    try:
        pair = open_pair(request)
    except NotAllowed:
        return to_the_vault(request)
    purpose = form.cleaned_data["purpose"]
    context = {"case": standing.case, "purpose": dict(PURPOSES)[purpose]}
    try:
        context["contacts"] = identities.read_identity(
            standing.case,
            by=person(request),
            pair=pair,
            purpose=purpose,
            request_id=uuid4(),
            at=timezone.now(),
        )
    except NotAllowed as refusal:
        context["refusal"] = str(refusal)
    return render(
        request, "remedies/case_identity.html", context, status=403 if "refusal" in context else 200
    )


@require_POST
@requires(Permission.READ_DESK)
def systemic_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that what changes for everybody was changed; it is there for its owner alone."""
    action = get_object_or_404(SystemicAction, pk=pk, owner=person(request), done_on__isnull=True)
    try:
        case_links.finish_action(action, by=person(request), at=timezone.now())
    except NotAllowed:
        raise Http404 from None
    messages.info(request, "Recorded: it is done.")
    return redirect("desk")


def _answered(request: HttpRequest, asked: IdentityRequest, form: CustodianForm) -> str:
    said, user, at = form.cleaned_data, person(request), timezone.now()
    if request.POST.get("answer") != "grant":
        identities.refuse_request(asked, reasons=said["reasons"], by=user, at=at)
        return "Refused. They read why on their page of the case."
    key = custodian_key(user.username)
    if key is None:
        raise NotAllowed(NO_CUSTODIAN)
    pair = open_custodian_file(said["file"], key=key, passphrase=said["passphrase"])
    until = identities.grant_request(asked, custodian=key, pair=pair, reasons=said["reasons"], at=at)
    return f"Granted until {until:%-d %B %Y, %H:%M} UTC. It ends by itself."
