"""How a manifest names the documents of an edition."""

from collections.abc import Mapping
from typing import Any

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
}


def file_name(period: str, format_: str) -> str:
    """Return the name under which a document of a report is kept."""
    return f"report-{period}.{format_}"


def described(period: str, format_: str, *, size: int, sha256: str) -> dict[str, Any]:
    """Return a document as the manifest lists it."""
    return {
        "name": file_name(period, format_),
        "media_type": MEDIA_TYPES[format_],
        "size": size,
        "sha256": sha256,
    }


def sums(manifest: Mapping[str, Any]) -> str:
    """Return the documents of a manifest as `sha256sum -c` reads them."""
    return "".join(f"{one['sha256']}  {one['name']}\n" for one in manifest["documents"])
