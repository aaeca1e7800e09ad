"""Search across all that a person may see, and the list from which the palette chooses."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hrdd.governance.access import person, requires
from hrdd.governance.rules import Permission
from hrdd.workbench.forms import SearchForm
from hrdd.workbench.queries import search as queries
from hrdd.workbench.queries.places import acts_for, called, pages_for

PAGE_SIZE = 50
SHOWN, SHOWN_IN_PALETTE, PLACES_IN_PALETTE = 5, 3, 6


@require_safe
@requires(Permission.READ_DESK)
def search(request: HttpRequest) -> HttpResponse:
    """What words are found in: a few of each kind, or all of one."""
    user = person(request)
    form = SearchForm(request.GET, kinds=queries.kinds_of(user))
    said, kind = form.said(), form.chosen_kind()
    context = {
        "form": form,
        "said": said,
        "pages": called(said, pages_for(user)) if said else pages_for(user),
        "acts": called(said, acts_for(user)) if said else acts_for(user),
        "querystring": form.querystring(),
    }
    if said and kind:
        page = Paginator(queries.found_of(kind, user, said), PAGE_SIZE).get_page(request.GET.get("page"))
        chosen = queries.KINDS[kind]
        context |= {"kind": chosen.label, "page_obj": page, "hits": [chosen.hit(row) for row in page]}
    elif said:
        context |= {"found": queries.search(user, said, shown=SHOWN)}
    return render(request, "workbench/search.html", context)


@require_safe
@requires(Permission.READ_DESK)
def palette(request: HttpRequest) -> HttpResponse:
    """What the palette offers for the words typed so far: acts, pages, records."""
    user = person(request)
    said = SearchForm(request.GET, kinds={}).said()
    context = {
        "said": said,
        "acts": called(said, acts_for(user))[:PLACES_IN_PALETTE],
        "pages": called(said, pages_for(user))[:PLACES_IN_PALETTE],
        "found": queries.search(user, said, shown=SHOWN_IN_PALETTE) if said else [],
    }
    return render(request, "workbench/_palette_options.html", context)
