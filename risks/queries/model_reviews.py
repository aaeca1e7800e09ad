"""Business-model reviews: what the records say of each driver, what is due, what is public (domain.md 1.11)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, Func, Q, QuerySet, When

from hrdd.governance.models import SignOff
from risks.models import (
    Change,
    ConsultationFinding,
    ExpertOpinion,
    ModelReview,
    Risk,
    SeverityAssessment,
)
from risks.queries.desk import Indicator
from risks.queries.method import method
from risks.queries.partners import never_named
from risks.queries.register import by_salience
from risks.rules.consultation import StakeholderType
from risks.rules.gaps import Gap
from risks.rules.model_review import (
    REVIEW_STEPS,
    SEVERE,
    SIGN_OFF_KIND,
    SIGNED,
    TRIGGER_SENTENCES,
    UNSIGNED,
    DriverFacts,
    ReviewTrigger,
    due_on,
    is_overdue,
    overdue_gap,
    triggers,
    unreviewed_gap,
    untold_gap,
    year_before,
)
from risks.rules.screening import identifying_details
from risks.rules.severity import BANDS
from risks.rules.standing import CLOSED, REMEDIED
from risks.rules.words import Driver, Source, said

OUTSIDE = [Source.EXPERT, Source.REGULATOR]
EXPERT_GROUPS = [
    StakeholderType.ACADEMIC_EXPERT,
    StakeholderType.UN_REGIONAL_BODY,
    StakeholderType.NHRI,
    StakeholderType.REGULATOR,
]
CHOICES_SHOWN = 200


def _open_risks() -> QuerySet[Risk]:
    return Risk.objects.filter(tier__lt=REMEDIED)


@dataclass(frozen=True)
class DriverRow:
    """One driver as the page lists it."""

    driver: Driver
    label: str
    levels: list[tuple[int, str, int]]
    open_risks: int
    severe: int
    triggers: list[str]
    last: ModelReview | None
    current: ModelReview | None
    overdue: bool

    @property
    def is_quiet(self) -> bool:
        """Whether no open risk carries it, and it was never reviewed."""
        return not (self.open_risks or self.triggers or self.last or self.current)

    @property
    def may_open(self) -> bool:
        """Whether something asks for a review and none is open."""
        return bool(self.triggers) and self.current is None


@dataclass(frozen=True)
class Counts:
    """How many open risks carry a driver: by level, severe ones of the last year, those from outside by their day."""

    levels: Counter[tuple[str, int]]
    severe_lately: Counter[str]
    outside: Counter[tuple[str, date]]


def driver_rows(*, on: date, counted: Counts | None = None) -> list[DriverRow]:
    """Return every driver with its risks, last review and computed triggers, those that ask for a review first.

    Args:
        on: the day.
        counted: the risks of the drivers, where they were counted already; as for `review_gaps`.
    """
    counted = counted or risks_by_driver(on=on)
    facts, levels = facts_of_drivers(counted, on=on), counted.levels
    last, current = last_signed(), {one.driver: one for one in ModelReview.objects.exclude(state="closed")}
    rows = [
        DriverRow(
            driver=driver,
            label=said(driver),
            levels=[
                (level, BANDS[level], levels[driver, level])
                for level in sorted(BANDS, reverse=True)
                if levels[driver, level]
            ],
            open_risks=facts[driver].open_risks,
            severe=levels[driver, 4] + levels[driver, 5],
            triggers=in_words(triggers(facts[driver], on=on, method=method())),
            last=last.get(driver),
            current=(review := current.get(driver)),
            overdue=review is not None and overdue(review, on=on),
        )
        for driver in Driver
    ]
    return sorted(
        rows, key=lambda row: (not row.overdue, not row.may_open, -row.severe, -row.open_risks, row.label)
    )


def in_words(fired: Iterable[str]) -> list[str]:
    """Return triggers as sentences."""
    return [TRIGGER_SENTENCES[ReviewTrigger(one)] for one in fired]


def overdue(review: ModelReview, *, on: date) -> bool:
    """Return whether a review waits for the board too long (B2)."""
    return is_overdue(review.state, opened_on=review.opened_on, on=on, method=method())


def last_signed() -> dict[str, ModelReview]:
    """Return the last review of each driver that the board signed."""
    signed = ModelReview.objects.filter(state__in=SIGNED).order_by("driver", "-concluded_on", "-pk")
    return {one.driver: one for one in signed.distinct("driver")}


def fired_for(driver: str, *, on: date) -> list[ReviewTrigger]:
    """Return what asks for a review of one driver on a day, from the records alone."""
    facts = facts_of_drivers(risks_by_driver(on=on), on=on)
    return triggers(facts[Driver(driver)], on=on, method=method())


def facts_of_drivers(counted: Counts, *, on: date) -> dict[Driver, DriverFacts]:
    """Return what is on record about every driver, in a constant number of queries.

    Upheld grievances are 0 until remedies records them: their count by the drivers of the linked risks goes in here.
    """
    last = last_signed()
    reviewed = _severe_lately_of(_weighed_as_severe(last), on=on)
    changes, outside = _monetisation_changes(last), _outside_findings(last, counted, on=on)
    return {
        driver: DriverFacts(
            open_risks=sum(counted.levels[driver, level] for level in BANDS),
            reviewed_on=last[driver].concluded_on if driver in last else None,
            severe_lately=counted.severe_lately[driver],
            severe_unreviewed=counted.severe_lately[driver] - reviewed[driver],
            upheld_grievances=0,
            monetisation_changes=changes[driver],
            outside_findings=outside[driver],
        )
        for driver in Driver
    }


def risks_by_driver(*, on: date) -> Counts:
    """Return how many open risks carry each driver, counted once for whoever asks several things of it."""
    from_outside = Q(source__in=OUTSIDE, opened_on__gt=year_before(on))
    rows = (
        _open_risks()
        .order_by()
        .values_list(
            Func("drivers", function="unnest"), "level", Case(When(from_outside, then=F("opened_on")))
        )
        .annotate(many=Count("pk"), lately=Count("pk", filter=_severe_lately(on)))
    )
    counts = Counts(Counter(), Counter(), Counter())
    for driver, level, day, many, lately in rows:
        counts.levels[driver, level] += many
        counts.severe_lately[driver] += lately
        if day is not None:
            counts.outside[driver, day] += many
    return counts


def _severe_lately(on: date) -> Q:
    since = year_before(on)
    return Q(opened_on__gt=since, level__gte=SEVERE) | Q(assessed_on__gt=since, level__gte=SEVERE)


def _severe_lately_of(weighed: Mapping[str, set[int]], *, on: date) -> Counter[str]:
    """Count, by driver, those of some risks that are severe lately and carry it still."""
    found = _open_risks().filter(_severe_lately(on), pk__in=set().union(*weighed.values()))
    carried = dict(found.values_list("pk", "drivers"))
    return Counter(
        {driver: sum(driver in carried.get(risk, ()) for risk in risks) for driver, risks in weighed.items()}
    )


def _weighed_as_severe(last: Mapping[str, ModelReview]) -> dict[str, set[int]]:
    """Return, by driver, the risks of its last signed review that were severe when it was concluded."""
    scoped = ModelReview.risks.through.objects.filter(modelreview__in=last.values())
    pairs = list(scoped.values_list("modelreview", "risk"))
    history: dict[int, list[tuple[date, int]]] = defaultdict(list)
    assessments = SeverityAssessment.objects.filter(risk__in={risk for _, risk in pairs})
    for risk, day, level in assessments.values_list("risk", "holds_from", "level"):
        history[risk].append((day, level))
    reviews = {one.pk: one for one in last.values()}
    weighed: dict[str, set[int]] = defaultdict(set)
    for review_pk, risk in pairs:
        review = reviews[review_pk]
        concluded = review.concluded_on or review.opened_on
        level_then = next((level for day, level in history[risk] if day <= concluded), SEVERE)
        if level_then >= SEVERE:
            weighed[review.driver].add(risk)
    return weighed


def _monetisation_changes(last: Mapping[str, ModelReview]) -> Counter[str]:
    """Count, by driver, the proposed changes of monetisation that no signed review has come after."""
    rows = Change.objects.filter(
        kind=Change.Kind.MONETISATION_CHANGE, state=Change.State.PROPOSED, risks__tier__lt=REMEDIED
    ).values_list("pk", "proposed_at", "risks__drivers")
    met = {
        (driver, pk)
        for pk, proposed_at, drivers in rows
        for driver in drivers
        if _since(last, driver, proposed_at.date())
    }
    return Counter(driver for driver, _pk in met)


def _outside_findings(last: Mapping[str, ModelReview], counted: Counts, *, on: date) -> Counter[str]:
    """Count, by driver, what experts and regulators found within a year, and after the last signed review.

    Counted are risks that came from them, their answers on risks shared with them, and what they said in consultations
    that were screened; nothing of the engagement team's own leaves it by this.
    """
    since = year_before(on)
    days = [
        ExpertOpinion.objects.filter(access__risk__tier__lt=REMEDIED, given_at__date__gt=since).values_list(
            "access__risk__drivers", "given_at__date"
        ),
        ConsultationFinding.objects.filter(
            pk__in=ConsultationFinding.objects.filter(
                consultation__groups__type__in=EXPERT_GROUPS, consultation__screened_at__isnull=False
            ).values("pk"),
            risks__tier__lt=REMEDIED,
            recorded_at__date__gt=since,
        ).values_list("risks__drivers", "recorded_at__date"),
    ]
    found = Counter(
        driver
        for rows in days
        for drivers, day in rows
        for driver in drivers
        if _since(last, driver, day, same_day=False)
    )
    for (driver, day), many in counted.outside.items():
        found[driver] += many if _since(last, driver, day, same_day=False) else 0
    return found


def _since(last: Mapping[str, ModelReview], driver: str, day: date, *, same_day: bool = True) -> bool:
    """Whether no signed review of a driver was concluded on or after a day; on the day itself only if `same_day`."""
    concluded = last[driver].concluded_on if driver in last else None
    return concluded is None or concluded < day or (same_day and concluded == day)


def choices_for(driver: str, *, linked: Iterable[int] = ()) -> list[Risk]:
    """Return the open risks that carry a driver, the gravest first, and those already linked.

    Args:
        driver: the driver.
        linked: ids of risks to list whatever became of them.
    """
    shown = list(by_salience(_open_risks().filter(drivers__contains=[driver]))[:CHOICES_SHOWN])
    kept = Risk.objects.filter(pk__in=set(linked) - {risk.pk for risk in shown})
    return [*shown, *by_salience(kept)]


def decisions_on(review: ModelReview) -> QuerySet[SignOff]:
    """Return what the board decided on a review, the latest first."""
    asked = SignOff.objects.filter(subject_kind=SIGN_OFF_KIND, subject_id=review.pk)
    decided = asked.filter(decided_by__isnull=False)
    return decided.select_related("decided_by").order_by("-decided_at", "-pk")


def way_of(review: ModelReview) -> list[tuple[str, bool]]:
    """Return the states of a review with whether it has reached each."""
    states = list(dict.fromkeys(["triggered", *(step.after for step in REVIEW_STEPS.values())]))
    return [(said(state), number <= states.index(review.state)) for number, state in enumerate(states)]


def last_day(review: ModelReview) -> date:
    """Return by when the board should have signed (B2)."""
    return due_on(review.opened_on, method=method())


def overdue_reviews(*, on: date) -> list[ModelReview]:
    """Return the reviews that are the board's matter because they are open too long, the oldest first (B2)."""
    since = on - timedelta(days=method().model_review_days)
    return list(ModelReview.objects.filter(state__in=UNSIGNED, opened_on__lt=since).order_by("opened_on"))


def review_gaps(*, on: date, counted: Counts | None = None) -> list[Gap]:
    """Return the gaps of business-model reviews: open too long, never begun (B2, K25), or not told for safety."""
    days = method().model_review_days
    late = [
        overdue_gap(one.get_driver_display(), opened_on=one.opened_on, days=days)
        for one in overdue_reviews(on=on)
    ]
    missing = [
        unreviewed_gap(said(driver), severe=severe) for driver, severe in _unreviewed(on=on, counted=counted)
    ]
    hidden = never_named()
    kept = [untold_gap(one.get_driver_display()) for one in _signed() if _leads_to_somebody(one, hidden)]
    return [*late, *missing, *kept]


def _unreviewed(*, on: date, counted: Counts | None = None) -> list[tuple[str, int]]:
    """Return the drivers that severe risks share, with how many, and that no review looks at or looked at lately."""
    since = on - timedelta(days=method().model_review_every_days)
    looked_at = set(
        ModelReview.objects.filter(~Q(state="closed") | Q(concluded_on__gt=since)).values_list(
            "driver", flat=True
        )
    )
    levels = (counted or risks_by_driver(on=on)).levels
    severe = [(str(driver), levels[driver, 4] + levels[driver, 5]) for driver in Driver]
    least = method().severe_risks_sharing_a_driver
    return [(driver, many) for driver, many in severe if many >= least and driver not in looked_at]


def indicator(*, on: date) -> Indicator:
    """Return K25 of domain.md 9: reviews open too long, and drivers of severe risks that nobody reviews."""
    late, missing = len(overdue_reviews(on=on)), len(_unreviewed(on=on))
    return Indicator(
        "K25",
        "Business model",
        str(late + missing),
        f"Reviews open longer than {method().model_review_days} days: {late}. Drivers that at least "
        f"{method().severe_risks_sharing_a_driver} open risks of level 4 or 5 share, without a review: {missing}.",
        "any.",
        red=late + missing > 0,
        number=late + missing,
    )


@dataclass(frozen=True)
class PublicReview:
    """A signed review as the public reads it, and nothing else of it."""

    driver: str
    conclusion: str
    changes_made: str
    left_out: str


def public_model_reviews() -> list[PublicReview]:
    """Return the reviews that the board signed: driver, conclusion, changes made, and why something is left out.

    Their words still pass the screen that they passed when they were concluded: whoever came into danger since is not
    named (domain.md 8.6 N8).
    """
    signed, hidden = _signed(), never_named()
    return [
        PublicReview(
            driver=one.get_driver_display(),
            conclusion=one.get_conclusion_display(),
            changes_made=one.changes_made,
            left_out=one.trade_secret_reasons,
        )
        for one in signed
        if not _leads_to_somebody(one, hidden)
    ]


def _signed() -> QuerySet[ModelReview]:
    return ModelReview.objects.filter(state__in=SIGNED).order_by("-signed_on", "-pk")


def _leads_to_somebody(review: ModelReview, hidden: Sequence[str]) -> bool:
    return any(identifying_details(said, known=hidden) for said in public_words(review).values())


def public_words(review: ModelReview) -> dict[str, str]:
    """Return what the public reads of a review, by the label of its field."""
    return {
        "Changes made or decided": review.changes_made,
        "Why something is left out": review.trade_secret_reasons,
    }


def model_reviews_of_risk(risk: Risk) -> Sequence[ModelReview]:
    """Return the reviews that looked at a risk, the latest first."""
    return list(risk.model_reviews.all())


def carries(driver: str, risks: Iterable[Risk]) -> bool:
    """Return whether every one of some risks is open and carries a driver."""
    return all(driver in risk.drivers and risk.tier < CLOSED for risk in risks)


def metrics_of(review: ModelReview) -> list[dict[str, Any]]:
    """Return the metrics of a review with their days as dates."""
    return [
        one
        | {
            "due": date.fromisoformat(one["due"]),
            "readings": [
                reading | {"on": date.fromisoformat(reading["on"])} for reading in one.get("readings", ())
            ],
        }
        for one in review.metrics
    ]
