"""How long the desk's pages and the worker's tasks take: what ran, never what it was about (ADR 53).

The public pages, the same for everybody, are the proxy's to count. Of concerns nothing is told, not even that
somebody worked on one: neither the pages of the case team nor its tasks are measured.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from hrdd.request_numbers import number
from hrdd.surfaces import Surface, surface_of

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer
    from opentelemetry.util.types import AnyValue

UNTOLD = "remedies"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
SECONDS = Histogram(
    "hrdd_request_seconds",
    "How long requests of the desk took, by the part of the product; nothing of concerns.",
    ["part", "method", "status"],
    buckets=(0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
    registry=None,
)


class Timed:
    """Measures a request of the desk, and tells a collector of traces of it where the installation has one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if surface_of(request.path_info) is not Surface.STAFF:
            return self.get_response(request)
        began, at = time.perf_counter(), time.time_ns()
        with _statements() as statements:
            response = self.get_response(request)
        part, page = _part_and_page(request)
        if part == UNTOLD:
            return response
        method = request.method if request.method in METHODS else "other"
        status = f"{response.status_code // 100}xx"
        SECONDS.labels(part, method, status).observe(time.perf_counter() - began)
        if tracer := _tracer():
            told: dict[str, AnyValue] = {
                "part": part,
                "http.request.method": method,
                "http.response.status_code": response.status_code,
            }
            told |= {"request": number(), "db.statements": len(statements), "db.seconds": sum(statements)}
            tracer.start_span(f"{method} {page}", start_time=at, attributes=told).end()
        return response


@contextmanager
def timed_task(name: str) -> Iterator[None]:
    """Tell the collector of traces how long a task took and whether it failed, never what it was given."""
    tracer = None if name.startswith(f"{UNTOLD}.") else _tracer()
    if tracer is None:
        yield
        return
    at, failed = time.time_ns(), True
    with _statements() as statements:
        try:
            yield
            failed = False
        finally:
            told = {"failed": failed, "db.statements": len(statements), "db.seconds": sum(statements)}
            tracer.start_span(name, start_time=at, attributes=told).end()


def registry_of_requests() -> CollectorRegistry:
    """Return what was counted: by all processes of this surface under gunicorn, else by this one."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(SECONDS)
    return registry


def _part_and_page(request: HttpRequest) -> tuple[str, str]:
    """Return the package of the view that answered, and the name of its page."""
    found = request.resolver_match
    if found is None:
        return "none", "none"
    view = getattr(found.func, "cls", found.func)
    part = view.__module__.removeprefix("hrdd.").partition(".")[0]
    return part, found.view_name or "unnamed"


@contextmanager
def _statements() -> Iterator[list[float]]:
    """Gather the seconds of each statement that is sent to the database meanwhile, where somebody is told of them."""
    seconds: list[float] = []

    def timed(execute: Callable[..., Any], *given: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*given)
        finally:
            seconds.append(time.perf_counter() - began)

    with ExitStack() as stack:
        if _tracer():
            stack.enter_context(connection.execute_wrapper(timed))
        yield seconds


@cache
def _tracer() -> "Tracer | None":
    """Return what spans are made with, of this process; a process that forks makes its own."""
    if not settings.TRACES_TO:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    told = Resource({"service.name": f"hrdd-{settings.SURFACE}", "service.version": settings.CODE_VERSION})
    provider = TracerProvider(resource=told)
    exporter = OTLPSpanExporter(endpoint=f"{settings.TRACES_TO.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider.get_tracer("hrdd")
