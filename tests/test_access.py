"""Every address by every kind of person, by real requests; an address that declares nobody fails."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from hrdd.accounts.models import AccessReview, Invitation
from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import Permission, Role
from hrdd.notifications.models import WebhookEndpoint
from hrdd.sealing import seal
from remedies.models import PatternReview
from risks.actions.register import ASSIGNED
from risks.models import (
    ActionSample,
    AgreedTerms,
    Change,
    Consultation,
    ConsultationFinding,
    CorrectivePlan,
    Dilemma,
    DilemmaDecision,
    DilemmaOption,
    EmergencyStop,
    ExitDecision,
    ExitDuty,
    ExitStage,
    ExpertAccess,
    LeveragePlan,
    LoweringProposal,
    Measure,
    MitigationPlan,
    ModelReview,
    Onboarding,
    Participant,
    Partner,
    Policy,
    PolicyVersion,
    Product,
    RabatAssessment,
    RegisterImport,
    Relationship,
    RelationshipRisk,
    Risk,
    SalientList,
    SavedView,
    StakeholderGroup,
    StatementOfReasons,
)
from tests.addresses import arguments_of, viewset_of
from tests.cast import NOW, Cast
from tests.oversight.stage import some_of_each
from tests.remedies.retention_stage import held_case
from tests.risks.leverage_stage import acted, measured
from transparency.actions import reports as actions
from transparency.models import Report

# A code and a passkey are asked of people who are nobody yet; without one begun, they are led to the start.
SIGNING_IN = {
    *("login-code", "login-passkey", "login-passkey-options", "invitation"),
    *("sign-in-organisation", "sign-in-organisation-back"),
}
OPEN_TO_ALL = {
    *SIGNING_IN,
    *("home", "livez", "readyz", "metrics", "login", "logout", "public-business-model", "public-exits"),
    *("public-risks", "public-consultations", "public-reports", "public-report", "public-report-file"),
    *("public-edition", "public-edition-file"),
    *("public-policies", "public-policies-data", "public-policy", "public-policy-data"),
    *("public-policy-version", "public-policy-version-data", "public-policy-text"),
    *("public-policy-changes", "public-policy-text-changes"),
    *("raise", "raise-in", "follow", "follow-in"),
    *("public-statements", "public-statements-json", "public-statements-csv"),
    *("public-statement", "public-statement-data", "public-complaints"),
    *("public-data", "public-schema", "public-figures-table", "public-figures-data", "public-risks-data"),
    *("public-consultations-data", "public-business-model-data", "public-corrections-data"),
    *("public-reports-data", "public-corrections", "robots", "sitemap", "sitemap-section"),
    *("public-oversight", "public-oversight-data"),
    *(f"feed-{name}" for name in ("reports", "statements", "policies", "corrections")),
    *("verify", "log-checkpoint", "log-keys", "log-tile", "report-manifest", "edition-manifest"),
}
FEWEST_ADDRESSES, FEWEST_REQUESTS = 110, 1500


# For all but the expert with whom it is shared these are not there; tests/risks/test_experts.py opens them.
SHARED_WITH_ONE = {"shared-detail"}
# For all but the engagement team these are not there; tests/risks/test_participants.py opens them.
TEAM_ONLY = {
    *("consultation-plan-change", "consultation-team", "consultation-check", "consultation-hold"),
    *("consultation-summary", "consultation-screen", "consultation-validate", "consultation-step"),
    *("consultation-finding", "finding-amend", "finding-tag", "finding-answer"),
    *("participant-new", "participant-contact", "participant-step"),
}

# A case is there for whoever has a key of it; tests/remedies/test_case_desk.py opens them.
OF_A_CASE = {f"case-{act}" for act in ("detail", "read", "file", "assign", "bar", "step", "identity")}
OF_A_CASE |= {"custody-answer", "systemic-done"}  # tests/remedies/test_custody.py and test_case_work.py

# The same acts in the API.
OF_A_TEAM = {
    f"api-consultation-{act}"
    for act in ("safeguards", "held", "summary", "screening", "agreed", "findings", "steps")
}
NOT_THERE = {
    *OF_A_TEAM,
    "api-consultation-detail",
    "api-finding-detail",
    "api-finding-tags",
    "api-finding-answer",
}


HEADS = ("scale", "scope", "irremediability")
GIVEN: dict[str, Any] = {
    **dict.fromkeys(HEADS, 2),
    **{f"{head}_rationale": "x" for head in HEADS},
    **dict.fromkeys(("scope_group_share", "scope_people", "scope_group_size", "likelihood")),
    **{name: [] for name in ("evidence", "consultations", "findings_considered")},
    "state_of_harm": "actual_unremedied",
    "likelihood_unknown": False,
    "consulted": "x",
}


def addresses(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[URLPattern]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns)
        else:
            yield pattern


def is_own(pattern: URLPattern) -> bool:
    """Whether an address is about the person who asks, and opens for whoever is signed in."""
    return bool(getattr(pattern.callback, "own_account", False))


def permission_of(pattern: URLPattern) -> Permission | None:
    """Return what an address asks for: of its page, or of its viewset in the API."""
    return getattr(pattern.callback, "permission", None) or getattr(viewset_of(pattern), "permission", None)


@pytest.fixture
def everything(rendered: Report, cast: Cast) -> None:
    actions.ask_clearance(rendered, by=cast.pia, at=NOW)
    for register in ("risks", "partners"):
        RegisterImport.objects.create(
            register=register,
            filename=f"{register}.csv",
            digest="x",
            rows={"derived": [], "company": [], "judged": []},
            accepted=0,
            refused=1,
            uploaded_by=cast.ana,
            uploaded_at=NOW,
        )
    held_case(cast.ana, on=NOW.date())
    PatternReview.objects.create(root_cause="design", why="severe", opened_on=NOW.date(), due=NOW.date())
    Invitation.objects.create(
        username="x", display_name="X", renews=cast.rex, why="x", asked_by=cast.ana, asked_at=NOW
    )
    AccessReview.objects.create(opened_by=cast.eve, opened_at=NOW, due_on=NOW.date())
    some_of_each(cast.ana, person=cast.eve, at=NOW)
    endpoint = WebhookEndpoint.objects.create(
        url="https://news.example/hook",
        about="x",
        events=["risk.published"],
        secret=seal({"secret": "x"}),
        after=0,
        paused_at=NOW,
        recorded_by=cast.ana,
        recorded_at=NOW,
    )
    endpoint.deliveries.create(kind="risk.published", event=1, happened_at=NOW, message="x")
    relationship = Relationship.objects.create(
        partner=Partner.objects.create(name="Northern Cloud"), kind="reseller", supplied="Hosting"
    )
    tied = RelationshipRisk.objects.create(
        relationship=relationship, risk=Risk.objects.order_by("pk")[0], known_since=NOW.date(), how_known="x"
    )
    measured(acted(tied, on=NOW.date()), 1, on=NOW.date())
    LeveragePlan.objects.create(
        tied=tied,
        owner=cast.ana,
        next_step="x",
        next_step_due=NOW.date(),
        opened_by=cast.ana,
        opened_at=NOW,
    )
    undertaken = CorrectivePlan.objects.create(
        tied=tied, agreed="x", agreed_on=NOW.date(), recorded_by=cast.ana, recorded_at=NOW
    )
    undertaken.milestones.create(what="x", due=NOW.date(), logged_by=cast.ana, logged_at=NOW)
    decision = ExitDecision.objects.create(
        relationship=relationship, trigger="no_leverage", opened_by=cast.ana, opened_on=NOW.date()
    )
    stage = ExitStage.objects.create(decision=decision, number=1, what="x", begins_on=NOW.date())
    ExitDuty.objects.create(
        stage=stage, decision=decision, kind="other", what="x", owner=cast.ana, due=NOW.date()
    )
    EmergencyStop.objects.create(
        relationship=relationship,
        decision=decision,
        measure=Measure.objects.create(
            risk=tied.risk,
            kind="temp_suspension",
            intrusion=4,
            state="rejected",
            target="x",
            target_type="partner",
            starts_on=NOW.date(),
            ends_on=NOW.date(),
            ended_on=NOW.date(),
            starts_said="x",
            level_then=5,
            reviewed_on=NOW.date(),
            justified_on=NOW.date(),
        ),
        asked_by=cast.ana,
        asked_at=NOW,
    )
    AgreedTerms.objects.create(relationship=relationship, code_name="x", code_version="1")
    onboarding = Onboarding.objects.create(
        relationship=relationship,
        use_case="x",
        end_users="x",
        country="KE",
        red_flags="x",
        asked_by=cast.ana,
        asked_at=NOW,
    )
    onboarding.findings.create(says="x", level=5, found_by=cast.ana, found_at=NOW)
    by_ana = {"recorded_by": cast.ana, "recorded_at": NOW}
    relationship.partner.notes.create(
        kind="sanctions", subject="x", standing="listed", source="x", noted_on=NOW.date(), **by_ana
    )
    relationship.partner.contacts.create(role="x", sealed=seal({"name": "x"}), **by_ana)
    Product.objects.create(name="Maps")
    StakeholderGroup.objects.create(name="Moderators", type="content_moderator")
    consultation = Consultation.objects.create(title="x", organiser=cast.eve)
    ConsultationFinding.objects.create(
        consultation=consultation,
        you_said="x",
        theme="x",
        recorded_by=cast.eve,
        recorded_at=NOW,
        due=NOW.date(),
    )
    Participant.objects.create(consultation=consultation, pseudonym="x", sealed=seal({"name": "x"}))
    MitigationPlan.objects.create(
        risk=tied.risk,
        kind="mitigation",
        actions="x",
        target="x",
        owner=cast.ana,
        due=NOW.date(),
        proposed_by=cast.ana,
        proposed_at=NOW,
    )
    LoweringProposal.objects.create(
        risk=tied.risk,
        given=GIVEN,
        level_held=4,
        level_proposed=2,
        reasons="x",
        proposed_by=cast.ana,
        proposed_at=NOW,
    )
    SavedView.objects.create(name="x", owner=cast.ana, shared=True, saved_at=NOW)
    record_event(
        by="ana",
        at=NOW,
        action=ASSIGNED,
        subject="1 risk",
        detail={"to": cast.ana.pk, "before": {}, "count": 1},
    )
    ExpertAccess.objects.create(
        risk=tied.risk,
        expert=cast.eve,
        question="x",
        extract={"title": "x", "summary": "", "facts": [], "parts": []},
        starts_on=NOW.date(),
        until=NOW.date(),
        granted_by=cast.ana,
        granted_at=NOW,
    )
    sample = ActionSample.objects.create(
        measure=tied.risk.measures.first() or Measure.objects.all()[0],
        period_from=NOW.date(),
        period_to=NOW.date(),
        actions=1,
        seed=1,
        population_hash="x",
        drawn_by=cast.ana,
        drawn_at=NOW,
    )
    sample.items.create(position=1, reference="x")
    StatementOfReasons.objects.create(
        measure=Measure.objects.order_by("pk")[0],
        puid="a1f6f2f0-0000-4000-8000-000000000001",
        content={
            **dict.fromkeys(("decision_facts", "illegal_content_explanation", "content_type_other"), "x"),
            "category": "STATEMENT_CATEGORY_VIOLENCE",
            "content_type": ["CONTENT_TYPE_TEXT"],
            "content_date": "2026-01-01",
            "source_type": "SOURCE_VOLUNTARY",
        },
        text="x",
        ground="DECISION_GROUND_ILLEGAL_CONTENT",
        category="STATEMENT_CATEGORY_VIOLENCE",
        sha256="x",
        issued_by=cast.ana,
        issued_at=NOW,
    )
    ModelReview.objects.create(driver="data_brokerage", opened_by=cast.ana, opened_on=NOW.date())
    SalientList.objects.create(rows=[], content_hash="x", drawn_by=cast.ana, drawn_on=NOW.date())
    dilemma = Dilemma.objects.create(
        risk=tied.risk, question="x", kind="other", facts="x", prepared_by=cast.ana, prepared_at=NOW
    )
    option = DilemmaOption.objects.create(dilemma=dilemma, kind="label", put_by=cast.ana, put_at=NOW)
    DilemmaDecision.objects.create(
        dilemma=dilemma,
        option=option,
        reasons="x",
        policy_relied_on="x",
        restricts=True,
        review_on=NOW.date(),
        decided_by=cast.ana,
        decided_at=NOW,
    )
    RabatAssessment.objects.create(
        dilemma=dilemma,
        content_extract=seal({"content": "x"}),
        language="x",
        mode="art20",
        gates="???",
        outcome="INCOMPLETE",
        assessed_by=cast.ana,
        assessed_at=NOW,
        valid_until=NOW + timedelta(days=30),
    )
    Change.objects.create(title="x", kind="market_entry", about="x", proposed_by=cast.ana, proposed_at=NOW)
    policy = Policy.objects.create(
        slug="x", title="x", kind="data", owner=cast.ana, recorded_by=cast.ana, recorded_at=NOW
    )
    PolicyVersion.objects.bulk_create(
        PolicyVersion(
            policy=policy,
            number=number,
            language="en",
            title="x",
            drafted_by=cast.ana,
            drafted_at=NOW,
            changed_at=NOW,
        )
        for number in (1, 2)
    )


def test_every_address_says_whom_it_is_for() -> None:
    undeclared = {
        one.name for one in addresses() if permission_of(one) is None and not is_own(one)
    } - OPEN_TO_ALL
    assert undeclared == set()


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_each_address_opens_for_its_people_and_for_nobody_else(everything: None, method: str) -> None:
    people: dict[str, User | None] = {"anybody": None}
    people["sam"] = User.objects.create_user("sam", "x", display_name="Sam", roles=[])
    for role in Role:
        name = f"only-{role.lower()}"
        people[name] = User.objects.create_user(name, "x", display_name=name, roles=[role])
    clients = {who: Client(raise_request_exception=False) for who in people}
    wrong, seen, asked = [], set(), 0

    for pattern in addresses():
        assert pattern.name is not None
        address = reverse(pattern.name, kwargs=arguments_of(pattern))
        seen.add(address)
        for who, user in people.items():
            client = clients[who]
            if user is not None and not is_signed_in(client):
                client.force_login(user)
            answer = getattr(client, method)(address)
            asked += 1
            if answer.streaming:
                list(answer)  # a file is closed once it was read
            if not as_expected(pattern, user, answer):
                wrong.append((who, method, address, answer.status_code))

    assert wrong == []
    assert len(seen) >= FEWEST_ADDRESSES
    assert asked >= FEWEST_REQUESTS


def is_signed_in(client: Client) -> bool:
    """Signing out is an address too: it leaves an empty cookie."""
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie is not None and cookie.value != ""


def as_expected(pattern: URLPattern, user: User | None, answer: Any) -> bool:
    permission = permission_of(pattern)
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/")
    if answer.status_code == 405:
        return True
    if viewset_of(pattern) is not None:
        return as_expected_of_the_api(pattern, user, answer)
    if pattern.name in SIGNING_IN or is_own(pattern):
        return as_expected_of_an_account(pattern, user, answer)
    if permission is None:
        return answer.status_code in {200, 302, 404, 415} and not to_sign_in
    if user is None:
        return to_sign_in
    if not user.may(permission):
        return bool(answer.status_code == 403)
    if pattern.name in TEAM_ONLY | SHARED_WITH_ONE | OF_A_CASE:
        return bool(answer.status_code == 404)
    return answer.status_code in {200, 302, 400} and not to_sign_in


def as_expected_of_an_account(pattern: URLPattern, user: User | None, answer: Any) -> bool:
    """Signing in is for anybody; an account is its own person's, and others have none to see there."""
    if pattern.name in SIGNING_IN:
        return answer.status_code in {200, 302, 400, 404}
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/")
    return to_sign_in if user is None else answer.status_code in {200, 302, 400, 403, 404} and not to_sign_in


def as_expected_of_the_api(pattern: URLPattern, user: User | None, answer: Any) -> bool:
    """Whoever may read may be refused an act of it, in a problem that says so; everybody else reads nothing."""
    permission = permission_of(pattern)
    assert permission is not None
    if user is None or not user.may(permission):
        return bool(answer.status_code == 403)
    if answer.status_code == 404:
        shown = pattern.name == "api-consultation-detail" and answer.request["REQUEST_METHOD"] == "GET"
        return pattern.name in NOT_THERE and not shown
    refused = answer.status_code in {400, 403, 409, 415}
    if refused:
        return bool(answer.headers["Content-Type"] == "application/problem+json")
    return answer.status_code in {200, 201, 202, 204}
