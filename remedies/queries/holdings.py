"""How many cases somebody has in hand, and no word of which."""

from hrdd.governance.models import User
from remedies.models import CaseMember


def cases_held(user: User) -> int:
    """Return on how many cases somebody works now."""
    return CaseMember.objects.filter(user=user, left_at__isnull=True).count()
