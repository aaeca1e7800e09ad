"""A driver of the business model is reviewed when the records ask for it, and the board signs (domain.md 1.11)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions import model_reviews as actions
from risks.models import (
    Change,
    Consultation,
    ConsultationFinding,
    ExpertAccess,
    ExpertOpinion,
    ModelReview,
    Risk,
    SeverityAssessment,
    StakeholderGroup,
)
from risks.queries.model_reviews import fired_for
from risks.rules.model_review import REVIEW_STEPS, ReviewState

NOW = datetime.now(tz=UTC)
TODAY = NOW.date()
DRIVER = "engagement_optimised_ranking"
REASONS = "Ranking by engagement lifts what enrages; three experiments of our own show it."
SCOPE = {
    "scope": "Ranking of the feed since 2024.",
    "affected_groups": "Minorities",
    "revenue_share_pct": "61.5",
}
EVIDENCE = {"evidence": "Audit by a university.", "internal_research": "Three experiments, 2024 to 2026."}
CONSULTED = {"consulted": "Two groups of those affected."}
CONCLUSION = {
    "design_alternatives": "Chronological order\nRanking by quality",
    "conclusion": "change_design",
    "conclusion_reasons": REASONS,
    "name_1": "Reach of hate",
    "baseline_1": "9",
    "target_1": "3",
    "unit_1": "per cent",
    "due_1": str(TODAY + timedelta(days=200)),
    "changes_made": "Ranking by quality is on for everybody.",
}
PAGES = {
    "scope": "scope",
    "evidence": "evidence",
    "consult": "consultation",
    "conclude": "conclusion",
    "close": "outcome",
}


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def bob(db: None) -> User:
    return person("bob", Role.BOARD)


@pytest.fixture
def risk(db: None) -> Risk:
    return risk_of(4)


def risk_of(level: int, title: str = "Hate is lifted", *, opened: date = TODAY, **given: Any) -> Risk:
    tier = {5: 1, 4: 2, 3: 3}.get(level, 4)
    values = {"title": title, "summary": "x", "opened_on": opened, "level": level, "tier": tier}
    return Risk.objects.create(**values | {"drivers": [DRIVER]} | given)


def given_of(step: str, risk: Risk) -> dict[str, Any]:
    return {
        "scope": SCOPE | {"risks": [risk.pk]},
        "evidence": EVIDENCE,
        "consult": CONSULTED,
        "conclude": CONCLUSION,
        "close": {"outcome": REASONS},
    }[step]


def take(client: Client, review: ModelReview, step: str, risk: Risk, **changes: Any) -> Any:
    return client.post(f"/desk/model-reviews/{review.pk}/{PAGES[step]}/", given_of(step, risk) | changes)


def open_one(client: Client, ana: User) -> ModelReview:
    client.force_login(ana)
    assert client.post("/desk/model-reviews/open/", {"driver": DRIVER}).status_code == 302
    return ModelReview.objects.latest("pk")


def to(state: str, client: Client, ana: User, bob: User, risk: Risk) -> ModelReview:
    """Bring a review to a state by the pages alone."""
    review = open_one(client, ana)
    for step in ("scope", "evidence", "consult", "conclude"):
        if fresh(review).state == state:
            return fresh(review)
        assert take(client, review, step, risk).status_code == 302
    if state in {"tracked", "closed"}:
        assert sign(client, bob).status_code == 302
        client.force_login(ana)
    if state == "closed":
        reading = {"metric": 0, "value": "3", "read_on": TODAY}
        assert client.post(f"/desk/model-reviews/{review.pk}/readings/", reading).status_code == 302
        assert take(client, review, "close", risk).status_code == 302
    assert fresh(review).state == state
    return fresh(review)


def sign(client: Client, by: User, *, decision: str = "approve", reasons: str = REASONS) -> Any:
    asked = SignOff.objects.latest("pk")
    client.force_login(by)
    given = {"decision": decision, "seen_hash": asked.content_hash, "reasons": reasons}
    return client.post(f"/desk/signoffs/{asked.pk}/", given)


def fresh(review: ModelReview) -> ModelReview:
    return ModelReview.objects.get(pk=review.pk)


def reviewed(ana: User, bob: User, *risks: Risk, days_ago: int = 30) -> ModelReview:
    day = TODAY - timedelta(days=days_ago)
    review = ModelReview.objects.create(
        driver=DRIVER,
        state="closed",
        opened_by=ana,
        opened_on=day,
        concluded_by=ana,
        concluded_on=day,
        signed_by=bob,
        signed_on=day,
        conclusion="change_design",
        closed_on=day,
    )
    review.risks.set(risks)
    return review


def assess(risk: Risk, level: int, *, on: date) -> None:
    SeverityAssessment.objects.create(
        risk=risk,
        scale=level,
        scope=level,
        irremediability=level,
        level=level,
        incomplete=False,
        reason="x",
        holds_from=on,
        recorded_at=NOW,
        recorded_by="ana",
    )


def propose_change(ana: User, risk: Risk, *, kind: str = "monetisation_change", days_ago: int = 0) -> Change:
    change = Change.objects.create(
        title="x", kind=kind, about="x", proposed_by=ana, proposed_at=NOW - timedelta(days=days_ago)
    )
    change.risks.add(risk)
    return change


def find(ana: User, risk: Risk, *, type: str = "academic_expert", screened: bool = True) -> None:  # noqa: A002
    consultation = Consultation.objects.create(
        title="x", screened_at=NOW if screened else None, screened_by=ana if screened else None
    )
    consultation.groups.add(StakeholderGroup.objects.create(name=f"{type} {risk.pk}", type=type))
    finding = ConsultationFinding.objects.create(
        consultation=consultation, you_said="x", theme="x", recorded_by=ana, recorded_at=NOW, due=TODAY
    )
    finding.risks.add(risk)


def test_a_driver_that_was_never_reviewed_is_due_once_an_open_risk_carries_it(db: None) -> None:
    assert fired_for(DRIVER, on=TODAY) == []
    gone = risk_of(3)

    assert fired_for(DRIVER, on=TODAY) == ["yearly"]
    Risk.objects.filter(pk=gone.pk).update(tier=6)
    assert fired_for(DRIVER, on=TODAY) == []


@pytest.mark.parametrize(("days", "fires"), [(364, []), (365, ["yearly"])])
def test_a_year_after_the_last_signed_review_the_next_is_due(
    ana: User, bob: User, days: int, fires: list[str]
) -> None:
    reviewed(ana, bob, risk_of(3, opened=date(2020, 1, 1)), days_ago=days)

    assert fired_for(DRIVER, on=TODAY) == fires


@pytest.mark.parametrize(
    ("first", "second", "fires"),
    [
        ({"level": 4}, {"level": 5}, True),
        ({"level": 4}, {"level": 3}, False),
        ({"level": 4}, {"level": 4, "tier": 6}, False),
        ({"level": 4}, {"level": 4, "drivers": ["data_brokerage"]}, False),
        ({"level": 4}, {"level": 4, "opened": date(2020, 1, 1)}, False),
        ({"level": 4}, {"level": 4, "opened": date(2020, 1, 1), "assessed_on": TODAY}, True),
    ],
)
def test_severe_risks_of_the_last_year_that_share_a_driver_ask_for_a_review(
    ana: User, bob: User, first: dict[str, Any], second: dict[str, Any], fires: bool
) -> None:
    reviewed(ana, bob)
    risk_of(**first)
    risk_of(**second)

    assert fired_for(DRIVER, on=TODAY) == (["shared_by_severe_risks"] if fires else [])


def test_risks_that_a_review_weighed_as_severe_ask_for_no_other_but_one_that_rose_does(
    ana: User, bob: User
) -> None:
    one, other = risk_of(4), risk_of(4)
    for risk in (one, other):
        assess(risk, 4, on=TODAY - timedelta(days=60))
    reviewed(ana, bob, one, other)
    settled = fired_for(DRIVER, on=TODAY)

    risen = risk_of(4)
    assess(risen, 2, on=TODAY - timedelta(days=60))
    assess(risen, 4, on=TODAY)
    ModelReview.objects.get().risks.add(risen)

    assert settled == []
    assert fired_for(DRIVER, on=TODAY) == ["shared_by_severe_risks"]


@pytest.mark.parametrize(
    ("kind", "state", "days_ago", "fires"),
    [
        ("monetisation_change", "proposed", 0, True),
        ("monetisation_change", "proposed", 31, False),
        ("monetisation_change", "withdrawn", 0, False),
        ("policy_change", "proposed", 0, False),
    ],
)
def test_a_change_of_monetisation_asks_for_a_review_before_it(
    ana: User, bob: User, kind: str, state: str, days_ago: int, fires: bool
) -> None:
    reviewed(ana, bob)
    change = propose_change(ana, risk_of(2), kind=kind, days_ago=days_ago)
    Change.objects.filter(pk=change.pk).update(state=state)

    assert fired_for(DRIVER, on=TODAY) == (["monetisation_change"] if fires else [])


@pytest.mark.parametrize(
    ("type_", "screened", "fires"),
    [
        ("academic_expert", True, True),
        ("regulator", True, True),
        ("nhri", True, True),
        ("community", True, False),
        ("academic_expert", False, False),
    ],
)
def test_what_experts_said_in_a_screened_consultation_asks_for_a_review(
    ana: User, bob: User, type_: str, screened: bool, fires: bool
) -> None:
    reviewed(ana, bob)
    find(ana, risk_of(2), type=type_, screened=screened)

    assert fired_for(DRIVER, on=TODAY) == (["expert_or_regulator"] if fires else [])


@pytest.mark.parametrize(
    ("source", "opened", "fires"),
    [
        ("expert", TODAY, True),
        ("regulator", TODAY, True),
        ("media", TODAY, False),
        ("expert", TODAY - timedelta(days=40), False),
    ],
)
def test_a_risk_that_an_expert_or_regulator_brought_asks_for_a_review(
    ana: User, bob: User, source: str, opened: date, fires: bool
) -> None:
    reviewed(ana, bob)
    risk_of(2, source=source, opened=opened)

    assert fired_for(DRIVER, on=TODAY) == (["expert_or_regulator"] if fires else [])


def test_the_opinion_of_an_expert_on_a_shared_risk_asks_for_a_review(ana: User, bob: User) -> None:
    reviewed(ana, bob)
    access = ExpertAccess.objects.create(
        expert=person("xia", Role.EXPERT),
        risk=risk_of(2),
        question="x",
        extract={},
        starts_on=TODAY,
        until=TODAY,
        granted_by=ana,
        granted_at=NOW,
    )
    before = fired_for(DRIVER, on=TODAY)

    ExpertOpinion.objects.create(access=access, text="x", given_at=NOW)

    assert before == []
    assert fired_for(DRIVER, on=TODAY) == ["expert_or_regulator"]


def test_triggers_are_computed_and_what_is_typed_is_ignored(client: Client, ana: User, risk: Risk) -> None:
    client.force_login(ana)
    typed = {"driver": DRIVER, "triggers": '["upheld_grievances"]', "trigger": "expert_or_regulator"}

    assert client.post("/desk/model-reviews/open/", typed).status_code == 302

    assert ModelReview.objects.get().triggers == ["yearly"]


def test_nothing_is_opened_without_a_trigger(client: Client, ana: User, bob: User) -> None:
    reviewed(ana, bob)
    client.force_login(ana)
    typed = {"driver": DRIVER, "triggers": '["yearly"]'}

    answer = client.post("/desk/model-reviews/open/", typed)
    odd = client.post("/desk/model-reviews/open/", {"driver": "a\0"})

    assert (answer.status_code, odd.status_code) == (400, 400)
    assert b"Nothing asks for a review of this driver" in answer.content
    assert b"Driver: choose one from the list." in odd.content
    assert ModelReview.objects.count() == 1


def test_one_review_of_a_driver_is_open_at_a_time(client: Client, ana: User, risk: Risk) -> None:
    open_one(client, ana)

    answer = client.post("/desk/model-reviews/open/", {"driver": DRIVER})

    assert b"A review of this driver is open already." in answer.content
    assert ModelReview.objects.count() == 1


@pytest.mark.parametrize("state", [str(one) for one in ReviewState])
@pytest.mark.parametrize("step", PAGES)
def test_each_step_is_taken_from_its_state_and_from_no_other(
    client: Client, ana: User, bob: User, risk: Risk, state: str, step: str
) -> None:
    review = to(state, client, ana, bob, risk)
    if step == "close" and state == "tracked":
        client.post(
            f"/desk/model-reviews/{review.pk}/readings/", {"metric": 0, "value": "3", "read_on": TODAY}
        )
    events = AuditEvent.objects.count()

    answer = take(client, review, step, risk)

    if state in REVIEW_STEPS[step].before:
        assert (answer.status_code, fresh(review).state) == (302, REVIEW_STEPS[step].after)
    else:
        assert answer.status_code == 400
        assert "is not the next step here" in answer.content.decode()
        assert fresh(review).state == state
        assert AuditEvent.objects.count() == events


@pytest.mark.parametrize("state", ["triggered", "scoped", "evidence", "consulted", "concluded", "closed"])
def test_metrics_are_read_only_while_a_signed_review_is_tracked(
    client: Client, ana: User, bob: User, risk: Risk, state: str
) -> None:
    review = to(state, client, ana, bob, risk)
    before = review.metrics

    answer = client.post(
        f"/desk/model-reviews/{review.pk}/readings/", {"metric": 0, "value": "3", "read_on": TODAY}
    )

    assert answer.status_code == 400
    assert fresh(review).metrics == before


@pytest.mark.parametrize(
    ("step", "changes", "says"),
    [
        ("scope", {"risks": []}, "Open risks: choose at least one"),
        ("scope", {"risks": ["999"]}, ": choose from the list."),
        ("scope", {"affected_groups": ""}, "Groups affected: say which groups"),
        ("evidence", {"internal_research": ""}, "say what it found, or in a sentence that there is none"),
        ("consult", {"consulted": ""}, "UNGP 18(b): say which groups were consulted"),
        ("conclude", {"design_alternatives": "Only one"}, "Design alternatives: weigh at least 2"),
        ("conclude", {"user_misuse_only": "on"}, "B1: misuse by users alone is no conclusion"),
        ("conclude", {"conclusion_reasons": "Short."}, "Reasons: say why in at least 50 characters"),
        ("conclude", {"conclusion": "blame"}, "Conclusion: choose one from the list."),
        ("conclude", {"unit_1": ""}, "Metric Reach of hate: give its name"),
        ("conclude", {"due_1": str(TODAY - timedelta(days=1))}, "its day lies in the past"),
        ("close", {}, "UNGP 20: record a reading of Reach of hate first."),
        ("close", {"outcome": "Better."}, "Outcome: say in at least 50 characters"),
    ],
)
def test_a_step_without_its_grounds_is_refused_and_nothing_is_written(
    client: Client, ana: User, bob: User, risk: Risk, step: str, changes: dict[str, Any], says: str
) -> None:
    [before] = [one for one in REVIEW_STEPS[step].before if not (step == "evidence" and one == "consulted")]
    review = to(before, client, ana, bob, risk)

    answer = take(client, review, step, risk, **changes)

    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert fresh(review).state == before


def test_a_risk_that_does_not_carry_the_driver_is_not_in_scope(client: Client, ana: User, risk: Risk) -> None:
    review = open_one(client, ana)
    other = risk_of(5, drivers=["data_brokerage"])

    answer = take(client, review, "scope", risk, risks=[other.pk])

    assert answer.status_code == 400
    with pytest.raises(NotAllowed, match="carries the driver"):
        actions.scope(
            review,
            scope="x",
            risks=[other],
            affected_groups="x",
            vulnerabilities=[],
            revenue_share_pct=None,
            by=ana,
            at=NOW,
        )


def test_new_evidence_after_the_consultation_asks_for_another(
    client: Client, ana: User, bob: User, risk: Risk
) -> None:
    review = to("consulted", client, ana, bob, risk)

    take(client, review, "evidence", risk)

    assert fresh(review).state == "evidence"
    assert take(client, review, "conclude", risk).status_code == 400


def test_the_page_counts_the_risks_of_all_drivers_once(risk: Risk, ana: User, client: Client) -> None:
    client.force_login(ana)

    with CaptureQueriesContext(connection) as captured:
        assert client.get("/desk/model-reviews/").status_code == 200

    assert len([one for one in captured if "unnest" in one["sql"]]) == 1
