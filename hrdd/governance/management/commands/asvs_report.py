"""The table of OWASP ASVS 5.0.0 level 2, made readable."""

import csv
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

TABLE = Path("docs/security/asvs.csv")
PAGE = Path("docs/security/asvs.md")
PASS, NOT_MET, DOES_NOT_APPLY = "pass", "not met", "n/a"
CHAPTERS = {
    "V1": "Encoding and sanitization",
    "V2": "Validation and business logic",
    "V3": "Web frontend",
    "V4": "API and web service",
    "V5": "File handling",
    "V6": "Authentication",
    "V7": "Session management",
    "V8": "Authorization",
    "V9": "Self-contained tokens",
    "V10": "OAuth and OIDC",
    "V11": "Cryptography",
    "V12": "Secure communication",
    "V13": "Configuration",
    "V14": "Data protection",
    "V15": "Secure coding and architecture",
    "V16": "Logging and error handling",
    "V17": "WebRTC",
}
HEAD = """# OWASP ASVS 5.0.0, level 2

Made by `manage.py asvs_report --write` from `asvs.csv` beside it; change that file, not this one.
`tests/security/test_asvs.py` holds it to the 253 requirements of levels 1 and 2, to evidence that exists, and to days
on which what is not met is looked at again: past its day a row fails the tests.

**pass**: somebody looked at the code and at the named test. **not met**: why, what it can lead to, who answers for it.
The short words are ours; the requirement is what OWASP wrote (github.com/OWASP/ASVS, 5.0.0). Nobody outside this
project has checked this table.
"""


class Command(BaseCommand):
    """Example: manage.py asvs_report --write"""

    help = "Print the table of ASVS 5.0.0 level 2, or write its page. Example: manage.py asvs_report --write"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the flag."""
        parser.add_argument(
            "--write", action="store_true", help="write docs/security/asvs.md instead of printing"
        )

    def handle(self, **options: Any) -> None:
        """Make the page from the table."""
        table = settings.BASE_DIR / TABLE
        if not table.exists():
            raise CommandError(f"{TABLE} is not here: it comes with the source, not with an installation.")
        page = page_of(rows_of(table))
        if options["write"]:
            (settings.BASE_DIR / PAGE).write_text(page, encoding="utf-8")
            self.stderr.write(f"{PAGE} is written.")
        else:
            self.stdout.write(page, ending="")


def rows_of(table: Path) -> list[dict[str, str]]:
    """Return the rows of the table, each a requirement, by the names of its columns."""
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def evidence_of(row: dict[str, str]) -> list[str]:
    """Return what a row rests on: names of tests, files, and commands that begin with `$ `."""
    return [one for one in row["evidence"].split("; ") if one]


def page_of(rows: list[dict[str, str]]) -> str:
    """Return the page that people read: counts by chapter, then each chapter."""
    return (
        "\n".join([HEAD, *_counts(rows), *(line for chapter in CHAPTERS for line in _chapter(chapter, rows))])
        + "\n"
    )


def _of(chapter: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in rows if row["id"].startswith(f"{chapter}.")]


def _counts(rows: list[dict[str, str]]) -> list[str]:
    told = ["| Chapter | pass | not met | n/a | all |", "|---|---|---|---|---|"]
    for said, some in (
        *((f"{one} {name}", _of(one, rows)) for one, name in CHAPTERS.items()),
        ("**All**", rows),
    ):
        count = Counter(row["state"] for row in some)
        told.append(f"| {said} | {count[PASS]} | {count[NOT_MET]} | {count[DOES_NOT_APPLY]} | {len(some)} |")
    return told


def _chapter(chapter: str, rows: list[dict[str, str]]) -> list[str]:
    head = [
        "",
        f"## {chapter} {CHAPTERS[chapter]}",
        "",
        "| Id | L | Asks | State | Evidence, and why |",
        "|---|---|---|---|---|",
    ]
    return head + [_line(row) for row in _of(chapter, rows)]


def _line(row: dict[str, str]) -> str:
    said = [" · ".join(f"`{one}`" for one in evidence_of(row)), row["why"]]
    if row["state"] == NOT_MET:
        said += [
            f"Risk: {row['risk']}",
            f"Owner: {row['owner']}, to be looked at again on {row['look_again']}.",
        ]
    state = f"**{row['state']}**" if row["state"] == NOT_MET else row["state"]
    return f"| {row['id']} | {row['level']} | {row['asks']} | {state} | {'<br>'.join(one for one in said if one)} |"
