"""What was answered to the three-part test so far becomes rows of its own; N3 is now put so that "no" fails."""

from django.db import migrations

TURNED = {"yes": "no", "no": "yes"}


def keep_answers(apps, schema_editor):
    """Write a test for each decision that answered one, and point the measure at its latest."""
    Reassessment = apps.get_model("risks", "Reassessment")
    ThreePartTest = apps.get_model("risks", "ThreePartTest")
    User = apps.get_model("governance", "User")
    answered = Reassessment.objects.exclude(three_part_test={}).select_related("measure")
    for decision in answered.order_by("decided_at"):
        given = dict(decision.three_part_test)
        given["N3"] = TURNED.get(given.get("N3"), "unknown")
        outcome = "passes" if decision.outcome == "maintain" else "incomplete"
        test = ThreePartTest.objects.create(
            measure=decision.measure,
            kind=decision.measure.kind,
            answers={code: {"answer": answer, "text": ""} for code, answer in given.items()},
            rights_burdened=[],
            outcome=outcome,
            reason="Answered before each answer was asked for in words.",
            assessed_by=User.objects.get(username=decision.decided_by),
            assessed_at=decision.decided_at,
        )
        Reassessment.objects.filter(pk=decision.pk).update(test=test)
        if decision.outcome == "maintain":
            type(decision.measure).objects.filter(pk=decision.measure_id).update(test=test)


class Migration(migrations.Migration):
    dependencies = [("risks", "0014_act"), ("governance", "0003_sign_offs")]

    operations = [migrations.RunPython(keep_answers, migrations.RunPython.noop)]
