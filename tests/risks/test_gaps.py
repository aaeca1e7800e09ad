"""What a risk leaves open is named by a stable code, for one risk and for all, by one table of conditions."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.actions.standing import refresh
from risks.models import (
    Consultation,
    ConsultationFinding,
    Dilemma,
    Evidence,
    Involvement,
    LeverageAction,
    MitigationPlan,
    Partner,
    Publication,
    Relationship,
    RelationshipRisk,
    Risk,
    RiskRight,
    SeverityAssessment,
)
from risks.queries.gaps import CONDITIONS, gap_counts, register_gaps_of, risks_with
from risks.rules.gaps import REGISTER_GAPS
from tests.oversight.stage import mandate_of
from tests.risks.test_lowering import person, signed_in

NOW = datetime.now(UTC)
TODAY = NOW.date()
LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture
def people(db: None) -> dict[str, User]:
    call_command("load_rights", stdout=io.StringIO())
    return {"ana": person("ana", Role.ANALYST), "dan": person("dan", Role.DECIDER)}


@pytest.fixture
def sound(people: dict[str, User]) -> Risk:
    """Return a severe risk that leaves nothing open."""
    risk = Risk.objects.create(title="Sound", summary="x", opened_on=TODAY, owner=people["ana"])
    RiskRight.objects.create(risk=risk, right_id="PRIVACY", said="privacy")
    judge(risk)
    plan(risk, "mitigation")
    find(risk, "none")
    Publication.objects.create(risk=risk, publish=True, level=4, decided_by=people["ana"], decided_at=NOW)
    mandate_of(people["ana"], by=person("mandating", Role.SENIOR), at=NOW)
    refresh(risk, at=NOW)
    return risk


def judge(risk: Risk, *, at: datetime = NOW, **given: Any) -> SeverityAssessment:
    evidence = Evidence.objects.create(
        risk=risk, title="x", kind="data", says="x", from_affected=True, recorded_by="ana", recorded_at=at
    )
    heads = {"scale": 4, "scope": 4, "irremediability": 4} | given
    held = SeverityAssessment.objects.create(
        risk=risk,
        level=4,
        incomplete=None in heads.values(),
        state_of_harm="potential",
        likelihood=2,
        consulted="People who were affected",
        holds_from=at.date(),
        recorded_at=at,
        recorded_by="ana",
        **heads,
    )
    held.evidence.add(evidence)
    refresh(risk, at=NOW)
    return held


def plan(risk: Risk, kind: str) -> MitigationPlan:
    return MitigationPlan.objects.create(
        risk=risk,
        kind=kind,
        actions="x",
        target="x",
        owner=User.objects.get(username="ana"),
        due=TODAY,
        state="approved",
        proposed_by=User.objects.get(username="ana"),
        proposed_at=NOW,
        decided_by=User.objects.get(username="dan"),
        decided_at=NOW,
    )


def find(risk: Risk, tie: str, **given: Any) -> Involvement:
    Involvement.objects.filter(risk=risk).update(state="superseded")
    found = Involvement.objects.create(
        risk=risk,
        state="found",
        tie=tie,
        said=tie,
        proposed_by=User.objects.get(username="ana"),
        proposed_at=NOW,
        decided_by=User.objects.get(username="dan"),
        decided_at=NOW,
        **{"fact_finding_due": TODAY, "mode": "act"} | given,
    )
    refresh(risk, at=NOW)
    return found


def consult(risk: Risk, **given: Any) -> ConsultationFinding:
    held = Consultation.objects.create(title="x", state="held", risk_to_participants=1)
    held.risks.add(risk)
    finding = ConsultationFinding.objects.create(
        consultation=held,
        you_said="x",
        theme="x",
        recorded_by=User.objects.get(username="ana"),
        recorded_at=NOW,
        **{"due": TODAY} | given,
    )
    finding.risks.add(risk)
    return finding


def answered(risk: Risk) -> None:
    dan = User.objects.get(username="dan")
    finding = consult(risk, response="accepted", answered_by=dan, answered_at=NOW)
    Consultation.objects.filter(pk=finding.consultation_id).update(state="responded")


def linked(risk: Risk) -> RelationshipRisk:
    relationship = Relationship.objects.create(
        partner=Partner.objects.create(name="Northern Cloud"), kind="reseller", supplied="Hosting"
    )
    tied = RelationshipRisk.objects.create(
        relationship=relationship, risk=risk, known_since=LONG_AGO.date(), how_known="x"
    )
    find(risk, "directly_linked", relationship=relationship, knew_since=LONG_AGO.date())
    return tied


def silent(risk: Risk) -> None:
    linked(risk)


def without_effect(risk: Risk) -> None:
    LeverageAction.objects.create(
        tied=linked(risk),
        kind="direct_dialogue",
        rung=0,
        requested_change="x",
        started_on=TODAY,
        deadline=TODAY,
    )


def change(**given: Any) -> Callable[[Risk], object]:
    return lambda risk: Risk.objects.filter(pk=risk.pk).update(**given)


BROKEN: list[tuple[Callable[[Risk], object], set[str]]] = [
    (lambda risk: judge(risk, scale=None), {"SEVERITY_INCOMPLETE"}),
    (change(next_review=TODAY - timedelta(days=1)), {"STALE_ASSESSMENT"}),
    (
        change(context_until=TODAY - timedelta(days=1), assessed_on=TODAY - timedelta(days=2)),
        {"CONTEXT_PASSED"},
    ),
    (change(owner=None), {"NO_OWNER"}),
    (
        lambda risk: change(owner=User.objects.get(username="dan"))(risk),
        {"OWNER_WITHOUT_MANDATE"},
    ),
    (lambda risk: risk.plans.all().update(state="ended"), {"NO_MITIGATION"}),
    (
        lambda risk: (risk.plans.all().update(state="ended"), change(tier=1, tier_since=LONG_AGO)(risk)),
        {"NO_MITIGATION", "PLAN_OVERDUE", "INTERIM_OVERDUE"},
    ),
    (change(held=None, level=4), {"NOBODY_CONSULTED"}),
    (
        lambda risk: Risk.objects.filter(pk=risk.pk).update(held=unheard(risk)),
        {"AFFECTED_NOT_HEARD"},
    ),
    (lambda risk: consult(risk, due=TODAY - timedelta(days=1)), {"FINDING_UNANSWERED"}),
    (answered, {"PARTICIPANTS_NOT_TOLD"}),
    (lambda risk: find(risk, "undetermined"), {"INVOLVEMENT_UNDETERMINED"}),
    (
        lambda risk: find(risk, "undetermined", fact_finding_due=TODAY - timedelta(days=1)),
        {"INVOLVEMENT_UNDETERMINED", "FACT_FINDING_OVERDUE"},
    ),
    (silent, {"REASSESS_INVOLVEMENT", "LINKED_YET_SILENT", "BEGUN_WITHOUT_ONBOARDING"}),
    (without_effect, {"REASSESS_INVOLVEMENT", "BEGUN_WITHOUT_ONBOARDING"}),
    (
        lambda risk: (plan(risk, "remediation"), find(risk, "cause", stop_due=NOW - timedelta(days=1))),
        {"OWN_PART_NOT_STOPPED"},
    ),
    (
        lambda risk: find(risk, "contribute_facilitate", stop_due=NOW + timedelta(days=1)),
        {"NO_REMEDIATION_PLAN"},
    ),
    (lambda risk: risk.touches.all().delete(), {"NO_RIGHT_NAMED"}),
    (lambda risk: (change(published=True)(risk), flagged("Sound")), {"NAMED_THOUGH_DANGEROUS"}),
    (lambda risk: (change(published=True)(risk), flagged("Soundings")), set()),
    (lambda risk: (change(published=False)(risk), flagged("Sound")), set()),
    (lambda risk: heard_of(risk, "Northern Cloud", published=True), {"NAMED_THOUGH_DANGEROUS"}),
    (lambda risk: heard_of(risk, "Northern Cloud", published=False), set()),
    (
        lambda risk: (counted(risk, "Staff of Cloud, Northern"), flagged("Northern Cloud")),
        {"NAMED_THOUGH_DANGEROUS"},
    ),
    (lambda risk: (counted(risk, "Staff of northern clouds"), flagged("Northern Cloud")), set()),
    (lambda risk: lapsed_dilemma(risk), {"DILEMMA_LAPSED"}),
]


def flagged(name: str) -> Partner:
    """Return a partner that was marked as never to be named after the text was published."""
    return Partner.objects.create(name=name, naming_endangers="Its engineers are watched.")


def heard_of(risk: Risk, partner: str, *, published: bool) -> None:
    answered(risk)
    ConsultationFinding.objects.update(we_did=f"{partner.upper()} was asked.", told_participants_at=NOW)
    Consultation.objects.update(
        published=published,
        published_by=risk.owner,
        published_at=NOW,
        screened_by=User.objects.get(username="dan"),
        screened_at=NOW,
    )
    flagged(partner)


def counted(risk: Risk, group: str) -> None:
    """Publish a consultation about a risk that counts how many of a group took part."""
    heard_of(risk, "Another One", published=True)
    ConsultationFinding.objects.update(we_did="Somebody was asked.")
    Consultation.objects.update(breakdown=[{"group": group, "count": 12}])


def unheard(risk: Risk) -> SeverityAssessment:
    """Return a judgement that rests on nothing that people affected said."""
    held = SeverityAssessment.objects.get(risk=risk)
    held.pk = None
    held.save(force_insert=True)
    return held


def lapsed_dilemma(risk: Risk) -> Dilemma:
    """Return a dilemma that was to be looked at again yesterday."""
    return Dilemma.objects.create(
        risk=risk,
        question="x",
        kind="other",
        facts="x",
        state="decided",
        review_on=TODAY - timedelta(days=1),
        prepared_by=User.objects.order_by("pk")[0],
        prepared_at=NOW,
    )


def codes_of(risk: Risk) -> set[str]:
    return {gap.code for gap in register_gaps_of(risk, at=NOW)}


def test_a_risk_that_leaves_nothing_open_has_no_gap(sound: Risk) -> None:
    assert codes_of(sound) == set()


@pytest.mark.parametrize(("break_it", "codes"), BROKEN)
def test_what_is_left_open_is_named(sound: Risk, break_it: Callable[[Risk], object], codes: set[str]) -> None:
    break_it(sound)

    assert codes_of(sound) == codes


def test_a_salient_risk_on_which_nobody_decided_for_the_public_is_named(people: dict[str, User]) -> None:
    risk = Risk.objects.create(title="New", summary="x", opened_on=TODAY)

    assert "SALIENT_NOT_PUBLISHED" in codes_of(risk)


def test_every_gap_has_a_condition_a_sentence_and_a_provision(sound: Risk) -> None:
    told = {code for _break, codes in BROKEN for code in codes} | {"SALIENT_NOT_PUBLISHED"}

    assert set(CONDITIONS) == set(REGISTER_GAPS) == told
    assert all("UNGP" in said for said in REGISTER_GAPS.values())


def test_the_table_counts_what_it_filters(sound: Risk, people: dict[str, User]) -> None:
    for number in range(3):
        Risk.objects.create(title=f"Risk {number}", summary="x", opened_on=TODAY)

    for one in gap_counts(Risk.objects.all(), at=NOW):
        assert Risk.objects.filter(risks_with(one.code, at=NOW)).count() == one.count > 0


def test_counting_costs_one_query_and_one_for_the_partners_not_to_be_named(sound: Risk) -> None:
    with CaptureQueriesContext(connection) as queries:
        gap_counts(Risk.objects.all(), at=NOW)

    assert len(queries) == 2


def test_the_gaps_stand_on_the_page_of_the_risk_and_are_counted_on_the_board(sound: Risk) -> None:
    Risk.objects.filter(pk=sound.pk).update(owner=None)
    board: Client = signed_in(person("bob", Role.BOARD))

    assert REGISTER_GAPS["NO_OWNER"] in board.get(f"/desk/risks/{sound.pk}/").content.decode()
    page = board.get("/board/")
    [counted] = [one for one in page.context["gaps"] if one.code == "NO_OWNER"]
    assert counted.count == 1
    assert [row.risk.pk for row in board.get("/desk/risks/?gap=NO_OWNER").context["rows"]] == [sound.pk]
