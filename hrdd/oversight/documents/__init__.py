"""The pages of the board pack, from a release alone: the same release gives the same bytes."""

from django.conf import settings
from django.template.loader import render_to_string

from hrdd.oversight.models import FigureRelease
from hrdd.oversight.queries.figures import shown, summary, trends, values_of


def render_html(release: FigureRelease) -> bytes:
    """Return the pack as one page that carries all it needs; the worker makes its PDF of it.

    Args:
        release: the frozen figures.
    """
    values = values_of(release)
    css = (settings.BASE_DIR / "static" / "css" / "pack.css").read_text(encoding="utf-8")
    levels = [
        {"level": row["level"], "band": row["band"], "count": sum(cell["count"] for cell in row["cells"])}
        for row in release.content["heat"]["rows"]
    ]
    context = {
        "release": release,
        "told": release.content,
        "groups": shown(values, trends(release), reader=None),
        "summary": summary(values),
        "levels": levels,
        "most": max([one["count"] for one in levels] + [1]),
        "organisation": settings.ORGANISATION,
        "demonstration": settings.DEMONSTRATION,
        "css": css,
    }
    return render_to_string("oversight/pack.html", context).encode()
