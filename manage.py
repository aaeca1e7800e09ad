#!/usr/bin/env python
"""Django's command line; without DATABASE_URL it works on the embedded servers under .data/."""

import os
import sys
from pathlib import Path

WITHOUT_DATABASE = {"help", "--help", "-h", "version", "--version", "makemigrations", "collectstatic"}


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrdd.settings")
    from django.core.management import execute_from_command_line

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    asks_help = bool({"--help", "-h"} & set(sys.argv))
    if "DATABASE_URL" in os.environ or command in WITHOUT_DATABASE or asks_help:
        execute_from_command_line(sys.argv)
        return
    try:
        from hrdd.trial.servers import embedded_servers, trial_environment
    except ImportError:
        sys.stderr.write("Set DATABASE_URL, or install the extra `trial` for the embedded servers.\n")
        raise SystemExit(2) from None
    with embedded_servers(Path(__file__).resolve().parent / ".data") as servers:
        trial_environment(servers)
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
