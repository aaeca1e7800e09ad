"""The severity vectors of domain.md 2.5, as rows."""

from dataclasses import dataclass
from pathlib import Path

VECTORS = Path(__file__).parents[1] / "rules" / "vectors" / "severity.md"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    id: str
    heads: tuple[int | None, int | None, int | None]
    state: str
    likelihood: int | None
    delay: bool
    vulnerable: bool
    tier: str
    rank: int | None
    said: str


def severity_rows() -> list[Row]:
    lines = [
        [cell.strip() for cell in line.strip("|\n ").split("|")]
        for line in VECTORS.read_text().splitlines()[2:]
    ]
    return [
        Row(
            id=cells[0],
            heads=(int(cells[1]), int(cells[2]), int(cells[3])),
            state=cells[5],
            likelihood=int(cells[4]) if cells[4].isdigit() else None,
            delay=cells[6] == "y",
            vulnerable=cells[7] == "y",
            tier=cells[9],
            rank=int(cells[11]) if cells[11].isdigit() else None,
            said=cells[4],
        )
        for cells in lines
        if cells[0]
    ]


def level_of(row: Row) -> int:
    """Return the level that the table gives."""
    [line] = [line for line in VECTORS.read_text().splitlines() if line.startswith(f"| {row.id} ")]
    return int(line.split("|")[9].split()[0])
