"""Speed as a ratio, both sides measured in one run: python -m benchmarks NAME --json."""

import argparse
import io
import json
import os
import sys
from pathlib import Path

from hrdd.trial.servers import embedded_servers, trial_environment

DATA = Path(__file__).resolve().parent.parent / ".data" / "benchmarks"
NAMES = ("audit", "intake", "pages", "pdf", "public", "reassess", "register")
SIZES = {"intake": 2_000, "pages": 100_000, "pdf": 200}
BUDGETS = ("HRDD_INTAKE_QUIET_A_MINUTE", "HRDD_INTAKE_MOST_A_MINUTE")


def main() -> None:
    """Run one benchmark on a database of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument(
        "--size",
        type=int,
        help="how many measures or audit rows (1,000,000), submissions (2,000), risks for pages (100,000) "
        "or pages for pdf (200)",
    )
    parser.add_argument(
        "--sizes", default="1000,10000,100000", help="register: how many risks (1000,10000,100000)"
    )
    parser.add_argument("--kills", type=int, default=3, help="intake: how often PostgreSQL is killed (3)")
    parser.add_argument("--web-kills", type=int, default=3, help="intake: how often a web process is (3)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    size = options.size or SIZES.get(options.name, 1_000_000)
    before = os.getloadavg()[0]
    with embedded_servers(DATA) as servers:
        os.environ.update({"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url})
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrdd.settings")
        trial_environment(servers, DATA)
        if options.name == "intake":  # no budget, no Redis
            os.environ |= {name: str(10**9) for name in BUDGETS} | {"REDIS_URL": "redis://127.0.0.1:1/0"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("database_roles", stdout=io.StringIO())
        from benchmarks import audit, intake, pages, pdf, public, reassess, register

        benchmark = {
            "audit": lambda: audit.run(size, DATA),
            "intake": lambda: intake.run(size, kills=options.kills, web_kills=options.web_kills, data=DATA),
            "pages": lambda: pages.run(size, DATA),
            "pdf": lambda: pdf.run(size),
            "public": lambda: public.run(servers, DATA),
            "reassess": lambda: reassess.run(size),
            "register": lambda: register.run([int(size) for size in options.sizes.split(",")]),
        }
        result = benchmark[options.name]()
    result |= {"load_before": round(before, 1), "load_after": round(os.getloadavg()[0], 1)}
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        sys.stdout.writelines(f"{name}: {value}\n" for name, value in result.items())


if __name__ == "__main__":
    main()
