"""A change passes the launch gate only when nothing severe is left without mitigation, by two people (G4, GP18)."""

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions import changes as actions
from risks.models import Change, MitigationPlan, Product, Risk
from risks.queries.changes import changes_of_risk, passage_of, signed_exceptions

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
REASONS = "Read with the rights team; the plan answers what the people affected had asked for."
SAID = "Privacy, expression and assembly were looked at, with two groups; none is touched."


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def dan(db: None) -> User:
    return person("dan", Role.DECIDER)


@pytest.fixture
def eve(db: None) -> User:
    return person("eve", Role.SENIOR)


def risk_of(level: int, title: str = "Arrests after data requests", **given: Any) -> Risk:
    tier = {5: 1, 4: 2, 3: 3}.get(level, 4)
    return Risk.objects.create(
        **{"title": title, "summary": "x", "opened_on": date(2026, 1, 1), "level": level, "tier": tier}
        | given
    )


def mitigate(
    risk: Risk, by: User, decider: User, *, kind: str = "mitigation", state: str = "approved"
) -> None:
    decided = {} if state == "proposed" else {"decided_by": decider, "decided_at": NOW}
    MitigationPlan.objects.create(
        risk=risk,
        kind=kind,
        actions="x",
        target="y",
        owner=by,
        due=date(2027, 1, 1),
        state=state,
        proposed_by=by,
        proposed_at=NOW,
        **decided,
    )


def given_for(*risks: Risk, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Launch in a new market",
        "kind": "market_entry",
        "about": "The service opens there.",
        "countries": ["MM"],
        "risks": [risk.pk for risk in risks],
        "no_risk_reasons": "" if risks else SAID,
    } | changes


def propose(client: Client, by: User, *risks: Risk, **changes: Any) -> Change:
    client.force_login(by)
    answer = client.post("/desk/changes/new/", given_for(*risks, **changes))
    assert answer.status_code == 302, answer.content.decode()
    return Change.objects.latest("pk")


def decide(client: Client, by: User, change: Change, to: str = "approval", **given: Any) -> Any:
    client.force_login(by)
    seen = actions.content_hash(change)
    return client.post(f"/desk/changes/{change.pk}/{to}/", {"reasons": REASONS, "seen_hash": seen} | given)


def ask(client: Client, by: User, change: Change, **given: Any) -> Any:
    client.force_login(by)
    return client.post(f"/desk/changes/{change.pk}/exception/", {"reasons": REASONS} | given)


def sign(client: Client, by: User, *, decision: str = "approve", reasons: str = REASONS) -> Any:
    asked = SignOff.objects.get(decided_at__isnull=True)
    client.force_login(by)
    given = {"decision": decision, "seen_hash": asked.content_hash, "reasons": reasons}
    return client.post(f"/desk/signoffs/{asked.pk}/", given)


def fresh(change: Change) -> Change:
    return Change.objects.get(pk=change.pk)


def test_a_change_is_refused_while_a_severe_risk_has_no_approved_mitigation(
    client: Client, ana: User, dan: User
) -> None:
    risk = risk_of(4)
    change = propose(client, ana, risk, risk_of(3, "Milder"))

    answer = decide(client, dan, change)

    assert answer.status_code == 400
    assert "G4: a linked risk of level 4 or more has no approved mitigation." in answer.content.decode()
    assert REASONS in answer.content.decode()
    assert fresh(change).state == "proposed"


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("interim", "approved"),
        ("remediation", "approved"),
        ("mitigation", "proposed"),
        ("mitigation", "ended"),
        ("mitigation", "refused"),
    ],
)
def test_only_an_approved_plan_of_mitigation_opens_the_gate(
    client: Client, ana: User, dan: User, kind: str, state: str
) -> None:
    risk = risk_of(5)
    mitigate(risk, ana, dan, kind=kind, state=state)
    change = propose(client, ana, risk)

    assert decide(client, dan, change).status_code == 400
    mitigate(risk, ana, dan)
    assert decide(client, dan, change).status_code == 302

    change = fresh(change)
    assert (change.state, change.decided_by, change.reasons) == ("approved", dan, REASONS)


def test_a_change_without_a_risk_needs_to_say_which_rights_were_looked_at(
    client: Client, ana: User, dan: User
) -> None:
    client.force_login(ana)

    answer = client.post("/desk/changes/new/", given_for(no_risk_reasons="None, we think."))

    assert answer.status_code == 400
    assert b"GP18: link the risks that the change touches, or say why there are none" in answer.content
    assert b"The service opens there." in answer.content
    assert not Change.objects.exists()
    assert decide(client, dan, propose(client, ana)).status_code == 302


@pytest.mark.parametrize("to", ["approval", "refusal"])
def test_whoever_proposed_a_change_does_not_decide_on_it(client: Client, ana: User, to: str) -> None:
    change = propose(client, ana)
    ana.roles = [Role.ANALYST, Role.DECIDER]
    ana.save()

    answer = decide(client, ana, change, to)

    assert answer.status_code == 400
    assert b"SD1: whoever proposed a change does not decide on it." in answer.content
    assert fresh(change).state == "proposed"


@pytest.mark.parametrize("to", ["approval", "refusal"])
def test_a_decision_is_bound_to_what_was_read(client: Client, ana: User, dan: User, to: str) -> None:
    change = propose(client, ana)
    seen = actions.content_hash(change)
    client.post(f"/desk/changes/{change.pk}/edit/", given_for(about="And everywhere else."))

    answer = decide(client, dan, fresh(change), to, seen_hash=seen)

    assert b"The change was edited since you opened it." in answer.content
    assert fresh(change).state == "proposed"


@pytest.mark.parametrize("to", ["approval", "refusal", "withdrawal", "exception"])
def test_each_act_needs_reasons_that_others_can_follow(client: Client, ana: User, dan: User, to: str) -> None:
    change = propose(client, ana, risk_of(4))

    answer = decide(client, dan if to in {"approval", "refusal"} else ana, change, to, reasons="Because.")

    assert answer.status_code == 400
    assert b"at least 50 characters" in answer.content
    assert fresh(change).state == "proposed"
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("to", ["approval", "refusal", "withdrawal"])
@pytest.mark.parametrize("state", ["approved", "refused", "withdrawn"])
def test_nothing_moves_a_change_that_was_decided_on(
    client: Client, ana: User, dan: User, state: str, to: str
) -> None:
    change = propose(client, ana)
    first = {"approved": "approval", "refused": "refusal", "withdrawn": "withdrawal"}[state]
    assert decide(client, ana if state == "withdrawn" else dan, change, first).status_code == 302
    events = AuditEvent.objects.count()

    answer = decide(client, ana if to == "withdrawal" else dan, change, to)

    assert answer.status_code == 400
    assert "is not the next step here" in answer.content.decode()
    assert fresh(change).state == state
    assert AuditEvent.objects.count() == events


def test_a_withdrawn_change_tells_who_withdrew_it_and_why(client: Client, ana: User) -> None:
    change = propose(client, ana)
    assert decide(client, ana, change, "withdrawal").status_code == 302

    page = client.get(f"/desk/changes/{change.pk}/").content.decode()

    withdrawn = page[page.index("<strong>Withdrawn</strong>") :]
    assert withdrawn.startswith(f"<strong>Withdrawn</strong><small>{ana}, ")
    assert fresh(change).decided_at is not None


@pytest.mark.parametrize(("state", "decided"), [("proposed", True), ("approved", False), ("refused", False)])
def test_the_database_keeps_who_decided_on_a_change(
    client: Client, ana: User, dan: User, state: str, decided: bool
) -> None:
    change = propose(client, ana)
    told = {"decided_by": dan, "decided_at": NOW} if decided else {}
    with pytest.raises(IntegrityError, match="change_decided_by_another"), transaction.atomic():
        Change.objects.filter(pk=change.pk).update(state=state, **told)


@pytest.mark.parametrize("state", ["approved", "refused", "withdrawn"])
def test_the_risks_of_a_change_that_was_decided_on_stay(
    client: Client, ana: User, dan: User, state: str
) -> None:
    risk = risk_of(3)
    change = propose(client, ana, risk)
    first = {"approved": "approval", "refused": "refusal", "withdrawn": "withdrawal"}[state]
    decide(client, ana if state == "withdrawn" else dan, change, first)
    client.force_login(ana)

    edited = client.post(f"/desk/changes/{change.pk}/edit/", given_for())
    excepted = ask(client, ana, change)

    assert b"G4: this change was decided on or withdrawn." in edited.content
    assert b"An exception is for a change that waits." in excepted.content
    assert list(change.risks.all()) == [risk]
    for statement in ("DELETE FROM risks_change_risks", "UPDATE risks_change_risks SET id = id"):
        refused = pytest.raises(DatabaseError, match="stay as they are")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError, match="stay as they are"), transaction.atomic():
        change.risks.add(risk_of(5))


def test_only_whoever_proposed_a_change_edits_it(client: Client, ana: User) -> None:
    change = propose(client, ana)
    client.force_login(person("other", Role.ANALYST))

    answer = client.post(f"/desk/changes/{change.pk}/edit/", given_for(about="Mine now."))

    assert b"SD1: only whoever proposed a change edits it" in answer.content
    assert fresh(change).about == "The service opens there."


def test_a_signed_exception_opens_the_gate_for_the_risks_it_lists_and_the_board_sees_it(
    client: Client, ana: User, dan: User, eve: User
) -> None:
    risk = risk_of(4)
    change = propose(client, ana, risk, risk_of(2, "Mild"))
    assert ask(client, ana, change).status_code == 302
    assert decide(client, dan, change).status_code == 400, "asked for is not signed"

    assert sign(client, eve).status_code == 302
    assert decide(client, dan, change).status_code == 302

    change = fresh(change)
    assert change.exception_risks == [{"risk": risk.pk, "level": 4}]
    assert [(one.change, one.risks) for one in signed_exceptions()] == [(change, [risk])]
    client.force_login(person("bob", Role.BOARD))
    board = client.get("/board/").content.decode()
    assert "Launch in a new market" in board
    assert REASONS in board


def test_an_exception_does_not_cover_a_risk_that_rose_afterwards(
    client: Client, ana: User, dan: User, eve: User
) -> None:
    listed, milder = risk_of(4), risk_of(3, "Milder")
    change = propose(client, ana, listed, milder)
    ask(client, ana, change)
    sign(client, eve)
    Risk.objects.filter(pk=milder.pk).update(level=4, tier=2)

    answer = decide(client, dan, change)

    assert "the signed exception does not cover it" in answer.content.decode()
    Risk.objects.filter(pk=milder.pk).update(level=3, tier=3)
    Risk.objects.filter(pk=listed.pk).update(level=5, tier=1)
    assert decide(client, dan, change).status_code == 400
    Risk.objects.filter(pk=listed.pk).update(level=4, tier=2)
    assert decide(client, dan, change).status_code == 302


def test_editing_the_risks_voids_an_exception_that_was_asked_for_or_signed(
    client: Client, ana: User, dan: User, eve: User
) -> None:
    change = propose(client, ana, risk := risk_of(4))
    ask(client, ana, change)
    other = risk_of(5, "Another")
    client.post(f"/desk/changes/{change.pk}/edit/", given_for(risk, other))
    asked_voided = SignOff.objects.get().decision
    ask(client, ana, change)
    sign(client, eve)
    client.force_login(ana)

    client.post(f"/desk/changes/{change.pk}/edit/", given_for(risk))

    change = fresh(change)
    assert asked_voided == "void"
    assert (change.exception_signed_by, change.exception_risks) == (None, [])
    assert decide(client, dan, change).status_code == 400


def test_an_edit_that_changes_nothing_leaves_the_exception(client: Client, ana: User, eve: User) -> None:
    change = propose(client, ana, risk := risk_of(4))
    ask(client, ana, change)
    sign(client, eve)
    client.force_login(ana)

    client.post(f"/desk/changes/{change.pk}/edit/", given_for(risk))

    assert fresh(change).exception_signed_by == eve


@pytest.mark.parametrize("how", ["risen", "linked", "reworded"])
def test_a_senior_does_not_sign_what_is_no_longer_what_was_asked(
    client: Client, ana: User, eve: User, how: str
) -> None:
    change = propose(client, ana, risk := risk_of(4))
    ask(client, ana, change)
    if how == "risen":
        Risk.objects.filter(pk=risk.pk).update(level=5, tier=1)
    elif how == "linked":
        change.risks.add(risk_of(5, "Another"))
    else:
        Change.objects.filter(pk=change.pk).update(exception_reasons="Something else.")

    answer = sign(client, eve)

    assert b"It must be asked for again." in answer.content
    assert fresh(change).exception_signed_by is None


def test_an_exception_is_signed_by_a_senior_who_neither_proposed_nor_asked_nor_approves(
    client: Client, ana: User, dan: User, eve: User
) -> None:
    change = propose(client, ana, risk_of(4))
    other = person("other", Role.ANALYST, Role.SENIOR)
    ask(client, other, change)
    ana.roles = [Role.ANALYST, Role.SENIOR]
    ana.save()

    asker, proposer, decider = sign(client, other), sign(client, ana), sign(client, dan)

    assert b"SD1" in asker.content
    assert b"SD1" in proposer.content
    assert b"Your role may not sign an exception" in decider.content
    assert fresh(change).exception_signed_by is None
    sign(client, eve)
    eve.roles = [Role.SENIOR, Role.DECIDER]
    eve.save()
    assert b"SD1: whoever signed the exception" in decide(client, eve, change).content
    assert fresh(change).state == "proposed"


def test_a_refused_exception_leaves_the_gate_shut_and_may_be_asked_for_again(
    client: Client, ana: User, eve: User
) -> None:
    change = propose(client, ana, risk_of(4))
    ask(client, ana, change)

    assert sign(client, eve, decision="refuse").status_code == 302

    assert not passage_of(fresh(change)).gate.open
    assert fresh(change).exception_risks == []
    assert REASONS in client.get(f"/desk/changes/{change.pk}/").content.decode()
    assert ask(client, ana, change).status_code == 302


def test_there_is_no_exception_where_nothing_shuts_the_gate(client: Client, ana: User) -> None:
    change = propose(client, ana, risk_of(3))

    assert b"so there is nothing to except" in ask(client, ana, change).content
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("to", ["refusal", "withdrawal"])
def test_what_ends_a_change_asks_no_senior_any_longer(client: Client, ana: User, dan: User, to: str) -> None:
    change = propose(client, ana, risk_of(4))
    ask(client, ana, change)

    assert decide(client, dan if to == "refusal" else ana, change, to).status_code == 302

    assert SignOff.objects.get().decision == "void"


def test_a_risk_that_rises_after_approval_is_shown_and_changes_nothing(
    client: Client, ana: User, dan: User
) -> None:
    risk = risk_of(3)
    change = propose(client, ana, risk)
    decide(client, dan, change)
    Risk.objects.filter(pk=risk.pk).update(level=4, tier=2)

    page = client.get(f"/desk/changes/{change.pk}/").content.decode()

    assert "Approved before the risk rose" in page
    assert fresh(change).state == "approved"
    [told] = changes_of_risk(risk)
    assert told.warning


@pytest.mark.parametrize(
    ("excepted", "passes"),
    [(None, False), ([], False), ([(0, 4)], False), ([(1, 3)], False), ([(1, 4)], True)],
)
def test_the_database_keeps_the_gate_shut_for_what_no_exception_lists(
    ana: User, dan: User, eve: User, excepted: list[tuple[int, int]] | None, passes: bool
) -> None:
    risk = risk_of(4)
    change = Change.objects.create(
        title="x", kind="market_entry", about="x", proposed_by=ana, proposed_at=NOW
    )
    change.risks.add(risk)
    if excepted is not None:
        Change.objects.filter(pk=change.pk).update(
            exception_reasons="x",
            exception_asked_by=ana,
            exception_signed_by=eve,
            exception_signed_at=NOW,
            exception_risks=[{"risk": risk.pk * own, "level": level} for own, level in excepted],
        )
    approve = "UPDATE risks_change SET state = 'approved', decided_by_id = %s, decided_at = now()"

    if passes:
        with connection.cursor() as cursor:
            cursor.execute(approve, [dan.pk])
    else:
        refused = pytest.raises(DatabaseError, match="G4: a linked risk of level 4 or more")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(approve, [dan.pk])

    assert fresh(change).state == ("approved" if passes else "proposed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "approved", "decided_at": NOW},
        {"state": "proposed", "decided_by": "dan", "decided_at": NOW},
        {"state": "refused", "decided_by": "ana", "decided_at": NOW},
        {"exception_signed_by": "eve"},
        {"exception_signed_by": "eve", "exception_signed_at": NOW, "exception_asked_by": "dan"},
        {
            "exception_signed_by": "ana",
            "exception_signed_at": NOW,
            "exception_asked_by": "dan",
            "exception_reasons": "x",
        },
    ],
)
def test_the_database_refuses_one_person_where_two_are_due(
    ana: User, dan: User, eve: User, wrong: dict[str, Any]
) -> None:
    people = {"ana": ana, "dan": dan, "eve": eve}
    change = Change.objects.create(
        title="x", kind="market_entry", about="x", proposed_by=ana, proposed_at=NOW
    )

    with pytest.raises(DatabaseError), transaction.atomic():
        Change.objects.filter(pk=change.pk).update(
            **{
                name: people.get(said, said) if isinstance(said, str) else said
                for name, said in wrong.items()
            }
        )


def test_the_log_names_a_change_by_its_number_only(client: Client, ana: User, dan: User, eve: User) -> None:
    change = propose(client, ana, risk_of(4), title="Deal with Northern Cloud")
    ask(client, ana, change)
    sign(client, eve)
    decide(client, dan, change)

    written = str(list(AuditEvent.objects.values_list("subject", "detail", "action")))
    assert "approve the change" in written
    assert f"change {change.pk}" in written
    assert "Northern" not in written
    assert "Northern" not in SignOff.objects.get().subject


def test_looking_for_risks_offers_others_keeps_what_was_typed_and_writes_nothing(
    client: Client, ana: User
) -> None:
    for number in range(40):
        risk_of(5, f"Grave {number}", rank=9)
    hidden, chosen = risk_of(1, "Slow answers in Tigrinya", rank=1), risk_of(2, "Chosen before")
    client.force_login(ana)
    assert "Tigrinya" not in client.get("/desk/changes/new/").content.decode()

    answer = client.post("/desk/changes/new/", given_for(chosen, look="1", look_for="Tigrinya"))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The service opens there." in page
    assert f'value="{hidden.pk}"' in page
    assert "Chosen before" in page
    assert not Change.objects.exists()


def test_the_list_filters_by_state_kind_and_gate(client: Client, ana: User) -> None:
    shut, free = (
        propose(client, ana, risk_of(5)),
        propose(client, ana, title="Free one", kind="policy_change"),
    )

    def shown(query: str) -> set[str]:
        page = client.get(f"/desk/changes/?{query}").content.decode()
        return {str(one) for one in (shut, free) if str(one) in page}

    assert shown("blocked=yes") == {str(shut)}
    assert shown("blocked=no") == {str(free)}
    assert shown("kind=policy_change") == {str(free)}
    assert shown("state=approved") == set()
    assert shown("state=%00&kind=nonsense&page=x&blocked=%27") == {str(shut), str(free)}


def test_the_list_asks_the_database_as_often_for_one_change_as_for_thirty(
    client: Client, ana: User, django_assert_num_queries: Any
) -> None:
    propose(client, ana, risk_of(4))
    with CaptureQueriesContext(connection) as one:
        client.get("/desk/changes/?blocked=yes")
    asked = len(one)
    for _number in range(30):
        propose(client, ana, risk_of(4))

    with django_assert_num_queries(asked):
        page = client.get("/desk/changes/?blocked=yes").content.decode()
    assert "31 changes match" in page


@pytest.mark.parametrize(
    "odd",
    [
        {"title": "a\0b"},
        {"risks": ["x", "9" * 30, "-1"]},
        {"countries": ["??"]},
        {"planned_on": "soon"},
        {"look_for": "\0", "look": "1"},
    ],
)
def test_nonsense_is_no_error_of_the_server(client: Client, ana: User, odd: dict[str, Any]) -> None:
    client.force_login(ana)

    answer = client.post("/desk/changes/new/", given_for(risk_of(4)) | odd)

    assert answer.status_code == (200 if "look" in odd else 400)
    assert not Change.objects.exists()


def test_products_and_places_are_kept(client: Client, ana: User) -> None:
    product = Product.objects.create(name="Feed")

    change = propose(client, ana, products=[product.pk])

    assert (list(change.products.all()), change.countries) == ([product], ["MM"])


@pytest.mark.django_db(transaction=True)
def test_of_two_deciders_at_once_one_wins() -> None:
    ana = person("ana", Role.ANALYST)
    deciders = [person("dan", Role.DECIDER), person("dora", Role.DECIDER)]
    change = Change.objects.create(
        title="x", kind="market_entry", about="x", no_risk_reasons=SAID, proposed_by=ana, proposed_at=NOW
    )
    seen, start, outcomes = actions.content_hash(change), threading.Barrier(2), []

    def approve(by: User) -> None:
        start.wait()
        try:
            actions.approve(Change(pk=change.pk), reasons=REASONS, seen_hash=seen, by=by, at=NOW)
            outcomes.append("approved")
        except NotAllowed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=[one]) for one in deciders]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(outcomes) == ["approved", "refused"]
    assert AuditEvent.objects.filter(action="approve the change").count() == 1
