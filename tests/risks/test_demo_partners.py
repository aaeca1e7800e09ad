"""The demonstration shows partners at every stage: one past its time, one half way, one at the gate."""

from django.core.management import call_command
from django.utils import timezone

from hrdd import demo, demo_partners, demo_work
from risks.models import ExitDecision, Onboarding
from risks.queries.time_to_change import ListedClocks


def test_partners_of_the_demonstration_stand_at_three_stages_and_are_recorded_once(db: None) -> None:
    now = timezone.now()
    call_command("load_rights")
    demo.create_people()
    demo_work.record_work(at=now)

    assert demo_partners.record_partners(at=now)
    assert not demo_partners.record_partners(at=now)

    stands = {one.tied.relationship.partner.name: one.clock.code for one in ListedClocks(on=now.date())}
    assert stands == {
        demo_partners.MODERATORS: "TIME_TO_CHANGE_EXPIRED",
        demo_partners.SCHEDULER: "HALF_TIME_NO_CHANGE",
    }
    assert ExitDecision.objects.get().state == "considering"
    assert Onboarding.objects.get().relationship.status == "proposed"
