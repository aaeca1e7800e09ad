"""Production settings made fast; `conftest.py` points them at the servers when the first test needs one."""

import os

os.environ.setdefault("HRDD_SECRET_KEY", "only for the tests")
os.environ.setdefault("HRDD_SEALING_KEYS", "b25seSBmb3IgdGhlIHRlc3RzLCAzMiBieXRlcyBsb24=")
os.environ.setdefault("HRDD_RECEIPT_PEPPER", "b25seSBmb3IgdGhlIHRlc3RzLCBhbHNvIDMyIGJ5dGU=")
os.environ.setdefault("HRDD_LOG_KEY_FILE", "no-such-key.pem")  # tests that sign make their own
os.environ["HRDD_ANCHORS"] = ""
os.environ.setdefault("HRDD_HTTPS", "0")
os.environ.setdefault("HRDD_SURFACE", "all")

from hrdd.settings import *  # noqa: F403

WHITENOISE_AUTOREFRESH = True  # look a file up when it is asked for, not all of them for every new client
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
VAULT_ARGON2_KIB = 64
FRESH_MINUTES = 60  # a sweep of all addresses takes longer than a proof lasts
PASSWORD_IS_ENOUGH = True  # as in the trial; tests/accounts takes it away
API_REQUESTS_A_MINUTE = 0  # tests of the limit set one
INTAKE_QUIET_A_MINUTE = INTAKE_MOST_A_MINUTE = 10**9  # tests of floods make a gate of their own
