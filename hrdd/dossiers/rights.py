"""The rights entries of a dossier, matched to the catalogue; an unknown article is refused where it stands."""

from collections.abc import Mapping, Sequence

from hrdd.dossiers.nodes import DossierError, Item
from hrdd.dossiers.reading import Dossier, text, texts
from risks.rules.rights import INSTRUMENTS, CatalogueRight, UnknownArticle, match


def match_rights(
    dossier: Dossier, catalogue: Sequence[CatalogueRight]
) -> list[tuple[dict[str, Item], list[str]]]:
    """Return every rights entry with the codes of the rights its articles touch.

    Raises:
        DossierError: an article is not in the catalogue; it names the instrument's key and the article's own line.
    """
    return [(entry, _codes(entry, catalogue)) for entry in dossier.entries("rights")]


def _codes(entry: Mapping[str, Item], catalogue: Sequence[CatalogueRight]) -> list[str]:
    try:
        return match(catalogue, {one: texts(entry[one]) for one in INSTRUMENTS if one in entry})
    except UnknownArticle as error:
        item = entry[error.instrument]
        raise DossierError(item.file, _line(item, error.article), item.key, str(error)) from None


def _line(item: Item, article: str) -> int:
    children = item.value if isinstance(item.value, list) else []
    return next((child.line for child in children if text(child).strip() == article.strip()), item.line)
