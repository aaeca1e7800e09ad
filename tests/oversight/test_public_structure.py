"""What anyone may read of oversight: functions and counts, never a name, an amount or a word of an agenda (RF A2.2)."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hrdd.database_roles import DatabaseRole, in_role
from hrdd.governance.actions import end_mandate
from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.oversight.models import OversightMeeting, Training
from hrdd.oversight.queries.public import structure
from hrdd.oversight.rules.meetings import quarter_begin
from tests.cast import Cast
from tests.oversight.stage import LONG, mandate_of, meeting_on

NOW = timezone.now()
TODAY = NOW.date()
PUT = {"asked": [{"what": "Sign the salient list"}], "escalations": [], "exceptions": [{"what": "Change 3"}]}


def trained(by: User, audience: str, done: int, due: int, *, as_of: date = TODAY) -> None:
    Training.objects.create(
        audience=audience,
        done_n=done,
        due_n=due,
        due_on=TODAY,
        as_of=as_of,
        recorded_by=by,
        recorded_at=NOW,
    )


@pytest.fixture
def recorded(cast: Cast) -> OversightMeeting:
    bob = User.objects.create_user("bob", "x", display_name="Bob", roles=[Role.BOARD])
    mandate_of(cast.eve, by=bob, at=NOW, function="Trust and safety", budget_eur_year=987_654)
    mandate_of(cast.ana, by=bob, at=NOW, function="Write to ana.smith@example.org")
    ended = mandate_of(cast.ana, by=bob, at=NOW, function="Gone since")
    end_mandate(ended, ended_on=TODAY, reasons=LONG, by=bob, at=NOW)
    first = meeting_on(TODAY, by=cast.eve, at=NOW, rights_items=["The case of Jane"], put_before=PUT)
    meeting_on(TODAY, by=cast.eve, at=NOW, rights_items=[], other_items=["Budget"], put_before=PUT)
    trained(cast.ana, "Moderators", 12, 40)
    trained(cast.ana, "Moderators", 1, 40, as_of=TODAY - timedelta(days=40))
    trained(cast.ana, "Engineers", 2, 40)
    trained(cast.ana, "Directors", 3, 8)
    return first


def test_functions_and_counts_are_told_and_no_name_amount_or_agenda(recorded: OversightMeeting) -> None:
    answer = Client().get("/oversight/")
    page = answer.content.decode()

    assert answer.status_code == 200
    assert not answer.cookies
    assert "Trust and safety" in page
    assert "a function that is not told here" in page
    for never in ("Eve", "Bob", "ana.smith", "987", "Jane", "Budget", "Gone since", "Change 3"):
        assert never not in page


def test_meetings_are_counted_by_quarter_and_a_corrected_one_once(
    recorded: OversightMeeting, cast: Cast
) -> None:
    meeting_on(
        TODAY,
        by=cast.eve,
        at=NOW,
        rights_items=["Anew"],
        put_before=PUT,
        supersedes=recorded,
        correction_reasons=LONG,
    )
    earlier = quarter_begin(TODAY) - timedelta(days=1)
    meeting_on(earlier, by=cast.eve, at=NOW, body="executive", put_before={})
    meeting_on(TODAY - timedelta(days=800), by=cast.eve, at=NOW, put_before=PUT)

    told = structure(on=TODAY)

    counts = [[(one.met, one.rights) for one in quarter.met] for quarter in told.quarters]
    assert counts[:2] == [[(2, 1), (0, 0), (0, 0)], [(0, 0), (0, 0), (1, 1)]]
    assert [sum(met for met, _ in quarter) for quarter in counts[2:]] == [0, 0, 0]
    assert [many for _, many in told.topics] == [1, 0, 1, 0, 0]
    assert told.meetings == 2


def test_training_is_told_where_nobody_can_be_picked_out(recorded: OversightMeeting) -> None:
    shares = {one.audience: (one.bound, one.share) for one in structure(on=TODAY).training}

    assert shares == {"Moderators": ("", "30 %"), "Engineers": ("under", "25 %"), "Directors": ("", "")}
    data = Client().get("/oversight.json").json()
    assert [one["done"] for one in data["training"]] == [None, "under 25 %", "30 %"]
    assert data["policy_commitment"] is None
    assert data["answering"][0]["since"] == TODAY.isoformat()


@pytest.mark.parametrize(
    "table", ["governance_mandate", "governance_user", "oversight_oversightmeeting", "oversight_training"]
)
def test_the_publics_role_reaches_none_of_the_records_themselves(
    recorded: OversightMeeting, table: str
) -> None:
    with in_role(DatabaseRole.PUBLIC), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM oversight_publicmeeting")
        assert cursor.fetchone() == (2,)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            cursor.execute(f"SELECT 1 FROM {table}")  # noqa: S608  # of our own list


def test_the_page_says_so_where_nothing_is_recorded(db: None) -> None:
    page = Client().get("/oversight/").content.decode()

    for said in ("No mandate is recorded", "No policy commitment is in force", "No meeting is on record"):
        assert said in page


def test_the_page_takes_as_many_queries_for_many_records(recorded: OversightMeeting, cast: Cast) -> None:
    def many() -> int:
        with CaptureQueriesContext(connection) as seen:
            Client().get("/oversight/")
        return len(seen)

    few = many()
    for nth in range(6):
        meeting_on(TODAY, by=cast.eve, at=NOW)
        trained(cast.ana, f"Audience {nth}", 20, 40)
    assert many() == few


@pytest.mark.parametrize(("language", "said"), [("fr", "Qui supervise cela"), ("ar", "من يشرف على ذلك")])
def test_the_page_stands_in_every_language(db: None, language: str, said: str) -> None:
    assert said in Client().get(f"/{language}/oversight/").content.decode()
