"""The salient lists that were drawn, each with what changed since; the board signs them among the sign-offs."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.models import SignOff
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import salient_list as actions
from risks.models import SalientList
from risks.queries.salient_list import salient_list_unsigned, since
from risks.views.publications import reads_reasons

LISTS_SHOWN, ROWS_SHOWN = 20, 100


@require_safe_or_post
@requires(Permission.READ_DESK, acting=actions.MAY_DRAW)
def salient_list(request: HttpRequest) -> HttpResponse:
    """Every list that was drawn, and the button to draw the next."""
    refusal = ""
    if request.method == "POST":
        try:
            drawn = actions.draw_salient_list(by=person(request), at=timezone.now())
        except NotAllowed as found:
            refusal = str(found)
        else:
            messages.info(request, "Drawn. The board is asked to sign it.")
            return redirect("salient-list-detail", drawn.pk)
    lists = SalientList.objects.select_related("drawn_by", "signed_by").defer("rows")
    context = {
        "page_obj": Paginator(lists, LISTS_SHOWN).get_page(request.GET.get("page")),
        "unsigned": salient_list_unsigned(timezone.now().date()),
        "may_draw": actions.may_draw(person(request)),
        "waiting": lists.filter(signed_at__isnull=True, refused_at__isnull=True).first(),
        "refusal": refusal,
    }
    return render(request, "risks/salient_list.html", context, status=400 if refusal else 200)


@require_safe
@requires(Permission.READ_DESK)
def salient_list_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One list as it was drawn, and what changed in the register since."""
    drawn = get_object_or_404(SalientList.objects.select_related("drawn_by", "signed_by"), pk=pk)
    user = person(request)
    context = {
        "drawn": drawn,
        "decision": SignOff.objects.filter(subject_kind=actions.SIGN_OFF_KIND, subject_id=drawn.pk).first(),
        "since": since(drawn),
        "page_obj": Paginator(drawn.rows, ROWS_SHOWN).get_page(request.GET.get("page")),
        "reads_reasons": reads_reasons(user),
        "may_sign": user.may(Permission.SIGN_SALIENT_LIST)
        and drawn.signed_at is None
        and drawn.refused_at is None,
    }
    return render(request, "risks/salient_list_detail.html", context)
