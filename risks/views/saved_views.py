"""Views of a list under a name: saved, opened, renamed, deleted."""

from functools import partial
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import person, require_safe_or_post, requires
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import lists as list_actions
from risks.actions import register as actions
from risks.actions.lists import demand_list
from risks.forms.register import ConfirmForm, SavedViewForm
from risks.queries.register_filter import RegisterFilter
from risks.queries.saved_views import RISKS, all_views_of
from risks.rules.lists import LISTS, DeskList
from risks.views.form_page import form_page

MOST_FILTERS, LONGEST_FILTER = 20, 200


def _list_or_404(request: HttpRequest, name: str) -> DeskList:
    try:
        return demand_list(person(request), name)
    except NotAllowed:
        raise Http404 from None


def _kept(request: HttpRequest, name: str) -> tuple[str, str]:
    """Return the filters to keep as they stand in an address, and as people read them."""
    if name == RISKS:
        filters = RegisterFilter(request.GET, reader=person(request), at=timezone.now())
        said = "; ".join(f"{one.label}: {one.value}" for one in filters.applied) or "every risk"
        return filters.querystring, said
    chosen = {
        key: value
        for key, value in list(request.GET.dict().items())[:MOST_FILTERS]
        if value and key not in {"register", "page"} and len(key + value) <= LONGEST_FILTER
    }
    return urlencode(chosen), "; ".join(f"{key}: {value}" for key, value in chosen.items()) or "everything"


@require_safe_or_post
@requires(Permission.READ_DESK)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters and the order of the address under a name."""
    name = request.GET.get("register", RISKS)
    of = _list_or_404(request, name)
    querystring, said = _kept(request, name)
    return form_page(
        request,
        SavedViewForm(request.POST or None, shares=of.shares),
        act=partial(
            actions.save_view, register=name, querystring=querystring, by=person(request), at=timezone.now()
        ),
        title="Save this view",
        lead=f"It lists what matches on the day it is opened: {said}.",
        button="Save the view",
        back=f"{reverse(of.page)}?{querystring}",
        done="The view is saved. It stands above the list.",
    )


@require_safe
@requires(Permission.READ_DESK)
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a view at its stable address."""
    view = get_object_or_404(all_views_of(person(request)), pk=pk)
    return redirect(f"{reverse(LISTS[view.register].page)}?{view.querystring}")


@require_POST
@requires(Permission.READ_DESK)
def list_columns(request: HttpRequest, name: str) -> HttpResponse:
    """Keep which columns of a list this person sees, and go back to it as it was filtered."""
    of = _list_or_404(request, name)
    list_actions.choose_columns(
        person(request), name, shown=request.POST.getlist("column"), at=timezone.now()
    )
    return redirect(f"{reverse(of.page)}?{QueryDict(request.POST.get('querystring', '')).urlencode()}")


@require_safe_or_post
@requires(Permission.READ_DESK)
def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view, or share it or no longer."""
    user = person(request)
    view = get_object_or_404(all_views_of(user), pk=pk)
    return form_page(
        request,
        SavedViewForm(
            request.POST or None,
            shares=LISTS[view.register].shares,
            initial={"name": view.name, "shared": view.shared},
        ),
        act=partial(actions.change_view, view, by=user, at=timezone.now()),
        title=f"Change the view “{view.name}”",
        lead="Its address stays the same.",
        button="Change the view",
        back=reverse(LISTS[view.register].page),
        done="The view is changed.",
    )


@require_safe_or_post
@requires(Permission.READ_DESK)
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a view, once confirmed."""
    user = person(request)
    view = get_object_or_404(all_views_of(user), pk=pk)
    return form_page(
        request,
        ConfirmForm(request.POST if request.method == "POST" else None),
        act=partial(actions.delete_view, view, by=user, at=timezone.now()),
        title=f"Delete the view “{view.name}”?",
        lead="Its address stops working, for everybody it is shared with too. What it lists stays as it is.",
        button="Delete the view",
        back=reverse(LISTS[view.register].page),
        done="The view is deleted.",
    )
