"""Every setting, in one file, read from the environment and loud when wrong."""

import os
import tomllib
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit, urlunsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def env_bool(name: str, *, default: bool) -> bool:
    """Return a yes/no setting; raise ImproperlyConfigured on any other word."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")


def secret(name: str) -> str:
    """Return a secret from the environment, or from the file that NAME_FILE names; empty where neither is set.

    Raises ImproperlyConfigured where both are set, and where the file cannot be read or holds nothing.
    """
    said, file = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if not file:
        return said
    if said:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    try:
        held = Path(file).read_text().strip()
    except OSError as refused:
        raise ImproperlyConfigured(f"{name}_FILE: {file} cannot be read ({refused.strerror}).") from refused
    if not held:
        raise ImproperlyConfigured(f"{name}_FILE: {file} holds nothing.")
    return held


def with_password(url: str, password: str) -> str:
    """Return an address with this password, where it has none of its own; characters such as @ are encoded."""
    parts = urlsplit(url)
    if not password or parts.password:
        return url
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{quote(password, safe='')}@{place}"))


def env_count(name: str, *, default: int) -> int:
    """Return a setting that counts something; raise ImproperlyConfigured on anything but a positive whole number."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or int(value) < 1:
        raise ImproperlyConfigured(f"{name} must be a positive whole number, not {value!r}.")
    return int(value)


def database_from_url(url: str) -> dict[str, object]:
    """Return Django's database settings for a postgresql:// address, its options (sslmode …) included."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"DATABASE_URL must start with postgresql://, not {parts.scheme}://.")
    if unquote(parts.password or "") == EXAMPLE_PASSWORD:
        raise ImproperlyConfigured(
            f"DATABASE_URL still has the password of the example, {EXAMPLE_PASSWORD!r}."
        )
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        "OPTIONS": {key: values[0] for key, values in query.items() if key != "host"},
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 60,
    }


def sealing_keys(given: str) -> list[str]:
    """Return the keys that seal at rest, the newest first; raise ImproperlyConfigured without one."""
    found = [key for key in given.split(",") if key]
    if not found:
        raise ImproperlyConfigured(
            "HRDD_SEALING_KEYS must be set: Fernet keys, the newest first, separated by commas (.env.example)."
        )
    return found


def peppers(given: str) -> list[bytes]:
    """Return the peppers of receipts, the newest first; raise ImproperlyConfigured without one of 32 bytes."""
    try:
        found = [urlsafe_b64decode(one) for one in given.split(",") if one.strip()]
    except ValueError:
        found = []
    if not found or any(len(one) != PEPPER_BYTES for one in found):
        raise ImproperlyConfigured(
            "HRDD_RECEIPT_PEPPER must be set: 32 random bytes in URL-safe base 64, the newest first, separated by "
            "commas (.env.example)."
        )
    return found


def fresh_minutes(said: str) -> int:
    """Return how long a proof of who somebody is lasts; raise ImproperlyConfigured outside of 5 to 10 minutes."""
    if not said.isdecimal() or not FRESH_LEAST <= int(said) <= FRESH_MOST:
        raise ImproperlyConfigured(
            f"HRDD_FRESH_MINUTES must be a whole number from {FRESH_LEAST} to {FRESH_MOST}, not {said!r}."
        )
    return int(said)


def refuse_password_alone(is_enough: bool, *, hosts: Sequence[str], debug: bool) -> None:  # noqa: FBT001
    """Raise ImproperlyConfigured where a password alone would open a desk that others can reach."""
    outside = [host for host in hosts if host not in AT_HOME and not host.endswith(".localhost")]
    if outside and is_enough and not debug:
        raise ImproperlyConfigured(
            f"HRDD_PASSWORD_IS_ENOUGH (on in a demonstration) is refused where {outside[0]!r} is served: "
            "set it to no, so that everybody sets a second factor."
        )


def single_sign_on() -> dict[str, Any]:
    """Return what is set about single sign-on, or nothing; raise ImproperlyConfigured on half of it."""
    names = ("issuer", "client_id", "client_secret")
    found: dict[str, Any] = {name: os.environ.get(f"HRDD_OIDC_{name.upper()}", "") for name in names[:2]}
    found["client_secret"] = secret("HRDD_OIDC_CLIENT_SECRET")
    if not any(found.values()):
        return {}
    if missing := [name for name, said in found.items() if not said]:
        raise ImproperlyConfigured(f"HRDD_OIDC_{missing[0].upper()} must be set as well, for single sign-on.")
    if urlsplit(found["issuer"]).scheme != "https" and urlsplit(found["issuer"]).hostname not in AT_HOME:
        raise ImproperlyConfigured("HRDD_OIDC_ISSUER must start with https://.")
    amr = os.environ.get("HRDD_OIDC_TWO_FACTORS", "mfa").split(",")
    return {**found, "two_factors": frozenset(one for one in amr if one)}


FRESH_LEAST, FRESH_MOST = 5, 10
AT_HOME = {"127.0.0.1", "localhost", "[::1]"}
PEPPER_BYTES = 32
EXAMPLE_PASSWORD = "change-me"  # noqa: S105  # of .env.example
DEBUG = env_bool("HRDD_DEBUG", default=False)
DEMONSTRATION = env_bool("HRDD_DEMO", default=False)
ORGANISATION = os.environ.get("HRDD_ORGANISATION", "Example Platforms")
# Under which terms anyone may use the public data; empty where none is named.
DATA_LICENCE = os.environ.get("HRDD_DATA_LICENCE", "CC BY 4.0")
DATA_LICENCE_URL = os.environ.get(
    "HRDD_DATA_LICENCE_URL",
    "https://creativecommons.org/licenses/by/4.0/" if DATA_LICENCE == "CC BY 4.0" else "",
)
# Whom this process serves: public, intake or staff; the trial serves all (hrdd/surfaces.py).
SURFACE = os.environ.get("HRDD_SURFACE", "all" if DEBUG or DEMONSTRATION else "staff")
if SURFACE not in {"public", "intake", "staff", "all"}:
    raise ImproperlyConfigured(f"HRDD_SURFACE must be public, intake, staff or all, not {SURFACE!r}.")
SECRET_KEY = secret("HRDD_SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "HRDD_SECRET_KEY must be set: a long random text, the same for every process of a surface."
    )
# Who needs no key holds none: the public's processes neither of these, those for concerns nothing that opens a text.
SEALING_KEYS = sealing_keys(secret("HRDD_SEALING_KEYS")) if SURFACE in {"staff", "all"} else []
# Finds receipts, vouches for public keys, goes into form tokens; opens no text (ADR 20).
RECEIPT_PEPPERS = peppers(secret("HRDD_RECEIPT_PEPPER")) if SURFACE != "public" else []
# What a guess of a vault passphrase costs; only for keys enrolled from now on.
VAULT_ARGON2_KIB = 64 * 1024
VAULT_ARGON2_PASSES = 3
# Where the quick exit of the pages for concerns leads: a site that everybody opens.
QUICK_EXIT = os.environ.get("HRDD_QUICK_EXIT", "https://www.wikipedia.org/")
# Presses of “send” a minute in one web process: above the first a question is asked, above the second nothing is
# received (ADR 23). A file counts as ten.
INTAKE_QUIET_A_MINUTE = env_count("HRDD_INTAKE_QUIET_A_MINUTE", default=60)
INTAKE_MOST_A_MINUTE = env_count("HRDD_INTAKE_MOST_A_MINUTE", default=3000)
# Signs the publication log and the manifests (Ed25519, PEM). Only the worker reads it; its state stands beside it.
LOG_KEY_FILE = os.environ.get("HRDD_LOG_KEY_FILE", "")
if not (LOG_KEY_FILE or DEBUG or DEMONSTRATION):
    raise ImproperlyConfigured(
        "HRDD_LOG_KEY_FILE must be set: the file of the key that signs what is published (.env.example)."
    )
# Outside places that keep the checkpoints, separated by commas: dir:/a/folder, git:a-remote-or-a-bare-repository.
ANCHORS = [place for place in os.environ.get("HRDD_ANCHORS", "").split(",") if place]
if odd := [place for place in ANCHORS if not place.startswith(("dir:", "git:"))]:
    raise ImproperlyConfigured(f"HRDD_ANCHORS holds {odd[0]!r}; a place starts with dir: or git:.")
# Opens /metrics at the desk's surface for Prometheus; without it nothing is there.
METRICS_TOKEN = secret("HRDD_METRICS_TOKEN")
# A collector of traces (OpenTelemetry, OTLP by HTTP); without it none are made.
TRACES_TO = os.environ.get("HRDD_TRACES_TO", "")
# Where backups go, and the public keys of age that they are sealed to; the private halves are on no server (ADR 38).
BACKUP_FOLDER = os.environ.get("HRDD_BACKUP_FOLDER", "")
BACKUP_RECIPIENTS = [
    one.strip() for one in os.environ.get("HRDD_BACKUP_RECIPIENTS", "").split(",") if one.strip()
]
# The folder of pg_dump and pg_restore; else they are looked for.
POSTGRES_TOOLS = os.environ.get("HRDD_POSTGRES_TOOLS", "")
# What differs from the defaults of the method (risks/rules/method.py), as TOML; risks.queries.method checks it.
METHOD_FILE = os.environ.get("HRDD_METHOD_FILE", "")
METHOD = tomllib.loads(Path(METHOD_FILE).read_text()) if METHOD_FILE else {}
# How long what is kept about cases is kept; its table [retention], which remedies.queries.retention checks.
RETENTION = METHOD.pop("retention", {})
ALLOWED_HOSTS = os.environ.get("HRDD_ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")
# The log's name in its checkpoints; kept from its first entry on.
LOG_ORIGIN = os.environ.get("HRDD_LOG_ORIGIN", f"{ALLOWED_HOSTS[0]}/.well-known/hrdd-log")
OIDC = single_sign_on()
# Named in each manifest, so that whoever re-makes a document knows from which code.
CODE_VERSION = (
    os.environ.get("HRDD_RELEASE")
    or tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "csp",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "hrdd.governance",
    "hrdd.accounts",
    "risks",
    "remedies",
    "transparency",
    "hrdd.oversight",
    "hrdd.workbench",
    "hrdd.notifications",
    "hrdd.dossiers",
    "hrdd.recovery",
    "hrdd.watch",
]
MIDDLEWARE = [
    "hrdd.request_numbers.RequestNumber",
    "hrdd.timings.Timed",
    "hrdd.headers.SafeHeaders",
    "django.middleware.security.SecurityMiddleware",
    "hrdd.database_roles.SurfaceDoor",
    "hrdd.tongues.LanguageOfTheAddress",
    "remedies.access.IntakeStandsApart",  # before whatever knows of cookies, sessions and people
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hrdd.accounts.access.guards.ProofGate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "hrdd.urls"
WSGI_APPLICATION = "hrdd.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hrdd.governance.access.page_furniture",
                "hrdd.tongues.page_language",
            ]
        },
    }
]
DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql:///hrdd")
DATABASES = {"default": database_from_url(with_password(DATABASE_URL, secret("HRDD_DATABASE_PASSWORD")))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "governance.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "hrdd.accounts.queries.breached.BreachedPassword"},
]
# A file of leaked passwords as Have I Been Pwned gives it out: SHA-1 in order, looked up here, not over the network.
BREACHED_PASSWORDS = os.environ.get("HRDD_BREACHED_PASSWORDS", "")
LOGIN_URL = "login"
LOGOUT_REDIRECT_URL = "home"
SESSION_ENGINE = "hrdd.accounts.access.session_store"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = True
# For so many minutes a proof of who somebody is lasts for what they sign, export or change about people.
FRESH_MINUTES = fresh_minutes(os.environ.get("HRDD_FRESH_MINUTES", "10"))
# In the trial a password opens the desk; anywhere that others can reach it never does.
PASSWORD_IS_ENOUGH = env_bool("HRDD_PASSWORD_IS_ENOUGH", default=DEMONSTRATION)
refuse_password_alone(PASSWORD_IS_ENOUGH, hosts=ALLOWED_HOSTS, debug=DEBUG)

# HTTPS everywhere but in the trial on 127.0.0.1; the reverse proxy tells us which one it was.
HTTPS = env_bool("HRDD_HTTPS", default=not (DEBUG or DEMONSTRATION))
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# To be listed in browsers is the choice of whoever owns the domain, and is not taken back for a year.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sessionid"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Where staff reach the desk, for the one link in a mail; mails go nowhere until a server is named.
SITE_URL = os.environ.get("HRDD_SITE_URL", "http://127.0.0.1:8000").rstrip("/")
EMAIL_HOST = os.environ.get("HRDD_EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
EMAIL_PORT = env_count("HRDD_EMAIL_PORT", default=587)
EMAIL_HOST_USER = os.environ.get("HRDD_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = secret("HRDD_EMAIL_PASSWORD")
EMAIL_USE_TLS = env_bool("HRDD_EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("HRDD_EMAIL_FROM", "hrdd@localhost")
# Whether a webhook may be a machine of the own network, and without TLS; never where others can reach the desk.
WEBHOOKS_INSIDE = env_bool("HRDD_WEBHOOKS_INSIDE", default=False)

# To the error output, one JSON object a line, and nowhere else (hrdd/logs.py, docs/security/logs.md).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"what weighs": {"()": "hrdd.logs.WhatWeighs"}},
    "formatters": {"line": {"()": "hrdd.logs.Line"}},
    "handlers": {
        "errors": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["what weighs"]}
    },
    "root": {"handlers": ["errors"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}

LANGUAGE_CODE = "en-gb"
# Of the public pages and of those for concerns (hrdd/tongues.py), each by its own name.
LANGUAGES = [("en-gb", "English"), ("fr", "Français"), ("es", "Español"), ("ar", "العربية")]
# In which language the organisation keeps its record; public pages in another one say so.
RECORD_LANGUAGE = os.environ.get("HRDD_RECORD_LANGUAGE", "en")
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "hrdd.formats"
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("HRDD_STATIC_ROOT") or None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# How often a token, or a person, may ask the API in a minute; 0: as often as they like.
API_REQUESTS_A_MINUTE = env_count("HRDD_API_REQUESTS_A_MINUTE", default=600)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "hrdd.accounts.access.tokens.TokenAuthentication",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["hrdd.request_limits.PerCaller"],
    "DEFAULT_PERMISSION_CLASSES": ["hrdd.governance.access.MayRead"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "hrdd.governance.api.schema.RegisterSchema",
    "EXCEPTION_HANDLER": "hrdd.governance.api.problems.told_as_problem",
    "UNICODE_JSON": False,  # a refusal may repeat a lone surrogate, which UTF-8 cannot hold
}
SPECTACULAR_SETTINGS = {
    "TITLE": "HRDD",
    "DESCRIPTION": "Human rights due diligence: know and show. The same words, rules and permissions as the pages.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["hrdd.governance.access.MayRead"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [  # without the one that takes the values of a field away from it
        "hrdd.governance.api.schema.with_problems",
        "hrdd.request_examples.with_examples",
    ],
    "AUTHENTICATION_WHITELIST": ["hrdd.accounts.access.tokens.TokenAuthentication"],
}

CELERY_BROKER_URL = with_password(
    os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"), secret("HRDD_REDIS_PASSWORD")
)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "hrdd.watch.tasks.tick", "schedule": 20.0},
    "clear-kept-answers": {"task": "hrdd.governance.tasks.clear_kept_answers", "schedule": 3600.0},
    "clear-sessions": {"task": "hrdd.accounts.tasks.clear_sessions", "schedule": 600.0},
    "nightly-reassessment": {"task": "risks.tasks.reassess_nightly", "schedule": crontab(hour=2, minute=0)},
    "policies-come-into-force": {
        "task": "risks.tasks.policies_come_into_force",
        "schedule": crontab(minute=5),
    },
    "remind-of-partners-clocks": {
        "task": "risks.tasks.remind_of_partners_clocks",
        "schedule": crontab(minute=15),
    },
    "ring-waiting-imports": {"task": "risks.tasks.ring_waiting_imports", "schedule": 60.0},
    "reassess-touched": {"task": "risks.tasks.reassess_touched", "schedule": 60.0},
    "remind-of-overdue": {"task": "risks.tasks.remind_of_overdue", "schedule": 60.0},
    "ring-waiting-chunks": {"task": "risks.tasks.ring_waiting_chunks", "schedule": 60.0},
    "end-identity-grants": {"task": "remedies.tasks.end_identity_grants", "schedule": 600.0},
    "remind-of-danger": {"task": "remedies.tasks.remind_of_danger", "schedule": crontab(minute=30)},
    "erase-what-is-due": {
        "task": "remedies.tasks.erase_what_is_due",
        "schedule": crontab(hour=3, minute=20),
    },
    "ask-for-pattern-reviews": {
        "task": "remedies.tasks.ask_for_pattern_reviews",
        "schedule": crontab(hour=3, minute=40),
    },
    "renew-form-keys": {"task": "remedies.tasks.renew_form_keys", "schedule": crontab(minute=1)},
    "ring-unrendered-reports": {"task": "transparency.tasks.ring_unrendered", "schedule": 60.0},
    "seal-publications": {"task": "transparency.tasks.seal_publications", "schedule": 60.0},
    "checkpoint-the-log": {
        "task": "transparency.tasks.checkpoint_the_log",
        "schedule": crontab(minute="*/15"),
    },
    "remind-leadership-of-plans": {
        "task": "hrdd.oversight.tasks.remind_of_plans",
        "schedule": crontab(minute=20),
    },
    "remind-of-sign-offs": {
        "task": "hrdd.oversight.tasks.remind_of_sign_offs",
        "schedule": crontab(minute=25),
    },
    "write-mails": {"task": "hrdd.notifications.tasks.write_mails", "schedule": crontab(hour=6, minute=0)},
    "send-what-is-due": {"task": "hrdd.notifications.tasks.send_what_is_due", "schedule": 30.0},
    "freeze-the-board": {
        "task": "hrdd.oversight.tasks.freeze_figures",
        "schedule": crontab(hour=4, minute=0),
    },
    "ring-unrendered-packs": {"task": "hrdd.oversight.tasks.ring_unrendered_packs", "schedule": 60.0},
    "push-anchors": {"task": "transparency.tasks.push_anchors", "schedule": 60.0},
}
