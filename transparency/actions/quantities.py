"""Enter the quantities of the DSA that no record has, each with its source, or say why one is not held (8.3)."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from transparency.actions.coverage import demand_draft
from transparency.actions.report_log import log_on_report
from transparency.models import EnteredQuantity, Report
from transparency.rules import dsa_quantities
from transparency.rules.dsa_quantities import ALL, Entry, Source


@transaction.atomic
def enter_quantity(report: Report, *, quantity: str, entry: Entry, by: User, at: datetime) -> None:
    """Enter a quantity with its source, or why it is not held; the latest word on each row of it holds.

    Args:
        report: a draft.
        quantity: its code.
        entry: a number of one row, words, or why it is not held; that it is not held is said of the whole.
        by: the publisher, who then signs nothing of the report (SD1).
        at: now.

    Raises:
        NotAllowed: the person, the state, or the entry.
    """
    by.demand(Permission.DRAFT_REPORT)
    demand_draft(report)
    asked = dsa_quantities.BY_CODE.get(quantity)
    if asked is None or asked.source != Source.ENTERED:
        raise NotAllowed("Quantity: choose one that people enter; the others are counted.")
    whole = bool(entry.not_held) or not asked.by
    given = replace(entry, of="" if entry.not_held else entry.of or ALL) if whole else entry
    refused = dsa_quantities.refusal(asked, given)
    if refused:
        raise NotAllowed(refused)
    rows = EnteredQuantity.objects.filter(report=report, quantity=quantity)
    (rows if whole else rows.exclude(not_held="")).delete()
    EnteredQuantity.objects.update_or_create(
        report=report,
        quantity=quantity,
        of=given.of,
        defaults={
            "value": given.value,
            "words": given.words.strip(),
            "rests_on": given.rests_on,
            "not_held": given.not_held.strip(),
            "source": given.source.strip(),
            "by": by,
            "at": at,
        },
    )
    log_on_report(report, "entered a quantity", by=by, at=at, quantity=quantity, held=not given.not_held)


@transaction.atomic
def forget_quantity(report: Report, *, quantity: str, of: str, by: User, at: datetime) -> None:
    """Take out one row of a quantity that was entered; without any row it is told as not recorded.

    Raises:
        NotAllowed: the person, the state, or no such row.
    """
    by.demand(Permission.DRAFT_REPORT)
    demand_draft(report)
    gone, _of = EnteredQuantity.objects.filter(report=report, quantity=quantity, of=of).delete()
    if not gone:
        raise NotAllowed("This row is not there any more. Open the quantity again.")
    log_on_report(report, "took out a quantity", by=by, at=at, quantity=quantity, of=of)
