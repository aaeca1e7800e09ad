"""How cost grows with size, as a picture.

python -m benchmarks.growth NAME < what `python -m benchmarks NAME --json` said > picture.svg

register measures several sizes in one run; of the others, each line is a run of one size.
"""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 360, 56, 230, 24, 44
COLOURS = ("#1b5e8c", "#b3541e", "#2f7d4f", "#7a3e9d", "#8a6d00", "#a3234a", "#3d6b6b", "#555555", "#0b7285")
STEPS = (1, 2, 5, 10)
Lines = Mapping[str, Mapping[int, float]]


@dataclass(frozen=True)
class Told:
    """What is drawn of a benchmark whose runs have one size each.

    Args:
        title: what the picture shows.
        size: which figure of a run is its size.
        unit: of what is drawn.
        figures: by name of the line, which figure of a run it shows.
        many: figures are told for so many of what the size counts; as they stand where this is 0.
    """

    title: str
    size: str
    unit: str
    figures: Mapping[str, str]
    many: int = 0

    def lines(self, runs: Sequence[Mapping[str, float]]) -> Lines:
        """Return figures by size, by line; told for so many, a level line is cost that grows as size does."""
        return {
            name: {int(one[self.size]): round(self._told(one, key), 2) for one in runs}
            for name, key in self.figures.items()
        }

    def _told(self, run: Mapping[str, float], key: str) -> float:
        return run[key] / run[self.size] * self.many if self.many else run[key]


TOLD = {
    "reassess": Told(
        "A full sweep against the same rules by hand, by number of measures",
        "measures",
        "times by hand",
        {"worker group": "ratio", "one process": "ratio_in_one_process"},
    ),
    "audit": Told(
        "Seconds to verify each 100,000 events, by number of events",
        "rows",
        "s",
        {"verify": "verify_seconds", "only read": "read_seconds"},
        100_000,
    ),
    "pdf": Told(
        "Seconds for each 100 pages, by number of pages",
        "pages",
        "s",
        {"ours": "ours_seconds", "WeasyPrint alone": "weasyprint_seconds"},
        100,
    ),
}


def picture(lines: Lines, *, title: str, unit: str, target: float | None = None) -> str:
    """Return the SVG of lines over a logarithmic axis of sizes.

    Args:
        lines: values by size, by the name of each line.
        title: what the picture shows, for who cannot see it.
        unit: of the values.
        target: what none should exceed, where there is such a thing.
    """
    sizes = sorted({size for one in lines.values() for size in one})
    most = max(target or 0, *(value for one in lines.values() for value in one.values())) * 1.1
    span = math.log10(sizes[-1] / sizes[0])

    def at(size: int, value: float) -> str:
        across = LEFT + (WIDTH - LEFT - RIGHT) * math.log10(size / sizes[0]) / span
        return f"{across:.1f},{_height(value, most):.1f}"

    marks = [
        f'<text x="{LEFT - 8}" y="{_height(mark, most) + 4:.1f}" text-anchor="end">{mark:g}</text>'
        for mark in _marks(most)
    ]
    marks += [
        f'<text x="{at(size, 0).split(",")[0]}" y="{HEIGHT - 18}" text-anchor="middle">{size:,}</text>'
        for size in sizes
    ]
    if target is not None:
        y = _height(target, most)
        marks.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#b00020" stroke-dasharray="6 4"/>')
        marks.append(f'<text x="{LEFT + 6}" y="{y - 6:.1f}" fill="#b00020">target {target:g} {unit}</text>')
    for nth, (name, values) in enumerate(lines.items()):
        colour, line = (
            COLOURS[nth % len(COLOURS)],
            " ".join(at(size, values[size]) for size in sorted(values)),
        )
        marks.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        said, row = name.replace("_", " "), TOP + 14 + nth * 18
        marks.append(f'<path d="M{WIDTH - RIGHT + 14} {row - 4}h18" stroke="{colour}" stroke-width="3"/>')
        marks.append(f'<text x="{WIDTH - RIGHT + 38}" y="{row}">{said} {values[sizes[-1]]:g} {unit}</text>')
    axes = f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#666"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" '
        f'font-size="12"><title>{title}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{axes}{"".join(marks)}</svg>\n'
    )


def _height(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most


def _marks(most: float) -> list[float]:
    """Return round numbers up to the highest, five to ten of them."""
    tenth = 10 ** math.floor(math.log10(most / 5))
    step = max(step * tenth for step in STEPS if step * tenth <= most / 5)
    return [nth * step for nth in range(int(most / step) + 1)]


def _drawn(name: str, said: str) -> str:
    if name == "register":
        told: Any = json.loads(said)
        pages = {
            page: {int(size): of[page]["worked_p95_ms"] for size, of in told["sizes"].items()}
            for page in told["ratio"]
        }
        title = "Milliseconds computed a page, 95 of 100 below, by number of risks"
        return picture(pages, title=title, unit="ms", target=told["target_p95_ms"])
    drawn = TOLD[name]
    runs = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return picture(drawn.lines(runs), title=drawn.title, unit=drawn.unit)


if __name__ == "__main__":
    sys.stdout.write(_drawn(sys.argv[1], sys.stdin.read()))
