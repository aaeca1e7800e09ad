"""Days as a record says them, in words."""

import pytest

from risks.rules.said_dates import days_in_words, in_words


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Amnesty International and others, 2018-08-28", "Amnesty International and others, 28 August 2018"),
        (
            "appeal court 2021-11-08; jury 2025-05-06: damages",
            "appeal court 8 November 2021; jury 6 May 2025: damages",
        ),
        ("head of state (until 2021-01-20)", "head of state (until 20 January 2021)"),
        (
            "case 2021-001-FB-FBR, docket 4:19-cv-07123, 2021-02-30",
            "case 2021-001-FB-FBR, docket 4:19-cv-07123, 2021-02-30",
        ),
        ("/2021-01-20/ and x-2021-01-20", "/2021-01-20/ and x-2021-01-20"),
        ("", ""),
    ],
)
def test_days_among_other_words_are_told_in_words(text: str, words: str) -> None:
    assert days_in_words(text) == words
