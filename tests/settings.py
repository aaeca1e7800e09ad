"""Production settings made fast, on servers that live as long as the test run."""

import atexit
import os
from contextlib import ExitStack
from pathlib import Path

from hrdd.trial.servers import embedded_servers, trial_environment

if "DATABASE_URL" not in os.environ:
    # pytest-django reads the settings before any conftest, so the servers start here.
    stack = ExitStack()
    data_dir = Path(__file__).resolve().parent.parent / ".data" / "test"
    trial_environment(stack.enter_context(embedded_servers(data_dir)))
    atexit.register(stack.close)

from hrdd.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
