"""Evaluation: rows of JSON in, verdicts out; a bad row gets a sentence and never an exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risks.rules.evaluation import (
    KNOWN_KEYS,
    InputError,
    evaluate_severity,
    read_proportionality,
)

# id scale scope irrem lik state delay vuln L band tier salient rank
VECTORS = """
S01 5 5 5 4 potential y y 5 critical P1 y 4
S02 5 1 5 1 potential n y 5 critical P2 y 6
S03 5 1 5 - actual_unremedied y y 5 critical P1 y 2
S04 1 5 1 5 potential n n 2 moderate P3 n 27
S05 1 1 5 5 potential n n 2 moderate P3 n 26
S06 1 5 5 - actual_unremedied n n 3 serious P2 y 19
S07 2 5 1 5 potential n n 3 serious P2 y 21
S08 3 5 1 3 potential n n 4 severe P2 y 14
S09 3 1 5 - actual_unremedied y y 4 severe P1 y 7
S10 4 2 2 - actual_unremedied n n 4 severe P1 y 9
S11 4 2 2 5 potential n n 4 severe P1 y 10
S12 4 2 2 1 potential n n 4 severe P2 y 16
S13 4 2 2 ? potential n n 4 severe P1 y 11
S14 3 3 3 5 potential n n 3 serious P2 y 20
S15 3 3 3 1 potential n n 3 serious P3 n 24
S16 3 3 3 3 potential y n 3 serious P1 y 17
S17 2 2 2 - actual_unremedied n n 2 moderate P3 n 25
S18 2 2 2 3 potential n n 2 moderate P4 n 28
S19 1 1 1 5 potential n n 1 minor P4 n 29
S20 1 1 1 1 potential n n 1 minor P4 n 30
S21 5 3 4 - actual_remedied n y 5 critical - n -
S22 5 3 4 - actual_unremedied y y 5 critical P1 y 3
S23 4 4 4 2 potential n n 4 severe P2 y 15
S24 4 1 3 4 potential n y 4 severe P1 y 12
S25 2 4 2 4 potential n n 3 serious P2 y 22
S26 3 2 1 - actual_unremedied n n 3 serious P2 y 18
S27 2 3 4 2 potential n n 3 serious P3 n 23
S28 5 5 5 - actual_unremedied y y 5 critical P1 y 1
S29 4 4 4 - actual_unremedied n y 4 severe P1 y 8
S30 2 5 5 4 potential n n 4 severe P1 y 13
S31 4 5 1 2 potential n n 5 critical P2 y 5
"""
INPUT = ("id", "scale", "scope", "irrem", "lik", "state", "delay", "vuln")
LINES = [line.split() for line in VECTORS.strip().splitlines()]
ROWS = [dict(zip(INPUT, line, strict=False)) for line in LINES]
GOOD = ROWS[0]
MEASURE = {"id": "M", "measure": "label", "l0": 2, "l1": 2, "flags": [], "days": 30}


def expected(line):
    level, band, tier, salient, rank = line[8:]
    return {
        "id": line[0],
        "L band": f"{level} {band}",
        "L": int(level),
        "band": band,
        "tier": tier,
        "salient": salient,
        "rank": rank if rank == "-" else int(rank),
    }


def typed(row):
    """Give the same row with numbers, booleans and null in place of text."""
    result = {key: int(value) if value.isdigit() else value for key, value in row.items()}
    result |= {key: row[key] == "y" for key in ("delay", "vuln")}
    return result | ({"lik": None} if row["lik"] == "-" else {})


def columns(verdict):
    """Keep the columns of the table; the verdict also carries its reason."""
    return without(verdict, "reason")


def severity_of(**changes):
    (verdict,) = evaluate_severity([{**GOOD, **changes}])
    return verdict


def without(row, key):
    return {name: value for name, value in row.items() if name != key}


@pytest.mark.parametrize("position", range(len(LINES)), ids=[line[0] for line in LINES])
def test_each_risk_is_judged_and_ranked_as_in_the_published_table(position):
    assert columns(evaluate_severity(ROWS)[position]) == expected(LINES[position])


def test_numbers_booleans_and_null_read_like_their_text():
    assert evaluate_severity([typed(row) for row in ROWS]) == evaluate_severity(ROWS)


@given(st.permutations(ROWS))
def test_the_order_of_the_input_does_not_change_any_verdict(shuffled):
    by_id = {verdict["id"]: columns(verdict) for verdict in evaluate_severity(shuffled)}
    assert by_id == {line[0]: expected(line) for line in LINES}


levels = st.integers(min_value=1, max_value=5)
risks = st.fixed_dictionaries(
    {
        "scale": levels | st.just("?"),
        "scope": levels | st.just("?"),
        "irrem": levels,
        "lik": levels | st.just("?"),
        "state": st.just("potential"),
        "delay": st.booleans(),
        "vuln": st.booleans(),
    }
)


@given(st.lists(risks, max_size=12))
def test_ranks_are_complete_and_never_put_a_lower_level_first(drawn):
    verdicts = evaluate_severity([{"id": f"{number:02}", **row} for number, row in enumerate(drawn)])
    ranked = sorted(verdicts, key=lambda verdict: verdict["rank"])
    assert [verdict["rank"] for verdict in ranked] == list(range(1, len(drawn) + 1))
    assert [verdict["L"] for verdict in ranked] == sorted((v["L"] for v in verdicts), reverse=True)
    assert all(verdict["tier"] in {"P1", "P2"} for verdict in verdicts if verdict["L"] >= 4)


def test_a_bad_row_takes_no_part_in_the_ranking():
    rows = [ROWS[1], {**GOOD, "id": "bad", "scale": 7}, ROWS[0]]
    first, bad, last = evaluate_severity(rows)
    assert (first["rank"], last["rank"]) == (2, 1)
    assert set(bad) == {"id", "error"}
    assert bad["id"] == "bad"


def test_an_unknown_head_is_reported_as_incomplete():
    verdict = severity_of(scale="unknown", scope="1", irrem="1")
    assert (verdict["L"], verdict["incomplete"]) == (4, True)
    assert "incomplete" not in severity_of()


def test_the_floor_for_torture_yields_to_a_reviewer_reason_only():
    assert "reviewer" in severity_of(scale=4, harm_type="torture")["error"]
    verdict = severity_of(
        scale=4, scope=1, irrem=1, harm_type="torture", reviewer_reason="Not credible here."
    )
    assert verdict["L"] == 4


@pytest.mark.parametrize("state", ["actual_unremedied", "actual_remedied"])
@pytest.mark.parametrize("likelihood", [3, "?"])
def test_a_likelihood_of_something_that_happened_is_refused(state, likelihood):
    assert "has no likelihood" in severity_of(state=state, lik=likelihood)["error"]


@pytest.mark.parametrize("likelihood", ["-", "", None])
def test_a_potential_risk_without_likelihood_is_refused(likelihood):
    assert severity_of(lik=likelihood)["error"].startswith("lik: a potential harm needs")


def test_a_likelihood_may_be_left_out_only_where_there_is_none():
    (potential,) = evaluate_severity([without(GOOD, "lik")])
    (actual,) = evaluate_severity([without(ROWS[2], "lik")])
    assert "lik:" in potential["error"]
    assert actual["tier"] == "P1"


@pytest.mark.parametrize("key", ["scale", "scope", "irrem"])
@pytest.mark.parametrize("value", [7, 0, -1, 3.0, "3.5", True, [3], {"a": 1}, "high", "٣", "", "-", None])
def test_a_value_that_is_not_a_level_is_refused_by_key(key, value):
    assert severity_of(**{key: value})["error"].startswith(f"{key}: ")


@pytest.mark.parametrize("value", [7, 0, 3.0, True, [3], "high"])
def test_a_likelihood_that_is_not_a_level_is_refused_by_key(value):
    assert severity_of(lik=value)["error"].startswith("lik: ")


@pytest.mark.parametrize("key", ["scale", "scope", "irrem", "state"])
def test_a_missing_key_is_named(key):
    (verdict,) = evaluate_severity([without(GOOD, key)])
    assert verdict["error"].startswith(f"{key}: ")


@pytest.mark.parametrize("key", ["delay", "vuln"])
@pytest.mark.parametrize("value", ["?", "maybe", 2, ["y"]])
def test_a_yes_or_no_question_needs_yes_or_no(key, value):
    assert severity_of(**{key: value})["error"].startswith(f"{key}: y or n")


@pytest.mark.parametrize("value", ["past", "", None, 1, ["potential"]])
def test_a_state_must_be_one_of_the_listed_ones(value):
    assert severity_of(state=value)["error"].startswith("state: one of potential,")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@given(key=st.sampled_from(sorted(KNOWN_KEYS["severity"])), value=json_values)
def test_no_json_value_under_any_key_raises(key, value):
    (verdict,) = evaluate_severity([{**GOOD, key: value}])
    assert "id" in verdict


def test_company_revenue_does_not_change_a_verdict():
    assert evaluate_severity([{**GOOD, "company_revenue": 9_000_000_000}]) == evaluate_severity([GOOD])


def test_a_measure_row_is_read():
    row = {"id": "M07", "measure": "permanent_ban", "l0": 5, "l1": "2", "flags": "context_ended", "days": 3}
    read = read_proportionality(row)
    assert (read.id, read.kind, read.level_then, read.level_now) == ("M07", "permanent_ban", 5, 2)
    assert (read.days_since_review, read.age_days, read.flags) == (3, None, frozenset({"context_ended"}))


def test_the_age_of_a_measure_is_read_from_its_flags():
    read = read_proportionality({**MEASURE, "flags": ["age=400", "repeat"]})
    assert (read.age_days, read.flags) == (400, frozenset({"repeat"}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("measure", "shadow_ban"),
        ("measure", None),
        ("l0", 6),
        ("l1", "?"),
        ("days", -1),
        ("flags", ["age=old"]),
        ("flags", ["apeal_upheld"]),
    ],
)
def test_a_bad_value_in_a_measure_row_is_refused_by_key(key, value):
    with pytest.raises(InputError, match=f"^{key}: "):
        read_proportionality({**MEASURE, key: value})


@pytest.mark.parametrize("key", ["measure", "l0", "l1", "days"])
def test_a_measure_row_with_a_missing_key_is_refused(key):
    with pytest.raises(InputError, match=f"^{key}: "):
        read_proportionality(without(MEASURE, key))
