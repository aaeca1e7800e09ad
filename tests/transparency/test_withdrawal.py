"""An edition that endangers people is withdrawn by two of them: gone from every address, never from the log."""

import json
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from hrdd.database_roles import DatabaseRole, in_role
from hrdd.governance.models import AuditEvent, SignOff, User
from hrdd.governance.rules import NotAllowed
from tests.cast import NOW, Cast
from tests.transparency.editions_stage import corrected
from tests.transparency.log_stage import log_key
from transparency.actions.publication_log import checkpoint_log, seal_publications
from transparency.actions.withdrawals import ask_withdrawal, decide
from transparency.models import Document, Manifest, Report, Withdrawal
from transparency.queries.verification import verify_all

__all__ = ["corrected", "log_key"]

WORDS = "attack on the US Capitol"
FILES = ("", *(f".{one}" for one in Document.Format.values))


def addresses(edition: int) -> list[str]:
    return [f"/reports/2021/editions/{edition}{tail or '/'}" for tail in FILES]


def answers(paths: list[str]) -> dict[str, int]:
    return {path: Client().get(path).status_code for path in paths}


def asked(report: Report, by: User, reason: str = "safety_source") -> SignOff:
    return ask_withdrawal(report, reason=reason, by=by, at=NOW)


def withdraw(report: Report, cast: Cast, *, approve: bool = True) -> Report:
    request = asked(report, cast.rex)
    reasons = "" if approve else "Nobody is named in it."
    seen = request.content_hash
    return decide(request, by=cast.eve, at=NOW, approve=approve, reasons=reasons, seen_hash=seen)


def test_every_address_of_it_says_so_and_repeats_nothing(published: Report, cast: Cast) -> None:
    paths = [*addresses(1), "/reports/2021/", "/reports/2021.json", "/reports/2021.pdf"]
    assert answers(paths) == dict.fromkeys(paths, 200)
    assert WORDS in Client().get("/reports/2021/").content.decode()

    withdraw(published, cast)

    assert answers(paths) == dict.fromkeys(paths, 410)
    pages = [Client().get(path).content.decode() for path in paths]
    for page in pages:
        assert "Withdrawn for the safety of people" in page
        assert "somebody who told of it" in page
        assert published.content_hash in page
        assert WORDS not in page
        assert published.title not in page
        assert not {cast.rex.display_name, cast.eve.display_name} & set(page.replace(",", " ").split())
    assert answers(["/reports/2021/editions/7/", "/reports/1999/"]) == {
        "/reports/2021/editions/7/": 404,
        "/reports/1999/": 404,
    }


def test_it_is_gone_from_lists_figures_feeds_and_the_public_s_role(published: Report, cast: Cast) -> None:
    withdraw(published, cast)

    for path in (
        "/reports/",
        "/reports.json",
        "/figures.json",
        "/feeds/reports.atom",
        "/sitemap-reports.xml",
    ):
        told = Client().get(path).content.decode()
        assert published.title not in told, path
        assert "/reports/2021" not in told, path
    (gone,) = json.loads(Client().get("/corrections.json").content)["withdrawn"]
    assert (gone["period"], gone["edition"], gone["reason"]) == ("2021", 1, "safety_source")
    for path in ("/corrections/", "/feeds/corrections.atom"):
        assert "/reports/2021/editions/1/" in Client().get(path).content.decode()
    with in_role(DatabaseRole.PUBLIC):
        assert not Report.objects.exists()
        assert not Document.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            list(Withdrawal.objects.values_list("asked_by_id"))


def test_an_earlier_edition_can_be_withdrawn_and_the_latest_stays(corrected: Report, cast: Cast) -> None:
    withdraw(Report.objects.get(edition=1), cast)

    assert set(answers(addresses(1)).values()) == {410}
    assert set(answers([*addresses(2), "/reports/2021/"]).values()) == {200}
    assert "/editions/1/" not in Client().get("/reports/").content.decode()


def test_the_log_the_manifest_and_the_sums_can_still_be_verified(
    published: Report, cast: Cast, log_key: Path
) -> None:
    seal_publications(at=NOW)
    checkpoint_log(at=NOW)
    names = ("manifest.json", "manifest.json.sig", "manifest.json.tlog-proof", "SHA256SUMS", "key.pem")
    paths = [f"/reports/2021/editions/1/{name}" for name in names]
    before = [Client().get(path).content for path in paths]

    withdraw(published, cast)

    assert [Client().get(path).content for path in paths] == before
    assert before[0] == bytes(Manifest.objects.get().body)
    assert answers(["/reports/2021/manifest.json"]) == {"/reports/2021/manifest.json": 410}
    assert [line for line in verify_all(None).lines if not line.intact] == []


def test_each_edition_has_its_manifest_at_its_address(
    corrected: Report, log_key: Path, client: Client
) -> None:
    seal_publications(at=NOW)

    told = [json.loads(client.get(f"/reports/2021/editions/{one}/manifest.json").content) for one in (1, 2)]

    assert [(one["edition"], one["period"]) for one in told] == [(1, "2021"), (2, "2021")]
    assert client.get("/reports/2021/editions/3/manifest.json").status_code == 404


def test_one_person_withdraws_nothing_and_no_reason_but_safety_counts(published: Report, cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="reputation is no reason"):
        asked(published, cast.rex, "reputation")
    with pytest.raises(NotAllowed):
        asked(published, cast.ana)
    request = asked(published, cast.rex)
    with pytest.raises(NotAllowed, match="asked for already"):
        asked(published, cast.pia, "child")
    for by in (cast.rex, cast.ana):
        with pytest.raises(NotAllowed):
            decide(request, by=by, at=NOW, approve=True, reasons="", seen_hash=request.content_hash)

    assert set(answers(addresses(1)).values()) == {200}


def test_a_refusal_leaves_it_as_it_is_and_it_can_be_asked_again(published: Report, cast: Cast) -> None:
    withdraw(published, cast, approve=False)

    assert set(answers(addresses(1)).values()) == {200}
    assert withdraw(published, cast).state == "withdrawn_for_safety"


def test_who_asked_who_decided_and_why_stay_in_the_audit_log(published: Report, cast: Cast) -> None:
    withdraw(published, cast)

    event = AuditEvent.objects.get(action="report: withdrawn for safety")
    assert (event.actor, event.detail["reason"]) == (cast.eve.username, "safety_source")
    kept = Withdrawal.objects.get()
    assert (kept.asked_by, kept.decided_by) == (cast.rex, cast.eve)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transparency_report SET state = 'withdrawn_for_safety'",
        "INSERT INTO transparency_withdrawal (report_id, period, edition, content_hash, reason, asked_by_id, "
        "decided_by_id, withdrawn_at) SELECT id, period, edition, content_hash, 'child', prepared_by_id, "
        "cleared_by_id, now() FROM transparency_report",
    ],
)
def test_the_database_refuses_what_no_second_person_decided(published: Report, statement: str) -> None:
    with pytest.raises(DatabaseError, match="withdrawn only"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_withdrawal_is_never_taken_back(published: Report, cast: Cast) -> None:
    withdraw(published, cast)

    for statement in (
        "DELETE FROM transparency_withdrawal",
        "UPDATE transparency_withdrawal SET reason = 'child'",
        "UPDATE transparency_report SET state = 'published'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_desk_offers_it_to_those_who_may_ask_and_says_where_it_stands(
    published: Report, cast: Cast
) -> None:
    detail = f"/desk/reports/{published.pk}/"
    rex, ana = Client(), Client()
    rex.force_login(cast.rex)
    ana.force_login(cast.ana)
    assert "Ask to withdraw" not in ana.get(detail).content.decode()
    assert "Ask to withdraw" in rex.get(detail).content.decode()

    refused = rex.post(f"{detail}withdraw/", {"reason": ""})
    assert refused.status_code == 400
    assert "Say whom it endangers" in refused.content.decode()
    assert rex.post(f"{detail}withdraw/", {"reason": "child"}).status_code == 302
    assert "Until then it can be read" in ana.get(detail).content.decode()

    request = SignOff.objects.get(subject_kind="report withdrawal")
    decide(request, by=cast.eve, at=NOW, approve=True, reasons="", seen_hash=request.content_hash)
    page = ana.get(detail).content.decode()
    assert "it endangered a child who can be recognised" in page
