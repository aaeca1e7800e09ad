"""Days as a record says them, in words."""

import pytest

from risks.rules.said_dates import in_words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("2017", "2017"),
        ("2019-04", "April 2019"),
        ("2021-01-29", "29 January 2021"),
        ("2021-09/2022", "September 2021 to 2022"),
        ("2021-01-29/2021-02-12", "29 January 2021 to 12 February 2021"),
        ("2021-13", "2021-13"),
        ("2021-02-30", "2021-02-30"),
        ("2019-07-16 (confirmed)", "2019-07-16 (confirmed)"),
        ("early 2020", "early 2020"),
        ("", ""),
    ],
)
def test_a_date_is_told_as_precisely_as_it_was_said(said: str, words: str) -> None:
    assert in_words(said) == words
