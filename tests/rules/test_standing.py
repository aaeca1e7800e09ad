"""Where a risk stands follows from its judgement alone (domain.md 2.3, 2.4; R5)."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from risks.rules.salience import State
from risks.rules.severity import judge
from risks.rules.standing import CLOSED, REMEDIED, Judgement, next_review, stand

TODAY = date(2026, 11, 25)
HEAD = st.one_of(st.none(), st.integers(1, 5))


@st.composite
def judgements(draw: st.DrawFn) -> Judgement:
    heads = (draw(HEAD), draw(HEAD), draw(HEAD))
    verdict = judge(*heads)
    state = draw(st.sampled_from(["", *State]))
    may = state in {"", State.POTENTIAL}
    return Judgement(
        level=verdict.level,
        incomplete=verdict.incomplete,
        state_of_harm=str(state),
        likelihood=draw(HEAD) if may else None,
        delay=draw(st.booleans()),
        heads=heads,
        vulnerable=draw(st.booleans()),
    )


@given(judgements(), judgements())
def test_likelihood_never_moves_a_risk_past_one_of_higher_level(one: Judgement, other: Judgement) -> None:
    low, high = sorted((one, other), key=lambda judged: judged.level)
    if low.level < high.level and State.ACTUAL_REMEDIED not in {low.state_of_harm, high.state_of_harm}:
        assert stand(low, closed=False).rank < stand(high, closed=False).rank


@given(judgements())
def test_a_severe_risk_is_never_slower_than_p2_and_always_salient(judged: Judgement) -> None:
    standing = stand(judged, closed=False)
    if judged.level >= 4 and judged.state_of_harm != State.ACTUAL_REMEDIED:
        assert standing.tier <= 2
        assert standing.salient


@given(judgements())
def test_what_is_remedied_or_closed_comes_after_everything_else(judged: Judgement) -> None:
    remedied = stand(replace(judged, state_of_harm="actual_remedied", likelihood=None), closed=False)
    waiting = stand(
        Judgement(level=1, state_of_harm="potential", likelihood=1, heads=(1, 1, 1)), closed=False
    )

    assert (remedied.tier, remedied.effective, remedied.salient) == (REMEDIED, 0, False)
    assert stand(judged, closed=True).rank < remedied.rank < waiting.rank
    assert (stand(judged, closed=True).tier, stand(judged, closed=True).salient) == (CLOSED, False)


@given(
    st.integers(1, 5),
    st.integers(0, 500),
    st.one_of(st.none(), st.integers(-100, 500)),
    st.one_of(st.none(), st.integers(0, 500)),
)
def test_a_risk_is_due_at_the_earliest_of_its_reasons(
    tier: int, ago: int, context: int | None, news: int | None
) -> None:
    assessed_on = TODAY - timedelta(days=ago)
    until = None if context is None else assessed_on + timedelta(days=context)
    triggered = None if news is None else assessed_on + timedelta(days=news)

    due = next_review(
        tier=tier, assessed_on=assessed_on, opened_on=assessed_on, context_until=until, triggered_on=triggered
    )

    assert due is not None
    assert due <= assessed_on + timedelta(days={1: 30, 2: 90, 3: 180, 4: 365, 5: 365}[tier])
    assert triggered is None or due <= triggered
    assert until is None or until < assessed_on or due <= until + timedelta(days=1)


def test_a_risk_that_nobody_judged_is_due_since_it_was_recorded_and_a_closed_one_never() -> None:
    asked = {"opened_on": TODAY, "context_until": None, "triggered_on": None}

    assert next_review(tier=1, assessed_on=None, **asked) == TODAY
    assert next_review(tier=CLOSED, assessed_on=TODAY, **asked) is None
