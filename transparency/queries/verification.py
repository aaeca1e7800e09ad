"""Everything that may be verified, read from the database without holding it in memory."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from hrdd.sealing import CannotOpen
from transparency.models import Document, LogCheckpoint, LogEntry, Manifest, Report
from transparency.models.reports import OUT
from transparency.queries.anchored import held, held_at
from transparency.queries.log import log_keys, opened_batch
from transparency.queries.reports import listed_documents
from transparency.rules.audit_trail import AuditRow, Batch
from transparency.rules.examination import Entry, Examined, Line, Source, examine
from transparency.rules.notes import BadNote

FETCHED = 5000
# `at` as Python's isoformat writes it: no fraction where there is none.
EVENTS = """
SELECT id,
  to_char(at AT TIME ZONE 'UTC', CASE WHEN date_trunc('second', at) = at
    THEN 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"' ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"' END),
  actor, action, subject, detail::text, prev_hash, hash
FROM governance_auditevent ORDER BY id
"""


class Stored:
    """The records of the database, streamed through server-side cursors."""

    def events(self) -> Iterator[AuditRow]:
        """Return the audit log in order."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(EVENTS)
            while found := cursor.fetchmany(FETCHED):
                yield from map(AuditRow._make, found)

    def entries(self) -> Iterator[tuple[Entry, bytes]]:
        """Return the log in order, each entry with its stored leaf hash."""
        found = LogEntry.objects.order_by("index").values_list(
            "index", "entry", "rows", "sealed", "leaf_hash"
        )
        for index, text, rows, sealed, leaf in found.iterator(chunk_size=FETCHED):
            yield Entry(index, text, bytes(rows), bytes(sealed)), bytes(leaf)

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Return the sizes that were signed, ascending, with their notes."""
        found = LogCheckpoint.objects.order_by("size").values_list("size", "note")
        yield from found.iterator(chunk_size=FETCHED)

    def opened(self, entry: Entry) -> Batch:
        """Return the commitment beside an entry; raise ValueError where it cannot be opened."""
        try:
            return opened_batch(entry.index, entry.rows, entry.sealed)
        except (CannotOpen, KeyError, UnicodeDecodeError) as error:
            raise ValueError(
                f"entry {entry.index}: what is sealed beside it cannot be opened ({error})"
            ) from None


def verify_all(folder: Path | None) -> Examined:
    """Verify all there is, each kind in one line.

    Args:
        folder: what one place outside holds; else every place of HRDD_ANCHORS is read.
    """
    if folder is None:
        places: dict[str, Source] = {place: _source(place) for place in settings.ANCHORS}
    else:
        places = {str(folder): lambda: held(folder)}
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:  # one picture of the database, whatever is appended meanwhile
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = examine(Stored(), places)
        lines = [*found.lines, _documents(), _manifests()]
    if not places:
        lines.append(
            Line("anchors", intact=True, said="no place outside is configured; only the log was checked")
        )
    return Examined(lines, found.events)


def _source(place: str) -> Source:
    return lambda: held_at(place)


def _documents() -> Line:
    """The bytes of what was published, against their own sums and the content that was signed."""
    count = 0
    out = Document.objects.filter(report__state__in=OUT, content_hash=F("report__content_hash"))
    for one in out.select_related("report").order_by("pk").iterator(chunk_size=4):
        count += 1
        body = bytes(one.body)
        sha256 = hashlib.sha256(body).hexdigest()
        is_content = one.format == Document.Format.JSON
        if sha256 != one.sha256 or (is_content and sha256 != one.content_hash):
            said = f"document {one.pk} ({one.report.period}.{one.format}) is not what was published"
            return Line("published bytes", intact=False, said=said, place=one.pk)
    return Line("published bytes", intact=True, said=f"{count} documents hold")


def _manifests() -> Line:
    """Each manifest: signed by a key of the log, in the log, following the one before, listing what is published."""
    try:
        keys = {key.public: key for key in log_keys()}
    except BadNote as error:
        return Line("manifests", intact=False, said=str(error))
    previous, count = "", 0
    for one in Manifest.objects.select_related("entry", "report").order_by("entry").iterator(chunk_size=100):
        count += 1
        body, key = bytes(one.body), keys.get(bytes(one.public_key))
        sha256 = hashlib.sha256(body).hexdigest()
        wrong = (
            (key is None or not key.signed(body, bytes(one.signature)), "its signature does not hold"),
            (sha256 != one.sha256 or one.entry.entry.encode() != body, "it is not the one in the log"),
            (_told(body).get("previous_manifest_sha256") != previous, "it does not follow the one before it"),
            (
                _told(body).get("documents") != listed_documents(one.report),
                "its documents are not those published",
            ),
        )
        if why := next((why for is_wrong, why in wrong if is_wrong), ""):
            said = (
                f"manifest of {one.report.period}, edition {one.report.edition} (entry {one.entry_id}): {why}"
            )
            return Line("manifests", intact=False, said=said, place=one.entry_id)
        previous = sha256
    waiting = Report.objects.filter(state__in=OUT, manifest__isnull=True).count()
    said = f"{count} hold" + (f"; {waiting} published editions wait for theirs" if waiting else "")
    return Line("manifests", intact=True, said=said)


def _told(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
