"""An analyst proposes how the company is involved, a decider finds, anybody challenges, through the pages."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions.involvement import propose_involvement
from risks.actions.standing import refresh
from risks.models import (
    Evidence,
    Involvement,
    InvolvementChallenge,
    LeverageAction,
    Partner,
    Relationship,
    RelationshipRisk,
    Risk,
)
from risks.queries import involvement as queries
from risks.rules.leverage import TIME_LIMITS
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
        ({"product": "a\0b"}, "Null characters are not allowed."),
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


def test_the_own_part_is_stopped_once_on_a_day_that_can_be(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk
) -> None:
    knew = TODAY - timedelta(days=9)
    found = find(
        client, ana, dan, evidence, **CONTRIBUTES, knew_since=knew, relationship=tied.relationship_id
    )
    tied.refresh_from_db()
    assert (tied.own_contribution, tied.own_part_stopped_on) == (True, None)

    early = stop(client, ana, found, stopped_on=knew - timedelta(days=1))
    late = stop(client, ana, found, stopped_on=TODAY + timedelta(days=1))
    untold = stop(client, ana, found, how="Done.")

    assert b"the part did not stop before" in early.content
    assert b"this day is still to come" in late.content
    assert b"at least 50 characters" in untold.content
    assert found.own_part_stopped_on is None
    assert stop(client, ana, found, stopped_on=knew).status_code == 302
    assert b"on record already" in stop(client, ana, found).content
    tied.refresh_from_db()
    assert (found.own_part_stopped_on, tied.own_part_stopped_on) == (knew, knew)


def test_who_is_linked_only_has_no_own_part_to_stop(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    found = find(client, ana, dan, evidence, **LINKED)

    assert b"has a part of its own" in stop(client, ana, found).content


def test_an_own_part_that_goes_on_past_its_time_is_a_task_until_it_stopped(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    found = find(client, ana, dan, evidence, **CONTRIBUTES)
    assert list(queries.own_part_not_stopped(found.stop_due)) == []
    late = found.stop_due + timedelta(seconds=1)

    assert list(queries.own_part_not_stopped(late)) == [found]
    stop(client, ana, found)
    assert list(queries.own_part_not_stopped(late)) == []


def test_undetermined_opens_a_clock_to_find_the_facts_and_counts_as_contributing(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    found = find(client, ana, dan, evidence, **UNKNOWN)

    due = found.decided_at.date() + timedelta(days=30)
    assert (found.tie, found.fact_finding_due) == ("undetermined", due)
    assert found.stop_due is not None
    assert list(queries.fact_finding_overdue(due)) == []
    assert list(queries.fact_finding_overdue(due + timedelta(days=1))) == [found]
    find(client, ana, dan, evidence, **LINKED)
    assert list(queries.fact_finding_overdue(due + timedelta(days=1))) == []


@pytest.mark.parametrize("level", TIME_LIMITS)
@pytest.mark.parametrize("through", ["relationship", "product"])
def test_a_link_drifts_past_its_limit_until_leverage_changed_something(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk, level: int, through: str
) -> None:
    assess(evidence.risk, level, on=TODAY)
    refresh(evidence.risk, at=NOW)
    limit = TIME_LIMITS[level].change
    knew = TODAY - timedelta(days=5)
    how = {"relationship": tied.relationship_id} if through == "relationship" else {"product": "Messages"}
    found = find(client, ana, dan, evidence, linked="yes", knew_since=knew, **how)
    if limit is None:
        assert list(queries.drifting(knew + timedelta(days=5000))) == []
        return
    last = knew + timedelta(days=limit)

    assert list(queries.drifting(last)) == []
    assert list(queries.drifting(last + timedelta(days=1))) == [found]
    use_leverage(tied, effect=1)
    assert list(queries.drifting(last + timedelta(days=1))) == [found]
    use_leverage(tied, effect=2)
    assert list(queries.drifting(last + timedelta(days=1))) == []
    found.refresh_from_db()
    assert (found.state, found.tie) == ("found", "directly_linked")


def use_leverage(tied: RelationshipRisk, *, effect: int) -> None:
    LeverageAction.objects.create(
        tied=tied,
        kind="technical",
        rung=1,
        requested_change="x",
        started_on=TODAY,
        deadline=TODAY,
        recorded_by="ana",
        effect=effect,
        indicator="x",
        measured="1",
        evidence="x",
        measured_on=TODAY,
        measured_by="ana",
    )


def test_without_a_day_the_company_knows_since_its_finding_and_an_ended_relationship_drifts_no_more(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk
) -> None:
    found = find(client, ana, dan, evidence, linked="yes", relationship=tied.relationship_id)
    late = TODAY + timedelta(days=15)

    assert list(queries.drifting(late)) == [found]
    Relationship.objects.update(status="ended")
    assert list(queries.drifting(late)) == []


def test_another_partners_change_does_not_clear_a_drift(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk
) -> None:
    found = find(client, ana, dan, evidence, linked="yes", relationship=tied.relationship_id)
    other = Relationship.objects.create(partner=tied.relationship.partner, kind="supplier", supplied="x")
    use_leverage(
        RelationshipRisk.objects.create(
            relationship=other, risk=evidence.risk, known_since=TODAY, how_known="x"
        ),
        effect=4,
    )

    assert list(queries.drifting(TODAY + timedelta(days=15))) == [found]


def test_each_task_is_one_query_shown_on_the_desk_and_in_the_list(
    client: Client,
    ana: User,
    dan: User,
    evidence: Evidence,
    tied: RelationshipRisk,
    django_assert_num_queries: Any,
) -> None:
    knew = TODAY - timedelta(days=15)
    find(client, ana, dan, evidence, linked="yes", knew_since=knew, relationship=tied.relationship_id)

    with django_assert_num_queries(3):
        [task] = queries.tasks(NOW)
    assert task.code == "REASSESS_INVOLVEMENT"
    fragment = render_to_string("risks/_involvement_tasks.html", {"involvement_tasks": [task]})
    assert "REASSESS_INVOLVEMENT" in fragment
    assert "Calls to violence" in fragment
    page = client.get("/desk/involvements/?show=drifting").content.decode()
    assert "1 in the list" in page
    assert "REASSESS_INVOLVEMENT" in page


def test_all_tasks_of_a_moment_far_ahead_are_listed(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    find(client, ana, dan, evidence, **UNKNOWN)
    ahead = datetime.combine(TODAY + timedelta(days=40), time(), tzinfo=UTC)

    assert [task.code for task in queries.tasks(ahead)] == ["OWN_PART_NOT_STOPPED", "FACT_FINDING_OVERDUE"]


def test_the_fragment_of_a_risk_shows_claims_as_claims_and_what_findings_oblige_to(
    client: Client, ana: User, dan: User, evidence: Evidence, risk: Risk
) -> None:
    Involvement.objects.create(risk=risk, said="accused of aiding", argued_by="A coalition")
    find(client, ana, dan, evidence, **CONTRIBUTES)

    fragment = render_to_string(
        "risks/_involvement_of_risk.html",
        {"risk": risk, "involvements": queries.involvements_of(risk, TODAY), "may_propose_involvement": True},
    )

    for said in (
        "Claimed, no finding; argued by A coalition",
        "Found; Dan",
        "Remedy to the extent",
        "Propose how",
    ):
        assert said in fragment


def test_a_claim_is_shown_as_one_and_who_argued_it(client: Client, ana: User, risk: Risk) -> None:
    claim = Involvement.objects.create(
        risk=risk,
        said="aided",
        tie="cause",
        argued_by="A coalition of the people affected",
        reasoning="Because.",
    )
    client.force_login(ana)

    page = client.get(f"/desk/involvements/{claim.pk}/").content.decode()

    assert "A claim, no finding" in page
    assert "Argued by A coalition of the people affected" in page
    assert "What is owed" not in page


@pytest.mark.parametrize(
    "query",
    [
        "",
        "show=proposed",
        "show=standing",
        "show=claimed",
        "show=over",
        "show=not_stopped",
        "show=facts_overdue",
        "show=%00",
        "show=x&tie=y",
        "page=x",
        "tie=cause",
    ],
)
def test_every_filter_answers_and_an_odd_one_is_no_error(
    client: Client, ana: User, risk: Risk, query: str
) -> None:
    client.force_login(ana)

    assert client.get(f"/desk/involvements/?{query}").status_code == 200


def test_the_list_asks_the_database_as_often_for_one_as_for_thirty(
    client: Client, ana: User, risk: Risk, django_assert_num_queries: Any
) -> None:
    client.force_login(ana)
    Involvement.objects.create(risk=risk, said="x")
    with CaptureQueriesContext(connection) as one:
        client.get("/desk/involvements/")
    for number in range(30):
        other = Risk.objects.create(title=f"Risk {number}", summary="x", opened_on=date(2020, 1, 1))
        Involvement.objects.create(risk=other, said="x")

    with django_assert_num_queries(len(one)):
        assert "31 in the list" in client.get("/desk/involvements/").content.decode()


REWRITES = [
    "tie = 'none'",
    "reasoning = 'x'",
    "counsel_heard = 'x'",
    "stop_due = NULL",
    "detail = '{\"a\": 1}'",
]


@pytest.mark.parametrize(
    "change", [*REWRITES, "state = 'proposed'", "state = 'refused'", "relationship_id = NULL"]
)
def test_a_finding_is_never_rewritten_not_even_by_sql(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk, change: str
) -> None:
    find(client, ana, dan, evidence, **CONTRIBUTES, relationship=tied.relationship_id)

    with pytest.raises(DatabaseError, match="I2"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE risks_involvement SET {change}")  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM risks_involvement",
        "DELETE FROM risks_involvement_evidence",
        "UPDATE risks_involvement_evidence SET id = id",
        "INSERT INTO risks_involvement_evidence (involvement_id, evidence_id) "
        "SELECT involvement_id, evidence_id + 1 FROM risks_involvement_evidence",
    ],
)
def test_a_finding_and_its_evidence_are_never_taken_away(
    client: Client, ana: User, dan: User, evidence: Evidence, statement: str
) -> None:
    find(client, ana, dan, evidence, **CONTRIBUTES)

    with pytest.raises(DatabaseError, match="I2"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_that_the_own_part_stopped_is_never_rewritten(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    stop(client, ana, find(client, ana, dan, evidence, **CONTRIBUTES))

    with pytest.raises(DatabaseError, match="I2"), transaction.atomic():
        Involvement.objects.update(own_part_stopped_on=TODAY - timedelta(days=1))


def test_the_database_finds_nothing_without_evidence(
    client: Client, ana: User, dan: User, evidence: Evidence
) -> None:
    proposal = propose(client, ana, evidence, **LINKED)
    proposal.evidence.clear()

    assert b"The proposal changed" in sign(client, dan, proposal).content
    with pytest.raises(DatabaseError, match="I2: a finding needs evidence"), transaction.atomic():
        Involvement.objects.update(state="found", decided_by=dan, decided_at=NOW)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "found", "same": True}, "involvement_found_by_another"),
        ({"state": "withdrawn", "decided": True}, "involvement_found_by_another"),
        ({"state": "found", "decided": True, "tie": "undetermined"}, "fact_finding_clock"),
        ({"own_part_stopped_on": TODAY}, "own_part_stopped_says_how"),
    ],
)
def test_the_database_keeps_pairs_that_belong_together(
    risk: Risk, ana: User, dan: User, values: dict[str, Any], constraint: str
) -> None:
    who = ana if values.pop("same", False) else dan if values.pop("decided", False) else None
    decided = {"proposed_by": ana, "decided_by": who, "decided_at": NOW} if who else {}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Involvement.objects.create(risk=risk, said="x", **decided, **values)


@pytest.mark.parametrize(
    ("state", "constraint"), [("proposed", "proposed_once"), ("found", "one_finding_stands")]
)
def test_the_database_keeps_one_proposal_and_one_finding_for_a_risk_without_a_relationship(
    risk: Risk, ana: User, dan: User, state: str, constraint: str
) -> None:
    decided = {"decided_by": dan, "decided_at": NOW} if state == "found" else {}
    row = {"risk": risk, "said": "x", "tie": "cause", "state": state, "proposed_by": ana, **decided}
    Involvement.objects.create(**row)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Involvement.objects.create(**row)


def test_the_audit_log_names_no_partner_and_quotes_nothing(
    client: Client, ana: User, dan: User, evidence: Evidence, tied: RelationshipRisk
) -> None:
    found = find(client, ana, dan, evidence, **CONTRIBUTES, relationship=tied.relationship_id)
    challenge(client, ana, found)

    logged = " ".join(f"{one.action} {one.subject} {one.detail}" for one in AuditEvent.objects.all())
    for told in ("Northern Cloud", "Calls to violence", "Half of the calls", "nothing was said against it"):
        assert told not in logged
