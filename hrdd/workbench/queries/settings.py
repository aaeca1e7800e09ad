"""How the desk behaves for a person."""

from hrdd.governance.models import User
from hrdd.workbench.models import DeskSettings


def single_keys_of(user: User) -> bool:
    """Whether single letters act on pages for a person; they do until they say otherwise."""
    chosen = DeskSettings.objects.filter(user=user).values_list("single_keys", flat=True).first()
    return chosen is not False
