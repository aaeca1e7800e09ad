"""Nobody outside the engagement team can tell who was consulted: not by a page, an export, the log or the database."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from risks.models import Consultation, ConsultationFinding, Participant
from tests.addresses import ARGUMENTS, addresses
from tests.cast import MANY_ROLES
from tests.permissions.cube import Door, asks, is_refused_at_the_door, is_told_to_all_alike
from tests.risks.consultation_stage import (
    CONTACT,
    NAME,
    NOTES,
    PLACE,
    PSEUDONYM,
    SAID,
    SUMMARY,
    THEME,
    TODAY,
    Stage,
    person,
    stage,
)

__all__ = ["stage"]

ALWAYS = (PLACE, NOTES, PSEUDONYM, *NAME.split(), CONTACT)
UNTIL_SCREENED = (SAID, SUMMARY, THEME, "How posts lead to arrests", "What happens after a post")
FEWEST_OPENED = 1_000
WORDS = "canaryplace"  # found whatever its case, and told from its echo


def contact(stage: Stage, by: User) -> Any:
    return stage.by(by).post(f"/desk/consultations/participants/{stage.somebody.pk}/contact/")


def test_a_contact_is_sealed_and_only_the_team_opens_it_and_it_is_logged(stage: Stage) -> None:
    stage.to("held")
    assert stage.participant().status_code == 302

    opened = contact(stage, stage.rita)

    assert NAME in opened.content.decode()
    assert CONTACT in opened.content.decode()
    assert "no-store" in opened.headers["Cache-Control"]
    event = AuditEvent.objects.get(action="opened contact")
    assert event.detail == {"participant": stage.somebody.pk}
    for outsider in (stage.ana, stage.otto, person("eve", Role.SENIOR), person("audrey", Role.AUDITOR)):
        assert contact(stage, outsider).status_code == 404
    assert AuditEvent.objects.filter(action="opened contact").count() == 1


def test_a_contact_is_opened_by_post_only(stage: Stage) -> None:
    stage.to("held")
    stage.participant()

    answer = stage.by(stage.rita).get(f"/desk/consultations/participants/{stage.somebody.pk}/contact/")

    assert answer.status_code == 405
    assert not AuditEvent.objects.filter(action="opened contact").exists()


@pytest.mark.django_db(transaction=True)
def test_when_the_log_fails_nothing_is_shown(client: Client) -> None:
    stage = Stage(client)
    stage.to("held")
    stage.participant()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_log() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END';"
            "CREATE TRIGGER no_log BEFORE INSERT ON governance_auditevent FOR EACH ROW EXECUTE FUNCTION no_log();"
        )
    try:
        answer = contact(stage, stage.rita)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_log() CASCADE")

    assert answer.status_code == 400
    assert b"so nothing is shown" in answer.content
    assert NAME not in answer.content.decode()
    assert CONTACT not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_read_is_committed_before_it_is_opened(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from risks.actions import sealed_reads

    stage = Stage(client)
    stage.to("held")
    stage.participant()
    seen: list[tuple[bool, bool]] = []

    def opened(_sealed: bytes) -> dict[str, str]:
        logged = AuditEvent.objects.filter(action="opened contact").exists()
        seen.append((connection.in_atomic_block, logged))
        return {"name": "x", "contact": "y"}

    monkeypatch.setattr(sealed_reads, "open_sealed", opened)
    contact(stage, stage.rita)

    assert seen == [(False, True)]


@override_settings(SEALING_KEYS=["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="])
def test_without_the_key_nothing_opens_and_no_text_is_stored(stage: Stage) -> None:
    stage.to("held")
    stage.participant()
    before = Consultation.objects.values().get()

    with override_settings(SEALING_KEYS=["BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="]):
        assert b"No key at hand opens this." in contact(stage, stage.rita).content
        assert b"so the text cannot be compared with it" in stage.summary("Another.").content

    assert Consultation.objects.values().get() == before


@pytest.mark.parametrize(
    "said",
    [
        f"As {PSEUDONYM} told us.",
        f"It was {NAME.split()[0].upper()} who spoke.",
        f"Reach them by {CONTACT}.",
        "Write to a.b@example.org.",
        "Call +49 170 1234567.",
        "It is at 52.5200, 13.4050.",
        "See @somebody_real.",
    ],
)
def test_no_text_that_names_somebody_is_stored(stage: Stage, said: str) -> None:
    stage.to("held")
    stage.participant()
    before = (Consultation.objects.values().get(), list(ConsultationFinding.objects.values()))
    amended = {"you_said": said, "theme": "x", "priority": "1"}

    answers = [
        stage.summary(said),
        stage.find(you_said=said),
        stage.find(theme=said[:80]),
        stage.by(stage.emma).post(f"/desk/consultations/findings/{stage.finding.pk}/", amended),
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert (Consultation.objects.values().get(), list(ConsultationFinding.objects.values())) == before


def test_what_was_written_before_a_participant_came_is_compared_as_well(stage: Stage) -> None:
    stage.to("held")
    stage.summary("It was Anthea who spoke.")

    answer = stage.participant(pseudonym="Speaker 7", name="Anthea Brown")

    assert b"Summary: it holds the name, the pseudonym or the contact" in answer.content
    assert not Participant.objects.exists()


@pytest.mark.parametrize("pseudonym", ["The Anthea", "brown", "a@b.org"])
def test_a_pseudonym_does_not_tell_who_they_are_and_stands_once(stage: Stage, pseudonym: str) -> None:
    stage.to("held")

    assert stage.participant(pseudonym=pseudonym, name="Anthea Brown").status_code == 400
    assert not Participant.objects.exists()
    assert stage.participant(pseudonym="Speaker 7").status_code == 302
    assert (
        b"somebody in this consultation has it already" in stage.participant(pseudonym="Speaker  7").content
    )
    assert Participant.objects.count() == 1


def test_an_answer_from_outside_does_not_confirm_a_guess_yet_is_not_published(stage: Stage) -> None:
    stage.to("validated_by_participants")
    stage.participant()
    guess = f"We spoke with {NAME.split()[0]}."

    assert stage.answer(we_did=guess).status_code == 302
    assert stage.answer(by=stage.emma, we_did=guess).status_code == 400
    stage.step("respond")
    stage.step("tell")

    assert b"it holds the name, the pseudonym or the contact" in stage.screen().content
    assert stage.step("publish").status_code == 400
    assert not stage.one.published


def participant_step(stage: Stage, name: str, by: User | None = None) -> Any:
    address = f"/desk/consultations/participants/{stage.somebody.pk}/steps/{name}/"
    return stage.by(by or stage.emma).post(address)


def test_each_is_told_and_with_the_last_one_all_are(stage: Stage) -> None:
    stage.to("validated_by_participants")
    stage.participant()
    assert b"E3: answer every finding and close the answers" in participant_step(stage, "tell").content
    stage.answer()
    stage.step("respond")

    assert participant_step(stage, "tell").status_code == 302

    assert stage.somebody.told_at
    assert ConsultationFinding.objects.get().told_participants_at
    assert b"They were told already." in participant_step(stage, "tell").content


def test_a_promised_check_is_made_for_each_and_not_before_its_day(stage: Stage) -> None:
    from tests.risks.consultation_stage import SAFE

    stage.to("responded", safeguards=[*SAFE, "post_contact_check_30d"])
    stage.participant()
    stage.step("tell")
    assert b"A check 30 days after the contact was promised." in stage.step("close").content
    Consultation.objects.update(held_until=TODAY - timedelta(days=29))
    assert b"It is too early for this check" in participant_step(stage, "check").content
    assert stage.somebody.checked_on_at is None
    Consultation.objects.update(held_until=TODAY - timedelta(days=30))

    assert participant_step(stage, "check").status_code == 302

    assert b"is on record already" in participant_step(stage, "check").content
    assert stage.step("close").status_code == 302


def test_whoever_wants_out_is_erased(stage: Stage) -> None:
    stage.to("held")
    stage.participant()
    assert participant_step(stage, "erase", stage.otto).status_code == 404
    assert Participant.objects.exists()

    assert participant_step(stage, "erase").status_code == 302

    assert not Participant.objects.exists()


def pages(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield every address that takes no argument or a format, with a search, and those of what the stage has."""
    own = {
        "risk-detail": stage.risk.pk,
        "assess-severity": stage.risk.pk,
        "measure-detail": stage.measure.pk,
        "note-signal": stage.measure.pk,
        "finding-amend": stage.finding.pk,
        "finding-tag": stage.finding.pk,
        "finding-answer": stage.finding.pk,
        "stakeholder-change": stage.group.pk,
        "participant-contact": stage.somebody.pk,
        "participant-step": stage.somebody.pk,
    }
    for pattern in addresses():
        name = pattern.name or ""
        wanted = pattern.pattern.converters
        if not wanted:
            yield reverse(name), f"?q={WORDS}&type=content_moderator&mine=yes&format=csv"
        elif name.endswith("-export") and set(wanted) == {"format"}:
            yield from ((reverse(name, kwargs={"format": one}), f"?q={WORDS}") for one in ("csv", "json"))
        elif name in own or name.startswith(("consultation-", "participant-new")):
            given = {"pk": own.get(name, stage.one.pk)} | ({"step": "tell"} if "step" in wanted else {})
            yield reverse(name, kwargs=given), ""


def leaks(
    addresses: list[tuple[str, str]], people: list[User | None], canaries: tuple[str, ...]
) -> tuple[list[Any], Counter[int]]:
    """Return where somebody was told a canary, and how often each status was answered.

    What opens is asked again with its search. The first of the people asks the public pages for all: no session
    reaches those, which the permission cube asks by everybody.
    """
    door, found, met = Door(), [], Counter[int]()
    for user in people:
        actor = asks(user)
        for address, search in addresses:
            if user is not people[0] and is_told_to_all_alike(address):
                continue
            for query in dict.fromkeys(("", search)):
                asked = door.ask(actor, "GET", address + query, of_the_api=False, undone=False)
                met[asked.response.status_code] += 1
                said = asked.body.decode(errors="replace") + str(asked.response.headers)
                found += [(user, address + query, one) for one in canaries if one in said]
                if is_refused_at_the_door(asked.response):
                    break
    return found, met


def outsiders(*, each: bool) -> list[User | None]:
    """Return nobody signed in, who holds many roles at once, and each role, or each that goes with no other."""
    alone = Role if each else [role for role in Role if role not in MANY_ROLES]
    return [None, *(person(f"leak-{role.lower()}", role) for role in alone), person("leak-all", *MANY_ROLES)]


@pytest.mark.parametrize("state", ["held", "responded"])
def test_no_page_tells_anybody_outside_the_team(stage: Stage, state: str) -> None:
    stage.to(state)
    stage.participant()
    contact(stage, stage.rita)
    tags = {"risks": [stage.risk.pk], "measures": [stage.measure.pk]}
    stage.by(stage.emma).post(f"/desk/consultations/findings/{stage.finding.pk}/tags/", tags)
    canaries = (*ALWAYS, *UNTIL_SCREENED) if state == "held" else ALWAYS

    found, met = leaks([*pages(stage)], outsiders(each=state == "held"), canaries)

    assert found == []
    assert met[200] > FEWEST_OPENED


def test_the_crawl_would_find_a_leak(stage: Stage) -> None:
    stage.to("held")
    stage.participant()

    found, _met = leaks([*pages(stage)], [stage.emma], (*ALWAYS, *UNTIL_SCREENED))

    assert {PLACE, NOTES, PSEUDONYM, SAID, SUMMARY} <= {one for _user, _address, one in found}


def test_no_table_holds_what_is_sealed_and_no_event_names_anybody(stage: Stage) -> None:
    stage.to("responded")
    stage.participant()
    contact(stage, stage.rita)
    participant_step(stage, "tell")
    sealed = (*NAME.split(), CONTACT)

    found = [(table, one) for table, text in tables() for one in sealed if one.lower() in text.lower()]

    assert found == []
    events = str(list(AuditEvent.objects.values()))
    assert [one for one in (*ALWAYS, *UNTIL_SCREENED) if one in events] == []


def tables() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(one::text, E'\\n'), '') FROM \"{name}\" one")  # noqa: S608
            yield name, cursor.fetchone()[0]
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND data_type = 'bytea'",
                [name],
            )
            for (column,) in cursor.fetchall():
                cursor.execute(f"SELECT string_agg(encode(\"{column}\", 'escape'), '') FROM \"{name}\"")  # noqa: S608
                yield f"{name}.{column}", cursor.fetchone()[0] or ""


def test_the_scan_would_find_what_is_not_sealed(stage: Stage) -> None:
    stage.to("held")
    stage.participant()

    assert ("risks_participant", True) in [(table, PSEUDONYM in text) for table, text in tables()]


def test_outsiders_read_rounded_numbers_and_months_after_the_screening(stage: Stage) -> None:
    stage.to("summarised")

    page = stage.by(stage.ana).get(stage.at).content.decode()

    assert SAID in page
    assert "<dd>fewer than 10</dd>" in page
    assert "<dd>not shown</dd>" in page
    assert f"{TODAY - timedelta(days=40):%-d %B %Y}" not in page


def test_the_sweep_knows_the_addresses_of_consultations() -> None:
    with_arguments = {str(one.name) for one in addresses() if one.pattern.converters}
    assert {one for one in with_arguments if not one.startswith("api-")} <= set(ARGUMENTS)
