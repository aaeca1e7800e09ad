"""How the database finds the names that the screen finds, so that no search tells of a text that is not shown (8.6 N8).

The screen itself judges every text that is shown; this only keeps the others out of pages, counts and searches.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from django.db.models import Func, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Concat

from risks.rules.screening import folded_parts

SHORTEST_NAME = 2


def words_without_marks() -> Func:
    """Return the words of a statement in the database as the screen compares names: accents and joiners dropped."""
    other = Coalesce(KT("content__content_type_other"), Value(""), output_field=TextField())
    words = Concat("text", Value(" "), other, output_field=TextField())
    return Func(
        words,
        Value(marks()),
        template="regexp_replace(normalize(%(expressions)s, '', 'g')",
        arg_joiner=", NFKD), ",
        output_field=TextField(),
    )


@cache
def marks() -> str:
    """Return the class of the characters that the screen drops when it compares names."""
    dropped = [
        code
        for code in range(0x80, sys.maxunicode + 1)
        if unicodedata.combining(chr(code)) or unicodedata.category(chr(code)) == "Cf"
    ]
    return f"[{''.join(_ranges(dropped))}]"


def _ranges(codes: Sequence[int]) -> Iterator[str]:
    first = before = codes[0]
    for code in [*codes[1:], sys.maxunicode + 2]:
        if code != before + 1:
            yield f"{chr(first)}-{chr(before)}"
            first = code
        before = code


def named_pattern(name: str) -> str:
    """Return the pattern by which the database finds a name, as the screen does: its first part first or last."""
    parts = folded_parts(name)
    if len("".join(parts)) < SHORTEST_NAME:
        return ""
    edge = r"\y" if "".join(parts).isascii() else ""
    orders = ([*parts], [*parts[1:], parts[0]])
    said = (r"(?:\W|_)+".join(_any_case(part) for part in order) for order in orders)
    return "|".join(f"{edge}{one}{edge}" for one in dict.fromkeys(said))


def _any_case(part: str) -> str:
    return "".join(
        f"[{one}{one.upper()}]" if len(one.upper()) == 1 and one.isalpha() else re.escape(one) for one in part
    )
