"""An address of a database is taken as it is written, options included."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from hrdd.settings import database_from_url


def test_options_of_the_address_reach_the_driver() -> None:
    found = database_from_url("postgresql://u:p%40@db:5432/my%20db?sslmode=verify-full&sslrootcert=/x")

    assert (found["NAME"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("my db", "p@", "db", "5432")
    assert found["OPTIONS"] == {"sslmode": "verify-full", "sslrootcert": "/x"}


def test_another_engine_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="postgresql"):
        database_from_url("sqlite:///x")
