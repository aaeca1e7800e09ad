"""Who asks with a token: `Authorization: Bearer hrdd_…`, in the API and nowhere else."""

from contextlib import suppress

from django.db import DatabaseError, transaction
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from hrdd.accounts.actions.tokens import note_use
from hrdd.accounts.models import ApiToken
from hrdd.accounts.rules.tokens import hash_of_token
from hrdd.governance.models import User
from hrdd.problems import Problem
from hrdd.request_numbers import ask_with_token

SCHEME = "bearer"


class NoSuchToken(exceptions.APIException):
    """A token that opens nothing; why it does not is told to nobody."""

    status_code = Problem.NO_SUCH_TOKEN.value.status
    default_detail = "This token is unknown, revoked or past its day."
    default_code = "no_such_token"
    auth_header = 'Bearer error="invalid_token"'


class TokenAuthentication(BaseAuthentication):
    """Takes the person of a token, with the token as what limits them."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return who asks, or nothing where no token was sent.

        Raises:
            NoSuchToken: it is unknown, revoked, past its day, or of an account that is closed.
        """
        scheme, _, said = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        now = timezone.now()
        token = ApiToken.objects.select_related("user").filter(token_hash=hash_of_token(said.strip())).first()
        if token is None or not token.stands(now) or not token.user.is_active:
            raise NoSuchToken
        with (
            suppress(DatabaseError),
            transaction.atomic(),
        ):  # where nothing can be written, it is read all the same
            note_use(token, at=now)
        ask_with_token(f"{token.name} ({token.pk})")
        return token.user, token


class TokenInTheSchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of it."""

    target_class = "hrdd.accounts.access.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the scheme of OpenAPI."""
        return {
            "type": "http",
            "scheme": SCHEME,
            "description": "A token of /desk/account/tokens/, which its person makes, limits and revokes.",
        }
