"""An auditor looks for who read what, opens an entry, sees the last check, and checks the log alone, elsewhere."""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_auditor_searches_opens_verifies_and_exports(
    site: str, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    call_command("verify", stdout=io.StringIO(), stderr=io.StringIO())
    ana = sign_in("ana")
    answer = ana.request.get(f"{site}/desk/risks/export.csv")
    assert answer.ok

    tab = sign_in("audrey")
    tab.get_by_role("navigation", name="Main").get_by_role("link", name="Audit", exact=True).click()
    expect(tab.get_by_role("heading", name="Last verification")).to_be_visible()
    expect(tab.get_by_text("Intact", exact=True)).to_be_visible()
    expect(tab.get_by_text("match their hashes", exact=False)).to_be_visible()

    tab.get_by_label("Kind").select_option("Reads and exports only")
    tab.get_by_label("Who").fill("ana")
    tab.get_by_role("button", name="Filter").click()
    [row] = tab.get_by_role("row").filter(has_text="exported the register").all()
    row.get_by_text("Detail", exact=False).click()
    expect(row.get_by_role("definition").filter(has_text="csv")).to_be_visible()

    tab.get_by_role("navigation", name="Main").get_by_role("link", name="Audit", exact=True).click()
    with tab.expect_download() as download:
        tab.get_by_role("link", name="JSON lines").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    script = tmp_path / "hrdd_verify_audit.py"
    with tab.expect_download() as download:
        tab.get_by_role("link", name="one file of Python").click()
    download.value.save_as(script)
    assert script.read_bytes() == (settings.BASE_DIR / "static/verify/hrdd_verify_audit.py").read_bytes()

    def checked() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", script, file]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    whole = checked()
    assert (whole.returncode, "0 not as written, 0 gaps" in whole.stdout) == (0, True), whole.stdout[-500:]
    file.write_text(file.read_text().replace("exported the register", "left the register alone", 1))
    assert checked().returncode == 1

    assert tab.get_by_role("button", name="Approve").count() == 0
    expect(tab.get_by_role("navigation", name="Main").get_by_role("link", name="Sign-offs")).to_be_visible()
    tab.goto(f"{site}/desk/signoffs/")
    expect(tab.get_by_text("Nothing waits for your signature")).to_be_visible()
