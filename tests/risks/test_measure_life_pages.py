"""The life of a measure through its pages and its API: what is offered, what is refused, and in which words."""

import io
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import User
from risks.actions import measure_enforcement as enforcement
from risks.actions import measure_proposals as actions
from risks.models import Measure, Risk
from risks.queries import bounded
from risks.queries.measures import listed_measures
from tests.risks.measure_stage import (
    NOW,
    REASONS,
    TODAY,
    a_proposal,
    a_risk,
    as_form,
    asked,
    decided,
    people,
    signed_in,
)
from tests.three_part import WHY, answering, passing

WHO = dict[str, User]


@pytest.fixture
def who(db: None) -> WHO:
    call_command("load_rights", stdout=io.StringIO())
    return people()


@pytest.fixture
def risk(who: WHO) -> Risk:
    return a_risk(threat_to_life=True)


@pytest.fixture
def measure(risk: Risk, who: WHO) -> Measure:
    return actions.propose(risk, a_proposal(), by=who["ana"], at=NOW)


def form_of(risk: Risk, kind: str = "geoblock") -> str:
    return f"/desk/measures/new/?risk={risk.pk}&kind={kind}"


def sign(who: WHO, name: str, measure: Measure, **given: str) -> Any:
    one = asked(measure)
    sent = {"decision": "approve", "reasons": REASONS, "seen_hash": one.content_hash} | given
    return signed_in(who[name]).post(f"/desk/signoffs/{one.pk}/", sent)


def test_the_ladder_shows_what_each_rung_burdens_and_what_is_out_of_reach(who: WHO) -> None:
    page = signed_in(who["ana"]).get(f"/desk/measures/new/?risk={a_risk(level=2, tier=4).pk}")

    rungs = {one.kind: one for one in page.context["rungs"]}
    assert len(rungs) == 14
    assert (rungs["label"].refusal, rungs["geoblock"].over) == ("", True)
    assert rungs["temp_suspension"].refusal.startswith("Out of reach")
    assert "Freedom of expression" in rungs["label"].burdens
    assert "At level 2 the ceiling is class I2" in page.content.decode()


@pytest.mark.parametrize(("asked_for", "status"), [("", 200), ("?risk=x", 404), ("?risk=999999", 404)])
def test_a_measure_is_proposed_for_a_risk_that_there_is(who: WHO, asked_for: str, status: int) -> None:
    answer = signed_in(who["ana"]).get(f"/desk/measures/new/{asked_for}")
    assert answer.status_code == status
    assert status == 404 or "Choose the risk first" in answer.content.decode()


def test_looking_records_nothing_and_keeps_what_was_typed(risk: Risk, who: WHO) -> None:
    client = signed_in(who["ana"])
    whole = client.post(form_of(risk), as_form(preview="1")).content.decode()
    failing = client.post(form_of(risk), as_form(L1="no"), headers={"HX-Request": "true"}).content.decode()

    assert "a decider is asked to approve it" in whole
    assert "A page that calls for violence" in whole
    assert "The test fails at L1" in failing
    assert "<form" not in failing
    assert not Measure.objects.exists()


def test_a_refused_proposal_keeps_what_was_typed_and_names_each_field(risk: Risk, who: WHO) -> None:
    sent = as_form(territory=[], target_type="territory", ends_on="", note="Kept as it was typed")
    page = signed_in(who["ana"]).post(form_of(risk), sent)

    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"territory", "ends_on"}
    assert "Oversight Board 2021-001-FB-FBR" in page.content.decode()
    assert "Kept as it was typed" in page.content.decode()
    assert not Measure.objects.exists()


def test_a_measure_lives_through_its_pages(risk: Risk, who: WHO) -> None:
    answer = signed_in(who["ana"]).post(form_of(risk), as_form(duties=["counter_speech"]), follow=True)
    measure = Measure.objects.get()
    page = f"/desk/measures/{measure.pk}/"
    assert "It waits for a decider to approve it." in answer.content.decode()
    assert measure.duties.count() == 2

    assert sign(who, "dan", measure).status_code == 302
    approved = signed_in(who["amy"]).get(page).content.decode()
    assert "It burdens nobody until a person puts it in force." in approved
    for read in (WHY, "It would not be enough", "Kenya", "rights of others"):
        assert read in approved
    assert f'href="{page}force/"' in approved
    assert REASONS in approved

    forced = {"necessity": REASONS, "notified_on": TODAY.isoformat()}
    assert signed_in(who["amy"]).post(f"{page}force/", forced).status_code == 302
    shown = signed_in(who["amy"]).get(page).content.decode()
    assert "In force. It is looked at again by" in shown
    assert "An appeal may be made until" in shown


@pytest.mark.parametrize(
    ("name", "step", "sent", "status", "says"),
    [
        ("ana", "force", {"necessity": REASONS}, 400, "only an approved measure"),
        ("dan", "edit", None, 400, "SD1: only whoever proposed"),
        ("amy", "withdrawal", {"reasons": REASONS}, 400, "Only whoever proposed"),
        ("ana", "emergency", {"reasons": REASONS}, 403, ""),
        ("eve", "emergency", {"reasons": REASONS}, 400, "Your role may not approve a measure"),
        ("ana", "emergency/end", {"reasons": REASONS}, 400, "is not the next step here"),
        ("ana", "test", {}, 400, "only an emergency measure is tested"),
        ("ana", "notice", {"notified_on": TODAY.isoformat()}, 400, "not in force"),
        ("ana", "duties", {"kind": "counter_speech", "how": "x"}, 400, "at least 50 characters"),
        ("rita", "force", {"necessity": REASONS}, 403, ""),
        ("paul", "duties", {}, 403, ""),
        ("audrey", "edit", None, 403, ""),
    ],
)
def test_each_forbidden_step_is_refused_in_a_sentence(
    measure: Measure, who: WHO, name: str, step: str, sent: dict[str, str] | None, status: int, says: str
) -> None:
    given = as_form() if sent is None else sent
    answer = signed_in(who[name]).post(f"/desk/measures/{measure.pk}/{step}/", given)

    assert answer.status_code == status
    assert says in answer.content.decode()
    measure.refresh_from_db()
    assert (measure.state, measure.decided_by) == ("proposed", None)


@pytest.mark.parametrize("name", ["ana", "amy", "rita", "eve", "audrey"])
def test_who_may_not_approve_is_refused_on_the_page_of_sign_offs(
    measure: Measure, who: WHO, name: str
) -> None:
    assert sign(who, name, measure).status_code == 400
    measure.refresh_from_db()
    assert measure.state == "proposed"


def test_an_approval_says_why_and_knows_what_it_signs(measure: Measure, who: WHO) -> None:
    assert sign(who, "dan", measure, reasons="").status_code == 400
    assert sign(who, "dan", measure, seen_hash="0" * 64).status_code == 400
    assert (
        sign(who, "dan", measure, decision="refuse", reasons="A label would be enough here.").status_code
        == 302
    )
    measure.refresh_from_db()
    assert (measure.state, measure.decided_by) == ("rejected", who["dan"])


def test_an_emergency_says_what_follows_and_shows_its_hours(measure: Measure, who: WHO) -> None:
    page = f"/desk/measures/{measure.pk}/"
    offered, proposer = (signed_in(who[name]).get(page).content.decode() for name in ("dan", "ana"))
    told = signed_in(who["dan"]).get(f"{page}emergency/").content.decode()
    done = signed_in(who["dan"]).post(f"{page}emergency/", {"reasons": REASONS}, follow=True)

    assert ("emergency" in offered, "emergency" in proposer) == (True, False)
    assert "No machine lifts it" in told
    assert "In force as an emergency until" in done.content.decode()
    Measure.objects.update(emergency_until=NOW.replace(year=2020))
    assert "confirm it or lift it now" in signed_in(who["ana"]).get(page).content.decode()


def test_the_list_counts_each_state_and_filters_by_it(measure: Measure, risk: Risk, who: WHO) -> None:
    client = signed_in(who["ana"])

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/measures/")
        return len(queries)

    before = cost()
    second = actions.propose(risk, a_proposal(), by=who["ana"], at=NOW)
    decided(second, who["dan"])
    assert cost() == before
    page = client.get("/desk/measures/?state=approved")
    assert [(one.state, one.count) for one in page.context["counts"]] == [("proposed", 1), ("approved", 1)]
    assert list(page.context["page_obj"]) == [second]
    assert f"/desk/measures/new/?risk={risk.pk}" in client.get(f"/desk/risks/{risk.pk}/").content.decode()


def test_beyond_a_limit_the_list_says_that_there_are_more_and_counts_no_further(
    measure: Measure, risk: Risk, who: WHO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "MOST_COUNTED", 2)
    client = signed_in(who["ana"])
    assert "1 measure" in client.get("/desk/measures/").content.decode()
    for _ in range(3):
        actions.propose(risk, a_proposal(), by=who["ana"], at=NOW)

    page = client.get("/desk/measures/")

    told = page.content.decode()
    assert "Proposed: more than 2" in told
    assert "more than 2 measures" in told
    assert "These pages show the first 2" in told
    assert "takes up to a few minutes" in told
    assert len(page.context["page_obj"]) == 2
    assert page.context["page_obj"].paginator.found == 3  # of four: counted no further
    few = client.get("/desk/measures/?state=approved").content.decode()
    assert "more than 2 measures" not in few
    assert "takes up to a few minutes" not in few


def test_the_order_of_the_list_is_read_from_an_index(db: None) -> None:
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        plan = listed_measures().select_related(None)[:50].explain()

    assert "measure_in_order" in plan
    assert "Sort" not in plan


def test_editing_shows_what_was_given(measure: Measure, who: WHO) -> None:
    page = signed_in(who["ana"]).get(f"/desk/measures/{measure.pk}/edit/")

    assert page.context["preview"].verdict.outcome == "passes"
    assert WHY in page.content.decode()
    edited = signed_in(who["ana"]).post(
        f"/desk/measures/{measure.pk}/edit/", as_form(territory=["KE", "ET"]), follow=True
    )
    assert edited.status_code == 200
    measure.refresh_from_db()
    assert measure.territory == ["KE", "ET"]


def sent_test(kind: str, **changed: str) -> dict[str, Any]:
    test = answering(kind, **changed) if changed else passing(kind)
    return {
        "answers": [
            {"code": code, "answer": one.answer, "text": one.text} for code, one in test.answers.items()
        ],
        "aims": list(test.aims),
        "alternatives": [{"kind": one.kind, "because": one.because} for one in test.alternatives],
        "rights_burdened": list(test.rights_burdened),
    }


def sent(risk: Risk, **changed: Any) -> dict[str, Any]:
    return {
        "risk": risk.pk,
        "kind": "geoblock",
        "target": "A page",
        "target_type": "item",
        "territory": ["KE"],
        "rule_relied_on": "Rule 3",
        "test": sent_test("geoblock"),
    } | changed


def api(who: WHO, name: str, address: str, given: Any = None, method: str = "post") -> Any:
    client = signed_in(who[name])
    sent = {"headers": {"if-match": "*"}}
    return getattr(client, method)(f"/api/v1/measures/{address}", given or {}, "application/json", **sent)


def refused(answer: Any, code: int, says: str) -> bool:
    told = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, told["status"]) == (code, code), told
    assert says in f"{told['detail']} {told.get('errors', '')}"
    return True


def test_the_api_takes_a_measure_all_the_way(risk: Risk, who: WHO) -> None:
    made = api(who, "ana", "", sent(risk, duties=["protect_target"]))
    assert (made.status_code, made.json()["state"], made.json()["asked"]) == (
        201,
        "proposed",
        "approve a measure",
    )
    pk = made.json()["id"]
    seen = signed_in(who["dan"]).get(f"/api/v1/measures/{pk}/").json()
    assert seen["test"]["outcome"] == "passes"
    assert "target_ref" not in seen

    approved = api(
        who,
        "dan",
        f"{pk}/decision/",
        {"approve": True, "reasons": REASONS, "seen_hash": seen["content_hash"]},
    )
    forced = api(who, "amy", f"{pk}/steps/enforce/", {"necessity": REASONS, "notified_on": TODAY.isoformat()})
    duty = api(who, "amy", f"{pk}/duties/", {"kind": "protect_target", "how": REASONS})

    assert (approved.json()["state"], forced.json()["state"]) == ("approved", "active")
    assert {one["kind"]: one["done_by"] for one in duty.json()["duties"]} == {
        "notify_authority": None,
        "protect_target": "amy",
    }
    listed = signed_in(who["audrey"]).get("/api/v1/measures/?state=active").json()["results"]
    assert [one["id"] for one in listed] == [pk]


def test_the_api_refuses_as_the_pages_do(measure: Measure, risk: Risk, who: WHO) -> None:
    hash_, pk = asked(measure).content_hash, measure.pk
    yes = {"approve": True, "reasons": REASONS, "seen_hash": hash_}
    assert refused(api(who, "rita", "", sent(risk)), 403, "Your role may not propose a measure.")
    assert refused(api(who, "ana", "", sent(risk, territory=["XX"])), 400, "ISO 3166-1")
    assert refused(api(who, "ana", "", sent(risk, rule_relied_on="")), 409, "provided by law")
    assert refused(api(who, "ana", "", sent(risk, target_type="territory")), 409, "Oversight Board 2021-001")
    assert refused(api(who, "ana", f"{pk}/decision/", yes), 403, "Your role may not approve")
    assert refused(
        api(who, "dan", f"{pk}/decision/", yes | {"seen_hash": "x"}), 409, "changed since you opened"
    )
    assert refused(api(who, "amy", f"{pk}/", sent(risk), "put"), 409, "SD1")
    assert refused(api(who, "ana", f"{pk}/steps/enforce/", {"necessity": REASONS}), 409, "only an approved")
    assert refused(api(who, "ana", f"{pk}/steps/emergency/", {"reasons": REASONS}), 403, "Your role may not")
    assert refused(api(who, "ana", f"{pk}/steps/approve/"), 409, "Steps: withdraw, enforce")
    assert refused(api(who, "ana", f"{pk}/test/", sent_test("geoblock")), 409, "only an emergency measure")
    assert refused(api(who, "ana", f"{pk}/duties/", {"kind": "x", "how": "y"}), 400, "kind")
    measure.refresh_from_db()
    assert (measure.state, Measure.objects.count()) == ("proposed", 1)


def test_the_api_opens_and_confirms_an_emergency(risk: Risk, who: WHO) -> None:
    pk = api(who, "ana", "", sent(risk, test=sent_test("geoblock", P5="unknown"))).json()["id"]
    stands = api(who, "dan", f"{pk}/steps/emergency/", {"reasons": REASONS})
    tested = api(who, "amy", f"{pk}/test/", sent_test("geoblock"))
    confirmed = api(
        who,
        "dee",
        f"{pk}/decision/",
        {"approve": True, "reasons": REASONS, "seen_hash": tested.json()["content_hash"]},
    )
    told = api(who, "ana", f"{pk}/steps/notice/", {"notified_on": TODAY.isoformat()})

    assert (stands.json()["state"], tested.json()["asked"]) == ("active_emergency", "approve a measure")
    assert (confirmed.json()["state"], told.json()["notified_on"]) == ("active", TODAY.isoformat())
    assert refused(
        api(who, "dan", f"{pk}/decision/", {"approve": True, "reasons": REASONS, "seen_hash": "x"}),
        409,
        "Nobody is asked",
    )


def test_a_statement_begins_with_no_explanation_whatever_the_test_came_to(
    measure: Measure, risk: Risk, who: WHO
) -> None:
    held = decided(actions.propose(risk, a_proposal(), by=who["ana"], at=NOW), who["dan"])
    enforcement.enforce(held, necessity=REASONS, notified_on=TODAY, by=who["amy"], at=NOW)
    held.refresh_from_db()
    page = signed_in(who["ana"]).get(f"/desk/measures/{held.pk}/statement/").content.decode()
    assert held.test is not None
    assert held.test.reason not in page
    assert re.search(r'<textarea name="explanation"[^>]*>\s*</textarea>', page)
    assert REASONS in page


def test_the_public_reads_of_no_measure_that_never_stood(measure: Measure, risk: Risk, who: WHO) -> None:
    second = decided(actions.propose(risk, a_proposal(), by=who["ana"], at=NOW), who["dan"])
    enforcement.enforce(second, necessity=REASONS, notified_on=TODAY, by=who["amy"], at=NOW)
    page = signed_in(who["ana"]).get(f"/desk/measures/{measure.pk}/").content.decode()
    facts = " ".join(page.split())
    assert "<dt>Began</dt><dd>not yet</dd>" in facts
    assert "<dt>Imposed by</dt><dd>nobody yet</dd>" in facts
    assert Measure.objects.in_force(TODAY).get() == second


def test_a_measure_that_never_stood_asks_for_no_signal_and_says_why_nobody_decided(
    risk: Risk, who: WHO
) -> None:
    refused = decided(actions.propose(risk, a_proposal(), by=who["ana"], at=NOW), who["dan"], approve=False)

    page = signed_in(who["ana"]).get(f"/desk/measures/{refused.pk}/").content.decode()

    assert "It never stood, so nobody looked at it again" in page
    assert "Record a signal" not in page
