"""Whether this container does its work: `health.py web`, `health.py worker` or `health.py beat FILE`; exit 0 or 1.

Only the standard library, so that asking costs next to nothing. The worker is asked through its queue by Celery.
"""

import os
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

ASKED_SECONDS = 8
# Beat writes its file every three minutes.
BEAT_SILENT_SECONDS = 600


def web() -> bool:
    """Whether this process answers and reaches what its surface needs."""
    host = os.environ.get("HRDD_ALLOWED_HOSTS", "127.0.0.1").split(",")[0]
    address = os.environ.get("HRDD_BIND", "0.0.0.0:8000").rpartition(":")  # only its port is used
    asked = HTTPConnection("127.0.0.1", int(address[2]), timeout=ASKED_SECONDS)
    try:
        asked.request("GET", "/readyz", headers={"Host": host})
        return asked.getresponse().status == 200
    except OSError:
        return False


def worker() -> bool:
    """Whether the worker of this container answers over the queue."""
    name = f"celery@{os.uname().nodename}"
    ask = ["celery", "-A", "hrdd.celery", "inspect", "ping", "--timeout", "5", "--destination", name]
    return subprocess.run([sys.executable, "-m", *ask], capture_output=True, check=False).returncode == 0  # noqa: S603


def beat(file: str) -> bool:
    """Whether the timetable's file was written lately; what it is called at its end depends on how Python was built."""
    written = [one.stat().st_mtime for one in Path(file).parent.glob(f"{Path(file).name}*")]
    return bool(written) and time.time() - max(written) < BEAT_SILENT_SECONDS


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "worker": worker, "beat": beat}[sys.argv[1]](*sys.argv[2:]) else 1)
