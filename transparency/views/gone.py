"""What stands in public where an edition was withdrawn for the safety of people."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from transparency.queries.withdrawals import withdrawn_edition
from transparency.views.kept import fresh

GONE = 410


def gone_or_missing(request: HttpRequest, period: str, edition: int | None = None) -> HttpResponse:
    """Say that an edition was withdrawn and why, without a word of it (410).

    Raises:
        Http404: it was not; there never was one.
    """
    found = withdrawn_edition(period, edition)
    if found is None:
        raise Http404
    answer = render(request, "transparency/withdrawn_public.html", {"withdrawn": found}, status=GONE)
    answer["X-Robots-Tag"] = "noindex, noarchive"
    fresh(answer)
    return answer
