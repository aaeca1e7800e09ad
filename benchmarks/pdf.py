"""A report of 200 pages as PDF: our printer behind its walls, against WeasyPrint alone on the same page.

Both sides are a fresh process that is fed the page and hands back the PDF; ours also counts its pages, keeps to its
limits and reads nothing else.
"""

import resource
import statistics
import subprocess
import sys
import time
from typing import Any

import pypdfium2

from transparency import documents
from transparency.documents.pdf import render_pdf

HASH = "0" * 64
ALONE = (
    "import sys; from weasyprint import HTML; sys.stdout.buffer.write("
    "HTML(string=sys.stdin.buffer.read().decode())"
    ".write_pdf(pdf_variant='pdf/ua-1', pdf_identifier=sys.argv[1].encode()))"
)
ROUNDS = 3
RISKS_A_PAGE = 0.78
TARGET = 1.15
WORDS = "People were held for what they had written, and their families could not learn where. "


def run(pages: int) -> dict[str, Any]:
    """Print a report of about so many pages in turns by both; return the ratio of the medians and our memory."""
    html = documents.render_html(
        _content(round(pages * RISKS_A_PAGE)), content_hash=HASH, css=documents.style()
    )
    ours, alone = [], []
    first, spent = _timed(lambda: render_pdf(html, content_hash=HASH))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    ours.append(spent)
    peer, spent = _timed(lambda: _alone(html))
    alone.append(spent)
    for _ in range(ROUNDS - 1):
        ours.append(_timed(lambda: render_pdf(html, content_hash=HASH))[1])
        alone.append(_timed(lambda: _alone(html))[1])
    ratio = statistics.median(ours) / statistics.median(alone)
    return {
        "benchmark": "pdf",
        "pages": len(pypdfium2.PdfDocument(first)),
        "html_kib": len(html) // 1024,
        "same_bytes": first == peer,
        "ours_seconds": round(statistics.median(ours), 2),
        "weasyprint_seconds": round(statistics.median(alone), 2),
        "ratio": round(ratio, 3),
        "target": TARGET,
        "met": ratio <= TARGET,
        "peak_mib": memory,
    }


def _timed(what: Any) -> tuple[bytes, float]:
    began = time.perf_counter()
    body = what()
    return body, time.perf_counter() - began


def _alone(html: bytes) -> bytes:
    return subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-I", "-B", "-c", ALONE, HASH], input=html, capture_output=True, check=True
    ).stdout


def _content(risks: int) -> dict[str, Any]:
    """Return a content of the shape that a report has, with so many risks of four measures each."""
    return {
        "organisation": "Example Platforms",
        "title": "Human rights report",
        "edition": 1,
        "period": {"name": "2026", "from": "2026-01-01", "to": "2026-12-31", "label": "2026"},
        "as_of": "2026-12-31",
        "frozen_at": "2027-01-15T09:00:00+00:00",
        "figures": [{"code": "risks", "label": "Salient risks", "value": risks, "note": "published"}],
        "risks": [_risk(number) for number in range(risks)],
    }


def _risk(number: int) -> dict[str, Any]:
    measure = {
        "kind": "Temporary suspension",
        "from": "2026-01-07",
        "until": "2026-03-01",
        "rule": "Terms of service, 4.2",
        "state": "In force",
        "finding": "Review due",
        "reasons": [WORDS * 2],
        "decisions": [{"on": "2026-02-01", "outcome": "Maintain"}],
    }
    return {
        "title": f"Risk {number}",
        "summary": WORDS * 6,
        "severity": {"level": 4, "band": "severe", "incomplete": False, "reason": WORDS},
        "rights": [{"said": "life", "how": WORDS, "rights": [{"code": "R3", "title": "Life"}]}],
        "measures": [measure] * 4,
        "involvement": [],
        "consultations": [],
        "proceedings": [],
        "gaps": [{"code": "INDEFINITE_MEASURE", "message": WORDS}],
        "sources": ["https://example.org/a-source"] * 3,
    }
