"""Comments are sent from the page of their record, and lead back to it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from hrdd.governance.access import person, requires
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.workbench.actions import comments as actions
from hrdd.workbench.models import Mention
from hrdd.workbench.queries.comments import address_of, is_seen


@require_POST
@requires(Permission.COMMENT)
def comment_new(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Say something about a record."""
    user = person(request)
    if not is_seen(user, kind, pk):
        raise Http404
    try:
        made = actions.comment(kind, pk, text=request.POST.get("text", ""), by=user, at=timezone.now())
    except NotAllowed as refusal:
        request.session["unsent_comment"] = [kind, pk, request.POST.get("text", "")[:4000], str(refusal)]
        return redirect(address_of(kind, pk))
    return redirect(address_of(kind, pk, made.pk))


@require_POST
@requires(Permission.READ_DESK)
def mention_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Be done with a comment that called me."""
    user = person(request)
    mention = get_object_or_404(Mention.objects.select_related("comment"), pk=pk, user=user)
    actions.finish_mention(mention, by=user, at=timezone.now())
    return redirect("inbox")
