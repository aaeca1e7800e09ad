"""An outside expert reads what is shared with them, while it is, and nothing else, through the pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hrdd.demo import PASSWORD, PEOPLE, create_people
from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from hrdd.sealing import seal
from risks.actions.standing import refresh
from risks.models import (
    Consultation,
    ConsultationFinding,
    Evidence,
    ExpertAccess,
    ExpertOpinion,
    Involvement,
    MitigationPlan,
    Participant,
    Partner,
    Right,
    Risk,
    StakeholderGroup,
)
from risks.queries.method import method
from risks.rules.expert_extract import ONLY_EXPERTS, QUOTE_KEPT
from risks.rules.method import configured
from tests.risks.test_partners import assess, person
from tests.test_access import OPEN_TO_ALL, addresses

NOW = datetime.now(tz=UTC)
TODAY = NOW.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
QUESTION = "Is the level of severity right, given what happened in the region?"
OPINION = "The level is right: arrests followed posts in four provinces, and lawyers could reach nobody."
LEAKS = {
    name: f"Canary{name}Qzx"
    for name in (
        *("restricted", "internal", "why", "plan", "target", "owner", "place", "notes", "pseudonym", "quote"),
        *("counsel", "summary", "reasons", "recorder", "breakdown"),
    )
}
GROUP_AT_RISK = "journalists_hrds"


@pytest.fixture
def ana(db: None) -> User:
    return person("ana", Role.ANALYST)


@pytest.fixture
def noor(db: None) -> User:
    return person("noor", Role.EXPERT)


@pytest.fixture
def risk(db: None) -> Risk:
    owner = User.objects.create_user("olga", "x", display_name=LEAKS["owner"], roles=[Role.ANALYST])
    risk = Risk.objects.create(
        title="Arrests after posts",
        summary="Posts lead to arrests of reporters.",
        opened_on=TODAY - timedelta(days=90),
        affected_groups=[{"group": "Reporters in one province", "size": "7"}],
        vulnerabilities=["journalists"],
        why_vulnerable=LEAKS["why"],
        countries=["ET"],
        activity="moderation",
        owner=owner,
        recorded_by=LEAKS["recorder"],
    )
    assess(risk, 4, on=TODAY - timedelta(days=60))
    refresh(risk, at=NOW)
    return risk


def piece(risk: Risk, disclosure: str, title: str) -> Evidence:
    return Evidence.objects.create(
        risk=risk,
        title=title,
        kind="document",
        says=f"{title} says so.",
        disclosure=disclosure,
        recorded_by=LEAKS["recorder"],
        recorded_at=NOW,
    )


@pytest.fixture
def consultation(risk: Risk) -> Consultation:
    emma, rita = person("emma", Role.ENGAGE), person("rita", Role.REVIEWER)
    held = Consultation.objects.create(
        title="How posts lead to arrests",
        purpose="assess",
        question="What happens after a post is reported?",
        method="interview",
        state="summarised",
        organiser=emma,
        risk_to_participants=2,
        participants_n=9,
        breakdown=[{"group": LEAKS["breakdown"], "count": 9}],
        place=LEAKS["place"],
        team_notes=LEAKS["notes"],
        summary=LEAKS["summary"],
        screened_by=rita,
        screened_at=NOW - timedelta(hours=1),
    )
    held.risks.add(risk)
    for said, theme, is_quote in (
        ("Reports are passed on.", "Reports", False),
        (LEAKS["quote"], "Fear", True),
    ):
        ConsultationFinding.objects.create(
            consultation=held,
            you_said=said,
            theme=theme,
            is_quote=is_quote,
            recorded_by=emma,
            recorded_at=NOW,
            due=TODAY,
        )
    Participant.objects.create(
        consultation=held, pseudonym=LEAKS["pseudonym"], sealed=seal({"name": "Almaz Kebede", "contact": ""})
    )
    return held


def given(expert: User, **changes: Any) -> dict[str, Any]:
    everything = {"expert": expert.pk, "question": QUESTION, "until": TODAY + timedelta(days=30)}
    return {name: said for name, said in (everything | changes).items() if said is not None}


def share(client: Client, by: User, record: Risk | Consultation, expert: User, **changes: Any) -> Any:
    client.force_login(by)
    kind = "risks" if isinstance(record, Risk) else "consultations"
    return client.post(f"/desk/{kind}/{record.pk}/share/", given(expert, **changes))


def refused(answer: Any, sentence: str) -> bool:
    """Whether a page says a sentence, and nothing was shared."""
    return (
        answer.status_code == 400
        and sentence in answer.content.decode()
        and not ExpertAccess.objects.exists()
    )


def accessed(risk: Risk, expert: User, by: User, **changes: Any) -> ExpertAccess:
    """Record a share as it may stand on another day."""
    told = {"title": "Shared title", "summary": "", "facts": [], "parts": []}
    row = {
        "starts_on": YESTERDAY,
        "until": TOMORROW,
        "granted_at": NOW,
        "extract": told,
        "question": QUESTION,
    }
    return ExpertAccess.objects.create(risk=risk, expert=expert, granted_by=by, **(row | changes))


def test_an_expert_reads_the_extract_and_gives_an_opinion_that_the_desk_reads(
    risk: Risk, ana: User, noor: User, client: Client
) -> None:
    shown = piece(risk, "public", "A public report")
    shared = share(client, ana, risk, noor, evidence=[shown.pk])
    access = ExpertAccess.objects.get()
    client.force_login(noor)
    listed = client.get("/desk/shared/").content.decode()
    page = client.get(f"/desk/shared/{access.pk}/").content.decode()
    answered = client.post(f"/desk/shared/{access.pk}/", {"opinion": OPINION})
    again = client.get(f"/desk/shared/{access.pk}/").content.decode()
    client.force_login(ana)
    desk = client.get(f"/desk/risks/{risk.pk}/").content.decode()

    assert shared.headers["Location"] == f"/desk/risks/{risk.pk}/"
    assert risk.title in listed
    assert QUESTION in listed
    for said in (
        risk.summary,
        QUESTION,
        "Reporters in one province",
        "Ethiopia",
        "4 of 5, severe",
        shown.says,
    ):
        assert said in page
    assert answered.headers["Location"] == f"/desk/shared/{access.pk}/"
    assert OPINION in again
    assert OPINION in desk
    assert QUESTION in desk
    assert AuditEvent.objects.filter(actor="noor").count() == 4


def test_the_audit_log_says_that_it_was_shared_opened_and_answered_by_ids_alone(
    risk: Risk, ana: User, noor: User, client: Client
) -> None:
    share(client, ana, risk, noor)
    access = ExpertAccess.objects.get()
    client.force_login(noor)
    client.get(f"/desk/shared/{access.pk}/")
    client.post(f"/desk/shared/{access.pk}/", {"opinion": OPINION})
    client.force_login(ana)
    client.post(f"/desk/experts/{access.pk}/revoke/")

    events = list(AuditEvent.objects.order_by("pk").values_list("actor", "action", "subject", "detail"))
    about, of = f"expert access {access.pk}", {"risk": risk.pk}
    assert events == [
        ("ana", "shared with an expert", about, of),
        ("noor", "expert opened", about, of),
        ("noor", "expert opened", about, of),
        ("noor", "expert gave an opinion", about, of),
        ("ana", "revoked from an expert", about, of),
    ]


def test_an_extract_is_frozen_when_it_is_shared(risk: Risk, ana: User, noor: User, client: Client) -> None:
    share(client, ana, risk, noor)
    Risk.objects.filter(pk=risk.pk).update(title="Another title", summary="Another summary")
    client.force_login(noor)

    page = client.get(f"/desk/shared/{ExpertAccess.objects.get().pk}/").content.decode()

    assert "Arrests after posts" in page
    assert "Another" not in page


@pytest.mark.parametrize("state", ["found", "challenged", "claimed", "refused", "superseded"])
def test_only_a_tie_that_was_found_is_told(
    state: str, risk: Risk, ana: User, noor: User, client: Client
) -> None:
    dan = person("dan", Role.DECIDER)
    decided = {} if state == "claimed" else {"proposed_by": ana, "decided_by": dan, "decided_at": NOW}
    Involvement.objects.create(
        risk=risk, state=state, tie="directly_linked", said="x", counsel_heard=LEAKS["counsel"], **decided
    )
    share(client, ana, risk, noor)

    extract = str(ExpertAccess.objects.get().extract)

    assert ("Directly linked" in extract) == (state in {"found", "challenged"})


@pytest.mark.parametrize("roles", [[Role.ANALYST], [Role.EXPERT, Role.ANALYST], []])
def test_whoever_has_another_role_is_no_outside_expert(
    roles: list[Role], risk: Risk, consultation: Consultation, ana: User, client: Client
) -> None:
    other = person("other", *roles)

    assert refused(share(client, ana, risk, other), ONLY_EXPERTS)
    assert refused(share(client, ana, consultation, other), ONLY_EXPERTS)


def test_an_account_that_was_closed_is_no_expert(risk: Risk, ana: User, noor: User, client: Client) -> None:
    User.objects.filter(pk=noor.pk).update(is_active=False)

    assert refused(share(client, ana, risk, noor), ONLY_EXPERTS)


def test_who_became_something_else_since_the_form_was_shown_is_refused_by_the_rule_itself(
    risk: Risk, ana: User, noor: User
) -> None:
    from hrdd.governance.rules import NotAllowed
    from risks.actions.experts import share_risk

    noor.roles = [Role.EXPERT, Role.BOARD]
    with pytest.raises(NotAllowed, match="only role is EXPERT"):
        share_risk(
            risk, expert=noor, question=QUESTION, starts_on=None, until=TODAY, evidence=[], by=ana, at=NOW
        )
    assert not ExpertAccess.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"until": None}, "Until: choose a day."),
        ({"until": "\0"}, "Until: a day such as"),
        ({"until": YESTERDAY}, "Until: this day lies before the first day"),
        ({"until": TODAY, "starts_on": TOMORROW}, "Until: this day lies before the first day"),
        ({"starts_on": YESTERDAY}, "From: this day has passed"),
        ({"until": TODAY + timedelta(days=91)}, "Until: at most 90 days"),
        (
            {"until": TODAY + timedelta(days=93), "starts_on": TODAY + timedelta(days=2)},
            "Until: at most 90 days",
        ),
        ({"question": None}, "Question: say what you want to know"),
        (
            {"question": "Ask reporter@example.org about it"},
            "Question: take out what could identify a person",
        ),
        ({"question": "Ring +251 91 234 5678 first"}, "Question: take out what could identify a person"),
    ],
)
def test_a_share_without_an_end_too_long_or_that_could_identify_somebody_is_refused(
    changes: dict[str, Any],
    sentence: str,
    risk: Risk,
    consultation: Consultation,
    ana: User,
    noor: User,
    client: Client,
) -> None:
    assert refused(share(client, ana, risk, noor, **changes), sentence)
    assert refused(share(client, ana, consultation, noor, **changes), sentence)


@pytest.mark.parametrize("changes", [{"until": TODAY}, {"until": TODAY + timedelta(days=90)}])
def test_a_share_lasts_from_one_day_to_the_longest(
    changes: dict[str, Any], risk: Risk, ana: User, noor: User, client: Client
) -> None:
    assert share(client, ana, risk, noor, **changes).status_code == 302
    assert ExpertAccess.objects.get().starts_on == TODAY


def test_the_longest_share_is_configured(
    risk: Risk, ana: User, noor: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter = configured({"expert_access_days": 5})
    assert method().expert_access_days == 90
    monkeypatch.setattr("risks.actions.experts.method", lambda: shorter)

    assert refused(share(client, ana, risk, noor, until=TODAY + timedelta(days=6)), "at most 5 days")
    assert share(client, ana, risk, noor, until=TODAY + timedelta(days=5)).status_code == 302


@pytest.mark.parametrize("place", ["title", "summary", "groups", "rationale", "evidence"])
def test_a_text_of_a_risk_that_could_identify_somebody_is_not_shared(
    place: str, risk: Risk, ana: User, noor: User, client: Client
) -> None:
    said, chosen = "Write to reporter@example.org", []
    if place == "evidence":
        chosen = [piece(risk, "public", said).pk]
    elif place == "rationale":
        assess_again(risk, said)
    elif place == "groups":
        Risk.objects.filter(pk=risk.pk).update(affected_groups=[{"group": said}])
    else:
        Risk.objects.filter(pk=risk.pk).update(**{place: said})
    where = {
        "title": "Title",
        "summary": "Summary",
        "groups": "People affected",
        "rationale": "How severity was judged, number 1",
        "evidence": "Public evidence, number 1",
    }[place]

    answer = share(client, ana, risk, noor, evidence=chosen)

    assert refused(answer, f"{where}: take out what could identify a person: an e-mail address.")


@pytest.mark.parametrize("place", ["question", "summary", "rationale"])
def test_a_partner_whose_name_endangers_people_is_not_named_to_an_expert(
    place: str, risk: Risk, ana: User, noor: User, client: Client
) -> None:
    Partner.objects.create(name="Northern Cloud", naming_endangers="Its engineers are watched.")
    said, changes = "Northern Cloud hands over locations.", {}
    if place == "question":
        changes = {"question": said}
    elif place == "rationale":
        assess_again(risk, said)
    else:
        Risk.objects.filter(pk=risk.pk).update(summary=said)

    answer = share(client, ana, risk, noor, **changes)

    assert refused(answer, "it names a partner whose name endangers people")


def test_a_partner_whom_naming_endangers_nobody_may_be_named_to_an_expert(
    risk: Risk, ana: User, noor: User, client: Client
) -> None:
    Partner.objects.create(name="Open Hosting")
    Risk.objects.filter(pk=risk.pk).update(summary="Open Hosting hands over locations.")

    assert share(client, ana, risk, noor).status_code == 302


def assess_again(risk: Risk, rationale: str) -> None:
    held = risk.held
    assert held is not None
    held.pk, held.scale_rationale, held.recorded_at = None, rationale, NOW
    held.save(force_insert=True)
    refresh(risk, at=NOW)


@pytest.mark.parametrize("disclosure", ["internal", "restricted"])
def test_evidence_that_is_not_public_is_never_shared(
    disclosure: str, risk: Risk, ana: User, noor: User, client: Client
) -> None:
    kept = piece(risk, disclosure, "Kept")

    assert refused(
        share(client, ana, risk, noor, evidence=[kept.pk]), "Evidence: experts read public evidence"
    )


def test_public_evidence_of_another_risk_is_not_shared(
    risk: Risk, ana: User, noor: User, client: Client
) -> None:
    other = Risk.objects.create(title="Other", summary="x", opened_on=TODAY)
    strange = piece(other, "public", "Strange")

    assert refused(
        share(client, ana, risk, noor, evidence=[strange.pk]), "Evidence: experts read public evidence"
    )


def test_a_consultation_is_told_by_what_was_screened(
    consultation: Consultation, ana: User, noor: User, client: Client
) -> None:
    share(client, ana, consultation, noor)
    client.force_login(noor)
    page = client.get(f"/desk/shared/{ExpertAccess.objects.get().pk}/").content.decode()

    for said in (consultation.title, consultation.question, "Reports are passed on.", "Fear", QUOTE_KEPT):
        assert said in page
    assert "fewer than 10" in page
    assert LEAKS["quote"] not in page


@pytest.mark.parametrize(("consent", "quoted"), [("given", True), ("partly", False), ("refused", False)])
def test_a_quote_needs_consent_to_be_attributed(
    consent: str, quoted: bool, consultation: Consultation, ana: User, noor: User, client: Client
) -> None:
    Consultation.objects.filter(pk=consultation.pk).update(consent_attribution=consent)
    share(client, ana, consultation, noor)

    assert (LEAKS["quote"] in str(ExpertAccess.objects.get().extract)) == quoted


def test_a_consultation_that_nobody_screened_is_not_shared(
    consultation: Consultation, ana: User, noor: User, client: Client
) -> None:
    Consultation.objects.filter(pk=consultation.pk).update(
        screened_at=None,
        screened_by=None,
        risk_to_participants=4,
        safeguards_checked_by=consultation.screened_by,
    )
    answer = share(client, ana, consultation, noor)

    assert refused(answer, "Nobody has screened this consultation yet.")
    assert consultation.title not in answer.content.decode()


def test_a_screened_text_that_holds_a_participant_after_all_is_not_shared(
    consultation: Consultation, ana: User, noor: User, client: Client
) -> None:
    consultation.findings.filter(theme="Reports").update(you_said="Kebede Almaz told us so.")

    answer = share(client, ana, consultation, noor)

    assert refused(answer, "What people said, number 1: it holds the name, the pseudonym or the contact")
    assert "Kebede" not in answer.content.decode()


def test_the_team_names_no_participant_in_a_question_and_nobody_else_learns_who_took_part(
    consultation: Consultation, ana: User, noor: User, client: Client
) -> None:
    asked = "What does Almaz Kebede risk now?"
    assert consultation.organiser is not None

    assert refused(
        share(client, consultation.organiser, consultation, noor, question=asked), "Question: it holds"
    )
    assert share(client, ana, consultation, noor, question=asked).status_code == 302


def test_a_consultation_screened_anew_is_no_longer_open_to_the_expert(
    consultation: Consultation, ana: User, noor: User, client: Client
) -> None:
    share(client, ana, consultation, noor)
    address = f"/desk/shared/{ExpertAccess.objects.get().pk}/"
    client.force_login(noor)
    before = client.get(address).status_code
    Consultation.objects.filter(pk=consultation.pk).update(screened_at=None, screened_by=None)
    unscreened = client.get(address).status_code
    Consultation.objects.filter(pk=consultation.pk).update(
        screened_at=datetime.now(tz=UTC), screened_by=User.objects.get(username="rita")
    )
    anew = client.get(address).status_code
    client.force_login(ana)
    desk = client.get(f"/desk/consultations/{consultation.pk}/").content.decode()

    assert (before, unscreened, anew) == (200, 404, 404)
    assert "Lapsed" in desk


@pytest.mark.parametrize(
    ("starts_on", "until", "status", "state"),
    [
        (TODAY, TODAY, 200, "Open"),
        (YESTERDAY, TODAY, 200, "Open"),
        (YESTERDAY - timedelta(days=1), YESTERDAY, 404, "Ended"),
        (TOMORROW, TOMORROW, 404, "Not begun yet"),
    ],
)
def test_a_share_is_open_from_its_first_day_to_its_last(
    starts_on: Any, until: Any, status: int, state: str, risk: Risk, ana: User, noor: User, client: Client
) -> None:
    access = accessed(risk, noor, ana, starts_on=starts_on, until=until)
    client.force_login(noor)
    page = client.get(f"/desk/shared/{access.pk}/")
    answered = client.post(f"/desk/shared/{access.pk}/", {"opinion": OPINION})
    listed = client.get("/desk/shared/").content.decode()
    client.force_login(ana)
    desk = client.get(f"/desk/risks/{risk.pk}/").content.decode()

    assert page.status_code == status
    assert answered.status_code == (302 if status == 200 else 404)
    assert ("Shared title" in listed) == (status == 200)
    assert ExpertOpinion.objects.count() == AuditEvent.objects.filter(action="expert gave an opinion").count()
    assert ExpertOpinion.objects.exists() == (status == 200)
    assert f"<small>{state};" in desk


def test_what_is_shared_with_one_expert_is_not_there_for_another(
    risk: Risk, ana: User, noor: User, client: Client
) -> None:
    access = accessed(risk, noor, ana)
    client.force_login(person("nils", Role.EXPERT))

    assert client.get(f"/desk/shared/{access.pk}/").status_code == 404
    assert client.post(f"/desk/shared/{access.pk}/", {"opinion": OPINION}).status_code == 404
    assert b"Nothing is shared with you now" in client.get("/desk/shared/").content
    assert not ExpertOpinion.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_revoked_share_closes_at_once_and_keeps_its_opinions(
    risk: Risk, ana: User, noor: User, client: Client
) -> None:
    access = accessed(risk, noor, ana)
    client.force_login(noor)
    client.post(f"/desk/shared/{access.pk}/", {"opinion": OPINION})
    client.force_login(ana)
    asked = client.get(f"/desk/experts/{access.pk}/revoke/")
    still = ExpertAccess.objects.get().revoked_at
    revoked = client.post(f"/desk/experts/{access.pk}/revoke/")
    desk = client.get(revoked.headers["Location"]).content.decode()
    client.force_login(noor)

    assert asked.status_code == 200
    assert still is None
    assert ExpertAccess.objects.get().revoked_by == ana
    assert client.get(f"/desk/shared/{access.pk}/").status_code == 404
    assert client.post(f"/desk/shared/{access.pk}/", {"opinion": OPINION}).status_code == 404
    assert ExpertOpinion.objects.count() == 1
    assert "Revoked" in desk
    assert OPINION in desk


@pytest.mark.parametrize("changes", [{"until": YESTERDAY, "starts_on": YESTERDAY}, {"revoked_at": NOW}])
def test_what_has_ended_is_not_revoked_again(
    changes: dict[str, Any], risk: Risk, ana: User, noor: User, client: Client
) -> None:
    if "revoked_at" in changes:
        changes = changes | {"revoked_by": ana}
    access = accessed(risk, noor, ana, **changes)
    client.force_login(ana)

    answer = client.post(f"/desk/experts/{access.pk}/revoke/")

    assert answer.status_code == 400
    assert b"This share has ended already." in answer.content
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ANALYST, Role.ENGAGE}))
def test_other_roles_neither_share_nor_revoke(
    role: Role, risk: Risk, consultation: Consultation, ana: User, noor: User, client: Client
) -> None:
    access, other = accessed(risk, noor, ana), person("other", role)

    assert share(client, other, risk, noor).status_code == 403
    assert share(client, other, consultation, noor).status_code == 403
    assert client.post(f"/desk/experts/{access.pk}/revoke/").status_code == 403
    assert ExpertAccess.objects.get().revoked_at is None


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ENGAGE])
def test_analysts_and_the_engagement_lead_share(role: Role, risk: Risk, noor: User, client: Client) -> None:
    assert share(client, person("somebody", role), risk, noor).status_code == 302


@pytest.mark.parametrize(
    ("opinion", "sentence"),
    [
        ("", "Your opinion: answer in at least 50 characters."),
        ("x" * 49, "Opinion: say it in at least 50 characters"),
        (
            f"{OPINION} Ask reporter@example.org.",
            "Opinion: take out what could identify a person: an e-mail address",
        ),
        ("a\0b" * 60, "Null characters are not allowed."),
    ],
)
def test_an_opinion_that_is_too_short_or_could_identify_somebody_is_refused_and_stays_typed(
    opinion: str, sentence: str, risk: Risk, ana: User, noor: User, client: Client
) -> None:
    access = accessed(risk, noor, ana)
    client.force_login(noor)

    answer = client.post(f"/desk/shared/{access.pk}/", {"opinion": opinion})

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert opinion.replace("\0", "") in answer.content.decode().replace("\0", "").replace("�", "")
    assert not ExpertOpinion.objects.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE risks_expertopinion SET text = 'x'",
        "DELETE FROM risks_expertopinion",
        "TRUNCATE risks_expertopinion",
        "UPDATE risks_expertaccess SET extract = '{}'",
        "UPDATE risks_expertaccess SET until = until + 1",
        "UPDATE risks_expertaccess SET expert_id = granted_by_id",
        "UPDATE risks_expertaccess SET question = 'x'",
        "DELETE FROM risks_expertaccess",
    ],
)
def test_the_database_keeps_opinions_and_what_was_shared(sql: str, risk: Risk, ana: User, noor: User) -> None:
    access = accessed(risk, noor, ana)
    ExpertOpinion.objects.create(access=access, text=OPINION, given_at=NOW)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert ExpertOpinion.objects.get().text == OPINION
    assert ExpertAccess.objects.get().until == TOMORROW


def test_a_revoked_share_is_not_opened_again_by_the_database(risk: Risk, ana: User, noor: User) -> None:
    accessed(risk, noor, ana, revoked_by=ana, revoked_at=NOW)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE risks_expertaccess SET revoked_by_id = NULL, revoked_at = NULL")


def test_a_list_of_shares_costs_the_same_however_long(
    risk: Risk, ana: User, noor: User, client: Client
) -> None:
    def cost(by: User, path: str) -> int:
        client.force_login(by)
        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        return len(asked)

    accessed(risk, noor, ana)
    pages = [(noor, "/desk/shared/"), (ana, f"/desk/risks/{risk.pk}/")]
    few = [cost(*page) for page in pages]
    for _ in range(6):
        ExpertOpinion.objects.create(access=accessed(risk, noor, ana), text=OPINION, given_at=NOW)

    assert [cost(*page) for page in pages] == few


def test_each_person_starts_where_their_role_leads(db: None, client: Client, settings: Any) -> None:
    settings.DEMONSTRATION = True
    create_people()
    person("sys", Role.SYSADMIN)
    starts = {}
    for name, password in [*((one.username, PASSWORD) for one in PEOPLE), ("sys", "x")]:
        answer = client.post("/sign-in/", {"username": name, "password": password})
        starts[name] = (answer.headers["Location"], client.get(answer.headers["Location"]).status_code)
        client.post("/sign-out/")

    assert starts.pop("noor") == ("/desk/shared/", 200)
    assert starts.pop("sys") == ("/", 200)
    assert set(starts.values()) == {("/desk/", 200)}


def test_the_way_to_what_is_shared_is_there_for_experts_alone(ana: User, noor: User, client: Client) -> None:
    client.force_login(ana)
    analyst = client.get("/desk/risks/").content.decode()
    client.force_login(noor)
    expert = client.get("/desk/shared/").content.decode()

    assert "Shared with me" not in analyst
    assert 'href="/desk/shared/" aria-current="page">Shared with me' in expert
    assert 'href="/desk/risks/"' not in expert


@pytest.fixture
def full_of_canaries(risk: Risk, consultation: Consultation, ana: User) -> None:
    right = Right.objects.create(
        code="liberty",
        position=1,
        title="Liberty of person",
        character="x",
        non_derogable_iccpr_4_2=False,
        may_be_limited_by_measure=False,
    )
    risk.touches.create(right=right, said="Arrests", how=LEAKS["reasons"])
    for disclosure in ("restricted", "internal"):
        piece(risk, disclosure, LEAKS[disclosure])
    StakeholderGroup.objects.create(
        name="Reporters", type="journalist_media", vulnerabilities=["journalists"], why_here=LEAKS["why"]
    )
    MitigationPlan.objects.create(
        risk=risk,
        kind="mitigation",
        actions=LEAKS["plan"],
        target=LEAKS["target"],
        owner=ana,
        due=TODAY,
        proposed_by=ana,
        proposed_at=NOW,
    )


def test_an_expert_reaches_nothing_but_what_is_shared_and_reads_nothing_that_is_kept(
    full_of_canaries: None, risk: Risk, consultation: Consultation, ana: User, noor: User, client: Client
) -> None:
    shown = piece(risk, "public", "A public report")
    share(client, ana, risk, noor, evidence=[shown.pk])
    share(client, ana, consultation, noor)
    keys = {"risk": risk.pk, "consultation": consultation.pk}
    client.force_login(ana)
    desk = client.get(f"/desk/risks/{risk.pk}/").content.decode()
    client.force_login(noor)
    opened, leaks = set(), []
    for pattern in addresses():
        for pk in {*keys.values(), *ExpertAccess.objects.values_list("pk", flat=True)}:
            words = {"pk": pk, "step": "confirm", "format": "json", "period": "2021", "extension": "csv"}
            wanted = {name: words[name] for name in pattern.pattern.converters}
            answer = client.get(reverse(pattern.name or "", kwargs=wanted))
            said = b"".join(answer).decode(errors="replace")
            leaks += [(pattern.name, name) for name, canary in LEAKS.items() if canary in said]
            if answer.status_code == 200:
                opened.add(pattern.name)

    assert LEAKS["restricted"] in desk
    assert LEAKS["plan"] in desk
    assert leaks == []
    assert opened - OPEN_TO_ALL == {"shared-list", "shared-detail"}
    assert ExpertAccess.objects.count() == 2
    for canary in LEAKS.values():
        assert canary not in str(list(ExpertAccess.objects.values_list("extract", flat=True)))
    assert "journalists" not in str(list(ExpertAccess.objects.values_list("extract", flat=True)))
