"""Freezing the board's figures, and its pack."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.celery import ring
from hrdd.governance.access import person, requires
from hrdd.governance.rules import Permission
from hrdd.oversight.actions.figures import freeze_by_hand
from hrdd.oversight.queries.figures import last_release, rendered_pack
from hrdd.oversight.tasks import render_pack


@require_POST
@requires(Permission.FREEZE_FIGURES)
def freeze_figures(request: HttpRequest) -> HttpResponse:
    """Freeze the figures now; the worker renders their pack."""
    release = freeze_by_hand(by=person(request), at=timezone.now())
    pack = release.pack.pk
    transaction.on_commit(lambda: ring(render_pack, pack))
    messages.info(request, f"{release} are frozen. The board pack is being rendered.")
    return redirect("board")


@require_safe
@requires(Permission.READ_BOARD)
def board_pack(request: HttpRequest) -> HttpResponse:
    """The pack of the latest figures as PDF; while it is rendered, a page that asks again."""
    release = last_release()
    pack = rendered_pack(release) if release else None
    if pack is None or pack.pdf is None:
        return render(request, "oversight/pack_waits.html", {"release": release})
    if request.headers.get("HX-Request"):  # the page that waits asks; the browser then opens the file
        return HttpResponse(headers={"HX-Redirect": request.path})
    response = HttpResponse(bytes(pack.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="board-{pack.release.as_of.isoformat()}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
