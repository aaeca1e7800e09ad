"""A policy comes into force as people dated it; whatever relied on the one before is looked at again (L3, 3.6, 3.8)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions import policies as actions
from risks.actions import policy_force
from risks.forms.policy_reliance import PolicyReliedOnField, Reliance
from risks.models import Measure, PolicyVersion, ReviewTask, Signal
from risks.queries.gaps import record_gaps
from risks.rules.policy import Clause
from risks.tasks import policies_come_into_force
from tests.risks.policy_stage import (
    NOW,
    TODAY,
    WHY,
    approved,
    asked,
    cycle_of,
    drafted,
    in_force,
    measure,
    next_draft,
    person,
    sign,
    signed_in,
)

SECOND = (
    Clause("1", "Threats", "Do not threaten people, or call on others to."),
    Clause("3", "Appeals", "You can."),
)


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def dan(db: None) -> User:
    return person("dan", Role.DECIDER)


@pytest.fixture
def first(ana: User, dan: User) -> PolicyVersion:
    return in_force(ana, dan)


def fresh(version: PolicyVersion) -> PolicyVersion:
    return PolicyVersion.objects.get(pk=version.pk)


def test_repealing_a_policy_has_every_measure_in_force_that_relies_on_it_reviewed(
    first: PolicyVersion, dan: User
) -> None:
    relying = [measure(relies_on=first), measure(relies_on=first, clause="2")]
    ended = measure(relies_on=first, state="lifted", ended_on=TODAY)
    other = measure()

    answer = signed_in(dan).post(f"/desk/policies/versions/{first.pk}/repeal/", {"reasons": WHY})
    cycle = cycle_of()

    assert answer.status_code == 302
    assert {(one.measure_id, one.kind) for one in Signal.objects.all()} == {
        (one.pk, "policy_changed") for one in relying
    }
    found = {one.measure_id: (one.finding, one.code) for one in cycle.findings.all()}
    assert found == {one.pk: ("REVIEW_DUE", "POLICY_CHANGED") for one in relying}
    assert {task.measure_id for task in ReviewTask.objects.all()} == {one.pk for one in relying}
    assert not {ended.pk, other.pk} & set(found)


def test_the_next_version_replaces_the_one_before_it_and_says_what_became_of_the_clause(
    first: PolicyVersion, ana: User, dan: User
) -> None:
    changed, gone = measure(relies_on=first), measure(relies_on=first, clause="2")
    second = approved(next_draft(first.policy, ana, clauses=SECOND), ana, dan)
    assert not Signal.objects.exists()

    answer = signed_in(dan).post(f"/desk/policies/versions/{second.pk}/force/")
    cycle = cycle_of()

    assert answer.status_code == 302
    assert fresh(second).state == "in_force"
    assert (fresh(first).state, fresh(first).ended_on) == ("superseded", fresh(second).in_force_on)
    assert "reads differently in the new version" in Signal.objects.get(measure=changed).note
    assert "is not in the new version" in Signal.objects.get(measure=gone).note
    assert {one.code for one in cycle.findings.all()} == {"POLICY_CHANGED"}


def test_what_changed_is_signalled_once_however_often(first: PolicyVersion) -> None:
    measure(relies_on=first)

    counts = [policy_force.signal_measures([first], note="x", by="ana", at=NOW) for _ in range(3)]

    assert counts == [1, 0, 0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.create(
            measure=Measure.objects.get(),
            kind="policy_changed",
            noted_on=TODAY,
            note="x",
            noted_by="x",
            policy_version=first,
        )


def test_signals_are_one_statement_whatever_the_number_of_measures(
    first: PolicyVersion, django_assert_num_queries: Any
) -> None:
    for _ in range(20):
        measure(relies_on=first)

    with django_assert_num_queries(1):
        assert policy_force.signal_measures([first], note="x", by="ana", at=NOW) == 20


def test_the_job_puts_into_force_only_what_a_person_approved_and_dated(
    first: PolicyVersion, ana: User, dan: User
) -> None:
    tomorrow = TODAY + timedelta(days=1)
    undated = approved(drafted(ana, slug="undated"), ana, dan)
    waiting = drafted(ana, slug="waiting", in_force_from=tomorrow)
    actions.submit(waiting, by=ana, at=NOW)
    draft = drafted(ana, slug="draft", in_force_from=tomorrow)
    dated = approved(next_draft(first.policy, ana, in_force_from=tomorrow), ana, dan)
    relying = measure(relies_on=first)

    assert policy_force.carry_out_dated(at=NOW) == []
    begun = policy_force.carry_out_dated(at=NOW + timedelta(days=3))
    again = policy_force.carry_out_dated(at=NOW + timedelta(days=3))

    assert ([one.pk for one in begun], again) == ([dated.pk], [])
    assert [fresh(one).state for one in (undated, waiting, draft)] == ["approved", "submitted", "draft"]
    assert (fresh(dated).in_force_on, fresh(first).ended_on) == (tomorrow, tomorrow)
    assert Signal.objects.get().measure == relying
    assert AuditEvent.objects.filter(action="put policy into force").first().actor.startswith("JOB")  # type: ignore[union-attr]


def test_the_task_of_the_beat_carries_out_what_is_due(ana: User, dan: User) -> None:
    before = NOW - timedelta(days=3)
    version = drafted(ana, in_force_from=TODAY - timedelta(days=1))
    actions.submit(version, by=ana, at=before)
    sign(version, dan, at=before)
    assert version.state == "approved"

    policies_come_into_force.run()

    assert (fresh(version).state, fresh(version).in_force_on) == ("in_force", TODAY - timedelta(days=1))


def test_nobody_puts_a_dated_version_into_force_before_its_day(ana: User, dan: User) -> None:
    version = approved(drafted(ana, in_force_from=TODAY + timedelta(days=9)), ana, dan)

    with pytest.raises(NotAllowed, match="comes into force on that day by itself"):
        policy_force.put_in_force(version, by=dan, at=NOW)


@pytest.mark.parametrize("act", ["force", "repeal"])
def test_only_whoever_approves_puts_into_force_or_repeals(ana: User, dan: User, act: str) -> None:
    version = approved(drafted(ana), ana, dan)

    answer = signed_in(ana).post(f"/desk/policies/versions/{version.pk}/{act}/", {"reasons": WHY})

    assert answer.status_code == 403
    assert fresh(version).state == "approved"


def test_a_repeal_needs_reasons_and_something_to_repeal(first: PolicyVersion, dan: User) -> None:
    desk, page = signed_in(dan), f"/desk/policies/versions/{first.pk}/repeal/"

    assert desk.post(page, {"reasons": "Old."}).status_code == 400
    named = desk.post(page, {"reasons": f"{WHY} Ask abel@example.org."})
    assert "an e-mail address" in named.content.decode()
    assert desk.post(page, {"reasons": WHY}).status_code == 302
    assert "Only a version that is approved or in force" in desk.post(page, {"reasons": WHY}).content.decode()


def test_a_version_ends_in_all_its_languages(first: PolicyVersion, ana: User, dan: User) -> None:
    begun = {"in_force_from": first.in_force_on, "adopted_before": WHY}
    french = approved(next_draft(first.policy, ana, language="fr", translation=True, **begun), ana, dan)
    assert (fresh(first).state, fresh(french).state) == ("in_force", "in_force")

    second = approved(next_draft(first.policy, ana, in_force_from=TODAY), ana, dan)

    assert [fresh(one).state for one in (first, french, second)] == ["superseded", "superseded", "in_force"]


def test_a_translation_that_was_overtaken_is_never_approved(
    first: PolicyVersion, ana: User, dan: User
) -> None:
    french = next_draft(first.policy, ana, language="fr", translation=True)
    actions.submit(french, by=ana, at=NOW)
    waiting = asked(french)
    approved(next_draft(first.policy, ana, in_force_from=TODAY), ana, dan)

    waiting.refresh_from_db()
    assert (waiting.decision, fresh(french).state) == ("void", "draft")
    with pytest.raises(NotAllowed, match="A later version is in force"):
        actions.submit(french, by=ana, at=NOW)


def test_a_version_never_begins_before_the_one_that_it_replaces(
    first: PolicyVersion, ana: User, dan: User
) -> None:
    early = {"in_force_from": TODAY - timedelta(days=300), "adopted_before": WHY}

    with pytest.raises(NotAllowed, match="came into force after the day of this one"):
        approved(next_draft(first.policy, ana, **early), ana, dan)


def test_a_measure_names_the_clause_that_was_in_force_and_keeps_it(first: PolicyVersion, ana: User) -> None:
    one = measure()
    desk, page = signed_in(ana), f"/desk/measures/{one.pk}/policy/"
    begun = (first.in_force_on - timedelta(days=1)).isoformat()  # type: ignore[operator]  # it is in force

    too_early = desk.post(page, {"policy_relied_on": f"{first.pk}:1", "conduct_on": begun})
    named = desk.post(page, {"policy_relied_on": f"{first.pk}:1"})
    again = desk.post(page, {"policy_relied_on": f"{first.pk}:2"})

    assert "L3: Rules on content, version 1 (English) was not in force on" in too_early.content.decode()
    assert (too_early.status_code, named.status_code, again.status_code) == (400, 302, 400)
    one.refresh_from_db()
    assert (one.policy_version, one.policy_clause) == (first, "1")
    shown = desk.get(f"/desk/measures/{one.pk}/").content.decode()
    assert "/policies/content-rules/1/en/#clause-1" in shown
    relying = desk.get(f"/desk/policies/{first.policy_id}/").content.decode()
    assert "Version 1, clause 1" in relying
    assert "NO_RULE_RELIED_ON" not in {gap.code for gap in record_gaps(one.risk, at=NOW)}


def test_conduct_comes_no_later_than_the_measure(first: PolicyVersion, ana: User) -> None:
    one = measure()

    with pytest.raises(NotAllowed, match="Conduct on: choose"):
        policy_force.rely_on(
            one, version=first, clause="1", conduct_on=one.starts_on + timedelta(days=1), by=ana, at=NOW
        )


def test_a_measure_may_rely_on_a_replaced_rule_for_conduct_of_its_time_and_is_then_reviewed(
    first: PolicyVersion, ana: User, dan: User
) -> None:
    approved(next_draft(first.policy, ana, in_force_from=TODAY), ana, dan)
    one = measure()

    policy_force.rely_on(fresh_measure(one), version=first, clause="1", conduct_on=None, by=ana, at=NOW)

    assert [signal.policy_version for signal in one.signals.all()] == [first]


def fresh_measure(one: Measure) -> Measure:
    return Measure.objects.get(pk=one.pk)


@pytest.mark.parametrize(
    "changes",
    [
        {"policy_clause": "9"},
        {"policy_clause": ""},
        {"starts_on": TODAY - timedelta(days=500)},
    ],
)
def test_the_database_refuses_a_measure_that_relies_on_no_clause_in_force_before_it(
    first: PolicyVersion, changes: dict[str, Any]
) -> None:
    one = measure(relies_on=first)

    with pytest.raises(DatabaseError), transaction.atomic():
        Measure.objects.filter(pk=one.pk).update(**changes)


def test_the_database_refuses_a_measure_that_relies_on_a_draft(ana: User) -> None:
    with pytest.raises(DatabaseError, match="L3"), transaction.atomic():
        measure(relies_on=drafted(ana))


def test_the_field_of_a_form_offers_what_is_or_was_in_force_only(
    first: PolicyVersion, ana: User, dan: User
) -> None:
    draft = drafted(ana, slug="draft")
    dated = approved(drafted(ana, slug="later", in_force_from=TODAY + timedelta(days=3)), ana, dan)

    field = PolicyReliedOnField(required=False)

    offered = [value for _label, group in list(field.choices)[1:] for value, _ in group]
    assert offered == [f"{first.pk}:1", f"{first.pk}:2"]
    assert not any(str(one.pk) == value.partition(":")[0] for one in (draft, dated) for value in offered)
    assert field.clean(f"{first.pk}:2") == Reliance(first, "2")
    assert field.clean("") is None


def test_what_was_approved_and_withdrawn_never_was_in_force(ana: User, dan: User) -> None:
    version = approved(drafted(ana, in_force_from=TODAY + timedelta(days=9)), ana, dan)

    policy_force.repeal(version, reasons=WHY, by=dan, at=NOW)

    assert policy_force.carry_out_dated(at=NOW + timedelta(days=20)) == []
    assert (fresh(version).state, fresh(version).in_force_on) == ("repealed", None)


def test_a_next_version_may_be_begun_after_a_repeal(first: PolicyVersion, ana: User, dan: User) -> None:
    policy_force.repeal(first, reasons=WHY, by=dan, at=NOW)

    second = next_draft(first.policy, ana, in_force_from=TODAY)
    actions.submit(second, by=ana, at=NOW)

    assert (sign(second, dan).number, fresh(second).state) == (2, "in_force")
