"""An outside expert reads what is shared with them, while it is, and nothing else, through the pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from hrdd.governance.models import AuditEvent, User
from hrdd.governance.rules import Role
from hrdd.sealing import seal
from risks.actions.standing import refresh
from risks.models import (
    Consultation,
    ConsultationFinding,
    Evidence,
    ExpertAccess,
    Involvement,
    Participant,
    Partner,
    Risk,
)
from risks.queries.method import method
from risks.rules.expert_extract import ONLY_EXPERTS, QUOTE_KEPT
from risks.rules.method import configured
from tests.risks.test_partners import assess, person

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


@pytest.mark.parametrize("roles", [[Role.ANALYST], []])
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
    with pytest.raises(NotAllowed, match="only role is outside expert"):
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
