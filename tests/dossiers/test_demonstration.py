"""What is invented for the demonstration is recorded whole, in an order that works, and once."""

import io
from datetime import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from hrdd.demo import create_people
from hrdd.dossiers.management.commands.demo_organisation import INVENTED, Command, set_up_vault
from hrdd.dossiers.policies import load_policies
from hrdd.governance.rules import NotAllowed
from risks.models import Risk


def test_each_part_is_recorded_in_its_order_and_once(db: None) -> None:
    now = timezone.now()
    call_command("load_rights")
    create_people()
    set_up_vault()
    load_policies(at=now)

    assert [said for record, said in INVENTED if not record(at=now)] == []
    assert [said for record, said in INVENTED if record(at=now)] == []


@pytest.mark.parametrize("kind", [NotAllowed, Risk.DoesNotExist, Risk.MultipleObjectsReturned])
def test_a_part_that_meets_what_somebody_did_before_is_left_and_said(db: None, kind: type[Exception]) -> None:
    def refused(*, at: datetime) -> bool:
        raise kind("A review is open. Finish that one.")

    out = io.StringIO()
    command = Command(stdout=out)

    command._record(refused, "mandates")

    assert out.getvalue().strip() == "mandates not recorded: A review is open. Finish that one."
