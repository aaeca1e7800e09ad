"""Guards of the pages: who is not allowed is told so, who is not signed in signs in."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from rest_framework.permissions import BasePermission

from hrdd.governance.models import User
from hrdd.governance.rules import Permission, RoleMayNot
from hrdd.surfaces import Surface, surface_of

if TYPE_CHECKING:  # Django REST framework reads its settings, and so this module, while it loads
    from rest_framework.request import Request
    from rest_framework.views import APIView

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# A page with a form. Whatever answers GET answers HEAD (RFC 9110, 9.3.2).
require_safe_or_post = require_http_methods(["GET", "HEAD", "POST"])


def requires(*permissions: Permission, acting: Iterable[Permission] = ()) -> Callable[[View[P]], View[P]]:
    """Let a page open only for people whose role carries one of the permissions.

    Args:
        permissions: any one of them opens the page.
        acting: any one of these is asked for as well where something is sent, on a page that more people read than
            act on; what the record itself asks for stays with the action.
    """
    asked = frozenset(acting)

    def guard(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            _demand_one(person(request), permissions)
            if asked and request.method not in SAFE:
                _demand_one(person(request), sorted(asked))
            return view(request, *args, **kwargs)

        guarded.permissions = frozenset(permissions)  # type: ignore[attr-defined]  # read by the permission cube
        guarded.acting = asked  # type: ignore[attr-defined]
        return cast("View[P]", guarded)

    return guard


def _demand_one(user: User, permissions: Sequence[Permission]) -> None:
    if not any(user.may(one) for one in permissions):
        raise PermissionDenied(f"Your role may not {' or '.join(permissions)}.")


def person(request: HttpRequest) -> User:
    """Return who is signed in on a guarded page."""
    return cast("User", request.user)


PAGES = (
    ("desk", "Desk", Permission.READ_DESK),
    ("inbox", "Inbox", Permission.READ_DESK),
    ("risk-list", "Risks", Permission.READ_DESK),
    ("involvement-list", "Involvement", Permission.READ_DESK),
    ("measure-list", "Measures", Permission.READ_DESK),
    ("dilemma-list", "Dilemmas", Permission.READ_DESK),
    ("partner-list", "Partners", Permission.READ_DESK),
    ("consultation-list", "Consultations", Permission.READ_DESK),
    ("model-review-list", "Business model", Permission.READ_DESK),
    ("change-list", "Changes", Permission.READ_DESK),
    ("policy-list", "Policies", Permission.READ_DESK),
    ("case-list", "Cases", Permission.READ_CASES),
    ("custody", "Custody", Permission.KEEP_IDENTITIES),
    ("report-list", "Reports", Permission.READ_DESK),
    ("case-retention", "Erasure", Permission.HOLD_CASES),
    ("sign-off-list", "Sign-offs", Permission.READ_DESK),
    ("oversight", "Oversight", Permission.READ_DESK),
    ("board", "Board", Permission.READ_BOARD),
    ("audit-list", "Audit", Permission.READ_AUDIT),
    ("people-list", "People", Permission.READ_PEOPLE),
    ("webhook-list", "Webhooks", Permission.MANAGE_WEBHOOKS),
    ("status", "Status", Permission.READ_STATUS),
    ("shared-list", "Shared with me", Permission.READ_SHARED),
)

# What stands behind "More" where the bar would be too long for one line: each is reached from the desk and its records.
APART = frozenset(
    {
        *("involvement-list", "dilemma-list", "consultation-list", "model-review-list", "change-list"),
        *("policy-list", "custody", "case-retention", "webhook-list", "status"),
    }
)
FEWEST_APART = 3


def first_page(user: User) -> str:
    """Return where a person starts after sign-in: the first page that opens for them, or else the public one."""
    return reverse(next((name for name, _label, permission in PAGES if user.may(permission)), "home"))


def page_furniture(request: HttpRequest) -> dict[str, Any]:
    """Return what every page shows: the organisation, whether this is a demonstration, and the way around.

    A public page is the same for all: who asks is not even looked up.
    """
    shared = {"organisation": settings.ORGANISATION, "demonstration": settings.DEMONSTRATION}
    if surface_of(request.path) is Surface.PUBLIC:
        site = f"{request.scheme}://{request.get_host()}"
        return {**shared, "site": site, "canonical": f"{site}{request.path}"}
    user = request.user
    mine = [page for page in PAGES if isinstance(user, User) and user.may(page[2])]
    return {
        **shared,
        "reads_the_desk": isinstance(user, User) and user.may(Permission.READ_DESK),
        **_navigation(mine, request.path),
    }


def _navigation(mine: Collection[tuple[str, str, Permission]], path: str) -> dict[str, Any]:
    """Return the way around in three lists: all of it, what the bar shows, and what it keeps behind "More"."""
    links = {
        name: {"url": (url := reverse(name)), "label": label, "current": _is_current(url, path)}
        for name, label, _permission in mine
    }
    apart = APART & links.keys() if len(APART & links.keys()) >= FEWEST_APART else frozenset()
    return {
        "navigation": list(links.values()),
        "navigation_bar": [one for name, one in links.items() if name not in apart],
        "navigation_apart": [one for name, one in links.items() if name in apart],
    }


def _is_current(url: str, path: str) -> bool:
    return path == url or (url != reverse("desk") and path.startswith(url))


class MayRead(BasePermission):
    """Open for people whose role carries the permission that the viewset names; each act `asks` for its own.

    Whoever may not act learns nothing of what they sent, nor of the record; what the record itself asks for stays with
    the action.
    """

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        """Whether the person may read here at all, and take this act.

        Raises:
            RoleMayNot: they read here and none of their roles may take the act.
        """
        wanted: Permission = getattr(view, "permission", Permission.READ_DESK)
        user = request.user
        if not isinstance(user, User) or not user.may(wanted):
            return False
        _demand_scope(request, view)
        act: str | None = getattr(view, "action", None)  # none where the method is not offered
        if act is None or request.method in SAFE:
            return True
        asked: Collection[Permission] = getattr(view, "asks", {}).get(act, ())
        if not any(user.may(one) for one in asked):
            raise RoleMayNot(f"Your role may not {' or '.join(sorted(asked)) or 'do this'}.")
        return True


def token_opens(request: "Request", register: type, *, acting: bool = False) -> bool:
    """Whether what a token may opens a part of the API; people who are signed in are asked for their role alone."""
    token: Any = request.auth  # hrdd.accounts.models.ApiToken, or nothing
    return token is None or token.allows(_area_of(register), acting=acting)


def _area_of(register: type) -> str:
    """Return the app of a register, which is the first half of its scopes."""
    return str(getattr(register, "area", register.__module__.removeprefix("hrdd.").partition(".")[0]))


def _demand_scope(request: "Request", view: "APIView") -> None:
    """Refuse a token whose scopes do not open this part of the API.

    Raises:
        RoleMayNot: naming the scope.
    """
    acting = request.method not in SAFE
    if not token_opens(request, type(view), acting=acting):
        scope = f"{_area_of(type(view))}:{'write' if acting else 'read'}"
        raise RoleMayNot(f"This token may not: it has no scope {scope}.")
