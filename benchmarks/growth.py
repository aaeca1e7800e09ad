"""How cost grows with size, as a picture: python -m benchmarks.growth < figures of `register --json` > picture.svg."""

import json
import math
import sys
from collections.abc import Mapping

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 360, 56, 190, 24, 44
COLOURS = ("#1b5e8c", "#b3541e", "#2f7d4f", "#7a3e9d", "#8a6d00", "#a3234a", "#3d6b6b", "#555555", "#0b7285")


def picture(pages: Mapping[str, Mapping[int, float]], *, target: float) -> str:
    """Return the SVG of one line a page, sizes on a logarithmic axis.

    Args:
        pages: milliseconds by size, by page.
        target: milliseconds that none should exceed.
    """
    sizes = sorted({size for one in pages.values() for size in one})
    most = max(target, *(value for one in pages.values() for value in one.values())) * 1.1
    span = math.log10(sizes[-1] / sizes[0])

    def at(size: int, value: float) -> str:
        across = LEFT + (WIDTH - LEFT - RIGHT) * math.log10(size / sizes[0]) / span
        return f"{across:.1f},{_height(value, most):.1f}"

    marks = [
        f'<text x="{LEFT - 8}" y="{_height(ms, most) + 4:.1f}" text-anchor="end">{ms}</text>'
        for ms in _marks(most)
    ]
    marks += [
        f'<text x="{at(size, 0).split(",")[0]}" y="{HEIGHT - 18}" text-anchor="middle">{size:,}</text>'
        for size in sizes
    ]
    y = _height(target, most)
    marks.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#b00020" stroke-dasharray="6 4"/>')
    marks.append(f'<text x="{LEFT + 6}" y="{y - 6:.1f}" fill="#b00020">target {target:g} ms</text>')
    for nth, (name, values) in enumerate(pages.items()):
        colour, line = (
            COLOURS[nth % len(COLOURS)],
            " ".join(at(size, values[size]) for size in sorted(values)),
        )
        marks.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        said, row = name.replace("_", " "), TOP + 14 + nth * 18
        marks.append(f'<path d="M{WIDTH - RIGHT + 14} {row - 4}h18" stroke="{colour}" stroke-width="3"/>')
        marks.append(f'<text x="{WIDTH - RIGHT + 38}" y="{row}">{said} {values[sizes[-1]]:g} ms</text>')
    axes = f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#666"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="sans-serif" '
        f'font-size="12"><title>Milliseconds computed a page, 95 of 100 below, by number of risks</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{axes}{"".join(marks)}</svg>\n'
    )


def _height(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most


def _marks(most: float) -> range:
    return range(0, int(most) + 1, 10 if most < 120 else 50)


if __name__ == "__main__":
    told = json.load(sys.stdin)
    by_page = {
        name: {int(size): pages[name]["worked_p95_ms"] for size, pages in told["sizes"].items()}
        for name in told["ratio"]
    }
    sys.stdout.write(picture(by_page, target=told["target_p95_ms"]))
