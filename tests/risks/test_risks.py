"""A risk on its way from draft to closed: each step, who takes it, and what must stand before (domain.md 1.1)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role, permissions_of
from risks.actions.salience import take_step
from risks.actions.standing import refresh
from risks.models import Evidence, Involvement, MitigationPlan, Risk
from risks.rules.risk_workflow import BUTTONS, RISK_STEPS, Status
from tests.risks.test_lowering import REASONS, person, signed_in
from tests.risks.test_severity_assessment import SEVERE

TODAY = datetime.now(UTC).date()
REMOTE = SEVERE | {
    "scale": "2",
    "scope": "2",
    "irremediability": "2",
    "state_of_harm": "potential",
    "likelihood": "1",
}
PLAN = {
    "kind": "mitigation",
    "actions": "Ask before an account is shown to strangers, and hide it until the person agrees.",
    "target": "Nobody is found by a stranger against their will",
    "owner": "ana",
    "due": (TODAY + timedelta(days=30)).isoformat(),
}


@pytest.fixture
def people(db: None) -> dict[str, Client]:
    """Return the people of the desk, signed in: analyst, reviewer, decider, senior, board."""
    cast = {
        "ana": Role.ANALYST,
        "rita": Role.REVIEWER,
        "dan": Role.DECIDER,
        "eve": Role.SENIOR,
        "bob": Role.BOARD,
        "paul": Role.PARTNER_MGR,
    }
    return {name: signed_in(person(name, role)) for name, role in cast.items()}


@pytest.fixture
def risk(db: None) -> Risk:
    return Risk.objects.create(title="A risk", summary="What may happen.", opened_on=TODAY, recorded_by="ana")


def step(client: Client, risk: Risk, name: str, *, reasons: str = REASONS) -> Any:
    return client.post(f"/desk/risks/{risk.pk}/steps/{name}/", {"reasons": reasons})


def assessed(people: dict[str, Client], risk: Risk, given: dict[str, str] = SEVERE) -> None:
    assert people["ana"].post(f"/desk/risks/{risk.pk}/assess/", given).status_code == 302


def planned(people: dict[str, Client], risk: Risk, *, kind: str = "mitigation") -> MitigationPlan:
    assert people["ana"].post(f"/desk/risks/{risk.pk}/plan/", PLAN | {"kind": kind}).status_code == 302
    plan = MitigationPlan.objects.filter(risk=risk).latest("pk")
    answer = people["dan"].post(
        f"/desk/plans/{plan.pk}/decision/", {"decision": "approve", "reasons": REASONS}
    )
    assert answer.status_code == 302
    return plan


def managed(people: dict[str, Client], risk: Risk, given: dict[str, str] = SEVERE) -> None:
    assessed(people, risk, given)
    step(people["rita"], risk, "confirm")
    people["ana"].post(f"/desk/risks/{risk.pk}/owner/", {"owner": "ana"})
    planned(people, risk)
    assert step(people["ana"], risk, "manage").status_code == 302


def at_status(risk: Risk, status: str) -> None:
    Risk.objects.filter(pk=risk.pk).update(status=status, closed_on=TODAY if status == "closed" else None)
    refresh(risk, at=datetime.now(UTC))


def test_a_risk_goes_all_the_way(people: dict[str, Client], risk: Risk) -> None:
    managed(people, risk, REMOTE)
    [plan] = risk.plans.all()
    people["rita"].post(f"/desk/plans/{plan.pk}/test/", {"works": "yes", "test_result": REASONS})

    assert step(people["rita"], risk, "close").status_code == 302

    risk.refresh_from_db()
    assert (risk.status, risk.closed_on, risk.tier, risk.salient) == ("closed", TODAY, 6, False)
    assert step(people["ana"], risk, "reassess").status_code == 302
    risk.refresh_from_db()
    assert (risk.status, risk.closed_on) == ("reassess", None)
    assert people["ana"].post(f"/desk/risks/{risk.pk}/assess/", SEVERE).status_code == 302
    risk.refresh_from_db()
    assert risk.status == "assessed"


FORBIDDEN = [(name, status) for name in BUTTONS for status in Status if status not in RISK_STEPS[name].before]


@pytest.mark.parametrize(("name", "status"), FORBIDDEN)
def test_a_step_is_not_taken_from_another_state(risk: Risk, name: str, status: str) -> None:
    at_status(risk, status)
    everyone = signed_in(person("all", Role.ANALYST, Role.REVIEWER, Role.DECIDER, Role.SENIOR))

    answer = step(everyone, risk, name)

    risk.refresh_from_db()
    assert answer.status_code == 400
    assert "is not the next step here" in answer.content.decode()
    assert risk.status == status


@pytest.mark.parametrize("name", BUTTONS)
@pytest.mark.parametrize("role", list(Role))
def test_a_step_is_for_its_roles_only(risk: Risk, role: Role, name: str) -> None:
    may = RISK_STEPS[name].permission in permissions_of(frozenset({role}))
    at_status(risk, min(RISK_STEPS[name].before))

    answer = step(signed_in(person("max", role)), risk, name)

    refused = answer.status_code == 403 or b"Your role may not" in answer.content
    assert refused is not may


def test_whoever_assessed_or_recorded_a_risk_does_not_confirm_it(
    people: dict[str, Client], risk: Risk
) -> None:
    both = signed_in(person("ray", Role.ANALYST, Role.REVIEWER))
    both.post(f"/desk/risks/{risk.pk}/assess/", SEVERE)
    own = Risk.objects.create(title="Own", summary="Own.", opened_on=TODAY, recorded_by="rita")
    assessed(people, own)

    assert b"SD1: whoever recorded or assessed" in step(both, risk, "confirm").content
    assert b"SD1: whoever recorded or assessed" in step(people["rita"], own, "confirm").content
    assert set(Risk.objects.values_list("status", flat=True)) == {"assessed"}


def test_an_incomplete_judgement_is_not_confirmed(people: dict[str, Client], risk: Risk) -> None:
    assessed(people, risk, SEVERE | {"scope": "unknown"})

    assert (
        b"UNGP 14: score scale, scope and irremediability first"
        in step(people["rita"], risk, "confirm").content
    )


def test_nobody_manages_a_risk_without_an_owner_and_an_approved_plan(
    people: dict[str, Client], risk: Risk
) -> None:
    assessed(people, risk)
    step(people["rita"], risk, "confirm")
    people["ana"].post(f"/desk/risks/{risk.pk}/plan/", PLAN)

    refused = step(people["ana"], risk, "manage").content

    assert b"G1: name an owner first" in refused
    assert b"a mitigation or remediation plan must be approved first" in refused


@pytest.mark.parametrize(
    ("given", "works"),
    [
        (SEVERE, "yes"),
        (REMOTE | {"likelihood": "2"}, "yes"),
        (REMOTE, "no"),
        (REMOTE, ""),
    ],
)
def test_a_risk_is_closed_only_when_put_right_or_remote_with_tested_controls(
    people: dict[str, Client], risk: Risk, given: dict[str, str], works: str
) -> None:
    managed(people, risk, given)
    [plan] = risk.plans.all()
    if works:
        people["rita"].post(f"/desk/plans/{plan.pk}/test/", {"works": works, "test_result": REASONS})

    assert b"UNGP 20: a risk is closed only when" in step(people["rita"], risk, "close").content
    risk.refresh_from_db()
    assert risk.status == "managed"


def test_whoever_assessed_a_risk_does_not_close_it(people: dict[str, Client], risk: Risk) -> None:
    managed(people, risk, REMOTE)
    both = signed_in(person("ray", Role.ANALYST, Role.REVIEWER))
    both.post(f"/desk/risks/{risk.pk}/assess/", REMOTE)

    assert (
        b"SD1: whoever assessed a risk, or stands in for them, does not close it"
        in step(both, risk, "close").content
    )


def test_a_harm_that_the_company_causes_is_not_closed_without_a_remediation_plan(
    people: dict[str, Client], risk: Risk
) -> None:
    managed(people, risk, REMOTE | {"state_of_harm": "actual_remedied", "likelihood": ""})
    found_on(risk, "cause")

    refused = step(people["rita"], risk, "close")
    planned(people, risk, kind="remediation")
    accepted = step(people["rita"], risk, "close")

    assert b"I1: the company causes or contributes" in refused.content
    assert accepted.status_code == 302


def test_a_risk_is_not_closed_while_a_proposal_on_its_involvement_waits(
    people: dict[str, Client], risk: Risk
) -> None:
    managed(people, risk, SEVERE | {"state_of_harm": "actual_remedied"})
    Risk.objects.update(state_of_harm="actual_remedied")
    proposal = Involvement.objects.create(
        risk=risk,
        tie="none",
        state="proposed",
        said="x",
        proposed_by=User.objects.get(username="paul"),
        proposed_at=datetime.now(UTC),
    )

    refused = step(people["rita"], risk, "close")

    assert refused.status_code == 400
    assert "UNGP 13, I2: it was proposed how the company is involved" in refused.content.decode()
    risk.refresh_from_db()
    assert risk.status == Status.MANAGED
    with pytest.raises(NotAllowed, match="nobody decided on that yet"):
        take_step(risk, "close", reasons=REASONS, by=User.objects.get(username="rita"), at=datetime.now(UTC))
    Involvement.objects.filter(pk=proposal.pk).update(state="withdrawn")
    assert step(people["rita"], risk, "close").status_code == 302


def found_on(risk: Risk, tie: str) -> Involvement:
    """Return an involvement as two people found it."""
    found = Involvement.objects.create(
        risk=risk,
        state="found",
        tie=tie,
        said=tie,
        reasoning="x",
        proposed_by=User.objects.get(username="ana"),
        proposed_at=datetime.now(UTC),
        decided_by=User.objects.get(username="dan"),
        decided_at=datetime.now(UTC),
        fact_finding_due=TODAY,
    )
    refresh(risk, at=datetime.now(UTC))
    return found


def test_a_step_without_reasons_is_refused(people: dict[str, Client], risk: Risk) -> None:
    assessed(people, risk)

    assert b"at least 50 characters" in step(people["rita"], risk, "confirm", reasons="Fine.").content


def test_a_plan_is_approved_by_somebody_else(people: dict[str, Client], risk: Risk) -> None:
    both = signed_in(person("ada", Role.ANALYST, Role.DECIDER))
    both.post(f"/desk/risks/{risk.pk}/plan/", PLAN)
    plan = MitigationPlan.objects.get()

    refused = both.post(f"/desk/plans/{plan.pk}/decision/", {"decision": "approve", "reasons": REASONS})

    assert b"SD1: whoever proposed a plan does not approve it" in refused.content
    with pytest.raises(IntegrityError), transaction.atomic():
        MitigationPlan.objects.update(
            state="approved", decided_by=plan.proposed_by, decided_at=datetime.now(UTC)
        )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"due": "2020-01-01"}, "or later"),
        ({"due": "2021-02-30"}, "By when: a day such as"),
        ({"actions": "Do it."}, "at least 50 characters"),
        ({"owner": "nobody-here"}, "Who does it: choose one from the list."),
        ({"owner": ""}, "Who does it: choose one from the list."),
        ({"kind": "wish"}, "Kind of plan: choose one from the list."),
    ],
)
def test_a_plan_that_says_too_little_is_refused(
    people: dict[str, Client], risk: Risk, given: dict[str, str], says: str
) -> None:
    answer = people["ana"].post(f"/desk/risks/{risk.pk}/plan/", PLAN | given)

    assert (answer.status_code, MitigationPlan.objects.count()) == (400, 0)
    assert says in answer.content.decode()


def test_a_plan_is_tested_by_a_reviewer_who_neither_proposed_nor_owns_it(
    people: dict[str, Client], risk: Risk
) -> None:
    both = person("ray", Role.ANALYST, Role.REVIEWER)
    people["ana"].post(f"/desk/risks/{risk.pk}/plan/", PLAN | {"owner": "ray"})
    plan = MitigationPlan.objects.get()
    test = {"works": "yes", "test_result": REASONS}

    early = people["rita"].post(f"/desk/plans/{plan.pk}/test/", test)
    people["dan"].post(f"/desk/plans/{plan.pk}/decision/", {"decision": "approve", "reasons": REASONS})
    by_owner = signed_in(both).post(f"/desk/plans/{plan.pk}/test/", test)
    by_analyst = people["ana"].post(f"/desk/plans/{plan.pk}/test/", test)

    assert b"Only an approved plan is tested" in early.content
    assert b"neither proposed nor owns the plan" in by_owner.content
    assert by_analyst.status_code == 403
    plan.refresh_from_db()
    assert plan.works is None


def test_an_ended_plan_no_longer_stands(people: dict[str, Client], risk: Risk) -> None:
    plan = planned(people, risk)
    decision = {"decision": "approve", "reasons": REASONS}

    people["dan"].post(f"/desk/plans/{plan.pk}/end/", {"reasons": REASONS})
    again = people["dan"].post(f"/desk/plans/{plan.pk}/decision/", decision)

    plan.refresh_from_db()
    assert plan.state == "ended"
    assert b"is not the next step here" in again.content


def test_evidence_after_a_judgement_makes_the_risk_due_again(people: dict[str, Client], risk: Risk) -> None:
    assessed(people, risk)
    risk.refresh_from_db()
    before = risk.next_review

    people["ana"].post(
        f"/desk/risks/{risk.pk}/evidence/",
        {"title": "A court's decision", "kind": "decision", "says": "It held so.", "disclosure": "public"},
    )

    risk.refresh_from_db()
    assert before == TODAY + timedelta(days=30)
    assert risk.next_review == TODAY


def test_restricted_evidence_is_counted_for_those_who_do_not_judge(
    people: dict[str, Client], risk: Risk
) -> None:
    given = {
        "title": "What a witness told",
        "kind": "testimony",
        "says": "It was so.",
        "disclosure": "restricted",
    }
    people["ana"].post(f"/desk/risks/{risk.pk}/evidence/", given)
    page = f"/desk/risks/{risk.pk}/"

    assert b"What a witness told" in people["rita"].get(page).content
    for name in ("bob", "paul"):
        content = people[name].get(page).content
        assert b"What a witness told" not in content
        assert b"1 restricted to those who judge" in content


def test_evidence_is_never_edited_or_deleted(people: dict[str, Client], risk: Risk) -> None:
    assessed(people, risk)

    for change in (
        lambda: Evidence.objects.update(says="Something else"),
        lambda: Evidence.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_an_owner_works_on_the_desk(people: dict[str, Client], risk: Risk) -> None:
    person("sys", Role.SYSADMIN)
    page = f"/desk/risks/{risk.pk}/owner/"

    refused = people["ana"].post(page, {"owner": "sys"})
    people["ana"].post(page, {"owner": "rita"})
    people["ana"].post(page, {"owner": ""})

    assert refused.status_code == 400
    events = AuditEvent.objects.filter(action="assigned risk").order_by("id")
    assert [(one.detail["from"], one.detail["to"]) for one in events] == [("", "rita"), ("rita", "")]


def test_the_page_says_why_a_step_waits_and_what_the_tier_asks_for(
    people: dict[str, Client], risk: Risk
) -> None:
    assessed(people, risk)
    step(people["rita"], risk, "confirm")

    page = people["ana"].get(f"/desk/risks/{risk.pk}/").content.decode()

    assert "G1: name an owner first" in page
    assert "What P1 asks for" in page
    assert "Decision on interim measures" in page


def test_the_timeline_tells_what_happened_in_order(people: dict[str, Client], risk: Risk) -> None:
    managed(people, risk)

    timeline = people["ana"].get(f"/desk/risks/{risk.pk}/").context["timeline"]

    told = [one.what for one in timeline]
    assert "Severity judged: level 4, severe" in told
    assert told.index("Mitigation plan proposed") < told.index("Mitigation plan approved")


STRANGE: list[Callable[[Risk], str]] = [
    lambda risk: f"/desk/risks/{risk.pk}/steps/assess/",
    lambda risk: f"/desk/risks/{risk.pk}/steps/delete/",
    lambda risk: f"/desk/risks/{risk.pk + 10**6}/steps/confirm/",
    lambda risk: f"/desk/plans/{risk.pk}/test/",
]


@pytest.mark.parametrize("address", STRANGE)
def test_a_step_that_does_not_exist_is_not_found(
    people: dict[str, Client], risk: Risk, address: Callable[[Risk], str]
) -> None:
    assert people["rita"].post(address(risk), {"reasons": REASONS}).status_code == 404
