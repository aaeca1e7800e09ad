"""Which statements of reasons leave in a file, and what left before (domain.md 8.4)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from risks.models import Measure, StatementOfReasons
from transparency.models import StatementExport
from transparency.rules.dsa import Issued

NAMED_TARGETS = (Measure.Target.ACCOUNT, Measure.Target.PARTNER)


@dataclass(frozen=True)
class Window:
    """The days of issue of what leaves, both included, and whether what left before stays out."""

    begin: date | None = None
    end: date | None = None
    only_new: bool = False

    def statements(self) -> QuerySet[StatementOfReasons]:
        """Return every statement that was issued on these days, the first first."""
        found = StatementOfReasons.objects.order_by("issued_at", "pk")
        if self.begin:
            found = found.filter(issued_at__date__gte=self.begin)
        if self.end:
            found = found.filter(issued_at__date__lte=self.end)
        return found.filter(exported__isnull=True) if self.only_new else found


def holding(window: Window) -> QuerySet[StatementOfReasons]:
    """Return the statements of a window that hold: what a later one supersedes does not leave as if it held."""
    return window.statements().filter(superseded_by__isnull=True).select_related("measure")


def superseded(window: Window) -> int:
    """Return how many statements of a window do not leave since a later one supersedes them."""
    return window.statements().filter(superseded_by__isnull=False).count()


def issued(statement: StatementOfReasons) -> Issued:
    """Return a statement as the rules read it."""
    return Issued(str(statement.puid), statement.content, statement.text, statement.sha256)


def names_of(measure: Measure) -> list[str]:
    """Return the names that no statement of a measure may hold: the person's or the partner's, and their pseudonym."""
    known = [measure.target_ref]
    if measure.target_type in NAMED_TARGETS:
        known.append(measure.target)
    return [one for one in known if one]


def exports() -> QuerySet[StatementExport]:
    """Return every file that was made, the latest first."""
    return StatementExport.objects.all()


def waiting() -> int:
    """Return how many statements hold and never left in a file, those outside the EU and EEA apart."""
    outside = Q(content__territorial_scope=[]) | Q(content__territorial_scope__isnull=True)
    return holding(Window(only_new=True)).exclude(outside).count()


def corrected_since() -> int:
    """Return how many statements left in a file and were corrected since by one that did not leave yet."""
    return StatementOfReasons.objects.filter(
        exported__isnull=False, superseded_by__isnull=False, superseded_by__exported__isnull=True
    ).count()
