"""The demonstration shows dilemmas that wait for an interim decision, for a decision, and in review."""

from django.core.management import call_command
from django.utils import timezone

from hrdd import demo, demo_dilemmas, demo_measures, demo_work
from risks.models import Dilemma


def test_dilemmas_of_the_demonstration_wait_for_different_words_and_are_recorded_once(db: None) -> None:
    now = timezone.now()
    call_command("load_rights")
    demo.create_people()
    demo_work.record_work(at=now)
    demo_measures.record_measures(at=now)

    assert demo_dilemmas.record_dilemmas(at=now)
    assert not demo_dilemmas.record_dilemmas(at=now)

    stand = {
        one.question: (one.state, one.urgency)
        for one in Dilemma.objects.filter(risk__title=demo_measures.RUMOUR)
    }
    assert stand == {
        demo_dilemmas.LIFE: ("open", "life"),
        demo_dilemmas.READY: ("consulted", "urgent"),
        demo_dilemmas.REVIEWED: ("in_review", "urgent"),
    }
