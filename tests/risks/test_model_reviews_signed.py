# ruff: noqa: F811  # the fixtures of test_model_reviews are arguments here
"""The board signs a business-model review, the public reads it, and what changed is measured."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import NotAllowed, Role
from risks.actions import model_reviews as actions
from risks.models import (
    ModelReview,
    Partner,
    Risk,
)
from risks.queries.model_reviews import fired_for, indicator, public_model_reviews, review_gaps
from tests.risks.test_model_reviews import (  # noqa: F401
    CONCLUSION,
    DRIVER,
    NOW,
    REASONS,
    TODAY,
    ana,
    bob,
    find,
    fresh,
    open_one,
    person,
    reviewed,
    risk,
    risk_of,
    sign,
    take,
    to,
)


def test_the_board_signs_and_it_is_public_then_and_not_before(
    client: Client, ana: User, bob: User, risk: Risk
) -> None:
    to("concluded", client, ana, bob, risk)
    assert "Ranking" not in client.get("/business-model/").content.decode()

    sign(client, bob)
    client.logout()

    page = client.get("/business-model/").content.decode()
    assert "Ranking optimised for engagement" in page
    assert "Change design" in page
    assert "Ranking by quality is on for everybody." in page
    for kept in (
        REASONS,
        "Minorities",
        "61.5",
        "experiments",
        "university",
        "Ana",
        "Bob",
        risk.title,
        "Reach of hate",
    ):
        assert kept not in page
    assert [one.changes_made for one in public_model_reviews()] == [CONCLUSION["changes_made"]]


def test_the_public_is_told_why_something_is_left_out(
    client: Client, ana: User, bob: User, risk: Risk
) -> None:
    review = to("consulted", client, ana, bob, risk)
    take(client, review, "conclude", risk, changes_made="", trade_secret_reasons="A patent is pending.")
    sign(client, bob)

    page = client.get("/business-model/").content.decode()
    assert "Something is left out here: <span>A patent is pending.</span>" in page


@pytest.mark.parametrize("field", ["changes_made", "trade_secret_reasons"])
def test_words_that_lead_to_somebody_are_not_concluded_for_the_public(
    client: Client, ana: User, bob: User, risk: Risk, field: str
) -> None:
    review = to("consulted", client, ana, bob, risk)
    Partner.objects.create(name="Northern Cloud", naming_endangers="Its staff are watched.")
    for said in ("NORTHERN Cloud ranks it now.", "Write to ana@example.org."):
        page = take(client, review, "conclude", risk, **{field: said}).content.decode()
        assert "names a partner" in page or "could identify a person" in page
        assert said in page
    assert fresh(review).concluded_on is None


def test_a_review_whose_words_came_to_endanger_somebody_is_told_no_more(
    client: Client, ana: User, bob: User, risk: Risk
) -> None:
    review = to("concluded", client, ana, bob, risk)
    sign(client, bob)
    Partner.objects.create(name="By Quality", naming_endangers="Its staff are watched.")

    page = client.get("/business-model/").content.decode()
    data = client.get("/business-model.json").content.decode()

    assert "Ranking" not in page
    assert "quality" not in page + data
    assert [gap.code for gap in review_gaps(on=TODAY)].count("MODEL_REVIEW_NOT_TOLD") == 1
    assert fresh(review).changes_made == CONCLUSION["changes_made"]


@pytest.mark.parametrize("who", ["opener", "concluder"])
def test_whoever_prepared_a_review_does_not_sign_it(
    client: Client, ana: User, bob: User, risk: Risk, who: str
) -> None:
    review = to("consulted", client, ana, bob, risk)
    other = person("other", Role.ANALYST)
    client.force_login(other)
    take(client, review, "conclude", risk)
    author = ana if who == "opener" else other
    author.roles = [Role.ANALYST, Role.BOARD]
    author.save()

    answer = sign(client, author)

    assert b"SD1" in answer.content
    assert fresh(review).state == "concluded"


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.BOARD, Role.EXPERT, Role.SYSADMIN}]
)
def test_nobody_but_the_board_signs(client: Client, ana: User, bob: User, risk: Risk, role: Role) -> None:
    review = to("concluded", client, ana, bob, risk)

    answer = sign(client, person("somebody", role))

    assert b"Your role may not sign a business-model review." in answer.content
    assert fresh(review).state == "concluded"


def test_the_board_sends_a_review_back_with_reasons(client: Client, ana: User, bob: User, risk: Risk) -> None:
    review = to("concluded", client, ana, bob, risk)

    without = sign(client, bob, decision="refuse", reasons="No.")
    sent = sign(client, bob, decision="refuse")

    assert b"Say in at least 20 characters why you refuse" in without.content
    assert (sent.status_code, fresh(review).state) == (302, "consulted")
    assert REASONS in client.get(f"/desk/model-reviews/{review.pk}/").content.decode()
    client.force_login(ana)
    assert "Reach of hate" in client.get(f"/desk/model-reviews/{review.pk}/conclusion/").content.decode()
    assert take(client, review, "conclude", risk).status_code == 302


def test_a_signature_needs_reasons(client: Client, ana: User, bob: User, risk: Risk) -> None:
    review = to("concluded", client, ana, bob, risk)

    assert b"at least 50 characters" in sign(client, bob, reasons="Fine.").content
    assert fresh(review).state == "concluded"


@pytest.mark.parametrize(
    "change",
    [
        {"evidence": "Other."},
        {"conclusion": "no_systemic_link"},
        {"metrics": []},
        {"revenue_share_pct": 2},
        "risks",
    ],
)
def test_a_signature_is_bound_to_what_was_concluded(
    client: Client, ana: User, bob: User, risk: Risk, change: Any
) -> None:
    review = to("concluded", client, ana, bob, risk)
    if change == "risks":
        review.risks.add(risk_of(5))
    else:
        ModelReview.objects.filter(pk=review.pk).update(**change)

    answer = sign(client, bob)

    assert b"The review changed since it was sent to the board." in answer.content
    assert fresh(review).state == "concluded"
    assert sign(client, bob, decision="refuse").status_code == 302, "it can be sent back"


def test_readings_are_added_and_never_replaced(client: Client, ana: User, bob: User, risk: Risk) -> None:
    review = to("tracked", client, ana, bob, risk)
    for value in ("7", "4"):
        client.post(
            f"/desk/model-reviews/{review.pk}/readings/", {"metric": 0, "value": value, "read_on": TODAY}
        )

    later = {"metric": 0, "value": "1", "read_on": TODAY + timedelta(days=1)}
    answer = client.post(f"/desk/model-reviews/{review.pk}/readings/", later)

    assert b"this day is still to come" in answer.content
    assert [one["value"] for one in fresh(review).metrics[0]["readings"]] == ["7", "4"]


@pytest.mark.parametrize("metric", ["", "1", "-1", "x"])
def test_a_metric_that_is_none_is_refused(
    client: Client, ana: User, bob: User, risk: Risk, metric: str
) -> None:
    review = to("tracked", client, ana, bob, risk)

    answer = client.post(
        f"/desk/model-reviews/{review.pk}/readings/", {"metric": metric, "value": "1", "read_on": TODAY}
    )

    assert answer.status_code == 400
    assert "readings" not in fresh(review).metrics[0]


@pytest.mark.parametrize("share", ["", "0", "99.99"])
def test_what_a_driver_earns_changes_no_verdict(
    client: Client, ana: User, bob: User, risk: Risk, share: str
) -> None:
    review = open_one(client, ana)
    take(client, review, "scope", risk, revenue_share_pct=share)
    for step in ("evidence", "consult"):
        take(client, review, step, risk)

    refused = take(client, review, "conclude", risk, user_misuse_only="on").status_code
    concluded = take(client, review, "conclude", risk).status_code

    assert (refused, concluded, sign(client, bob).status_code) == (400, 302, 302)
    assert fired_for(DRIVER, on=TODAY) == []
    assert "%" not in str(public_model_reviews())


@pytest.mark.parametrize(("days", "late"), [(180, False), (181, True)])
def test_a_review_open_too_long_is_shown_to_the_board(
    client: Client, ana: User, bob: User, risk: Risk, days: int, late: bool
) -> None:
    ModelReview.objects.create(driver=DRIVER, opened_by=ana, opened_on=TODAY - timedelta(days=days))
    client.force_login(bob)

    board = client.get("/board/").content.decode()
    page = client.get("/desk/model-reviews/").content.decode()

    assert ("a matter for the board (B2)" in board) is late
    assert ("With the board: overdue" in page) is late
    assert ("MODEL_REVIEW_OVERDUE" in [gap.code for gap in review_gaps(on=TODAY)]) is late
    assert (indicator(on=TODAY).red, indicator(on=TODAY).value) == (late, str(int(late)))


def test_a_driver_of_severe_risks_without_a_review_is_a_gap_and_red(ana: User, bob: User) -> None:
    risk_of(4)
    one_only = indicator(on=TODAY)
    risk_of(5)

    assert (one_only.red, indicator(on=TODAY).red) == (False, True)
    assert [gap.code for gap in review_gaps(on=TODAY)] == ["DRIVER_NOT_REVIEWED"]
    reviewed(ana, bob)
    assert not indicator(on=TODAY).red


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "tracked", "signed_by": None, "signed_on": None},
        {"conclusion": ""},
        {"signed_by": "ana"},
        {"conclusion_reasons": "Rewritten."},
        {"changes_made": "Rewritten."},
        {"concluded_by": "bob"},
    ],
)
def test_the_database_keeps_what_the_board_signed(ana: User, bob: User, wrong: dict[str, Any]) -> None:
    review = reviewed(ana, bob)
    people: dict[Any, User] = {"ana": ana, "bob": bob}

    with pytest.raises(DatabaseError), transaction.atomic():
        ModelReview.objects.filter(pk=review.pk).update(
            **{name: people.get(said, said) for name, said in wrong.items()}
        )


def test_the_database_holds_one_open_review_of_a_driver(ana: User) -> None:
    ModelReview.objects.create(driver=DRIVER, opened_by=ana, opened_on=TODAY)

    with pytest.raises(DatabaseError), transaction.atomic():
        ModelReview.objects.create(driver=DRIVER, opened_by=ana, opened_on=TODAY)


def test_the_pages_ask_the_database_as_often_for_one_risk_as_for_thirty(
    client: Client, ana: User, bob: User, risk: Risk, django_assert_num_queries: Any
) -> None:
    reviewed(ana, bob, risk)
    client.force_login(ana)
    counts = {}
    for address in ("/desk/model-reviews/", "/business-model/"):
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts[address] = len(asked.captured_queries)
    for _number in range(30):
        find(ana, risk_of(5))
        ModelReview.objects.get().risks.add(Risk.objects.latest("pk"))

    for address, many in counts.items():
        with django_assert_num_queries(many):
            assert client.get(address).status_code == 200


def test_the_log_names_a_review_by_its_number(client: Client, ana: User, bob: User, risk: Risk) -> None:
    review = to("closed", client, ana, bob, risk)

    written = str(list(AuditEvent.objects.values_list("action", "subject", "detail")))
    for action in ("opened business-model review", "scope the review", "sign the review", "close the review"):
        assert action in written
    assert f"business-model review {review.pk}" in written
    assert "Minorities" not in written
    assert risk.title not in written


@pytest.mark.django_db(transaction=True)
def test_of_two_board_members_at_once_one_signs() -> None:
    ana, client = person("ana", Role.ANALYST), Client()
    members = [person("bob", Role.BOARD), person("bea", Role.BOARD)]
    review = to("concluded", client, ana, members[0], risk_of(4))
    asked, start, outcomes = SignOff.objects.get(), threading.Barrier(2), []

    def decide(by: User) -> None:
        start.wait()
        try:
            actions.decide(
                SignOff.objects.get(pk=asked.pk),
                by=by,
                at=NOW,
                approve=by is members[0],
                reasons=REASONS,
                seen_hash=asked.content_hash,
            )
            outcomes.append("decided")
        except NotAllowed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[one]) for one in members]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(outcomes) == ["decided", "refused"]
    assert fresh(review).state in {"tracked", "consulted"}
