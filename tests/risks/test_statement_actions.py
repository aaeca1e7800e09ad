"""Each person whom a rule over many items burdens has a statement of their own (DSA 17(1))."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from hrdd.governance.models import AuditEvent, User
from risks.models import Measure, StatementOfReasons
from risks.rules.statement_actions import ActionsError, actions_in
from tests.risks.measure_stage import REASONS, TODAY, people, signed_in
from tests.risks.test_statements import SENT
from tests.transparency.statement_stage import a_measure

BEGUN = TODAY - timedelta(days=30)
DAYS = f"{TODAY - timedelta(days=3)},{TODAY - timedelta(days=5)}"
THREE = f"reference,decided_on,content_date\na-1,{DAYS}\na-2,{DAYS}\n\na-3,{TODAY},{TODAY}\n"


@pytest.fixture
def who(db: None) -> dict[str, User]:
    call_command("load_rights", stdout=io.StringIO())
    return people()


def a_rule(**given: Any) -> Measure:
    known = {"target": "Posts with a known slur", "target_type": "rule", "unit_of_review": "rule_class"}
    return a_measure(**known | {"starts_on": BEGUN} | given)


def issue(who: dict[str, User], measure: Measure, by: str = "ana", **changed: Any) -> Any:
    sent = {name: value for name, value in SENT.items() if name != "content_date"}
    return signed_in(who[by]).post(
        f"/desk/measures/{measure.pk}/statements/", sent | {"actions": THREE} | changed
    )


def test_each_action_has_its_own_statement_that_leaves_and_is_read_without_its_key(
    who: dict[str, User], tmp_path: Path
) -> None:
    rule = a_rule()
    assert issue(who, rule).status_code == 302

    issued = list(StatementOfReasons.objects.order_by("pk"))
    assert [one.action for one in issued] == ["a-1", "a-2", "a-3"]
    assert len({one.puid for one in issued}) == 3
    assert {one.content["application_date"] for one in issued} == {
        TODAY.isoformat(),
        (TODAY - timedelta(days=3)).isoformat(),
    }
    assert "for six months from the notice" in issued[0].text
    assert AuditEvent.objects.get(action="Statements of reasons issued").detail["statements"] == 3
    out = tmp_path / "all.jsonl"
    call_command("export_statements", "--format", "dsa", "--out", str(out), stdout=io.StringIO())
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [one["puid"] for one in lines] == [str(one.puid) for one in issued]
    assert "a-1" not in out.read_text(encoding="utf-8")
    public = Client().get("/statements/")
    assert "Statements found: 3" in public.content.decode()
    assert (
        "a-1" not in public.content.decode() + Client().get(f"/statements/{issued[0].puid}/").content.decode()
    )
    for name, seen in (("ana", True), ("paul", False)):
        for address in ("/desk/statements/", f"/desk/statements/{issued[0].pk}/"):
            shown = signed_in(who[name]).get(address).content.decode()
            assert ("a-1</code>" in shown) == seen
    page = signed_in(who["ana"]).get(f"/desk/measures/{rule.pk}/").content.decode()
    assert "3 statements of single actions hold." in page


def test_what_an_action_was_told_is_replaced_only_with_reasons(who: dict[str, User]) -> None:
    rule = a_rule()
    issue(who, rule)
    again = f"a-2,{DAYS}\na-4,{DAYS}"
    assert "Why they are corrected" in issue(who, rule, actions=again).content.decode()
    assert StatementOfReasons.objects.count() == 3

    assert issue(who, rule, "dan", actions=again, correction_reasons=REASONS).status_code == 302

    newest = {one.action: one for one in StatementOfReasons.objects.order_by("pk")[3:]}
    assert newest["a-2"].supersedes == StatementOfReasons.objects.get(action="a-2", supersedes__isnull=True)
    assert newest["a-2"].correction_reasons == REASONS
    assert (newest["a-4"].supersedes, newest["a-4"].correction_reasons) == (None, "")
    assert signed_in(who["ana"]).post(f"/desk/measures/{rule.pk}/statement/", SENT).status_code == 302, (
        "the statement of the rule as a whole is apart from those of its actions"
    )


@pytest.mark.parametrize(
    ("given", "sent", "why"),
    [
        ({"unit_of_review": "single"}, {}, "this measure acts on one thing"),
        ({"state": "lifted", "ended_on": TODAY}, {}, "once the measure is in force"),
        ({}, {"actions": f"ana@example.org,{DAYS}"}, "Line 1: reference: it holds an e-mail address."),
        ({}, {"actions": f"a-1,{DAYS}\na-1,{DAYS}"}, "Line 2: this reference stands above already."),
        ({}, {"actions": "a-1,soon,later"}, "Line 1: write both days as year-month-day"),
        (
            {},
            {"actions": f"a-1,{BEGUN - timedelta(days=1)},{BEGUN}"},
            "Line 1: decided_on: the rule acted between",
        ),
        ({}, {"actions": f"a-1,{TODAY},{TODAY + timedelta(days=1)}"}, "Line 1: content_date: it is after"),
        ({}, {"actions": f"a-1,{TODAY},1999-12-31"}, "it is before 2000-01-01"),
        ({}, {"actions": "a-1"}, "Line 1: write reference, decided_on, content_date"),
        ({}, {"actions": "reference,decided_on,content_date"}, "Actions: list one or more"),
        (
            {},
            {"actions": "\n".join(f"a-{n},{DAYS}" for n in range(2001))},
            "at most 2000 at once; there are 2001",
        ),
        ({}, {"actions": f'"{"a" * 140_000}'}, "Actions: this cannot be read as CSV"),
        ({}, {"facts": "Write to ana@example.org."}, "Facts: this holds an e-mail address"),
    ],
)
def test_one_wrong_line_issues_nothing(
    who: dict[str, User], given: dict[str, Any], sent: dict[str, Any], why: str
) -> None:
    refused = issue(who, a_rule(**given), **sent)
    assert refused.status_code == 400
    assert why in refused.content.decode()
    assert not StatementOfReasons.objects.exists()


def test_who_may_not_propose_a_measure_issues_nothing(who: dict[str, User]) -> None:
    assert "Your role may not propose a measure" in issue(who, a_rule(), "rita").content.decode()
    assert not StatementOfReasons.objects.exists()


@given(st.text(st.sampled_from('a1,-"\n 2026') | st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        found = actions_in(text, begun=BEGUN, until=TODAY)
    except ActionsError:
        return
    assert found
    assert all(BEGUN <= one.decided_on <= TODAY for one in found)
