"""The publication log and its proofs, as files that anyone may fetch, keep and check."""

import json
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from hrdd.headers import UNLESS_SAID
from transparency.models import Manifest
from transparency.queries import log
from transparency.queries.reports import published_reports
from transparency.queries.withdrawals import edition_manifest
from transparency.rules.manifest import sums
from transparency.rules.notes import TILE_WIDTH, bundle, tile_number
from transparency.views.gone import gone_or_missing
from transparency.views.kept import FRESH, kept, shown

PLAIN, RAW = "text/plain; charset=utf-8", "application/octet-stream"
SOON, FOR_EVER = "public, max-age=5", "public, max-age=31536000, immutable"


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The latest signed checkpoint."""
    found = log.latest_checkpoint()
    if found is None:
        raise Http404("Nothing has been signed yet.")
    return _file(request, found.note, PLAIN, SOON)


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that signed, the first one first, a line each."""
    return _file(request, "".join(f"{key.line}\n" for key in log.log_keys()), PLAIN, SOON)


@require_safe
def tile(request: HttpRequest, level: str, place: str) -> HttpResponse:
    """A tile of hashes, or a bundle of entries; it never changes."""
    path, _partial, width = place.partition(".p/")
    number, wide = tile_number(path), int(width or TILE_WIDTH)
    if level == "entries":
        entries = log.entries(number, wide)
        found = None if entries is None else bundle(entries)
    else:
        found = log.tile(int(level), number, wide)
    if found is None:
        raise Http404("The signed log has no such tile.")
    return _file(request, found, RAW, FOR_EVER)


@require_safe
def manifest_file(request: HttpRequest, period: str, name: str, edition: int | None = None) -> HttpResponse:
    """The manifest of a published report or of one edition, whatever became of it, or what is needed to check it."""
    found = log.published_manifest(period) if edition is None else edition_manifest(period, edition)
    manifest = found.first()
    if manifest is None:
        return gone_or_missing(request, period, edition)
    told = MANIFEST_FILES[name](manifest)
    if told is None:
        raise Http404("It stands in the log after the next checkpoint, within a quarter of an hour.")
    body, media_type = told
    response = _file(request, body, media_type, FRESH)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def public_key(manifest: Manifest) -> str:
    """Return the key that signed, as openssl reads it."""
    key = Ed25519PublicKey.from_public_bytes(bytes(manifest.public_key))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _proof(manifest: Manifest) -> tuple[str, str] | None:
    found = log.inclusion(manifest)
    return None if found is None else (found, PLAIN)


MANIFEST_FILES: dict[str, Callable[[Manifest], tuple[str | bytes, str] | None]] = {
    "manifest.json": lambda manifest: (bytes(manifest.body), "application/json"),
    "manifest.json.sig": lambda manifest: (bytes(manifest.signature), RAW),
    "manifest.json.tlog-proof": _proof,
    "SHA256SUMS": lambda manifest: (sums(json.loads(bytes(manifest.body))), PLAIN),
    "key.pem": lambda manifest: (public_key(manifest), "application/x-pem-file"),
}


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """How to check what was published, with the commands to copy."""
    script = (settings.BASE_DIR / "static" / "verify" / "hrdd_verify.py").read_text(encoding="utf-8")
    latest = published_reports().filter(manifest__isnull=False).select_related("manifest").first()
    keys = log.log_keys()
    context = {
        "site": f"{request.scheme}://{request.get_host()}",
        "reports": published_reports().filter(manifest__isnull=False),
        "latest": latest,
        "keys": keys,
        "latest_key": keys[-1].line if keys else "",
        "checkpoint": log.latest_checkpoint(),
        "script": script,
        "script_lines": script.count("\n"),
        "places": len(settings.ANCHORS),
    }
    return shown(request, "transparency/verify.html", context)


def _file(request: HttpRequest, body: str | bytes, media_type: str, cache: str) -> HttpResponse:
    response = HttpResponse(body, content_type=media_type)
    response["Content-Security-Policy"] = UNLESS_SAID["Content-Security-Policy"]
    return kept(request, response, cache=cache)
