"""Rights against rights are weighed in words by several people, and decided by one who did not prepare it (1.6)."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hrdd.governance.models import AuditEvent, SignOff
from risks.models import (
    Dilemma,
    DilemmaAdvice,
    DilemmaDecision,
    DilemmaOption,
    ExpertAccess,
    ExpertOpinion,
    Measure,
    Partner,
    Precedent,
    RecordEntry,
    Relationship,
    RelationshipRisk,
)
from risks.queries.dilemmas import content_hash
from tests.risks.dilemma_stage import (
    ADVICE,
    PUBLIC,
    REASONS,
    SAID,
    Stage,
    asking,
    people,
    risk,
    stage,
)

__all__ = ["people", "risk", "stage"]
YESTERDAY = timezone.now().date() - timedelta(days=1)


def told(answer: Any) -> str:
    """Return the refusal of a page in plain text."""
    assert answer.status_code == 400, answer.status_code
    errors = re.findall(
        r'class="(?:refusal|errorlist)"[^>]*>(.*?)</(?:ul|p)>', answer.content.decode(), re.DOTALL
    )
    plain = re.sub(r"<[^>]+>", " ", " ".join(errors))
    return " ".join(plain.replace("&#x27;", "'").replace("&quot;", '"').split())


def make_target_of(stage: Stage, who: str) -> None:
    """Give somebody a revenue target on a partner of the risk."""
    relationship = Relationship.objects.create(
        partner=Partner.objects.create(name=f"Northern Ads, {who}"), kind="reseller", supplied="Ads"
    )
    relationship.revenue_owners.add(stage.people[who])
    RelationshipRisk.objects.create(
        relationship=relationship, risk=stage.risk, known_since=date(2026, 1, 1), how_known="x"
    )


def opinion_on(stage: Stage, text: str = ADVICE) -> ExpertOpinion:
    access = ExpertAccess.objects.create(
        risk=stage.risk,
        expert=stage.people["eve"],
        question="x",
        extract={"title": "x", "summary": "", "facts": [], "parts": []},
        starts_on=YESTERDAY,
        until=timezone.now().date(),
        granted_by=stage.people["ana"],
        granted_at=timezone.now(),
    )
    return ExpertOpinion.objects.create(access=access, text=text, given_at=timezone.now())


def test_a_dilemma_goes_from_question_to_decision_and_to_a_proposed_measure(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()

    assert stage.decide(dilemma, reach).status_code == 302

    dilemma.refresh_from_db()
    decision = dilemma.decisions.get()
    assert (dilemma.state, decision.option, decision.decided_by) == ("decided", reach, stage.people["dan"])
    assert decision.rabat == dilemma.rabat_assessments.get()
    measure = Measure.objects.get()
    assert (measure.state, measure.kind, measure.dilemma) == ("proposed", "reduce_reach", dilemma)
    reach.refresh_from_db()
    assert measure.test == reach.test
    assert measure.ends_on == timezone.now().date() + timedelta(days=30)
    assert measure.proposed_by == stage.people["ana"]
    asked = SignOff.objects.get(subject_kind="measure", decided_at__isnull=True)
    assert (asked.subject_id, asked.asked_by) == (measure.pk, stage.people["ana"])
    page = stage.get("pia", f"{dilemma.pk}/").content.decode()
    assert REASONS in page
    assert "(proposed)" in page


def test_a_measure_for_all_the_world_is_shown_as_in_force_everywhere(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready(countries=["GLOBAL"])
    stage.decide(dilemma, reach)
    measure = Measure.objects.get()
    assert measure.territory == ["GLOBAL"]

    stage.client.force_login(stage.people["ana"])
    page = stage.client.get(f"/desk/measures/{measure.pk}/").content.decode()

    assert "<dt>Where</dt><dd>everywhere</dd>" in page


def test_another_course_makes_no_measure(stage: Stage) -> None:
    dilemma = stage.open(kind="privacy_or_safety")
    stage.put(dilemma, "no_action")
    course = stage.put(dilemma, "", course="Warn the people at risk", lasts_days="")
    stage.step(dilemma, "analyse")
    stage.advise(dilemma)
    stage.step(dilemma, "consult")

    assert stage.decide(dilemma, course).status_code == 302

    assert not Measure.objects.exists()


def test_whoever_prepared_it_does_not_decide_it(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()
    stage.people["ana"].roles = ["ANALYST", "DECIDER"]
    stage.people["ana"].save()

    assert told(stage.decide(dilemma, reach, "ana")).startswith("SD1")
    assert not DilemmaDecision.objects.exists()


def test_an_assessor_of_the_worksheet_does_not_decide_it(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()
    stage.people["rita"].roles = ["REVIEWER", "DECIDER"]
    stage.people["rita"].save()

    assert told(stage.decide(dilemma, reach, "rita")).startswith("SD1")


@pytest.mark.parametrize("who", ["ana", "rita", "enid", "eve", "pia"])
def test_only_a_decider_decides(stage: Stage, who: str) -> None:
    dilemma, _nothing, reach = stage.ready()
    senior = who == "eve"  # comes in at the door, for options of class I5

    answer = stage.decide(dilemma, reach, who)

    assert answer.status_code == (400 if senior else 403)
    assert not senior or "Your role may not decide a dilemma" in told(answer)
    assert not dilemma.decisions.exists()


def test_an_option_of_class_five_asks_for_a_senior(stage: Stage) -> None:
    dilemma, nothing, _reach = stage.weighed()
    ban = stage.put(dilemma, "permanent_ban", target_type="account", lasts_days="")
    stage.test(ban)
    stage.step(dilemma, "analyse")
    stage.advise(dilemma)
    stage.step(dilemma, "consult")

    assert "decide a dilemma with an option of class I5" in told(stage.decide(dilemma, nothing, "dan"))
    assert stage.decide(dilemma, nothing, "eve").status_code == 302


def test_nobody_with_a_revenue_target_takes_part(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()
    make_target_of(stage, "dan")
    make_target_of(stage, "abe")

    assert told(stage.decide(dilemma, reach)).startswith("SD4")
    assert told(stage.post("abe", f"new/?risk={stage.risk.pk}", asking())).startswith("SD4")


@pytest.mark.parametrize("field", ["reasons", "public_reasons"])
@pytest.mark.parametrize("said", ["the quarterly target", "ad revenue", "our market share", "Profit"])
def test_revenue_is_refused_as_a_reason(stage: Stage, field: str, said: str) -> None:
    dilemma, _nothing, reach = stage.ready()

    refusal = told(
        stage.decide(dilemma, reach, **{field: f"It is best for {said}, and for all of us who work here."})
    )

    assert "is no reason here" in refusal
    assert not DilemmaDecision.objects.exists()


@pytest.mark.parametrize("side", ["rights_burdened", "option", "own"])
def test_a_right_that_is_never_limited_is_burdened_by_no_option(stage: Stage, side: str) -> None:
    if side == "rights_burdened":
        answer = stage.post("ana", f"new/?risk={stage.risk.pk}", asking(rights_burdened=["NO_TORTURE"]))
    else:
        dilemma = stage.open()
        given = stage.option_given(dilemma, interferes_with=["OPINION"])
        answer = stage.post("ana", f"{dilemma.pk}/options/", given)

    assert told(answer).startswith("D1:")
    assert not DilemmaOption.objects.exists()


def test_a_right_that_is_never_limited_may_be_left_at_risk(stage: Stage) -> None:
    dilemma = stage.open(rights_at_risk=["NO_TORTURE"])
    nothing = stage.option_given(dilemma, "no_action")
    stake = dilemma.stakes.get(side="at_risk")
    nothing[f"level_{stake.pk}"] = "-2"

    assert stage.post("ana", f"{dilemma.pk}/options/", nothing).status_code == 302


def test_analysis_needs_two_options_one_of_them_to_do_nothing_and_every_effect_in_words(stage: Stage) -> None:
    dilemma = stage.open()
    stage.put(
        dilemma,
        "reduce_reach",
        **{f"says_{dilemma.stakes.all()[0].pk}": "", f"level_{dilemma.stakes.all()[0].pk}": "unknown"},
    )

    refusal = told(stage.step(dilemma, "analyse"))

    for said in ("two options", "take no action", "1 not said yet", "three-part test", "D2:"):
        assert said in refusal


def test_a_level_without_words_is_refused(stage: Stage) -> None:
    dilemma = stage.open()
    given = stage.option_given(dilemma)
    given[f"says_{dilemma.stakes.all()[0].pk}"] = ""

    assert "say in words" in told(stage.post("ana", f"{dilemma.pk}/options/", given))


def test_hatred_against_expression_needs_the_worksheet_and_other_questions_do_not(stage: Stage) -> None:
    needs = stage.open()
    other = stage.open(kind="government_demand")
    for dilemma in (needs, other):
        stage.put(dilemma, "no_action")
        stage.test(stage.put(dilemma))

    assert "D2: expression is burdened on the ground of hatred" in told(stage.step(needs, "analyse"))
    assert stage.step(other, "analyse").status_code == 302


def test_consultation_needs_somebody_else_than_the_preparer(stage: Stage) -> None:
    dilemma, _nothing, _reach = stage.weighed()
    stage.step(dilemma, "analyse")

    assert "nobody but those who prepared it" in told(stage.step(dilemma, "consult"))
    assert stage.advise(dilemma).status_code == 302
    assert stage.step(dilemma, "consult").status_code == 302


def test_an_experts_opinion_on_the_risk_becomes_advice_word_by_word(stage: Stage) -> None:
    dilemma, nothing, _reach = stage.weighed()
    opinion = opinion_on(stage, "  Leave them up.\n\nThey are watched.  ")

    answer = stage.post("ana", f"{dilemma.pk}/opinions/", {"opinion": opinion.pk, "favours": nothing.pk})

    assert answer.status_code == 302
    assert dilemma.advice.get().text == "  Leave them up.\n\nThey are watched.  "
    again = stage.post("ana", f"{dilemma.pk}/opinions/", {"opinion": opinion.pk})
    assert "Opinion" in told(again)
    stage.step(dilemma, "analyse")
    assert stage.step(dilemma, "consult").status_code == 302


def test_whoever_prepared_it_does_not_advise_on_it(stage: Stage) -> None:
    dilemma, _nothing, _reach = stage.weighed()
    stage.people["ana"].roles = ["ANALYST", "ENGAGE"]
    stage.people["ana"].save()

    assert told(stage.advise(dilemma, "ana")).startswith("SD1")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reasons": "Because."}, "50 characters"),
        ({"public_reasons": "Because."}, "50 characters"),
        ({"policy_relied_on": " "}, "Published rule"),
        ({"review_on": timezone.now().date().isoformat()}, "a day after today"),
        ({"review_on": ""}, "choose a day"),
        ({"seen_hash": "0" * 64}, "was changed since you opened it"),
        ({"public_reasons": f"{PUBLIC} Write to a.b@example.org."}, "could identify a person"),
    ],
)
def test_a_decision_needs_reasons_a_rule_and_a_day(stage: Stage, changes: dict[str, Any], said: str) -> None:
    dilemma, _nothing, reach = stage.ready()

    assert said in told(stage.decide(dilemma, reach, **changes))
    assert not DilemmaDecision.objects.exists()
    assert not Measure.objects.exists()


def test_what_was_typed_stays_after_a_refusal(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()

    page = stage.decide(dilemma, reach, reasons="Because.", minority_view="Kept as typed").content.decode()

    assert "Kept as typed" in page
    assert PUBLIC in page


def test_an_option_of_another_dilemma_is_refused(stage: Stage) -> None:
    dilemma, _nothing, _reach = stage.ready()
    other = stage.put(stage.open(), "no_action")

    assert "choose one of this dilemma" in told(stage.decide(dilemma, other))


@pytest.mark.parametrize(("answers", "said"), [({"N2": "no"}, "fails"), ({"N2": "unknown"}, "incomplete")])
def test_an_option_that_does_not_pass_the_three_part_test_is_not_chosen(
    stage: Stage, answers: dict[str, str], said: str
) -> None:
    dilemma, _nothing, reach = stage.weighed()
    stage.test(reach, **answers)
    stage.step(dilemma, "analyse")
    stage.advise(dilemma)
    stage.step(dilemma, "consult")

    refusal = told(stage.decide(dilemma, reach))

    assert refusal.startswith("ICCPR 19(3)")
    assert said in refusal


def test_a_test_is_answered_again_from_what_was_answered(stage: Stage) -> None:
    option = stage.put(stage.open())
    stage.test(option, N2="no")

    form = stage.get("ana", f"options/{option.pk}/test/").context["form"]

    assert [form[name].value() for name in ("N2", "L1", "N2_text")] == ["no", "yes", SAID]


def test_a_demand_makes_the_legal_basis_a_question(stage: Stage) -> None:
    dilemma = stage.open(kind="government_demand", demand_authority="executive", demand_in_writing="no")
    option = stage.put(dilemma)

    assert "L4: a State asks here" in told(stage.test(option, L4="not_applicable"))
    assert "L4: the demand is not in writing" in told(stage.test(option, L4="yes"))
    assert stage.test(option, L4="no").status_code == 302
    option.refresh_from_db()
    assert option.test is not None
    assert option.test.outcome == "fails"


def test_the_fields_of_a_demand_need_an_authority(stage: Stage) -> None:
    answer = stage.post(
        "ana", f"new/?risk={stage.risk.pk}", asking(demand_legal_basis="Telecoms Act, section 77")
    )

    assert "which authority asks" in told(answer)


def test_a_measure_that_must_end_has_its_days(stage: Stage) -> None:
    dilemma = stage.open()
    given = stage.option_given(dilemma, "temp_suspension", target_type="account", lasts_days="")

    assert "this measure must end" in told(stage.post("ana", f"{dilemma.pk}/options/", given))


STEPS_BY_STATE = {
    "open": {"analyse"},
    "analysed": {"consult"},
    "consulted": set(),
    "decided": {"review"},
    "in_review": set(),
    "closed": set(),
}


def test_every_step_that_is_not_next_is_refused(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.weighed()
    later = {"review_on": "2030-01-01"}
    for state, open_steps in STEPS_BY_STATE.items():
        changes = later if state in {"decided", "in_review", "closed"} else {}
        Dilemma.objects.filter(pk=dilemma.pk).update(state=state, **changes)
        for step in {"analyse", "consult", "review"} - open_steps:
            refusal = told(stage.step(dilemma, step, reasons=REASONS))
            assert "is not the next step here" in refusal or "UNGP 23" in refusal, (state, step)
        if state not in {"consulted", "in_review"}:
            assert "is not the next step here" in told(stage.decide(dilemma, reach)), state
        if state != "in_review":
            closing = stage.post("dan", f"{dilemma.pk}/closing/", {"reasons": REASONS})
            assert "is not the next step here" in told(closing), state
    assert not DilemmaDecision.objects.exists()


def test_a_dilemma_in_review_is_decided_again_or_closed(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()
    stage.decide(dilemma, reach)
    assert stage.step(dilemma, "review", reasons=REASONS).status_code == 302
    assert stage.decide(dilemma, reach).status_code == 302
    later, first = dilemma.decisions.all()
    assert later.supersedes == first
    stage.step(dilemma, "review", reasons=REASONS)
    assert stage.post("dan", f"{dilemma.pk}/closing/", {"reasons": REASONS}).status_code == 302
    dilemma.refresh_from_db()
    assert dilemma.state == "closed"


def test_what_was_weighed_stays_once_it_is_analysed(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.weighed()
    stage.step(dilemma, "analyse")

    assert "stays as it is" in told(stage.post("ana", f"{dilemma.pk}/options/", stage.option_given(dilemma)))
    assert "stays as it is" in told(stage.post("ana", f"{dilemma.pk}/edit/", asking()))
    assert "stays as it is" in told(stage.test(reach))


def test_only_whoever_prepared_it_edits_it(stage: Stage) -> None:
    dilemma = stage.open()

    assert told(stage.post("abe", f"{dilemma.pk}/edit/", asking())).startswith("SD1")
    assert stage.post("ana", f"{dilemma.pk}/edit/", asking(question="A better question?")).status_code == 302
    dilemma.refresh_from_db()
    assert dilemma.question == "A better question?"


def test_effects_on_rights_that_stay_are_kept_when_it_is_edited(stage: Stage) -> None:
    dilemma = stage.open()
    option = stage.put(dilemma)

    stage.post("ana", f"{dilemma.pk}/edit/", asking(rights_protected=["LIFE"]))

    assert {one.stake.right_id for one in option.effects.all()} == {"LIFE", "EXPRESSION"}


def test_the_table_shows_each_effect_in_words_and_no_total(stage: Stage) -> None:
    dilemma, _nothing, _reach = stage.weighed()

    page = stage.get("pia", f"{dilemma.pk}/").content.decode()
    table = page.split('id="table"')[1].split("</table>")[0]

    for word in ("protects", "burdens", "Right to life", SAID):
        assert word in table
    assert not re.search(r"\b(?:total|sum|average|mean|score|rank|points)\b", table, re.IGNORECASE)
    figures = re.sub(r"<[^>]*>", " ", table.replace(SAID, ""))
    assert not re.search(r"[-+]?\d", figures.split("added up.")[1]), "a figure stands in the table"


def test_the_list_is_filtered_by_state_right_country_and_words(stage: Stage) -> None:
    one = stage.open(question="May posts travel?", countries=["MM"])
    two = stage.open(question="May data be handed over?", countries=["KE"], rights_burdened=["PRIVACY"])

    def found(query: str) -> set[int]:
        page = stage.get("pia", query).content.decode()
        return {pk for pk in (one.pk, two.pk) if f'href="/desk/dilemmas/{pk}/"' in page}

    assert found("") == {one.pk, two.pk}
    assert found("?country=KE") == {two.pk}
    assert found("?right=PRIVACY") == {two.pk}
    assert found("?q=handed") == {two.pk}
    assert found("?q=movement") == {one.pk, two.pk}
    assert found("?state=decided") == set()
    assert found("?due=overdue") == set()
    assert found("?state=nonsense") == {one.pk, two.pk}
    Dilemma.objects.filter(pk=one.pk).update(decide_by=YESTERDAY)
    assert found("?due=overdue") == {one.pk}


def test_the_list_asks_the_database_the_same_whatever_its_length(stage: Stage) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert stage.client.get("/desk/dilemmas/").status_code == 200
        return len(captured)

    stage.open()
    RecordEntry.objects.create(risk=stage.risk, kind="dilemma", what="speech")
    stage.client.force_login(stage.people["pia"])
    few = queries()
    for _ in range(4):
        stage.put(stage.open())
    RecordEntry.objects.create(risk=stage.risk, kind="dilemma", what="safety")
    stage.client.force_login(stage.people["pia"])

    assert queries() == few


def test_what_a_dossier_tells_is_taken_up(stage: Stage) -> None:
    for said in ("security of users", "lawful investigation"):
        RecordEntry.objects.create(risk=stage.risk, kind="dilemma", what=said)
    page = stage.get("ana", "").content.decode()
    assert "Security of users / lawful investigation" in page
    address = f"new/?risk={stage.risk.pk}&record=1"

    form = stage.get("ana", address).content.decode()
    assert "How to weigh security of users against lawful investigation?" in form
    assert stage.risk.summary in form
    assert not Dilemma.objects.exists()
    assert stage.post("ana", address, asking()).status_code == 302

    assert Dilemma.objects.get().record_entries.count() == 2
    assert "Taken up" in stage.get("ana", "").content.decode()


def test_the_page_of_a_risk_leads_to_its_dilemmas(stage: Stage) -> None:
    dilemma = stage.open()

    page = stage.client.get(f"/desk/risks/{stage.risk.pk}/").content.decode()

    assert f'href="/desk/dilemmas/{dilemma.pk}/"' in page
    assert f"/desk/dilemmas/new/?risk={stage.risk.pk}" in page


APPENDED = {
    "risks_dilemmaadvice": "text",
    "risks_dilemmadecision": "minority_view",
    "risks_precedent": "because",
}


@pytest.mark.parametrize("table", APPENDED)
@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET {column} = 'x'", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"]
)
def test_what_was_appended_is_never_changed(stage: Stage, table: str, statement: str) -> None:
    earlier, _nothing, reach = stage.ready()
    stage.decide(earlier, reach)
    later = stage.open()
    stage.post(
        "ana", f"{later.pk}/precedents/", {"of": earlier.pk, "relation": "relies_on", "because": REASONS}
    )
    assert Precedent.objects.exists()

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format(table=table, column=APPENDED[table]))


def test_the_database_keeps_a_decision_for_a_time(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()
    stage.decide(dilemma, reach)

    for wrong in ({"review_on": None}, {"state": "interim_decided"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Dilemma.objects.filter(pk=dilemma.pk).update(**wrong)


def test_the_log_holds_no_words_of_a_dilemma(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()
    stage.decide(dilemma, reach)

    logged = " ".join(f"{one.action} {one.subject} {one.detail}" for one in AuditEvent.objects.all())

    assert f"dilemma {dilemma.pk}" in logged
    for said in (dilemma.question, ADVICE, REASONS, "vermin"):
        assert said not in logged


def test_the_hash_changes_with_what_a_decision_rests_on(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()
    before = content_hash(dilemma)
    stage.advise(dilemma)
    assert content_hash(dilemma) != before
    assert "was changed since you opened it" in told(stage.decide(dilemma, reach, seen_hash=before))
    assert DilemmaAdvice.objects.count() == 2
