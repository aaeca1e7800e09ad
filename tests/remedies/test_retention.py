"""What is due is erased, what is open or held is not, and nothing of it is left (reliability.md T26)."""

import io
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from hrdd.governance.actions import JOB
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.sealing import seal
from remedies.actions import retention as actions
from remedies.models import (
    Case,
    CaseKey,
    CaseKeyWrap,
    FormKey,
    IdentityKeyWrap,
    LegalHold,
    Message,
    Rating,
    RecoveryKey,
    ReplyKey,
    SealedIdentity,
    Tombstone,
)
from remedies.queries import retention as queries
from remedies.rules.case import CaseState, IdentityMode, week_of
from remedies.rules.retention import RetentionError
from remedies.tasks import erase_what_is_due
from risks.models import Consultation, Participant, RegisterImport
from tests.remedies.vault_stage import NOW, Vault, person, received, vault_of_three

__all__ = ["vault_of_three"]
BEGIN = date(2026, 1, 1)
REASONS = "A court asked us to keep this until its proceedings are over, by its letter of today."


@dataclass
class Kept:
    """A case as the test knows it: when it must go, and what would betray it."""

    pk: UUID
    last: date | None
    identity_last: date | None
    held: tuple[date, date | None] | None
    canaries: tuple[str, ...]

    def must_be_gone(self, today: date) -> bool:
        """Whether it should have gone by a day; written anew here, not with the rule."""
        held = self.held and self.held[0] <= today and (self.held[1] is None or today < self.held[1])
        return self.last is not None and today > self.last and not held

    def was_held_past(self, today: date) -> bool:
        """Whether a hold was lifted between its last day and now, so that it may be gone though a hold stands here."""
        return bool(self.held and self.held[1] and self.last and self.last < self.held[1] <= today)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def planted(many: int, *, seed: int, cleo: User, milo: User) -> list[Kept]:
    """Plant cases in every state, with holds and identities; each key and text of each is known to the test."""
    dice = random.Random(seed)  # noqa: S311  # the same cases each time
    recovery = RecoveryKey.objects.create(public=b"x", voucher=b"x", made_at=NOW)
    found = []
    for nth in range(many):
        state = dice.choice(
            [CaseState.CLOSED] * 8 + [CaseState.WITHDRAWN, CaseState.REOPENED, CaseState.RECEIVED]
        )
        closed = BEGIN + timedelta(days=dice.randint(0, 300))
        severity = dice.choice([None, 1, 2, 3, 4, 5])
        refusal = "no_concern" if severity is None and dice.random() < 0.4 else ""
        dated = state != CaseState.RECEIVED and (state != CaseState.WITHDRAWN or nth % 2 == 0)
        case = Case.objects.create(
            received_week=week_of(closed - timedelta(days=100)),
            type="privacy",
            language="en",
            state=str(state),
            severity=severity,
            refusal=refusal,
            closed_on=closed if dated else None,
            withdrawn_week=week_of(closed) if state == CaseState.WITHDRAWN else None,
            reopened_for="new_facts" if state == CaseState.REOPENED else "",
        )
        last = None
        if dated and state in {CaseState.CLOSED, CaseState.WITHDRAWN}:
            if severity is not None and severity >= 4:
                last = closed + relativedelta(years=5)
            else:
                last = closed + (timedelta(days=30) if refusal else relativedelta(years=2))
        marks = [dice.randbytes(16) for _ in range(7)]
        key = CaseKey.objects.create(
            case=case, inbox_public=b"x", inbox_private=marks[0], voucher=b"x", version=1
        )
        CaseKeyWrap.objects.create(case_key=key, recovery=recovery, wrapped=marks[1])
        Message.objects.create(
            case=case, number=1, direction="in", week=case.received_week, key_version=1, sealed=marks[2]
        )
        ReplyKey.objects.create(case=case, lookup=marks[3], public=b"x", private=marks[4], voucher=b"x")
        identity_last = None
        if dice.random() < 0.5:
            identity = SealedIdentity.objects.create(case=case, sealed=marks[5])
            IdentityKeyWrap.objects.create(identity=identity, recovery=recovery, wrapped=marks[6])
            identity_last = closed + timedelta(days=90) if last else None
        held = None
        if nth % 16 == 0 and last is not None:
            until = last + timedelta(days=dice.randint(10, 500)) if nth % 32 else None
            held = (closed, until)
            LegalHold.objects.create(
                case_id=case.pk,
                reasons=REASONS,
                asked_by=cleo,
                asked_on=closed,
                placed_by=milo,
                placed_on=closed,
            )
        found.append(Kept(case.pk, last, identity_last, held, tuple(mark.hex() for mark in marks)))
    return found


def whole_database() -> str:
    """Return every row of every table as text; bytes stand there in hexadecimal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        rows = []
        for name in tables:
            cursor.execute(f'SELECT t::text FROM "{name}" t')  # noqa: S608  # names of our own tables
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def moved_clock(many: int, *, seed: int, months: int = 66) -> list[str]:
    """Move the clock in uneven steps over cases; return each one kept too long, erased early, or left in part."""
    cleo, milo = person("cleo", Role.CUSTODIAN), person("milo", Role.CUSTODIAN)
    kept = planted(many, seed=seed, cleo=cleo, milo=milo)
    dice, found, today = random.Random(seed + 1), [], BEGIN  # noqa: S311  # the same steps each time
    while today < BEGIN + relativedelta(months=months):
        today += timedelta(days=dice.randint(1, 28))
        for one in kept:
            lift_in_time(one, today, cleo=cleo, milo=milo)
        actions.erase_due(at=at(today))
        there = set(Case.objects.values_list("pk", flat=True))
        named = set(SealedIdentity.objects.values_list("case_id", flat=True))
        for one in kept:
            found += [f"{today}: {one.pk} {what}" for what in wrong_on(one, today, there=there, named=named)]
    text, there = whole_database(), set(Case.objects.values_list("pk", flat=True))
    for one in kept:
        if one.pk not in there:
            found += [f"{one.pk} left {mark} behind" for mark in one.canaries if mark in text]
        elif not all(mark in text for mark in one.canaries[:5]):
            found.append(f"{one.pk} lost a part")
    assert sum(one.held is not None for one in kept) * 25 >= many
    gone = [one for one in kept if one.must_be_gone(today)]
    assert len(gone) > many // 3
    assert Tombstone.objects.count() == many - len(there)
    assert there  # open, undated and held cases stay
    return found


def lift_in_time(one: Kept, today: date, *, cleo: User, milo: User) -> None:
    """Lift a hold on the day planned, as two people do."""
    hold = LegalHold.objects.filter(case_id=one.pk, lifted_on__isnull=True).first() if one.held else None
    if hold is not None and one.held and one.held[1] and one.held[1] <= today:
        actions.ask_lift(hold, reasons=REASONS, by=milo, at=at(today))
        actions.lift_hold(hold, by=cleo, at=at(today))


def wrong_on(one: Kept, today: date, *, there: set[UUID], named: set[UUID]) -> Iterator[str]:
    """Yield what is wrong about a case on a day."""
    if one.must_be_gone(today) and one.pk in there:
        yield "kept too long"
    if one.pk not in there and not one.must_be_gone(today) and not one.was_held_past(today):
        yield "erased early"
    if one.identity_last is None or one.held or one.pk not in there:
        return
    if one.pk in named and today > one.identity_last:
        yield "who wrote it is kept too long"
    if one.pk not in named and today <= one.identity_last:
        yield "who wrote it is erased early"


def test_the_clock_moves_and_nothing_is_kept_too_long_erased_early_or_left(db: None) -> None:
    assert moved_clock(200, seed=26) == []


@pytest.mark.nightly
def test_the_clock_moves_over_five_thousand_cases(db: None) -> None:
    assert moved_clock(5000, seed=2626) == []


def test_a_clock_that_is_a_month_slow_is_found(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = queries.last_day
    slow: Callable[..., date | None] = lambda *given, **more: (  # noqa: E731
        (found := rule(*given, **more)) and found + timedelta(days=30)
    )
    monkeypatch.setattr(queries, "last_day", slow)

    assert any("kept too long" in one for one in moved_clock(40, seed=26))


def test_a_clock_that_is_fast_is_found(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = queries.last_day
    fast: Callable[..., date | None] = lambda *given, **more: (  # noqa: E731
        (found := rule(*given, **more)) and found - timedelta(days=30)
    )
    monkeypatch.setattr(queries, "last_day", fast)

    assert any("erased early" in one for one in moved_clock(40, seed=26))


def test_a_rule_that_forgets_holds_runs_into_the_database(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = queries.is_due
    monkeypatch.setattr(queries, "is_due", lambda last, *, today, holds, by: rule(last, today=today, by=by))

    with pytest.raises(DatabaseError, match="legal hold"):
        moved_clock(60, seed=26)


def test_a_part_that_stays_behind_is_found(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Case.delete

    def leaving(case: Case) -> None:
        Rating.objects.create(
            quarter=date(2026, 1, 1), safety=1, mark=bytes(case.messages.get().sealed) + b"\0" * 16
        )
        original(case)

    monkeypatch.setattr(Case, "delete", leaving)
    monkeypatch.setattr(actions, "old_rating_marks", lambda _today: Rating.objects.none())

    assert any("behind" in one for one in moved_clock(30, seed=26))


@pytest.mark.parametrize("state", ["received", "investigating", "reopened"])
def test_the_database_never_erases_an_open_case(db: None, state: str) -> None:
    case = Case.objects.create(
        received_week=BEGIN - timedelta(days=3),
        type="privacy",
        language="en",
        state=state,
        reopened_for="new_facts" if state == "reopened" else "",
    )
    Tombstone.objects.create(case_id=case.pk, week=case.received_week, category=case.type)

    with pytest.raises(DatabaseError, match="open case"), transaction.atomic():
        case.delete()


def closed_case(day: date = BEGIN) -> Case:
    return Case.objects.create(
        received_week=week_of(day), type="privacy", language="en", state="closed", closed_on=day
    )


def test_an_erased_case_leaves_a_tombstone_and_an_event_and_nothing_else(db: None) -> None:
    case = closed_case()
    with pytest.raises(DatabaseError, match="tombstone"), transaction.atomic():
        Case.objects.get(pk=case.pk).delete()

    done = actions.erase_due(at=at(date(2028, 1, 2)))

    assert [one.subject for one in done] == [str(case.pk)]
    stone = Tombstone.objects.get()
    assert (stone.case_id, stone.week, stone.category) == (case.pk, week_of(BEGIN), "privacy")
    event = AuditEvent.objects.get(action="erased a case")
    assert event.detail == {"schedule": "case", "last_day": "2028-01-01"}
    for statement in ("UPDATE {} SET category = 'x'", "DELETE FROM {}", "TRUNCATE {}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format("remedies_tombstone"))
    assert actions.erase_due(at=at(date(2028, 1, 2))) == []


def test_what_became_open_or_held_meanwhile_is_not_erased(db: None) -> None:
    case = closed_case()
    Case.objects.filter(pk=case.pk).update(
        state="reopened", reopened_for="new_facts"
    )  # closed_on stays as it was

    assert not actions.erase_case(case.pk, at=at(date(2040, 1, 1)))
    assert not actions.erase_case(uuid4(), at=at(date(2040, 1, 1)))
    assert Case.objects.filter(pk=case.pk).exists()


def test_a_hold_is_placed_and_lifted_by_two_people_each_with_date_and_reasons(db: None) -> None:
    cleo, milo, ana = (
        person("cleo", Role.CUSTODIAN),
        person("milo", Role.CUSTODIAN),
        person("ana", Role.ANALYST),
    )
    case, due = closed_case(), date(2028, 1, 2)
    with pytest.raises(NotAllowed):
        actions.ask_hold(case.pk, reasons=REASONS, by=ana, at=at(due))
    with pytest.raises(NotAllowed, match="50 characters"):
        actions.ask_hold(case.pk, reasons="short", by=cleo, at=at(due))

    hold = actions.ask_hold(case.pk, reasons=REASONS, by=cleo, at=at(due))
    with pytest.raises(NotAllowed, match="goes on already"):
        actions.ask_hold(case.pk, reasons=REASONS, by=milo, at=at(due))
    assert actions.erase_due(at=at(due)) == []
    with pytest.raises(NotAllowed, match="two people"):
        actions.place_hold(hold, by=cleo, at=at(due))
    actions.place_hold(hold, by=milo, at=at(due))
    with pytest.raises(NotAllowed, match="answered meanwhile"):
        actions.refuse_hold(hold, by=milo, at=at(due))
    assert actions.erase_due(at=at(date(2040, 1, 1))) == []
    with pytest.raises(NotAllowed, match="Nobody asked"):
        actions.lift_hold(hold, by=cleo, at=at(due))
    actions.ask_lift(hold, reasons=REASONS, by=milo, at=at(due))
    with pytest.raises(NotAllowed, match="two people"):
        actions.lift_hold(hold, by=milo, at=at(due))
    actions.lift_hold(hold, by=cleo, at=at(due))

    assert [one.subject for one in actions.erase_due(at=at(due))] == [str(case.pk)]
    held = LegalHold.objects.get()
    assert (held.reasons, held.lift_reasons) == (REASONS, REASONS)
    assert AuditEvent.objects.filter(action__contains="legal hold").count() == 4


def test_a_hold_that_nobody_answers_lets_go_after_two_weeks_and_a_refused_one_at_once(db: None) -> None:
    cleo, milo = person("cleo", Role.CUSTODIAN), person("milo", Role.CUSTODIAN)
    one, other, due = closed_case(), closed_case(), date(2028, 1, 2)
    actions.ask_hold(one.pk, reasons=REASONS, by=cleo, at=at(due))
    actions.refuse_hold(actions.ask_hold(other.pk, reasons=REASONS, by=cleo, at=at(due)), by=milo, at=at(due))

    assert [found.subject for found in actions.erase_due(at=at(due))] == [str(other.pk)]
    assert actions.erase_due(at=at(due + timedelta(days=14))) == []
    assert [found.subject for found in actions.erase_due(at=at(due + timedelta(days=15)))] == [str(one.pk)]


@pytest.mark.parametrize(
    "changes",
    [
        {"placed_on": "2026-02-01"},
        {"reasons": ""},
        {"reasons": "Rewritten"},
        {"case_id": "a1f6f2f0-0000-4000-8000-000000000001"},
        {"lifted_on": "2026-02-01"},
        {"lift_reasons": "x"},
    ],
)
def test_the_database_refuses_half_a_hold_and_a_rewritten_one(db: None, changes: dict[str, str]) -> None:
    hold = LegalHold.objects.create(
        case_id=closed_case().pk, reasons=REASONS, asked_by=person("cleo", Role.CUSTODIAN), asked_on=BEGIN
    )

    with pytest.raises(DatabaseError), transaction.atomic():
        LegalHold.objects.filter(pk=hold.pk).update(**changes)
    for same in (
        {"placed_by": hold.asked_by, "placed_on": BEGIN},
        {"refused_by": hold.asked_by, "refused_on": BEGIN},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            LegalHold.objects.filter(pk=hold.pk).update(**same)
    with pytest.raises(DatabaseError), transaction.atomic():
        hold.delete()


def test_who_wrote_goes_ninety_days_after_it_was_last_opened_and_the_case_stays(
    vault_of_three: Vault,
) -> None:
    case, _receipt = received(identity_mode=IdentityMode.CONFIDENTIAL, contact="+1 555 0100")
    Case.objects.filter(pk=case.pk).update(
        state="withdrawn", withdrawn_week=week_of(NOW.date()), closed_on=NOW.date()
    )
    due = NOW + timedelta(days=91)
    assert actions.erase_due(at=NOW + timedelta(days=90)) == []

    assert [str(one.schedule) for one in actions.erase_due(at=due)] == ["identity"]
    assert not SealedIdentity.objects.exists()
    assert not IdentityKeyWrap.objects.exists()
    assert case.messages.count() == 1
    assert AuditEvent.objects.get(action="erased an identity").subject == f"case {case.pk}"
    assert not actions.erase_identity(case.pk, at=due)
    _open, _other = received(identity_mode=IdentityMode.CONFIDENTIAL, contact="+1 555 0100")
    assert actions.erase_due(at=NOW + timedelta(days=900))[0].subject == str(case.pk)
    assert SealedIdentity.objects.count() == 1


def test_a_hold_keeps_who_wrote_as_well(vault_of_three: Vault) -> None:
    case, _receipt = received(identity_mode=IdentityMode.CONFIDENTIAL, contact="+1 555 0100")
    Case.objects.filter(pk=case.pk).update(
        state="withdrawn", withdrawn_week=week_of(NOW.date()), closed_on=NOW.date()
    )
    cleo, milo = (key.user for key, _pair in vault_of_three.custodians[:2])
    actions.place_hold(actions.ask_hold(case.pk, reasons=REASONS, by=cleo, at=NOW), by=milo, at=NOW)

    assert actions.erase_due(at=NOW + timedelta(days=4000)) == []
    assert SealedIdentity.objects.exists()


def test_a_grant_is_a_use(vault_of_three: Vault) -> None:
    case, _receipt = received(identity_mode=IdentityMode.CONFIDENTIAL, contact="+1 555 0100")
    Case.objects.filter(pk=case.pk).update(
        state="withdrawn", withdrawn_week=week_of(NOW.date()), closed_on=NOW.date()
    )
    used = NOW + timedelta(days=60)
    IdentityKeyWrap.objects.filter(recovery__isnull=False).update(until=used)

    assert actions.erase_due(at=used + timedelta(days=90)) == []
    assert len(actions.erase_due(at=used + timedelta(days=91))) == 1


def test_form_keys_marks_contacts_and_files_go_as_well(db: None) -> None:
    ana = person("ana", Role.ANALYST)
    today = NOW.date()
    FormKey.objects.bulk_create(
        FormKey(day=today - timedelta(days=days), secret=b"x") for days in (0, 1, 2, 30)
    )
    Rating.objects.create(quarter=date(2026, 10, 1), mark=b"a" * 32, fairness=4)
    Rating.objects.create(quarter=date(2026, 7, 1), mark=b"b" * 32, fairness=4)
    for title, closed in (("old", today - timedelta(days=370)), ("new", today), ("open", None)):
        consultation = Consultation.objects.create(title=title, organiser=ana, closed_on=closed)
        Participant.objects.create(
            consultation=consultation, pseudonym=title, sealed=seal({"name": f"canary {title}"})
        )
    for name, state, days in (
        ("waits", "previewed", 31),
        ("fresh", "previewed", 30),
        ("applied", "discarded", 90),
    ):
        RegisterImport.objects.create(
            register="risks",
            filename=f"{name}.csv",
            digest="x",
            rows={"derived": [], "company": [], "judged": [name]},
            accepted=1,
            refused=0,
            state=state,
            uploaded_by=ana,
            uploaded_at=NOW - timedelta(days=days),
        )

    out = io.StringIO()
    call_command("retention", "--dry-run", "--json", stdout=out)
    counts = json.loads(out.getvalue())["counts"] if datetime.now(UTC).date() == today else None
    done = actions.erase_due(at=NOW)

    assert {str(one.schedule): one.many for one in done} == {
        "form_key": 2,
        "rating_mark": 1,
        "contact": 1,
        "import": 1,
    }
    assert counts is None or counts["form_key"] == 2
    assert sorted(Participant.objects.values_list("pseudonym", flat=True)) == ["new", "open"]
    assert sorted(one.filename for one in RegisterImport.objects.filter(state="discarded")) == [
        "applied.csv",
        "never applied",
    ]
    assert "waits" not in whole_database()
    assert list(Rating.objects.exclude(mark=None).values_list("quarter", flat=True)) == [date(2026, 10, 1)]
    assert actions.erase_due(at=NOW) == []


def test_the_command_says_what_would_go_and_why_and_does_it_once_asked(db: None) -> None:
    case = closed_case(date(2020, 1, 1))
    held, out = closed_case(date(2020, 1, 1)), io.StringIO()
    LegalHold.objects.create(
        case_id=held.pk,
        reasons=REASONS,
        asked_by=person("cleo", Role.CUSTODIAN),
        asked_on=BEGIN,
        placed_by=person("milo", Role.CUSTODIAN),
        placed_on=BEGIN,
    )

    call_command("retention", "--dry-run", "--json", stdout=out)
    told = json.loads(out.getvalue())

    assert (told["dry_run"], told["counts"]) == (True, {"case": 1})
    assert (
        told["erased"][0] | {"subject": str(case.pk), "why": "closed; two years", "last": "2022-01-01"}
        == told["erased"][0]
    )
    assert Case.objects.count() == 2
    out = io.StringIO()
    call_command("retention", stdout=out)
    assert out.getvalue().splitlines() == [
        f"{str(case.pk)[:8]}: closed; two years; last day 2022-01-01",
        "case 1 erased",
    ]
    assert [one.pk for one in Case.objects.all()] == [held.pk]
    out = io.StringIO()
    call_command("retention", stdout=out)
    assert out.getvalue() == "Nothing is due.\n"


def test_the_worker_erases_as_a_job_each_night(db: None) -> None:
    case = closed_case(date(2020, 1, 1))

    erase_what_is_due()

    assert not Case.objects.filter(pk=case.pk).exists()
    assert AuditEvent.objects.get(action="erased a case").actor == JOB
    assert settings.CELERY_BEAT_SCHEDULE["erase-what-is-due"]["task"] == erase_what_is_due.name


def test_schedules_are_those_of_the_method_file(db: None, settings: Any) -> None:
    case, today = closed_case(date(2026, 1, 1)), date(2026, 3, 1)
    assert queries.plan(today=today) == []

    settings.RETENTION = {"case_months": 1}

    assert [one.subject for one in queries.plan(today=today)] == [str(case.pk)]
    settings.RETENTION = {"case_months": 99}
    with pytest.raises(RetentionError, match="never lengthened"):
        queries.plan(today=today)
