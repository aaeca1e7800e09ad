"""What a bulk act would do: to which of the chosen risks, and which it leaves, each with why."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import QueryDict

from hrdd.governance.models import User
from risks.models import Risk
from risks.queries.register_filter import RegisterFilter
from risks.rules.register import why_not_assigned, why_not_reviewed

SHOWN = 20
MOST_NAMED = 1000
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Plan:
    """The risks that an act changes, and those that it leaves by the reason why."""

    going: tuple[int, ...]
    left: Mapping[str, tuple[int, ...]]

    @property
    def digest(self) -> str:
        """Return what binds the act to the plan that somebody saw."""
        return hashlib.sha256(repr((self.going, sorted(self.left.items()))).encode()).hexdigest()


@dataclass(frozen=True)
class Named:
    """Some risks by name: how many, the first few, and how many more."""

    count: int
    first: list[Risk]
    why: str = ""

    @property
    def more(self) -> int:
        return self.count - len(self.first)


def selected_risks(data: QueryDict, *, reader: User, at: datetime) -> QuerySet[Risk]:
    """Return the risks that an address chooses: all that its filters match, or those it names by id.

    Args:
        data: `all` with the filters of the register, or `risk` once a risk; what is no id is left out.
        reader, at: as in RegisterFilter.
    """
    if data.get("all"):
        matching: QuerySet[Risk] = RegisterFilter(data, reader=reader, at=at).qs
        return matching
    return Risk.objects.filter(pk__in=_ids(data.getlist("risk")[:MOST_NAMED]))


def _ids(texts: Iterable[str]) -> list[int]:
    numbers = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 20]
    return [number for number in numbers if number <= LARGEST_ID]


def assignment_plan(risks: QuerySet[Risk], to: User) -> Plan:
    """Return what giving risks to one owner would do."""
    return _plan(risks, lambda status, owner: why_not_assigned(status, owner, to.pk))


def review_plan(risks: QuerySet[Risk]) -> Plan:
    """Return what putting risks up for re-assessment would do."""
    return _plan(risks, lambda status, _owner: why_not_reviewed(status))


def _plan(risks: QuerySet[Risk], why_not: Callable[[str, int | None], str]) -> Plan:
    going: list[int] = []
    left: dict[str, list[int]] = {}
    for pk, status, owner in risks.order_by("pk").values_list("pk", "status", "owner_id"):
        reason = why_not(status, owner)
        (left.setdefault(reason, []) if reason else going).append(pk)
    return Plan(tuple(going), {reason: tuple(ids) for reason, ids in left.items()})


def named(plan: Plan) -> tuple[Named, list[Named]]:
    """Return a plan for people: what changes, and what is left by reason, the first few by title in one query."""
    ids = [*plan.going[:SHOWN], *(pk for group in plan.left.values() for pk in group[:SHOWN])]
    titles = Risk.objects.only("title", "level").in_bulk(ids)

    def group(members: tuple[int, ...], why: str = "") -> Named:
        return Named(len(members), [titles[pk] for pk in members[:SHOWN] if pk in titles], why)

    return group(plan.going), [group(members, why) for why, members in sorted(plan.left.items())]


def named_by_ids(ids: Iterable[int]) -> Named:
    """Return risks by name, as an audit event keeps them by id; the first few in one query."""
    members = tuple(ids)
    return named(Plan(members, {}))[0]


def owners_before(risks: QuerySet[Risk]) -> dict[str, list[int]]:
    """Return the ids of risks by the id of who owns them, "" for nobody, as the audit log keeps them."""
    before: dict[str, list[int]] = {}
    for pk, owner in risks.order_by("pk").values_list("pk", "owner_id"):
        before.setdefault(str(owner or ""), []).append(pk)
    return before
