"""The salient risks of the register as they stand now, and what became of those that the board signed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from risks.models import Publication, Risk, SalientList
from risks.queries.publications import latest_decisions
from risks.queries.register import by_salience
from risks.rules.publication import Listed, changes, listed, signed_in_time
from risks.rules.severity import BANDS


def drawn_rows() -> list[dict[str, Any]]:
    """Return the salient risks as a list freezes them, the gravest first."""
    risks = by_salience(Risk.objects.filter(salient=True))
    decisions = {one.risk_id: one for one in latest_decisions().filter(publish=False, risk__salient=True)}
    fields = risks.only("pk", "title", "level", "incomplete", "tier", "published")
    return [_row(risk, decisions.get(risk.pk)) for risk in fields]


def _row(risk: Risk, decision: Publication | None) -> dict[str, Any]:
    standing = listed(
        published=risk.published, left_off_at=decision.level if decision else None, level=risk.level
    )
    why = decision if standing is Listed.LEFT_OFF else None
    return {
        "risk": risk.pk,
        "title": risk.title,
        "level": risk.level,
        "band": BANDS[risk.level],
        "incomplete": risk.incomplete,
        "tier": f"P{risk.tier}",
        "listed": str(standing),
        "reasons": why.reasons if why else "",
        "left_off_by": why.decided_by.username if why else "",
    }


@dataclass(frozen=True)
class Changed:
    """One risk that differs from the list that was drawn; a level is None where it is not salient."""

    risk: int
    title: str
    then: int | None
    now: int | None


@dataclass(frozen=True)
class Since:
    """What changed in the register since a list was drawn."""

    new: list[Changed]
    gone: list[Changed]
    risen: list[Changed]
    fallen: list[Changed]

    @property
    def nothing(self) -> bool:
        return not (self.new or self.gone or self.risen or self.fallen)


def since(drawn: SalientList) -> Since:
    """Return which salient risks are new, gone, risen or fallen; the rows of the list stay as they are."""
    then = {row["risk"]: row["level"] for row in drawn.rows}
    told = {row["risk"]: row["title"] for row in drawn.rows}
    now = {
        pk: (level, title)
        for pk, level, title in by_salience(Risk.objects.filter(salient=True)).values_list(
            "pk", "level", "title"
        )
    }
    found = changes(then, {pk: level for pk, (level, _title) in now.items()})

    def changed(ids: tuple[int, ...]) -> list[Changed]:
        return [
            Changed(
                pk,
                now[pk][1] if pk in now else told[pk],
                then.get(pk),
                now[pk][0] if pk in now else None,
            )
            for pk in ids
        ]

    return Since(changed(found.new), changed(found.gone), changed(found.risen), changed(found.fallen))


def signed_on() -> date | None:
    """Return when the board last signed a salient list; None if never."""
    at = (
        SalientList.objects.filter(signed_at__isnull=False)
        .order_by("-signed_at")
        .values_list("signed_at", flat=True)
    )
    latest = at.first()
    return latest.date() if latest else None


def salient_list_unsigned(on: date) -> bool:
    """Whether the board has never signed a salient list, or not within the year before a day."""
    return not signed_in_time(signed_on(), on)
