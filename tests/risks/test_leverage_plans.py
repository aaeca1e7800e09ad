# ruff: noqa: F811  # the fixtures of test_partners are arguments here
"""Leverage is planned, climbs rung by rung, is measured again, and what is promised is verified (5.1 to 5.3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.job import as_job
from risks.models import (
    CorrectivePlan,
    EffectMeasurement,
    Evidence,
    LeverageAction,
    LeveragePlan,
    Measure,
    Milestone,
    RelationshipRisk,
    Risk,
)
from risks.queries.time_to_change import clock_of
from risks.rules.leverage_plan import LEVERAGE_STEPS, PLAN_STATES
from tests.risks.leverage_stage import acted, measured
from tests.risks.test_partners import (  # noqa: F401
    REASONS,
    TODAY,
    ana,
    assess,
    eve,
    person,
    risk,
    tied,
)

SOON = TODAY + timedelta(days=7)
NEXT = {"next_step": "Ask the chief executive in person.", "next_step_due": SOON}
ASSESSED = {
    "has": "A contract that ends in a year.",
    "lacks": "Any peer who asks the same.",
    "increase": "An industry body, and a term on audits in the next contract.",
    "kinds": ["contractual", "direct_dialogue"],
}


@pytest.fixture
def plan(tied: RelationshipRisk, client: Client, ana: User) -> LeveragePlan:
    client.force_login(ana)
    answer = client.post(f"/desk/partners/clocks/{tied.pk}/plan/", NEXT | {"owner": ana.pk})
    assert answer.status_code == 302
    return LeveragePlan.objects.get()


def step(client: Client, plan: LeveragePlan, name: str, reasons: str = REASONS) -> Any:
    answer = client.post(f"/desk/partners/plans/{plan.pk}/steps/{name}/", {"reasons": reasons})
    plan.refresh_from_db()
    return answer


def test_a_plan_goes_round_the_loop_until_leverage_is_exhausted_and_opens_the_page_of_exit(
    plan: LeveragePlan, tied: RelationshipRisk, client: Client, ana: User
) -> None:
    assert b"what leverage there is, what lacks" in step(client, plan, "assess").content
    assert b"is not the next step here" in step(client, plan, "apply").content
    told = NEXT | ASSESSED | {"owner": ana.pk}
    assert client.post(f"/desk/partners/plans/{plan.pk}/", told).status_code == 302
    assert b"at least 50 characters" in step(client, plan, "assess", "Short.").content
    step(client, plan, "assess")
    assert b"all three" in client.post(f"/desk/partners/plans/{plan.pk}/", told | {"lacks": " "}).content
    assert b"Log an action of leverage first" in step(client, plan, "apply").content
    first = acted(tied, on=TODAY)
    step(client, plan, "apply")
    assert b"Measure the effect of an action first" in step(client, plan, "measure").content
    measured(first, 1, on=TODAY)
    step(client, plan, "measure")
    assert b"The best effect measured is 1" in step(client, plan, "find_effective").content
    step(client, plan, "find_ineffective")
    step(client, plan, "increase")
    assert b"Log an action of leverage first" in step(client, plan, "apply").content
    measured(acted(tied, on=TODAY, rung=1), 1, on=TODAY)
    for name in ("apply", "measure", "exhaust"):
        assert step(client, plan, name).status_code == 302
    paul = person("paul", Role.PARTNER_MGR)
    client.force_login(paul)
    assert b"Your role may not" in step(client, plan, "consider_exit").content
    client.force_login(ana)

    answer = step(client, plan, "consider_exit")

    assert answer.headers["Location"] == f"/desk/partners/{tied.relationship_id}/exit/"
    assert plan.state == "exit_considered"
    assert b"is over and stays as it is" in client.post(f"/desk/partners/plans/{plan.pk}/", told).content
    page = client.get(f"/desk/partners/clocks/{tied.pk}/").content.decode()
    assert "Earlier: exit considered" in page
    assert [one.state for one in plan.moves.all()][-1] == "exit_considered"
    again = client.post(f"/desk/partners/clocks/{tied.pk}/plan/", NEXT | {"owner": ana.pk})
    assert again.status_code == 302


def test_an_effective_plan_is_closed_once_what_was_promised_is_verified(
    plan: LeveragePlan, tied: RelationshipRisk, client: Client, ana: User
) -> None:
    client.post(f"/desk/partners/plans/{plan.pk}/", NEXT | ASSESSED | {"owner": ana.pk})
    measured(acted(tied, on=TODAY), 3, on=TODAY)
    promised = CorrectivePlan.objects.create(
        tied=tied, agreed="x", agreed_on=TODAY, recorded_by=ana, recorded_at=plan.opened_at
    )
    for name in ("assess", "apply", "measure", "find_effective", "monitor"):
        assert step(client, plan, name).status_code == 302, name

    assert b"Close the corrective plan first" in step(client, plan, "close").content

    promised.milestones.create(
        what="x",
        due=TODAY,
        logged_by=ana,
        logged_at=plan.opened_at,
        verification="independent",
        verified_by=person("rita", Role.REVIEWER),
        verified_on=TODAY,
        verified_how="x",
    )
    closed = client.post(f"/desk/partners/corrective-plans/{promised.pk}/close/", {"reasons": REASONS})
    assert closed.status_code == 302
    assert step(client, plan, "close").status_code == 302
    assert plan.state == "closed"


def test_one_plan_is_open_for_a_harm_with_an_owner_who_works_on_leverage(
    plan: LeveragePlan, tied: RelationshipRisk, client: Client, eve: User, ana: User
) -> None:
    address = f"/desk/partners/clocks/{tied.pk}/plan/"

    assert b"is open already" in client.post(address, NEXT | {"owner": ana.pk}).content
    assert b"Owner: choose one." in client.post(address, NEXT | {"owner": eve.pk}).content
    past = NEXT | {"owner": ana.pk, "next_step_due": TODAY - timedelta(days=1)}
    assert b"this day has passed" in client.post(address, past).content


def sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_keeps_the_order_of_the_states(plan: LeveragePlan) -> None:
    allowed = {(before, one.after) for one in LEVERAGE_STEPS.values() for before in one.before}
    assert LeveragePlan.objects.update(**{part: ASSESSED[part] for part in ("has", "lacks", "increase")})
    for after in set(PLAN_STATES) - {"identified", "assessed"}:
        assert ("identified", after) not in allowed
        with pytest.raises(DatabaseError, match="does not go from"):
            sql(f"UPDATE risks_leverageplan SET state = '{after}'")  # noqa: S608
    for state in ("assessed", "applied", "measured"):
        sql(f"UPDATE risks_leverageplan SET state = '{state}'")  # noqa: S608

    with pytest.raises(DatabaseError, match="an effect of 3 or more"):
        sql("UPDATE risks_leverageplan SET state = 'effective'")
    with pytest.raises(DatabaseError, match="with the outcome on record"):
        sql("UPDATE risks_leverageplan SET state = 'exhausted'")
    with pytest.raises(DatabaseError, match="append-only"):
        sql("DELETE FROM risks_leverageplan")
    with as_job(), pytest.raises(DatabaseError, match="a person decides"):
        sql("UPDATE risks_leverageplan SET state = 'ineffective'")


def log(client: Client, tied: RelationshipRisk, **changes: Any) -> Any:
    given = {
        "kind": "direct_dialogue",
        "rung": 0,
        "requested_change": "No disclosure without a court order.",
        "started_on": TODAY,
        "deadline": TODAY,
    }
    return client.post(f"/desk/partners/leverage/{tied.pk}/", given | changes)


def measure_of(risk: Risk, **changes: Any) -> Measure:
    told: dict[str, Any] = {
        "kind": "temp_suspension",
        "intrusion": 4,
        "target": "x",
        "starts_on": TODAY,
        "level_then": 5,
        "reviewed_on": TODAY,
        "justified_on": TODAY,
    }
    return Measure.objects.create(risk=risk, **told | changes)


def test_leverage_climbs_rung_by_rung_and_the_gravest_may_skip_with_reasons(
    tied: RelationshipRisk, client: Client, ana: User, risk: Risk
) -> None:
    client.force_login(ana)
    assess(risk, 4, on=TODAY)
    skipped = log(client, tied, rung=2, skip_reasons="It is urgent.")
    assert b"the next one is 0" in skipped.content
    assert b"It is urgent." in skipped.content
    assert b"Consider exit" in log(client, tied, rung=6).content
    assert b"Consider exit" in log(client, tied, rung=7).content
    assert log(client, tied).status_code == 302
    assert log(client, tied, rung=1).status_code == 302
    assert b"the next one is 2" in log(client, tied, rung=4).content

    assess(risk, 5, on=TODAY)

    assert b"say why rung 2 would not do" in log(client, tied, rung=4).content
    assert log(client, tied, rung=4, skip_reasons="Lives are at stake.").status_code == 302
    assert b"Propose it as a measure" in log(client, tied, rung=5).content
    never = measure_of(risk, state="approved")
    assert b"choose one that is, or was, in force" in log(client, tied, rung=5, measure=never.pk).content
    measure = measure_of(risk)
    assert log(client, tied, rung=5, measure=measure.pk).status_code == 302
    together = log(client, tied, kind="collaborative", rung=3)
    assert b"name the coalition" in together.content
    assert b"keeps the joint action within it" in together.content
    noted = {"body": "An industry body", "competition_note": "Each company decides alone."}
    assert log(client, tied, kind="collaborative", rung=3, **noted, cost_eur="1200.50").status_code == 302
    page = client.get(f"/desk/partners/clocks/{tied.pk}/").content.decode()
    for said in ("Lives are at stake.", "Each company decides alone.", "1200.50 euro", "Suspended by"):
        assert said in page
    assert b"0 or more" in log(client, tied, cost_eur="-1").content


@pytest.mark.parametrize(
    "changes",
    [
        {"rung": 1},
        {"rung": 6},
        {"kind": "collaborative"},
        {"rung": 5, "skip_reasons": "x"},
        {"effect": 3, "measured_on": TODAY},
        {"cost_eur": -1},
    ],
)
def test_the_database_refuses_an_action_off_the_ladder(
    tied: RelationshipRisk, changes: dict[str, Any]
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        acted(tied, on=TODAY, **changes)


def measure(client: Client, action: LeverageAction, **changes: Any) -> Any:
    given = {"indicator": "orders refused", "baseline": "0", "measured": "12", "evidence": "Court files."}
    return client.post(f"/desk/partners/effects/{action.pk}/", given | changes)


def test_an_effect_is_measured_again_and_a_wrong_measurement_is_corrected_by_one_that_names_it(
    tied: RelationshipRisk, client: Client, ana: User, risk: Risk
) -> None:
    client.force_login(ana)
    piece = Evidence.objects.create(
        risk=risk,
        title="Audit",
        kind="document",
        says="x",
        recorded_by="ana",
        recorded_at=datetime.now(tz=UTC),
    )
    log(client, tied, indicator="orders refused", baseline="0", target="20")
    action = LeverageAction.objects.get()
    assert b"did not move" in measure(client, action, effect=2, measured="0").content
    assert b"to today" in measure(client, action, effect=1, measured_on=TODAY + timedelta(days=1)).content
    plain = {"effect": 2, "indicator": "", "baseline": "", "pieces": [piece.pk]}
    assert measure(client, action, **plain).status_code == 302
    assert measure(client, action, effect=4, measured="21").status_code == 302
    [first, wrong] = EffectMeasurement.objects.all()
    assert (first.indicator, first.baseline, list(first.pieces.all())) == ("orders refused", "0", [piece])
    assert clock_of(tied, on=TODAY).best_effect == 4
    address = f"/desk/partners/corrections/{wrong.pk}/"
    shown = client.get(address).content.decode()
    assert "Court files." in shown
    right = {"effect": 1, "correction_reasons": "Too short."}
    assert b"at least 50 characters" in client.post(address, right).content

    assert client.post(address, right | {"correction_reasons": REASONS}).status_code == 302

    action.refresh_from_db()
    assert (action.effect, clock_of(tied, on=TODAY).best_effect) == (1, 1)
    assert b"was corrected already" in client.post(address, right | {"correction_reasons": REASONS}).content
    page = client.get(f"/desk/partners/clocks/{tied.pk}/").content.decode()
    assert "<del>4: Stopped" in page
    assert REASONS in page
    for statement in ("UPDATE risks_effectmeasurement SET effect = 4", "DELETE FROM risks_effectmeasurement"):
        with pytest.raises(DatabaseError, match="append-only"):
            sql(statement)
    with pytest.raises(DatabaseError, match="append-only"):
        sql("UPDATE risks_leverageaction SET effect = 4")


@pytest.mark.parametrize(
    "changes",
    [
        {"self_report_only": True},
        {"evidence": ""},
        {"indicator": ""},
        {"baseline": ""},
        {"measured": "0"},
        {"effect": 5},
    ],
)
def test_the_database_counts_no_change_without_movement_and_evidence(
    tied: RelationshipRisk, changes: dict[str, Any]
) -> None:
    action = acted(tied, on=TODAY)
    effect = changes.pop("effect", 2)

    with pytest.raises(DatabaseError), transaction.atomic():
        measured(action, effect, on=TODAY, **changes)
    other = measured(acted(tied, on=TODAY), 1, on=TODAY)
    with pytest.raises(DatabaseError, match="one of the same action"), transaction.atomic():
        measured(action, 1, on=TODAY, corrects=other, correction_reasons="x")


def test_whoever_earns_by_the_partner_does_not_find_that_it_changed(
    tied: RelationshipRisk, client: Client
) -> None:
    paul = person("paul", Role.PARTNER_MGR)
    tied.relationship.revenue_owners.add(paul)
    action = acted(tied, on=TODAY)
    client.force_login(paul)

    assert b"SD4" in measure(client, action, effect=3).content
    assert measure(client, action, effect=1).status_code == 302


def test_a_promise_is_verified_by_another_and_at_level_five_from_outside(
    tied: RelationshipRisk, client: Client, ana: User
) -> None:
    client.force_login(ana)
    undertaken = {"agreed": "Stop disclosing without an order.", "agreed_on": TODAY - timedelta(days=9)}
    assert client.post(f"/desk/partners/clocks/{tied.pk}/corrective-plan/", undertaken).status_code == 302
    plan = CorrectivePlan.objects.get()
    late = {"what": "Staff are trained.", "due": TODAY - timedelta(days=1)}
    assert client.post(f"/desk/partners/corrective-plans/{plan.pk}/", late).status_code == 302
    milestone = Milestone.objects.get()
    desk = client.get("/desk/").content.decode()
    assert "Milestone not verified: Staff are trained." in desk
    address = f"/desk/partners/milestones/{milestone.pk}/"
    seen = {"verification": "document", "verified_on": TODAY, "how": "The certificates."}
    assert b"SD1" in client.post(address, seen).content
    rita = person("rita", Role.REVIEWER)
    client.force_login(rita)
    closing = f"/desk/partners/corrective-plans/{plan.pk}/close/"
    assert b"1 of 1 not verified yet" in client.post(closing, {"reasons": REASONS}).content
    tied.relationship.revenue_owners.add(rita)
    assert b"SD4" in client.post(address, seen).content
    tied.relationship.revenue_owners.clear()
    early = seen | {"verified_on": TODAY - timedelta(days=10)}
    assert b"when the plan was agreed" in client.post(address, early).content

    assert client.post(address, seen).status_code == 302

    assert b"verified already" in client.post(address, seen).content
    assert b"confirmed by rightsholders" in client.post(closing, {"reasons": REASONS}).content
    with pytest.raises(DatabaseError, match="independently at level 4 and 5"), transaction.atomic():
        CorrectivePlan.objects.update(
            state="closed", closed_at=datetime.now(tz=UTC), closing_reasons="x", closed_by=rita
        )
    for statement in (
        "UPDATE risks_milestone SET verification = 'independent'",
        "DELETE FROM risks_milestone",
        "UPDATE risks_milestone SET due = due + 1",
    ):
        with pytest.raises(DatabaseError):
            sql(statement)
    with pytest.raises(DatabaseError, match="milestone_verified_by_another"), transaction.atomic():
        plan.milestones.create(
            what="x",
            due=TODAY,
            logged_by=ana,
            logged_at=datetime.now(tz=UTC),
            verification="on_site",
            verified_by=ana,
            verified_on=TODAY,
            verified_how="x",
        )


API = "/api/v1/leverage"


def test_the_api_tells_and_acts_by_the_same_rules(
    tied: RelationshipRisk, client: Client, ana: User, eve: User
) -> None:
    client.force_login(ana)

    def post(address: str, given: dict[str, Any]) -> Any:
        return client.post(f"{API}/{address}/", given, content_type="application/json")

    clock = client.get(f"{API}/clocks/{tied.pk}/").json()
    assert (clock["code"], clock["entries"][0]["kind"]) == ("TIME_TO_CHANGE_EXPIRED", "started")
    assert client.get(f"{API}/clocks/").json()["results"][0]["id"] == tied.pk
    given = {
        "kind": "direct_dialogue",
        "rung": 7,
        "requested_change": "x",
        "started_on": str(TODAY),
        "deadline": str(TODAY),
    }
    refused = post(f"clocks/{tied.pk}/actions", given)
    assert (refused.status_code, refused.headers["Content-Type"]) == (409, "application/problem+json")
    assert "is no action of leverage" in refused.json()["detail"]
    action = post(f"clocks/{tied.pk}/actions", given | {"rung": 0}).json()
    bare = post(f"actions/{action['id']}/measurements", {"effect": 3})
    assert (bare.status_code, "needs an indicator that moved" in bare.json()["detail"]) == (409, True)
    moved = {"effect": 3, "indicator": "x", "baseline": "0", "measured": "9", "evidence": "x"}
    wrong = post(f"actions/{action['id']}/measurements", moved)
    assert wrong.status_code == 201
    fixed = {"effect": 2, **{key: moved[key] for key in moved if key != "effect"}}
    corrected = fixed | {"corrects": wrong.json()["id"], "correction_reasons": REASONS}
    assert post(f"actions/{action['id']}/measurements", corrected).status_code == 201
    assert client.get(f"{API}/actions/{action['id']}/").json()["effect"] == 2
    plan = post(f"clocks/{tied.pk}/plans", {"owner": "ana", "next_step": "x", "next_step_due": str(SOON)})
    steps = f"plans/{plan.json()['id']}/steps"
    assert post(f"{steps}/assess", {"reasons": REASONS}).status_code == 409
    assert post(f"{steps}/dance", {"reasons": REASONS}).status_code == 409
    whole = ASSESSED | {"owner": "ana", "next_step": "x", "next_step_due": str(SOON)}
    kept = client.put(
        f"{API}/plans/{plan.json()['id']}/", whole, "application/json", headers={"if-match": "*"}
    )
    assert (kept.status_code, kept.json()["lacks"]) == (200, ASSESSED["lacks"])
    assert post(f"{steps}/assess", {"reasons": REASONS}).json()["state"] == "assessed"
    undertaken = post(f"clocks/{tied.pk}/corrective-plans", {"agreed": "x", "agreed_on": str(TODAY)}).json()
    promise = post(f"corrective-plans/{undertaken['id']}/milestones", {"what": "x", "due": str(SOON)}).json()
    seen = {"verification": "independent", "verified_on": str(TODAY), "how": "x"}
    assert "SD1" in post(f"milestones/{promise['id']}/verify", seen).json()["detail"]
    assert post(f"clocks/{tied.pk}/extend", {"reasons": REASONS}).status_code == 403
    assert (
        "a change that was measured"
        in (post(f"clocks/{tied.pk}/restart", {"reasons": REASONS, "known_on": str(TODAY)}).json()["detail"])
    )
    client.force_login(eve)
    assert "there is no extension" in post(f"clocks/{tied.pk}/extend", {"reasons": REASONS}).json()["detail"]
    client.force_login(person("rita", Role.REVIEWER))
    assert post(f"milestones/{promise['id']}/verify", seen).json()["verified_by"] == "rita"
    closed = post(f"corrective-plans/{undertaken['id']}/close", {"reasons": REASONS})
    assert closed.json()["state"] == "closed"
