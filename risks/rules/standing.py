"""Where a risk stands: what follows from the assessment that holds (UNGP 14, 24; domain.md 2.3, 2.4)."""

from dataclasses import dataclass
from datetime import date, timedelta

from risks.rules.method import DEFAULT, Method
from risks.rules.salience import State, effective_likelihood, is_salient, rank_key, response_tier
from risks.rules.severity import UNKNOWN_HEAD_INTERIM

REMEDIED, CLOSED = 5, 6


@dataclass(frozen=True)
class Judgement:
    """What an assessment says; without one every head is unknown and counts as 4."""

    level: int = UNKNOWN_HEAD_INTERIM
    incomplete: bool = True
    state_of_harm: str = ""
    likelihood: int | None = None
    delay: bool = False
    heads: tuple[int | None, int | None, int | None] = (None, None, None)
    vulnerable: bool = False


@dataclass(frozen=True)
class Standing:
    """The columns of a risk that follow from its judgement.

    `tier` is 1 to 4, REMEDIED or CLOSED; `rank` sorts descending; `effective` is 0 once remedied.
    """

    level: int
    incomplete: bool
    state_of_harm: str
    likelihood: int | None
    effective: int
    tier: int
    rank: int
    salient: bool


def stand(judged: Judgement, *, closed: bool) -> Standing:
    """Return where a risk stands.

    Args:
        judged: what the assessment that holds says.
        closed: whether the risk is closed; it then comes last and is not salient.
    """
    state = State(judged.state_of_harm) if judged.state_of_harm else None
    effective = effective_likelihood(judged.level, state, judged.likelihood)
    tier = response_tier(judged.level, effective, delay=judged.delay)
    return Standing(
        level=judged.level,
        incomplete=judged.incomplete,
        state_of_harm=judged.state_of_harm,
        likelihood=judged.likelihood,
        effective=effective or 0,
        tier=CLOSED if closed else int(tier[1]) if tier else REMEDIED,
        rank=0 if closed else _rank(judged, effective),
        salient=not closed and is_salient(judged.level, effective),
    )


def _rank(judged: Judgement, effective: int | None) -> int:
    """Return the order of domain.md 2.4 as one number, a digit for each part; what is remedied comes after the rest."""
    key = rank_key(
        level=judged.level,
        delay=judged.delay,
        effective=effective,
        heads=judged.heads,
        vulnerable=judged.vulnerable,
    )
    leading = "0" if effective is None else "1"
    return int(leading + "".join(str(-part) for part in key))


def next_review(
    *,
    tier: int,
    assessed_on: date | None,
    opened_on: date,
    context_until: date | None,
    triggered_on: date | None,
    method: Method = DEFAULT,
) -> date | None:
    """Return by when a risk must be assessed again, the earliest of its reasons (R5); None once it is closed.

    Args:
        tier: as in Standing; what is remedied is looked at once a year.
        assessed_on: when it was last assessed; never assessed is due since it was opened.
        opened_on: when it was recorded.
        context_until: until when its context lasts (an election, an emergency).
        triggered_on: when new evidence or a consultation finding came after the assessment.
        method: the configured days.
    """
    if tier == CLOSED:
        return None
    if assessed_on is None:
        return opened_on
    due = [assessed_on + timedelta(days=method.review_days.get(tier, method.review_days[4]))]
    if context_until is not None and context_until >= assessed_on:
        due.append(context_until + timedelta(days=1))
    if triggered_on is not None:
        due.append(triggered_on)
    return min(due)
