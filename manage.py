#!/usr/bin/env python
"""Django's command line; without DATABASE_URL it works on the embedded servers under .data/."""

import os
import secrets
import sys
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import NoReturn

DATA = Path(__file__).resolve().parent / ".data"
LOG_KEY = DATA / "log_key.pem"
SECRETS = {
    "HRDD_SECRET_KEY": "secret_key",
    "HRDD_SEALING_KEYS": "sealing_key",
    "HRDD_RECEIPT_PEPPER": "receipt_pepper",
}
WITHOUT_DATABASE = {
    *("help", "version", "--version", "check", "diffsettings", "asvs_report"),
    *("compilemessages", "makemessages", "collectstatic", "findstatic", "startapp", "startproject"),
}


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrdd.settings")
    if "DATABASE_URL" in os.environ or not needs_database(sys.argv[1:]):
        execute()
        return
    try:
        from hrdd.trial.servers import ServersFailed, embedded_servers, trial_environment
    except ImportError:
        refuse("Set DATABASE_URL, or install the extra `trial` for the embedded servers.", 2)
    try:
        with embedded_servers(DATA) as servers:
            trial_environment(servers, DATA)
            execute()
    except ServersFailed as failure:
        refuse(str(failure), 1)
    except KeyboardInterrupt:
        refuse("Interrupted.", 130)


def needs_database(arguments: list[str]) -> bool:
    """Whether this command line asks for more than help or pure file work."""
    if not arguments or {"--help", "-h"} & set(arguments):
        return False
    return arguments[0] not in WITHOUT_DATABASE or "--database" in arguments


def execute() -> None:
    """Hand over to Django, with the secrets of the trial in this folder if there are any."""
    for name, kept in SECRETS.items():
        if f"{name}_FILE" in os.environ:
            continue
        secret = DATA / kept
        if name not in os.environ and os.access(secret, os.R_OK):
            os.environ[name] = secret.read_text().strip()
        if not needs_database(sys.argv[1:]):
            # Protects nothing: help, checks, files.
            os.environ.setdefault(name, urlsafe_b64encode(secrets.token_bytes(32)).decode())
    if LOG_KEY.exists() or not needs_database(sys.argv[1:]):
        os.environ.setdefault("HRDD_LOG_KEY_FILE", str(LOG_KEY))
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as wrong:
        refuse(str(wrong), 2)


def refuse(sentence: str, code: int) -> NoReturn:
    """Say why on stderr and leave."""
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(code)


if __name__ == "__main__":
    main()
