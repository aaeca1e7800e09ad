"""Two assessors weigh six factors and none is summed; the outcome is input, never the decision (4, SD9)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from hrdd.governance.models import AuditEvent
from risks.models import Dilemma, Measure, RabatAssessment, RabatConfirmation, Risk
from risks.queries.rabat import standing_of
from risks.rules.rabat_worksheet import IS_INPUT
from tests.risks.dilemma_stage import SAID, Stage, people, risk, stage, worksheet
from tests.risks.test_dilemmas import make_target_of, told
from tests.rules.test_rabat import BOARD, BOARD_RESULTS, VECTORS

__all__ = ["people", "risk", "stage"]
WORDS = "They are vermin, drive them out"


def rows() -> list[Any]:
    lines = [line.split() for line in (VECTORS + BOARD.lstrip()).strip().splitlines()]
    return [pytest.param(one[1], "".join(one[2:8]), one[8], one[9], id=one[0]) for one in lines]


def shortened(assessment: RabatAssessment, *, to: Any) -> None:
    """Let a worksheet expire; the database refuses that to everybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE risks_rabatassessment SET assessed_at = %s - interval '30 days', valid_until = %s",
            [to, to],
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    assessment.refresh_from_db()


@pytest.mark.parametrize(("gates", "scores", "mode", "outcome"), rows())
def test_the_worksheet_gives_the_outcome_of_every_vector(
    stage: Stage, gates: str, scores: str, mode: str, outcome: str
) -> None:
    given = worksheet(scores, gates=gates, mode=mode)
    dilemma = stage.open()

    preview = stage.post("ana", f"{dilemma.pk}/rabat/preview/", given).content.decode()
    made = stage.assess(dilemma, **given)

    assert made.outcome == outcome
    assert made.get_outcome_display() in preview
    assert IS_INPUT in stage.get("pia", f"rabat/{made.pk}/").content.decode()


def test_outcome_class_and_measure_are_not_a_function_of_each_other(stage: Stage) -> None:
    """Trump B with a restriction upheld, Haiti B with a removal overturned: both can be decided here (4.5)."""
    vectors = {line.split()[0]: line.split() for line in BOARD.strip().splitlines()}
    restricted, left = [], []
    for case, kind in (("trump", "feature_limit"), ("haiti", "no_action")):
        dilemma = stage.open(kind="violence", countries=["US" if case == "trump" else "HT"])
        options = {"no_action": stage.put(dilemma, "no_action")}
        options["feature_limit"] = stage.put(dilemma, "feature_limit", target_type="feature")
        stage.test(options["feature_limit"])
        row = vectors[case]
        made = stage.assess(dilemma, **worksheet("".join(row[2:8]), gates=row[1], mode=row[8]))
        stage.confirm(made)
        assert made.outcome == "B"
        stage.step(dilemma, "analyse")
        stage.advise(dilemma)
        stage.step(dilemma, "consult")
        assert stage.decide(dilemma, options[kind]).status_code == 302
        (left if kind == "no_action" else restricted).append(case)

    assert (restricted, left) == (["trump"], ["haiti"])
    assert BOARD_RESULTS["trump"] != BOARD_RESULTS["haiti"]
    assert set(Measure.objects.values_list("kind", flat=True)) == {"feature_limit", "no_action"}


def test_the_preview_works_without_a_script_and_writes_nothing(stage: Stage) -> None:
    dilemma = stage.open()

    page = stage.post("ana", f"{dilemma.pk}/rabat/", worksheet("22222?") | {"preview": "1"})

    assert page.status_code == 200
    assert "Incomplete" in page.content.decode()
    assert SAID in page.content.decode()
    assert not RabatAssessment.objects.exists()


def test_the_preview_answers_an_empty_form(stage: Stage) -> None:
    dilemma = stage.open()

    assert "Incomplete" in stage.post("ana", f"{dilemma.pk}/rabat/preview/").content.decode()
    assert "choose 0 to 3" in told(stage.post("ana", f"{dilemma.pk}/rabat/"))


def test_without_intent_the_preview_says_that_it_is_capped(stage: Stage) -> None:
    dilemma = stage.open()

    preview = stage.post("ana", f"{dilemma.pk}/rabat/preview/", worksheet("330333")).content.decode()

    assert "C: no sanction" in preview
    assert "at most C" in preview


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"grounds": []}, "advocacy of hatred is on a ground"),
        ({"grounds": ["other_policy_ground"]}, "Article 20(2) covers national, racial and religious hatred"),
        ({"harm_sought": []}, "say whether discrimination, hostility or violence"),
        ({"exceptions": ["satire_art"], "intent_text": "x"}, "an exception speaks against purpose"),
        ({"speaker": "4"}, "Speaker: choose 0 to 3"),
        ({"speaker": ""}, "Speaker: choose 0 to 3"),
        ({"speaker_text": ""}, "Speaker: say why in a sentence or two."),
        ({"gate_target_group": ""}, "Choose yes, no or not known"),
        ({"content_extract": ""}, "The words assessed"),
        ({"context_text": "Write to a.b@example.org"}, "could identify a person"),
    ],
)
def test_what_contradicts_itself_or_is_not_said_is_refused(
    stage: Stage, changes: dict[str, Any], said: str
) -> None:
    dilemma = stage.open()

    assert said in told(stage.post("ana", f"{dilemma.pk}/rabat/", worksheet() | changes))
    assert not RabatAssessment.objects.exists()


def test_the_guidance_stands_beside_each_score(stage: Stage) -> None:
    dilemma = stage.open()

    page = stage.get("ana", f"{dilemma.pk}/rabat/").content.decode()

    for anchor in ("tension reported", "explicit purpose", "mass, amplified", "improbable, window closed"):
        assert anchor in page


def test_one_assessor_is_not_enough_and_the_same_one_does_not_count_twice(stage: Stage) -> None:
    dilemma = stage.open()
    stage.put(dilemma, "no_action")
    stage.test(stage.put(dilemma))
    made = stage.assess(dilemma)

    assert "SD9: two assessors, each once" in told(stage.confirm(made, "ana"))
    assert "D2:" in told(stage.step(dilemma, "analyse"))
    assert stage.confirm(made, "rita").status_code == 302
    assert stage.step(dilemma, "analyse").status_code == 302


def test_somebody_attests_language_and_local_context(stage: Stage) -> None:
    dilemma = stage.open()
    made = stage.assess(dilemma, attests_competence="")
    stage.confirm(made, attests_competence="")

    page = stage.get("pia", f"rabat/{made.pk}/").content.decode()

    assert "no assessor attested competence" in page
    assert "Waits for an assessor" in page


def test_a_dissent_is_kept_and_does_not_confirm(stage: Stage) -> None:
    dilemma = stage.open()
    made = stage.assess(dilemma)
    assert "Dissent: say what you see otherwise" in told(stage.confirm(made, agrees="no"))

    assert stage.confirm(made, agrees="no", dissent=" Intent is 1, not 2. ").status_code == 302

    page = stage.get("pia", f"rabat/{made.pk}/").content.decode()
    assert "Intent is 1, not 2." in page
    assert "1 of 2 assessors" in page
    assert RabatConfirmation.objects.get(agrees=False).dissent == " Intent is 1, not 2. "
    assert stage.confirm(made, "abe").status_code == 302
    assert "Confirmed" in stage.get("pia", f"rabat/{made.pk}/").content.decode()


@pytest.mark.parametrize(
    ("tags", "days"),
    [
        ([], 30),
        (["protest"], 30),
        (["election"], 7),
        (["armed_conflict"], 7),
        (["communal_tension", "protest"], 7),
    ],
)
def test_scores_may_be_relied_on_for_a_time(stage: Stage, tags: list[str], days: int) -> None:
    Risk.objects.filter(pk=stage.risk.pk).update(context_tags=tags)

    made = stage.assess(stage.open())

    assert made.valid_until - made.assessed_at == timedelta(days=days)


def test_an_expired_worksheet_is_shown_so_and_is_not_relied_on(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()
    made = dilemma.rabat_assessments.get()
    now = timezone.now()
    shortened(made, to=now - timedelta(seconds=1))

    assert "Expired" in stage.get("pia", f"rabat/{made.pk}/").content.decode()
    assert "Expired" in stage.get("pia", f"{dilemma.pk}/").content.decode()
    assert "the Rabat assessment expired" in told(stage.decide(dilemma, reach))
    assert "has expired" in told(stage.confirm(made, "abe"))
    again = stage.assess(dilemma)
    stage.confirm(again)
    assert stage.decide(dilemma, reach).status_code == 302
    assert dilemma.decisions.get().rabat == again


def test_a_worksheet_is_in_time_at_its_last_moment(stage: Stage) -> None:
    made = stage.assess(stage.open())
    stage.confirm(made)
    found = RabatAssessment.objects.prefetch_related("confirmations__assessor").get()

    assert standing_of(found, at=made.valid_until).usable
    assert not standing_of(found, at=made.valid_until + timedelta(microseconds=1)).usable


def test_an_incomplete_worksheet_is_not_relied_on(stage: Stage) -> None:
    dilemma = stage.open()
    stage.put(dilemma, "no_action")
    reach = stage.put(dilemma)
    stage.test(reach)
    stage.confirm(stage.assess(dilemma, speaker="?"))
    stage.step(dilemma, "analyse")
    stage.advise(dilemma)
    stage.step(dilemma, "consult")

    assert "a gate or a factor is not known" in told(stage.decide(dilemma, reach))


def test_the_words_assessed_are_sealed_and_opening_them_is_logged_before(stage: Stage) -> None:
    made = stage.assess(stage.open())
    assert WORDS.encode() not in bytes(made.content_extract)
    for who in ("ana", "pia", "dan"):
        assert WORDS not in stage.get(who, f"rabat/{made.pk}/").content.decode()
        assert WORDS not in stage.get(who, f"{made.dilemma_id}/").content.decode()
    assert stage.post("pia", f"rabat/{made.pk}/extract/").status_code == 403
    assert not AuditEvent.objects.filter(action="opened assessed words").exists()

    answer = stage.post("dan", f"rabat/{made.pk}/extract/")

    assert WORDS in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get(action="opened assessed words")
    assert (event.actor, WORDS in str(event.detail)) == ("dan", False)
    assert stage.client.get(f"/desk/dilemmas/rabat/{made.pk}/extract/").status_code == 405


def test_words_sealed_with_a_lost_key_are_told_so(stage: Stage, settings: Any) -> None:
    made = stage.assess(stage.open())
    settings.SEALING_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]

    answer = stage.post("dan", f"rabat/{made.pk}/extract/")

    assert answer.status_code == 302
    assert "No key at hand opens this" in stage.get("dan", f"rabat/{made.pk}/").content.decode()


@pytest.mark.parametrize("who", ["enid", "dan", "eve", "pia"])
def test_only_analysts_and_reviewers_assess(stage: Stage, who: str) -> None:
    dilemma = stage.open()

    assert stage.post(who, f"{dilemma.pk}/rabat/", worksheet()).status_code == 403
    assert not RabatAssessment.objects.exists()


def test_nobody_with_a_revenue_target_assesses(stage: Stage) -> None:
    dilemma = stage.open()
    make_target_of(stage, "rita")

    assert told(stage.post("rita", f"{dilemma.pk}/rabat/", worksheet())).startswith("SD4")
    assert told(stage.confirm(stage.assess(dilemma), "rita")).startswith("SD4")


def test_the_criminal_threshold_is_on_the_desk_of_a_senior_the_same_day(stage: Stage) -> None:
    dilemma = stage.open()
    assessment = stage.assess(dilemma)
    assert assessment.outcome == "A"

    def on_the_desk(who: str) -> bool:
        stage.client.force_login(stage.people[who])
        return "Incitement referred to you" in stage.client.get("/desk/").content.decode()

    assert not on_the_desk("eve"), "one assessor is not enough (SD9)"
    stage.confirm(assessment)
    assert (on_the_desk("eve"), on_the_desk("ana")) == (True, False)
    later = stage.assess(dilemma, **worksheet("222221"))
    assert later.outcome == "B"
    stage.confirm(later)
    assert not on_the_desk("eve"), "the latest worksheet that two stand behind counts"


def test_no_worksheet_after_the_decision(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()
    made = dilemma.rabat_assessments.get()
    stage.decide(dilemma, reach)

    assert "before a decision" in told(stage.post("abe", f"{dilemma.pk}/rabat/", worksheet()))
    assert "before that" in told(stage.confirm(made, "abe"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE risks_rabatassessment SET outcome = 'N'",
        "DELETE FROM risks_rabatassessment",
        "TRUNCATE risks_rabatassessment CASCADE",
        "UPDATE risks_rabatconfirmation SET agrees = true",
        "DELETE FROM risks_rabatconfirmation",
        "TRUNCATE risks_rabatconfirmation",
    ],
)
def test_a_worksheet_is_never_changed(stage: Stage, statement: str) -> None:
    stage.assess(stage.open())

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)


def test_the_database_caps_the_outcome_without_intent(stage: Stage) -> None:
    made = stage.assess(stage.open())
    made.pk, made.intent, made.outcome = None, 0, "A"

    with pytest.raises(DatabaseError, match="rabat_without_intent_is_no_sanction"), transaction.atomic():
        made.save(force_insert=True)


def test_the_worksheet_is_not_needed_where_hatred_is_not_the_ground(stage: Stage) -> None:
    dilemma = stage.open(kind="violence")

    assert "needed here" not in stage.get("pia", f"{dilemma.pk}/").content.decode()
    assert "needed here" in stage.get("pia", f"{stage.open().pk}/").content.decode()
    assert Dilemma.objects.count() == 2
