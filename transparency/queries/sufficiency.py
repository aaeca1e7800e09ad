"""How a frozen report was judged on UNGP 21, criterion by criterion (domain.md 8; UNGP 21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from transparency.models import Report, SufficiencyAnswer
from transparency.rules.sufficiency import CRITERIA, Criterion, hints
from transparency.rules.workflows import State


@dataclass(frozen=True)
class Judged:
    """A criterion, what the record gives to think about, and what was judged of this content, the latest last."""

    criterion: Criterion
    hints: Sequence[str]
    said: Sequence[SufficiencyAnswer]

    @property
    def last(self) -> SufficiencyAnswer | None:
        """Return the judgement that holds."""
        return self.said[-1] if self.said else None


def last_judgements(report: Report) -> dict[str, bool]:
    """Return what was last judged of the content as it is frozen, by criterion."""
    found = SufficiencyAnswer.objects.filter(report=report, content_hash=report.content_hash)
    return dict(found.order_by("at", "id").values_list("criterion", "suffices"))


def judged(report: Report, *, today: date, languages: Sequence[str]) -> list[Judged]:
    """Return each criterion with what the record gives to think about and what people judged of this content.

    Args:
        report: a report; of a draft nothing is frozen, so that there is nothing to judge.
        today: the day on which somebody looks.
        languages: the languages in which people can complain, and the report is not.
    """
    if report.state == State.DRAFT:
        return []
    told = hints(report.parsed_content, today=today, languages=languages)
    said: dict[str, list[SufficiencyAnswer]] = {}
    of_it = SufficiencyAnswer.objects.filter(report=report, content_hash=report.content_hash)
    for one in of_it.select_related("by").order_by("at", "id"):
        said.setdefault(one.criterion, []).append(one)
    return [Judged(one, told[one.code], said.get(one.code, [])) for one in CRITERIA]
