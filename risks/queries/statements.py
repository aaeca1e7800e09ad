"""Statements of reasons: of a measure, and all of them filtered (domain.md 8.4)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.models import Measure, StatementOfReasons
from risks.models.measures import IN_FORCE
from risks.queries.bounded import counted
from risks.rules.statement import MeasureTold, refusal
from risks.rules.statement_schema import ILLEGAL, INCOMPATIBLE


def told_by(measure: Measure) -> MeasureTold:
    """Return a measure as the rules of a statement read it."""
    return MeasureTold(
        kind=measure.kind,
        in_force=measure.state in IN_FORCE,
        told_before=measure.statements.exists(),
        starts_on=measure.starts_on,
        ends_on=measure.ends_on,
        territory=tuple(measure.territory),
        language=measure.language,
        rule=measure.rule_told,
        legal_ground=measure.legal_ground,
        automated_detection=measure.automated_detection,
        automated_decision=measure.automated_decision,
        appeal_until=measure.appeal_until,
    )


def last_of(measure: Measure) -> StatementOfReasons | None:
    """Return the statement that holds for a measure as a whole: the one that nothing supersedes."""
    return measure.statements.filter(superseded_by__isnull=True, action="").first()


def holding_by_action(measure: Measure, actions: Collection[str]) -> dict[str, StatementOfReasons]:
    """Return the statements that hold for single actions of a rule, by the keys of the actions."""
    held = measure.statements.filter(superseded_by__isnull=True, action__in=actions).exclude(action="")
    return {one.action: one for one in held}


@dataclass(frozen=True)
class StatementOfMeasure:
    """What the page of a measure says of its statement: the one that holds, or why there is none."""

    last: StatementOfReasons | None
    refusal: str
    may_issue: bool
    of_actions: int = 0


def may_issue(user: User) -> bool:
    """Whether somebody may issue statements: whoever proposes or approves measures."""
    return user.may(Permission.PROPOSE_MEASURE) or user.may(Permission.APPROVE_MEASURE)


def statement_of(measure: Measure, user: User) -> StatementOfMeasure:
    """Return what the page of a measure says of its statement to this person."""
    refused = refusal(told_by(measure))
    many = measure.statements.filter(superseded_by__isnull=True).exclude(action="").count()
    return StatementOfMeasure(last_of(measure), refused, may_issue(user) and not refused, many)


def listed_statements(
    *,
    words: str = "",
    ground: str = "",
    category: str = "",
    kind: str = "",
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[StatementOfReasons]:
    """Return the statements that match, the latest first.

    Args:
        words: each must occur in the plain text or the title of the risk; empty for all.
        ground, category, kind: a code, or empty for any.
        first, last: the days between which it was issued, both included.
    """
    found = StatementOfReasons.objects.select_related("measure__risk", "issued_by", "superseded_by")
    for word in words.split():
        found = found.filter(Q(text__icontains=word) | Q(measure__risk__title__icontains=word))
    chosen = {
        "ground": ground,
        "category": category,
        "measure__kind": kind,
        "issued_at__date__gte": first,
        "issued_at__date__lte": last,
    }
    return found.filter(**{name: value for name, value in chosen.items() if value})


def counts() -> dict[str, int]:
    """Return how many statements hold by ground, how many were corrected, and how many measures are owed one.

    Those are counted to one more than a list shows (`risks.queries.bounded`): any measure in force may be owed one.
    """
    issued = Exists(StatementOfReasons.objects.filter(measure=OuterRef("pk")).order_by())
    owed = Measure.objects.filter(~issued, state__in=IN_FORCE).exclude(kind="no_action")
    holds = Q(superseded_by__isnull=True)
    return StatementOfReasons.objects.aggregate(
        illegal=Count("pk", filter=holds & Q(ground=ILLEGAL)),
        terms=Count("pk", filter=holds & Q(ground=INCOMPATIBLE)),
        corrected=Count("pk", filter=~holds),
    ) | {"owed": counted(owed)}


def first_words(measure: Measure, last: StatementOfReasons | None) -> dict[str, Any]:
    """Return what the form starts from: the last statement, or what the record of the measure says already.

    Why the rule forbids it is written for the person each time: the outcome of a test is no explanation (DSA 17(3)).
    """
    if last is None:
        return {"facts": measure.necessity_at_enforcement}
    told = last.content
    return {
        "facts": told["decision_facts"],
        "explanation": told.get("incompatible_content_explanation")
        or told.get("illegal_content_explanation"),
        "category": told["category"],
        "content_types": told["content_type"],
        "content_type_other": told.get("content_type_other", ""),
        "content_date": told["content_date"],
        "source_type": told["source_type"],
    }
