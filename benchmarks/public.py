"""A public page that is kept: through our server (nginx as `deploy/` sets it up, before gunicorn), against the same
bytes as a file from the same nginx.

Needs `apt-get install nginx-light wrk`. Both sides run in one nginx, asked in turns over kept connections. What
gunicorn alone answers, with nothing kept, is told beside it.
"""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from string import Template
from typing import Any
from urllib.request import urlopen

from hrdd.trial.servers import Servers

TEMPLATE = Path(__file__).resolve().parent.parent / "deploy" / "nginx" / "hrdd.conf.template"
PAGES = ("/", "/verify/", "/statements.json")
ROUNDS, SECONDS, CONNECTIONS = 3, 3, 16
TARGET, AIM = 0.5, 0.7
START_SECONDS = 30
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
NGINX = """
worker_processes 1;
daemon off;
pid $at/nginx.pid;
error_log $at/error.log warn;
events { worker_connections 1024; }
http {
    access_log off;
    sendfile on;
    client_body_temp_path $at/body;
    proxy_temp_path $at/proxy;
    fastcgi_temp_path $at/fastcgi;
    uwsgi_temp_path $at/uwsgi;
    scgi_temp_path $at/scgi;
    include $at/hrdd.conf;
    server { listen 127.0.0.1:$files; root $at/files; location / { default_type text/html; try_files $$uri =404; } }
}
"""


def run(servers: Servers, data: Path) -> dict[str, Any]:
    """Ask for each page in turns; return answers a second of each side and the ratio of the medians.

    Args:
        servers: the database that the pages are read from.
        data: a folder for the files of nginx.
    """
    del servers  # its address stands in the environment
    for needed in ("nginx", "wrk"):
        if shutil.which(needed) is None:
            sys.exit(f"{needed} is missing: apt-get install nginx-light wrk")
    at = data / "nginx"
    shutil.rmtree(at, ignore_errors=True)
    (at / "files").mkdir(parents=True)
    app, front, files = _free_port(), _free_port(), _free_port()
    with ExitStack() as stack:
        _start(
            stack, ["gunicorn", "hrdd.wsgi", "--bind", f"127.0.0.1:{app}", "--workers", "2", "--threads", "4"]
        )
        origin = f"http://127.0.0.1:{app}"
        _wait_for(f"{origin}/livez")
        _configure(at, app=app, front=front, files=files)
        _start(stack, ["nginx", "-p", str(at), "-c", str(at / "nginx.conf")])
        _wait_for(f"http://127.0.0.1:{front}/")
        bodies = {}
        for nth, page in enumerate(
            PAGES
        ):  # a page names its own address, so it is read where it is asked for
            bodies[page] = _read(f"http://127.0.0.1:{front}{page}")
            (at / "files" / f"{nth}.html").write_bytes(bodies[page])
        told = {
            page: _compared(
                f"http://127.0.0.1:{front}{page}", f"http://127.0.0.1:{files}/{nth}.html", origin + page
            )
            | {"kib": round(len(bodies[page]) / 1024, 1)}
            for nth, page in enumerate(PAGES)
        }
    worst = min(one["ratio"] for one in told.values())
    return {
        "benchmark": "public",
        "pages": told,
        "ratio": worst,
        "target": TARGET,
        "aim": AIM,
        "met": worst >= TARGET,
        "aim_met": worst >= AIM,
    }


def _compared(ours: str, theirs: str, alone: str) -> dict[str, Any]:
    if _read(ours) != _read(theirs):
        sys.exit(f"{ours} and {theirs} are not the same bytes.")
    rates: dict[str, list[float]] = {ours: [], theirs: []}
    for _ in range(ROUNDS):
        for address, found in rates.items():
            found.append(_rate(address))
    kept, files = statistics.median(rates[ours]), statistics.median(rates[theirs])
    return {
        "ours_per_second": round(kept),
        "nginx_per_second": round(files),
        "ratio": round(kept / files, 2),
        "gunicorn_alone_per_second": round(_rate(alone)),
    }


def _rate(address: str) -> float:
    said = subprocess.run(  # noqa: S603  # our own addresses
        [  # noqa: S607  # of the system
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{SECONDS}s",
            address,
        ],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = RATE.search(said)
    if found is None or "Non-2xx" in said:
        sys.exit(f"{address} did not answer:\n{said}")
    return float(found.group(1))


def _configure(at: Path, *, app: int, front: int, files: int) -> None:
    told = {
        "HRDD_LISTEN": f"127.0.0.1:{front}",
        "HRDD_CACHE": str(at / "cache"),
        **dict.fromkeys(("HRDD_PUBLIC", "HRDD_INTAKE", "HRDD_STAFF"), f"127.0.0.1:{app}"),
    }
    (at / "hrdd.conf").write_text(Template(TEMPLATE.read_text()).safe_substitute(told))
    (at / "nginx.conf").write_text(Template(NGINX).substitute(at=at, files=files))


def _start(stack: ExitStack, command: list[str]) -> None:
    program = [sys.executable, "-m", *command] if command[0] == "gunicorn" else command
    environment = os.environ | {"HRDD_SURFACE": "public", "HRDD_ALLOWED_HOSTS": "127.0.0.1"}
    child = subprocess.Popen(  # noqa: S603  # gunicorn or nginx
        program, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    stack.callback(child.wait)
    stack.callback(child.terminate)


def _wait_for(address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            _read(address)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def _read(address: str) -> bytes:
    body: bytes = urlopen(address).read()  # noqa: S310  # our own
    return body


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port
