"""Exits that real cases tell of stay as they were told, and count against the quality of exits (UNGP 19, X1, K14)."""

import io

from django.core.management import call_command

from risks.models import ExitDecision, RecordEntry, Risk
from risks.queries.exit_figures import exit_quality, exit_tables
from risks.queries.gaps import history_gaps
from tests.dossiers.test_import_dossier import CASES


def test_an_exit_of_history_without_an_assessment_is_kept_and_raises_its_gap(db: None) -> None:
    cases = [str(case) for case in CASES if case.name.startswith(("c05", "c08"))]
    call_command("load_rights", stdout=io.StringIO())
    call_command("import_dossier", *cases, stdout=io.StringIO())

    told = [one.detail.get("decided") for one in RecordEntry.objects.filter(kind="exit")]
    assert (len(told), [day for day in told if day]) == (2, ["2019-07-16 (confirmed)"])
    found = {
        risk.imported_from: [
            one for one in history_gaps(risk) if one.code == "EXIT_WITHOUT_IMPACT_ASSESSMENT"
        ]
        for risk in Risk.objects.all()
    }
    assert {case: len(gaps) for case, gaps in found.items()} == {"c05": 0, "c08": 1}, found
    assert "contested and sidelined" in found["c08"][0].message
    assert not ExitDecision.objects.exists()
    k14 = exit_quality()
    assert (k14.value, k14.red) == ("0 of 1", True)
    assert not any(sum(table.counts[0]) for _code, _title, _group, table in exit_tables())
