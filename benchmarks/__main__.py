"""Speed as a ratio, both sides measured in one run: python -m benchmarks NAME --json."""

import argparse
import json
import os
import sys
from pathlib import Path

from hrdd.trial.servers import embedded_servers, trial_environment

DATA = Path(__file__).resolve().parent.parent / ".data" / "benchmarks"
NAMES = ("audit", "reassess", "register")


def main() -> None:
    """Run one benchmark on a database of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument(
        "--size", type=int, default=1_000_000, help="how many measures or audit rows (1,000,000)"
    )
    parser.add_argument(
        "--sizes", default="1000,10000,100000", help="register: how many risks (1000,10000,100000)"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with embedded_servers(DATA) as servers:
        os.environ.update({"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url})
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrdd.settings")
        trial_environment(servers, DATA)
        import django

        django.setup()
        from benchmarks import audit, reassess, register

        if options.name == "register":
            result = register.run([int(size) for size in options.sizes.split(",")])
        elif options.name == "audit":
            result = audit.run(options.size)
        else:
            result = reassess.run(options.size)
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        sys.stdout.writelines(f"{name}: {value}\n" for name, value in result.items())


if __name__ == "__main__":
    main()
