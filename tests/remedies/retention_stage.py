"""A closed case that somebody asked to hold."""

from datetime import date

from hrdd.governance.models import User
from remedies.models import Case, LegalHold
from remedies.rules.case import week_of


def held_case(by: User, *, on: date) -> LegalHold:
    """Return the hold on a case that was closed on a day."""
    case = Case.objects.create(
        received_week=week_of(on), type="privacy", language="en", state="closed", closed_on=on
    )
    return LegalHold.objects.create(case_id=case.pk, reasons="x", asked_by=by, asked_on=on)
