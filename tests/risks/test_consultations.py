"""People are asked safely before a decision, and answered; each step in turn, by the right people, by requests."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent
from hrdd.governance.rules import Role
from risks.models import Consultation, ConsultationFinding, Partner, Signal, StakeholderGroup
from risks.queries.consultations import findings_to_answer, loop_closed
from tests.risks.consultation_stage import REASONS, SAFE, SAID, SUMMARY, TODAY, WAY, Stage, person, stage

__all__ = ["stage"]

NEXT = {
    "check": "planned",
    "hold": "safeguards_checked",
    "summarise": "held",
    "validate": "summarised",
    "respond": "validated_by_participants",
    "close": "responded",
}


def take(stage: Stage, name: str) -> Any:
    pages = {"check": stage.check, "hold": stage.hold, "validate": stage.agree}
    return pages[name]() if name in pages else stage.step(name)


@pytest.mark.parametrize(("name", "state"), [(name, at) for name in NEXT for at in WAY if NEXT[name] != at])
def test_a_step_out_of_turn_is_refused_and_nothing_is_written(stage: Stage, name: str, state: str) -> None:
    stage.to("planned")
    Consultation.objects.update(
        state=state, safeguards_checked_by=stage.rita, safeguards_checked_at=datetime.now(tz=UTC)
    )
    before = (Consultation.objects.values().get(), AuditEvent.objects.count())

    answer = take(stage, name)

    assert answer.status_code == 400
    assert "is not the next step here" in answer.content.decode()
    assert (Consultation.objects.values().get(), AuditEvent.objects.count()) == before


def test_a_consultation_goes_its_whole_way_and_closes(stage: Stage) -> None:
    one = stage.to("closed")

    assert one.closed_on == TODAY
    assert one.screened_by == stage.rita
    acts = list(AuditEvent.objects.filter(subject=f"consultation {one.pk}").values_list("action", flat=True))
    assert len(acts) == 12
    assert SAID not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize("state", [one for one in WAY if one not in {"planned"}])
def test_a_plan_is_changed_only_while_it_is_planned(stage: Stage, state: str) -> None:
    stage.to("planned")
    Consultation.objects.update(
        state=state, safeguards_checked_by=stage.rita, safeguards_checked_at=datetime.now(tz=UTC)
    )

    answer = stage.by(stage.emma).post(f"{stage.at}plan/", stage.plan_given(title="Another"))

    assert answer.status_code == 400
    assert b"This is not done while the consultation is" in answer.content
    assert stage.one.title != "Another"


def test_a_plan_is_changed_before_the_check(stage: Stage) -> None:
    stage.to("planned")

    assert stage.by(stage.emma).get(f"{stage.at}plan/").status_code == 200
    answer = stage.by(stage.emma).post(f"{stage.at}plan/", stage.plan_given(title="Another"))

    assert answer.status_code == 302
    assert stage.one.title == "Another"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"risks": None}, "Link it to at least one risk"),
        ({"asked": None}, "Groups: choose at least one group"),
        ({"title": None}, "Title: give it a name that identifies nobody."),
        (
            {"question": "Ask amina@example.org what happened."},
            "Question: take out what could identify a person",
        ),
        ({"title": "Meeting at 52.5200, 13.4050"}, "Title: take out what could identify a person"),
        ({"risk_to_participants": "9"}, "choose 1 to 5"),
        ({"risks": ["nonsense"]}, "Risks: choose from the list."),
        ({"title": "a\0b"}, "leave out the character NUL."),
        ({"days_before": "-1"}, "a whole number from 0 to 365"),
    ],
)
def test_a_plan_that_lacks_something_says_what(stage: Stage, changes: dict[str, Any], sentence: str) -> None:
    answer = stage.plan(**changes)

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Consultation.objects.exists()


@pytest.mark.parametrize("risk", ["3", "4", "5", ""])
def test_e1_the_organiser_does_not_check_from_risk_three_or_unknown(stage: Stage, risk: str) -> None:
    stage.plan(risk_to_participants=risk)

    answer = stage.check(stage.emma)

    assert b"E1: from risk 3 on, somebody other than the organiser checks" in answer.content
    assert stage.one.state == "planned"
    assert stage.check(stage.rita).status_code == 302


def test_e1_under_risk_three_the_organiser_may_check(stage: Stage) -> None:
    stage.plan(risk_to_participants="2")

    assert stage.check(stage.emma).status_code == 302
    assert stage.hold().status_code == 302


def test_e1_holds_in_the_database(stage: Stage) -> None:
    stage.to("planned")

    with pytest.raises(IntegrityError, match="consultation_held_once_safe"), transaction.atomic():
        Consultation.objects.update(state="held", safeguards_checked_by=stage.emma)
    with pytest.raises(IntegrityError, match="consultation_screened_by_another"), transaction.atomic():
        Consultation.objects.update(screened_by=stage.emma)
    with pytest.raises(IntegrityError, match="consultation_public_once_screened"), transaction.atomic():
        Consultation.objects.update(published=True)


def test_children_are_not_asked_without_child_safeguarding(stage: Stage) -> None:
    StakeholderGroup.objects.update(vulnerabilities=["children"], why_here="They post most.")
    stage.plan(safeguards=SAFE)

    refused = stage.check()

    assert "“child safeguarding” is needed" in refused.content.decode()
    assert stage.one.state == "planned"


def test_e5_nobody_affected_is_a_proxy_and_needs_why(stage: Stage) -> None:
    StakeholderGroup.objects.update(type="partner")
    stage.to("safeguards_checked")

    assert b"E5: nobody affected" in stage.hold().content
    assert stage.one.state == "safeguards_checked"
    assert stage.hold(proxy_reasons=REASONS).status_code == 302
    assert b"By proxy" in stage.by(stage.emma).get(stage.at).content


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"held_from": TODAY + timedelta(days=1), "held_until": ""}, "this day is still to come"),
        ({"held_until": TODAY - timedelta(days=50)}, "it ends before it begins"),
        ({"participants_n": "62"}, "together the groups hold more people than took part"),
        ({"breakdown": "women"}, "write one group a line"),
        ({"limits": "Ask +49 170 1234567 for more."}, "Limits: take out what could identify a person"),
    ],
)
def test_what_was_held_must_add_up(stage: Stage, changes: dict[str, Any], sentence: str) -> None:
    stage.to("safeguards_checked")

    answer = stage.hold(**changes)

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert stage.one.state == "safeguards_checked"


@pytest.mark.parametrize(("days", "after"), [(-41, True), (-40, False), (1, False)])
def test_e8_it_is_after_the_fact_when_a_linked_measure_had_begun(
    stage: Stage, days: int, after: bool
) -> None:
    stage.measure.starts_on = TODAY + timedelta(days=days)
    stage.measure.save()
    stage.to("held", measures=[stage.measure.pk])

    assert stage.one.after_the_fact is after
    assert (b"After the fact" in stage.by(stage.emma).get(stage.at).content) is after


def test_what_is_not_screened_is_not_summarised(stage: Stage) -> None:
    stage.to("held")

    answer = stage.step("summarise")

    assert b"Somebody other than the organiser must first screen" in answer.content
    assert stage.one.state == "held"


def test_a_new_word_after_the_screening_asks_for_another(stage: Stage) -> None:
    stage.to("held")
    for change in (stage.find, stage.summary):
        assert stage.screen().status_code == 302
        assert stage.one.screened_at
        assert change().status_code == 302
        assert stage.one.screened_at is None


def test_what_changed_since_it_was_opened_is_not_screened(stage: Stage) -> None:
    stage.to("held")

    answer = stage.screen(seen="0" * 64)

    assert b"The text changed since you opened it" in answer.content
    assert stage.one.screened_at is None


def test_sd1_whoever_organised_or_wrote_does_not_screen(stage: Stage) -> None:
    stage.to("held")
    both = person("both", Role.ENGAGE)
    stage.one.team.add(both)
    stage.by(both).post(f"{stage.at}findings/", {"you_said": "More.", "theme": "x", "priority": "2"})

    for who in (stage.emma, both):
        assert b"SD1: whoever organised it, recorded a finding" in stage.screen(who).content
    assert stage.one.screened_at is None


def test_e2_respond_waits_for_every_answer_and_reasons(stage: Stage) -> None:
    stage.to("validated_by_participants")

    assert b"E2: every finding is answered first; 1 is not." in stage.step("respond").content
    refused = stage.answer(response="not_accepted", we_did="", reasons="No.")
    assert b"E2: what is not accepted needs reasons of at least 50 characters." in refused.content
    assert ConsultationFinding.objects.get().response == ""
    assert stage.answer(response="not_accepted", we_did="", reasons=REASONS).status_code == 302
    assert stage.step("respond").status_code == 302


@pytest.mark.parametrize("state", ["held", "responded", "closed"])
def test_findings_are_answered_only_between_summary_and_response(stage: Stage, state: str) -> None:
    stage.to(state)
    before = ConsultationFinding.objects.values().get()

    answer = stage.answer(by=stage.emma, we_did="Another answer.")

    assert b"Findings are answered once the summary is screened" in answer.content
    assert ConsultationFinding.objects.values().get() == before


def test_the_due_day_comes_from_the_method_and_overdue_is_found(stage: Stage) -> None:
    stage.to("summarised")
    assert stage.finding.due == TODAY + timedelta(days=60)
    assert findings_to_answer(stage.ana, on=TODAY) == []
    late = TODAY + timedelta(days=61)

    [waiting] = findings_to_answer(stage.ana, on=late)

    assert waiting.finding.overdue
    assert findings_to_answer(stage.rita, on=late) == []
    assert loop_closed(on=late).red


def test_e3_publication_waits_until_participants_were_told_and_answers_screened(
    stage: Stage, client: Client
) -> None:
    stage.to("responded")

    early = stage.step("publish")
    assert b"E3: those who took part are told before it is published" in early.content
    assert b"The answers are newer than the screening." in early.content
    assert not stage.one.published
    stage.step("tell")
    stage.screen()
    assert stage.step("publish").status_code == 302
    client.logout()
    page = client.get("/consultations/").content.decode()
    assert "How posts lead to arrests" in page
    assert "Reports are no longer passed on." in page
    assert stage.step("unpublish").status_code == 302
    client.logout()
    assert "How posts" not in client.get("/consultations/").content.decode()


def test_nothing_is_published_before_the_answers_are_closed(stage: Stage) -> None:
    stage.to("validated_by_participants")

    assert b"Answer every finding and close the answers first." in stage.step("publish").content
    assert not stage.one.published


def test_the_public_page_shows_no_quote_without_consent_nor_a_small_number(
    stage: Stage, client: Client
) -> None:
    stage.to("held")
    stage.find(you_said="My very own words.", is_quote="on", theme="Own words")
    stage.screen()
    stage.step("summarise")
    stage.agree()
    for finding in ConsultationFinding.objects.all():
        given = {"response": "accepted", "we_did": "Done."}
        stage.by(stage.ana).post(f"/desk/consultations/findings/{finding.pk}/answer/", given)
    for name in ("respond", "tell"):
        stage.step(name)
    stage.screen()
    assert stage.step("publish").status_code == 302
    client.logout()

    page = client.get("/consultations/").content.decode()

    assert "My very own words." not in page
    assert "they did not agree to that" in page
    assert "fewer than 10" in page
    assert "<dd>about 40</dd>" in page
    assert "<dd>20</dd>" not in page
    assert f"{TODAY - timedelta(days=40):%-d %B %Y}" not in page
    assert "silence is not consent" in page


def test_closing_waits_until_they_were_told(stage: Stage) -> None:
    stage.to("responded")

    assert b"E3: those who took part must be told" in stage.step("close").content
    assert stage.one.state == "responded"


def test_e6_a_tag_raises_a_signal_once_and_makes_the_risk_due(stage: Stage) -> None:
    stage.to("held")
    tags = {"risks": [stage.risk.pk], "measures": [stage.measure.pk]}
    address = f"/desk/consultations/findings/{stage.finding.pk}/tags/"

    for _ in range(2):
        assert stage.by(stage.emma).post(address, tags).status_code == 302

    signal = Signal.objects.get()
    assert (signal.kind, signal.measure) == ("consultation_finding", stage.measure)
    assert SAID not in signal.note
    other = {"you_said": "Another thing.", "theme": "x", "priority": "2"}
    stage.by(stage.emma).post(f"{stage.at}findings/", other)
    stage.by(stage.emma).post(f"/desk/consultations/findings/{stage.finding.pk}/tags/", tags)
    assert Signal.objects.count() == 2


def test_e6_a_screened_finding_makes_the_reassessment_of_its_risk_due(stage: Stage) -> None:
    from risks.actions.standing import refresh
    from risks.models import SeverityAssessment

    SeverityAssessment.objects.create(
        risk=stage.risk,
        scale=4,
        scope=4,
        irremediability=4,
        level=4,
        incomplete=False,
        reason="x",
        state_of_harm="actual_unremedied",
        holds_from=TODAY,
        recorded_at=datetime.now(tz=UTC) - timedelta(hours=1),
        recorded_by="ana",
    )
    refresh(stage.risk, at=datetime.now(tz=UTC))
    stage.to("held")
    tags = {"risks": [stage.risk.pk]}
    stage.by(stage.emma).post(f"/desk/consultations/findings/{stage.finding.pk}/tags/", tags)
    stage.risk.refresh_from_db()
    assert stage.risk.next_review
    assert stage.risk.next_review > TODAY

    stage.screen()

    stage.risk.refresh_from_db()
    assert stage.risk.next_review == TODAY


def test_agreement_lies_between_the_consultation_and_today(stage: Stage) -> None:
    stage.to("summarised")

    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=41)):
        assert b"choose a day between the consultation and today" in stage.agree(validated_on=day).content
    assert stage.one.state == "summarised"


def test_outside_the_team_there_is_nothing_to_work_on(stage: Stage) -> None:
    stage.to("held")
    before = (Consultation.objects.values().get(), AuditEvent.objects.count())
    pages = ["plan", "team", "held", "summary", "findings", "agreed", "participants", "steps/summarise"]

    answers = [
        stage.by(stage.otto).post(f"{stage.at}{page}/") for page in [*pages, "safeguards", "screening"]
    ]
    answers.append(stage.by(stage.otto).post(f"/desk/consultations/findings/{stage.finding.pk}/tags/"))
    answers.append(stage.by(stage.otto).post(f"/desk/consultations/findings/{stage.finding.pk}/answer/"))

    assert {answer.status_code for answer in answers} == {404}
    assert (Consultation.objects.values().get(), AuditEvent.objects.count()) == before


def test_whoever_leaves_the_team_sees_no_more_than_others(stage: Stage) -> None:
    stage.to("held")
    assert SUMMARY in stage.by(stage.rita).get(stage.at).content.decode()

    assert stage.by(stage.emma).post(f"{stage.at}team/", {"team": [stage.otto.pk]}).status_code == 302

    assert SUMMARY not in stage.by(stage.rita).get(stage.at).content.decode()
    assert SUMMARY in stage.by(stage.otto).get(stage.at).content.decode()


def test_a_filter_does_not_tell_what_a_page_keeps(stage: Stage) -> None:
    stage.to("held")

    for query, seen in (
        ("state=held", 1),
        ("purpose=assess", 1),
        ("type=content_moderator", 0),
        ("overdue=yes", 0),
    ):
        page = stage.by(stage.ana).get(f"/desk/consultations/?{query}").content.decode()
        assert f"{seen} consultation" in page, query
    assert (
        "1 consultation"
        in stage.by(stage.emma).get("/desk/consultations/?type=content_moderator").content.decode()
    )


@pytest.mark.parametrize(
    "query", ["state=x", "page=-1", "mine=%00", "type=a&type=b", "overdue=no", "page=9999999999"]
)
def test_a_filter_of_nonsense_is_no_error(stage: Stage, query: str) -> None:
    assert stage.by(stage.ana).get(f"/desk/consultations/?{query}").status_code == 200
    assert stage.by(stage.ana).get(f"/desk/stakeholders/?{query}").status_code == 200


@pytest.mark.parametrize("address", ["/desk/consultations/", "/consultations/"])
def test_a_list_asks_the_database_as_often_for_one_as_for_thirty(
    stage: Stage, django_assert_num_queries: Any, address: str
) -> None:
    def more(number: int) -> None:
        one = Consultation.objects.create(
            title=f"Nr {number}",
            question="x",
            organiser=stage.otto,
            published=True,
            screened_by=stage.rita,
            screened_at=datetime.now(tz=UTC),
            participants_n=20,
        )
        one.risks.add(stage.risk)
        one.measures.add(stage.measure)
        one.groups.add(stage.group)
        one.findings.create(
            you_said="x", theme="x", recorded_by=stage.emma, recorded_at=datetime.now(tz=UTC), due=TODAY
        )

    more(0)
    client = stage.by(stage.emma)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    for number in range(1, 20):
        more(number)

    with django_assert_num_queries(len(asked)):
        assert client.get(address).content.decode().count("Nr ") >= 20


def test_groups_say_why_they_are_vulnerable_here_and_stand_once(stage: Stage) -> None:
    given = {"name": "Widows", "type": "community", "vulnerabilities": ["women_girls"]}

    assert (
        b"Why here: vulnerability depends on the situation."
        in stage.by(stage.emma).post("/desk/stakeholders/new/", given).content
    )
    same = {"name": "content  Moderators", "type": "community"}
    assert (
        b"Name: a group of this name is on record already."
        in stage.by(stage.emma).post("/desk/stakeholders/new/", same).content
    )
    assert StakeholderGroup.objects.count() == 1
    assert (
        stage.by(stage.emma).post("/desk/stakeholders/new/", given | {"why_here": "Land."}).status_code == 302
    )
    group = StakeholderGroup.objects.get(name="Widows")
    assert (
        stage.by(stage.emma)
        .post(f"/desk/stakeholders/{group.pk}/", {"name": "Widows of the north", "type": "community"})
        .status_code
        == 302
    )
    assert b"Widows of the north" in stage.by(stage.ana).get("/desk/stakeholders/?type=affected").content


def test_every_page_of_the_way_says_what_comes_next(stage: Stage) -> None:
    offered = {
        "planned": "E1: from risk 3 on",
        "safeguards_checked": "Record that it was held",
        "held": "Another member of the team must screen",
        "summarised": "Record that participants agreed",
        "validated_by_participants": "E2: 1 finding without an answer.",
        "responded": "Record that everybody was told",
        "closed": "Publish “you said, we did”",
    }
    stage.to("closed")
    ConsultationFinding.objects.update(response="", answered_by=None, answered_at=None)

    for state, sentence in offered.items():
        Consultation.objects.update(state=state, screened_at=None, screened_by=None)
        if state == "responded":
            ConsultationFinding.objects.update(told_participants_at=None)
        page = stage.by(stage.emma).get(stage.at).content.decode()
        assert sentence in page, state
        asked = "What will be asked" if state in {"planned", "safeguards_checked"} else "What was asked"
        assert f">{asked}</h2>" in page, state


def flagged_partner() -> None:
    Partner.objects.create(name="Northern Cloud", naming_endangers="Its engineers are watched.")


def test_no_text_of_a_consultation_names_a_partner_whose_name_endangers_people(stage: Stage) -> None:
    flagged_partner()
    said = "Northern cloud hands over what people write."
    assert b"Title: it names a partner whose name endangers people" in stage.plan(title=said).content
    stage.to("safeguards_checked")
    assert b"Limits: it names a partner" in stage.hold(limits=said).content
    stage.hold()
    stage.find()

    answers = [stage.summary(said), stage.find(you_said=said)]

    assert {one.status_code for one in answers} == {400}
    assert all(b"(UNGP 21(c))" in one.content for one in answers)
    assert (stage.one.summary, stage.one.findings.count()) == ("", 1)
    stage.summary()
    stage.screen()
    stage.step("summarise")
    stage.agree()
    assert b"What we did: it names a partner" in stage.answer(we_did=said).content


def test_a_partner_marked_since_keeps_a_consultation_from_being_screened_or_published(stage: Stage) -> None:
    stage.to("validated_by_participants")
    stage.answer(we_did="Northern Cloud no longer hands anything over.")
    for name in ("respond", "tell"):
        stage.step(name)
    stage.screen()
    flagged_partner()

    assert b"Finding 1, we did: it names a partner" in stage.step("publish").content
    assert b"Finding 1, we did: it names a partner" in stage.screen().content
    assert not stage.one.published
