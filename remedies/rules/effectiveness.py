"""The eight criteria of an effective mechanism as indicators, never one score (UNGP 31; domain.md 6.9)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from remedies.rules.case import CaseState, CaseType
from remedies.rules.case_deadlines import UPDATE_DAYS, acknowledge_by, feedback_by
from remedies.rules.case_workflow import ENDED, UPHELD, Finding
from risks.rules.suppression import PERCENT_LEAST, mean, median, ninetieth, percentage

CRITERIA: Mapping[str, str] = {
    "a": "Legitimate",
    "b": "Accessible",
    "c": "Predictable",
    "d": "Equitable",
    "e": "Transparent",
    "f": "Rights-compatible",
    "g": "Learns",
    "h": "Built on dialogue",
}
FEW_DATA = 10
NOT_SHOWN = "not shown"


class Light(StrEnum):
    """How an indicator stands against its target."""

    GOOD = "on target"
    SHORT = "off target"
    REPORTED = "reported"
    FEW = "few data"
    UNKNOWN = "not recorded"


@dataclass(frozen=True)
class CaseFacts:
    """What of a case is counted, and nothing that was told."""

    type: CaseType
    language: str
    channel: str
    state: CaseState
    received_on: date
    severity: int | None = None
    on_behalf_of: bool = False
    acknowledged_on: date | None = None
    told_on: date | None = None
    summary_offered_on: date | None = None
    decided_on: date | None = None
    finding: Finding = Finding.NONE
    finding_before_appeal: Finding = Finding.NONE
    appeal_decided_on: date | None = None
    closed_on: date | None = None
    root_cause: str = ""
    has_risk: bool = False
    decider_attested: bool = False


@dataclass(frozen=True)
class RemedyFacts:
    """What of a remedy is counted."""

    due: date
    agreed_on: date | None = None
    delivered_on: date | None = None
    verified_on: date | None = None
    waiver: bool = False
    prevents_repetition: bool = False
    decided_on: date | None = None


@dataclass(frozen=True)
class RatingFacts:
    """What somebody thought of how we treated them, each 1 to 5 or unsaid."""

    quarter: date
    satisfaction: int | None = None
    fairness: int | None = None
    safety: int | None = None


@dataclass(frozen=True)
class Facts:
    """Everything that the indicators are computed from."""

    cases: Sequence[CaseFacts] = ()
    remedies: Sequence[RemedyFacts] = ()
    ratings: Sequence[RatingFacts] = ()
    consultations_on_mechanism: Sequence[date] = ()
    suggestions: Sequence[bool] = ()
    last_published: date | None = None


@dataclass(frozen=True)
class Indicator:
    """One number with its definition and target.

    `part` and `whole` are people or cases; `amount` is a number that is no share. `good` says whether a value is on
    target; without it the value is only reported. What is `inside` is never published.
    """

    code: str
    label: str
    definition: str
    target: str
    part: int | None = None
    whole: int | None = None
    amount: float | None = None
    unit: str = ""
    of: int | None = None
    good: Callable[[float], bool] | None = field(default=None, compare=False)
    missing: str = ""
    inside: bool = False

    @property
    def criterion(self) -> str:
        """Return the letter of its criterion in UNGP 31."""
        return self.code[0]

    @property
    def share(self) -> float | None:
        """Return part of whole in percent."""
        if self.part is None or not self.whole:
            return None
        return 100 * self.part / self.whole

    @property
    def value(self) -> float | None:
        """Return the number that the target is about."""
        return self.share if self.whole is not None else self.amount

    @property
    def light(self) -> Light:
        """Return how it stands; good news on fewer than ten is “few data” (domain.md 9)."""
        if self.missing or self.value is None:
            return Light.UNKNOWN
        if self.good is None:
            return Light.REPORTED
        counted = self.whole if self.whole is not None else self.of
        if not self.good(self.value):
            return Light.SHORT
        return Light.FEW if counted is not None and counted < FEW_DATA else Light.GOOD

    @property
    def exact(self) -> str:
        """Return the value as staff read it."""
        if self.missing:
            return "not recorded"
        if self.value is None:
            return "none yet"
        if self.whole is not None:
            return f"{self.part} of {self.whole}, {self.value:.0f} %"
        return f"{_said(self.value)} {self.unit}".strip() + (
            f" (of {self.of})" if self.of is not None else ""
        )

    def printed(self, k: int) -> str:
        """Return the value as anybody may read it (domain.md 8.5)."""
        if self.missing:
            return "not recorded"
        if self.inside:
            return NOT_SHOWN
        if self.whole is not None:
            return percentage(self.part or 0, self.whole, k, sensitive=True)
        if self.value is None or (self.of is not None and self.of < k):
            return NOT_SHOWN
        return f"{_said(self.value)} {self.unit}".strip()

    def printed_light(self, k: int) -> Light:
        """Return how it stands, where that tells no small number."""
        if self.missing:
            return Light.UNKNOWN
        if self.printed(k) == NOT_SHOWN:
            return Light.FEW  # none at all looks like few
        return self.light if self._is_told(k) else Light.REPORTED

    def _is_told(self, k: int) -> bool:
        """Whether what is printed tells already on which side of the target the value is."""
        part, whole = self.part or 0, self.whole
        if self.good is None or whole is None or k <= part <= whole - k:
            return True
        lowest, highest = (0, k - 1) if part < k else (whole - k + 1, whole)
        return self.good(100 * lowest / whole) == self.good(100 * highest / whole)


def criterion_light(indicators: Sequence[Light]) -> Light:
    """Return the light of a criterion: that of its worst indicator; no mean is ever taken."""
    for light in (Light.SHORT, Light.FEW, Light.GOOD, Light.REPORTED):
        if light in indicators:
            return light
    return Light.UNKNOWN


def quarter_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of the quarter of a day."""
    begin = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    following: date = begin + relativedelta(months=3)
    return begin, following - timedelta(days=1)


def twelve_months_to(end: date) -> tuple[date, date]:
    """Return the twelve months that end on a day."""
    begin: date = end + timedelta(days=1) - relativedelta(months=12)
    return begin, end


def indicators(facts: Facts, *, begin: date, end: date) -> list[Indicator]:
    """Return every indicator for a span of days, by criterion.

    Args:
        facts: everything; each indicator takes what falls in the span by its own date.
        begin, end: the first and the last day.
    """
    window = _Window(facts, begin, end)
    return [
        *_legitimate(window),
        *_accessible(window),
        *_predictable(window),
        *_equitable(window),
        *_transparent(window),
        *_compatible(window),
        *_learning(window),
        *_dialogue(window),
    ]


class _Window:
    """The facts of a span of days."""

    def __init__(self, facts: Facts, begin: date, end: date) -> None:
        self.facts, self.begin, self.end = facts, begin, end
        cases = facts.cases
        self.received = [one for one in cases if self.holds(one.received_on)]
        self.decided = [one for one in cases if self.holds(one.decided_on)]
        self.appealed = [one for one in cases if self.holds(one.appeal_decided_on)]
        self.closed = [one for one in cases if self.holds(one.closed_on) and one.state in ENDED]
        self.upheld = [one for one in self.decided if one.finding in UPHELD]
        self.ratings = [one for one in facts.ratings if begin <= one.quarter <= end]

    def holds(self, day: date | None) -> bool:
        """Whether a day falls in the span."""
        return day is not None and self.begin <= day <= self.end


def _legitimate(at: _Window) -> Iterator[Indicator]:
    yield _share(
        "a1",
        "Decided by people outside the reporting line",
        "decided by somebody who attested no reporting line into the unit complained of / decided",
        "100 %",
        [one.decider_attested for one in at.decided],
        lambda value: value >= 100,
    )
    yield _share(
        "a2",
        "Overturned on appeal",
        "appeals that changed the finding / appeals decided",
        "watched above 20 %",
        [one.finding != one.finding_before_appeal for one in at.appealed],
        lambda value: value <= 20,
    )
    yield Indicator(
        "a3",
        "Reports of retaliation",
        "reports of retaliation received, per 100 cases closed",
        "0",
        part=sum(one.type == CaseType.RETALIATION for one in at.received),
        whole=len(at.closed),
        good=lambda value: value == 0,
    )
    for code, name, label, target in (
        ("a4", "fairness", "Treated fairly, as people say", 3.5),
        ("a5", "satisfaction", "Satisfied, as people say", None),
        ("a6", "safety", "Felt safe to raise it, as people say", None),
    ):
        said = [mark for one in at.ratings if (mark := getattr(one, name)) is not None]
        yield Indicator(
            code,
            label,
            "mean of 1 to 5, from at least ten answers behind receipts",
            f"{target} or more" if target else "reported",
            amount=mean(said, FEW_DATA),
            unit="of 5",
            of=len(said),
            good=(lambda value: value >= 3.5) if target else None,
        )


def _accessible(at: _Window) -> Iterator[Indicator]:
    yield _missing(
        "b1",
        "Users who can write in their language",
        "95 % or more",
        "no user figures by language are kept here",
    )
    yield _missing(
        "b2",
        "Cases from high-risk groups against their share of users",
        "0.8 to 1.25",
        "a case holds no group and no country in the clear",
    )
    yield _missing(
        "b3", "Forms begun and not sent", "under 30 %", "on purpose: nobody who only looks is counted"
    )
    channels = {one.channel for one in at.received}
    yield Indicator(
        "b4",
        "Channels through which cases came",
        "different channels of the cases received",
        "2 or more",
        amount=float(len(channels)) if at.received else None,
        unit="channels",
        of=len(at.received),
        good=lambda value: value >= 2,
    )
    yield _missing(
        "b5",
        "Cases per 1,000,000 users",
        "under a quarter of the median country: people there may lack trust",
        "no user figures by country are kept here, so the flag cannot be raised: few cases are no success",
    )


def _predictable(at: _Window) -> Iterator[Indicator]:
    answered = [
        one.acknowledged_on is not None and one.acknowledged_on <= acknowledge_by(one.received_on)
        for one in at.received
        if one.acknowledged_on is not None or acknowledge_by(one.received_on) < at.end
    ]
    yield _share(
        "c1",
        "Acknowledged in 7 days",
        "acknowledged in 7 days from the Monday of their week / received, without those still in time",
        "98 % or more",
        answered,
        lambda value: value >= 98,
    )
    yield _share(
        "c2",
        "Decided in the time told",
        "decided in 3 months from acknowledging / decided",
        "90 % or more",
        [
            one.decided_on <= feedback_by(one.received_on, one.acknowledged_on)
            for one in at.decided
            if one.decided_on is not None
        ],
        lambda value: value >= 90,
    )
    days = [
        float((one.decided_on - one.received_on).days) for one in at.decided if one.decided_on is not None
    ]
    about = "days from the Monday of the week in which it came to the decision"
    yield Indicator(
        "c3",
        "Days to a decision, half of them",
        f"median {about}; from 10",
        "reported",
        amount=median(days),
        unit="days",
        of=len(days),
    )
    yield Indicator(
        "c4",
        "Days to a decision, nine in ten",
        f"90th percentile of {about}; from 50",
        "reported",
        amount=ninetieth(days),
        unit="days",
        of=len(days),
    )
    going = [
        one
        for one in at.facts.cases
        if one.acknowledged_on is not None
        and one.received_on <= at.end
        and (one.closed_on is None or one.closed_on > at.end)
        and one.state not in ENDED - {CaseState.CLOSED}
    ]
    yield _share(
        "c5",
        "Told where it stands in 30 days",
        "open cases whose person was told something in the 30 days before, or since / open cases, on the last day",
        "95 % or more",
        [one.told_on is not None and (at.end - one.told_on).days <= UPDATE_DAYS for one in going],
        lambda value: value >= 95,
    )


def _equitable(at: _Window) -> Iterator[Indicator]:
    yield _missing("d1", "Offered information or an adviser", "100 %", "the offer is not recorded")
    yield _share(
        "d2",
        "Got the evidence before the decision",
        "evidence summary offered on or before the day of decision / decided",
        "100 %",
        [
            one.summary_offered_on is not None
            and one.decided_on is not None
            and one.summary_offered_on <= one.decided_on
            for one in at.decided
        ],
        lambda value: value >= 100,
    )
    alone, helped = ([one for one in at.decided if one.on_behalf_of == other] for other in (False, True))
    rates = [_upheld_rate(one) for one in (alone, helped)]
    yield Indicator(
        "d3",
        "Upheld when writing alone, against through another",
        "upheld rate of people who wrote themselves / of those for whom another wrote; each from 30 decided",
        "0.8 to 1.25",
        amount=round(rates[0] / rates[1], 2) if rates[0] is not None and rates[1] else None,
        of=min(len(alone), len(helped)),
        inside=True,
        good=lambda value: 0.8 <= value <= 1.25,
    )
    spoken: defaultdict[str, list[CaseFacts]] = defaultdict(list)
    for one in at.decided:
        spoken[one.language].append(one)
    by_language = [rate for cases in spoken.values() if (rate := _upheld_rate(cases)) is not None]
    yield Indicator(
        "d4",
        "Gap between languages",
        "highest less lowest upheld rate of a language; each from 30 decided",
        "10 points or less",
        amount=round(100 * (max(by_language) - min(by_language)), 1) if len(by_language) > 1 else None,
        unit="points",
        inside=True,
        good=lambda value: value <= 10,
    )


def _transparent(at: _Window) -> Iterator[Indicator]:
    yield _share(
        "e1",
        "Closed with written reasons",
        "closed after the person was told why / closed",
        "100 %",
        [one.told_on is not None for one in at.closed],
        lambda value: value >= 100,
    )
    since = (at.end - at.facts.last_published).days if at.facts.last_published else None
    yield Indicator(
        "e2",
        "Days since figures were published",
        "days from the last published report with figures of the mechanism",
        "183 or fewer",
        amount=float(max(0, since)) if since is not None else None,
        unit="days",
        good=lambda value: value <= 183,
    )
    yield _missing(
        "e3", "Systemic findings published", "80 % or more", "no systemic finding is recorded as such yet"
    )


def _compatible(at: _Window) -> Iterator[Indicator]:
    remedies = at.facts.remedies
    agreed = [one for one in remedies if at.holds(one.agreed_on)]
    due = [one for one in remedies if at.holds(one.due) and one.agreed_on is not None]
    yield _missing("f1", "Remedies checked against a rights standard", "100 %", "the check is not recorded")
    yield _share(
        "f2",
        "Agreed without a waiver",
        "agreed remedies that ask for no waiver / agreed",
        "100 %",
        [not one.waiver for one in agreed],
        lambda value: value >= 100,
    )
    yield _share(
        "f3",
        "Delivered on time",
        "delivered by the day agreed / due in the period",
        "90 % or more",
        [one.delivered_on is not None and one.delivered_on <= one.due for one in due],
        lambda value: value >= 90,
    )
    yield _missing(
        "f4",
        "Confirmed by the person",
        "80 % or more",
        "people are not asked yet whether it reached them; somebody else than who delivered verifies",
    )


def _learning(at: _Window) -> Iterator[Indicator]:
    closed = [one for one in at.closed if one.finding in UPHELD]
    yield _share(
        "g1",
        "Upheld cases that feed a risk",
        "upheld and closed with a risk / upheld and closed",
        "100 %",
        [one.has_risk for one in closed],
        lambda value: value >= 100,
    )
    yield _share(
        "g2",
        "Repeats of the same cause in 365 days",
        "upheld whose root cause was found in the 365 days before / upheld with a root cause",
        "falling",
        _repeats(at),
        None,
    )
    fixed = [
        float((one.verified_on - one.decided_on).days)
        for one in at.facts.remedies
        if one.prevents_repetition and one.verified_on and one.decided_on and at.holds(one.verified_on)
    ]
    yield Indicator(
        "g3",
        "Days until the cause was mended, half of them",
        "median days from the decision to a verified guarantee of non-repetition; from 10",
        "120 or fewer",
        amount=median(fixed),
        unit="days",
        of=len(fixed),
        good=lambda value: value <= 120,
    )


def _dialogue(at: _Window) -> Iterator[Indicator]:
    since: date = at.end - relativedelta(months=24)
    held = [day for day in at.facts.consultations_on_mechanism if since < day <= at.end]
    yield Indicator(
        "h1",
        "Consultations on this mechanism",
        "held with user groups in 24 months, to design the mechanism",
        "2 or more",
        amount=float(len(held)),
        unit="in 24 months",
        good=lambda value: value >= 2,
    )
    agreed = sum(at.holds(one.agreed_on) for one in at.facts.remedies)
    yield Indicator(
        "h2",
        "Outcomes agreed through dialogue",
        "remedies that the person agreed to / upheld",
        "reported",
        part=min(agreed, len(at.upheld)),
        whole=len(at.upheld),
    )
    yield _share(
        "h3",
        "Suggestions answered",
        "findings of those consultations that were answered / all",
        "100 %",
        list(at.facts.suggestions),
        lambda value: value >= 100,
    )


def _repeats(at: _Window) -> list[bool]:
    caused = sorted(
        (one.decided_on, one.root_cause)
        for one in at.facts.cases
        if one.finding in UPHELD
        and one.root_cause
        and one.decided_on is not None
        and one.decided_on <= at.end
    )
    days: defaultdict[str, list[date]] = defaultdict(list)
    for day, cause in caused:
        days[cause].append(day)
    found = []
    for known in days.values():
        if at.holds(known[0]):
            found.append(False)
        found += [(later - before).days <= 365 for before, later in pairwise(known) if at.holds(later)]
    return found


def _upheld_rate(cases: Sequence[CaseFacts]) -> float | None:
    if len(cases) < PERCENT_LEAST:
        return None
    return Counter(one.finding in UPHELD for one in cases)[True] / len(cases)


def _share(
    code: str,
    label: str,
    definition: str,
    target: str,
    each: Sequence[bool],
    good: Callable[[float], bool] | None,
) -> Indicator:
    return Indicator(code, label, definition, target, part=sum(each), whole=len(each), good=good)


def _missing(code: str, label: str, target: str, why: str) -> Indicator:
    return Indicator(code, label, "", target, missing=why)


def _said(value: float) -> str:
    return f"{value:g}"
