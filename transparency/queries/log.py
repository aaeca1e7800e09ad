"""The publication log, to be served, extended and proved."""

import json
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Max, QuerySet

from hrdd.sealing import open_sealed
from transparency.models import AnchorPush, LogCheckpoint, LogEntry, Manifest, Report
from transparency.models.reports import OUT
from transparency.rules.audit_trail import Batch
from transparency.rules.merkle import inclusion_proof, root_of
from transparency.rules.notes import TILE_WIDTH, Key, keys_told, proof_text
from transparency.rules.workflows import State


def log_size() -> int:
    """Return how many entries the log has."""
    last = LogEntry.objects.aggregate(last=Max("index"))["last"]
    return 0 if last is None else int(last) + 1


def leaf_hashes(begin: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Return the leaf hashes from one index up to another, in order, without holding them."""
    wanted = LogEntry.objects.filter(index__gte=begin, **({} if end is None else {"index__lt": end}))
    for one in wanted.order_by("index").values_list("leaf_hash", flat=True).iterator(chunk_size=5000):
        yield bytes(one)


def log_keys() -> list[Key]:
    """Return the keys that the log tells of, the first one first; each was signed by the one before.

    Raises:
        BadNote: one was not.
    """
    told = LogEntry.objects.filter(kind=LogEntry.Kind.KEY).order_by("index").values_list("entry", flat=True)
    return keys_told(json.loads(entry) for entry in told)


def origin() -> str:
    """Return the name of the log: that of its first key, or the one to begin with."""
    keys = log_keys()
    return keys[0].name if keys else str(settings.LOG_ORIGIN)


def latest_checkpoint() -> LogCheckpoint | None:
    """Return the checkpoint of the largest size."""
    return LogCheckpoint.objects.order_by("-size").first()


def last_batch() -> Batch | None:
    """Return the last commitment to the audit log."""
    entry = LogEntry.objects.filter(kind=LogEntry.Kind.AUDIT).order_by("-index").first()
    return None if entry is None else opened_batch(entry.index, bytes(entry.rows), bytes(entry.sealed))


def last_event_committed() -> int:
    """Return the id of the last audit event that the log commits to, 0 where there is none."""
    found = LogEntry.objects.filter(kind=LogEntry.Kind.AUDIT).order_by("-index")
    return found.values_list("last_event", flat=True).first() or 0


def opened_batch(index: int, rows: bytes, sealed: bytes) -> Batch:
    """Return a commitment with what was sealed beside it.

    Raises:
        CannotOpen: no key at hand opens it.
    """
    told = open_sealed(sealed)
    return Batch(index, int(told["start"]), int(told["count"]), bytes.fromhex(told["blind"]), rows)


def tile(level: int, number: int, width: int) -> bytes | None:
    """Return the hashes of a tile (c2sp.org/tlog-tiles), or nothing where the signed tree has no such tile."""
    checkpoint = latest_checkpoint()
    span = TILE_WIDTH**level
    begin = number * TILE_WIDTH * span
    if checkpoint is None or begin + width * span > checkpoint.size:
        return None
    hashes = leaf_hashes(begin, begin + width * span)
    if level == 0:
        return b"".join(hashes)
    return b"".join(root_of(next(hashes) for _ in range(span)) for _ in range(width))


def entries(number: int, width: int) -> list[bytes] | None:
    """Return the entries of a bundle, or nothing where the signed tree has no such bundle."""
    checkpoint = latest_checkpoint()
    begin = number * TILE_WIDTH
    if checkpoint is None or begin + width > checkpoint.size:
        return None
    found = LogEntry.objects.filter(index__gte=begin, index__lt=begin + width).order_by("index")
    return [entry.encode() for entry in found.values_list("entry", flat=True)]


def published_manifest(period: str) -> QuerySet[Manifest]:
    """Return the manifest of the published edition of a period, or nothing."""
    return Manifest.objects.filter(report__period=period, report__state=State.PUBLISHED)


def inclusion(manifest: Manifest) -> str | None:
    """Return the proof that a manifest is in the log, or nothing before the next checkpoint."""
    checkpoint = latest_checkpoint()
    if checkpoint is None or manifest.entry_id >= checkpoint.size:
        return None
    leaves = list(leaf_hashes(0, checkpoint.size))
    proof = inclusion_proof(manifest.entry_id, leaves)
    return proof_text(index=manifest.entry_id, proof=proof, checkpoint=checkpoint.note)


def without_manifest() -> QuerySet[Report]:
    """Return the editions that were published and have no manifest yet, in the order in which they were."""
    return Report.objects.filter(state__in=OUT, manifest__isnull=True).order_by("published_at", "pk")


def waiting_pushes(place: str) -> QuerySet[AnchorPush]:
    """Return what a place outside has not got yet, the earliest first."""
    return AnchorPush.objects.filter(place=place, done_at__isnull=True).order_by("checkpoint")
