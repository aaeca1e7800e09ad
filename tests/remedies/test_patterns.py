"""A job asks what lies behind upheld cases of one root cause; only a person answers, once (domain.md 6.8, GP29)."""

from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.test import Client
from django.utils import timezone

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.job import as_job
from hrdd.notifications.queries.waiting import waiting_for
from remedies.actions.patterns import conclude_review, open_owed_reviews
from remedies.models import Case, PatternReview
from remedies.queries.patterns import digest, owed_reviews
from remedies.rules.case import week_of
from remedies.tasks import ask_for_pattern_reviews
from risks.models import ModelReview, Risk

NOW = timezone.now()
TODAY = NOW.date()
SAID = "Reviewers of one language had no glossary; it is written now, and two more people were trained."


@pytest.fixture
def ana(db: None) -> User:
    return User.objects.create_user("ana", "x", display_name="Ana", roles=[Role.ANALYST])


def upheld(cause: str = "design", *, severity: int = 2, ago: int = 10) -> Case:
    day = TODAY - timedelta(days=ago)
    by = User.objects.get(username="ana")
    return Case.objects.create(
        received_week=week_of(day),
        type="privacy",
        language="en",
        state="closed",
        closed_on=day,
        finding="upheld",
        decided_on=day,
        decided_by=by,
        automated_decision="NOT_AUTOMATED",
        root_cause=cause,
        severity=severity,
        risk=Risk.objects.create(title="x", summary="x", opened_on=day),
    )


def test_three_cases_of_one_cause_open_one_review_and_a_fourth_no_other(ana: User) -> None:
    for _ in range(2):
        upheld()
    assert open_owed_reviews(at=NOW) == 0

    upheld()
    assert ask_for_pattern_reviews() == 1
    upheld()
    assert open_owed_reviews(at=NOW) == 0

    review = PatternReview.objects.get()
    assert (review.root_cause, review.why, review.due) == ("design", "same_cause", TODAY + timedelta(days=60))
    assert AuditEvent.objects.get(action="asked for a review of a pattern").actor.startswith("JOB")


def test_a_severe_case_asks_by_itself_and_what_was_answered_asks_no_more(ana: User) -> None:
    upheld("language_gap", severity=4)
    open_owed_reviews(at=NOW)
    review = PatternReview.objects.get()

    conclude_review(review, conclusion=SAID, model_review=None, by=ana, at=NOW)

    assert owed_reviews(on=TODAY) == {}
    assert list(owed_reviews(on=TODAY + timedelta(days=1))) == []


def test_it_waits_for_analysts_and_for_nobody_who_may_not_review(ana: User) -> None:
    paul = User.objects.create_user("paul", "x", display_name="Paul", roles=[Role.PARTNER_MGR])
    upheld(severity=5)
    open_owed_reviews(at=NOW)

    assert [one.entry.act for one in waiting_for(ana, at=NOW)] == ["Look for what lies behind"]
    assert waiting_for(paul, at=NOW) == []


def test_the_page_tells_no_case_and_hides_small_numbers(ana: User) -> None:
    case = upheld(severity=5)
    for _ in range(12):
        upheld("language_gap")
    open_owed_reviews(at=NOW)
    client = Client()
    client.force_login(ana)

    page = client.get("/desk/cases/patterns/").content.decode()

    assert {one.cause: one.many for one in digest(on=TODAY)} == {
        "Design": "under 10",
        "Language gap": "about 10",
    }
    assert "under 10" in page
    assert case.short not in page
    assert str(case.pk) not in page


def test_a_conclusion_keeps_what_was_typed_and_is_recorded_once(ana: User) -> None:
    upheld(severity=5)
    open_owed_reviews(at=NOW)
    review = PatternReview.objects.get()
    looked = ModelReview.objects.create(driver="data_brokerage", opened_by=ana, opened_on=TODAY)
    client = Client()
    client.force_login(ana)
    address = f"/desk/cases/patterns/{review.pk}/"

    short = client.post(address, {"conclusion": "Too short."})
    done = client.post(address, {"conclusion": SAID, "model_review": looked.pk})
    again = client.post(address, {"conclusion": f"{SAID} More."})

    assert (short.status_code, done.status_code, again.status_code) == (400, 302, 400)
    assert "Too short." in short.content.decode()
    assert "concluded before" in again.content.decode()
    review.refresh_from_db()
    assert (review.conclusion, review.concluded_by, review.model_review) == (SAID, ana, looked)
    assert SAID not in str(list(AuditEvent.objects.values()))


def test_neither_a_machine_nor_direct_sql_concludes_or_rewrites(ana: User) -> None:
    upheld(severity=5)
    open_owed_reviews(at=NOW)
    row = PatternReview.objects.filter(concluded_on__isnull=True)
    whole = {"conclusion": SAID, "concluded_by": ana, "concluded_on": TODAY}

    for wrong in ({"concluded_on": TODAY}, {"root_cause": "other"}, {"due": TODAY + timedelta(days=999)}):
        with pytest.raises(Error), transaction.atomic():
            row.update(**wrong)
    with as_job(), pytest.raises(Error), transaction.atomic():
        row.update(**whole)
    with pytest.raises(Error), transaction.atomic():
        row.delete()
    assert row.update(**whole) == 1
    with pytest.raises(Error), transaction.atomic():
        PatternReview.objects.update(conclusion="Nothing.")
    eve = User.objects.create_user("eve", "x", display_name="Eve", roles=[Role.SENIOR])
    with pytest.raises(NotAllowed):
        conclude_review(PatternReview.objects.get(), conclusion=SAID, model_review=None, by=eve, at=NOW)
