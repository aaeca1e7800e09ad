"""How the web processes of a surface run. HRDD_BIND, WEB_CONCURRENCY and HRDD_WEB_THREADS are read here."""

import gc
import os
import shutil
import tempfile

bind = os.environ.get("HRDD_BIND", "0.0.0.0:8000")  # a container's own network; never a host's
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("HRDD_WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 30  # requests that are under way are finished
keepalive = 65  # longer than the proxy keeps a connection
worker_tmp_dir = "/dev/shm"  # noqa: S108  # heartbeats, in memory: the disk is read-only
control_socket_disable = True
accesslog = None  # who asks for what is written nowhere (reliability.md 2.4)
server_software = ""
# Of an invalid request gunicorn would write the sender's address, as a warning.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"generic": {"()": "hrdd.logs.Line"}},
    "handlers": {
        "error_console": {
            "class": "logging.StreamHandler",
            "formatter": "generic",
            "stream": "ext://sys.stderr",
        }
    },
    "root": {"level": "WARNING", "handlers": ["error_console"]},
    "loggers": {"gunicorn.error": {"level": "ERROR", "handlers": ["error_console"], "propagate": False}},
}


def on_starting(_server: object) -> None:
    """Give the processes of this surface a folder in memory, where they keep their counts together for /metrics."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="hrdd-counts-", dir=worker_tmp_dir)


def on_exit(_server: object) -> None:
    """Leave no counts behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def post_worker_init(_worker: object) -> None:
    """Keep what is loaded out of every later collection: looking through it all stops a page for 0.1 s."""
    from django.urls import get_resolver

    _ = get_resolver().url_patterns  # loads every page
    gc.collect()
    gc.freeze()
