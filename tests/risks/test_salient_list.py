"""The salient list is drawn from the register, frozen, and signed or refused by a board member who did not draw it."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import rfc8785
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import Role
from risks.actions.publications import publish_risk, withhold_risk
from risks.models import Risk, SalientList
from risks.queries import salient_list
from risks.queries.salient_list import salient_list_unsigned
from tests.risks.test_publications import REASONS, a_risk, assessed, person

TODAY = datetime.now(tz=UTC)
PAGE = "/desk/salient-list/"
NEVER = "The board has not signed a salient list within a year."


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def eve(db: None) -> User:
    return person("eve", Role.SENIOR)


@pytest.fixture
def bob(db: None) -> User:
    return person("bob", Role.BOARD)


def draw(by: User) -> tuple[int, str]:
    answer = signed_in(by).post(PAGE)
    return answer.status_code, answer.content.decode()


@pytest.fixture
def drawn(ana: User) -> SalientList:
    a_risk("The grave one", level=5)
    a_risk("The severe one", level=4)
    a_risk("The lesser one", level=2)
    assert draw(ana)[0] == 302
    return SalientList.objects.get()


def decide(by: User, decision: str, reasons: str = "", seen_hash: str | None = None) -> tuple[int, str]:
    asked = SignOff.objects.filter(subject_kind="salient list").latest("pk")
    answer = signed_in(by).post(
        f"/desk/signoffs/{asked.pk}/",
        {"decision": decision, "reasons": reasons, "seen_hash": seen_hash or asked.content_hash},
    )
    return answer.status_code, answer.content.decode()


def detail(one: SalientList, by: User) -> str:
    return signed_in(by).get(f"{PAGE}{one.pk}/").content.decode()


def still_waits(drawn: SalientList, *, events: int) -> bool:
    drawn.refresh_from_db()
    return (
        drawn.signed_at is None
        and drawn.refused_at is None
        and SignOff.objects.get().decided_at is None
        and AuditEvent.objects.count() == events
    )


def test_a_list_freezes_the_salient_risks_the_gravest_first(drawn: SalientList) -> None:
    assert [(row["title"], row["level"], row["band"], row["tier"]) for row in drawn.rows] == [
        ("The grave one", 5, "critical", "P1"),
        ("The severe one", 4, "severe", "P1"),
    ]
    assert drawn.content_hash == hashlib.sha256(rfc8785.dumps(drawn.rows)).hexdigest()
    asked = SignOff.objects.get()
    assert (asked.content_hash, asked.permission) == (drawn.content_hash, "sign the salient list")
    assert AuditEvent.objects.order_by("id")[0].subject == f"salient list {drawn.pk}"


def test_a_list_says_what_is_published_and_why_the_rest_is_left_off(ana: User, eve: User, bob: User) -> None:
    pia = person("pia", Role.PUBLISHER)
    publish_risk(a_risk("Told", level=5), by=pia, at=TODAY)
    withhold_risk(a_risk("Kept", level=4), reasons=REASONS, by=eve, at=TODAY)
    rose = a_risk("Kept and risen", level=3)
    withhold_risk(rose, reasons=REASONS, by=pia, at=TODAY)
    assessed(rose, level=4)
    draw(ana)
    drawn = SalientList.objects.get()
    rows = {row["title"]: (row["listed"], row["reasons"], row["left_off_by"]) for row in drawn.rows}
    assert rows == {
        "Told": ("published", "", ""),
        "Kept": ("left off", REASONS, "eve"),
        "Kept and risen": ("undecided", "", ""),
    }
    assert REASONS in detail(drawn, bob)
    assert REASONS not in detail(drawn, person("paul", Role.PARTNER_MGR))


@pytest.mark.parametrize("role", [Role.SENIOR, Role.ANALYST, Role.REVIEWER])
def test_who_judges_or_is_senior_draws_the_list(db: None, role: Role) -> None:
    a_risk()
    assert draw(person("one", role))[0] == 302
    assert SalientList.objects.count() == 1


@pytest.mark.parametrize("role", [Role.BOARD, Role.PUBLISHER, Role.PARTNER_MGR, Role.AUDITOR])
def test_nobody_else_draws_it(db: None, role: Role) -> None:
    a_risk()
    assert draw(person("one", role))[0] == 403
    assert (SalientList.objects.count(), SignOff.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


def test_a_list_of_nothing_is_not_drawn(ana: User) -> None:
    a_risk(level=2)
    status, page = draw(ana)
    assert status == 400
    assert "No risk is salient, so that there is nothing to sign." in page
    assert (SalientList.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_one_list_waits_for_the_board_at_a_time(drawn: SalientList, ana: User, bob: User) -> None:
    status, page = draw(ana)
    assert status == 400
    assert "A salient list waits for the board already." in page
    assert (SalientList.objects.count(), SignOff.objects.count(), AuditEvent.objects.count()) == (1, 1, 2)

    decide(bob, "refuse", "Two risks are missing from this list.")
    assert draw(ana)[0] == 302


def test_the_board_signs_and_the_public_reads_when(drawn: SalientList, bob: User, client: Client) -> None:
    assert NEVER in signed_in(bob).get("/board/").content.decode()
    assert "The board has not signed a list yet." in client.get("/risks/").content.decode()

    assert decide(bob, "approve")[0] == 302

    drawn.refresh_from_db()
    assert drawn.signed_by == bob
    page = client.get("/risks/").content.decode()
    assert f"Signed by the board on {drawn.signed_at:%-d %B %Y}" in page
    assert NEVER not in signed_in(bob).get("/board/").content.decode()
    assert "Signed for the board by Bob" in detail(drawn, bob)


def test_the_board_refuses_and_says_why(drawn: SalientList, bob: User) -> None:
    assert decide(bob, "refuse", "Two risks are missing from this list.")[0] == 302
    drawn.refresh_from_db()
    assert (drawn.signed_by, drawn.signed_at) == (None, None)
    assert drawn.refused_at is not None
    page = detail(drawn, bob)
    assert "The board refused it" in page
    assert "Two risks are missing from this list." in page
    assert salient_list_unsigned(TODAY.date())


def test_the_board_does_not_refuse_without_reasons(drawn: SalientList, bob: User) -> None:
    status, page = decide(bob, "refuse", "No.")
    assert status == 400
    assert "Say in at least 20 characters why you refuse" in page
    assert still_waits(drawn, events=2)


def test_a_signature_is_bound_to_what_was_seen(drawn: SalientList, bob: User) -> None:
    status, page = decide(bob, "approve", seen_hash="0" * 64)
    assert status == 400
    assert "The content changed since you opened it." in page
    assert still_waits(drawn, events=2)


def test_nobody_but_the_board_signs(drawn: SalientList, eve: User) -> None:
    status, page = decide(eve, "approve")
    assert status == 400
    assert "Your role may not sign the salient list." in page
    assert still_waits(drawn, events=2)


def test_who_drew_a_list_does_not_sign_it(db: None) -> None:
    both = person("both", Role.ANALYST, Role.BOARD)
    a_risk()
    draw(both)
    status, page = decide(both, "approve")
    assert status == 400
    assert "SD1: whoever prepared or signed this before does not sign it now." in page
    assert still_waits(SalientList.objects.get(), events=2)


def test_who_left_a_risk_off_does_not_sign_the_list_that_says_so(ana: User) -> None:
    both = person("both", Role.SENIOR, Role.BOARD)
    withhold_risk(a_risk(), reasons=REASONS, by=both, at=TODAY)
    draw(ana)
    status, page = decide(both, "approve")
    assert status == 400
    assert "SD1: whoever prepared or signed this before does not sign it now." in page
    assert still_waits(SalientList.objects.get(), events=3)


def test_a_list_is_decided_on_once(drawn: SalientList, bob: User) -> None:
    decide(bob, "approve")
    status, page = decide(person("bella", Role.BOARD), "refuse", "Two risks are missing from this list.")
    assert status == 400
    assert "Somebody decided on this in the meantime." in page
    drawn.refresh_from_db()
    assert (drawn.signed_by, drawn.refused_at) == (bob, None)


def test_a_later_change_in_the_register_changes_no_row_and_is_shown(drawn: SalientList, bob: User) -> None:
    rows = drawn.rows
    assert "Nothing changed." in detail(drawn, bob)
    grave, severe, lesser = Risk.objects.order_by("pk")
    later = TODAY + timedelta(seconds=1)
    assessed(grave, level=4, on=later)
    assessed(severe, level=5, on=later)
    assessed(lesser, level=4, on=later)
    Risk.objects.filter(pk=grave.pk).update(title="Renamed")

    page = detail(drawn, bob)

    drawn.refresh_from_db()
    assert drawn.rows == rows
    assert "The grave one" in page
    assert "Fallen from level 5 to 4" in page
    assert "Risen from level 4 to 5" in page
    assert "New, level 4" in page
    assessed(severe, level=1, on=later)
    assert "No longer salient; it was at level 4" in detail(drawn, bob)


def test_a_signature_is_too_old_after_a_year(drawn: SalientList, bob: User, client: Client) -> None:
    SalientList.objects.update(signed_by=bob, signed_at=TODAY - timedelta(days=367))
    assert NEVER in signed_in(bob).get("/board/").content.decode()
    assert NEVER in signed_in(bob).get(PAGE).content.decode()
    public = client.get("/risks/").content.decode()
    assert "Signed by the board" not in public
    assert "more than a year ago" in public


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE risks_salientlist SET rows = '[]'",
        "UPDATE risks_salientlist SET content_hash = 'x'",
        "UPDATE risks_salientlist SET drawn_on = '2020-01-01'",
        "UPDATE risks_salientlist SET drawn_by_id = drawn_by_id + 1",
        "DELETE FROM risks_salientlist",
        "TRUNCATE risks_salientlist",
    ],
)
def test_the_database_keeps_a_list_as_it_was_drawn(drawn: SalientList, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    again = SalientList.objects.get()
    assert (again.rows, again.content_hash) == (drawn.rows, drawn.content_hash)


def test_the_database_keeps_a_signature(drawn: SalientList, bob: User) -> None:
    decide(bob, "approve")
    with pytest.raises(DatabaseError, match="as it was signed"), transaction.atomic():
        SalientList.objects.update(signed_at=timezone.now())


def test_the_database_lets_nobody_sign_what_they_drew(drawn: SalientList, ana: User) -> None:
    with pytest.raises(IntegrityError, match="salient_list_signed_by_another"), transaction.atomic():
        SalientList.objects.update(signed_by=ana, signed_at=timezone.now())


def test_the_database_holds_one_open_list(drawn: SalientList, ana: User) -> None:
    with pytest.raises(IntegrityError, match="salient_list_open_once"), transaction.atomic():
        SalientList.objects.create(drawn_on=TODAY.date(), rows=[], content_hash="x", drawn_by=ana)


def test_a_list_that_the_register_left_behind_is_not_signed_and_falls_when_it_is_drawn_anew(
    drawn: SalientList, ana: User, bob: User
) -> None:
    Risk.objects.filter(salient=True).update(level=5)
    status, page = decide(bob, "approve")
    assert status == 400
    assert "The register has changed since the list was drawn" in page

    draw(ana)

    drawn.refresh_from_db()
    anew = SalientList.objects.exclude(pk=drawn.pk).get()
    assert drawn.refused_at is not None
    assert list(SignOff.objects.order_by("pk").values_list("decision", flat=True)) == ["void", ""]
    decide(bob, "approve")
    anew.refresh_from_db()
    assert anew.signed_by == bob


def test_of_many_that_changed_the_gravest_are_told_and_the_rest_counted(
    drawn: SalientList, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(salient_list, "CHANGED_SHOWN", 2)
    fallen, gone = Risk.objects.get(title="The grave one"), Risk.objects.get(title="The severe one")
    Risk.objects.filter(pk=fallen.pk).update(level=4)
    Risk.objects.filter(pk=gone.pk).update(salient=False)
    for level in (3, 5, 4):
        a_risk(f"New at {level}", level=level)

    page = detail(drawn, ana)

    told = page[page.index("What changed since") :]
    assert [f"New at {level}" in told for level in (5, 4, 3)] == [True, True, False]
    assert told.index("New at 5") < told.index("New at 4")
    assert "Fallen from level 5 to 4" in told
    assert "No longer salient; it was at level 4" in told
    assert "<strong>1</strong> new." in told
    assert "?salient=yes" in told
    assert "<p>5 · In the register now" in told
