"""A measure is proposed on a clause of a policy that is in force, through page and API (domain.md 3.2, L1 to L3)."""

import io
from typing import Any

import pytest
from django.core.management import call_command

from hrdd.governance.models import User
from risks.actions import measure_enforcement as enforcement
from risks.actions import measure_proposals as actions
from risks.actions import policy_force
from risks.models import Measure, PolicyVersion, Risk
from tests.risks.measure_stage import NOW, REASONS, TODAY, a_risk, as_form, asked, decided, people, signed_in
from tests.risks.policy_stage import in_force
from tests.three_part import passing

WHO = dict[str, User]


@pytest.fixture
def who(db: None) -> WHO:
    call_command("load_rights", stdout=io.StringIO())
    return people()


@pytest.fixture
def risk(who: WHO) -> Risk:
    return a_risk()


@pytest.fixture
def rules(who: WHO) -> PolicyVersion:
    return in_force(who["ana"], who["eve"])


def repeal(version: PolicyVersion, by: User) -> None:
    policy_force.repeal(version, reasons=REASONS, by=by, at=NOW)


def send(who: WHO, risk: Risk, **changed: Any) -> Any:
    sent = as_form(rule_relied_on="", **changed)
    return signed_in(who["ana"]).post(f"/desk/measures/new/?risk={risk.pk}&kind=geoblock", sent)


def test_a_clause_in_force_is_ground_enough_and_stays_with_the_measure(
    who: WHO, risk: Risk, rules: PolicyVersion
) -> None:
    answer = send(who, risk, policy_relied_on=f"{rules.pk}:2")

    measure = Measure.objects.get()
    assert answer.status_code == 302
    assert (measure.policy_version, measure.policy_clause) == (rules, "2")
    assert "Rules on content" in signed_in(who["dan"]).get(answer["Location"]).content.decode()


def test_another_clause_asks_for_another_signature(who: WHO, risk: Risk, rules: PolicyVersion) -> None:
    send(who, risk, policy_relied_on=f"{rules.pk}:2")
    measure = Measure.objects.get()
    before = asked(measure)
    sent = as_form(rule_relied_on="", policy_relied_on=f"{rules.pk}:1")

    page = signed_in(who["ana"]).get(f"/desk/measures/{measure.pk}/edit/")
    signed_in(who["ana"]).post(f"/desk/measures/{measure.pk}/edit/", sent)

    only_the_clause = Measure.objects.get()
    only_the_clause.test, only_the_clause.policy_clause = measure.test, "1"
    assert actions.content_hash(only_the_clause) != actions.content_hash(measure)
    assert f'value="{rules.pk}:2" selected' in page.content.decode()
    assert asked(measure).content_hash != before.content_hash


def test_a_rule_that_is_gone_is_refused_and_what_was_typed_is_kept(
    who: WHO, risk: Risk, rules: PolicyVersion
) -> None:
    repeal(rules, who["eve"])

    answer = send(who, risk, policy_relied_on=f"{rules.pk}:1")

    told = answer.content.decode()
    assert answer.status_code == 400
    assert "was not in force on" in told
    assert "A page that calls for violence" in told
    assert not Measure.objects.exists()


def test_what_comes_into_force_under_a_rule_repealed_meanwhile_is_looked_at_again(
    who: WHO, risk: Risk, rules: PolicyVersion
) -> None:
    send(who, risk, policy_relied_on=f"{rules.pk}:2")
    measure = decided(Measure.objects.get(), who["dan"])
    repeal(rules, who["eve"])
    assert not measure.signals.exists(), "it does not stand yet"

    enforcement.enforce(measure, necessity=REASONS, notified_on=TODAY, by=who["ana"], at=NOW)

    assert measure.signals.get().kind == "policy_changed"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"policy_clause": "1"}, "name the policy version"),
        ({"policy_clause": "9"}, "no clause 9"),
        ({"policy_clause": ""}, "no clause without a number"),
    ],
)
def test_a_clause_that_stands_in_no_version_is_refused(
    who: WHO, risk: Risk, rules: PolicyVersion, given: dict[str, Any], sentence: str
) -> None:
    version = None if given["policy_clause"] == "1" else rules
    proposal = actions.Proposal(
        kind="label",
        target="A post",
        target_type="item",
        rule_relied_on="Rule 3",
        test=passing("label"),
        policy_version=version,
        **given,
    )

    with pytest.raises(actions.MeasureRefused, match=sentence):
        actions.propose(risk, proposal, by=who["ana"], at=NOW)

    assert not Measure.objects.exists()
