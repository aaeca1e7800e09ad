"""The demonstration shows what people do with the register, each at the point where somebody has the next word."""

from django.core.management import call_command
from django.utils import timezone

from hrdd import demo, demo_measures, demo_register, demo_work
from hrdd.dossiers.policies import load_policies
from risks.models import (
    Change,
    Involvement,
    LoweringProposal,
    MitigationPlan,
    ModelReview,
    PolicyVersion,
    SalientList,
)


def test_the_register_of_the_demonstration_is_at_work_and_recorded_once(db: None) -> None:
    now = timezone.now()
    call_command("load_rights")
    demo.create_people()
    load_policies(at=now)
    demo_work.record_work(at=now)
    demo_measures.record_measures(at=now)

    assert demo_register.record_register(at=now)
    assert not demo_register.record_register(at=now)

    plans = sorted(MitigationPlan.objects.values_list("kind", "state"))
    assert plans == [
        ("interim", "approved"),
        ("mitigation", "approved"),
        ("mitigation", "proposed"),
        ("remediation", "ended"),
    ]
    assert sorted(ModelReview.objects.values_list("state", flat=True)) == [
        "consulted",
        "evidence",
        "scoped",
        "tracked",
        "triggered",
    ]
    assert sorted(Change.objects.values_list("state", flat=True)) == [
        "proposed",
        "proposed",
        "proposed",
        "withdrawn",
    ]
    assert Involvement.objects.get().tie == "contribute_facilitate"
    assert LoweringProposal.objects.get().level_proposed < LoweringProposal.objects.get().level_held
    assert SalientList.objects.get().signed_at is None
    in_work = PolicyVersion.objects.filter(state__in=["draft", "approved"])
    assert sorted(in_work.values_list("state", flat=True)) == ["approved", "draft"]
