"""A person decides what the public reads of; only a senior leaves a severe one off, and the board reads why."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from risks.actions.standing import refresh
from risks.models import (
    Evidence,
    Involvement,
    Measure,
    MitigationPlan,
    Partner,
    Publication,
    Risk,
    SeverityAssessment,
)
from risks.queries.publications import preview

TODAY = datetime.now(tz=UTC)
REASONS = "Naming it would lead the authorities of one country to the people who told us of it."
HEADS = ("scale", "scope", "irremediability")


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


def signed_in(name: str, *roles: Role) -> Client:
    client = Client()
    client.force_login(person(name, *roles))
    return client


@pytest.fixture
def pia(db: None) -> Client:
    return signed_in("pia", Role.PUBLISHER)


@pytest.fixture
def eve(db: None) -> Client:
    return signed_in("eve", Role.SENIOR)


@pytest.fixture
def bob(db: None) -> Client:
    return signed_in("bob", Role.BOARD)


def assessed(risk: Risk, *, level: int, on: datetime = TODAY) -> SeverityAssessment:
    assessment = SeverityAssessment.objects.create(
        risk=risk,
        **dict.fromkeys(HEADS, level),
        level=level,
        incomplete=False,
        reason="x",
        state_of_harm="actual_unremedied",
        holds_from=on.date(),
        recorded_at=on,
        recorded_by="ana",
    )
    refresh(risk, at=TODAY)
    return assessment


def a_risk(title: str = "Defenders can be located", *, level: int = 4, **given: object) -> Risk:
    columns = {"summary": "Their phones give them away.", "status": "assessed", "opened_on": TODAY.date()}
    risk = Risk.objects.create(title=title, **(columns | given))
    assessed(risk, level=level)
    return risk


def page_of(risk: Risk) -> str:
    return f"/desk/risks/{risk.pk}/publication/"


def publish(client: Client, risk: Risk) -> tuple[int, str]:
    answer = client.post(page_of(risk), {"decision": "publish"})
    return answer.status_code, answer.content.decode()


def leave_off(client: Client, risk: Risk, reasons: str = REASONS) -> tuple[int, str]:
    answer = client.post(page_of(risk), {"decision": "withhold", "reasons": reasons})
    return answer.status_code, answer.content.decode()


def public(client: Client) -> str:
    return client.get("/risks/").content.decode()


def nothing_was_written(risk: Risk, *, published: bool = False, decisions: int = 0, events: int = 0) -> bool:
    risk.refresh_from_db()
    return (
        risk.published is published
        and Publication.objects.count() == decisions
        and AuditEvent.objects.count() == events
    )


def test_a_publisher_publishes_what_the_page_shows(pia: Client, client: Client) -> None:
    risk = a_risk()
    shown = pia.get(page_of(risk)).content.decode()

    assert publish(pia, risk)[0] == 302

    [decision] = Publication.objects.all()
    assert (decision.publish, decision.level, decision.decided_by.username) == (True, 4, "pia")
    assert "Their phones give them away." in shown
    assert "Their phones give them away." in public(client)
    [event] = AuditEvent.objects.all()
    assert (event.action, event.subject, event.detail) == (
        "published risk",
        f"risk {risk.pk}",
        {"level": 4},
    )


@pytest.mark.parametrize("role", [one for one in Role if one not in {Role.PUBLISHER, Role.EXPERT}])
def test_nobody_but_a_publisher_publishes(db: None, role: Role) -> None:
    risk = a_risk()
    status, page = publish(signed_in("other", role), risk)
    assert status in {400, 403}
    assert "Your role may not" in page
    assert nothing_was_written(risk)


def test_a_draft_is_not_published(pia: Client) -> None:
    risk = a_risk(status="draft")
    status, page = publish(pia, risk)
    assert status == 400
    assert "This risk is a draft. Judge its severity first" in page
    assert nothing_was_written(risk)


def test_a_risk_that_is_not_fully_scored_is_not_published(pia: Client) -> None:
    risk = a_risk()
    Risk.objects.update(incomplete=True)
    status, page = publish(pia, risk)
    assert status == 400
    assert "not fully scored. Score scale, scope and irremediability first" in page
    assert nothing_was_written(risk)


@pytest.mark.parametrize("imported_from", [None, "case-1"])
@pytest.mark.parametrize(
    ("column", "label"),
    [("title", "Title: this holds an e-mail address"), ("summary", "Summary: this holds an e-mail address")],
)
def test_what_could_identify_somebody_is_not_published(
    pia: Client, imported_from: str | None, column: str, label: str
) -> None:
    risk = a_risk(**{column: "Told by selam@example.org", "imported_from": imported_from})
    status, page = publish(pia, risk)
    assert status == 400
    assert label in page
    assert nothing_was_written(risk)


@pytest.mark.parametrize("imported_from", [None, "case-1"])
def test_a_partner_whose_name_endangers_people_is_not_named_in_public(
    pia: Client, client: Client, imported_from: str | None
) -> None:
    Partner.objects.create(name="Northern Cloud", naming_endangers="Its engineers are watched.")
    Partner.objects.create(name="Open Hosting")
    named = a_risk(summary="Northern Cloud hands over locations.", imported_from=imported_from)
    other = a_risk(summary="Open Hosting hands over locations.")

    status, page = publish(pia, named)

    assert status == 400
    assert "Summary: this holds a name that must not be written here" in page
    assert nothing_was_written(named)
    assert publish(pia, other)[0] == 302
    assert "Northern Cloud" not in public(client)


def test_the_public_record_is_published_though_nobody_scored_it_and_is_marked_so(
    pia: Client, client: Client
) -> None:
    risk = Risk.objects.create(
        title="A case", summary="x", opened_on=TODAY.date(), imported_from="case-1", status="draft"
    )
    SeverityAssessment.objects.create(
        risk=risk,
        level=4,
        incomplete=True,
        reason="x",
        holds_from=TODAY.date(),
        recorded_at=TODAY,
        recorded_by="IMPORT",
    )
    refresh(risk, at=TODAY)

    assert publish(pia, risk)[0] == 302

    assert "A case" in public(client)
    assert "not fully scored" in public(client)


def test_what_is_published_is_not_published_again(pia: Client) -> None:
    risk = a_risk()
    publish(pia, risk)
    status, page = publish(pia, risk)
    assert status == 400
    assert "The public reads of this risk already." in page
    assert nothing_was_written(risk, published=True, decisions=1, events=1)


def test_a_publisher_does_not_leave_a_severe_risk_off(pia: Client) -> None:
    risk = a_risk(level=4)
    publish(pia, risk)
    status, page = leave_off(pia, risk)
    assert status == 400
    assert "R3: this risk is at level 4, and so always salient. Only a senior executive leaves it off" in page
    assert nothing_was_written(risk, published=True, decisions=1, events=1)


@pytest.mark.parametrize("level", [3, 4])
@pytest.mark.parametrize("role", [Role.ANALYST, Role.BOARD, Role.PARTNER_MGR, Role.DECIDER])
def test_who_neither_publishes_nor_is_senior_leaves_nothing_off(db: None, role: Role, level: int) -> None:
    risk = a_risk(level=level)
    assert leave_off(signed_in("other", role), risk)[0] == 403
    assert nothing_was_written(risk)


def test_a_publisher_leaves_a_risk_under_level_four_off(pia: Client) -> None:
    risk = a_risk(level=3)
    publish(pia, risk)
    assert leave_off(pia, risk)[0] == 302
    risk.refresh_from_db()
    assert not risk.published


def test_a_senior_leaves_a_severe_risk_off_and_the_board_reads_why(
    pia: Client, eve: Client, bob: Client, client: Client
) -> None:
    risk = a_risk(level=5)
    publish(pia, risk)

    assert leave_off(eve, risk)[0] == 302

    assert risk.title not in public(client)
    assert "<strong>fewer than 10</strong>" in public(client)
    board = bob.get("/board/").content.decode()
    assert risk.title in board
    assert REASONS in board
    latest = Publication.objects.first()
    assert latest is not None
    assert (latest.publish, latest.level, latest.reasons) == (False, 5, REASONS)
    event = AuditEvent.objects.latest("id")
    assert (event.subject, event.detail) == (f"risk {risk.pk}", {"level": 5})


def test_the_latest_decision_counts_and_the_earlier_ones_stay(
    pia: Client, eve: Client, client: Client
) -> None:
    risk = a_risk()
    publish(pia, risk)
    leave_off(eve, risk)
    publish(eve, risk)
    assert risk.title in public(client)
    assert "<strong>0</strong>" in public(client)
    assert [one.publish for one in Publication.objects.order_by("pk")] == [True, False, True]


def test_what_a_senior_left_off_as_severe_no_publisher_puts_back(pia: Client, eve: Client) -> None:
    risk = a_risk()
    leave_off(eve, risk)
    status, page = publish(pia, risk)
    assert status == 400
    assert "R3: a senior executive left this risk off the published list while it was severe." in page
    assert "Publish this risk" not in page
    assert nothing_was_written(risk, decisions=1, events=1)


def test_a_publisher_puts_back_what_a_publisher_left_off(pia: Client) -> None:
    risk = a_risk(level=3)
    leave_off(pia, risk)
    assert publish(pia, risk)[0] == 302
    risk.refresh_from_db()
    assert risk.published


@pytest.mark.parametrize(
    ("reasons", "sentence"),
    [
        ("It looks bad.", "Reasons: say it in at least 50 characters"),
        ("", "Reasons: say why, in at least 50 characters."),
        ("\0", "leave out the character NUL."),
        (f"{REASONS} Ask selam@example.org.", "Reasons: this holds an e-mail address"),
    ],
)
def test_a_severe_risk_is_not_left_off_without_sound_reasons(
    eve: Client, reasons: str, sentence: str
) -> None:
    risk = a_risk()
    status, page = leave_off(eve, risk, reasons)
    assert status == 400
    assert sentence in page
    assert nothing_was_written(risk)


def test_the_form_says_that_reputation_is_no_reason_and_keeps_what_was_typed(eve: Client) -> None:
    _status, page = leave_off(eve, a_risk(), "Too short")
    assert "look bad for the company is no admissible reason" in page
    assert ">\nToo short</textarea>" in page


@pytest.mark.parametrize("role", [Role.PARTNER_MGR, Role.ENGAGE])
def test_who_neither_judges_nor_decides_does_not_read_why(eve: Client, role: Role) -> None:
    risk = a_risk()
    leave_off(eve, risk)
    page = signed_in("other", role).get(page_of(risk)).content.decode()
    assert "The reasons are shown to those who judge and to the board." in page
    assert REASONS not in page


def test_what_was_left_off_under_level_four_and_rose_waits_for_a_senior(pia: Client, bob: Client) -> None:
    risk = a_risk(level=3)
    leave_off(pia, risk)
    assessed(risk, level=5)
    board = bob.get("/board/").content.decode()
    assert REASONS not in board
    assert "1 severe risk is not published, and nobody has decided" in board


def test_the_board_is_told_of_a_severe_risk_that_nobody_decided_on_and_of_no_lesser_one(
    bob: Client,
) -> None:
    a_risk(level=3)
    assert "nobody has decided whether" not in bob.get("/board/").content.decode()
    a_risk(level=4)
    a_risk(level=5)
    board = bob.get("/board/").content.decode()
    assert "2 severe risks are not published, and nobody has decided whether to leave them off" in board


@pytest.mark.parametrize(
    ("severe", "told"), [(0, "<strong>0</strong>"), (9, "<strong>fewer than 10</strong>"), (10, ">10<")]
)
def test_the_public_reads_how_many_severe_risks_are_not_on_the_list(
    db: None, client: Client, severe: int, told: str
) -> None:
    a_risk(level=3)
    for number in range(severe):
        a_risk(f"Kept {number}")
    page = public(client)
    assert told in page
    assert "Kept" not in page


def test_the_public_reads_rights_places_involvement_trend_and_what_is_done(
    pia: Client, client: Client
) -> None:
    risk = a_risk(countries=["ET"], level=5)
    assessed(risk, level=4, on=TODAY - timedelta(days=800))
    _with_a_measure_and_a_plan(risk)
    publish(pia, risk)

    page = public(client)

    assert "Ethiopia" in page
    assert "More severe than a year ago" in page
    assert "Measures in force: 1. Approved plans: 1" in page
    assert "The company found" not in page
    Risk.objects.update(tie="contribute_facilitate")
    assert "contributes to this harm by making it easier for others" in public(client)


def test_a_claim_on_involvement_is_not_told(pia: Client, client: Client) -> None:
    risk = a_risk()
    Involvement.objects.create(risk=risk, tie="cause", said="Causes, says a newspaper", actor="x")
    refresh(risk, at=TODAY)
    publish(pia, risk)
    assert "causes this harm" not in public(client)
    assert "newspaper" not in public(client)


@pytest.mark.parametrize(
    ("ago", "told"),
    [
        (None, "New within the last year"),
        (5, "Less severe than a year ago"),
        (4, "As severe as a year ago"),
        (3, "More severe than a year ago"),
    ],
)
def test_a_trend_compares_with_a_year_ago(db: None, ago: int | None, told: str) -> None:
    risk = a_risk(level=4)
    assessed(risk, level=3 if ago != 3 else 5, on=TODAY - timedelta(days=200))
    if ago:
        assessed(risk, level=ago, on=TODAY - timedelta(days=400))
    risk.refresh_from_db()
    assert preview(risk, on=TODAY.date()).trend == told


def test_what_the_public_never_reads(pia: Client, client: Client) -> None:
    owner = person("olga", Role.ANALYST)
    risk = a_risk(
        vulnerabilities=["lgbtiq"],
        why_vulnerable="They are outed",
        affected_groups=[{"group": "", "size": "", "who": "Reporters of one paper"}],
        owner=owner,
    )
    Evidence.objects.create(
        risk=risk, title="A letter", kind="other", says="A source", recorded_by=owner, recorded_at=TODAY
    )
    _with_a_measure_and_a_plan(risk)
    publish(pia, risk)
    page = public(client)
    assert risk.title in page
    secrets = (
        "lgbtiq",
        "LGBTIQ",
        "outed",
        "Reporters",
        "Olga",
        "A letter",
        "A source",
        "One account",
        "Nobody",
    )
    assert not [secret for secret in secrets if secret in page]


def test_a_closed_risk_leaves_the_public_list(pia: Client, client: Client) -> None:
    risk = a_risk()
    publish(pia, risk)
    assert risk.title in public(client)
    Risk.objects.update(status="closed", closed_on=TODAY.date())
    refresh(risk, at=TODAY)
    assert risk.title not in public(client)


def test_an_imported_dossier_is_public_only_once_a_person_publishes_it(record: None) -> None:
    published = Risk.objects.filter(published=True)
    assert published.count() == Risk.objects.count() > 0
    assert {one.decided_by.username for one in Publication.objects.all()} == {"petra"}
    assert Publication.objects.count() == Risk.objects.count()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE risks_publication SET publish = true",
        "UPDATE risks_publication SET reasons = 'x'",
        "DELETE FROM risks_publication",
        "TRUNCATE risks_publication CASCADE",
    ],
)
def test_the_database_keeps_every_decision(eve: Client, statement: str) -> None:
    leave_off(eve, a_risk())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [(one.publish, one.reasons) for one in Publication.objects.all()] == [(False, REASONS)]


def test_the_database_refuses_a_withholding_without_reasons(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(
            risk=a_risk(),
            publish=False,
            level=4,
            decided_by=person("eve", Role.SENIOR),
            decided_at=timezone.now(),
        )


def _with_a_measure_and_a_plan(risk: Risk) -> None:
    Measure.objects.create(
        risk=risk,
        kind="temp_suspension",
        intrusion=4,
        target="One account",
        starts_on=TODAY.date(),
        starts_said="today",
        level_then=4,
        reviewed_on=TODAY.date(),
        justified_on=TODAY.date(),
    )
    MitigationPlan.objects.create(
        risk=risk,
        kind="mitigation",
        actions="x",
        target="Nobody is found",
        owner=person("oli", Role.ANALYST),
        due=TODAY.date(),
        state="approved",
        proposed_by=person("prop", Role.ANALYST),
        proposed_at=TODAY,
        decided_by=person("deci", Role.DECIDER),
        decided_at=TODAY,
    )
