"""Writing by the API: through the same acts as the pages, refused in their sentences, and then nothing is written."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import Role
from risks.actions import model_reviews
from risks.models import (
    Change,
    Evidence,
    Involvement,
    InvolvementChallenge,
    LoweringProposal,
    MitigationPlan,
    ModelReview,
    Publication,
    Risk,
    SeverityAssessment,
    StakeholderGroup,
)
from risks.rules.involvement import FACTORS, QUESTIONS
from risks.rules.model_review import Conclusion
from tests.risks.vectors import Row, level_of, severity_rows

TODAY = datetime.now(tz=UTC).date()
API = "/api/v1/"
LONG = "It was weighed with those who said it, and another way protects the same people sooner."
FACTS = {
    "title": "Reporters are traced",
    "summary": "Posts carry where they were written.",
    "rights": ["PRIVACY"],
    "affected_groups": ["People who report"],
    "countries": ["Kenya"],
    "products": ["Maps"],
}
JUDGEMENT = {
    "scale": 4,
    "scope": 4,
    "irremediability": 4,
    "scale_rationale": "x",
    "scope_rationale": "x",
    "irremediability_rationale": "x",
    "state_of_harm": "actual_unremedied",
    "consulted": "A group of reporters",
    "what_changed": LONG,
}
CHANGE = {"title": "To Kenya", "kind": "market_entry", "about": "x"}
Post = Callable[..., Any]


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


@pytest.fixture
def people(db: None) -> dict[str, User]:
    call_command("load_rights", stdout=io.StringIO())
    roles = {
        "ana": [Role.ANALYST],
        "rita": [Role.REVIEWER],
        "dan": [Role.DECIDER],
        "eve": [Role.SENIOR],
        "emma": [Role.ENGAGE],
        "pia": [Role.PUBLISHER],
    }
    return {name: person(name, *some) for name, some in roles.items()}


@pytest.fixture
def send(people: dict[str, User], client: Client) -> Post:
    def post(who: str, address: str, given: Any = None, method: str = "post") -> Any:
        client.force_login(people[who])
        return getattr(client, method)(
            f"{API}{address}", given or {}, "application/json", headers={"if-match": "*"}
        )

    return post


@pytest.fixture
def risk(people: dict[str, User]) -> Risk:
    return Risk.objects.create(title="A risk", summary="x", opened_on=TODAY)


@pytest.fixture
def evidence(risk: Risk) -> Evidence:
    return Evidence.objects.create(
        risk=risk, title="x", kind="data", says="x", recorded_by="x", recorded_at=datetime.now(tz=UTC)
    )


def refused(answer: Any, code: int, says: str) -> bool:
    told = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, told["status"]) == (code, code), told
    assert says in f"{told['detail']} {told.get('errors', '')}"
    return True


def test_a_risk_is_recorded_and_corrected_as_on_the_page(send: Post) -> None:
    made = send("ana", "risks/", FACTS | {"owner": "rita", "Revenue": 5})

    assert made.status_code == 201
    risk = Risk.objects.get()
    assert made.json()["id"] == risk.pk
    assert (risk.status, risk.level, risk.countries, risk.owner.username) == ("draft", 4, ["KE"], "rita")  # type: ignore[union-attr]
    assert AuditEvent.objects.get(action="recorded risk").detail == {"ignored": ["Revenue"]}

    mended = send("ana", f"risks/{risk.pk}/", {"title": "Reporters are found"}, "patch")

    assert (mended.status_code, mended.json()["title"]) == (200, "Reporters are found")
    assert mended.json()["rights"] == ["PRIVACY"]
    assert AuditEvent.objects.get(action="corrected risk").detail["changed"] == ["title"]


def test_recording_is_refused_in_the_words_of_the_page_and_nothing_is_written(send: Post) -> None:
    assert refused(send("rita", "risks/", FACTS), 403, "Your role may not record a risk.")
    assert refused(send("ana", "risks/", FACTS | {"rights": ["X"]}), 409, "is not in the catalogue")
    assert refused(
        send("ana", "risks/", FACTS | {"summary": "Call +251 911 234 567"}), 409, "telephone number"
    )
    assert refused(send("ana", "risks/", {}), 400, "title")
    assert not Risk.objects.exists()


def test_correcting_is_refused_by_role_and_by_rule(send: Post, risk: Risk) -> None:
    address = f"risks/{risk.pk}/"
    assert refused(send("rita", address, {"title": "y"}, "patch"), 403, "Your role may not")
    Risk.objects.update(status="closed", tier=6, closed_on=TODAY)
    assert refused(send("ana", address, FACTS, "patch"), 409, "This risk is closed.")
    assert Risk.objects.get().title == "A risk"


@pytest.mark.parametrize("row", severity_rows(), ids=lambda row: row.id)
def test_the_vectors_come_out_of_the_api(send: Post, risk: Risk, evidence: Evidence, row: Row) -> None:
    given = JUDGEMENT | dict(zip(("scale", "scope", "irremediability"), row.heads, strict=True))
    given |= {"state_of_harm": row.state, "likelihood": row.likelihood, "evidence": [evidence.pk]}
    given |= {"likelihood_unknown": row.said == "?", "delay_makes_irremediable": row.delay}
    given |= {"heightened_vulnerability": row.vulnerable, "brand_value": 9}

    answer = send("ana", f"risks/{risk.pk}/assess/", given)

    assert (answer.status_code, answer.json().get("level")) == (201, level_of(row)), answer.json()
    risk.refresh_from_db()
    assert (f"P{risk.tier}" if risk.tier < 5 else "-") == row.tier
    assert AuditEvent.objects.get(action="assessed severity").detail["ignored"] == ["brand_value"]


def test_a_judgement_is_refused_and_nothing_is_written(send: Post, risk: Risk, evidence: Evidence) -> None:
    address, given = f"risks/{risk.pk}/assess/", JUDGEMENT | {"evidence": [evidence.pk]}
    other = Risk.objects.create(title="y", summary="x", opened_on=TODAY)

    assert refused(send("eve", address, given), 403, "Your role may not assess risk.")
    assert refused(send("ana", address, given | {"likelihood": 3}), 400, "an actual harm has no likelihood")
    assert refused(send("ana", address, given | {"evidence": []}), 409, "UNGP 18: attach at least one")
    assert refused(send("ana", address, given | {"scope_people": 500}), 400, "the figures given read as 2")
    assert refused(send("ana", f"risks/{other.pk}/assess/", given), 400, "on record for this risk")
    assert not SeverityAssessment.objects.exists()


def test_lowering_waits_for_a_senior_and_only_its_author_takes_it_back(
    send: Post, risk: Risk, evidence: Evidence
) -> None:
    address, given = f"risks/{risk.pk}/assess/", JUDGEMENT | {"evidence": [evidence.pk]}
    send("ana", address, given)
    lower = dict.fromkeys(("scale", "scope", "irremediability"), 2)
    assert refused(send("ana", address, given | lower), 409, "SD5")
    new = send(
        "ana",
        f"risks/{risk.pk}/evidence/",
        {"title": "y", "kind": "data", "says": "y", "disclosure": "internal"},
    )

    answer = send("ana", address, given | lower | {"evidence": [new.json()["id"]]})

    assert (answer.status_code, answer.json()["proposed"]["scale"]) == (202, 2)
    back = f"lowering-proposals/{answer.json()['id']}/withdraw/"
    assert refused(send("eve", back), 403, "Your role may not assess risk.")
    assert refused(send("rita", back), 409, "Only whoever proposed")
    assert LoweringProposal.objects.get().state == "asked"
    assert send("ana", back).json()["state"] == "withdrawn"
    assert SignOff.objects.get().decision == "void"


def test_steps_owner_and_evidence(send: Post, risk: Risk) -> None:
    at = f"risks/{risk.pk}/"
    assert refused(send("ana", f"{at}steps/confirm/", {"reasons": LONG}), 403, "Your role may not")
    assert refused(send("rita", f"{at}steps/confirm/", {"reasons": LONG}), 409, "")
    assert refused(send("rita", f"{at}steps/nonsense/", {"reasons": LONG}), 409, "Steps:")
    assert refused(send("pia", f"{at}assign/", {"owner": "ana"}), 403, "Your role may not")
    assert refused(send("ana", f"{at}assign/", {"owner": "nobody\0"}), 400, "owner")
    piece = {"title": "x", "kind": "testimony", "says": "x", "disclosure": "internal"}
    assert refused(send("ana", f"{at}evidence/", piece), 409, "restricted")
    assert refused(send("pia", f"{at}evidence/", piece), 403, "Your role may not")
    risk.refresh_from_db()
    assert (risk.status, risk.owner, Evidence.objects.count()) == ("draft", None, 0)

    assert send("ana", f"{at}assign/", {"owner": "rita"}).json()["owner"] == "rita"


def test_a_plan_is_proposed_and_decided_by_another(send: Post, risk: Risk) -> None:
    given = {
        "kind": "mitigation",
        "actions": LONG,
        "target": "x",
        "owner": "ana",
        "due": TODAY + timedelta(9),
    }
    assert refused(send("eve", f"risks/{risk.pk}/plans/", given), 403, "Your role may not propose a plan.")
    made = send("ana", f"risks/{risk.pk}/plans/", given)
    assert made.status_code == 201
    address = f"plans/{made.json()['id']}/decide/"

    assert refused(send("ana", address, {"approve": True, "reasons": LONG}), 403, "Your role may not")
    User.objects.filter(username="ana").update(roles=["ANALYST", "DECIDER"])
    assert refused(send("ana", address, {"approve": True, "reasons": LONG}), 409, "SD1")
    User.objects.filter(username="ana").update(roles=["ANALYST"])
    assert refused(send("eve", address, {"approve": True, "reasons": LONG}), 403, "Your role may not")
    assert refused(send("dan", address, {"approve": True, "reasons": "short"}), 409, "50 characters")
    assert MitigationPlan.objects.get().state == "proposed"
    assert send("dan", address, {"approve": True, "reasons": LONG}).json()["state"] == "approved"

    at = address.removesuffix("decide/")
    tested = {"works": True, "test_result": LONG}
    assert refused(send("dan", f"{at}test/", tested), 403, "Your role may not")
    assert refused(send("rita", f"{at}test/", tested | {"test_result": "short"}), 409, "50 characters")
    assert MitigationPlan.objects.get().tested_on is None
    told = send("rita", f"{at}test/", tested).json()
    assert (told["works"], told["test_result"], told["tested_on"]) == (True, LONG, TODAY.isoformat())

    assert refused(send("rita", f"{at}end/", {"reasons": LONG}), 403, "Your role may not")
    assert refused(send("dan", f"{at}end/", {"reasons": "short"}), 409, "50 characters")
    assert MitigationPlan.objects.get().state == "approved"
    assert send("dan", f"{at}end/", {"reasons": LONG}).json()["state"] == "ended"
    assert refused(send("dan", f"{at}end/", {"reasons": LONG}), 409, "not the next step")


def test_a_risk_is_published_and_left_off_as_on_the_page(send: Post, risk: Risk) -> None:
    at = f"risks/{risk.pk}/"
    assert refused(send("pia", f"{at}publish/"), 409, "This risk is a draft.")
    Risk.objects.update(status="assessed", level=4, incomplete=False)
    assert refused(send("ana", f"{at}publish/"), 403, "publish a risk.")
    assert not Publication.objects.exists()

    assert send("pia", f"{at}publish/").json()["published"] is True
    assert refused(send("pia", f"{at}publish/"), 409, "The public reads of this risk already.")

    assert refused(send("pia", f"{at}withhold/", {"reasons": LONG}), 409, "R3")
    assert refused(send("eve", f"{at}withhold/", {"reasons": "short"}), 409, "50 characters")
    assert refused(send("eve", f"{at}withhold/"), 400, "reasons")
    assert Risk.objects.get().published
    assert send("eve", f"{at}withhold/", {"reasons": LONG}).json()["published"] is False
    assert refused(send("pia", f"{at}publish/"), 409, "Only a senior executive puts it back.")
    assert send("eve", f"{at}publish/").json()["published"] is True


def test_a_risk_takes_each_step_by_its_person(send: Post, risk: Risk, evidence: Evidence) -> None:
    at, why = f"risks/{risk.pk}/", {"reasons": LONG}
    remedied = JUDGEMENT | {"state_of_harm": "actual_remedied", "evidence": [evidence.pk]}
    assert send("ana", f"{at}assess/", remedied).status_code == 201
    assert send("rita", f"{at}steps/confirm/", why).json()["status"] == "prioritised"
    assert refused(send("ana", f"{at}steps/manage/", why), 409, "G1: name an owner first")
    given = {"kind": "mitigation", "actions": LONG, "target": "x", "owner": "ana", "due": TODAY}
    plan = send("ana", f"{at}plans/", given).json()["id"]
    send("dan", f"plans/{plan}/decide/", why | {"approve": True})
    send("ana", f"{at}assign/", {"owner": "ana"})
    assert send("ana", f"{at}steps/manage/", why).json()["status"] == "managed"
    assert refused(send("ana", f"{at}steps/close/", why), 403, "Your role may not")

    told = send("rita", f"{at}steps/close/", why).json()

    assert (told["status"], told["closed_on"]) == ("closed", TODAY.isoformat())
    assert send("ana", f"{at}steps/reassess/", why).json()["status"] == "reassess"


PROPOSAL = {
    "answers": dict.fromkeys((one.name for one in QUESTIONS), "no") | {"linked": "yes"},
    "factors": {factor: {"answer": "unknown"} for factor in FACTORS},
    "product": "Maps",
    "reasoning": LONG,
}


def test_an_involvement_is_proposed_challenged_and_taken_back(
    send: Post, risk: Risk, evidence: Evidence, people: dict[str, User]
) -> None:
    address, given = f"risks/{risk.pk}/involvements/", PROPOSAL | {"evidence": [evidence.pk]}
    assert refused(send("rita", address, given), 403, "Your role may not propose an involvement.")
    assert refused(send("ana", address, given | {"product": ""}), 409, "Linked through")
    assert refused(send("ana", address, given | {"evidence": []}), 409, "I2")
    assert refused(send("ana", address, given | {"answers": []}), 400, "answers")
    assert not Involvement.objects.exists()

    made = send("ana", address, given)

    assert (made.status_code, made.json()["tie"]) == (201, "directly_linked")
    one = f"involvements/{made.json()['id']}/"
    assert refused(send("rita", f"{one}challenge/", {"reasons": LONG}), 409, "not the next step")
    assert refused(send("eve", f"{one}withdraw/"), 403, "Your role may not")
    assert refused(send("ana", f"{one}stopped/", {"stopped_on": TODAY, "how": LONG}), 409, "part of its own")
    assert not InvolvementChallenge.objects.exists()
    Involvement.objects.update(
        state="found", decided_by=people["dan"], decided_at=datetime.now(tz=UTC), decision_reasons=LONG
    )
    assert refused(send("rita", f"{one}challenge/", {"reasons": "x"}), 409, "50 characters")
    challenged = send("rita", f"{one}challenge/", {"reasons": LONG}).json()
    assert (challenged["state"], challenged["challenges"][0]["raised_by"]) == ("challenged", "rita")
    assert challenged["evidence"] == [evidence.pk]
    again = send("ana", address, given).json()
    assert send("ana", f"involvements/{again['id']}/withdraw/").json()["state"] == "withdrawn"


def test_groups_are_recorded_by_those_who_engage(send: Post) -> None:
    given = {"name": "Moderators", "type": "content_moderator"}
    assert refused(send("ana", "stakeholder-groups/", given), 403, "Your role may not run a consultation.")
    vulnerable = given | {"vulnerabilities": ["children"]}
    assert refused(send("emma", "stakeholder-groups/", vulnerable), 409, "Why here")
    assert not StakeholderGroup.objects.exists()
    made = send("emma", "stakeholder-groups/", given).json()
    assert refused(send("emma", "stakeholder-groups/", given), 409, "is on record already")
    assert (
        send("emma", f"stakeholder-groups/{made['id']}/", given | {"about": "x"}, "put").json()["about"]
        == "x"
    )


def test_a_change_passes_an_open_gate_by_another_who_read_it(send: Post, risk: Risk) -> None:
    Risk.objects.update(level=4)
    assert refused(send("rita", "changes/", CHANGE | {"risks": [risk.pk]}), 403, "Your role may not")
    assert refused(send("ana", "changes/", CHANGE), 409, "GP18: link the risks")
    assert refused(send("ana", "changes/", CHANGE | {"countries": ["XX"]}), 400, "ISO 3166-1")
    assert not Change.objects.exists()
    made = send("ana", "changes/", CHANGE | {"risks": [risk.pk]}).json()
    assert made["gate_open"] is False
    at, seen = f"changes/{made['change']['id']}/", {"reasons": LONG, "seen_hash": made["content_hash"]}
    assert refused(send("dan", f"{at}steps/approve/", seen), 409, "G4")
    assert refused(send("rita", f"{at}exception/", {"reasons": LONG}), 403, "Your role may not")
    assert send("ana", f"{at}exception/", {"reasons": LONG}).status_code == 200
    assert SignOff.objects.get().step == "exception"
    edited = send("ana", at, CHANGE | {"no_risk_reasons": LONG}, "put").json()
    assert (edited["gate_open"], SignOff.objects.get().decision) == (True, "void")
    assert refused(send("dan", f"{at}steps/approve/", seen), 409, "edited since you opened it")
    assert refused(send("ana", f"{at}steps/approve/", seen), 403, "Your role may not")
    assert Change.objects.get().state == "proposed"

    seen["seen_hash"] = edited["content_hash"]

    assert send("dan", f"{at}steps/approve/", seen).json()["change"]["state"] == "approved"
    assert refused(send("ana", f"{at}steps/withdraw/", {"reasons": LONG}), 409, "not the next step")


def test_a_review_goes_its_way_to_the_board(send: Post, risk: Risk) -> None:
    driver = "data_brokerage"
    Risk.objects.update(drivers=[driver], level=4)
    assert refused(send("eve", "model-reviews/", {"driver": driver}), 403, "Your role may not review")
    assert refused(send("ana", "model-reviews/", {"driver": "x"}), 400, "driver")
    assert not ModelReview.objects.exists()
    made = send("ana", "model-reviews/", {"driver": driver})
    assert made.status_code == 201, made.json()
    at = f"model-reviews/{made.json()['id']}/"
    assert refused(send("ana", "model-reviews/", {"driver": driver}), 409, "is open already")
    told = {"evidence": LONG, "internal_research": "None."}
    assert refused(send("ana", f"{at}evidence/", told), 409, "not the next step")
    scope = {"scope": "x", "affected_groups": "x", "risks": [risk.pk]}
    conclusion = {
        "conclusion": str(next(iter(Conclusion))),
        "conclusion_reasons": LONG,
        "design_alternatives": ["a", "b"],
        "metrics": [{"name": "n", "baseline": "1", "target": "2", "unit": "u", "due": TODAY + timedelta(9)}],
    }
    ways = {"scope": scope, "evidence": told, "consultation": {"consulted": "x"}, "conclusion": conclusion}
    states = []
    for act, given in ways.items():
        assert refused(send("rita", f"{at}{act}/", given), 403, "Your role may not review")
        states.append(send("ana", f"{at}{act}/", given).json()["state"])
    assert states == ["scoped", "evidence", "consulted", "concluded"]
    assert SignOff.objects.get().step == "sign"
    reading = {"metric": 0, "value": "2", "read_on": TODAY}
    assert refused(send("ana", f"{at}readings/", reading), 409, "once the board has signed")
    assert refused(send("ana", f"{at}outcome/", {"outcome": LONG}), 409, "not the next step")
    assert ModelReview.objects.get().closed_on is None

    bob = person("bob", Role.BOARD)
    asked = SignOff.objects.get()
    model_reviews.decide(
        asked,
        by=bob,
        at=datetime.now(tz=UTC),
        approve=True,
        reasons=LONG,
        seen_hash=asked.content_hash,
    )
    assert refused(send("rita", f"{at}readings/", reading), 403, "Your role may not review")
    assert refused(send("ana", f"{at}readings/", reading | {"metric": 7}), 409, "Metric: choose one")
    read = send("ana", f"{at}readings/", reading).json()["metrics"][0]["readings"]
    assert [(one["value"], one["on"]) for one in read] == [("2", TODAY.isoformat())]
    assert refused(send("ana", f"{at}outcome/", {"outcome": "Better."}), 409, "50 characters")

    closed = send("ana", f"{at}outcome/", {"outcome": LONG}).json()

    assert (closed["state"], closed["outcome"], closed["closed_on"]) == ("closed", LONG, TODAY.isoformat())
