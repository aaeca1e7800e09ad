"""An address of a database is taken as it is written, options included; a missing secret stops the start."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from hrdd.settings import database_from_url, peppers, secret, with_password

EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"


def test_options_of_the_address_reach_the_driver() -> None:
    found = database_from_url("postgresql://u:p%40@db:5432/my%20db?sslmode=verify-full&sslrootcert=/x")

    assert (found["NAME"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("my db", "p@", "db", "5432")
    assert found["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/x"}


def test_the_password_of_the_example_stops_the_start() -> None:
    example = next(
        line.partition("=")[2]
        for line in EXAMPLE.read_text().splitlines()
        if line.startswith("DATABASE_URL=")
    )

    with pytest.raises(ImproperlyConfigured, match="of the example"):
        database_from_url(example)


def test_another_engine_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="postgresql"):
        database_from_url("sqlite:///x")


@pytest.mark.parametrize("given", ["", ",", "c2hvcnQ=", "not base 64", "A" * 44, f"{'A' * 43}=,c2hvcnQ="])
def test_a_missing_or_short_pepper_stops_the_start(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="HRDD_RECEIPT_PEPPER"):
        peppers(given)


def test_peppers_are_read_the_newest_first() -> None:
    assert peppers(f"{'A' * 43}=,{'_' * 42}8=") == [b"\0" * 32, b"\xff" * 32]


def test_a_secret_is_taken_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("HRDD_X_FILE", str(tmp_path / "key"))

    assert secret("HRDD_X") == "from the file"


@pytest.mark.parametrize(
    ("said", "file", "told"),
    [("x", "key", "not both"), ("", "none", "No such file"), ("", "empty", "holds nothing")],
)
def test_a_secret_that_is_told_twice_or_not_at_all_stops_the_start(
    said: str, file: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("from the file")
    (tmp_path / "empty").write_text("\n")
    monkeypatch.setenv("HRDD_X", said)
    monkeypatch.setenv("HRDD_X_FILE", str(tmp_path / file))

    with pytest.raises(ImproperlyConfigured, match=f"HRDD_X.*{told}"):
        secret("HRDD_X")


@pytest.mark.parametrize(
    ("url", "with_it"),
    [
        ("postgresql://u@db:5432/x?sslmode=require", "postgresql://u:p%40%2F@db:5432/x?sslmode=require"),
        ("redis://redis:6379/0", "redis://:p%40%2F@redis:6379/0"),
        ("redis://:own@redis:6379/0", "redis://:own@redis:6379/0"),
    ],
)
def test_a_password_goes_into_an_address_that_has_none(url: str, with_it: str) -> None:
    assert with_password(url, "p@/") == with_it
    assert with_password(url, "") == url
