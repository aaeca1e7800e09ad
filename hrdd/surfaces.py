"""Which addresses stand on which surface: one code base, three processes that share nothing but the database.

A process answers the addresses of its surface only (HRDD_SURFACE; reliability.md 1, contract.md decision 6). The trial
answers all.
"""

from enum import StrEnum


class Surface(StrEnum):
    """Whom a process serves."""

    PUBLIC = "public"
    INTAKE = "intake"
    STAFF = "staff"
    ALL = "all"


STANDS_AT = {
    Surface.INTAKE: ("raise/", "follow/"),
    Surface.STAFF: ("desk/", "board", "api/", "sign-in/", "sign-out/", "metrics"),
}
EVERYWHERE = ("livez", "readyz", "static/")


def surface_of(path: str) -> Surface:
    """Return whose address a path is; what nobody else claims is the public's.

    Args:
        path: with or without its leading slash.
    """
    asked = path.removeprefix("/")
    return next((one for one, starts in STANDS_AT.items() if asked.startswith(starts)), Surface.PUBLIC)


def serves(surface: Surface, path: str) -> bool:
    """Whether a process of this surface answers an address; whatever is not its own does not exist there."""
    asked = path.removeprefix("/")
    return surface is Surface.ALL or asked.startswith(EVERYWHERE) or surface_of(asked) is surface


def answers_as(process: Surface, path: str) -> Surface:
    """Return as whose process an address is answered: one surface works as itself, whatever it is asked.

    The trial, which serves all, answers each address as its surface would, and what every process answers as staff's.
    """
    if process is not Surface.ALL:
        return process
    return Surface.STAFF if path.removeprefix("/").startswith(EVERYWHERE) else surface_of(path)
