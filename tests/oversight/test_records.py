"""Who answers is on record, those who oversee meet, and what is raised with them waits until a person answers."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.actions import JOB, end_mandate
from hrdd.governance.models import AuditEvent, Mandate, User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.oversight.actions.meetings import answer_escalation, raise_plan_escalations
from hrdd.oversight.models import Escalation, Incentive, OversightMeeting, Staffing, Training
from risks.models import MitigationPlan, Risk
from risks.queries.gaps import gap_counts
from tests.cast import NOW, Cast
from tests.oversight.stage import LONG, escalated, mandate_of, meeting_on, severe_risk

TODAY = NOW.date()


@pytest.fixture
def bob(cast: Cast) -> User:
    return User.objects.create_user("bob", "x", display_name="Bob", roles=[Role.BOARD])


@pytest.fixture
def on_page(cast: Cast, bob: User) -> Callable[[str], Client]:
    def client(name: str) -> Client:
        found = Client()
        found.force_login(User.objects.get(username=name))
        return found

    return client


def test_a_mandate_is_given_superseded_and_ended_and_never_edited(cast: Cast, bob: User) -> None:
    first = mandate_of(cast.eve, by=bob, at=NOW, starts_on=TODAY - timedelta(days=30))
    second = mandate_of(cast.eve, by=bob, at=NOW, budget_eur_year=200_000, supersedes=first)

    assert list(Mandate.objects.in_force(TODAY)) == [second]
    assert list(Mandate.objects.in_force(TODAY - timedelta(days=1))) == [first]
    with pytest.raises(NotAllowed, match="ended already"):
        mandate_of(cast.eve, by=bob, at=NOW, supersedes=first)
    end_mandate(second, ended_on=TODAY + timedelta(days=5), reasons=LONG, by=bob, at=NOW)
    assert list(Mandate.objects.in_force(TODAY + timedelta(days=5))) == []
    for change in ({"budget_eur_year": 1}, {"end_reasons": "other"}, {"person": cast.ana}):
        with pytest.raises(DatabaseError, match="not edited"), transaction.atomic():
            Mandate.objects.filter(pk=second.pk).update(**change)
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        second.delete()
    acts = ["gave mandate", "gave mandate", "ended mandate"]
    assert (
        list(
            AuditEvent.objects.filter(action__contains="mandate")
            .order_by("pk")
            .values_list("action", flat=True)
        )
        == acts
    )


def test_nobody_gives_themselves_a_mandate_nor_for_a_role_that_is_not_held(cast: Cast, bob: User) -> None:
    with pytest.raises(NotAllowed, match="nobody gives themselves"):
        mandate_of(cast.eve, by=cast.eve, at=NOW)
    with pytest.raises(NotAllowed, match="does not hold BOARD"):
        mandate_of(cast.eve, by=bob, at=NOW, role="BOARD")
    with pytest.raises(NotAllowed, match="Your role may not"):
        mandate_of(cast.eve, by=cast.ana, at=NOW)
    with pytest.raises(NotAllowed, match="name at least one thing"):
        mandate_of(cast.eve, by=bob, at=NOW, authority=[])
    with pytest.raises(DatabaseError, match="mandate_given_by_another"), transaction.atomic():
        Mandate.objects.create(
            role="BOARD",
            person=bob,
            function="x",
            authority=["x"],
            reports_to="x",
            budget_eur_year=1,
            fte=1,
            starts_on=TODAY,
            recorded_by=bob,
            recorded_at=NOW,
        )


def test_a_salient_risk_shows_a_gap_until_its_owner_holds_a_mandate(cast: Cast, bob: User) -> None:
    risk = severe_risk(owner=cast.eve)

    def gap() -> int:
        found = gap_counts(Risk.objects.all(), at=NOW, codes=["OWNER_WITHOUT_MANDATE"])
        return sum(one.count for one in found)

    assert gap() == 1
    mandate = mandate_of(cast.eve, by=bob, at=NOW)
    assert gap() == 0
    end_mandate(mandate, ended_on=TODAY, reasons=LONG, by=bob, at=NOW)
    assert gap() == 1
    Risk.objects.filter(pk=risk.pk).update(salient=False)
    assert gap() == 0


def test_a_meeting_is_recorded_on_the_page_with_what_was_put_before_it(
    on_page: Callable[[str], Client], cast: Cast
) -> None:
    escalated(at=NOW - timedelta(days=1), to_role="BOARD")
    given = {
        "held_on": TODAY,
        "body": "board",
        "attendees": "Chair\n- Member",
        "rights_items": "* Salient risks",
        "other_items": "",
        "decisions": "Fund two moderators",
    }
    assert on_page("bob").post("/desk/oversight/meetings/new/", given).status_code == 302
    meeting = OversightMeeting.objects.get()
    assert (meeting.attendees, meeting.rights_items) == (["Chair", "Member"], ["Salient risks"])
    assert [one["what"] for one in meeting.put_before["escalations"]] == ["Moderators leave"]
    page = on_page("ana").get(f"/desk/oversight/meetings/{meeting.pk}/").content.decode()
    assert "Moderators leave" in page
    assert "Fund two moderators" in page
    assert "Correct this record" not in page

    again = on_page("eve").post(
        f"/desk/oversight/meetings/{meeting.pk}/correct/",
        given | {"correction_reasons": LONG, "decisions": "None"},
    )
    assert again.status_code == 302
    late = on_page("eve").post(
        f"/desk/oversight/meetings/{meeting.pk}/correct/", given | {"correction_reasons": LONG}
    )
    assert "corrected already" in late.content.decode()
    assert "Fund two" in late.content.decode()
    for rows in (OversightMeeting.objects.filter(pk=meeting.pk),):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(decisions=[])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"held_on": date(2100, 1, 1)}, "once it was held"),
        ({"attendees": " "}, "Attendees"),
        ({"rights_items": "", "other_items": ""}, "at least one item"),
        ({"decisions": "x" * 301}, "300 characters"),
    ],
)
def test_a_meeting_that_tells_nothing_is_refused(
    on_page: Callable[[str], Client], changes: dict[str, object], said: str
) -> None:
    given = {"held_on": TODAY, "body": "board", "attendees": "Chair", "rights_items": "One", "decisions": ""}
    answer = on_page("eve").post("/desk/oversight/meetings/new/", given | changes)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not OversightMeeting.objects.exists()


def test_leadership_is_reminded_of_plans_that_do_not_come_and_a_machine_answers_nothing(
    cast: Cast, bob: User
) -> None:
    days = {0: 7, 1: 8, 2: 14, 3: 15}
    risks = {
        many: severe_risk(f"after {many}", tier_since=NOW - timedelta(days=many)) for many in days.values()
    }
    MitigationPlan.objects.create(
        risk=severe_risk("planned", tier_since=NOW - timedelta(days=30)),
        kind="mitigation",
        actions="x",
        target="x",
        owner=cast.ana,
        due=TODAY,
        proposed_by=cast.ana,
        proposed_at=NOW,
        state="approved",
        decided_by=cast.eve,
        decided_at=NOW,
        reasons="x",
    )
    assert raise_plan_escalations(at=NOW) == 4
    assert raise_plan_escalations(at=NOW) == 0
    told = {(one.risk_id, one.to_role) for one in Escalation.objects.all()}
    assert told == {(risks[many].pk, "SENIOR") for many in (8, 14, 15)} | {(risks[15].pk, "BOARD")}
    assert set(Escalation.objects.values_list("raised_by", "answered_at")) == {(JOB, None)}
    one = Escalation.objects.filter(to_role="SENIOR").first()
    assert one is not None
    with pytest.raises(DatabaseError, match="escalation_answered_by_a_person"), transaction.atomic():
        Escalation.objects.filter(pk=one.pk).update(answer="done", answered_at=NOW)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Escalation.objects.filter(pk=one.pk).update(due_at=NOW + timedelta(days=300))


def test_an_escalation_is_answered_once_by_whom_it_was_brought_before(cast: Cast, bob: User) -> None:
    one = escalated(at=NOW, raised_by="eve", to_role="BOARD")
    with pytest.raises(NotAllowed, match="the board, who answers it"):
        answer_escalation(one, answer=LONG, by=cast.eve, at=NOW)
    with pytest.raises(NotAllowed, match="at least 50"):
        answer_escalation(one, answer="Yes.", by=bob, at=NOW)
    answer_escalation(one, answer=LONG, by=bob, at=NOW)
    with pytest.raises(NotAllowed, match="in the meantime"):
        answer_escalation(one, answer=LONG, by=bob, at=NOW)
    own = escalated(at=NOW, raised_by="eve", to_role="SENIOR")
    with pytest.raises(NotAllowed, match="nobody answers what they raised"):
        answer_escalation(own, answer=LONG, by=cast.eve, at=NOW)


def test_whoever_may_answer_finds_the_form_and_others_do_not(on_page: Callable[[str], Client]) -> None:
    given = {
        "to_role": "SENIOR",
        "subject": "Moderators leave",
        "reason": LONG,
        "due_on": "2100-01-01",
    }
    refused = on_page("ana").post("/desk/oversight/escalations/new/", given | {"due_on": "2020-01-01"})
    assert "today or a later day" in refused.content.decode()
    assert "Moderators leave" in refused.content.decode()
    assert on_page("ana").post("/desk/oversight/escalations/new/", given).status_code == 302
    address = f"/desk/oversight/escalations/{Escalation.objects.get().pk}/"
    assert "<textarea" in on_page("eve").get(address).content.decode()
    assert "<textarea" not in on_page("bob").get(address).content.decode()
    assert on_page("bob").post(address, {"answer": LONG}).status_code == 400
    assert on_page("eve").post(address, {"answer": LONG}).status_code == 302
    assert LONG in on_page("ana").get("/desk/oversight/escalations/?show=answered").content.decode()


def test_counts_of_training_pay_and_people_are_appended_on_their_pages(
    on_page: Callable[[str], Client],
) -> None:
    ana, base = on_page("ana"), "/desk/oversight"
    training = {
        "audience": "Moderators",
        "due_n": 4,
        "done_n": 5,
        "due_on": TODAY,
        "as_of": TODAY,
        "owner_role": "",
    }
    assert "not more people" in ana.post(f"{base}/training/new/", training).content.decode()
    assert ana.post(f"{base}/training/new/", training | {"done_n": 3}).status_code == 302
    pay = {"role": "Head of product", "linked_to_rights_kpi": "on", "goal": "", "holds_from": TODAY}
    assert "name the goal" in ana.post(f"{base}/incentives/new/", pay).content.decode()
    assert ana.post(f"{base}/incentives/new/", pay | {"goal": "Time to answer"}).status_code == 302
    staff = {
        "language": "Amharic",
        "country": "ET",
        "moderators_fte": 3,
        "rights_fte": 1,
        "users": 2_000_000,
        "as_of": TODAY,
    }
    assert ana.post(f"{base}/resources/new/", staff).status_code == 302
    assert "of that day already" in ana.post(f"{base}/resources/new/", staff).content.decode()
    page = ana.get(f"{base}/").content.decode()
    for said in ("3 of 4", "Time to answer", "Ethiopia", "2.0"):
        assert said in page
    for rows in (Training.objects.all(), Incentive.objects.all(), Staffing.objects.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.delete()


def test_oversight_takes_as_many_queries_for_many_records_as_for_one(
    on_page: Callable[[str], Client], cast: Cast, bob: User
) -> None:
    reader = on_page("eve")

    def many() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert reader.get("/desk/oversight/").status_code == 200
        return len(seen)

    for nth in range(2):
        _some(nth, cast, bob)
    few = many()
    for nth in range(2, 9):
        _some(nth, cast, bob)
    assert many() == few <= 30


def _some(nth: int, cast: Cast, bob: User) -> None:
    mandate_of(cast.eve, by=bob, at=NOW, function=f"Function {nth}")
    meeting_on(TODAY - timedelta(days=nth), by=bob, at=NOW)
    escalated(at=NOW, risk=severe_risk(f"Risk {nth}", owner=cast.ana))
    told = {"recorded_by": bob, "recorded_at": NOW}
    Training.objects.create(audience=f"a{nth}", due_n=2, done_n=1, due_on=TODAY, as_of=TODAY, **told)
    Incentive.objects.create(role=f"r{nth}", linked_to_rights_kpi=False, holds_from=TODAY, **told)
    Staffing.objects.create(
        language=f"l{nth}", country="ET", moderators_fte=1, rights_fte=1, users=9, as_of=TODAY, **told
    )
