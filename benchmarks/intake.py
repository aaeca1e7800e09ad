"""Intake: concerns a second through the whole stack while PostgreSQL and web processes are killed, and none lost (T22).

Each worker is a process with the WSGI application. It says which receipt it tries, and when a page acknowledged it.
What a killed worker left open is sent again, as a person would reload. Redis is off throughout.

The ratio is a run without kills, one process: our seconds by those of hand-written INSERTs of the same sealed bytes,
one transaction each, on the same server.
"""

import io
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

SIDE_BY_SIDE = 400
TEXT = "They came at night. My sister saw it. "
MESSAGE_BYTES = 1500
ROUND = 100  # the text of a submission is told from its receipt, so that a reload sends the same


def run(size: int, *, kills: int, web_kills: int, data: Path) -> dict[str, float | int | str]:
    """Send `size` concerns while servers die; return the rate, what was lost, and the ratio.

    Args:
        size: how many acknowledged submissions.
        kills: how often PostgreSQL is killed by SIGKILL on the way.
        web_kills: how often a web process is.
        data: the folder of the servers.
    """

    from hrdd.database_grants import give

    give()
    _empty()
    _vault()
    ours, by_hand, processor = _side_by_side()
    _empty_cases()
    crowd = _Crowd(size)
    spent = crowd.send(kills=kills, web_kills=web_kills, data=data)
    found = _checked(crowd)
    latencies = sorted(crowd.first_tries)
    return {
        "benchmark": "intake",
        "acknowledged": len(crowd.acknowledged),
        "postgresql_killed": crowd.killed_servers,
        "web_killed": crowd.killed_workers,
        **found,
        "per_second": round(len(crowd.acknowledged) / spent, 1),
        "per_second_without_kills_one_process": round(SIDE_BY_SIDE / ours, 1),
        "processes": len(crowd.workers),
        "seconds": round(spent),
        "retried": crowd.retried,
        "p50_ms": round(statistics.median(latencies), 1),
        "p95_ms_outside_recovery": round(latencies[int(len(latencies) * 0.95)], 1),
        "processor_ms_each": round(processor / SIDE_BY_SIDE * 1000, 1),
        "ratio_to_inserts": round(ours / by_hand, 2),
    }


# A worker ----------------------------------------------------------------------------------------------------------


def work() -> None:
    """Send concerns one after another until standard input closes or somebody kills this process."""
    import django

    django.setup()
    from hrdd.wsgi import application
    from remedies.rules.receipt import new_receipt

    while True:
        receipt = new_receipt()
        print("t", receipt, flush=True)  # noqa: T201
        began, tries = time.perf_counter(), 0
        while not _sent(application, receipt):
            tries += 1
            time.sleep(0.05)
        print("a", receipt, f"{(time.perf_counter() - began) * 1000:.3f}", tries, flush=True)  # noqa: T201


def _sent(application: Any, receipt: str) -> bool:
    """Press “send” once; return whether the page acknowledged it."""
    from datetime import UTC, datetime

    from django.db import Error

    from remedies.rules.form_token import new_token
    from remedies.views.apart import sealed_token

    try:
        token = sealed_token(new_token(receipt, at=datetime.now(UTC)), purpose="raise", at=datetime.now(UTC))
    except Error:
        return False
    body = urlencode(_answers(receipt) | {"step": "send", "token": token}).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/raise/en/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
    }
    statuses: list[str] = []
    page = b"".join(application(environ, lambda status, _headers, *_more: statuses.append(status)))
    return statuses[0].startswith("200") and b"We received your message" in page


def _answers(receipt: str) -> dict[str, str]:
    what = (TEXT * (MESSAGE_BYTES // len(TEXT) + 1))[:MESSAGE_BYTES] + receipt[-4:]
    return {"type": "safety_threat", "what": what, "identity_mode": "anonymous"}


# The crowd ---------------------------------------------------------------------------------------------------------


class _Crowd:
    """The workers, what they tried and what was acknowledged."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.lock = threading.Lock()
        self.tried: set[str] = set()
        self.acknowledged: set[str] = set()
        self.first_tries: list[float] = []
        self.retried = self.killed_servers = self.killed_workers = 0
        self.done = threading.Event()
        self.workers: list[subprocess.Popen[str]] = []

    def send(self, *, kills: int, web_kills: int, data: Path) -> float:
        """Run a worker a core and one more until all is acknowledged, killing on the way; return the seconds.

        The spare one works while another waits for the disk or starts anew. The clock starts with the first page that
        acknowledged; restarts of what was killed count.
        """
        drawn = random.Random(22)  # noqa: S311  # to be repeated, not to be secret
        for _ in range((os.cpu_count() or 1) + 1):
            self._start()
        self._wait_for(1)
        began = time.perf_counter()
        marks = sorted(drawn.randrange(self.size // 20, self.size) for _ in range(kills + web_kills))
        acts = ["server"] * kills + ["worker"] * web_kills
        drawn.shuffle(acts)
        for mark, act in zip(marks, acts, strict=True):
            self._wait_for(mark)
            if act == "server":
                _kill_postgres(data)
                self.killed_servers += 1
            else:
                worker = self.workers.pop(0)
                worker.kill()
                worker.wait()
                self.killed_workers += 1
                self._start()
        self._wait_for(self.size)
        spent = time.perf_counter() - began
        for worker in self.workers:
            worker.kill()
            worker.wait()
        return spent

    def _start(self) -> None:
        worker = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.intake"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.workers.append(worker)
        threading.Thread(target=self._listen, args=(worker,), daemon=True).start()

    def _listen(self, worker: subprocess.Popen[str]) -> None:
        for line in worker.stdout or ():
            kind, receipt, *rest = line.split()
            with self.lock:
                if kind == "t":
                    self.tried.add(receipt)
                    continue
                self.acknowledged.add(receipt)
                if rest[1] == "0":
                    self.first_tries.append(float(rest[0]))
                else:
                    self.retried += 1

    def _wait_for(self, count: int) -> None:
        while len(self.acknowledged) < count:
            time.sleep(0.02)


def _kill_postgres(data: Path) -> None:
    """Kill the postmaster as a power cut does, and start it again."""
    import psycopg2

    from hrdd.trial.servers import ServersFailed, embedded_servers

    pid = int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    for _ in range(60):
        time.sleep(0.2)
        with suppress(ServersFailed, psycopg2.OperationalError), embedded_servers(data):
            return
    raise SystemExit("PostgreSQL did not come back.")


def _checked(crowd: _Crowd) -> dict[str, int]:
    """Reload what was left open, then count what is lost, doubled or in parts."""
    from django.db import connection
    from django.db.models import Count

    from hrdd.wsgi import application
    from remedies.models import Case
    from remedies.queries.receipts import find_reply_key

    connection.close()
    open_ones = crowd.tried - crowd.acknowledged
    reloaded = sum(_sent(application, receipt) for receipt in open_ones)
    lost = 0
    for receipt in crowd.acknowledged | open_ones:
        found = find_reply_key(receipt)
        lost += found is None or found.case_id is None
    counted = Case.objects.annotate(
        texts=Count("messages", distinct=True),
        key_rows=Count("keys", distinct=True),
        wraps=Count("keys__wraps"),
    )
    partial = counted.exclude(texts=1, key_rows=1, wraps=1 + HANDLERS).count()
    return {
        "lost": lost,
        "doubled": Case.objects.count() - len(crowd.acknowledged | open_ones),
        "partial": partial,
        "reloaded": reloaded,
    }


# Side by side ------------------------------------------------------------------------------------------------------

HANDLERS = 3
COLUMNS = {
    "remedies_case": "id",
    "remedies_replykey": "id case_id lookup",
    "remedies_casekey": "id case_id",
    "remedies_casekeywrap": "id case_key_id",
    "remedies_message": "id case_id",
}


def _side_by_side() -> tuple[float, float, float]:
    """Return the seconds of the same number of concerns through us and as hand-written INSERTs, in turns.

    The third figure is the processor time that ours took, in this process and in its session of PostgreSQL: it stays
    the same when the machine has other work.
    """
    import psutil  # type: ignore[import-untyped]
    from django.db import connection

    from hrdd.wsgi import application
    from remedies.rules.receipt import new_receipt

    ours = by_hand = processor = 0.0
    connection.close()
    connection.settings_dict["CONN_MAX_AGE"] = (
        None  # one session throughout, whose processor time can be read
    )
    _sent(application, new_receipt())
    session = psutil.Process(connection.connection.info.backend_pid)
    for _ in range(SIDE_BY_SIDE // ROUND):
        began, used = time.perf_counter(), time.process_time() + sum(session.cpu_times()[:2])
        for _ in range(ROUND):
            if not _sent(application, new_receipt()):
                raise SystemExit("A concern was not received though nothing was killed.")
        ours += time.perf_counter() - began
        processor += time.process_time() + sum(session.cpu_times()[:2]) - used
        statements = _statements()
        with connection.cursor() as cursor:
            began = time.perf_counter()
            for statement in statements:
                cursor.execute(statement)
            by_hand += time.perf_counter() - began
        _empty_cases()
    return ours, by_hand, processor


def _statements() -> list[str]:
    """Return one transaction of INSERTs for each case that is stored, with the same bytes under new ids."""
    import psycopg2.extras
    from django.db import connection

    psycopg2.extras.register_uuid()
    made = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM remedies_case")
        for (case,) in cursor.fetchall():
            parts = ["BEGIN;"]
            for table, where in (
                ("remedies_case", "id = %s"),
                ("remedies_replykey", "case_id = %s"),
                ("remedies_casekey", "case_id = %s"),
                (
                    "remedies_casekeywrap",
                    "case_key_id IN (SELECT id FROM remedies_casekey WHERE case_id = %s)",
                ),
                ("remedies_message", "case_id = %s"),
            ):
                cursor.execute(f"SELECT * FROM {table} WHERE {where}", [case])  # noqa: S608
                names = ", ".join(f'"{column.name}"' for column in cursor.description)
                for row in cursor.fetchall():
                    values = cursor.cursor.mogrify(", ".join(["%s"] * len(row)), row).decode()  # type: ignore[attr-defined]
                    parts.append(f"INSERT INTO {table} ({names}) VALUES ({values});")  # noqa: S608
            made.append(" ".join([*parts, "COMMIT;"]))
        _empty_cases()
    return made


# The stage ---------------------------------------------------------------------------------------------------------


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "TRUNCATE remedies_case, remedies_vaultkey, remedies_recoverykey, governance_auditevent, governance_user "
            "CASCADE"
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def _empty_cases() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE remedies_case CASCADE")


def _vault() -> None:
    """Make three custodians, a ceremony, and the people who sort new concerns."""
    from datetime import UTC, datetime

    from hrdd.governance.models import User
    from hrdd.governance.rules import Role
    from remedies.actions import vault

    at, passphrase = datetime.now(UTC), "only for the benchmark, long enough"
    custodians = []
    for name in ("cleo", "milo", "tara"):
        user = User.objects.create_user(name, "x", display_name=name, roles=[Role.CUSTODIAN])
        key, file = vault.enrol_custodian(user, passphrase=passphrase, at=at)
        custodians.append((key, vault.open_custodian_file(file, key=key, passphrase=passphrase)))
    vault.hold_ceremony(by="benchmark", at=at)
    for nth in range(HANDLERS):
        user = User.objects.create_user(f"handler{nth}", "x", display_name="Handler", roles=[Role.GRV_INTAKE])
        key = vault.enrol_handler(user, passphrase=passphrase, at=at)
        vault.confirm_key(key, custodian=custodians[0][0], pair=custodians[0][1], at=at)


if __name__ == "__main__":
    work()
