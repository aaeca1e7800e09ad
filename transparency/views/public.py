"""What anyone may read, without signing in and without a cookie."""

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import quote_etag
from django.views.decorators.http import condition, require_safe

from risks.queries.exit_figures import public_narratives
from risks.queries.model_reviews import public_model_reviews
from risks.queries.publications import cards, severe_unpublished
from risks.queries.salient_list import signed_on
from risks.rules.consultation import SILENCE
from risks.rules.publication import counted, signed_in_time
from transparency.documents import structured
from transparency.forms import PublicRiskFilter
from transparency.models import Document, Report
from transparency.queries import news
from transparency.queries.consultations import published_consultations, told
from transparency.queries.latest_figures import latest_figures
from transparency.queries.public_risks import gravest, listed, published_page
from transparency.queries.releases import latest_complaints, latest_exits
from transparency.queries.reports import (
    documents_of,
    edition_document,
    published_document,
    published_reports,
    replaced_editions,
)
from transparency.queries.withdrawals import withdrawn_editions
from transparency.rules.manifest import MEDIA_TYPES, file_name
from transparency.rules.workflows import State
from transparency.views.data import site_of
from transparency.views.gone import gone_or_missing
from transparency.views.kept import FRESH, shown

ACCESSIBILITY_TESTED = date(2026, 11, 27)
ON_THE_FIRST_PAGE, ON_A_PAGE = 3, 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this organisation knows, what it does, and how it is going."""
    context = {
        "risks": gravest(ON_THE_FIRST_PAGE, on=timezone.now().date()),
        "latest": latest_figures(),
        "structured": structured.organisation(site_of(request)),
    }
    return shown(request, "transparency/home.html", context)


@require_safe
def risk_list(request: HttpRequest) -> HttpResponse:
    """The salient risks that are published, the gravest first: a page of them, of a level, a right and a country."""
    today = timezone.now().date()
    signed, form = signed_on(), PublicRiskFilter(request.GET)
    filters = form.filters()
    page = published_page(listed(**filters), after=request.GET.get("after", ""))
    context = {
        "form": form,
        "page": page,
        "risks": cards(page.rows, on=today),
        "filtered": bool(filters),
        "querystring": form.querystring(),
        "unlisted": counted(severe_unpublished().count()),
        "signed_on": signed,
        "signed_in_time": signed_in_time(signed, today),
        "structured": structured.dataset(site_of(request), "risks"),
    }
    return shown(request, "transparency/risk_list_public.html", context)


@require_safe
def consultation_list(request: HttpRequest) -> HttpResponse:
    """What people said in consultations, and what was done about it."""
    page = Paginator(published_consultations(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "consultations": list(told(list(page.object_list))),
        "page_obj": page,
        "silence": SILENCE,
        "structured": structured.dataset(site_of(request), "consultations"),
    }
    return shown(request, "transparency/consultation_list_public.html", context)


@require_safe
def business_model(request: HttpRequest) -> HttpResponse:
    """The drivers of the business model that were reviewed, once the board signed: conclusion and changes made."""
    context = {
        "reviews": public_model_reviews(),
        "structured": structured.dataset(site_of(request), "business-model"),
    }
    return shown(request, "transparency/business_model.html", context)


@require_safe
def exits(request: HttpRequest) -> HttpResponse:
    """How many relationships with partners were suspended, ended or kept, by reason and severity; never by name."""
    context = {
        "told": latest_exits(),
        "narratives": public_narratives(),
        "structured": structured.dataset(site_of(request), "figures"),
    }
    return shown(request, "transparency/exits_public.html", context)


@require_safe
def complaints(request: HttpRequest) -> HttpResponse:
    """How well complaints are handled, as last published with a report: never counted anew for this page."""
    context = {"told": latest_complaints(), "structured": structured.dataset(site_of(request), "figures")}
    return shown(request, "transparency/complaints_public.html", context)


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Every published report."""
    found = list(published_reports())
    replaced = replaced_editions([one.period for one in found])
    files = documents_of(found)
    reports = [(one, files[one.pk], replaced.get(one.period, [])) for one in found]
    context = {
        "reports": reports,
        "structured": structured.reports(site_of(request), [(one, files[one.pk]) for one in found]),
    }
    return shown(request, "transparency/report_list_public.html", context)


@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """What was published and then corrected, or withdrawn for the safety of people."""
    context = {
        "reports": news.corrected_reports(),
        "withdrawn": withdrawn_editions(),
        "risks": news.corrected_risks(),
        "statements": news.corrected_statements(),
    }
    return shown(request, "transparency/corrections_public.html", context)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement: how far the pages conform, how that is known, and what may be in the way."""
    return shown(request, "transparency/accessibility_public.html", {"prepared": ACCESSIBILITY_TESTED})


def _etag(_request: HttpRequest, period: str, format: str = "html") -> str | None:  # noqa: A002
    found = published_document(period, format).values_list("sha256", flat=True).first()
    return quote_etag(found) if found else None


@require_safe
@condition(etag_func=_etag)
def report(request: HttpRequest, period: str, format: str = "html") -> HttpResponse:  # noqa: A002  # the URL's word
    """The published bytes of a period, as they were frozen."""
    document = published_document(period, format).select_related("report").first()
    if document is None:
        return gone_or_missing(request, period)
    response = document_response(document, document.report)
    response["Cache-Control"] = FRESH
    return response


def _edition_etag(_request: HttpRequest, period: str, edition: int, format: str = "") -> str | None:  # noqa: A002
    found = edition_document(period, edition, format or Document.Format.HTML)
    row = found.values_list("sha256", "report__state").first()
    if row is None:
        return None
    sha256, state = row
    return quote_etag(sha256 if format or state == State.PUBLISHED else f"{sha256}-replaced")


@require_safe
@condition(etag_func=_edition_etag)
def edition(request: HttpRequest, period: str, edition: int, format: str = "") -> HttpResponse:  # noqa: A002  # the URL's word
    """One edition at the address that it keeps; the page of a replaced one says so above its frozen bytes.

    Its files, the page as a file among them, are the frozen bytes and nothing else, so that they can be checked.
    """
    found = edition_document(period, edition, format or Document.Format.HTML)
    document = found.select_related("report").first()
    if document is None:
        return gone_or_missing(request, period, edition)
    response = document_response(document, document.report)
    if not format and document.report.state == State.CORRECTED:
        banner = render_to_string("transparency/_replaced_edition.html", {"report": document.report})
        response.content = response.content.replace(b"<body>", b"<body>\n" + banner.encode(), 1)
    response["Cache-Control"] = FRESH
    return response


def document_response(document: Document, of: Report) -> HttpResponse:
    """Return stored bytes with a policy under which they may load nothing, and only their own style applies."""
    response = HttpResponse(bytes(document.body), content_type=MEDIA_TYPES[document.format])
    style = f"'{document.style_hash}'" if document.style_hash else "'none'"
    response["Content-Security-Policy"] = (
        f"default-src 'none'; object-src 'none'; style-src {style}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    if document.format == Document.Format.CSV:
        response["Content-Disposition"] = f'attachment; filename="{file_name(of.period, "csv")}"'
    elif document.format != Document.Format.HTML:
        response["Content-Disposition"] = f'inline; filename="{file_name(of.period, document.format)}"'
    return response
