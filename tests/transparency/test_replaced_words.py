"""Nobody quietly rewrites what the public reads of a risk: the database keeps it, the public is told when."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from hrdd.database_roles import DatabaseRole, in_role
from hrdd.governance.models import User
from hrdd.governance.rules import Role
from risks.actions.recording import correct_facts, facts_of
from risks.models import ReplacedWords, Right, Risk
from tests.risks.test_publications import TODAY, a_risk, person, publish, signed_in
from transparency.queries.news import corrected_risks

OLD, NEW = "Defenders can be located", "Defenders may be found through their phones"
PLACES = ("/corrections/", "/corrections.json", "/feeds/corrections.atom")
Correct = Callable[..., None]


@pytest.fixture
def risk(db: None) -> Risk:
    right = Right.objects.create(
        code="LIFE",
        title="Life",
        position=1,
        non_derogable_iccpr_4_2=True,
        may_be_limited_by_measure=False,
    )
    risk = a_risk(
        OLD,
        countries=["GLOBAL"],
        affected_groups=[{"group": "human_rights_defenders", "size": "", "who": ""}],
        activity="design",
        source="assessment",
    )
    risk.touches.create(right=right)
    return risk


@pytest.fixture
def public_risk(risk: Risk) -> Risk:
    publish(signed_in("pia", Role.PUBLISHER), risk)
    return risk


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def correct(ana: User) -> Correct:
    def corrected(risk: Risk, **changes: str) -> None:
        correct_facts(risk, replace(facts_of(risk), **changes), by=ana, at=TODAY)

    return corrected


def everything_public() -> str:
    client = Client()
    pages = [client.get(path) for path in ("/", "/risks/", *PLACES)]
    told = "".join(page.content.decode() for page in pages)
    return told + b"".join(client.get("/risks.json").streaming_content).decode()  # type: ignore[attr-defined]


def test_a_corrected_title_is_told_with_its_day_and_without_the_old_words(
    public_risk: Risk, correct: Correct
) -> None:
    correct(public_risk, title=NEW)

    for path in PLACES:
        page = Client().get(path).content.decode()
        assert NEW in page, path
        assert "Its title was replaced." in page, path
    [told] = json.loads(Client().get("/corrections.json").content)["risks"]
    assert told == {"title": NEW, "what": "Its title was replaced.", "replaced_on": TODAY.date().isoformat()}
    assert "Words corrected" in Client().get("/risks/").content.decode()
    [of_risk] = json.loads(b"".join(Client().get("/risks.json").streaming_content))["risks"]  # type: ignore[attr-defined]
    assert of_risk["words_replaced_on"] == TODAY.date().isoformat()
    assert OLD not in everything_public()


def test_the_desk_reads_what_the_public_read_before(public_risk: Risk, correct: Correct, ana: User) -> None:
    correct(public_risk, title=NEW, summary="Another summary.")
    client = Client()
    client.force_login(ana)

    page = client.get(f"/desk/risks/{public_risk.pk}/publication/").content.decode()

    for words in ("Title and summary", OLD, "Their phones give them away."):
        assert words in page
    shown = client.get(f"/desk/risks/{public_risk.pk}/").content.decode()
    assert "Words that the public read were replaced: title and summary" in shown


def test_a_risk_of_which_the_public_does_not_read_is_corrected_without_a_word(
    risk: Risk, correct: Correct
) -> None:
    correct(risk, title=NEW)

    assert not ReplacedWords.objects.exists()


def test_a_correction_of_something_else_replaces_no_words(public_risk: Risk, correct: Correct) -> None:
    correct(public_risk, why_vulnerable="They are few.", vulnerabilities=("lgbtiq",))

    assert not ReplacedWords.objects.exists()


def test_the_database_keeps_the_words_whoever_replaces_them_and_lets_nobody_edit_them(
    public_risk: Risk,
) -> None:
    Risk.objects.filter(pk=public_risk.pk).update(summary="Nothing happened.")

    [kept] = ReplacedWords.objects.all()
    assert (kept.summary, kept.part) == ("Their phones give them away.", "Summary")
    for statement in (
        "UPDATE risks_replacedwords SET summary = 'x'",
        "DELETE FROM risks_replacedwords",
        "TRUNCATE risks_replacedwords",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_role_of_the_public_tells_the_day_and_cannot_read_the_words(
    public_risk: Risk, correct: Correct
) -> None:
    correct(public_risk, title=NEW)

    with transaction.atomic(), in_role(DatabaseRole.PUBLIC):
        assert [one.title for one in corrected_risks()] == [NEW]
    with pytest.raises(DatabaseError), transaction.atomic(), in_role(DatabaseRole.PUBLIC):
        list(ReplacedWords.objects.values_list("title"))


def test_corrections_of_a_risk_that_left_the_list_are_told_no_more(
    public_risk: Risk, correct: Correct
) -> None:
    correct(public_risk, title=NEW)
    Risk.objects.update(published=False)

    assert NEW not in everything_public()
