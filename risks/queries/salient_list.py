"""The salient risks of the register as they stand now, and what became of those that the board signed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from risks.models import Publication, Risk, SalientList
from risks.queries.publications import latest_decisions
from risks.queries.register import by_salience
from risks.rules.publication import Changes, Listed, changes, listed, signed_in_time
from risks.rules.severity import BANDS

CHANGED_SHOWN = 100


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
class ManyChanged:
    """How many risks changed in one way, and the first of them."""

    many: int
    shown: list[Changed]

    @property
    def more(self) -> int:
        """Return how many are not shown."""
        return self.many - len(self.shown)


@dataclass(frozen=True)
class Since:
    """What changed in the register since a list was drawn."""

    new: ManyChanged
    gone: ManyChanged
    risen: ManyChanged
    fallen: ManyChanged

    @property
    def many(self) -> int:
        """Return how many risks changed in all."""
        return self.new.many + self.gone.many + self.risen.many + self.fallen.many


def since(drawn: SalientList) -> Since:
    """Return which salient risks are new, gone, risen or fallen; the rows of the list stay as they are.

    Of each kind the gravest CHANGED_SHOWN are told one by one.
    """
    then, now, found = _compared(drawn)
    first = {risk for kind in found for risk in kind[:CHANGED_SHOWN]}
    told = {row["risk"]: row["title"] for row in drawn.rows if row["risk"] in first}
    told |= dict(Risk.objects.filter(pk__in=first & now.keys()).values_list("pk", "title"))

    def changed(risks: tuple[int, ...]) -> ManyChanged:
        shown = risks[:CHANGED_SHOWN]
        return ManyChanged(
            len(risks), [Changed(risk, told[risk], then.get(risk), now.get(risk)) for risk in shown]
        )

    new, gone, risen, fallen = found
    return Since(changed(new), changed(gone), changed(risen), changed(fallen))


def left_behind(drawn: SalientList) -> bool:
    """Whether the register is no longer what a list says."""
    _then, _now, found = _compared(drawn)
    return any(found)


def _compared(drawn: SalientList) -> tuple[dict[int, int], dict[int, int], Changes]:
    """Return the level of each risk then and now, and what changed."""
    then = {row["risk"]: row["level"] for row in drawn.rows}
    now = dict(by_salience(Risk.objects.filter(salient=True)).values_list("pk", "level"))
    return then, now, changes(then, now)


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
