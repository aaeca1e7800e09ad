"""The cases of the demonstration stand where their steps led them, and nothing of them is in the clear."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from hrdd import demo_cases, demo_measures, demo_work
from hrdd.demo import create_people
from hrdd.dossiers.management.commands.demo_organisation import set_up_vault
from hrdd.governance.models import AuditEvent, User
from remedies.models import Case, IdentityRequest, LegalHold, SystemicAction
from remedies.queries.alarms import alarms_of
from risks.models import Signal


def test_they_stand_at_different_places_and_one_waits_in_danger(db: None) -> None:
    create_people()
    set_up_vault()
    now = timezone.now()

    call_command("load_rights")
    demo_work.record_work(at=now)
    demo_measures.record_measures(at=now)

    assert demo_cases.record_cases(at=now)
    assert not demo_cases.record_cases(at=now)
    found = sorted(Case.objects.values_list("state", "threat_to_life", "about_handlers"))
    assert found == [
        ("appeal", False, False),
        ("appeal_decided", False, False),
        ("closed", False, False),
        ("in_delivery", False, False),
        ("inadmissible", False, False),
        ("received", False, True),
        ("received", True, False),
        ("withdrawn", False, False),
    ]
    people = {one.username: one for one in User.objects.all()}
    assert alarms_of(people["grace"], today=now.date()).unseen_dangers == 1
    assert alarms_of(people["cleo"], today=now.date()).requests == 1
    assert SystemicAction.objects.filter(owner=people["ana"]).count() == 1
    assert IdentityRequest.objects.get().asked_by == people["ivan"]
    closed = Case.objects.get(state="closed")
    assert closed.root_cause == "language_gap"
    hold = LegalHold.objects.get()
    assert (hold.case_id, hold.placed_by, hold.lifted_by) == (closed.pk, people["milo"], None)
    undone = Signal.objects.get(kind=Signal.Kind.APPEAL_UPHELD)
    assert (undone.measure.target, undone.noted_by) == (demo_measures.REVERSED, "abel")
    kept = str(list(AuditEvent.objects.values()))
    words = (
        demo_cases.CLOSED_PAGE,
        demo_cases.OFFER,
        demo_cases.UPHELD,
        demo_cases.DANGER,
        demo_cases.PHARMACY,
    )
    assert [one for one in words if one in kept] == []


@pytest.mark.parametrize("name", ["cleo", "milo", "tara"])
def test_a_trial_keeps_the_files_of_its_custodians(db: None, tmp_path, name: str) -> None:  # type: ignore[no-untyped-def]
    create_people()
    set_up_vault(tmp_path / "kept")
    assert (tmp_path / "kept" / f"{name}.json").stat().st_size > 200
