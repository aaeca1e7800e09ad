"""How the header, the rows and the cells of a file are read, whichever register it is for (R1)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from risks.rules.recording import Problem, about_the_company
from risks.rules.sheets import SheetError

YES, NO = frozenset({"yes", "y", "true", "1"}), frozenset({"", "no", "n", "false", "0"})
MARK = "EXAMPLE:"


def read_header(
    cells: Sequence[str], *, columns: Mapping[str, str], derived: Collection[str], needed: Sequence[str]
) -> tuple[tuple[str, ...], list[str], list[str]]:
    """Return the columns of a header, those ignored as derived, and those ignored as about the company (R1).

    Args:
        cells: the first row.
        columns: the columns of the register, with what each asks for.
        derived: those that the register works out itself.
        needed: those that must be there.

    Raises:
        SheetError: a column is unknown, missing, there twice, or has no name.
    """
    names = tuple("_".join(cell.lower().split()) for cell in cells)
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise SheetError(f"Column “{twice[0][:60]}” is there twice. Keep one.")
    company = [name for name in about_the_company(names) if name not in columns]
    unknown = [one for one in names if one not in columns and one not in derived and one not in company]
    if unknown and not any(name in columns for name in names):
        raise SheetError("The first row is no header. Start from the template, which names the columns.")
    if unknown:
        called = ", ".join(f"“{name[:60]}”" if name else "one without a name" for name in unknown[:5])
        raise SheetError(
            f"Not a column of the register: {called}. Remove it, or name it as the template does."
        )
    missing = [name for name in needed if name not in names]
    if missing:
        raise SheetError(f"These columns are missing: {', '.join(missing)}. Start from the template.")
    return names, [name for name in names if name in derived], company


def read_row(
    names: Sequence[str], cells: Sequence[str], *, columns: Mapping[str, str]
) -> tuple[dict[str, str], list[Problem]]:
    """Return what a row gives by column, without the ignored and the empty ones; and cells beyond the header."""
    given = {name: cell for name, cell in zip(names, cells, strict=False) if name in columns and cell}
    if any(cells[len(names) :]):
        return given, [
            Problem("", "This row has more cells than the header has columns. Mend its separators.")
        ]
    return given, []


def read_switches(given: Mapping[str, str], names: Sequence[str]) -> list[Problem]:
    """Return what is wrong with cells that say yes or no."""
    return [
        Problem(name, f"{name}: “{given[name][:40]}” is neither yes nor no.")
        for name in names
        if given.get(name, "").lower() not in YES | NO
    ]


def says_yes(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "").lower() in YES


def read_day(given: Mapping[str, str], name: str) -> tuple[date | None, list[Problem]]:
    """Return the day that a cell gives, or what is wrong with it."""
    said = given.get(name, "")
    try:
        return (date.fromisoformat(said) if said else None), []
    except ValueError:
        return None, [Problem(name, f"{name}: “{said[:40]}” is no day; write it as 2026-11-24.")]
