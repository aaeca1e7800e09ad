"""The inbox, mails that name nothing, and messages to programs elsewhere, each once (reliability.md 4.1)."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core import mail
from django.db import Error, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Role
from hrdd.notifications.actions import digests, webhooks
from hrdd.notifications.models import (
    NotificationSettings,
    OutgoingMail,
    Seen,
    WebhookDelivery,
    WebhookEndpoint,
)
from hrdd.notifications.queries.waiting import waiting_for
from hrdd.notifications.rules.webhooks import signature
from risks.models import MitigationPlan, Partner, Relationship, RelationshipRisk, Risk

NOW = timezone.now()
SECRETS = ("Spyware delivered to a journalist", "Northern Cloud")


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(name, "x", display_name=name.capitalize(), roles=list(roles))


@pytest.fixture
def dan(db: None) -> User:
    return person("dan", Role.DECIDER)


@pytest.fixture
def client(dan: User) -> Client:
    made = Client()
    made.force_login(dan)
    return made


def plan(number: int = 0) -> MitigationPlan:
    """A plan that waits for a decider, of a risk that no mail may name."""
    ana = User.objects.filter(username="ana").first() or person("ana", Role.ANALYST)
    risk = Risk.objects.create(title=f"{SECRETS[0]} {number}", summary="x", opened_on=NOW.date())
    return MitigationPlan.objects.create(
        risk=risk,
        kind="mitigation",
        actions=SECRETS[1],
        target="x",
        owner=ana,
        due=NOW.date(),
        proposed_by=ana,
        proposed_at=NOW,
    )


def wants_mail(user: User, every: str = "day", **more: Any) -> NotificationSettings:
    return NotificationSettings.objects.create(
        user=user, email=f"{user.username}@example.org", every=every, changed_at=NOW, **more
    )


def test_what_waits_is_new_until_it_is_seen_and_stays_until_it_is_done(dan: User, client: Client) -> None:
    waiting = plan()

    first = client.get("/desk/inbox/").content.decode()
    seen = client.post("/desk/inbox/seen/", follow=True).content.decode()
    MitigationPlan.objects.filter(pk=waiting.pk).update(state="approved", decided_by=dan, decided_at=NOW)
    done = client.get("/desk/inbox/").content.decode()

    assert "New</span>" in first
    assert SECRETS[0] in first
    assert "New</span>" not in seen
    assert SECRETS[0] in seen
    assert "Nothing waits for you" in done
    assert not Seen.objects.exists()


def test_the_inbox_filters_by_kind_and_ignores_what_it_does_not_know(client: Client) -> None:
    plan()

    assert SECRETS[0] in client.get("/desk/inbox/?kind=plan").content.decode()
    assert "Nothing of this kind waits" in client.get("/desk/inbox/?kind=clock").content.decode()
    assert SECRETS[0] in client.get("/desk/inbox/?kind=nonsense").content.decode()


def test_nobody_is_told_of_what_their_role_may_not_see(db: None) -> None:
    plan()

    assert waiting_for(person("pia", Role.PUBLISHER), at=NOW) == []
    assert waiting_for(person("sam"), at=NOW) == []
    assert [one.kind for one in waiting_for(person("di", Role.DECIDER), at=NOW)] == ["plan"]


def test_the_inbox_asks_as_often_for_one_thing_as_for_thirty(dan: User, client: Client) -> None:
    def asked() -> int:
        client.get("/desk/inbox/")  # notes what came; that is asked once
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/inbox/")
            return len(queries)

    plan()
    few = asked()
    for number in range(30):
        plan(number + 1)

    assert 0 < asked() <= few


def test_a_mail_is_written_once_a_day_and_names_nothing(dan: User) -> None:
    plan()
    wants_mail(dan)

    assert digests.write_mails(at=NOW) == 1
    assert digests.write_mails(at=NOW) == 0
    assert digests.send_mails(at=NOW) == 1
    assert digests.send_mails(at=NOW) == 0

    [sent] = mail.outbox
    whole = f"{sent.subject} {sent.body} {sent.to}"
    assert sent.subject == "Waiting for you: 1"
    assert not any(secret in whole for secret in SECRETS)
    row = OutgoingMail.objects.get()
    assert (row.waiting, row.late, row.new, row.tries) == (1, 0, 1, 1)


def test_nothing_new_and_nothing_late_is_no_reason_to_write(dan: User, client: Client) -> None:
    plan()
    wants_mail(dan)
    client.get("/desk/inbox/")
    client.post("/desk/inbox/seen/")

    assert digests.write_mails(at=NOW) == 0


def test_a_muted_kind_is_not_counted(dan: User) -> None:
    plan()
    wants_mail(dan, muted=["plan"])

    assert digests.write_mails(at=NOW) == 0


def test_a_mail_that_no_server_takes_is_tried_later_and_given_up_in_the_end(dan: User, settings: Any) -> None:
    plan()
    wants_mail(dan)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    digests.write_mails(at=NOW)

    at = NOW
    for _ in range(digests.MOST_TRIES):
        assert digests.send_mails(at=at) == 0
        at = OutgoingMail.objects.get().next_try_at or at + timedelta(days=9)

    row = OutgoingMail.objects.get()
    assert (row.tries, row.next_try_at, row.sent_at) == (digests.MOST_TRIES, None, None)


def test_whoever_left_is_written_to_no_more(dan: User) -> None:
    plan()
    wants_mail(dan)
    digests.write_mails(at=NOW)
    User.objects.filter(pk=dan.pk).update(is_active=False)

    assert digests.send_mails(at=NOW) == 0
    assert mail.outbox == []


def test_settings_keep_what_was_typed_and_say_what_is_wrong(dan: User, client: Client) -> None:
    wrong = client.post("/desk/inbox/settings/", {"every": "day", "email": ""})
    odd = client.post(
        "/desk/inbox/settings/", {"every": "day", "email": "dan@example.org", "muted": ["case"]}
    )
    right = client.post(
        "/desk/inbox/settings/", {"every": "day", "email": "dan@example.org", "muted": ["plan"]}
    )

    assert "say where mails go" in wrong.content.decode()
    assert odd.status_code == 400
    assert right.status_code == 302
    held = NotificationSettings.objects.get()
    assert (held.email, held.every, held.muted) == ("dan@example.org", "day", ["plan"])
    with pytest.raises(Error), transaction.atomic():
        NotificationSettings.objects.update(email="")


class _Receiver(BaseHTTPRequestHandler):
    got: list[tuple[dict[str, str], bytes]] = []
    status = 204

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(({name.lower(): said for name, said in self.headers.items()}, content))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver(settings: Any) -> Iterator[type[_Receiver]]:
    """A program that takes messages, on this machine."""
    settings.WEBHOOKS_INSIDE = True
    _Receiver.got, _Receiver.status = [], 204
    server = HTTPServer(("127.0.0.1", 0), _Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Receiver.url = f"http://127.0.0.1:{server.server_port}/hook?of=hrdd"  # type: ignore[attr-defined]
    yield _Receiver
    server.shutdown()
    server.server_close()


@pytest.fixture
def told(db: None, receiver: type[_Receiver]) -> tuple[WebhookEndpoint, str]:
    sys = person("sys", Role.SYSADMIN)
    return webhooks.add_endpoint(
        url=receiver.url,  # type: ignore[attr-defined]
        about="A newsroom",
        events=["risk.published"],
        by=sys,
        at=NOW,
    )


def publish(title: str = SECRETS[0]) -> None:
    record_event(by="pia", at=NOW, action="published risk", subject=title)


def test_a_message_tells_once_what_was_published_signed_and_without_a_name(
    told: tuple[WebhookEndpoint, str], receiver: type[_Receiver]
) -> None:
    publish()
    record_event(by="grace", at=NOW, action="assigned a case", subject="case 1")

    assert webhooks.write_messages(at=NOW) == 1
    assert webhooks.write_messages(at=NOW) == 0
    assert webhooks.send_messages(at=NOW) == 1
    assert webhooks.send_messages(at=NOW) == 0

    [(headers, content)] = receiver.got
    body = json.loads(content)
    assert (body["type"], set(body["data"])) == ("risk.published", {"event", "address"})
    assert not any(secret in content.decode() for secret in SECRETS)
    stamp = headers["webhook-timestamp"]
    signed = signature(told[1], message=headers["webhook-id"], stamp=stamp, content=content)
    assert headers["webhook-signature"] == signed


def test_what_happened_before_is_not_told_and_what_was_not_asked_for_neither(
    receiver: type[_Receiver], db: None
) -> None:
    publish()
    webhooks.add_endpoint(
        url=receiver.url,  # type: ignore[attr-defined]
        about="x",
        events=["policy.in_force"],
        by=person("sys", Role.SYSADMIN),
        at=NOW,
    )
    publish()

    assert webhooks.write_messages(at=NOW) == 0


def test_a_message_that_is_not_taken_is_tried_again_with_its_number_then_given_up_then_sent_by_hand(
    told: tuple[WebhookEndpoint, str], receiver: type[_Receiver]
) -> None:
    receiver.status = 500
    publish()
    webhooks.write_messages(at=NOW)
    at = NOW
    while WebhookDelivery.objects.filter(next_try_at__isnull=False).exists():
        webhooks.send_messages(at=at)
        at = WebhookDelivery.objects.get().next_try_at or at

    row = WebhookDelivery.objects.get()
    assert (row.given_up, row.answer, row.tries) == (True, "500 Internal Server Error", 10)
    assert len({headers["webhook-id"] for headers, _content in receiver.got}) == 1
    receiver.status = 200
    webhooks.send_again(row, by=User.objects.get(username="sys"), at=at)
    assert webhooks.send_messages(at=at) == 1


def test_no_redirect_is_followed(told: tuple[WebhookEndpoint, str], receiver: type[_Receiver]) -> None:
    receiver.status = 302
    publish()
    webhooks.write_messages(at=NOW)

    assert webhooks.send_messages(at=NOW) == 0
    assert len(receiver.got) == 1


def test_a_machine_of_the_own_network_is_never_asked(
    told: tuple[WebhookEndpoint, str], receiver: type[_Receiver], settings: Any
) -> None:
    WebhookEndpoint.objects.update(url=receiver.url.replace("http://127.0.0.1", "https://localhost"))  # type: ignore[attr-defined]
    settings.WEBHOOKS_INSIDE = False
    publish()
    webhooks.write_messages(at=NOW)

    assert webhooks.send_messages(at=NOW) == 0
    assert receiver.got == []
    assert "public internet" in WebhookDelivery.objects.get().answer


def test_a_paused_program_is_told_later_and_an_ended_one_never(
    told: tuple[WebhookEndpoint, str], receiver: type[_Receiver]
) -> None:
    endpoint, sys = told[0], User.objects.get(username="sys")
    webhooks.pause_endpoint(endpoint, pause=True, by=sys, at=NOW)
    publish()
    webhooks.write_messages(at=NOW)
    assert webhooks.send_messages(at=NOW) == 0

    webhooks.pause_endpoint(endpoint, pause=False, by=sys, at=NOW)
    assert webhooks.send_messages(at=NOW) == 1
    publish()
    webhooks.write_messages(at=NOW)
    webhooks.end_endpoint(endpoint, by=sys, at=NOW)
    assert webhooks.send_messages(at=NOW) == 0
    with pytest.raises(NotAllowed):
        webhooks.end_endpoint(endpoint, by=sys, at=NOW)


def test_only_an_operator_says_who_is_told(db: None) -> None:
    for role in Role:
        if role != Role.SYSADMIN:
            with pytest.raises(NotAllowed):
                webhooks.add_endpoint(
                    url="https://x.example",
                    about="x",
                    events=["risk.published"],
                    by=person(role, role),
                    at=NOW,
                )


def test_the_secret_is_shown_once_and_kept_sealed(db: None, receiver: type[_Receiver]) -> None:
    operator = Client()
    operator.force_login(person("sys", Role.SYSADMIN))
    given = {"about": "A newsroom", "url": receiver.url, "events": ["risk.published"]}  # type: ignore[attr-defined]

    wrong = operator.post("/desk/webhooks/new/", given | {"url": "gopher://x"})
    page = operator.post("/desk/webhooks/new/", given).content.decode()
    listed = operator.get("/desk/webhooks/").content.decode()
    endpoint = WebhookEndpoint.objects.get()
    tested = operator.post(f"/desk/webhooks/{endpoint.pk}/test/", follow=True).content.decode()

    assert "must begin with https://" in wrong.content.decode()
    secret = page.partition("whsec_")[2].partition("<")[0]
    assert len(secret) > 40
    assert secret not in listed
    assert secret.encode() not in bytes(endpoint.secret)
    assert "webhook.test" in tested


def test_a_pressing_clock_waits_for_the_owner_of_the_relationship(db: None) -> None:
    paul, other = person("paul", Role.PARTNER_MGR), person("petra", Role.PARTNER_MGR)
    risk = Risk.objects.create(title="x", summary="x", opened_on=NOW.date(), level=5)
    relationship = Relationship.objects.create(
        partner=Partner.objects.create(name=SECRETS[1]), kind="reseller", supplied="x", owner=paul
    )
    long_ago = NOW.date() - timedelta(days=40)
    RelationshipRisk.objects.create(relationship=relationship, risk=risk, known_since=long_ago, how_known="x")

    [item] = waiting_for(paul, at=NOW)

    assert (item.kind, item.late) == ("clock", True)
    assert waiting_for(other, at=NOW) == []
