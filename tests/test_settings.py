"""An address of a database is taken as it is written, options included; a missing secret stops the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from hrdd.settings import database_from_url, peppers


def test_options_of_the_address_reach_the_driver() -> None:
    found = database_from_url("postgresql://u:p%40@db:5432/my%20db?sslmode=verify-full&sslrootcert=/x")

    assert (found["NAME"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("my db", "p@", "db", "5432")
    assert found["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/x"}


def test_another_engine_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="postgresql"):
        database_from_url("sqlite:///x")


@pytest.mark.parametrize("given", ["", ",", "c2hvcnQ=", "not base 64", "A" * 44, f"{'A' * 43}=,c2hvcnQ="])
def test_a_missing_or_short_pepper_stops_the_start(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="HRDD_RECEIPT_PEPPER"):
        peppers(given)


def test_peppers_are_read_the_newest_first() -> None:
    assert peppers(f"{'A' * 43}=,{'_' * 42}8=") == [b"\0" * 32, b"\xff" * 32]
