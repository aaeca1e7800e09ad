"""Public words under an index of their pieces, so that a name is found without reading each (domain.md 8.6 N8)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce


class Unmarked(Func):
    """A text as names are compared: without accents and what is not seen."""

    function = "hrdd_unmarked"
    arity = 1
    output_field = TextField()


class Pieces(Func):
    """Every two and every three signs that stand side by side in a text."""

    function = "hrdd_pieces"
    arity = 1
    output_field = ArrayField(TextField())


class SaidIn(Func):
    """Whatever is text in a JSON document, a line each."""

    function = "hrdd_said_in"
    arity = 1
    output_field = TextField()


class Words(Func):
    """Several texts, a line each; none of them may be null."""

    template = "(%(expressions)s)"
    arg_joiner = r" || E'\n' || "
    output_field = TextField()


WORDS_OF_A_RISK = Words("title", "summary")
WORDS_OF_A_CONSULTATION = Words(
    "title", "question", "proxy_reasons", "limits", "summary", SaidIn("breakdown")
)
WORDS_OF_A_FINDING = Words("you_said", "theme", "we_did", "reasons")
WORDS_OF_A_STATEMENT = Words("text", Coalesce(KT("content__content_type_other"), Value("")))


def under_pieces(words: Combinable, name: str, *, condition: Q | None = None) -> GinIndex:
    """Return the index by which names are found in some words.

    Args:
        words: one of those above.
        name: of the index.
        condition: which rows are public, where not every row is.
    """
    return GinIndex(Pieces(Unmarked(words)), name=name, condition=condition)
