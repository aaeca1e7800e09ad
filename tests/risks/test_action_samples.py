"""A measure that stands for many actions is maintained on a sample that people reviewed (domain.md 3.2, 3.7)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.job import as_job
from risks.actions import action_samples as actions
from risks.actions.proportionality import plan_cycle
from risks.actions.reassessments import record_reassessment
from risks.models import ActionSample, Measure, ReviewTask
from risks.rules.measure_workflow import MeasureRefused
from tests.risks.reassessment_stage import REASONS, a_decision
from tests.risks.test_engine import NOW, TODAY, a_measure, a_risk, swept
from tests.three_part import passing

KEYS = "\n".join(f"post-{number}" for number in range(200))


@pytest.fixture
def rita(db: None) -> User:
    return User.objects.create_user("rita", "x", display_name="Rita", roles=[Role.REVIEWER])


@pytest.fixture
def rule(db: None) -> Measure:
    """Return a rule that demotes posts, whose review is due."""
    return a_measure(
        a_risk(), "reduce_reach", days=40, unit_of_review="rule_class", target_type="rule", imposed_by="dan"
    )


def drawn(rule: Measure, by: User, **given: Any) -> ActionSample:
    known = {"period_from": TODAY, "period_to": TODAY, "references": KEYS, "size": 50}
    return actions.draw_sample(rule, by=by, at=NOW, **known | given)


def reviewed(sample: ActionSample, by: User, *, wrong: int = 0) -> ActionSample:
    for item in sample.items.all():
        verdict = "incorrect" if item.position <= wrong else "correct"
        actions.review_action(sample, position=item.position, verdict=verdict, note="x", by=by, at=NOW)
    return sample


def closed(sample: ActionSample, by: User, **given: Any) -> ActionSample:
    known = {"appeals_lodged": 9, "appeals_decided": 8, "appeals_upheld": 2, "conclusion": REASONS}
    actions.close_sample(sample, by=by, at=NOW, **known | given)
    sample.refresh_from_db()
    return sample


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_rule_is_not_maintained_before_a_sample_was_reviewed_and_is_after(
    rule: Measure, rita: User
) -> None:
    swept(plan_cycle(as_of=TODAY, at=NOW), NOW)
    task = ReviewTask.objects.get(measure=rule)
    decision = a_decision("maintain", test=passing(rule.kind))

    with pytest.raises(MeasureRefused, match="random sample of at least 50"):
        record_reassessment(task, decision, by=rita, at=NOW)
    closed(reviewed(drawn(rule, rita), rita, wrong=5), rita)
    record_reassessment(task, decision, by=rita, at=NOW)

    assert ReviewTask.objects.get(measure=rule).closed_at == NOW
    page = signed_in(rita).get(f"/desk/measures/{rule.pk}/").content.decode()
    assert "5 of 50: between 4 % and 21 % of all" in page


def test_a_sample_goes_through_its_pages(rule: Measure, rita: User) -> None:
    desk = signed_in(rita)
    sent = {"period_from": "2026-01-01", "period_to": "2026-01-31", "references": "a-1\na-2", "size": "2"}

    assert desk.post(f"/desk/measures/{rule.pk}/samples/", sent).status_code == 302
    sample = ActionSample.objects.get()
    first = desk.post(f"/desk/samples/{sample.pk}/items/1/", {"verdict": "correct"})
    assert first["Location"] == f"/desk/samples/{sample.pk}/items/2/"
    doubt = desk.post(f"/desk/samples/{sample.pk}/items/2/", {"verdict": "unclear"})
    assert (doubt.status_code, "Note: say what is wrong" in doubt.content.decode()) == (400, True)
    last = desk.post(f"/desk/samples/{sample.pk}/items/2/", {"verdict": "unclear", "note": "Satire?"})
    assert last["Location"] == f"/desk/samples/{sample.pk}/"
    figures = {"appeals_lodged": 3, "appeals_decided": 2, "appeals_upheld": 1, "conclusion": REASONS}
    assert desk.post(f"/desk/samples/{sample.pk}/close/", figures).status_code == 302
    page = desk.get(f"/desk/samples/{sample.pk}/").content.decode()
    assert "3 lodged, 2 decided, 1 upheld" in page
    assert "Closed" in page


def test_a_sample_goes_through_the_api_in_the_same_words(rule: Measure, rita: User) -> None:
    api = signed_in(rita)

    def post(address: str, **given: Any) -> Any:
        return api.post(f"/api/v1/action-samples/{address}", given, content_type="application/json")

    period = {"period_from": "2026-01-01", "period_to": "2026-01-31"}
    refused = post("", measure=rule.pk, references="Jane Doe", size=1, **period)
    assert (refused.status_code, "line 1: use a key" in refused.json()["detail"]) == (409, True)
    made = post("", measure=rule.pk, references="a-1\na-2", size=2, **period)
    assert made.status_code == 201
    again = post("", measure=rule.pk, references="a-3\na-4", size=2, **period)
    assert "A sample of this measure is open" in again.json()["detail"]
    assert b'/samples/">Draw a sample' not in api.get(f"/desk/measures/{rule.pk}/").content
    sample = made.json()["id"]
    figures = {"appeals_lodged": 3, "appeals_decided": 2, "appeals_upheld": 1, "conclusion": REASONS}
    assert "2 of the sample are not reviewed" in post(f"{sample}/close/", **figures).json()["detail"]
    for position in (1, 2):
        assert post(f"{sample}/review/", position=position, verdict="correct").status_code == 200
    closed = post(f"{sample}/close/", **figures).json()
    assert (closed["closed_by"], [one["verdict"] for one in closed["items"]]) == ("rita", ["correct"] * 2)
    assert api.get("/api/v1/action-samples/").json()["results"] == [closed]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"references": "Jane Doe"}, "line 1: use a key"),
        ({"size": "49"}, "at least 50, or all"),
        ({"period_to": "2999-01-01"}, "Period: end it on"),
        ({"period_from": "2026-02-01"}, "begin it before it ends"),
        ({"size": ""}, "How many to draw: write a number"),
    ],
)
def test_a_draw_that_is_refused_keeps_what_was_typed(
    rule: Measure, rita: User, changed: dict[str, str], sentence: str
) -> None:
    sent = {
        "period_from": "2026-01-01",
        "period_to": "2026-01-31",
        "references": KEYS,
        "size": "50",
    } | changed

    answer = signed_in(rita).post(f"/desk/measures/{rule.pk}/samples/", sent)

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert sent["references"].splitlines()[0] in answer.content.decode()
    assert not ActionSample.objects.exists()


def by_the_imposer(rule: Measure, rita: User) -> None:
    Measure.objects.filter(pk=rule.pk).update(imposed_by=rita.username)
    drawn(rule, rita)


def by_another_role(rule: Measure, _rita: User) -> None:
    drawn(rule, User.objects.create_user("paul", "x", display_name="Paul", roles=[Role.PARTNER_MGR]))


def of_a_single_measure(_rule: Measure, rita: User) -> None:
    drawn(a_measure(a_risk(), "remove_item"), rita)


def of_a_measure_that_is_over(rule: Measure, rita: User) -> None:
    Measure.objects.filter(pk=rule.pk).update(state="lifted", ended_on=TODAY)
    drawn(rule, rita)


def beside_an_open_one(rule: Measure, rita: User) -> None:
    drawn(rule, rita)
    drawn(rule, rita)


def closed_half_reviewed(rule: Measure, rita: User) -> None:
    closed(drawn(rule, rita), rita)


def closed_with_odd_appeals(rule: Measure, rita: User) -> None:
    closed(reviewed(drawn(rule, rita), rita), rita, appeals_upheld=9)


def closed_in_few_words(rule: Measure, rita: User) -> None:
    closed(reviewed(drawn(rule, rita), rita), rita, conclusion="Fine.")


def reviewed_after_closing(rule: Measure, rita: User) -> None:
    reviewed(closed(reviewed(drawn(rule, rita), rita), rita), rita)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (by_the_imposer, "SD2"),
        (by_another_role, "role"),
        (of_a_single_measure, "reviewed one by one"),
        (of_a_measure_that_is_over, "only a measure in force"),
        (beside_an_open_one, "is open"),
        (closed_half_reviewed, "50 of the sample are not reviewed"),
        (closed_with_odd_appeals, "Appeals: upheld are at most"),
        (closed_in_few_words, "Conclusion"),
        (reviewed_after_closing, "closed and stays as it is"),
    ],
)
def test_what_the_rules_refuse_is_said_in_a_sentence(
    rule: Measure, rita: User, act: Callable[[Measure, User], None], sentence: str
) -> None:
    with pytest.raises(NotAllowed, match=sentence):
        act(rule, rita)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE risks_actionsample SET conclusion = 'x'",
        "DELETE FROM risks_actionsample",
        "UPDATE risks_sampledaction SET verdict = 'correct' WHERE position = 1",
        "DELETE FROM risks_sampledaction",
        "INSERT INTO risks_sampledaction (sample_id, position, reference, verdict, note) "
        "SELECT id, 99, 'x', '', '' FROM risks_actionsample",
    ],
)
def test_the_database_keeps_a_closed_sample(rule: Measure, rita: User, statement: str) -> None:
    closed(reviewed(drawn(rule, rita), rita), rita)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE risks_actionsample SET seed = 1",
        "UPDATE risks_actionsample SET actions = 1",
        "UPDATE risks_sampledaction SET reference = 'x' WHERE position = 1",
        "UPDATE risks_actionsample SET closed_at = now(), closed_by_id = drawn_by_id, appeals_lodged = 0, "
        "appeals_decided = 0, appeals_upheld = 0",
    ],
)
def test_the_database_keeps_how_a_sample_was_drawn(rule: Measure, rita: User, statement: str) -> None:
    drawn(rule, rita)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_no_job_says_whether_a_rule_was_right(rule: Measure, rita: User) -> None:
    sample = drawn(rule, rita)

    with pytest.raises(DatabaseError, match=r"3\.8"), as_job(), transaction.atomic():
        sample.items.filter(position=1).update(verdict="correct", reviewed_by=rita, reviewed_at=NOW)
