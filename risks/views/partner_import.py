"""Importing partners from a file, with a preview before anything is written."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from hrdd.governance.access import require_safe_or_post, requires
from hrdd.governance.rules import Permission
from risks.actions.partner_import import READER
from risks.rules.partner_import import COLUMNS, EXAMPLE, NEEDED
from risks.views import imports

PAGES = imports.ImportPages(
    reader=READER,
    name="partner-import",
    noun="relationship",
    heading="Import partners",
    register="partner-list",
    register_called="Partners",
    record="partner-detail",
    columns=COLUMNS,
    needed=NEEDED,
    example=EXAMPLE,
    ignored="Columns that the register works out itself, such as the clock, are ignored. Whether a "
    "relationship is crucial a senior finds on its page, and contacts are sealed there.",
)


@require_safe_or_post
@requires(Permission.LOG_LEVERAGE)
def partner_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; it is read and judged, and nothing is written to the register."""
    return imports.upload_page(request, PAGES)


@require_safe
@requires(Permission.LOG_LEVERAGE)
def partner_import_template(request: HttpRequest, extension: str) -> HttpResponse:
    """The file to start from, with one example that is refused on import."""
    return imports.template_file(PAGES, extension)


@require_safe
@requires(Permission.LOG_LEVERAGE)
def partner_import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Each row of a file with its verdict."""
    return imports.preview_page(request, PAGES, pk)


@require_POST
@requires(Permission.LOG_LEVERAGE)
def partner_import_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Apply or discard an import."""
    return imports.take_step(request, PAGES, pk, step)
