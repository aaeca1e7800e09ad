"""Who opens what: a wrap for this case, no conflict, a log that was committed first (reliability.md T3, T4, T5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InternalError, connection, models, transaction

from hrdd.governance.models import AuditEvent
from hrdd.governance.rules import NotAllowed, Role, RoleMayNot
from remedies.actions import assignment, reading, vault
from remedies.actions.follow_up import open_mailbox, send_message
from remedies.models import (
    Case,
    CaseKeyWrap,
    IdentityKeyWrap,
    Message,
    ReadLog,
    ReplyKey,
    VaultKey,
    VaultUnlock,
)
from remedies.queries.cases import visible_to
from remedies.queries.keys import recovery_key, triage_keys
from remedies.rules import places
from remedies.rules.case import CaseRole, CaseState
from remedies.rules.wraps import new_pair
from tests.remedies.vault_stage import (
    NOW,
    PASSPHRASE,
    TOLD,
    Vault,
    handler,
    person,
    received,
    vault_of_three,
)

__all__ = ["vault_of_three"]
MONTH = timedelta(days=30)


def read(case: Case, who: str, stage: Vault) -> str:
    user = getattr(stage, who)
    narrative = reading.read_narrative(
        case, by=user, pair=stage.pair(user), purpose="triage", request_id=uuid4(), at=NOW
    )
    return narrative.what


def give(case: Case, who: str, role: CaseRole, stage: Vault) -> None:
    assignment.assign(
        case,
        to=getattr(stage, who),
        role=role,
        by=stage.grace,
        pair=stage.pair(stage.grace),
        attested=True,
        at=NOW,
    )


def test_every_binary_column_is_declared_sealed_or_no_secret() -> None:
    found = {
        (model.__name__, field.name)
        for model in apps.get_app_config("remedies").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField)
    }

    assert found == places.SEALED | places.NOT_SECRET
    assert set() == places.SEALED & places.NOT_SECRET


def test_nothing_but_words_and_ids_is_in_the_clear_of_a_case() -> None:
    texts = {
        (model.__name__, field.name)
        for model in (Case, Message, ReplyKey)
        for field in model._meta.get_fields()
        if isinstance(field, models.TextField | models.DateTimeField | models.AutoField)
    }
    of_staff = {
        ("Case", "danger_seen_at"),
        ("Case", "danger_answered_at"),
    }  # the read log has their times too

    assert texts == of_staff


def test_triage_reads_what_was_told_and_whoever_has_no_wrap_does_not(vault_of_three: Vault) -> None:
    case, _receipt = received()

    assert read(case, "grace", vault_of_three) == TOLD
    assert not visible_to(vault_of_three.ivan).exists()
    with pytest.raises(NotAllowed, match="not there for you"):
        read(case, "ivan", vault_of_three)
    newcomer = handler("gus", Role.GRV_INTAKE, custodian=vault_of_three.custodians[0])
    with pytest.raises(NotAllowed, match="not there for you"):
        read(case, "gus", replace_person(vault_of_three, newcomer))


def replace_person(stage: Vault, user: object) -> Vault:
    object.__setattr__(stage, "gus", user)
    return stage


@pytest.mark.parametrize("many", [10, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_a_read_is_logged_once_and_chained_before_it_is_shown(vault_of_three: Vault, many: int) -> None:
    case, _receipt = received()

    for _ in range(many):
        read(case, "grace", vault_of_three)

    assert ReadLog.objects.filter(case_id=case.pk, reader="grace", group="narrative").count() == many
    hashes = set(ReadLog.objects.values_list("event", flat=True))
    assert hashes == set(AuditEvent.objects.filter(action="read of a case").values_list("hash", flat=True))
    assert TOLD not in str(list(AuditEvent.objects.values())) + str(list(ReadLog.objects.values()))


@pytest.mark.parametrize("many", [20, pytest.param(100, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("table", ["remedies_readlog", "governance_auditevent"])
def test_a_read_that_cannot_be_logged_shows_nothing(
    vault_of_three: Vault, table: str, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _receipt = received()
    pair = vault_of_three.pair(vault_of_three.grace)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TRIGGER denied BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION hrdd_refuse_change()"
        )
    shown = []

    for _ in range(many):
        with pytest.raises(InternalError):
            shown.append(given_back(case, vault_of_three, pair))

    assert shown == []
    assert ReadLog.objects.count() == 0
    with monkeypatch.context() as patch:  # without the control the same check would find the text
        patch.setattr(reading, "log_read", lambda *_case, **_read: None)
        assert given_back(case, vault_of_three, pair) == TOLD


def given_back(case: Case, stage: Vault, pair: object) -> str:
    return reading.read_narrative(
        case,
        by=stage.grace,
        pair=pair,  # type: ignore[arg-type]
        purpose="triage",
        request_id=uuid4(),
        at=NOW,
    ).what


@pytest.mark.django_db(transaction=True)
def test_a_read_inside_another_transaction_is_refused_for_it_could_be_taken_back() -> None:
    from tests.remedies.vault_stage import made_vault

    stage = made_vault()
    case, _receipt = received()
    pair = stage.pair(stage.grace)

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        given_back(case, stage, pair)

    assert ReadLog.objects.count() == 0
    assert given_back(case, stage, pair) == TOLD
    assert ReadLog.objects.count() == 1


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_read_log_stays_as_written(vault_of_three: Vault, act: str) -> None:
    case, _receipt = received()
    read(case, "grace", vault_of_three)
    rows = ReadLog.objects.all()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(reader="somebody") if act == "update" else rows.delete()


def test_to_assign_is_to_wrap_and_nobody_holds_two_roles(vault_of_three: Vault) -> None:
    case, _receipt = received()
    stage = vault_of_three

    give(case, "ivan", CaseRole.GRV_INV, stage)
    assert read(case, "ivan", stage) == TOLD
    with pytest.raises(NotAllowed, match="SD3"):
        give(case, "ivan", CaseRole.GRV_INV, stage)
    with pytest.raises(RoleMayNot):
        give(case, "ivan", CaseRole.GRV_DEC, stage)
    give(case, "dora", CaseRole.GRV_DEC, stage)
    with pytest.raises(NotAllowed, match="SD3"):
        give(case, "dora", CaseRole.GRV_INV, stage)


def test_who_sorted_a_case_does_not_look_into_it(vault_of_three: Vault) -> None:
    both = handler("bea", Role.GRV_INTAKE, Role.GRV_INV, custodian=vault_of_three.custodians[0])
    case, _receipt = received()
    object.__setattr__(vault_of_three, "bea", both)
    read(case, "bea", vault_of_three)

    with pytest.raises(NotAllowed, match="sorted the case"):
        give(case, "bea", CaseRole.GRV_INV, vault_of_three)


def test_triage_ends_with_screening(vault_of_three: Vault) -> None:
    case, _receipt = received()
    stage = vault_of_three
    give(case, "ivan", CaseRole.GRV_INV, stage)
    for state in (CaseState.ACKNOWLEDGED, CaseState.SCREENING, CaseState.ADMISSIBLE):
        Case.objects.filter(pk=case.pk).update(state=str(state))

    with pytest.raises(NotAllowed):
        read(case, "grace", stage)
    assignment.end_triage(case)
    assert CaseKeyWrap.objects.filter(holder__isnull=False).get().holder == VaultKey.objects.get(
        user=stage.ivan
    )
    assert read(case, "ivan", stage) == TOLD


def test_a_conflict_bars_reading_assigning_and_the_key(vault_of_three: Vault) -> None:
    case, _receipt = received()
    stage = vault_of_three
    give(case, "ivan", CaseRole.GRV_INV, stage)

    assignment.bar(case, whom=stage.ivan, by=stage.grace, at=NOW)
    assignment.bar(case, whom=stage.dora, by=stage.grace, at=NOW)

    with pytest.raises(NotAllowed, match="not there for you"):
        read(case, "ivan", stage)
    assert not ReadLog.objects.filter(reader="ivan").exists(), "what was refused is no read"
    with pytest.raises(NotAllowed, match="conflict"):
        give(case, "dora", CaseRole.GRV_DEC, stage)
    assert not CaseKeyWrap.objects.filter(holder__user=stage.ivan).exists()
    assert not visible_to(stage.ivan).exists()


def test_a_concern_about_the_readers_is_not_wrapped_to_them_and_two_custodians_open_it(
    vault_of_three: Vault,
) -> None:
    case, _receipt = received(about_handlers=True)
    stage = vault_of_three
    first, second, third = stage.custodians

    assert not visible_to(stage.grace).exists()
    with pytest.raises(NotAllowed):
        read(case, "grace", stage)

    def recovered(*two: object, attested: bool = True) -> None:
        assignment.recover(
            case,
            to=stage.ivan,
            role=CaseRole.GRV_INV,
            custodians=two,  # type: ignore[arg-type]
            attested=attested,
            reasons="The concern is about the people who sort concerns.",
            at=NOW,
        )

    for wrong in ((first, first), (first, (second[0], third[1])), ((first[0], new_pair()), second)):
        with pytest.raises(NotAllowed, match="do not open"):
            recovered(*wrong)
    with pytest.raises(NotAllowed, match="SD3"):
        recovered(second, first, attested=False)
    recovered(third, first)
    assert read(case, "ivan", stage) == TOLD


def test_who_leaves_reads_nothing_that_comes_later(vault_of_three: Vault) -> None:
    case, receipt = received()
    stage = vault_of_three
    give(case, "ivan", CaseRole.GRV_INV, stage)
    old = CaseKeyWrap.objects.get(holder__user=stage.ivan)

    assignment.leave(case, who=stage.ivan, by=stage.grace, pair=stage.pair(stage.grace), at=NOW)
    send_message(receipt, "A new thing.", nonce="1", at=NOW)

    with pytest.raises(NotAllowed, match="not there for you"):
        read(case, "ivan", stage)
    assert Message.objects.get(number=2).key_version == 2
    assert not CaseKeyWrap.objects.filter(pk=old.pk).exists()
    said = reading.read_messages(
        case,
        by=stage.grace,
        pair=stage.pair(stage.grace),
        purpose="triage",
        request_id=uuid4(),
        at=NOW,
    )
    assert [one.text for one in said] == ["A new thing."]
    assert read(case, "grace", stage) == TOLD


def test_both_sides_read_an_answer_and_only_with_their_own_key(vault_of_three: Vault) -> None:
    case, receipt = received()
    stage = vault_of_three
    pair = stage.pair(stage.grace)

    reading.answer(case, "We are looking into it.", by=stage.grace, pair=pair, at=NOW)

    assert [one.text for one in open_mailbox(receipt, at=NOW).answers] == ["We are looking into it."]
    said = reading.read_messages(case, by=stage.grace, pair=pair, purpose="x", request_id=uuid4(), at=NOW)
    assert [(one.direction, one.text) for one in said] == [("out", "We are looking into it.")]


def tamper_key(stage: Vault) -> None:
    VaultKey.objects.filter(user=stage.grace).update(public=new_pair().public)


def add_key(stage: Vault) -> None:
    spy = VaultKey.objects.get(user=stage.grace)
    VaultKey.objects.create(
        user=person("spy", Role.GRV_INTAKE),
        kind="handler",
        public=new_pair().public,
        locked=spy.locked,
        salt=spy.salt,
        memory_kib=1,
        passes=1,
        roles=spy.roles,
        voucher=spy.voucher,
        confirmed_by=stage.ivan,
        enrolled_at=NOW,
    )


def steal_key(stage: Vault) -> None:
    spy = person("spy", Role.GRV_INTAKE)
    VaultKey.objects.filter(user=stage.ivan).update(user=spy)


def promote(stage: Vault) -> None:
    stage.ivan.roles = ["GRV_INV", "GRV_INTAKE"]
    stage.ivan.username = "spy"
    stage.ivan.save()


def promote_key_too(stage: Vault) -> None:
    promote(stage)
    VaultKey.objects.filter(user=stage.ivan).update(roles=["GRV_INTAKE", "GRV_INV"])


@pytest.mark.parametrize("act", [tamper_key, add_key, steal_key, promote, promote_key_too])
def test_writing_to_the_database_adds_no_reader(vault_of_three: Vault, act: Callable[[Vault], None]) -> None:
    honest = {key.user.username for key in triage_keys()}

    act(vault_of_three)

    assert honest == {"grace"}
    assert {key.user.username for key in triage_keys()} <= {"grace"}
    received()
    assert not CaseKeyWrap.objects.filter(holder__user__username="spy").exists()


def test_a_forged_recovery_key_inbox_or_reply_key_is_not_sealed_to(vault_of_three: Vault) -> None:
    case, receipt = received()
    stage = vault_of_three
    case.keys.update(inbox_public=new_pair().public)
    ReplyKey.objects.update(public=new_pair().public)

    with pytest.raises(NotAllowed, match="cannot be sealed"):
        send_message(receipt, "More.", nonce="1", at=NOW)
    with pytest.raises(NotAllowed, match="receipt"):
        reading.answer(case, "Yes.", by=stage.grace, pair=stage.pair(stage.grace), at=NOW)
    type(stage.recovery).objects.update(public=new_pair().public)
    assert recovery_key() is None


def test_swapped_texts_do_not_open(vault_of_three: Vault) -> None:
    case, _receipt = received()
    other, _other_receipt = received(what="Something else.")
    Message.objects.filter(case=case).update(sealed=bytes(other.messages.get().sealed))

    with pytest.raises(NotAllowed, match="changed"):
        read(case, "grace", vault_of_three)


def test_a_vault_closes_by_itself_by_hand_and_for_everybody_else(vault_of_three: Vault) -> None:
    grace = vault_of_three.grace
    cookie = vault.open_vault(grace, passphrase=PASSPHRASE, at=NOW)

    assert vault.pair_of(grace, cookie=cookie, at=NOW + timedelta(minutes=30))
    assert vault.pair_of(grace, cookie=cookie, at=NOW + timedelta(minutes=60))
    for refused in (
        lambda: vault.pair_of(vault_of_three.ivan, cookie=cookie, at=NOW),
        lambda: vault.pair_of(grace, cookie=cookie[:-4] + "AAA=", at=NOW),
        lambda: vault.pair_of(grace, cookie="é", at=NOW),
        lambda: vault.open_vault(grace, passphrase="x", at=NOW),
        lambda: vault.open_vault(grace, passphrase=PASSPHRASE.upper(), at=NOW),
        lambda: vault.pair_of(grace, cookie=cookie, at=NOW + timedelta(minutes=91)),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert not VaultUnlock.objects.exists()
    again = vault.open_vault(grace, passphrase=PASSPHRASE, at=NOW)
    vault.close_vault(grace)
    with pytest.raises(NotAllowed, match="closed"):
        vault.pair_of(grace, cookie=again, at=NOW)


def test_a_new_password_of_the_account_opens_no_vault(vault_of_three: Vault) -> None:
    """What an administrator can reset is not what opens the vault; a new key opens no old case."""
    grace = vault_of_three.grace
    case, _receipt = received()
    grace.set_password("a password that an administrator set")
    grace.save()

    with pytest.raises(NotAllowed, match="does not open"):
        vault.open_vault(grace, passphrase="a password that an administrator set", at=NOW)
    key = vault.enrol_handler(grace, passphrase="another six words for the same person", at=NOW)
    with pytest.raises(NotAllowed, match="confirm"):
        vault.open_vault(grace, passphrase="another six words for the same person", at=NOW)
    new_case, _receipt = received()
    assert not CaseKeyWrap.objects.filter(case_key__case=new_case, holder__isnull=False).exists()
    custodian, custodians_pair = vault_of_three.custodians[0]
    vault.confirm_key(key, custodian=custodian, pair=custodians_pair, at=NOW)
    cookie = vault.open_vault(grace, passphrase="another six words for the same person", at=NOW)
    assert vault.pair_of(grace, cookie=cookie, at=NOW)
    assert not visible_to(grace).filter(pk=case.pk).exists()


def test_a_changed_passphrase_opens_the_same_cases(vault_of_three: Vault) -> None:
    grace, case = vault_of_three.grace, received()[0]

    vault.change_passphrase(grace, old=PASSPHRASE, new="seven other words for this person", at=NOW)

    with pytest.raises(NotAllowed):
        vault.open_vault(grace, passphrase=PASSPHRASE, at=NOW)
    cookie = vault.open_vault(grace, passphrase="seven other words for this person", at=NOW)
    pair = vault.pair_of(grace, cookie=cookie, at=NOW)
    assert given_back(case, vault_of_three, pair) == TOLD


@pytest.mark.parametrize("said", ["", "short", "a" * 40, "abababababababababababab"])
def test_a_passphrase_that_can_be_guessed_is_refused(vault_of_three: Vault, said: str) -> None:
    with pytest.raises(NotAllowed, match="at least 20"):
        vault.demand_passphrase(said, vault_of_three.grace)


def test_the_password_of_the_account_is_no_passphrase(db: None) -> None:
    user = person("gil", Role.GRV_INTAKE)
    user.set_password(PASSPHRASE)

    with pytest.raises(NotAllowed, match="differ"):
        vault.enrol_handler(user, passphrase=PASSPHRASE, at=NOW)


def test_a_key_is_confirmed_by_a_custodian_with_their_file_and_by_nobody_else(vault_of_three: Vault) -> None:
    stage = vault_of_three
    (cleo, pair), (milo, _other) = stage.custodians[:2]
    hugo = person("hugo", Role.GRV_INTAKE, Role.CUSTODIAN)
    key = vault.enrol_handler(hugo, passphrase=PASSPHRASE, at=NOW)
    late, file = vault.enrol_custodian(hugo, passphrase=PASSPHRASE, at=NOW)
    lates_pair = vault.open_custodian_file(file, key=late, passphrase=PASSPHRASE)

    for custodian, with_pair in (
        (cleo, new_pair()),
        (milo, pair),
        (late, lates_pair),  # of no ceremony yet
        (VaultKey.objects.get(user=stage.grace), stage.pair(stage.grace)),
    ):
        with pytest.raises(NotAllowed):
            vault.confirm_key(key, custodian=custodian, pair=with_pair, at=NOW)
    assert {one.user.username for one in triage_keys()} == {"grace"}
    received(identity_mode="open", contact="me")
    assert not IdentityKeyWrap.objects.filter(holder=late).exists()
    vault.confirm_key(key, custodian=cleo, pair=pair, at=NOW)
    assert {one.user.username for one in triage_keys()} == {"grace", "hugo"}
    with pytest.raises(NotAllowed, match="already"):
        vault.confirm_key(key, custodian=cleo, pair=pair, at=NOW)


def test_a_role_added_later_needs_a_new_key(vault_of_three: Vault) -> None:
    case, _receipt = received()
    vault_of_three.ivan.roles = ["GRV_INV", "GRV_DEC"]
    vault_of_three.ivan.save()

    with pytest.raises(NotAllowed, match="other roles"):
        give(case, "ivan", CaseRole.GRV_DEC, vault_of_three)


def test_only_their_people_enrol_and_fewer_than_three_hold_no_ceremony(db: None) -> None:
    admin = person("root", Role.SYSADMIN)

    with pytest.raises(RoleMayNot):
        vault.enrol_handler(admin, passphrase=PASSPHRASE, at=NOW)
    with pytest.raises(RoleMayNot):
        vault.enrol_custodian(admin, passphrase=PASSPHRASE, at=NOW)
    for roles in ((Role.SYSADMIN, Role.GRV_INTAKE), (Role.SYSADMIN, Role.CUSTODIAN)):
        both = person("-".join(roles).lower(), roles[1])
        both.roles = [str(role) for role in roles]  # the database would refuse it
        enrol = vault.enrol_custodian if Role.CUSTODIAN in roles else vault.enrol_handler
        with pytest.raises(NotAllowed, match="SD10"):
            enrol(both, passphrase=PASSPHRASE, at=NOW)
    for name in ("cleo", "milo"):
        vault.enrol_custodian(person(name, Role.CUSTODIAN), passphrase=PASSPHRASE, at=NOW)
    with pytest.raises(NotAllowed, match="three custodians"):
        vault.hold_ceremony(by="test", at=NOW)


def test_a_custodians_private_half_is_not_in_the_database(vault_of_three: Vault) -> None:
    for key, pair in vault_of_three.custodians:
        assert VaultKey.objects.get(pk=key.pk).locked is None
        assert replace(pair, private=b"") != pair


def test_the_argon2_of_production_costs_what_the_method_says() -> None:
    from pathlib import Path

    written = (Path(settings.BASE_DIR) / "hrdd" / "settings.py").read_text()

    assert "VAULT_ARGON2_KIB = 64 * 1024" in written
    assert "VAULT_ARGON2_PASSES = 3" in written
