"""What the public pages show of the latest report: its figures."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar

from risks.rules.ladder import LADDER
from transparency.models import Report
from transparency.rules.told_figures import IN_FORCE
from transparency.rules.workflows import State


@dataclass(frozen=True)
class LatestFigures:
    """What the latest report says in figures, and its measures in force by kind, the most intrusive kind first."""

    progress: ClassVar = ("salient_risks", "decisions", "consultations", "gaps")
    report: Report
    said: tuple[dict[str, Any], ...]
    by_kind: tuple[tuple[str, int], ...]

    @property
    def by_code(self) -> dict[str, int]:
        """Return the figures by their codes."""
        return {one["code"]: one["value"] for one in self.said}


def latest_figures() -> LatestFigures | None:
    """Return the figures of the latest published report; nothing is counted anew (domain.md 8.5)."""
    report = Report.objects.filter(state=State.PUBLISHED).first()
    if report is None:
        return None
    content = report.parsed_content
    kinds = Counter(
        measure["kind"]
        for risk in content["risks"]
        for measure in risk["measures"]
        if measure["state"] == IN_FORCE
    )
    gravity = {rung.label: rung.intrusion for rung in LADDER.values()}
    ordered = sorted(kinds.items(), key=lambda one: (-gravity.get(one[0], 0), one[0]))
    return LatestFigures(report, tuple(content["figures"]), tuple(ordered))
