"""The time-to-change clocks: who must change what by when (domain.md 5.4), and the indicators about them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import F, Max, Prefetch, QuerySet

from hrdd.governance.rules import NotAllowed
from risks.models import (
    ClockEntry,
    ClockReminder,
    EffectMeasurement,
    ExitDecision,
    Involvement,
    LeverageAction,
    Relationship,
    RelationshipRisk,
    Risk,
)
from risks.queries.bounded import ReadByPage
from risks.queries.desk import FEW, Indicator, percent
from risks.queries.exit_figures import exit_quality
from risks.queries.involvement import drifting
from risks.queries.method import method
from risks.queries.narrowed_clocks import (
    begun_by,
    could_press,
    could_stand_out,
    measured_by,
    past_half,
    with_next_day,
)
from risks.rules.exit import ExitKind
from risks.rules.leverage import CHANGE_ACHIEVED, CLOCK_STATUSES, Clock, deadline, read_clock
from risks.rules.time_limits import TimeLimits

# What a clock is read from, and what a list shows of it beside.
READ = (
    *("known_since", "clock_started_on", "clock_level", "change_due", "own_stop_due"),
    *("own_contribution", "own_part_stopped_on", "zero_tolerance_breach", "extended_on"),
    *("relationship__kind", "relationship__kind_said", "relationship__owner", "relationship__crucial"),
    *("relationship__partner__name", "risk__level", "risk__title"),
)
Narrowing = Callable[..., QuerySet[RelationshipRisk]]
ATTENTION = tuple(CLOCK_STATUSES)
SENTENCES = {
    "FIRST_ACTION_PENDING": "The first action is due.",
    "NO_FIRST_ACTION": "No leverage was used in the time for a first action.",
    "HALF_TIME_NO_CHANGE": "Half the time has passed without measurable change: increase leverage.",
    "WITHIN_TIME": "Within the time to see change.",
    "CHANGE_ACHIEVED": "The abuse stopped, or the risk is at its target.",
    "TIME_TO_CHANGE_EXPIRED": "The time to see change has passed: people must consider exit.",
    "TIME_TO_CHANGE_EXPIRED_CRUCIAL": (
        "The time to see change has passed. The relationship is crucial: exit is harder, and must still be considered."
    ),
    "ZERO_TOLERANCE": "A breach for which there is no time to change: people must consider exit.",
    "OWN_CONTRIBUTION_OPEN": "The company's own part goes on; that is not a matter of leverage. Stop it.",
    "NO_EXIT_CLOCK": "No exit clock at this severity.",
}
DUE = {
    "EXIT_CONSIDERATION_DUE": "Consider exit",
    "STOP_OWN_CONTRIBUTION": "Own part stops",
    "LEVERAGE_OVERDUE": "First action",
    "INCREASE_LEVERAGE": "Change seen",
    "FIRST_ACTION_PENDING": "First action",
    "WITHIN_TIME": "Change seen",
    "CHANGE_ACHIEVED": "",
    "NO_EXIT_CLOCK": "",
}
ADVICE = {
    "FIRST_ACTION_PENDING": "Begin: ask for the change in a dialogue, and follow it up in writing.",
    "NO_FIRST_ACTION": "Begin today: ask for the change in a dialogue, and follow it up in writing.",
    "HALF_TIME_NO_CHANGE": "Climb a rung: build capacity, give incentives, act with others (UNGP 19).",
    "WITHIN_TIME": "Keep at it, and measure again before the day comes.",
    "CHANGE_ACHIEVED": "Monitor whether it lasts. If the harm goes on again, restart the clock.",
    "TIME_TO_CHANGE_EXPIRED": "Open the question of exit. The answer may be to stay, with conditions.",
    "TIME_TO_CHANGE_EXPIRED_CRUCIAL": (
        "Open the question of exit. Staying asks for evidence of mitigation and for consequences that are accepted."
    ),
    "ZERO_TOLERANCE": "Open the question of exit now; there is no time to change.",
    "OWN_CONTRIBUTION_OPEN": "Stop the own part, and record it with the finding on the company's involvement.",
    "NO_EXIT_CLOCK": "Use leverage, and look again within the time set for it.",
}
BADGES = {
    "EXIT_CONSIDERATION_DUE": "urgent",
    "STOP_OWN_CONTRIBUTION": "urgent",
    "LEVERAGE_OVERDUE": "due",
    "INCREASE_LEVERAGE": "due",
    "OK": "ok",
}
NO_DAY = "UNGP 19: record first since when the company knows of this harm; the clock starts on that day."
CONSIDERED = (
    "The question of exit is open: assess the impact of leaving, then decide. Leverage goes on meanwhile."
)
DRIFTS = (
    "The company is linked, has known longer than the time to see change, and no leverage moved anything. Continued "
    "inaction may have become a contribution: a decider looks at the finding again (UNGP 19)."
)


@dataclass(frozen=True)
class Reading:
    """The clock of one harm tied to a relationship, on a day.

    `change_due` is the deadline in force, `due` by when the next thing must be seen, `decide_by` by when people must
    open the question of exit, `decision` where they did, `drift` the finding of a link that inaction puts in doubt.
    """

    tied: RelationshipRisk
    level: int
    clock: Clock
    on: date
    started: date
    limits: TimeLimits
    best_effect: int | None
    change_due: date | None
    due: date | None
    decide_by: date | None
    decision: ExitDecision | None
    recheck_due: date | None
    drift: Involvement | None

    @property
    def sentence(self) -> str:
        """Return what the clock says, for people."""
        return SENTENCES[self.clock.code]

    @property
    def advice(self) -> str:
        """Return what to do now, for people."""
        return CONSIDERED if self.answered else ADVICE[self.clock.code]

    @property
    def status_label(self) -> str:
        """Return the status, for people."""
        return "Exit is considered" if self.answered else CLOCK_STATUSES[self.clock.status]

    @property
    def answered(self) -> bool:
        """Whether people had to consider exit, and opened the question."""
        return self.clock.status == "EXIT_CONSIDERATION_DUE" and self.decision is not None

    @property
    def days(self) -> int:
        """Return the days since the clock started."""
        return max((self.on - self.started).days, 0)

    @property
    def days_allowed(self) -> int | None:
        """Return the days from the start to the deadline in force."""
        return None if self.change_due is None else (self.change_due - self.started).days

    @property
    def days_left(self) -> int | None:
        """Return the days until the next thing must be seen; negative once it is late."""
        return None if self.due is None else (self.due - self.on).days

    @property
    def left_said(self) -> str:
        """Return the time left until the next thing must be seen, for people."""
        left = self.days_left
        if left is None:
            return ""
        if left == 0:
            return "today is the last day"
        many = f"{abs(left)} day{'' if abs(left) == 1 else 's'}"
        return f"{many} left" if left > 0 else f"{many} late"

    @property
    def what_is_due(self) -> str:
        """Return what must be seen next, for people."""
        if self.answered:
            return "Look again"
        return DUE[self.clock.status] if self.clock.status != "OK" else DUE[self.clock.code]

    @property
    def badge(self) -> str:
        """Return how grave the status looks."""
        return BADGES[self.clock.status] if self.needs_somebody or self.clock.status == "OK" else "human"

    @property
    def verdict(self) -> str:
        """Return the class of the frame around what the clock says."""
        return {"urgent": "review_urgent", "due": "review_due"}.get(self.badge, self.badge)

    @property
    def half_time(self) -> date | None:
        """Return the last day of the first half of the deadline in force."""
        return None if self.days_allowed is None else self.started + timedelta(days=self.days_allowed // 2)

    @property
    def achieved(self) -> bool:
        """Whether the change was seen."""
        return self.clock.code == "CHANGE_ACHIEVED"

    @property
    def drift_said(self) -> str:
        """Return what a drift asks of people."""
        return DRIFTS if self.drift is not None else ""

    @property
    def exit_due(self) -> bool:
        """Whether people must consider exit, and nobody did yet."""
        return self.clock.status == "EXIT_CONSIDERATION_DUE" and self.decision is None

    @property
    def exit_late(self) -> bool:
        """Whether the day for considering exit has passed."""
        return self.exit_due and self.decide_by is not None and self.on > self.decide_by

    @property
    def needs_somebody(self) -> bool:
        """Whether a person must act: on the clock, on a drift, or to look again while staying."""
        if self.drift is not None or (self.recheck_due is not None and self.recheck_due < self.on):
            return True
        return self.clock.status != "OK" and not self.answered


def read_clocks(tied: Iterable[RelationshipRisk], *, on: date) -> list[Reading]:
    """Read the clocks of rows that `with_severity` prepared, the most pressing first; two queries more.

    Args:
        tied: the harms; one that no day of knowledge is on record for has no clock, and is left out.
        on: the day.
    """
    rows = [one for one in tied if one.known_since is not None]
    found = drifting(on).filter(risk__in={one.risk_id for one in rows}) if rows else ()
    return _readings(rows, on=on, drifts=_by_risk(found))


def read_those(could: Narrowing, tied: QuerySet[RelationshipRisk], *, on: date) -> list[Reading]:
    """Read the clocks of which the database cannot say that they are quiet, the most pressing first; a few queries.

    Args:
        could: what is asked for, `could_press` or `could_stand_out`.
        tied: the harms.
        on: the day.
    """
    drifts = _by_risk(drifting(on).only("risk", "relationship"))
    few = narrowed(could(tied, on=on, drifting=drifts), on=on)
    return _readings(list(few), on=on, drifts=drifts)


def _by_risk(found: Iterable[Involvement]) -> dict[int, list[Involvement]]:
    drifts: dict[int, list[Involvement]] = {}
    for one in found:
        drifts.setdefault(one.risk_id, []).append(one)
    return drifts


def _readings(
    rows: Sequence[RelationshipRisk], *, on: date, drifts: Mapping[int, Sequence[Involvement]]
) -> list[Reading]:
    exits = _exits_of(rows)
    readings = [_read(one, on=on, exits=exits, drifts=drifts) for one in rows]
    return sorted(
        readings,
        key=lambda one: (
            not one.needs_somebody,
            ATTENTION.index(one.clock.status),
            one.due or date.max,
            one.tied.pk,
        ),
    )


def with_severity(tied: QuerySet[RelationshipRisk], *, on: date) -> QuerySet[RelationshipRisk]:
    """Add to each harm its risk and the best effect of leverage that was measured by a day, in one query.

    The effect of an action is that of its latest measurement that stands. After a restart only what was begun and
    measured since then counts.

    Args:
        tied: the harms.
        on: the day.
    """
    return tied.annotate(
        best_effect=Max("actions__effect", filter=measured_by(on, action="actions__")),
        acted=Max("actions__pk", filter=begun_by(on, action="actions__")),
    ).select_related("relationship__partner", "risk")


def _exits_of(rows: Sequence[RelationshipRisk]) -> dict[int, ExitDecision]:
    """Return the latest exit that was considered and not withdrawn, by relationship."""
    found = ExitDecision.objects.filter(relationship__in={one.relationship_id for one in rows})
    latest = found.exclude(state="withdrawn").annotate(looked_on=Max("reviews__reviewed_on"))
    return {one.relationship_id: one for one in latest.order_by("opened_on", "pk")}


def _read(
    tied: RelationshipRisk,
    *,
    on: date,
    exits: dict[int, ExitDecision],
    drifts: Mapping[int, Sequence[Involvement]],
) -> Reading:
    level, best = tied.risk.level, tied.best_effect  # type: ignore[attr-defined]  # annotated by with_severity
    if best is None and tied.acted:  # type: ignore[attr-defined]
        best = 0
    limits = method().time_limits[level]
    started = tied.clock_started_on or tied.known_since
    assert started is not None  # noqa: S101  # read_clocks leaves out what no day is known of
    change_due = tied.change_due if tied.clock_level else deadline(level, started, method().time_limits)
    clock = read_clock(
        first_action=limits.first_action,
        limit=None if change_due is None else (change_due - started).days,
        days=max((on - started).days, 0),
        best_effect=best,
        crucial=tied.relationship.crucial,
        own_contribution=tied.own_contribution and tied.own_part_stopped_on is None,
        zero_tolerance=bool(tied.zero_tolerance_breach),
    )
    decide_by = _decide_by(clock, started, change_due, limits)
    considered = exits.get(tied.relationship_id)
    decision = considered if considered and considered.opened_on >= started else None
    recheck_due = _recheck_due(decision, limits) if decision else None
    due = _due(tied, clock, started, change_due, decide_by, limits)
    return Reading(
        tied=tied,
        level=level,
        clock=clock,
        on=on,
        started=started,
        limits=limits,
        best_effect=best,
        change_due=change_due,
        due=recheck_due if decision and decide_by else due,
        decide_by=decide_by,
        decision=decision,
        recheck_due=recheck_due,
        drift=next((one for one in drifts.get(tied.risk_id, ()) if _concerns(one, tied)), None),
    )


def _recheck_due(decision: ExitDecision, limits: TimeLimits) -> date | None:
    """Return by when to look again while staying: the day set with the decision, or sooner by severity (5.4)."""
    if decision.kind != ExitKind.REMAIN_WITH_CONDITIONS or decision.approved_on is None:
        return None
    looked = decision.looked_on or decision.approved_on  # type: ignore[attr-defined]  # annotated by _exits_of
    by_severity: date = looked + timedelta(days=limits.recheck)
    return min(by_severity, decision.review_due or by_severity)


def _concerns(found: Involvement, tied: RelationshipRisk) -> bool:
    return found.relationship_id in {None, tied.relationship_id}


def _decide_by(clock: Clock, started: date, change_due: date | None, limits: TimeLimits) -> date | None:
    """Return by when people must open the question of exit (domain.md 5.4)."""
    if clock.status != "EXIT_CONSIDERATION_DUE":
        return None
    passed = started if clock.code == "ZERO_TOLERANCE" or change_due is None else change_due
    return passed + timedelta(days=limits.consider_exit)


def _due(
    tied: RelationshipRisk,
    clock: Clock,
    started: date,
    change_due: date | None,
    decide_by: date | None,
    limits: TimeLimits,
) -> date | None:
    """Return by when the next thing must be seen: a stop, a first action, change, or a decision of people."""
    if clock.status == "STOP_OWN_CONTRIBUTION":
        return tied.own_stop_due
    if clock.code in {"FIRST_ACTION_PENDING", "NO_FIRST_ACTION"}:
        return started + timedelta(days=limits.first_action)
    if clock.code == "CHANGE_ACHIEVED":
        return None
    return decide_by or change_due


def clocks_of_page(page: Iterable[Relationship], *, on: date) -> list[tuple[Relationship, Reading | None]]:
    """Return the relationships of a page with their most pressing clock, in as many queries for one as for fifty."""
    shown = list(page)
    tied = with_severity(RelationshipRisk.objects.filter(relationship__in=shown), on=on)
    pressing: dict[int, Reading] = {}
    for reading in read_clocks(tied, on=on):
        pressing.setdefault(reading.tied.relationship_id, reading)
    return [(one, pressing.get(one.pk)) for one in shown]


def going_on() -> QuerySet[RelationshipRisk]:
    """Return the harms whose clock runs: the relationship goes on, and the risk is not closed."""
    return RelationshipRisk.objects.exclude(relationship__status=Relationship.Status.ENDED).exclude(
        risk__status=Risk.Status.CLOSED
    )


def running(on: date) -> QuerySet[RelationshipRisk]:
    """Return the harms whose clock runs, ready to be read on a day."""
    return with_severity(going_on().only(*READ), on=on)


def narrowed(tied: QuerySet[RelationshipRisk], *, on: date) -> QuerySet[RelationshipRisk]:
    """Return harms of which few are left, ready to be read on a day; which they are is asked first, by itself.

    In one query the database expects many of them, and reads every risk there is.

    Args:
        tied: the harms.
        on: the day.
    """
    few = list(tied.order_by().values_list("pk", flat=True))
    return with_severity(RelationshipRisk.objects.filter(pk__in=few).only(*READ), on=on)


def pressing_clocks(*, on: date) -> list[Reading]:
    """Return the clocks at which a person must act, the most pressing first; those that are quiet are not read."""
    return [one for one in read_those(could_press, going_on(), on=on) if one.needs_somebody]


def nearest_first(readings: Iterable[Reading]) -> list[Reading]:
    """Return clocks by their next day, the nearest first, those without one last."""
    return sorted(readings, key=lambda one: (one.due or date.max, -one.level, one.tied.pk))


class ListedClocks(ReadByPage[Reading]):
    """The clocks that run, the nearest end first, those without an end last.

    What may be other than quiet is read; the database counts the others and puts them in order, and those of a page
    alone are read.
    """

    def __init__(self, *, on: date, status: str = "", level: str = "", show: str = "") -> None:
        """Read what may be other than quiet.

        Args:
            on: the day.
            status: a status of a clock, or empty for any.
            level: a severity, or empty for any.
            show: `pressing` where somebody must act, `drift` in drift, or empty for all.
        """
        self.on = on
        wanted = going_on().filter(risk__level=int(level)) if level else going_on()
        read = read_those(could_stand_out, wanted, on=on)
        quiet = wanted.filter(known_since__isnull=False).exclude(pk__in=[one.tied.pk for one in read])
        self._quiet = quiet if status in {"", "OK"} and not show else quiet.none()
        found = [one for one in read if not status or one.clock.status == status]
        if show == "pressing":
            found = [one for one in found if one.needs_somebody]
        if show == "drift":
            found = [one for one in found if one.drift is not None]
        self._read = nearest_first(found)

    @property
    def pressing(self) -> list[Reading]:
        """Return those at which a person must act, the nearest end first."""
        return [one for one in self._read if one.needs_somebody]

    @cached_property
    def _many_quiet(self) -> int:
        return self._quiet.count()

    def __len__(self) -> int:
        """Return how many clocks there are."""
        return len(self._read) + self._many_quiet

    def part(self, start: int, stop: int) -> list[Reading]:
        """Return the clocks of a page."""
        skipped = max(start - len(self._read), 0)
        ordered = with_next_day(self._quiet, on=self.on).order_by(
            F("next_day").asc(nulls_last=True), "-risk__level", "pk"
        )
        page = list(ordered.values_list("pk", flat=True)[skipped : max(skipped, stop)])
        quiet = read_clocks(running(self.on).filter(pk__in=page), on=self.on)
        return nearest_first([*self._read, *quiet])[start - skipped : stop - skipped]


def story_of_clock(tied: RelationshipRisk) -> list[ClockEntry | ClockReminder]:
    """Return what happened to a clock and whom machines reminded, the oldest first."""
    told: list[ClockEntry | ClockReminder] = [*tied.entries.all(), *tied.reminders.order_by("pk")]
    return sorted(told, key=lambda one: one.entered_at if isinstance(one, ClockEntry) else one.sent_at)


def clocks_of(relationship: Relationship, *, on: date) -> list[Reading]:
    """Return the clocks of one relationship, the most pressing first."""
    return read_clocks(with_severity(relationship.risks.all(), on=on), on=on)


def clocks_of_risk(risk: Risk, *, on: date) -> list[Reading]:
    """Return the clocks of the partners tied to one risk, the most pressing first."""
    return read_clocks(with_severity(risk.relationships.all(), on=on), on=on)


def clock_of(tied: RelationshipRisk, *, on: date) -> Reading:
    """Return the clock of one harm.

    Raises:
        NotAllowed: a dossier tells of it, and nobody recorded since when the company knows.
    """
    found = read_clocks(with_severity(RelationshipRisk.objects.filter(pk=tied.pk), on=on), on=on)
    if not found:
        raise NotAllowed(NO_DAY)
    return found[0]


def undated_of(relationship: Relationship) -> QuerySet[RelationshipRisk]:
    """Return the harms of a relationship whose clock cannot run, as nobody said since when the company knows."""
    return relationship.risks.filter(known_since__isnull=True).select_related("risk")


def undated_of_risk(risk: Risk) -> QuerySet[RelationshipRisk]:
    """Return the relationships tied to a risk whose clock cannot run, as nobody said since when the company knows."""
    return risk.relationships.filter(known_since__isnull=True).select_related("relationship__partner")


def change_on_record(tied: RelationshipRisk) -> EffectMeasurement | None:
    """Return the first measurement since the clock started that says the change was achieved, or None."""
    found = EffectMeasurement.objects.filter(
        action__tied=tied, effect__gte=CHANGE_ACHIEVED, corrected_by__isnull=True
    )
    if tied.restarted_at is not None:
        found = found.filter(recorded_at__gt=tied.restarted_at)
    return found.order_by("measured_on", "pk").first()


def actions_with_measurements() -> QuerySet[LeverageAction]:
    """Return actions with everything that was measured of them, corrections included."""
    measured = EffectMeasurement.objects.select_related("corrected_by").order_by("measured_on", "pk")
    return LeverageAction.objects.prefetch_related(Prefetch("measurements", measured)).select_related(
        "measure"
    )


def story_of(relationship: Relationship, *, on: date) -> list[tuple[Reading, list[LeverageAction]]]:
    """Return the harms tied to a relationship with their clocks and the leverage used on each."""
    acted = Prefetch("actions", actions_with_measurements().order_by("started_on", "pk"))
    tied = with_severity(relationship.risks.all(), on=on).prefetch_related(acted)
    return [(reading, list(reading.tied.actions.all())) for reading in read_clocks(tied, on=on)]


def indicators(*, on: date) -> list[Indicator]:
    """Return the indicators of section 9 about partners: leverage, clocks, exits.

    Args:
        on: the day.
    """
    return [_effect(on), _past_the_limit(on), exit_quality()]


def _effect(on: date) -> Indicator:
    tried = LeverageAction.objects.filter(tied__in=past_half(going_on(), on=on).values("pk"))
    part, whole = tried.filter(effect__gte=CHANGE_ACHIEVED).count(), tried.count()
    return Indicator(
        "K12",
        "Leverage effect",
        f"{part} of {whole}" if whole else "none yet",
        "Leverage on clocks past half time that stopped the abuse or brought the risk to its target.",
        "under 30 %.",
        red=whole > 0 and part * 100 < 30 * whole,
        few_data=0 < whole < FEW,
        number=percent(part, whole),
    )


def _past_the_limit(on: date) -> Indicator:
    unanswered = sum(one.exit_due for one in pressing_clocks(on=on))
    return Indicator(
        "K13",
        "Time to change passed",
        str(unanswered),
        "Harms tied to a partner, past the time to see change, with no exit considered.",
        "any.",
        red=unanswered > 0,
        number=unanswered,
    )
