"""How a receipt finds its case."""

from django.conf import settings

from remedies.models import ReplyKey
from remedies.rules.receipt import lookup_of


def lookups(receipt: str) -> list[bytes]:
    """Return what a receipt may be stored under, the newest pepper first."""
    return [lookup_of(receipt, pepper) for pepper in settings.RECEIPT_PEPPERS]


def find_reply_key(receipt: str) -> ReplyKey | None:
    """Return what a receipt finds, also when it was forgotten since."""
    return ReplyKey.objects.filter(lookup__in=lookups(receipt)).first()
