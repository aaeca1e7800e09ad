"""Requests and tasks are timed by name, and nothing of concerns is (ADR 53)."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from hrdd import timings
from hrdd.governance.models import User
from hrdd.governance.rules import Role
from hrdd.watch.tasks import tick
from tests.watch.test_watch import TOKEN

TOLD = {"part", "http.request.method", "http.response.status_code", "request", "db.statements", "db.seconds"}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """What a collector would be told."""
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(timings, "_tracer", lambda: provider.get_tracer("test"))
    return kept


@pytest.fixture
def handler(db: None) -> Client:
    roles = [Role.ANALYST, Role.GRV_INTAKE]
    client = Client()
    client.force_login(User.objects.create_user("hana", "x", display_name="Hana", roles=roles))
    return client


def names(kept: InMemorySpanExporter) -> list[str]:
    return [span.name for span in kept.get_finished_spans()]


def counted(client: Client, settings: Any) -> dict[str, float]:
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    told = re.findall(r"^hrdd_request_seconds_count(\{.*\}) (\S+)$", answer.content.decode(), re.MULTILINE)
    return {labels: float(value) for labels, value in told if 'part="watch"' not in labels}


def test_a_page_of_the_desk_is_told_by_its_name_and_nothing_else(
    handler: Client, spans: InMemorySpanExporter
) -> None:
    handler.get("/desk/risks/?q=the+name+of+somebody")

    (span,) = spans.get_finished_spans()
    assert span.name == "GET risk-list"
    assert set(span.attributes or {}) == TOLD
    assert "somebody" not in span.to_json()
    assert "hana" not in span.to_json()
    assert (span.attributes or {})["db.statements"] > 3  # type: ignore[operator]


@pytest.mark.parametrize(
    "path", ["/", "/statements/", "/raise/en/", "/follow/", "/desk/cases/", "/desk/cases/vault/", "/livez"]
)
def test_of_concerns_and_of_the_public_nothing_is_told(
    handler: Client, spans: InMemorySpanExporter, settings: Any, path: str
) -> None:
    before = counted(handler, settings)
    spans.clear()

    handler.get(path)

    assert names(spans) == []
    assert counted(handler, settings).keys() == before.keys()


def test_a_task_is_told_by_its_name_and_whether_it_failed(db: None, spans: InMemorySpanExporter) -> None:
    tick()
    with suppress(ZeroDivisionError), timings.timed_task("risks.tasks.sweep"):
        _ = 1 / 0
    with timings.timed_task("remedies.tasks.remind"):
        pass

    told = {span.name: (span.attributes or {})["failed"] for span in spans.get_finished_spans()}
    assert told == {"hrdd.watch.tasks.tick": False, "risks.tasks.sweep": True}


def test_requests_are_counted_by_part_and_status(handler: Client, settings: Any) -> None:
    ours = '{method="GET",part="risks",status="2xx"}'
    before = counted(handler, settings).get(ours, 0.0)

    handler.get("/desk/risks/")
    handler.get("/desk/risks/nothing-here/")

    assert counted(handler, settings)[ours] == before + 1


def test_a_method_that_somebody_made_up_makes_no_label_of_its_own(handler: Client, settings: Any) -> None:
    handler.generic("PROPOSE", "/desk/risks/")

    assert not any("PROPOSE" in labels for labels in counted(handler, settings))
    assert any('method="other"' in labels for labels in counted(handler, settings))


def test_processes_of_one_surface_count_together(tmp_path: Any) -> None:
    """Under gunicorn any process may answer /metrics."""
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    observe = "from hrdd.timings import SECONDS; SECONDS.labels('risks', 'GET', '2xx').observe(0.1)"
    told = (
        "from prometheus_client import generate_latest\nfrom hrdd.timings import registry_of_requests\n"
        "print(generate_latest(registry_of_requests()).decode())"
    )
    for code in (observe, observe):
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    said = subprocess.run(
        [sys.executable, "-c", told], env=environment, check=True, capture_output=True, text=True
    ).stdout

    assert 'hrdd_request_seconds_count{method="GET",part="risks",status="2xx"} 2.0' in said


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A collector that keeps what it is sent."""
    got: list[bytes] = []

    class Keeps(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_given: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Keeps)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


def test_what_is_set_sends_spans_to_a_collector(
    handler: Client, collector: tuple[str, list[bytes]], settings: Any
) -> None:
    address, got = collector
    settings.TRACES_TO = address
    timings._tracer.cache_clear()
    try:
        handler.get("/desk/risks/")
        timings._tracer().span_processor.shutdown()  # type: ignore[union-attr]
    finally:
        settings.TRACES_TO = ""
        timings._tracer.cache_clear()

    sent = ExportTraceServiceRequest.FromString(got[0]).resource_spans[0].scope_spans[0].spans
    assert [span.name for span in sent] == ["GET risk-list"]
