"""Severity is judged on a form: appended, never edited; refused in sentences that say what to do."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions.salience import assess_severity
from risks.models import Risk, SeverityAssessment
from tests.risks.vectors import Row, level_of, severity_rows

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
CHOSEN = ["S01", "S02", "S04", "S06", "S08", "S10", "S13", "S16", "S21", "S27", "S31"]
TYPED = {
    "scale_rationale": "The gravest outcome that is credible",
    "scope_rationale": "Counted by the <b>people</b> who told us",
    "irremediability_rationale": "Nothing brings it back",
    "consulted": "A group of reporters, in two meetings",
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


def test_a_reviewer_may_say_why_the_gravest_outcome_is_not_credible(risk: Risk, client: Client) -> None:
    both = [Role.ANALYST, Role.REVIEWER]
    client.force_login(User.objects.create_user("ray", "x", display_name="Ray", roles=both))

    client.post(
        f"/desk/risks/{risk.pk}/assess/", SEVERE | {"harm_type": "torture", "floor_reason": "It was a hoax."}
    )

    assert SeverityAssessment.objects.get().reason.endswith(
        "Kind of harm: torture. Why that outcome is not credible: It was a hoax."
    )


@pytest.mark.parametrize("between", [None, {"scale": "unknown"}])
def test_one_person_does_not_lower_what_was_severe(
    risk: Risk, analyst: Client, between: dict[str, str] | None
) -> None:
    page = f"/desk/risks/{risk.pk}/assess/"
    analyst.post(page, SEVERE)
    if between:
        analyst.post(page, SEVERE | between)

    refused = analyst.post(page, SEVERE | {"scale": "1", "scope": "1", "irremediability": "1"})

    assert refused.status_code == 400
    assert b"SD5: severity is not lowered from level 4 to 1 by one person" in refused.content
    assert b"until then the level stands" in refused.content
    assert set(risk.assessments.values_list("level", flat=True)) == {4}


def test_one_person_does_not_open_a_head_to_lower_a_grave_scale(risk: Risk, analyst: Client) -> None:
    page = f"/desk/risks/{risk.pk}/assess/"
    analyst.post(page, SEVERE | {"scale": "5", "scope": "unknown"})

    refused = analyst.post(page, SEVERE | {"scale": "1", "scope": "1", "irremediability": "1"})

    assert b"SD5: severity is not lowered from level 5 to 1" in refused.content


def test_one_person_does_not_take_a_severe_harm_off_the_list_as_put_right(
    risk: Risk, analyst: Client
) -> None:
    page = f"/desk/risks/{risk.pk}/assess/"
    analyst.post(page, SEVERE)

    refused = analyst.post(page, SEVERE | {"state_of_harm": "actual_remedied", "likelihood": ""})

    assert b"leaves the salient list when it is put right" in refused.content
    assert risk.assessments.count() == 1


def test_an_interim_level_may_be_lowered_once_its_heads_are_known(risk: Risk, analyst: Client) -> None:
    page = f"/desk/risks/{risk.pk}/assess/"
    analyst.post(page, SEVERE | {"scale": "unknown"})

    analyst.post(page, SEVERE | {"scale": "2", "scope": "1", "irremediability": "1"})

    assert list(risk.assessments.values_list("level", flat=True)) == [2, 4]


def test_the_action_itself_refuses_other_roles_and_closed_risks(risk: Risk, ana: User) -> None:
    eve = User.objects.create_user("eve", "x", display_name="Eve", roles=[Role.SENIOR])
    given: dict[str, Any] = {
        **TYPED,
        "scale": 4,
        "scope": 4,
        "irremediability": 4,
        "state_of_harm": "potential",
        "likelihood": None,
        "likelihood_unknown": True,
    }

    with pytest.raises(NotAllowed, match="role"):
        assess_severity(risk, by=eve, at=NOW, **given)
    Risk.objects.update(status="closed", closed_on=NOW.date())
    with pytest.raises(NotAllowed, match="closed"):
        assess_severity(risk, by=ana, at=NOW, **given)
    assert not SeverityAssessment.objects.exists()


def test_the_company_and_its_revenue_have_no_place_on_the_form(risk: Risk, analyst: Client) -> None:
    answer = analyst.post(f"/desk/risks/{risk.pk}/assess/", SEVERE | {"company_revenue": "5"})

    assert answer.status_code == 302
    assert "revenue" not in str(SeverityAssessment.objects.values().get())


def test_the_anchors_stand_beside_each_head(risk: Risk, analyst: Client) -> None:
    content = analyst.get(f"/desk/risks/{risk.pk}/assess/").content.decode()

    for words in ("half or more of a defined group", "Cannot be undone or compensated", "Life, torture"):
        assert words in content
