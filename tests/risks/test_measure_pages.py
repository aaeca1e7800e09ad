"""The register of measures, one measure, and signals that ask for a re-assessment."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions.measures import note_signal
from risks.actions.proportionality import assess_chunk, plan_cycle, plan_touched
from risks.actions.three_part_test import keep_test
from risks.models import Cycle, Measure, ReviewTask, Risk, Signal
from tests.three_part import answering

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def person(role: Role) -> User:
    return User.objects.create_user(f"a-{role.lower()}", "x", display_name="A", roles=[role])


@pytest.fixture
def analyst(db: None, client: Client) -> Client:
    client.force_login(person(Role.ANALYST))
    return client


def a_measure(**given: Any) -> Measure:
    day = timezone.now().date() - timedelta(days=5)
    risk = Risk.objects.create(title="A risk", summary="What may happen.", opened_on=day)
    known: dict[str, Any] = {
        "kind": "geoblock",
        "intrusion": 3,
        "target": "A page",
        "starts_on": day,
        "starts_said": "five days ago",
        "level_then": 3,
        "reviewed_on": day,
        "justified_on": day,
        "rule_relied_on": "A rule",
    }
    return Measure.objects.create(risk=risk, **known | given)


def cycle_of(day: date, *, at: datetime) -> Cycle:
    cycle = plan_cycle(as_of=day, at=at)
    for chunk in cycle.chunks.all():
        assess_chunk(chunk.pk, at=at)
    Cycle.objects.filter(pk=cycle.pk).update(finished_at=at)
    return cycle


def test_measures_are_filtered_by_state_kind_and_what_was_found_last(analyst: Client) -> None:
    today = timezone.now()
    found, quiet = a_measure(), a_measure(kind="remove_item")
    ended = a_measure(state="lifted", ended_on=today.date())
    cycle_of(today.date(), at=today)

    def listed(query: str) -> list[Measure]:
        return list(analyst.get(f"/desk/measures/{query}").context["page_obj"])

    assert set(listed("")) == {found, quiet, ended}
    assert listed("?kind=remove_item") == [quiet]
    assert listed("?state=lifted") == [ended]
    assert listed("?finding=REVIEW_DUE") == []
    assert set(listed("?finding=none")) == {found, quiet, ended}

    note_signal(
        found,
        kind=Signal.Kind.NEW_EVIDENCE,
        noted_on=today.date(),
        note="A report by monitors on the spot.",
        by=person(Role.REVIEWER),
        at=today,
    )
    minute = plan_touched(at=today)
    assert minute is not None
    for chunk in minute.chunks.all():
        assess_chunk(chunk.pk, at=today)
    assert listed("?finding=REVIEW_URGENT") == [found], "what a minute's sweep found shows at once"


def test_a_cycle_of_another_day_does_not_change_what_was_found_last(analyst: Client) -> None:
    today = timezone.now()
    old = a_measure(kind="temp_suspension", intrusion=4)
    cycle_of(today.date(), at=today)
    before = Measure.objects.get(pk=old.pk).latest_finding
    assert before is not None
    cycle_of(today.date() - timedelta(days=2), at=today)
    assert Measure.objects.get(pk=old.pk).latest_finding == before


def test_a_measure_shows_its_facts_findings_decisions_and_test(record: None, analyst: Client) -> None:
    task = ReviewTask.objects.get(measure__kind="temp_suspension", closed_at__isnull=True)
    page = f"/desk/measures/{task.measure_id}/"
    unanswered = analyst.get(page).content.decode()
    ana = User.objects.get(username="a-analyst")
    given = answering("temp_suspension", N3="no")
    kept = keep_test(given, kind="temp_suspension", measure=task.measure, by=ana, at=NOW)
    Measure.objects.filter(pk=task.measure_id).update(test=kept)

    answered = analyst.get(page)

    assert "The test was never answered" in unanswered
    assert f'href="/desk/tasks/{task.pk}/"' in unanswered
    assert "without an end date is never proportionate" in unanswered
    tones = {one.question.code: one.tone for one in answered.context["answers"]}
    assert (tones["L1"], tones["N3"]) == ("ok", "urgent")


def test_the_desk_asks_nobody_to_decide_on_what_they_had_a_part_in(record: None, client: Client) -> None:
    imposer = person(Role.ANALYST)
    client.force_login(imposer)
    task = ReviewTask.objects.filter(closed_at__isnull=True)[0]
    before = client.get("/desk/")
    Measure.objects.filter(pk=task.measure_id).update(imposed_by=imposer.username)

    after = client.get("/desk/")

    asked = f"/desk/tasks/{task.pk}/"
    assert asked in [one.url for one in before.context["entries"]]
    assert asked not in [one.url for one in after.context["entries"]]
    assert b"by somebody else: you had a part in it (SD2)" in after.content
    assert b"by somebody else" not in before.content


def test_a_measure_costs_the_same_queries_however_much_was_found(record: None, analyst: Client) -> None:
    measure = ReviewTask.objects.filter(closed_at__isnull=True)[0].measure

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert analyst.get(f"/desk/measures/{measure.pk}/").status_code == 200
        return len(queries)

    before = cost()
    for day in range(2, 12):
        cycle_of(date(2021, 2, day), at=NOW)
    assert cost() == before <= 13


def test_a_signal_is_recorded_and_the_next_cycle_asks_for_a_review(analyst: Client) -> None:
    measure, now = a_measure(), timezone.now()
    cycle_of(now.date(), at=now)
    assert not ReviewTask.objects.exists()

    answer = analyst.post(
        f"/desk/measures/{measure.pk}/signals/",
        {"kind": "new_evidence", "noted_on": now.date().isoformat(), "note": "The page documents a crime."},
        follow=True,
    )
    cycle_of(now.date() + timedelta(days=1), at=now)

    assert b"The next re-assessment takes it up within a minute." in answer.content
    assert b"The page documents a crime." in answer.content
    finding = ReviewTask.objects.get(measure=measure).finding
    assert (finding.finding, finding.code) == ("REVIEW_URGENT", "NEW_EVIDENCE")
    event = AuditEvent.objects.get(action="noted signal: new_evidence")
    assert (event.actor, event.subject) == ("a-analyst", f"measure {measure.pk}")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kind": ""}, "What is new: choose"),
        ({"kind": "gossip"}, "What is new: choose one from the list"),
        ({"noted_on": ""}, "Noted on: give the day"),
        ({"noted_on": "yesterday"}, "Noted on: write the day as year-month-day"),
        ({"noted_on": "2999-01-01"}, "or earlier; a signal is noted when it is known"),
        ({"noted_on": "1999-01-01"}, "or later; the measure began on that day"),
        ({"note": " "}, "Note: say what is new"),
    ],
)
def test_a_signal_that_is_refused_is_named_and_what_was_typed_is_kept(
    analyst: Client, given: dict[str, str], says: str
) -> None:
    measure = a_measure()
    sound = {
        "kind": "ineffective",
        "noted_on": timezone.now().date().isoformat(),
        "note": "No change was measured",
    }

    answer = analyst.post(f"/desk/measures/{measure.pk}/signals/", sound | given)

    content = answer.content.decode()
    assert answer.status_code == 400
    assert says in content
    assert "No change was measured" in content or "note" in given
    assert not Signal.objects.exists()


def test_a_signal_needs_the_role_and_a_post(client: Client, db: None) -> None:
    measure = a_measure()
    page = f"/desk/measures/{measure.pk}/signals/"
    assert client.post(page).status_code == 302
    client.force_login(person(Role.PUBLISHER))
    assert client.post(page).status_code == 403
    assert b"Record a signal" not in client.get(f"/desk/measures/{measure.pk}/").content
    client.force_login(person(Role.REVIEWER))
    assert client.get(page).status_code == 405
    eve = person(Role.SENIOR)
    with pytest.raises(NotAllowed, match="role"):
        note_signal(measure, by=eve, at=NOW, kind="new_evidence", noted_on=NOW.date(), note="New")


@pytest.mark.parametrize("state", ["lifted", "expired", "withdrawn"])
def test_no_signal_is_recorded_about_a_measure_that_is_over(analyst: Client, state: str) -> None:
    measure = a_measure(state=state, ended_on=timezone.now().date())
    given = {"kind": "ineffective", "noted_on": timezone.now().date().isoformat(), "note": "Kept as typed"}

    answer = analyst.post(f"/desk/measures/{measure.pk}/signals/", given)

    assert answer.status_code == 400
    assert "This measure is over" in answer.content.decode()
    assert "Kept as typed" in answer.content.decode()
    assert not Signal.objects.exists()
    page = analyst.get(f"/desk/measures/{measure.pk}/").content.decode()
    assert "Record a signal" not in page
    assert "<dt>Was to end</dt>" in page
    assert ("it never stood" in page) is (state == "withdrawn")


def test_a_signal_about_a_measure_with_a_very_long_target_is_recorded(analyst: Client) -> None:
    measure = a_measure(target="x" * 300)
    given = {"kind": "ineffective", "noted_on": timezone.now().date().isoformat(), "note": "New"}

    assert analyst.post(f"/desk/measures/{measure.pk}/signals/", given).status_code == 302


def test_a_reader_sees_a_finding_and_no_form_and_is_refused_at_the_door(record: None, client: Client) -> None:
    client.force_login(person(Role.AUDITOR))
    task = ReviewTask.objects.filter(closed_at__isnull=True)[0]

    page = client.get(f"/desk/tasks/{task.pk}/").content
    refused = client.post(f"/desk/tasks/{task.pk}/", {"outcome": "lift", "reasons": "x" * 60})

    assert b"does not decide on it" in page
    assert b"Record the decision" not in page
    assert refused.status_code == 403
    task.refresh_from_db()
    assert task.closed_at is None


def test_a_cycle_says_how_far_it_is_and_what_it_found(record: None, analyst: Client) -> None:
    cycle = Cycle.objects.get()

    page = analyst.get(f"/desk/cycles/{cycle.pk}/")

    assert b"1 of 1 part done" in page.content
    assert sum(many for _kind, _label, many in page.context["counts"]) == cycle.findings.count()
    cycle.chunks.update(done_at=None, quarantined=True)
    assert b"set aside: its measures were not judged" in analyst.get(f"/desk/cycles/{cycle.pk}/").content


def test_the_desk_counts_and_links_the_latest_cycle(record: None, analyst: Client) -> None:
    page = analyst.get("/desk/")

    counts = page.context["counts"]
    assert counts["urgent"] + counts["due"] == ReviewTask.objects.filter(closed_at__isnull=True).count()
    assert f'href="/desk/cycles/{Cycle.objects.get().pk}/"'.encode() in page.content
    assert page.context["risks_to_assess"]


def test_who_imposed_a_measure_does_not_record_how_its_appeal_was_decided(db: None) -> None:
    imposer = person(Role.ANALYST)
    measure = a_measure(imposed_by=imposer.username)

    with pytest.raises(NotAllowed, match="SD2"):
        note_signal(measure, by=imposer, at=NOW, kind="appeal_upheld", noted_on=NOW.date(), note="Upheld.")
    assert not Signal.objects.exists()
