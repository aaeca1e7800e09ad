"""The API offers the same acts on dilemmas, in the same words, and no figure over rights (1.6, 4)."""

from typing import Any

import pytest

from risks.models import Dilemma, Measure, RabatAssessment
from risks.rules.rabat_worksheet import FACTORS
from tests.risks.dilemma_stage import ADVICE, PUBLIC, REASONS, RULE, SAID, Stage, people, risk, stage

__all__ = ["people", "risk", "stage"]
API = "/api/v1/"
ASKED = {
    "question": "How far may posts travel?",
    "kind": "hatred",
    "facts": "Posts by a movement; attacks followed twice.",
    "rights_protected": ["LIFE"],
    "rights_burdened": ["EXPRESSION"],
    "people_protected": ["A minority"],
    "people_burdened": ["Speakers"],
    "countries": ["MM"],
}
SCORES = {one.name: 2 for one in FACTORS}


class Caller:
    """Acts by people through the API."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def post(self, who: str, address: str, sent: dict[str, Any] | None = None, *, code: int) -> Any:
        self.stage.client.force_login(self.stage.people[who])
        answer = self.stage.client.post(f"{API}{address}", sent or {}, content_type="application/json")
        assert answer.status_code == code, answer.content.decode()
        return answer.json()

    def get(self, who: str, address: str) -> Any:
        self.stage.client.force_login(self.stage.people[who])
        answer = self.stage.client.get(f"{API}{address}")
        assert answer.status_code == 200
        return answer.json()

    def open(self) -> Any:
        return self.post("ana", "dilemmas/", ASKED | {"risk": self.stage.risk.pk}, code=201)

    def put(self, told: Any, **given: Any) -> Any:
        effects = [{"stake": one["id"], "level": -1, "says": SAID} for one in told["rights"]]
        sent = {"target": "Posts", "target_type": "item", "lasts_days": 30, "effects": effects} | given
        return self.post("ana", f"dilemmas/{told['id']}/options/", sent, code=201)

    def worksheet(self, dilemma: int, **given: Any) -> dict[str, Any]:
        return {
            "dilemma": dilemma,
            "content_extract": "Drive them out",
            "language": "Burmese",
            "mode": "art20",
            "gates": "yyy",
            "grounds": ["religious"],
            "harm_sought": ["violence"],
            "scores": SCORES,
            "texts": dict.fromkeys(SCORES, SAID),
            "attests_competence": True,
        } | given


@pytest.fixture
def caller(stage: Stage) -> Caller:
    return Caller(stage)


def figures_of(told: Any) -> list[str]:
    """Return every key of an answer that names a figure over others."""
    if isinstance(told, dict):
        named = [key for key in told if any(word in key for word in ("total", "sum", "average", "rank"))]
        return [*named, *(key for value in told.values() for key in figures_of(value))]
    return [key for value in told for key in figures_of(value)] if isinstance(told, list) else []


def test_a_dilemma_goes_through_the_api_whole(caller: Caller) -> None:
    told = caller.open()
    number = told["id"]
    caller.put(told, kind="no_action")
    told = caller.put(told, kind="label")
    label = told["options"][1]["id"]
    answers = [{"code": one, "answer": "yes", "text": SAID} for one in _questions()]
    sent = {
        "option": label,
        "answers": answers,
        "aims": ["rights_of_others"],
        "rights_burdened": ["EXPRESSION"],
    }
    assert caller.post("ana", f"dilemmas/{number}/tests/", sent, code=201)["options"][1]["test"] == "passes"
    made = caller.post("ana", "rabat-assessments/", caller.worksheet(number), code=201)
    assert (made["outcome"], made["standing"], made["usable"]) == ("A", "Waits for an assessor", False)
    sent = {"agrees": True, "attests_competence": True}
    confirmed = caller.post("rita", f"rabat-assessments/{made['id']}/confirmations/", sent, code=200)
    assert (confirmed["standing"], confirmed["usable"]) == ("Confirmed", True)
    caller.post("ana", f"dilemmas/{number}/steps/analyse/", code=200)
    caller.post("enid", f"dilemmas/{number}/advice/", {"text": ADVICE}, code=201)
    told = caller.post("ana", f"dilemmas/{number}/steps/consult/", code=200)
    sent = {
        "option": label,
        "reasons": REASONS,
        "public_reasons": PUBLIC,
        "minority_view": " Against it. ",
        "policy_relied_on": RULE,
        "review_on": "2099-01-01",
        "seen_hash": told["content_hash"],
    }
    told = caller.post("dan", f"dilemmas/{number}/steps/decide/", sent, code=200)

    assert told["state"] == "decided"
    assert told["decisions"][0]["minority_view"] == " Against it. "
    assert told["measures"] == [Measure.objects.get().pk]
    assert figures_of(told) == []
    assert figures_of(caller.get("pia", f"dilemmas/{number}/")) == []


def _questions() -> list[str]:
    from risks.rules.three_part_test import QUESTIONS

    return [one.code for one in QUESTIONS]


@pytest.mark.parametrize(
    ("who", "address", "sent", "code", "said"),
    [
        ("pia", "dilemmas/", {**ASKED}, 403, "Your role may not prepare a dilemma."),
        ("ana", "dilemmas/", {**ASKED, "rights_burdened": ["LIFE"]}, 409, "D1: LIFE"),
        ("ana", "dilemmas/", {**ASKED, "countries": ["XX"]}, 400, "ISO 3166-1"),
        ("ana", "dilemmas/", {**ASKED, "rights_protected": []}, 400, "rights_protected"),
        ("ana", "dilemmas/", {**ASKED, "demand_in_writing": True}, 409, "which authority asks"),
    ],
)
def test_a_refusal_is_told_in_the_sentence_of_the_rule(
    caller: Caller, who: str, address: str, sent: dict[str, Any], code: int, said: str
) -> None:
    told = caller.post(who, address, sent | {"risk": caller.stage.risk.pk}, code=code)

    assert said in str(told)
    assert not Dilemma.objects.exists()


def test_a_step_that_is_not_next_is_refused(caller: Caller) -> None:
    number = caller.open()["id"]

    assert "Steps:" in caller.post("ana", f"dilemmas/{number}/steps/forget/", code=409)["detail"]
    assert "two options" in caller.post("ana", f"dilemmas/{number}/steps/analyse/", code=409)["detail"]
    assert (
        "next step"
        in caller.post("ana", f"dilemmas/{number}/steps/review/", {"reasons": REASONS}, code=409)["detail"]
    )


def test_a_decider_must_have_read_it(caller: Caller) -> None:
    dilemma, _nothing, reach = caller.stage.ready()
    sent = {
        "option": reach.pk,
        "reasons": REASONS,
        "public_reasons": PUBLIC,
        "policy_relied_on": RULE,
        "review_on": "2099-01-01",
        "seen_hash": "0" * 64,
    }

    assert (
        "was changed" in caller.post("dan", f"dilemmas/{dilemma.pk}/steps/decide/", sent, code=409)["detail"]
    )


def test_the_words_assessed_never_leave_by_the_api(caller: Caller) -> None:
    made = caller.post("ana", "rabat-assessments/", caller.worksheet(caller.open()["id"]), code=201)

    assert "Drive them out" not in str(made)
    assert "content_extract" not in made
    assert "Drive them out" not in str(caller.get("dan", "rabat-assessments/"))


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"gates": "yy"}, 400, "gates"),
        ({"scores": SCORES | {"intent": 4}}, 400, "intent"),
        ({"texts": dict.fromkeys(SCORES, "")}, 400, "texts"),
        ({"grounds": ["other_policy_ground"]}, 409, "Article 20(2)"),
        ({"mode": "law"}, 400, "mode"),
    ],
)
def test_a_worksheet_that_cannot_stand_is_refused(
    caller: Caller, changes: dict[str, Any], code: int, said: str
) -> None:
    told = caller.post(
        "ana", "rabat-assessments/", caller.worksheet(caller.open()["id"], **changes), code=code
    )

    assert said in str(told)
    assert not RabatAssessment.objects.exists()


def test_the_list_is_filtered_as_the_page_is(caller: Caller) -> None:
    number = caller.open()["id"]

    assert [
        one["id"] for one in caller.get("pia", "dilemmas/?country=MM&right=LIFE&q=movement")["results"]
    ] == [number]
    assert caller.get("pia", "dilemmas/?state=decided")["results"] == []
