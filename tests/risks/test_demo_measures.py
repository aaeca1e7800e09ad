"""The demonstration shows each way in which a measure can stand or end, and each way to decide on one."""

from datetime import datetime

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from hrdd import demo, demo_measures, demo_work
from hrdd.governance.models import SignOff, User
from risks.actions.proportionality import assess_chunk, finish_cycle, plan_cycle
from risks.models import ActionSample, Measure, Reassessment, StatementOfReasons


def sweep(*, at: datetime) -> None:
    cycle = plan_cycle(as_of=at.date(), at=at)
    for chunk in cycle.chunks.all():
        assess_chunk(chunk.pk, at=at)
    assert finish_cycle(cycle, at=at)


def test_measures_of_the_demonstration_end_in_each_way_and_are_recorded_once(db: None) -> None:
    now = timezone.now()
    call_command("load_rights")
    demo.create_people()
    demo_work.record_work(at=now)

    assert demo_measures.record_measures(at=now)
    assert not demo_measures.record_measures(at=now)
    sweep(at=now)
    assert demo_measures.decide_on_measures(at=now)
    assert not demo_measures.decide_on_measures(at=now)

    stands = dict(Measure.objects.filter(supersedes=None).values_list("target", "state"))
    assert stands == {
        demo_measures.EXPIRED: "expired",
        demo_measures.LIFTED: "lifted",
        demo_measures.EASED: "modified",
        demo_measures.REVERSED: "active",  # until its appeal is decided: hrdd/demo_cases.py
        demo_measures.MAINTAINED: "active",
        demo_measures.UNSAMPLED: "active",
        demo_measures.ASKED_EXPERT: "active",
        demo_measures.EMERGENCY: "active_emergency",
        demo_measures.NOT_BEGUN: "approved",
        demo_measures.REWORDED: "proposed",
        demo_measures.WITHDRAWN: "withdrawn",
        demo_measures.REFUSED: "rejected",
        "Posts that call to stop poll workers": "proposed",
        "Posts that name poll workers": "active",
        "Accounts that named a poll worker twice": "proposed",
    }
    outcomes = Reassessment.objects.order_by("outcome").values_list("outcome", flat=True)
    assert list(outcomes) == ["de_escalate", "lift", "maintain", "refer"]
    assert SignOff.objects.filter(decision="void").count() >= 1
    assert StatementOfReasons.objects.exclude(action="").count() == 3
    assert sorted(ActionSample.objects.values_list("closed_by__username", flat=True), key=str) == [
        None,
        "rita",
    ]


def test_the_page_of_a_measure_that_is_over_says_how_it_ended_and_asks_for_nothing_more(
    db: None, client: Client
) -> None:
    now = timezone.now()
    call_command("load_rights")
    demo.create_people()
    demo_work.record_work(at=now)
    demo_measures.record_measures(at=now)
    sweep(at=now)
    demo_measures.decide_on_measures(at=now)
    client.force_login(User.objects.get(username="ana"))
    ended = {
        target: Measure.objects.get(target=target, supersedes=None)
        for target in (demo_measures.EASED, demo_measures.EXPIRED, demo_measures.REFUSED)
    }

    pages = {name: client.get(f"/desk/measures/{one.pk}/").content.decode() for name, one in ended.items()}

    lighter = Measure.objects.get(supersedes=ended[demo_measures.EASED])
    assert f'Since then: <a href="/desk/measures/{lighter.pk}/">' in pages[demo_measures.EASED]
    assert "<strong>Ended by its end date</strong>" in pages[demo_measures.EXPIRED]
    assert "none was issued while it was in force" in pages[demo_measures.EXPIRED]
    assert "Past its end</span>" in pages[demo_measures.EXPIRED]
    assert "It never stood, so nobody is owed one" in pages[demo_measures.REFUSED]
    assert [name for name, page in pages.items() if "badge-review_urgent" in page] == []
    assert [name for name, page in pages.items() if "Not done yet" in page] == []
