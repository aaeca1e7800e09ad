"""Open one file of a case: the log first, then the file, as a download that runs nothing (ADR 23)."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from remedies.actions.file_reading import OpenedFile, read_file
from remedies.forms.desk import PURPOSES, ReadForm
from remedies.rules.files import MEDIA, PICTURES, FileKind
from remedies.views.desk_page import never_kept, open_pair, standing_or_404, to_the_vault

ENDINGS = {FileKind.JPEG: "jpg", FileKind.TEXT: "txt"}
HARMLESS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@require_safe_or_post
@requires(Permission.READ_CASES)
@never_kept
def open_file(request: HttpRequest, pk: UUID, file: UUID) -> HttpResponse:
    """Log that the person reads, then hand out a rebuilt file; a picture can be shown, all else is saved."""
    standing = standing_or_404(request, pk)
    form = ReadForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("case-detail", pk=pk)
    try:
        pair = open_pair(request)
    except NotAllowed:
        return to_the_vault(request)
    purpose, user = form.cleaned_data["purpose"], person(request)
    try:
        opened = read_file(
            standing.case, file, by=user, pair=pair, purpose=purpose, request_id=uuid4(), at=timezone.now()
        )
    except NotAllowed as refusal:
        context = {"case": standing.case, "purpose": dict(PURPOSES)[purpose], "refusal": str(refusal)}
        return render(request, "remedies/case_read.html", context, status=403)
    shown = request.POST.get("how") == "show" and opened.kind in PICTURES
    return _handed_out(opened, name=f"case-{standing.case.short}-{str(file)[:8]}", shown=shown)


def _handed_out(opened: OpenedFile, *, name: str, shown: bool) -> HttpResponse:
    response = HttpResponse(opened.content, content_type=MEDIA[opened.kind])
    ending = ENDINGS.get(opened.kind, str(opened.kind))
    response["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}.{ending}"'
    for header, value in HARMLESS.items():
        response[header] = value
    return response
