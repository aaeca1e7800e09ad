"""What every part of the API shares: who may, and how a refusal is told (RFC 9457)."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, RoleMayNot

PROBLEM = "application/problem+json"


def caller(request: Request) -> User:
    """Return who is asking; only behind MayRead."""
    return cast("User", request.user)


def checked(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return what was sent, cleaned by its shape.

    Raises:
        ValidationError: naming each field and what is wrong with it.
    """
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def told_as_problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error as a problem (RFC 9457): a rule's refusal is a conflict, told in the rule's own sentence."""
    if isinstance(exc, RoleMayNot):
        return _problem(status.HTTP_403_FORBIDDEN, "Not allowed", str(exc))
    if isinstance(exc, NotAllowed):
        return _problem(status.HTTP_409_CONFLICT, "Refused by a rule", str(exc))
    if isinstance(exc, ValueError) and type(exc).__module__.startswith("risks.rules"):
        return _problem(status.HTTP_400_BAD_REQUEST, "Bad input", str(exc))
    if isinstance(exc, Http404):
        return _problem(status.HTTP_404_NOT_FOUND, "Not found", "There is nothing here for you.")
    if isinstance(exc, PermissionDenied):
        return _problem(status.HTTP_403_FORBIDDEN, "Not allowed", str(exc) or "Your role may not.")
    answer = exception_handler(exc, context)
    if answer is not None and isinstance(exc, exceptions.ValidationError):
        answer.data = _body(answer.status_code, "Bad input", "Mend what is named under errors.") | {
            "errors": exc.detail
        }
        answer.content_type = PROBLEM
    elif answer is not None and isinstance(exc, exceptions.APIException):
        answer.data = _body(
            answer.status_code, exc.default_code.replace("_", " ").capitalize(), str(exc.detail)
        )
        answer.content_type = PROBLEM
    return answer


def _problem(code: int, title: str, detail: str) -> Response:
    return Response(_body(code, title, detail), status=code, content_type=PROBLEM)


def _body(code: int, title: str, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": code, "detail": detail}
