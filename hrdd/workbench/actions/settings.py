"""A person sets how the desk behaves for them; nothing of it is a record of due diligence."""

from datetime import datetime

from hrdd.governance.models import User
from hrdd.workbench.models import DeskSettings


def set_single_keys(user: User, *, on: bool, at: datetime) -> None:
    """Let single letters act on pages, or not: whoever speaks to a computer, or brushes a key, needs them off.

    Source: WCAG 2.2, 2.1.4.
    """
    DeskSettings.objects.update_or_create(user=user, defaults={"single_keys": on, "changed_at": at})
