"""Who answers and who met in the invented company, through actions only."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from hrdd.accounts.actions import reviews
from hrdd.governance.actions import give_mandate
from hrdd.governance.models import Mandate, User
from hrdd.oversight.actions import figures, meetings, resources
from hrdd.oversight.models import FigureRelease
from hrdd.oversight.queries.figures import release_on
from hrdd.oversight.queries.put_before import put_before
from hrdd.oversight.rules.meetings import quarter_begin

STAFF = (
    ("Amharic", "ET", "14", "2", 9_000_000, "12", 9_400_000),
    ("Burmese", "MM", "22", "3", 21_000_000, "26", 20_500_000),
    ("English", "US", "310", "9", 160_000_000, "318", 161_000_000),
    ("Hausa", "NG", "6", "1", 7_500_000, "7", 7_800_000),
)
TRAININGS = (
    ("Moderators: what a threat looks like in a conflict", 84, 79, 40, "DECIDER"),
    ("Product managers: rights before launch", 46, 31, -6, "SENIOR"),
    ("Board: duties under the UN Guiding Principles", 9, 9, -90, ""),
)


@transaction.atomic
def record_oversight(*, at: datetime) -> bool:
    """Record mandates, an access review in work, meetings, trainings, pay and people per user, once.

    Return whether it was recorded now.

    Args:
        at: now; days are counted from it.
    """
    if Mandate.objects.exists():
        return False
    people = {one.username: one for one in User.objects.all()}
    today = at.date()
    _mandates(people, today, at=at)
    reviews.open_review(by=people["eve"], at=at)
    for audience, due, done, days, role in TRAININGS:
        resources.record_training(
            audience=audience,
            due_n=due,
            done_n=done,
            due_on=today + timedelta(days=days),
            as_of=today - timedelta(days=3),
            owner_role=role,
            by=people["ana"],
            at=at,
        )
    for role, goal in (
        ("Chief executive", "Severe risks with an approved plan in time"),
        ("Head of product", "Launches that passed the gate without an exception"),
        ("Head of sales", ""),
    ):
        resources.record_incentive(
            role=role, linked_to_rights_kpi=bool(goal), goal=goal, holds_from=today, by=people["eve"], at=at
        )
    for language, country, moderators, rights, users, after, users_after in STAFF:
        for count, many, days in ((moderators, users, 120), (after, users_after, 4)):
            resources.record_staffing(
                language=language,
                country=country,
                moderators_fte=Decimal(count),
                rights_fte=Decimal(rights),
                users=many,
                as_of=today - timedelta(days=days),
                by=people["ana"],
                at=at,
            )
    _meetings(people["eve"], today, at=at)
    meetings.raise_escalation(
        to_role="BOARD",
        subject="Demonstration: sales asks to keep a reseller past its time to change",
        reason="The reseller is a tenth of the revenue of a market. The time to see change has passed; sales and the "
        "rights team do not agree on what comes first.",
        due_on=today + timedelta(days=5),
        risk=None,
        by=people["ana"],
        at=at,
    )
    return True


def freeze_and_render(*, at: datetime) -> bool:
    """Freeze the board's figures and render their pack, so that the board has both; False if that was done today."""
    if FigureRelease.objects.filter(as_of=at.date()).exists():
        return False
    release = figures.freeze_by_hand(by=User.objects.get(username="bob"), at=at)
    figures.render_pack(release.pack, at=release.frozen_at)
    return True


def _mandates(people: Mapping[str, User], today: date, *, at: datetime) -> None:
    for name, by, function, authority, budget, fte in (
        (
            "eve",
            "bob",
            "Human rights across the company",
            ["Stop a launch", "Suspend a partner"],
            900_000,
            "6",
        ),
        (
            "ana",
            "eve",
            "Rights analysis of products and markets",
            ["Ask for an interim measure"],
            240_000,
            "4.5",
        ),
        (
            "dan",
            "eve",
            "Content policy and enforcement",
            ["Approve measures up to a suspension"],
            1_600_000,
            "31",
        ),
    ):
        give_mandate(
            person=people[name],
            role=people[name].roles[0],
            function=function,
            authority=authority,
            reports_to="The board" if by == "bob" else "The accountable executive",
            budget_eur_year=budget,
            fte=Decimal(fte),
            starts_on=today - timedelta(days=200),
            by=people[by],
            at=at,
        )


def _meetings(eve: User, today: date, *, at: datetime) -> None:
    begin = quarter_begin(today)
    for day, body, rights, decisions in (
        (
            begin - timedelta(days=40),
            "board",
            ["Salient risks and what became of them", "Exit from a reseller"],
            [
                "Fund eight moderators for two languages; the accountable executive reports in the next meeting"
            ],
        ),
        (
            min(begin + timedelta(days=20), today),
            "committee",
            ["Measures of the highest class", "What people told us in consultations"],
            ["Every measure of the highest class is read by the committee before it is prolonged"],
        ),
    ):
        meetings.record_meeting(
            held_on=day,
            body=body,
            attendees="Chair\nTwo members\nThe accountable executive",
            rights_items="\n".join(rights),
            other_items="Minutes of the meeting before",
            decisions="\n".join(decisions),
            put_before=put_before(at=at),
            figures=release_on(day),
            by=eve,
            at=at,
        )
