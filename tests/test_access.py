"""The permission cube: every address, by every method, by everybody, by real requests (reliability.md T6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from hrdd.accounts.models import AccessReview, Invitation
from hrdd.governance.actions import record_event
from hrdd.notifications.models import WebhookEndpoint
from hrdd.sealing import seal
from hrdd.workbench.models import Comment
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
from tests.addresses import addresses, arguments_of, viewset_of
from tests.cast import NOW, Cast
from tests.oversight.stage import some_of_each
from tests.permissions.cube import (
    Door,
    actors,
    asking,
    is_let_in,
    other_than,
    plainly_refused,
    unclassed,
    wrong,
)
from tests.permissions.keys import HOW as UNCLASSED
from tests.remedies.retention_stage import held_case
from tests.risks.leverage_stage import acted, measured
from transparency.actions import reports as actions
from transparency.models import Report

FEWEST_CELLS = 8_000
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
    comment = Comment.objects.create(kind="risk", record=tied.risk_id, text="x", by=cast.ana, at=NOW)
    comment.mentions.create(user=cast.eve)
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


@pytest.mark.parametrize("methods", [("GET",), ("POST",), ("PUT", "PATCH", "DELETE")], ids="-".join)
def test_each_cell_of_the_permission_cube_answers_as_the_table_says(
    everything: None, methods: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hrdd.urls.handler403", plainly_refused, raising=False)
    people, door = actors(), Door()
    found, cells, unknown = [], 0, set()

    for pattern in addresses():
        address = reverse(str(pattern.name), kwargs=arguments_of(pattern))
        of_the_api = viewset_of(pattern) is not None
        for method in methods:
            headed = False
            for actor in asking(pattern, method, people):
                let_in = is_let_in(pattern, method, actor)
                asked = door.ask(actor, method, address, of_the_api=of_the_api, undone=let_in)
                told = wrong(pattern, method, actor, asked)
                cells += 1
                unknown |= unclassed(pattern, method, asked)
                if told:
                    found.append((pattern.name, method, actor.name, told))
                if method == "GET" and let_in and not headed:
                    headed = True
                    head = door.ask(actor, "HEAD", address, of_the_api=of_the_api, undone=True)
                    found += [(pattern.name, "HEAD", actor.name, one) for one in other_than(asked, head)]

    print(f"permission cube, {' '.join(methods)}: {cells} cells")  # noqa: T201  # the figure of T6
    assert found == [], "The table is tests/permissions/routes.csv; mend whichever of the two is wrong."
    assert sorted(unknown) == [], UNCLASSED
    assert cells >= FEWEST_CELLS
