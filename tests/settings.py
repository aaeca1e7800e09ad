"""Production settings made fast; `conftest.py` points them at the servers when the first test needs one."""

from hrdd.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
