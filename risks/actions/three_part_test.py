"""Keep what was answered to the three-part test, with its outcome (ICCPR 19(3); domain.md 3.3)."""

from dataclasses import asdict
from datetime import datetime

from hrdd.governance.models import User
from risks.models import Measure, Right, ThreePartTest
from risks.rules.three_part_test import GivenTest, VerdictOfTest, judge


def examine(given: GivenTest, *, kind: str) -> VerdictOfTest:
    """Return what the test says of a kind of measure, without keeping it.

    Args:
        given: the answers.
        kind: a code of the ladder.
    """
    return judge(given, kind=kind, unlimitable=unlimitable_rights())


def unlimitable_rights() -> frozenset[str]:
    """Return the codes of the rights that no measure may limit (rights.csv)."""
    return frozenset(Right.objects.filter(may_be_limited_by_measure=False).values_list("code", flat=True))


def keep_test(
    given: GivenTest, *, kind: str, measure: Measure | None, by: User, at: datetime
) -> ThreePartTest:
    """Keep the answers with the outcome that the rules give them now; rows are never changed.

    Args:
        given: the answers.
        kind: the measure judged, as a code of the ladder.
        measure: the measure it is about, or None while it is an option of a dilemma.
        by, at: who, and now.
    """
    verdict = examine(given, kind=kind)
    return ThreePartTest.objects.create(
        measure=measure,
        kind=kind,
        answers={code: asdict(answer) for code, answer in given.answers.items()},
        aims=list(given.aims),
        no_aim_is_listed=given.no_aim_is_listed,
        alternatives=[asdict(one) for one in given.alternatives],
        rights_burdened=list(given.rights_burdened),
        outcome=verdict.outcome,
        reason=verdict.reason,
        assessed_by=by,
        assessed_at=at,
    )
