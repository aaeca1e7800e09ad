"""The demonstration shows partners at each point of an exit, and one that was stopped at once."""

from django.core.management import call_command
from django.utils import timezone

from hrdd import demo, demo_exits, demo_measures, demo_partners, demo_work
from risks.models import EmergencyStop, ExitDecision, Milestone, Onboarding
from risks.queries.time_to_change import ListedClocks


def test_exits_of_the_demonstration_stand_at_each_point_and_are_recorded_once(db: None) -> None:
    now = timezone.now()
    call_command("load_rights")
    demo.create_people()
    demo_work.record_work(at=now)
    demo_partners.record_partners(at=now)
    demo_measures.record_measures(at=now)

    assert demo_exits.record_exits(at=now)
    assert not demo_exits.record_exits(at=now)

    assert dict(ExitDecision.objects.values_list("relationship__partner__name", "state")) == {
        demo_partners.MODERATORS: "considering",
        demo_exits.ASSESSED: "consulted",
        demo_exits.STAYING: "approved",
        demo_exits.LEAVING: "executing",
        demo_exits.STOPPED: "assessing",
    }
    codes = {one.tied.relationship.partner.name: one.clock.code for one in ListedClocks(on=now.date())}
    assert codes[demo_exits.CHANGED] == "CHANGE_ACHIEVED"
    assert EmergencyStop.objects.get().measure.state == "active_emergency"
    assert Milestone.objects.exclude(verification="").count() == 1
    assert Onboarding.objects.get().findings.get().closed_at is None
