"""What a mail says and whom it goes to; how a message is signed, tried again, and never sent into the own network."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdd.notifications.rules.digest import Counts, is_owed
from hrdd.notifications.rules.webhooks import (
    EVENTS,
    TOLD_BY,
    WAITS,
    event_of,
    is_outside,
    next_try,
    signature,
    url_refusal,
)

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "counts", "on", "owed"),
    [
        ("never", Counts(9, 9, 9), MONDAY, False),
        ("day", Counts(0, 0, 0), TUESDAY, False),
        ("day", Counts(4, 0, 0), TUESDAY, False),
        ("day", Counts(4, 0, 1), TUESDAY, True),
        ("day", Counts(4, 1, 0), TUESDAY, True),
        ("week", Counts(4, 1, 1), TUESDAY, False),
        ("week", Counts(4, 0, 0), MONDAY, True),
        ("week", Counts(0, 0, 0), MONDAY, False),
    ],
)
def test_nobody_is_written_to_about_nothing(every: str, counts: Counts, on: date, owed: bool) -> None:
    assert is_owed(every, counts, on=on) is owed


def test_a_signature_is_that_of_the_published_example_of_standard_webhooks() -> None:
    signed = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message="msg_p5jXN8AQM9LWM0D4loKWxJek",
        stamp="1614265330",
        content=b'{"test": 2432232314}',
    )

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_tries_come_ever_later_and_end() -> None:
    waits = [next_try(tries, at=NOW) for tries in range(1, len(WAITS) + 1)]

    assert waits == [NOW + one for one in WAITS]
    assert list(WAITS) == sorted(WAITS)
    assert sum(WAITS, timedelta()) > timedelta(days=2)
    assert next_try(len(WAITS) + 1, at=NOW) is None


@pytest.mark.parametrize(
    ("url", "outside", "inside"),
    [
        ("https://news.example/hook", "", ""),
        ("http://news.example/hook", "https://", ""),
        ("ftp://news.example/hook", "https://", "https://"),
        ("https://", "host", "host"),
        ("https://ana:secret@news.example/", "user name", "user name"),
        ("https://" + "x" * 500, "500", "500"),
    ],
)
def test_an_address_that_may_not_be_told_is_refused(url: str, outside: str, inside: str) -> None:
    for said, refusal in ((outside, url_refusal(url, inside=False)), (inside, url_refusal(url, inside=True))):
        assert (said in refusal) if said else refusal == ""


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        *(
            (inside, False)
            for inside in ("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0")  # noqa: S104
        ),
        *((inside, False) for inside in ("::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "224.0.0.1")),
        *((inside, False) for inside in ("100.64.0.1", "198.18.0.1")),
    ],
)
def test_only_machines_of_the_public_internet_are_outside(address: str, outside: bool) -> None:
    assert is_outside(address) is outside


def test_what_is_told_is_published_and_every_action_that_tells_is_known() -> None:
    assert set(TOLD_BY.values()) == set(EVENTS) - {"webhook.test"}
    assert event_of("Published risk") == "risk.published"


@given(st.text())
def test_no_act_about_people_is_ever_told(said: str) -> None:
    assert event_of(f"{said} case") == ""
    assert event_of(f"identity {said}") == ""
