"""The page as PDF. The only module that imports WeasyPrint, and with it Pango: only the worker loads it."""

from collections.abc import Mapping
from typing import NoReturn

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher


class NothingIsFetched(URLFetcher):  # type: ignore[misc]  # WeasyPrint is untyped
    """A report carries all it needs; whatever else it names is refused, file, web and data alike."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> NoReturn:
        """Refuse; stops the rendering, since a report that names something to fetch is not ours."""
        raise FatalURLFetchingError(f"A report may not load {url[:120]}")


def render_pdf(html: bytes, *, content_hash: str) -> bytes:
    """Return the page as tagged PDF/UA; the same page gives the same bytes.

    Raises:
        FatalURLFetchingError: the page names something to fetch.
    """
    page = HTML(string=html.decode(), url_fetcher=NothingIsFetched(), base_url=None)
    pdf = page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=content_hash.encode())
    if not isinstance(pdf, bytes):
        raise TypeError("WeasyPrint returned no bytes.")
    return pdf
