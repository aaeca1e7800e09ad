"""A frozen content as bytes: web page, data, table; the PDF is next door."""

import base64
import csv
import hashlib
import io
from collections.abc import Mapping
from typing import Any

import rfc8785
from django.conf import settings
from django.template.loader import render_to_string

FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("risk", "level", "measure", "from", "until", "state", "rule", "finding", "reasons")


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """Return the content as RFC 8785 bytes: the same content is always the same bytes."""
    return rfc8785.dumps(dict(content))


def style() -> str:
    """Return the style that a report carries inside."""
    return (settings.BASE_DIR / "static" / "css" / "report.css").read_text(encoding="utf-8")


def style_hash(css: str) -> str:
    """Return the source expression by which a content security policy allows this style and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()}"


def render_html(content: Mapping[str, Any], *, content_hash: str, css: str) -> bytes:
    """Return the self-contained page of a content.

    Args:
        content: the frozen content.
        content_hash: SHA-256 of its canonical JSON, printed on the page.
        css: the style to carry inside.
    """
    context = {"report": content, "content_hash": content_hash, "css": css}
    return render_to_string("transparency/report.html", context).encode()


def render_csv(content: Mapping[str, Any]) -> bytes:
    """Return the measures of a content as a table, one a row; cells that a spreadsheet would compute are quoted."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for risk in content["risks"]:
        level = risk["severity"]["level"]
        for one in risk["measures"]:
            told = [one[key] for key in ("kind", "from", "until", "state", "rule", "finding")]
            rows.writerow(_inert(cell) for cell in (risk["title"], level, *told, " ".join(one["reasons"])))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _inert(cell: object) -> str:
    said = str(cell)
    return f"'{said}" if said.startswith(FORMULA) else said
