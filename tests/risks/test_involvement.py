"""An analyst proposes how the company is involved, a decider finds, anybody challenges, through the pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions.involvement import propose_involvement
from risks.actions.standing import refresh
from risks.models import (
    Evidence,
    Involvement,
    InvolvementChallenge,
    Partner,
    Relationship,
    RelationshipRisk,
    Risk,
)
from tests.risks.test_partners import assess, person

NOW = datetime.now(tz=UTC)
TODAY = NOW.date()
REASONS = "The evidence bears each answer; the teams concerned were heard and nothing was said against it."
ANSWERS = {"alone": "no", "facilitates": "no", "incentivises": "no", "adds": "no", "linked": "no"}
FACTORS = dict.fromkeys(
    ("foreseeable", "substantial", "enabled", "encouraged", "mitigation_quality"), "unknown"
)
CONTRIBUTES = {
    "facilitates": "yes",
    "substantial": "yes",
    "substantial_text": "Half of the calls.",
    "mode": "act",
}
LINKED = {"linked": "yes", "product": "Group messages"}
UNKNOWN = {"alone": "unknown"}


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def dan(db: None) -> User:
    return person("dan", Role.DECIDER)


@pytest.fixture
def dora(db: None) -> User:
    return person("dora", Role.DECIDER)


@pytest.fixture
def risk(db: None) -> Risk:
    risk = Risk.objects.create(title="Calls to violence", summary="x", opened_on=TODAY - timedelta(days=700))
    assess(risk, 5, on=TODAY - timedelta(days=600))
    refresh(risk, at=NOW)
    return risk


@pytest.fixture
def evidence(risk: Risk) -> Evidence:
    return Evidence.objects.create(
        risk=risk, title="Audit of calls", kind="document", says="x", recorded_by="ana", recorded_at=NOW
    )


@pytest.fixture
def tied(risk: Risk) -> RelationshipRisk:
    partner = Partner.objects.create(name="Northern Cloud")
    relationship = Relationship.objects.create(partner=partner, kind="reseller", supplied="Hosting")
    return RelationshipRisk.objects.create(
        relationship=relationship, risk=risk, known_since=TODAY, how_known="x"
    )


def given(evidence: Evidence | None, **changes: Any) -> dict[str, Any]:
    pieces = [evidence.pk] if evidence else []
    return ANSWERS | FACTORS | {"reasoning": REASONS, "evidence": pieces, "propose": "1"} | changes


def propose(client: Client, by: User, evidence: Evidence, **changes: Any) -> Involvement:
    client.force_login(by)
    answer = client.post(f"/desk/risks/{evidence.risk_id}/involvement/", given(evidence, **changes))
    assert answer.status_code == 302, answer.content.decode()
    return Involvement.objects.latest("pk")


def sign(
    client: Client, by: User, proposal: Involvement, *, decision: str = "approve", reasons: str = REASONS
) -> Any:
    asked = SignOff.objects.get(subject_kind="involvement", subject_id=proposal.pk)
    client.force_login(by)
    answer = client.post(
        f"/desk/signoffs/{asked.pk}/",
        {"decision": decision, "seen_hash": asked.content_hash, "reasons": reasons},
    )
    proposal.refresh_from_db()
    return answer


def challenge(client: Client, by: User, found: Involvement, reasons: str = REASONS) -> Any:
    client.force_login(by)
    answer = client.post(f"/desk/involvements/{found.pk}/challenge/", {"reasons": reasons})
    found.refresh_from_db()
    return answer


def stop(client: Client, by: User, found: Involvement, **changes: Any) -> Any:
    client.force_login(by)
    told = {"stopped_on": TODAY, "how": REASONS} | changes
    answer = client.post(f"/desk/involvements/{found.pk}/stopped/", told)
    found.refresh_from_db()
    return answer


def withdraw(client: Client, by: User, proposal: Involvement) -> Any:
    client.force_login(by)
    answer = client.post(f"/desk/involvements/{proposal.pk}/withdrawal/")
    proposal.refresh_from_db()
    return answer


def find(client: Client, ana: User, dan: User, evidence: Evidence, **changes: Any) -> Involvement:
    found = propose(client, ana, evidence, **changes)
    answer = sign(client, dan, found)
    assert answer.status_code == 302, answer.content.decode()
    return found


def test_a_proposal_is_found_by_another_person_and_the_risk_takes_its_tie(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    found = find(client, ana, dan, evidence, **CONTRIBUTES)

    found.risk.refresh_from_db()
    assert (found.state, found.tie, found.risk.tie) == (
        "found",
        "contribute_facilitate",
        "contribute_facilitate",
    )
    assert (found.decided_by, found.decision_reasons) == (dan, REASONS)
    assert found.stop_due - found.decided_at == timedelta(hours=72)
    assert found.fact_finding_due is None
    page = client.get(f"/desk/involvements/{found.pk}/").content.decode()
    for sentence in ("Audit of calls", "Cease the company&#x27;s own part", "Half of the calls.", "Decision"):
        assert sentence in page
    events = AuditEvent.objects.filter(subject=f"involvement {found.pk}").values_list("action", flat=True)
    assert set(events) == {"proposed involvement", "find on the involvement"}


def test_a_preview_shows_where_the_answers_lead_and_records_nothing(
    client: Client, ana: User, evidence: Evidence
) -> None:
    client.force_login(ana)
    typed = given(evidence, **CONTRIBUTES, preview="1")
    del typed["propose"]

    page = client.post(f"/desk/risks/{evidence.risk_id}/involvement/", typed).content.decode()

    assert "Your answers lead to: contributes by facilitating" in page
    assert "Remedy to the extent of the company&#x27;s part" in page
    assert "Half of the calls." in page
    assert not Involvement.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"evidence": []}, "I2: an allegation is not a finding"),
        ({"evidence": ["999999"]}, "Evidence: choose what is on record for this risk."),
        ({"evidence": ["nonsense"]}, "Evidence: choose what is on record for this risk."),
        ({"reasoning": "short"}, "Reasoning: say it in at least 50 characters"),
        ({"facilitates": "yes", "mode": "act"}, "a contribution is substantial"),
        ({"linked": "yes"}, "name the relationship or the product"),
        ({"knew_since": "2999-01-01"}, "this day is still to come"),
        ({"knew_since": "soon"}, "write the day as year-month-day"),
        ({"alone": "perhaps"}, "Choose yes, no or not known."),
        ({"omission_kinds": ["sloth"]}, "Kinds of omission: choose from the list."),
        ({"relationship": "77"}, "Relationship: choose one to which this risk is tied."),
        ({"product": "a\0b"}, "leave out the character NUL."),
    ],
)
@pytest.mark.parametrize("button", ["propose", "preview"])
def test_what_contradicts_itself_or_makes_no_sense_is_refused_and_what_was_typed_stays(
    client: Client, ana: User, evidence: Evidence, changes: dict[str, Any], sentence: str, button: str
) -> None:
    client.force_login(ana)
    typed = given(evidence, counsel_heard="Counsel was asked.", **{button: "1"}) | changes

    answer = client.post(f"/desk/risks/{evidence.risk_id}/involvement/", typed)

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert "Counsel was asked." in answer.content.decode()
    assert not Involvement.objects.exists()
    assert not SignOff.objects.exists()


def test_the_action_itself_takes_no_allegation_for_a_finding(ana: User, risk: Risk) -> None:
    with pytest.raises(NotAllowed, match="I2: an allegation is not a finding"):
        propose_involvement(
            risk,
            answers=ANSWERS,
            factors={},
            mode="",
            omission_kinds=[],
            knew_since=None,
            relationship=None,
            product="",
            evidence=[],
            reasoning=REASONS,
            counsel_heard="",
            by=ana,
            at=NOW,
        )


def test_evidence_of_another_risk_and_a_relationship_without_a_tie_are_refused(
    client: Client, ana: User, evidence: Evidence
) -> None:
    other = Risk.objects.create(title="Other", summary="x", opened_on=TODAY)
    partner = Partner.objects.create(name="Stranger")
    relationship = Relationship.objects.create(partner=partner, kind="reseller", supplied="x")
    client.force_login(ana)

    foreign = client.post(f"/desk/risks/{other.pk}/involvement/", given(evidence, **LINKED))
    untied = client.post(
        f"/desk/risks/{evidence.risk_id}/involvement/",
        given(evidence, linked="yes", relationship=relationship.pk),
    )

    assert b"Evidence: choose what is on record for this risk." in foreign.content
    assert b"Relationship: choose one to which this risk is tied." in untied.content
    assert not Involvement.objects.exists()


def test_one_proposal_is_open_for_a_risk_and_a_relationship(
    client: Client, ana: User, evidence: Evidence, tied: RelationshipRisk
) -> None:
    first = propose(client, ana, evidence, **LINKED)
    propose(client, ana, evidence, linked="yes", relationship=tied.relationship_id)

    second = client.post(f"/desk/risks/{evidence.risk_id}/involvement/", given(evidence, **LINKED))

    assert b"is open already" in second.content
    assert Involvement.objects.count() == 2
    assert withdraw(client, ana, first).status_code == 302
    assert not SignOff.objects.filter(subject_id=first.pk, decided_at__isnull=True).exists()
    propose(client, ana, evidence, **LINKED)


def test_a_closed_risk_takes_no_proposal(client: Client, ana: User, evidence: Evidence, risk: Risk) -> None:
    Risk.objects.filter(pk=risk.pk).update(status="closed", closed_on=TODAY)
    client.force_login(ana)

    answer = client.post(f"/desk/risks/{risk.pk}/involvement/", given(evidence, **LINKED))

    assert b"This risk is closed." in answer.content
    assert not Involvement.objects.exists()


def test_whoever_proposed_does_not_find(client: Client, ana: User, evidence: Evidence) -> None:
    ana.roles = [Role.ANALYST, Role.DECIDER]
    ana.save()
    proposal = propose(client, ana, evidence, **LINKED)

    answer = sign(client, ana, proposal)

    assert b"SD1" in answer.content
    assert proposal.state == "proposed"


def test_only_a_decider_finds(client: Client, ana: User, evidence: Evidence) -> None:
    proposal = propose(client, ana, evidence, **LINKED)

    answer = sign(client, person("eve", Role.SENIOR, Role.REVIEWER, Role.BOARD), proposal)

    assert b"Your role may not find on an involvement." in answer.content
    assert proposal.state == "proposed"


def test_whoever_earns_by_the_partner_does_not_find(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk
) -> None:
    tied.relationship.revenue_owners.add(dan)
    proposal = propose(client, ana, evidence, linked="yes", relationship=tied.relationship_id)

    assert b"SD4" in sign(client, dan, proposal).content
    assert proposal.state == "proposed"


@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_a_decision_needs_reasons_that_others_can_follow(
    client: Client, ana: User, dan: User, evidence: Evidence, decision: str
) -> None:
    proposal = propose(client, ana, evidence, **LINKED)

    answer = sign(client, dan, proposal, decision=decision, reasons="Agreed with the team.")

    assert b"at least 50 characters" in answer.content
    assert proposal.state == "proposed"


def test_legal_risk_alone_refuses_nothing_and_a_refusal_on_the_facts_is_kept(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    proposal = propose(client, ana, evidence, **LINKED, counsel_heard="Counsel warns of lawsuits.")

    law = "Counsel says that this would expose us to lawsuits and to liability in two States."
    assert b"UNGP 21(b)" in sign(client, dan, proposal, decision="refuse", reasons=law).content
    assert proposal.state == "proposed"
    facts = "The audit is evidence of another product; the third answer of the tree does not follow from it."
    assert sign(client, dan, proposal, decision="refuse", reasons=facts).status_code == 302
    assert (proposal.state, proposal.decision_reasons, proposal.risk.tie) == ("refused", facts, "")


def test_counsel_and_restricted_evidence_are_shown_to_who_judges_only(
    client: Client, ana: User, risk: Risk
) -> None:
    secret = Evidence.objects.create(
        risk=risk,
        title="Interview notes",
        kind="testimony",
        says="x",
        disclosure="restricted",
        recorded_by="ana",
        recorded_at=NOW,
    )
    proposal = propose(client, ana, secret, **LINKED, counsel_heard="Privileged words.")
    shown = client.get(f"/desk/involvements/{proposal.pk}/").content.decode()

    client.force_login(person("pat", Role.PARTNER_MGR))
    hidden = client.get(f"/desk/involvements/{proposal.pk}/").content.decode()

    assert "Interview notes" in shown
    assert "Privileged words." in shown
    assert "Interview notes" not in hidden
    assert "Privileged words." not in hidden
    assert "1 more, restricted" in hidden


def test_a_challenged_finding_is_found_again_by_another_decider_who_did_not_challenge_it(
    client: Client, ana: User, dan: User, dora: User, evidence: Evidence
) -> None:
    first = find(client, ana, dan, evidence, **LINKED)
    dirk = person("dirk", Role.DECIDER)
    assert challenge(client, dirk, first).status_code == 302
    assert (first.state, first.risk.tie) == ("challenged", "directly_linked")
    second = propose(client, ana, evidence, **CONTRIBUTES)
    assert second.supersedes == first

    for partial in (dan, dirk):
        assert b"SD1: the finding before this one was challenged" in sign(client, partial, second).content
    assert second.state == "proposed"
    assert sign(client, dora, second).status_code == 302

    first.refresh_from_db()
    second.risk.refresh_from_db()
    assert (first.state, second.state, second.risk.tie) == ("superseded", "found", "contribute_facilitate")
    page = client.get(f"/desk/involvements/{first.pk}/").content.decode()
    assert "Superseded by" in page
    assert REASONS in page


def test_new_facts_without_a_challenge_may_be_decided_by_the_first_decider(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    first = find(client, ana, dan, evidence, **LINKED)
    second = find(client, ana, dan, evidence, **CONTRIBUTES)

    first.refresh_from_db()
    assert (first.state, second.supersedes) == ("superseded", first)


def test_a_challenged_finding_stands_when_the_new_proposal_is_refused(
    client: Client, ana: User, dan: User, dora: User, evidence: Evidence
) -> None:
    first = find(client, ana, dan, evidence, **LINKED)
    challenge(client, ana, first)
    second = propose(client, ana, evidence, **CONTRIBUTES)
    sign(client, dora, second, decision="refuse")

    first.refresh_from_db()
    first.risk.refresh_from_db()
    assert (first.state, second.state, first.risk.tie) == ("challenged", "refused", "directly_linked")


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.DECIDER, Role.PARTNER_MGR])
def test_who_knows_better_challenges_with_reasons(
    client: Client, ana: User, dan: User, evidence: Evidence, role: Role
) -> None:
    found = find(client, ana, dan, evidence, **LINKED)
    other = person("other", role)

    assert b"at least 50 characters" in challenge(client, other, found, "Wrong.").content
    assert found.state == "found"
    assert challenge(client, other, found).status_code == 302
    assert InvolvementChallenge.objects.get().raised_by == other


STATES = ["claimed", "proposed", "found", "challenged", "superseded", "refused", "withdrawn"]
MAY = {
    "approve": {"proposed"},
    "refuse": {"proposed"},
    "withdraw": {"proposed"},
    "challenge": {"found", "challenged"},
    "stop": {"found", "challenged"},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", MAY)
def test_each_act_goes_from_its_states_and_from_no_other(
    client: Client, ana: User, dan: User, dora: User, evidence: Evidence, state: str, act: str
) -> None:
    one = in_state(client, ana, dan, dora, evidence, state)
    if state == "claimed":
        SignOff.objects.create(
            subject_kind="involvement",
            subject_id=one.pk,
            subject="x",
            step="find",
            step_label="x",
            permission="find on an involvement",
            content_hash="0",
            asked_by=ana,
            asked_at=NOW,
        )
    events = AuditEvent.objects.count()

    answer = take(client, ana, dora, one, act)

    if state in MAY[act]:
        assert answer.status_code == 302
        assert AuditEvent.objects.count() > events
    else:
        assert answer.status_code == 400
        assert b'role="alert"' in answer.content
        assert one.state == state
        assert AuditEvent.objects.count() == events


def in_state(client: Client, ana: User, dan: User, dora: User, evidence: Evidence, state: str) -> Involvement:
    """Bring an involvement into a state, by the pages."""
    if state == "claimed":
        return Involvement.objects.create(risk=evidence.risk, said="cause", tie="cause", argued_by="A State")
    if state in {"proposed", "withdrawn"}:
        proposal = propose(client, ana, evidence, **CONTRIBUTES)
        if state == "withdrawn":
            withdraw(client, ana, proposal)
        return proposal
    if state == "refused":
        proposal = propose(client, ana, evidence, **CONTRIBUTES)
        sign(client, dan, proposal, decision="refuse")
        return proposal
    found = find(client, ana, dan, evidence, **CONTRIBUTES)
    if state == "challenged":
        challenge(client, ana, found)
    if state == "superseded":
        find(client, ana, dora, evidence, **CONTRIBUTES)
        found.refresh_from_db()
    return found


def take(client: Client, ana: User, dora: User, one: Involvement, act: str) -> Any:
    if act in {"approve", "refuse"}:
        return sign(client, dora, one, decision=act)
    if act == "withdraw":
        return withdraw(client, ana, one)
    return (challenge if act == "challenge" else stop)(client, ana, one)
