"""What an imported dossier told of consultations becomes consultations, open to all who read the desk."""

from django.db import migrations

LONGEST_TITLE = 160


def tell_as_consultations(apps, _editor):
    entries, consultations = apps.get_model("risks", "RecordEntry"), apps.get_model("risks", "Consultation")
    for entry in entries.objects.filter(kind="consultation").order_by("pk"):
        cut = len(entry.what) > LONGEST_TITLE
        detail = {key: said for key, said in entry.detail.items() if key not in ("form", "date")}
        told = consultations.objects.create(
            title=f"{entry.what[: LONGEST_TITLE - 1]}…" if cut else entry.what,
            state="held",
            held_from=entry.when_first,
            held_until=entry.when_last,
            dates_said=entry.when_said,
            method_said=entry.detail.get("form", ""),
            detail=detail | ({"with": entry.what} if cut else {}),
            told_by_dossier=True,
        )
        told.risks.add(entry.risk_id)
        entry.delete()


class Migration(migrations.Migration):
    dependencies = [("risks", "0010_reviews")]
    operations = [migrations.RunPython(tell_as_consultations, migrations.RunPython.noop)]
