"""What of risks and consultations is kept too long (reliability.md 2.8)."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet

from risks.models import Participant, RegisterImport


def old_contacts(today: date, *, months: int) -> QuerySet[Participant]:
    """Return the people who were consulted in what was closed more than so many months ago.

    While a consultation is open its people may still have to be told what was done (E3), so that they are kept.
    """
    last: date = today - relativedelta(months=months)
    return Participant.objects.filter(consultation__closed_on__lt=last)


def old_imports(today: date, *, days: int) -> QuerySet[RegisterImport]:
    """Return the files of a register that nobody applied in so many days, as long as their rows are there."""
    waiting = RegisterImport.objects.filter(state=RegisterImport.State.PREVIEWED)
    return waiting.filter(uploaded_at__date__lt=today - timedelta(days=days))
