"""Severity is judged on a form: appended, never edited; refused in sentences that say what to do."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions.evidence import record_evidence
from risks.actions.salience import Judging, assess_severity
from risks.models import Evidence, Risk, SeverityAssessment
from tests.risks.vectors import Row, level_of, severity_rows

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
CHOSEN = ["S01", "S02", "S04", "S06", "S08", "S10", "S13", "S16", "S21", "S27", "S31"]
TYPED = {
    "scale_rationale": "The gravest outcome that is credible",
    "scope_rationale": "Counted by the <b>people</b> who told us",
    "irremediability_rationale": "Nothing brings it back",
    "consulted": "A group of reporters, in two meetings",
    "evidence_title": "Log of reports",
    "evidence_kind": "data",
    "evidence_says": "Forty reports in a week name the same outcome",
    "evidence_disclosure": "internal",
    "what_changed": "Forty more reports came in this week, and they say the same as the first ones.",
}
SEVERE = TYPED | {"scale": "4", "scope": "4", "irremediability": "4", "state_of_harm": "actual_unremedied"}


@pytest.fixture
def ana(db: None) -> User:
    return User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST])


@pytest.fixture
def analyst(ana: User, client: Client) -> Client:
    client.force_login(ana)
    return client


@pytest.fixture
def risk(db: None) -> Risk:
    return Risk.objects.create(title="A risk", summary="What may happen.", opened_on=NOW.date())


def form_of(row: Row) -> dict[str, str]:
    said = {"-": "", "?": "unknown"}.get(row.said, row.said)
    flags = {"delay_makes_irremediable": row.delay, "heightened_vulnerability": row.vulnerable}
    heads = dict(zip(("scale", "scope", "irremediability"), map(str, row.heads), strict=True))
    return {
        **TYPED,
        **heads,
        "state_of_harm": row.state,
        "likelihood": said,
        **{name: "on" for name, is_set in flags.items() if is_set},
    }


@pytest.mark.parametrize("row", [row for row in severity_rows() if row.id in CHOSEN], ids=lambda row: row.id)
def test_the_vectors_come_out_of_the_form(risk: Risk, analyst: Client, row: Row) -> None:
    answer = analyst.post(f"/desk/risks/{risk.pk}/assess/", form_of(row), follow=True)

    held = SeverityAssessment.objects.get()
    standing = answer.context["standing"]
    assert (held.level, held.incomplete, held.recorded_by) == (level_of(row), False, "ana")
    assert (held.likelihood, held.consulted) == (row.likelihood, TYPED["consulted"])
    assert (standing.tier or "-", standing.risk.status) == (row.tier, "assessed")
    assert held.reason in answer.content.decode()


def test_an_unknown_head_is_kept_unknown_and_counts_as_four(risk: Risk, analyst: Client) -> None:
    given = SEVERE | {"scale": "1", "scope": "unknown", "irremediability": "unknown"}
    analyst.post(f"/desk/risks/{risk.pk}/assess/", given)

    held = SeverityAssessment.objects.get()
    assert (held.scale, held.scope, held.irremediability) == (1, None, None)
    assert (held.level, held.incomplete) == (3, True)


def test_a_new_judgement_leaves_the_older_one_as_it_was(risk: Risk, analyst: Client) -> None:
    page = f"/desk/risks/{risk.pk}/assess/"
    analyst.post(page, SEVERE)
    before = SeverityAssessment.objects.values().get()

    analyst.post(page, SEVERE | {"scale": "5", "scale_rationale": "Somebody was killed"})

    assert SeverityAssessment.objects.values().get(pk=before["id"]) == before
    assert list(risk.assessments.values_list("level", flat=True)) == [5, 4]
    [first, second] = AuditEvent.objects.filter(action="assessed severity").order_by("id")
    assert (first.actor, second.detail["level"]) == ("ana", 5)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"scale": ""}, "Scale: choose 5 to 1"),
        ({"scope": "9"}, "Scope: choose 5 to 1"),
        ({"irremediability": "0"}, "Irremediability: choose 5 to 1"),
        ({"scope_rationale": " "}, "Why this scope: say why"),
        ({"consulted": ""}, "Who was consulted, or why nobody could be: name them"),
        ({"state_of_harm": ""}, "State of harm: choose whether"),
        ({"likelihood": "3"}, "Likelihood: an actual harm has no likelihood"),
        ({"likelihood": "unknown"}, "Likelihood: an actual harm has no likelihood"),
        ({"likelihood": "7"}, "Likelihood: choose 1 to 5"),
        ({"state_of_harm": "potential"}, "Likelihood: a potential harm needs a likelihood"),
        ({"harm_type": "torture"}, "Scale: torture has scale 5"),
        ({"harm_type": "torture", "floor_reason": "Not credible"}, "is for a reviewer to record"),
        ({"harm_type": "loss_of_revenue"}, "Kind of harm: choose one"),
        ({"evidence_title": "", "evidence_says": ""}, "UNGP 18: attach at least one piece of evidence"),
        ({"evidence_says": ""}, "New evidence: give it both a title and what it shows"),
        (
            {"evidence_says": "Call +251 911 234 567"},
            "it holds a telephone number, which could identify a person",
        ),
        ({"evidence_kind": "testimony"}, "Testimony is restricted to those who judge"),
        ({"scope_people": "500"}, "Scope: the figures given read as 2, not 4"),
        ({"scope_people": "0"}, "1 or more."),
        ({"scope_group_share": "30"}, "counts only for a defined group of 10 people or more"),
        ({"scope_group_share": "60", "scope_group_size": "12"}, "the figures given read as 5, not 4"),
        ({"scale_rationale": "x" * 5001}, "Why this scale: keep it under 5000"),
    ],
)
def test_bad_input_is_named_and_what_was_typed_is_kept(
    risk: Risk, analyst: Client, given: dict[str, str], says: str
) -> None:
    answer = analyst.post(f"/desk/risks/{risk.pk}/assess/", SEVERE | given)

    content = answer.content.decode()
    assert answer.status_code == 400
    assert says in content
    assert "Nothing brings it back" in content
    assert "Counted by the &lt;b&gt;people&lt;/b&gt;" in content or "scope_rationale" in given
    assert not SeverityAssessment.objects.exists()
    assert not Evidence.objects.exists()


def test_a_judgement_does_not_rest_on_the_evidence_of_another_risk(risk: Risk, analyst: Client) -> None:
    other = Risk.objects.create(title="Another", summary="Another.", opened_on=NOW.date())
    for one in (risk, other):
        analyst.post(f"/desk/risks/{one.pk}/assess/", SEVERE)
    foreign = {
        "evidence": str(Evidence.objects.get(risk=other).pk),
        "evidence_title": "",
        "evidence_says": "",
    }

    refused = analyst.post(f"/desk/risks/{risk.pk}/assess/", SEVERE | foreign)

    assert b"Choose from what is on record for this risk" in refused.content
    assert risk.assessments.count() == 1


def test_a_second_judgement_says_what_changed_and_why(risk: Risk, analyst: Client) -> None:
    page = f"/desk/risks/{risk.pk}/assess/"
    analyst.post(page, SEVERE)

    refused = analyst.post(page, SEVERE | {"what_changed": "More reports."})

    assert (
        b"What changed since the last judgement, and why: say it in at least 50 characters" in refused.content
    )
    assert risk.assessments.count() == 1


def test_what_it_comes_to_is_shown_before_anything_is_written(risk: Risk, analyst: Client) -> None:
    page = f"/desk/risks/{risk.pk}/assess/"

    live = analyst.post(f"{page}preview/", SEVERE | {"evidence_title": ""}).content.decode()
    half = analyst.post(f"{page}preview/", {"scale": "5"}).content.decode()
    contradictory = analyst.post(f"{page}preview/", SEVERE | {"likelihood": "2"}).content.decode()
    plain = analyst.post(page, SEVERE | {"preview": "1"})

    assert "Level 4: the gravity of the harm (scale 4) decides." in live
    assert "P1 asks for: owner in 24 hours" in live
    assert "Choose scope and irremediability" in half
    assert "an actual harm has no likelihood" in contradictory
    assert (plain.status_code, "P1 asks for" in plain.content.decode()) == (200, True)
    assert not SeverityAssessment.objects.exists()


def test_a_reviewer_may_say_why_the_gravest_outcome_is_not_credible(risk: Risk, client: Client) -> None:
    both = [Role.ANALYST, Role.REVIEWER]
    client.force_login(User.objects.create_user("ray", "x", display_name="Ray", roles=both))

    client.post(
        f"/desk/risks/{risk.pk}/assess/", SEVERE | {"harm_type": "torture", "floor_reason": "It was a hoax."}
    )

    assert SeverityAssessment.objects.get().reason.endswith(
        "Kind of harm: torture. Why that outcome is not credible: It was a hoax."
    )


def test_an_interim_level_may_be_lowered_once_its_heads_are_known(risk: Risk, analyst: Client) -> None:
    page = f"/desk/risks/{risk.pk}/assess/"
    analyst.post(page, SEVERE | {"scale": "unknown"})

    analyst.post(page, SEVERE | {"scale": "2", "scope": "1", "irremediability": "1"})

    assert list(risk.assessments.values_list("level", flat=True)) == [2, 4]


def test_the_action_itself_refuses_other_roles_and_closed_risks(risk: Risk, ana: User) -> None:
    eve = User.objects.create_user("eve", "x", display_name="Eve", roles=[Role.SENIOR])
    judging = Judging(
        scale=4,
        scope=4,
        irremediability=4,
        scale_rationale="Grave",
        scope_rationale="Many",
        irremediability_rationale="For years",
        state_of_harm="potential",
        likelihood=None,
        likelihood_unknown=True,
        consulted="Nobody could be reached yet",
        evidence=[record_evidence(risk, title="A log", kind="data", says="It happened", by=ana, at=NOW)],
    )

    with pytest.raises(NotAllowed, match="role"):
        assess_severity(risk, judging, by=eve, at=NOW)
    Risk.objects.update(status="closed", closed_on=NOW.date())
    with pytest.raises(NotAllowed, match="closed"):
        assess_severity(risk, judging, by=ana, at=NOW)
    assert not SeverityAssessment.objects.exists()


def test_the_company_and_its_revenue_have_no_place_on_the_form(risk: Risk, analyst: Client) -> None:
    answer = analyst.post(f"/desk/risks/{risk.pk}/assess/", SEVERE | {"company_revenue": "5"})

    assert answer.status_code == 302
    assert "revenue" not in str(SeverityAssessment.objects.values().get())
    assert AuditEvent.objects.get(action="assessed severity").detail["ignored"] == ["company_revenue"]


def test_the_anchors_stand_beside_each_head(risk: Risk, analyst: Client) -> None:
    content = analyst.get(f"/desk/risks/{risk.pk}/assess/").content.decode()

    for words in ("half or more of a defined group", "Cannot be undone or compensated", "Life, torture"):
        assert words in content
