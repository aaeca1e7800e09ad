"""Judge JSON lines by the very rules that the application uses."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from risks.queries.proportionality import Judgement, judge_inputs
from risks.rules.evaluation import (
    KNOWN_KEYS,
    ONE_BY_ONE,
    InputError,
    ProportionalityInput,
    evaluate_each,
    evaluate_severity,
    read_proportionality,
)

EXAMPLE = '{"id":"M13","measure":"temp_suspension","l0":5,"l1":5,"flags":["no_end_date"],"days":1}'


class Command(BaseCommand):
    help = (
        "Judge JSON lines from a file or standard input, one verdict line each. "
        f"Example: echo '{EXAMPLE}' | manage.py evaluate proportionality"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("rule", choices=["severity", "salience", "proportionality", *ONE_BY_ONE])
        parser.add_argument("file", nargs="?", type=Path, default=None)

    def handle(self, *_args: Any, **options: Any) -> None:
        lines = _lines(options["file"])
        rows = [_parse(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
        rule = "severity" if options["rule"] == "salience" else options["rule"]
        verdicts = _proportionality(rows) if rule == "proportionality" else _pure(rule, rows)
        ignored = sorted({key for row in rows if isinstance(row, dict) for key in row} - KNOWN_KEYS[rule])
        if ignored:
            self.stderr.write(f"Ignored, since no rule reads it: {', '.join(ignored)}")
        for verdict in verdicts:
            self.stdout.write(json.dumps(verdict, ensure_ascii=False))
        if any("error" in verdict for verdict in verdicts):
            raise SystemExit(1)


def _lines(file: Path | None) -> list[bytes]:
    try:
        return (file.read_bytes() if file else sys.stdin.buffer.read()).splitlines()
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", returncode=2) from None


@dataclass(frozen=True)
class Refusal:
    """A line that cannot be judged, with the sentence that says why."""

    id: Any
    error: str


def _parse(number: int, line: bytes) -> dict[str, Any] | Refusal:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return Refusal(None, f"line {number}: not a JSON object in UTF-8.")
    return row if isinstance(row, dict) else Refusal(None, f"line {number}: not a JSON object.")


def _pure(rule: str, rows: list[dict[str, Any] | Refusal]) -> list[dict[str, Any]]:
    sound = [row for row in rows if not isinstance(row, Refusal)]
    verdicts = iter(evaluate_severity(sound) if rule == "severity" else evaluate_each(rule, sound))
    return [asdict(row) if isinstance(row, Refusal) else next(verdicts) for row in rows]


def _proportionality(rows: list[dict[str, Any] | Refusal]) -> list[dict[str, Any]]:
    read = [row if isinstance(row, Refusal) else _read(row) for row in rows]
    judgements = iter(judge_inputs([given for given in read if not isinstance(given, Refusal)]))
    return [
        asdict(given) if isinstance(given, Refusal) else _line(given.id, next(judgements)) for given in read
    ]


def _read(row: Mapping[str, Any]) -> ProportionalityInput | Refusal:
    try:
        return read_proportionality(row)
    except InputError as error:
        return Refusal(row.get("id"), str(error))


def _line(row_id: Any, judgement: Judgement) -> dict[str, Any]:
    return {
        "id": row_id,
        "finding": judgement.finding,
        "primary code": judgement.code,
        "other codes": judgement.others,
        "suggestion": judgement.suggestion,
        "code": judgement.code,
        "codes": judgement.codes,
    }
