"""The populated schema of each release, as PostgreSQL's plain dump, compressed: what an upgrade starts from.

    python -m tests.upgrades.dumps [VERSION]    (without one: the version of pyproject.toml)

writes VERSION.sql.xz and VERSION.json from the demonstration organisation, in a database of its own on the embedded
servers. docs/operations/upgrade.md tells when. Its secrets are those of tests/settings.py, which are published.
"""

import json
import lzma
import os
import re
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PLAIN = ("--no-owner", "--no-privileges")  # roles and rights are made again, as after a restore
APPLIED = re.compile(
    r"^COPY public\.django_migrations \(id, app, name, applied\) FROM stdin;\n(.*?)^\\\.$", re.M | re.S
)
REPORTED = ("--from", "2021-02-01", "--to", "2021-02-28")
ENDING = ".sql.xz"


@dataclass(frozen=True)
class ReleasedSchema:
    """The tables of a release with rows in them."""

    file: Path

    @property
    def version(self) -> str:
        """Return the release."""
        return self.file.name.removesuffix(ENDING)

    @property
    def rows(self) -> dict[str, int]:
        """Return how many rows each table held."""
        found: dict[str, int] = json.loads((self.file.parent / f"{self.version}.json").read_text())
        return found

    def sql(self) -> bytes:
        """Return what brings them back."""
        return lzma.decompress(self.file.read_bytes())

    def migrations(self) -> set[tuple[str, str]]:
        """Return the migrations that the release had, by app and name."""
        found = APPLIED.search(self.sql().decode())
        assert found is not None, f"{self.file} tells of no migrations"
        return {(line.split("\t")[1], line.split("\t")[2]) for line in found[1].splitlines()}


def released_schemas() -> list[ReleasedSchema]:
    """Return what was released, the oldest first; a draft of a version (0.1.0.dev) stands before it."""
    files = HERE.glob(f"*{ENDING}")
    return sorted(map(ReleasedSchema, files), key=lambda one: _ordered(one.version))


def _ordered(version: str) -> tuple[list[int], bool]:
    return [int(part) for part in version.removesuffix(".dev").split(".")], not version.endswith(".dev")


def main() -> None:
    """Write the dump of the tables as this code makes them."""
    version = (sys.argv[1:] or [tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]])[
        0
    ]
    os.environ |= {"DJANGO_SETTINGS_MODULE": "tests.settings", "HRDD_DEMO": "1"}
    from hrdd.trial.servers import embedded_servers, log_key_file

    with tempfile.TemporaryDirectory() as folder:
        os.environ["HRDD_LOG_KEY_FILE"] = str(log_key_file(Path(folder)))
        with embedded_servers(Path(folder), durable=False) as servers:
            os.environ |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
            rows, sql = _filled()
    (HERE / f"{version}{ENDING}").write_bytes(lzma.compress(sql, preset=9 | lzma.PRESET_EXTREME))
    (HERE / f"{version}.json").write_text(json.dumps(rows, indent=0) + "\n")


def _filled() -> tuple[dict[str, int], bytes]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from hrdd.dossiers.management.commands.demo_organisation import INVENTED
    from hrdd.recovery.census import take_census
    from hrdd.recovery.postgres_tools import ended_well, started
    from transparency.actions.publication_log import checkpoint_log, seal_publications

    call_command("demo_organisation", tables=True)
    for record, _said in INVENTED:
        record(at=timezone.now())
    call_command("reassess", wait=True)
    call_command("publish_report", *REPORTED, "--demo")
    seal_publications(at=timezone.now())
    checkpoint_log(at=timezone.now())
    with connection.cursor() as cursor:
        rows = {table: held.rows for table, held in take_census(cursor).items()}
    with tempfile.TemporaryFile() as complaints, tempfile.TemporaryFile() as out:
        ended_well("pg_dump", started("pg_dump", *PLAIN, complaints=complaints, stdout=out), complaints)
        out.seek(0)
        return rows, out.read()


if __name__ == "__main__":
    main()
