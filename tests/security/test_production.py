"""What an installation does that names its host and its secrets and no more."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.core.checks import WARNING, run_checks
from django.test import Client

from hrdd.governance.models import User
from hrdd.governance.rules import Role
from tests.security.conftest import HOST

A_YEAR = 365 * 24 * 3600
OWASP_ROUNDS = 600_000  # of PBKDF2 with SHA-256, Password Storage Cheat Sheet


def test_the_settings_of_production_have_nothing_to_warn_of(
    production: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same as `manage.py check --deploy --fail-level WARNING`."""
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)  # the browser tests set it
    told = [
        one
        for one in run_checks(include_deployment_checks=True)
        if one.level >= WARNING and not one.is_silenced()
    ]

    assert told == []
    assert production["SILENCED_SYSTEM_CHECKS"] == ["security.W021"]
    assert not settings.DEBUG


def test_passwords_are_kept_by_a_slow_function(production: dict[str, Any]) -> None:
    kept = make_password("four words nobody would join")

    assert identify_hasher(kept).algorithm == "pbkdf2_sha256"
    assert int(kept.split("$")[1]) >= OWASP_ROUNDS


# Where answers come from: pages, assets, refusals of each middleware, and failures.
ASKED = [
    ("GET", "/", 200),
    ("GET", "/risks/", 200),
    ("GET", "/raise/", 200),
    ("GET", "/raise/xx/", 404),
    ("PUT", "/raise/", 405),
    ("GET", "/follow/en/", 200),
    ("GET", "/sign-in/", 200),
    ("POST", "/sign-in/", 403),
    ("GET", "/desk/", 302),
    ("GET", "/desk/nothing-here/", 404),
    ("GET", "/api/v1/risks/", 403),
    ("GET", "/api/v1/nothing/", 404),
    ("GET", "/nothing-here/", 404),
    ("POST", "/", 403),
    ("GET", "/livez", 200),
    ("GET", "/reports/1999/", 404),
    ("GET", "/.well-known/hrdd-log/checkpoint", 404),
    ("GET", "/static/css/site.css", 200),
    ("GET", "/static/js/passkey.js", 200),
    ("GET", "/static/img/mark.svg", 200),
    ("GET", "/static/nothing.css", 404),
]
ON_ALL = {
    "Strict-Transport-Security": f"max-age={A_YEAR}; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
IN_EACH_POLICY = ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")


def demand_headers(answer: Any) -> None:
    for name, said in ON_ALL.items():
        assert answer.headers[name] == said, name
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "camera=()" in answer.headers["Permissions-Policy"]
    for part in IN_EACH_POLICY:
        assert part in answer.headers["Content-Security-Policy"], part
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not any(name.lower().startswith("access-control") for name in answer.headers)
    assert "Server" not in answer.headers
    if answer.headers.get("Content-Type", "").startswith("text/"):
        assert "charset=utf-8" in answer.headers["Content-Type"].lower().replace('"', "")
    answer.close()


@pytest.mark.parametrize(("method", "address", "status"), ASKED)
def test_every_answer_tells_the_browser_what_it_may(
    db: None, visitor: Client, method: str, address: str, status: int
) -> None:
    answer = visitor.generic(method, address)

    assert answer.status_code == status
    demand_headers(answer)


def test_an_error_tells_nothing(db: None, visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hrdd.watch.queries.readiness", None)  # so that the page fails
    answer = visitor.get("/readyz")

    assert answer.status_code == 500
    demand_headers(answer)
    for word in ("Traceback", "NoneType", "settings", "readiness", "Django"):
        assert word not in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/desk/",
        "/desk/risks/",
        "/desk/account/",
        "/board/",
        "/api/v1/risks/",
        "/desk/nothing-here/",
        "/sign-in/",
    ],
)
def test_no_page_of_the_desk_is_kept(db: None, visitor: Client, address: str) -> None:
    visitor.force_login(User.objects.create_user("eve", "x", display_name="Eve", roles=[Role.SENIOR]))

    assert "no-store" in visitor.get(address).headers["Cache-Control"]


def test_every_cookie_belongs_to_this_host_alone(db: None, visitor: Client) -> None:
    User.objects.create_user("eve", "four words nobody would join", display_name="Eve", roles=[Role.SENIOR])
    page = visitor.get("/sign-in/")
    token = page.content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    given = {"username": "eve", "password": "four words nobody would join", "csrfmiddlewaretoken": token}
    answer = visitor.post("/sign-in/", given, headers={"referer": f"https://{HOST}/sign-in/"})
    cookies = page.cookies | answer.cookies

    assert answer.status_code == 302
    assert set(cookies) == {"__Host-csrf", "__Host-sid"}
    for one in cookies.values():
        assert (one["secure"], one["httponly"], one["samesite"]) == (True, True, "Strict")
        assert (one["path"], one["domain"]) == ("/", "")


def test_what_comes_in_the_clear_is_led_to_https_or_refused(db: None, production: dict[str, Any]) -> None:
    """A person is led on; a program is told, so that nobody takes it for well done (ASVS 4.1.2)."""
    clear = Client(headers={"host": HOST})
    page, program = clear.get("/desk/"), clear.get("/api/v1/risks/")

    assert (page.status_code, page.headers["Location"]) == (301, f"https://{HOST}/desk/")
    assert program.status_code == 403
    assert "https://" in program.json()["detail"]


@pytest.mark.parametrize(
    "address", ["/", "/desk/", "/sign-in/", "/raise/", "/api/v1/risks/", "/livez", "/static/css/site.css"]
)
def test_trace_is_refused(db: None, visitor: Client, address: str) -> None:
    answer = visitor.generic("TRACE", address, headers={"x-secret": "heron"})

    assert answer.status_code in {403, 404, 405}
    assert b"heron" not in b"".join(answer)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "/.git/config",
            "/.env",
            "/manage.py",
            "/hrdd/settings.py",
            "/static/",
            "/static/css/",
            "/static/js/..",
        ),
        *(
            "/static/../hrdd/settings.py",
            "/static/%2e%2e/manage.py",
            "/static/css/../../manage.py",
            "/static//etc/passwd",
        ),
        *(
            "/static/js/..%2f..%2fmanage.py",
            "/static/css/site.css/",
            "/static/..%5cmanage.py",
            "/media/",
            "/admin/",
        ),
    ],
)
def test_what_is_no_page_is_not_there(db: None, visitor: Client, address: str) -> None:
    answer = visitor.get(address)

    assert answer.status_code == 404
    assert b"SECRET_KEY" not in b"".join(answer)


@pytest.mark.parametrize(
    "sent",
    [
        {"x-forwarded-host": "evil.example"},
        {"x-forwarded-port": "8443"},
        {"x-original-url": "/desk/"},
        {"x-rewrite-url": "/desk/"},
        {"x-http-method-override": "DELETE"},
        {"x-forwarded-for": "127.0.0.1"},
        {"forwarded": "host=evil.example;proto=http"},
        {"remote-user": "eve"},
    ],
    ids=lambda sent: next(iter(sent)),
)
def test_no_header_of_a_visitor_is_believed(db: None, visitor: Client, sent: dict[str, str]) -> None:
    answer = visitor.get("/desk/", headers=sent)

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in/?next=/desk/"


@pytest.mark.parametrize("host", ["evil.example", f"{HOST}.evil.example", f"{HOST}@evil.example", "", "[::1"])
def test_another_host_is_not_answered(db: None, visitor: Client, host: str) -> None:
    answer = visitor.get("/", headers={"host": host})

    assert answer.status_code == 400
    assert b"evil" not in answer.content
