"""The demonstration shows a consultation at each point of its way, and an expert who reads what is shared."""

from django.core.management import call_command
from django.utils import timezone

from hrdd import demo, demo_consultations, demo_work
from risks.models import Consultation, ExpertAccess, ExpertOpinion


def test_consultations_of_the_demonstration_stand_at_each_point_and_are_recorded_once(db: None) -> None:
    now = timezone.now()
    call_command("load_rights")
    demo.create_people()
    demo_work.record_work(at=now)

    assert demo_consultations.record_consultations(at=now)
    assert not demo_consultations.record_consultations(at=now)

    assert dict(Consultation.objects.values_list("title", "state")) == {
        demo_consultations.PLANNED: "planned",
        demo_consultations.CHECKED: "safeguards_checked",
        demo_consultations.HELD: "held",
        demo_consultations.SUMMARISED: "summarised",
        demo_consultations.CLOSED: "closed",
    }
    assert ExpertAccess.objects.filter(expert__username="noor").count() == 2
    assert ExpertOpinion.objects.count() == 1
