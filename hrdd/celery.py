"""The Celery application. Redis rings the doorbell; PostgreSQL is the queue of record."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

from celery import Celery, Task
from celery.signals import setup_logging
from kombu.exceptions import KombuError

from hrdd.job import as_job

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrdd.settings")

logger = logging.getLogger(__name__)


class JobTask(Task[..., Any]):
    """A task that works in the database as the worker, and as a job, so that 3.8 binds it there."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task as a job."""
        from hrdd.database_roles import DatabaseRole, in_role
        from hrdd.timings import timed_task

        with in_role(DatabaseRole.WORKER), as_job(), timed_task(self.name):
            return super().__call__(*args, **kwargs)


app = Celery("hrdd", task_cls=JobTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "hrdd.governance",
        "hrdd.accounts",
        "risks",
        "remedies",
        "transparency",
        "hrdd.oversight",
        "hrdd.notifications",
        "hrdd.watch",
    ]
)


@setup_logging.connect
def _keep_our_logging(**_sent: Any) -> None:
    """Leave the logs as the settings have them: Celery would write what tasks were given and returned."""


@contextmanager
def worker_at_hand() -> Iterator[None]:
    """Use the workers that answer, or run one on this process's own database for the time being."""
    if app.control.ping(timeout=1.0, limit=1):
        yield
        return
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "hrdd.celery",
        "worker",
        "--concurrency",
        "1",
        "-l",
        "ERROR",
    ]
    environment = {**os.environ, "DATABASE_URL": database_url()}
    worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def database_url() -> str:
    """Return the address of the database that this process is connected to."""
    from django.db import connection

    found = {
        key: str(connection.settings_dict[key] or "") for key in ("USER", "PASSWORD", "NAME", "HOST", "PORT")
    }
    user, password = quote(found["USER"], safe=""), quote(found["PASSWORD"], safe="")
    port = f"127.0.0.1:{found['PORT']}" if found["PORT"] else ""
    told = {"host": found["HOST"]} if found["HOST"] else {}
    options = urlencode(told | connection.settings_dict["OPTIONS"], safe="/")
    return f"postgresql://{user}:{password}@{port}/{quote(found['NAME'], safe='')}{'?' if options else ''}{options}"


def queue_answers() -> bool:
    """Whether the queue's server can be reached within two seconds."""
    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (OSError, KombuError):
        return False
    return True


def ring(task: Task[..., None], *ids: int) -> None:
    """Ring the doorbell; when nobody hears it, the row waits and beat rings again."""
    try:
        task.delay(*ids)
    except (OSError, KombuError):
        logger.warning("The queue could not be reached; %s%s waits for beat.", task.name, ids)
