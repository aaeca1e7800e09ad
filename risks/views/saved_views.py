"""Views of the register under a name: saved, opened, renamed, deleted."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from hrdd.governance.access import person, requires
from hrdd.governance.rules import Permission
from risks.actions import register as actions
from risks.forms.register import ConfirmForm, SavedViewForm
from risks.queries.register_filter import RegisterFilter
from risks.queries.saved_views import views_of
from risks.views.form_page import form_page


@require_http_methods(["GET", "POST"])
@requires(Permission.READ_DESK)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters and the order of the address under a name."""
    user, now = person(request), timezone.now()
    filters = RegisterFilter(request.GET, reader=user, at=now)
    said = "; ".join(f"{one.label}: {one.value}" for one in filters.applied) or "every risk"
    return form_page(
        request,
        SavedViewForm(request.POST or None),
        act=partial(actions.save_view, querystring=filters.querystring, by=user, at=now),
        title="Save this view",
        lead=f"It lists what matches on the day it is opened. {said}.",
        button="Save the view",
        back=f"{reverse('risk-list')}?{filters.querystring}",
        done="The view is saved. It stands above the register.",
    )


@require_GET
@requires(Permission.READ_DESK)
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a view at its stable address."""
    view = get_object_or_404(views_of(person(request)), pk=pk)
    return redirect(f"{reverse('risk-list')}?{view.querystring}")


@require_http_methods(["GET", "POST"])
@requires(Permission.READ_DESK)
def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view, or share it or no longer."""
    user = person(request)
    view = get_object_or_404(views_of(user), pk=pk)
    return form_page(
        request,
        SavedViewForm(request.POST or None, initial={"name": view.name, "shared": view.shared}),
        act=partial(actions.change_view, view, by=user, at=timezone.now()),
        title=f"Change the view “{view.name}”",
        lead="Its address stays the same.",
        button="Change the view",
        back=reverse("risk-list"),
        done="The view is changed.",
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.READ_DESK)
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a view, once confirmed."""
    user = person(request)
    view = get_object_or_404(views_of(user), pk=pk)
    return form_page(
        request,
        ConfirmForm(request.POST if request.method == "POST" else None),
        act=partial(actions.delete_view, view, by=user, at=timezone.now()),
        title=f"Delete the view “{view.name}”?",
        lead="Its address stops working, for everybody it is shared with too. The risks stay as they are.",
        button="Delete the view",
        back=reverse("risk-list"),
        done="The view is deleted.",
    )
