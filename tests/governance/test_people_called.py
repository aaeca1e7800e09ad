"""Pages call people by their names, and machines by what they are."""

import pytest
from django.template import Context, Template

from hrdd.demo import create_people
from hrdd.governance.actions import IMPORT, JOB


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        ("ana", "Ana, analyst"),
        (JOB, "a scheduled job"),
        (IMPORT, "the import of the public record"),
        ("somebody long gone", "somebody long gone"),
    ],
)
def test_whoever_a_record_tells_of_is_called_as_people_call_them(db: None, recorded: str, told: str) -> None:
    create_people()

    page = Template("{% load people %}{% called recorded %}").render(Context({"recorded": recorded}))

    assert page == told
