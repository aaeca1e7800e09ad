"""A severe judgement is lowered by two people and new evidence, or it stands (SD1, SD4, SD5)."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import Role
from risks.models import LoweringProposal, Partner, Relationship, RelationshipRisk, Risk
from tests.risks.test_severity_assessment import SEVERE

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LOWER = SEVERE | {
    "scale": "2",
    "scope": "1",
    "irremediability": "1",
    "what_changed": "An independent test showed that the feature no longer exposes anybody.",
}
PUT_RIGHT = SEVERE | {"state_of_harm": "actual_remedied", "likelihood": ""}
REASONS = "The test was repeated by people outside the company, who came to the same result."
NOTHING_NEW = {"evidence_title": "", "evidence_says": ""}


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def analyst(ana: User) -> Client:
    return signed_in(ana)


@pytest.fixture
def risk(analyst: Client) -> Risk:
    """Return a risk judged at level 4."""
    risk = Risk.objects.create(title="A risk", summary="What may happen.", opened_on=NOW.date())
    analyst.post(f"/desk/risks/{risk.pk}/assess/", SEVERE)
    return risk


def page_of(risk: Risk) -> str:
    return f"/desk/risks/{risk.pk}/assess/"


def held(risk: Risk) -> dict[str, str]:
    """Return the choice of the evidence that the judgement in force rests on."""
    return {"evidence": str(risk.evidence.order_by("pk")[0].pk)}


def sign(client: Client, *, approve: bool = True, reasons: str = REASONS) -> int:
    asked = SignOff.objects.get(subject_kind="lowering", decided_at__isnull=True)
    given = {
        "decision": "approve" if approve else "refuse",
        "reasons": reasons,
        "seen_hash": asked.content_hash,
    }
    return client.post(f"/desk/signoffs/{asked.pk}/", given).status_code


@pytest.mark.parametrize("given", [LOWER, PUT_RIGHT])
@pytest.mark.parametrize("between", [None, {"scale": "unknown"}, {"scope": "unknown"}])
def test_lowering_without_new_evidence_is_refused(
    risk: Risk, analyst: Client, given: dict[str, str], between: dict[str, str] | None
) -> None:
    if between:
        analyst.post(page_of(risk), SEVERE | between | held(risk) | NOTHING_NEW)
    before = risk.assessments.count()

    refused = analyst.post(page_of(risk), given | NOTHING_NEW | held(risk))

    assert refused.status_code == 400
    assert b"SD5: lowering from level 4 needs new evidence" in refused.content
    assert (risk.assessments.count(), LoweringProposal.objects.count()) == (before, 0)


def test_with_new_evidence_the_lower_judgement_waits_for_a_senior(risk: Risk, analyst: Client) -> None:
    answer = analyst.post(page_of(risk), LOWER, follow=True).content.decode()

    risk.refresh_from_db()
    proposal = LoweringProposal.objects.get()
    assert "Proposed: level 4 to 2." in answer
    assert (risk.level, proposal.level_proposed, proposal.new_evidence.count()) == (4, 2, 1)
    assert risk.assessments.count() == 1


def test_a_senior_signs_and_both_names_stand_under_the_judgement(risk: Risk, analyst: Client) -> None:
    analyst.post(page_of(risk), LOWER)

    status = sign(signed_in(person("eve", Role.SENIOR)))

    risk.refresh_from_db()
    latest = risk.assessments.first()
    assert status == 302
    assert latest is not None
    assert (latest.level, latest.recorded_by, latest.confirmed_by) == (2, "ana", "eve")
    assert (risk.level, risk.salient, LoweringProposal.objects.get().state) == (2, False, "approved")


def test_a_harm_is_put_right_on_two_words_only(risk: Risk, analyst: Client) -> None:
    analyst.post(page_of(risk), PUT_RIGHT)
    risk.refresh_from_db()
    assert risk.salient

    sign(signed_in(person("eve", Role.SENIOR)))

    risk.refresh_from_db()
    assert (risk.salient, risk.state_of_harm) == (False, "actual_remedied")


def test_whoever_proposed_does_not_sign_though_also_senior(db: None) -> None:
    both = person("ada", Role.ANALYST, Role.SENIOR)
    client = signed_in(both)
    risk = Risk.objects.create(title="A risk", summary="What may happen.", opened_on=NOW.date())
    client.post(page_of(risk), SEVERE)
    client.post(page_of(risk), LOWER)

    assert sign(client) == 400
    risk.refresh_from_db()
    assert risk.level == 4


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.DECIDER, Role.BOARD, Role.PARTNER_MGR])
def test_only_a_senior_signs(risk: Risk, analyst: Client, role: Role) -> None:
    analyst.post(page_of(risk), LOWER)

    assert sign(signed_in(person("max", role))) == 400
    assert risk.assessments.count() == 1


def _earns_by(risk: Risk, user: User) -> None:
    tied = RelationshipRisk.objects.create(
        relationship=Relationship.objects.create(
            partner=Partner.objects.create(name="Northern Cloud"), kind="reseller", supplied="Hosting"
        ),
        risk=risk,
        known_since=NOW.date(),
        how_known="x",
    )
    tied.relationship.revenue_owners.add(user)


def test_who_earns_by_a_linked_partner_neither_proposes_nor_signs(
    risk: Risk, analyst: Client, ana: User
) -> None:
    eve = person("eve", Role.SENIOR)
    analyst.post(page_of(risk), LOWER)
    _earns_by(risk, eve)
    assert sign(signed_in(eve)) == 400

    LoweringProposal.objects.all().update(state="withdrawn")
    Relationship.objects.get().revenue_owners.set([ana])
    refused = analyst.post(page_of(risk), LOWER)

    assert b"SD4: whoever has a revenue target on a linked partner" in refused.content
    assert risk.assessments.count() == 1


def test_a_signature_on_what_changed_meanwhile_is_refused(risk: Risk, analyst: Client) -> None:
    analyst.post(page_of(risk), LOWER)
    analyst.post(page_of(risk), SEVERE | {"scale": "5"} | NOTHING_NEW | held(risk))

    assert sign(signed_in(person("eve", Role.SENIOR))) == 400
    risk.refresh_from_db()
    assert risk.level == 5


def test_a_refusal_and_a_withdrawal_leave_the_level(risk: Risk, analyst: Client) -> None:
    eve = signed_in(person("eve", Role.SENIOR))
    analyst.post(page_of(risk), LOWER)
    assert sign(eve, approve=False) == 302
    assert LoweringProposal.objects.get().state == "refused"
    analyst.post(page_of(risk), LOWER)
    second = LoweringProposal.objects.get(state="asked")

    eve.post(f"/desk/risks/lowering/{second.pk}/withdraw/")
    other = signed_in(person("ann", Role.ANALYST)).post(
        f"/desk/risks/lowering/{second.pk}/withdraw/", follow=True
    )
    assert b"Only whoever proposed" in other.content
    analyst.post(f"/desk/risks/lowering/{second.pk}/withdraw/")

    second.refresh_from_db()
    risk.refresh_from_db()
    assert (second.state, risk.level) == ("withdrawn", 4)
    assert not SignOff.objects.filter(decided_at__isnull=True).exists()


def test_one_proposal_waits_at_a_time(risk: Risk, analyst: Client) -> None:
    analyst.post(page_of(risk), LOWER)

    refused = analyst.post(page_of(risk), LOWER)

    assert b"waits for a signature already" in refused.content
    assert risk.evidence.count() == 2


def test_the_database_refuses_one_name_under_a_lowered_level(risk: Risk, analyst: Client) -> None:
    analyst.post(page_of(risk), LOWER)
    sign(signed_in(person("eve", Role.SENIOR)))
    latest = risk.assessments.first()
    assert latest is not None

    latest.pk, latest.confirmed_by = None, latest.recorded_by
    with pytest.raises(IntegrityError), transaction.atomic():
        latest.save(force_insert=True)


def test_the_log_tells_who_proposed_and_who_signed(risk: Risk, analyst: Client) -> None:
    analyst.post(page_of(risk), LOWER)
    sign(signed_in(person("eve", Role.SENIOR)))

    acts = list(AuditEvent.objects.order_by("id").values_list("actor", "action"))
    assert ("ana", "proposed lower severity") in acts
    assert ("eve", "sign-off approved: lower severity") in acts


def test_the_page_of_a_proposal_shows_both_judgements(risk: Risk, analyst: Client) -> None:
    analyst.post(page_of(risk), LOWER)

    page = analyst.get(f"/desk/risks/lowering/{LoweringProposal.objects.get().pk}/").content.decode()

    assert "Lower severity from 4 to 2" in page
    assert LOWER["what_changed"] in page
    assert "Take it back" in page
