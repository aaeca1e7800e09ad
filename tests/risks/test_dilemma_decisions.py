"""What a decision between rights leaves behind: interim, precedents, measures, dissent and what the public reads."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hrdd.governance.models import SignOff
from hrdd.governance.rules import Role
from risks.actions.standing import refresh
from risks.models import (
    Dilemma,
    Measure,
    Partner,
    Precedent,
    Risk,
    SeverityAssessment,
    Signal,
)
from risks.queries import dilemmas
from risks.queries.gaps import register_gaps_of
from risks.queries.public_dilemmas import SIGN_OFF_KIND, public_dilemmas
from tests.risks.dilemma_stage import (
    PUBLIC,
    REASONS,
    Stage,
    people,
    risk,
    stage,
)

__all__ = ["people", "risk", "stage"]
from tests.risks.test_dilemmas import told

DISSENT = "  They will read it as taking sides.\n\nI would do nothing. "
YESTERDAY = timezone.now().date() - timedelta(days=1)


class TimeOfLife:
    """A dilemma in which life is at risk."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.dilemma = stage.open(urgency="life")
        self.option = stage.put(self.dilemma, "remove_item")


def test_a_dissent_asks_for_the_minority_view_which_is_kept_word_by_word(stage: Stage) -> None:
    dilemma, nothing, reach = stage.weighed()
    stage.step(dilemma, "analyse")
    stage.advise(dilemma, favours=nothing.pk)
    stage.step(dilemma, "consult")

    assert told(stage.decide(dilemma, reach)).startswith("D4:")
    assert stage.decide(dilemma, reach, minority_view=DISSENT).status_code == 302

    assert dilemma.decisions.get().minority_view == DISSENT
    stage.step(dilemma, "review", reasons=REASONS)
    assert stage.decide(dilemma, reach, minority_view="Still against it").status_code == 302
    assert [one.minority_view for one in dilemma.decisions.all()] == ["Still against it", DISSENT]
    page = stage.get("pia", f"{dilemma.pk}/").content.decode()
    assert "They will read it as taking sides." in page


def put_in_force(stage: Stage, measure: Measure) -> None:
    """Take a proposed measure through the states that the database demands."""
    measure_of = Measure.objects.filter(pk=measure.pk)
    signed = {"decided_by": stage.people["dan"], "decided_at": timezone.now(), "decision_reasons": REASONS}
    measure_of.update(state="approved", **signed)
    measure_of.update(state="active", imposed_by="ana", necessity_at_enforcement=REASONS)


def test_a_later_decision_takes_the_place_of_what_the_earlier_one_proposed(stage: Stage) -> None:
    dilemma, nothing, reach = stage.ready()
    stage.decide(dilemma, reach)
    first = Measure.objects.get()
    stage.step(dilemma, "review", reasons=REASONS)
    assert stage.decide(dilemma, reach).status_code == 302

    first.refresh_from_db()
    assert (first.state, "was decided again" in first.end_reasons) == ("withdrawn", True)
    assert SignOff.objects.get(subject_kind="measure", decided_at__isnull=True).subject_id != first.pk
    second = Measure.objects.exclude(pk=first.pk).get()
    put_in_force(stage, second)
    stage.step(dilemma, "review", reasons=REASONS)
    assert stage.decide(dilemma, nothing).status_code == 302
    third = Measure.objects.latest("pk")
    assert (third.kind, third.state, third.supersedes) == ("no_action", "proposed", second)


def test_a_decision_for_another_course_has_the_measure_in_force_looked_at_again(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.weighed()
    other = stage.put(dilemma, "", course="Warn the people at risk", lasts_days="")
    stage.step(dilemma, "analyse")
    stage.advise(dilemma)
    stage.step(dilemma, "consult")
    stage.decide(dilemma, reach)
    put_in_force(stage, Measure.objects.get())
    stage.step(dilemma, "review", reasons=REASONS)
    assert stage.decide(dilemma, other).status_code == 302
    assert "was decided again" in Signal.objects.get(kind="new_evidence").note


def test_while_life_is_at_risk_a_decider_decides_for_72_hours(stage: Stage) -> None:
    urgent = TimeOfLife(stage)
    before = timezone.now()

    assert stage.interim(urgent.dilemma, urgent.option).status_code == 302

    urgent.dilemma.refresh_from_db()
    decision = urgent.dilemma.decisions.get()
    assert (urgent.dilemma.state, decision.interim) == ("interim_decided", True)
    assert decision.interim_until is not None
    assert timedelta(hours=71) < decision.interim_until - before <= timedelta(hours=73)
    assert Measure.objects.get().ends_on == decision.interim_until.date()
    nothing = stage.put(urgent.dilemma, "no_action")
    assert nothing.dilemma == urgent.dilemma
    stage.test(urgent.option)
    stage.confirm(stage.assess(urgent.dilemma))
    assert stage.step(urgent.dilemma, "analyse").status_code == 302


def test_an_interim_decision_is_for_life_at_risk_only(stage: Stage) -> None:
    dilemma = stage.open(urgency="urgent")
    option = stage.put(dilemma)

    assert "when life is at risk" in told(stage.interim(dilemma, option))


def test_an_interim_decision_is_not_made_by_whoever_prepared_it(stage: Stage) -> None:
    urgent = TimeOfLife(stage)
    stage.people["ana"].roles = ["ANALYST", "DECIDER"]
    stage.people["ana"].save()

    assert told(stage.interim(urgent.dilemma, urgent.option, "ana")).startswith("SD1")


def test_an_interim_option_that_fails_its_test_is_refused(stage: Stage) -> None:
    urgent = TimeOfLife(stage)
    stage.test(urgent.option, N2="no")

    assert "fails the three-part test" in told(stage.interim(urgent.dilemma, urgent.option))


def test_a_passed_day_is_shown_and_is_a_gap_of_the_risk(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()
    stage.decide(dilemma, reach)
    Dilemma.objects.filter(pk=dilemma.pk).update(review_on=timezone.now().date())
    assert "DILEMMA_LAPSED" not in {gap.code for gap in register_gaps_of(stage.risk, at=timezone.now())}

    Dilemma.objects.filter(pk=dilemma.pk).update(review_on=YESTERDAY)

    assert "DILEMMA_LAPSED" in {gap.code for gap in register_gaps_of(stage.risk, at=timezone.now())}
    assert "That day has passed" in stage.get("pia", f"{dilemma.pk}/").content.decode()
    assert "Overdue" in stage.get("pia", "?due=overdue").content.decode()


def test_a_lapsed_interim_decision_is_a_gap_of_the_risk(stage: Stage) -> None:
    urgent = TimeOfLife(stage)
    stage.interim(urgent.dilemma, urgent.option)
    Dilemma.objects.filter(pk=urgent.dilemma.pk).update(interim_until=timezone.now() - timedelta(minutes=1))

    assert "DILEMMA_LAPSED" in {gap.code for gap in register_gaps_of(stage.risk, at=timezone.now())}
    assert "It has lapsed" in stage.get("pia", f"{urgent.dilemma.pk}/").content.decode()


def test_a_later_contrary_decision_cites_what_it_departs_from(stage: Stage) -> None:
    earlier, _nothing, reach = stage.ready()
    stage.decide(earlier, reach)
    later, nothing, _reach = stage.ready()

    refusal = told(stage.decide(later, nothing))
    assert refusal.startswith("D5:")
    assert str(earlier.pk) in refusal

    cited = {"of": earlier.pk, "relation": "departs_from", "because": REASONS}
    assert stage.post("ana", f"{later.pk}/precedents/", cited).status_code == 302
    assert stage.decide(later, nothing).status_code == 302
    assert "Departs from it" in stage.get("pia", f"{later.pk}/").content.decode()
    assert "Cited by" in stage.get("pia", f"{earlier.pk}/").content.decode()


@pytest.mark.parametrize(
    "changes", [{"kind": "violence"}, {"countries": ["KE"]}, {"rights_burdened": ["ASSEMBLY"]}]
)
def test_a_decision_on_other_tags_is_no_precedent(stage: Stage, changes: dict[str, Any]) -> None:
    earlier, _nothing, reach = stage.ready(**changes)
    stage.decide(earlier, reach)
    later, nothing, _reach = stage.ready()

    assert stage.decide(later, nothing).status_code == 302


def test_a_decision_the_same_way_needs_no_citation(stage: Stage) -> None:
    earlier, _nothing, reach = stage.ready()
    stage.decide(earlier, reach)
    later, _nothing, reach_again = stage.ready()

    assert stage.decide(later, reach_again).status_code == 302


def test_precedents_are_found_by_the_words_of_what_was_decided(stage: Stage) -> None:
    earlier, _nothing, reach = stage.ready()
    stage.decide(earlier, reach, public_reasons=f"{PUBLIC} A lighthouse of a reason.")
    later = stage.open(kind="violence")

    found = stage.post(
        "ana", f"{later.pk}/precedents/", {"look": "1", "look_for": "lighthouse"}
    ).content.decode()
    missed = stage.post(
        "ana", f"{later.pk}/precedents/", {"look": "1", "look_for": "windmill"}
    ).content.decode()

    assert f'<option value="{earlier.pk}"' in found
    assert f'<option value="{earlier.pk}"' not in missed
    assert not Precedent.objects.exists()


def test_the_latest_precedents_are_offered_and_an_older_one_that_was_chosen_stays(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dilemmas, "PRECEDENTS_OFFERED", 1)
    older, newer, citing = stage.open(), stage.open(), stage.open()
    Dilemma.objects.filter(pk__in=[older.pk, newer.pk]).update(
        state="decided", review_on=timezone.now().date()
    )
    page = f"{citing.pk}/precedents/"
    chosen = {"of": older.pk, "relation": "relies_on", "because": "Too short."}

    offered = stage.get("ana", page).content.decode()
    refused = stage.post("ana", page, chosen).content.decode()

    assert f'<option value="{newer.pk}"' in offered
    assert f'<option value="{older.pk}"' not in offered
    assert "The latest 1 of 2." in offered
    assert f'<option value="{older.pk}" selected' in refused
    assert stage.post("ana", page, chosen | {"because": REASONS}).status_code == 302
    assert Precedent.objects.get().of == older


def test_an_undecided_dilemma_is_no_precedent(stage: Stage) -> None:
    other, dilemma = stage.open(), stage.open()
    given = {"of": other.pk, "relation": "relies_on", "because": REASONS}

    assert "Decided dilemma" in told(stage.post("ana", f"{dilemma.pk}/precedents/", given))


def test_the_public_reads_the_reasons_once_a_second_person_cleared_them_and_nobody_is_endangered(
    stage: Stage,
) -> None:
    dilemma, _nothing, reach = stage.ready()
    stage.decide(dilemma, reach)
    risk = Risk.objects.get()
    Risk.objects.update(published=True)
    SeverityAssessment.objects.create(
        risk=risk,
        level=4,
        incomplete=False,
        holds_from=risk.opened_on,
        recorded_at=timezone.now(),
        recorded_by="ana",
    )
    refresh(risk, at=timezone.now())
    decision = dilemma.decisions.get()
    asked = SignOff.objects.get(subject_kind=SIGN_OFF_KIND)

    def public() -> str:
        return Client().get("/risks/").content.decode()

    def answer(who: str, decision: str = "approve") -> Any:
        stage.client.force_login(stage.people[who])
        sent = {"decision": decision, "reasons": REASONS, "seen_hash": asked.content_hash}
        return stage.client.post(f"/desk/signoffs/{asked.pk}/", sent)

    assert PUBLIC not in public()
    for name in ("ana", "dan"):
        stage.people[name].roles.append(Role.REDACTOR)
        stage.people[name].save()
        refused = answer(name)
        assert (refused.status_code, "SD1" in refused.content.decode()) == (400, True), name
    assert PUBLIC in stage.get("rex", f"decisions/{decision.pk}/public/").content.decode()
    assert answer("rex").status_code == 302
    shown = public()
    assert PUBLIC in shown
    assert "the three-part test passes" in shown
    Risk.objects.update(published=False)
    assert public_dilemmas(Risk.objects.all()) == {}
    Risk.objects.update(published=True)
    assert PUBLIC in public()

    Partner.objects.create(name="lesser means", naming_endangers="It would expose people.")
    assert PUBLIC not in public()


def test_what_was_not_cleared_is_not_public_and_a_later_decision_asks_anew(stage: Stage) -> None:
    dilemma, _nothing, reach = stage.ready()
    stage.decide(dilemma, reach)
    Risk.objects.filter(pk=stage.risk.pk).update(published=True)
    asked = SignOff.objects.get(subject_kind=SIGN_OFF_KIND)
    stage.step(dilemma, "review", reasons=REASONS)
    stage.decide(dilemma, reach)

    asked.refresh_from_db()
    assert asked.decision == "void"
    assert public_dilemmas([Risk.objects.get(pk=stage.risk.pk)]) == {}
    assert SignOff.objects.filter(subject_kind=SIGN_OFF_KIND, decided_at=None).count() == 1
