"""Guards of the pages: who is not allowed is told so, who is not signed in signs in."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from rest_framework.permissions import BasePermission

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from hrdd.surfaces import Surface, surface_of

if TYPE_CHECKING:  # Django REST framework reads its settings, and so this module, while it loads
    from rest_framework.request import Request
    from rest_framework.views import APIView

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def requires(permission: Permission) -> Callable[[View[P]], View[P]]:
    """Let a page open only for people whose role carries the permission."""

    def guard(view: View[P]) -> View[P]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not person(request).may(permission):
                raise PermissionDenied(f"Your role may not {permission}.")
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the access sweep
        return cast("View[P]", guarded)

    return guard


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
        "navigation": [
            {"url": (url := reverse(name)), "label": label, "current": _is_current(url, request.path)}
            for name, label, _permission in mine
        ],
    }


def _is_current(url: str, path: str) -> bool:
    return path == url or (url != reverse("desk") and path.startswith(url))


class MayRead(BasePermission):
    """Open for people whose role carries the permission that the viewset names; its acts ask for their own."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        """Whether the person may read here at all."""
        wanted: Permission = getattr(view, "permission", Permission.READ_DESK)
        user = request.user
        return isinstance(user, User) and user.may(wanted)
