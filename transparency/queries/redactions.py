"""What was marked to be taken out of a report, and by which two people (domain.md 8.5)."""

from collections.abc import Sequence

from hrdd.sealing import open_sealed
from transparency.models import Redaction, Report
from transparency.rules.redaction import Taken

WORDS = "words"


def redactions_of(report: Report, *states: str) -> list[Redaction]:
    """Return the redactions of a report in some states, or all of them, the oldest first."""
    found = Redaction.objects.filter(report=report).select_related("by", "reviewed_by", "report")
    return list(found.filter(state__in=states) if states else found)


def opened(redactions: Sequence[Redaction]) -> list[Taken]:
    """Return the words that redactions take out, opened; they go into no log and no address."""
    return [Taken(open_sealed(bytes(one.words))[WORDS], one.reason) for one in redactions]
