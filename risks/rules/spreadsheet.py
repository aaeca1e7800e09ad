"""What a spreadsheet would run instead of showing it: a cell that begins like a formula."""

STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"
CONTROLS = "\t\r\n"
GUARD = "'"


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula, the full-width signs and leading blanks included."""
    return (cell[:1] in CONTROLS and cell != "") or (cell.lstrip()[:1] in STARTS and cell.strip() != "")


def guarded(cell: str) -> str:
    """Return a cell that every spreadsheet shows as text: an apostrophe stands before what begins like a formula."""
    return f"{GUARD}{cell}" if is_formula(cell) else cell
