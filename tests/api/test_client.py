"""The client is written from the schema of today, and the example of the guide works with it."""

import runpy
import subprocess
from pathlib import Path

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler

from hrdd.governance.models import User
from risks.models import Risk
from tests.api.test_lost_updates import a_right
from tests.api.test_problems import risk
from tests.api.test_schema import in_this_transaction
from tests.api.test_tokens import ana, token_of

__all__ = ["ana", "in_this_transaction", "risk"]
ROOT = Path(__file__).resolve().parents[2]


def test_the_example_corrects_a_risk_and_reads_what_changed(
    ana: User, risk: Risk, in_this_transaction: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = subprocess.run([ROOT / "script/client", tmp_path], capture_output=True, text=True, check=False)
    assert (written.returncode, "Unable" in written.stdout) == (0, False), written.stdout + written.stderr
    monkeypatch.syspath_prepend(tmp_path)
    Risk.objects.filter(pk=risk.pk).update(affected_groups=[{"group": "Reporters", "size": ""}])
    risk.touches.create(right=a_right("PRIVACY"), said="x")
    from hrdd_client import AuthenticatedClient  # type: ignore[import-not-found]

    client = AuthenticatedClient(
        base_url="http://testserver",
        token=token_of(ana, "risks:write"),
        httpx_args={"transport": httpx.WSGITransport(app=WSGIHandler())},
    )

    seen = runpy.run_path(str(ROOT / "clients/python/example.py"))["main"](client, risk.pk)

    assert seen == [f"/api/v1/risks/{risk.pk}/"]
    assert Risk.objects.get().summary.startswith("Posts carry where they were written")


def test_the_guide_shows_the_example_as_it_is() -> None:
    assert (ROOT / "clients/python/example.py").read_text() in (ROOT / "docs/api.md").read_text()
