"""Who is called by name in a comment."""

import re

MENTION = re.compile(r"(?<![\w@.])@([A-Za-z0-9][\w.-]{0,58}\w|[A-Za-z0-9])")
LONGEST = 4_000


def mentioned(text: str) -> list[str]:
    """Return the user names that a text calls with @, each once, in order; an e-mail address calls nobody."""
    return list(dict.fromkeys(MENTION.findall(text)))
