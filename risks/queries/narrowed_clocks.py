"""Which clocks the rule has to read at all: asked of the database, from what is stored (domain.md 5.4).

The rule of a clock stands once, in `risks.rules.leverage`, and judges every clock that a page shows. What is here only
spares it those that are quiet: in time, with no drift, and no day passed for looking again. It may keep what the rule
then finds quiet; it never leaves out what the rule would find, and a property test compares it with reading all.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest
from django.db.models.lookups import GreaterThan

from risks.models import ExitDecision, LeverageAction, RelationshipRisk
from risks.queries.method import method
from risks.rules.exit import ExitKind
from risks.rules.leverage import CHANGE_ACHIEVED, PARTIAL_CHANGE
from risks.rules.time_limits import TimeLimits

OWN_PART = Q(own_contribution=True, own_part_stopped_on__isnull=True)
NO_BREACH = Q(zero_tolerance_breach="")
AGREED = Q(clock_level__gt=0)


def measured_by(on: date, *, tied: str = "", action: str = "") -> Q:
    """Return the condition of a measurement that counts on a day; after a restart only one that was made since.

    Args:
        on: the day.
        tied, action: how the query reaches the harm and its action.
    """
    since = Q((f"{tied}restarted_at__isnull", True)) | Q(
        (f"{action}measured_at__gt", F(f"{tied}restarted_at"))
    )
    return Q((f"{action}measured_on__lte", on)) & since


def begun_by(on: date, *, tied: str = "", action: str = "") -> Q:
    """Return the condition of an action that counts on a day; after a restart only one that was begun since.

    Args:
        on: the day.
        tied, action: how the query reaches the harm and its action.
    """
    since = Q((f"{tied}restarted_at__isnull", True)) | Q(
        (f"{action}started_on__gte", F(f"{tied}clock_started_on"))
    )
    return Q((f"{action}started_on__lte", on)) & since


def could_press(
    tied: QuerySet[RelationshipRisk], *, on: date, drifting: Iterable[int]
) -> QuerySet[RelationshipRisk]:
    """Return the harms at whose clock somebody may have to act; a superset.

    Args:
        tied: the harms; one that no day of knowledge is on record for has no clock.
        on: the day.
        drifting: the risks of which a finding drifts on that day.
    """
    answered = Exists(
        _considered().filter(relationship=OuterRef("relationship"), opened_on__gte=OuterRef("started"))
    )
    slow = NO_BREACH & ~_expired(on) & _slow(on)
    return _started(tied).filter(_asks_by_itself(on, drifting) | (_over(on) & Q(~answered)) | slow)


def could_stand_out(
    tied: QuerySet[RelationshipRisk], *, on: date, drifting: Iterable[int]
) -> QuerySet[RelationshipRisk]:
    """Return the harms whose clock may be other than quiet, those included whose exit is considered; a superset.

    Args:
        tied: the harms.
        on: the day.
        drifting: the risks of which a finding drifts on that day.
    """
    return _started(tied).filter(_asks_by_itself(on, drifting) | _over(on) | _slow(on))


def past_half(tied: QuerySet[RelationshipRisk], *, on: date) -> QuerySet[RelationshipRisk]:
    """Return exactly the harms more than half of whose time, up to the deadline in force, has passed."""
    return _started(tied).filter(_past_half(on))


def with_next_day(tied: QuerySet[RelationshipRisk], *, on: date) -> QuerySet[RelationshipRisk]:
    """Add to harms whose clock is quiet by when the next thing must be seen: `next_day`, null where nothing must.

    Args:
        tied: harms of which each has a quiet clock.
        on: the day.
    """
    first = [
        When(risk__level=level, then=_days_after("started", limits.first_action))
        for level, limits in method().time_limits.items()
    ]
    seen = When(_effect(on, CHANGE_ACHIEVED), then=Value(None))
    day = Case(seen, When(_tried(on), then=_held()), *first, output_field=DateField())
    return _started(tied).annotate(next_day=day)


def _started(tied: QuerySet[RelationshipRisk]) -> QuerySet[RelationshipRisk]:
    """Add the day on which each clock started; harms that no day of knowledge is on record for have none."""
    return tied.filter(known_since__isnull=False).annotate(
        started=Coalesce("clock_started_on", "known_since")
    )


def _held() -> Case:
    """Return the deadline in force: the one that was agreed or set, or its start and the days for its severity."""
    by_level = [
        When(risk__level=level, then=_days_after("started", limits.change))
        for level, limits in method().time_limits.items()
        if limits.change is not None
    ]
    return Case(When(AGREED, then=F("change_due")), *by_level, output_field=DateField())


def _days_after(day: str, many: int) -> Cast:
    return Cast(F(day) + Value(timedelta(days=many)), DateField())


def _longer_than(days: Callable[[TimeLimits], int | None], on: date) -> Q:
    """Return the condition that a clock has run for more days than its severity gives; where it gives none, never."""
    found = Q(pk__in=())
    for level, limits in method().time_limits.items():
        if (many := days(limits)) is not None:
            found |= Q(risk__level=level, started__lt=on - timedelta(days=many))
    return found


def _asks_by_itself(on: date, drifting: Iterable[int]) -> Q:
    """Return the condition of what asks for somebody whatever the time that was given: the own part, drift, a day.

    The rule knows whether the relationship of the harm is the one whose finding drifts.
    """
    return OWN_PART | Q(risk__in=list(drifting)) | _to_look_again(on)


def _over(on: date) -> Q:
    """Return the condition of a breach that gives no time, or of time that passed without the change."""
    return ~NO_BREACH | (_expired(on) & ~_effect(on, CHANGE_ACHIEVED))


def _expired(on: date) -> Q:
    """Return the condition that the deadline in force has passed; on its first day no clock is past anything."""
    agreed = AGREED & (Q(change_due__lt=on) | Q(change_due__lt=F("started")))
    return agreed | (~AGREED & _longer_than(lambda limits: limits.change, on))


def _past_half(on: date) -> Q:
    """Return the condition that more than half of the time up to the deadline in force has passed."""
    today = Greatest(Value(on, DateField()), F("started"))
    agreed = AGREED & Q(GreaterThan(today - F("started"), F("change_due") - today))
    half = _longer_than(lambda limits: None if limits.change is None else limits.change // 2, on)
    return agreed | (~AGREED & half)


def _slow(on: date) -> Q:
    """Return the condition of a first action that is late, or of half the time passed without measured change."""
    first = _longer_than(lambda limits: limits.first_action, on)
    return (first & ~_tried(on)) | (_past_half(on) & ~_effect(on, PARTIAL_CHANGE))


def _effect(on: date, least: int) -> Q:
    counted = LeverageAction.objects.filter(measured_by(on, tied="tied__"), effect__gte=least)
    return Q(pk__in=counted.order_by().values("tied"))


def _tried(on: date) -> Q:
    counted = LeverageAction.objects.filter(begun_by(on, tied="tied__") | measured_by(on, tied="tied__"))
    return Q(pk__in=counted.order_by().values("tied"))


def _considered() -> QuerySet[ExitDecision]:
    return ExitDecision.objects.exclude(state="withdrawn").order_by()


def _to_look_again(on: date) -> Q:
    """Return the condition of a relationship that goes on with conditions, and whose day to look again has passed.

    Those are few; they are asked for at once, as five subqueries, one a level, cost more to write than they save.
    """
    staying = _considered().filter(kind=ExitKind.REMAIN_WITH_CONDITIONS, approved_on__isnull=False)
    looked = staying.annotate(looked=Coalesce(Max("reviews__reviewed_on"), F("approved_on")))
    told = list(looked.values_list("relationship", "review_due", "looked"))
    late = Q(pk__in=())
    for level, limits in method().time_limits.items():
        since = on - timedelta(days=limits.recheck)
        passed = {one for one, due, looked_on in told if looked_on < since or (due is not None and due < on)}
        late |= Q(risk__level=level, relationship__in=passed)
    return late
