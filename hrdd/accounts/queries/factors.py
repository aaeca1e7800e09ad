"""What a person has set to prove who they are with."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from hrdd.accounts.models import ApiToken, OrganisationAccount, Passkey, RecoveryCode, Session, Totp
from hrdd.governance.models import User


@dataclass(frozen=True)
class Factors:
    """The ways of one person to prove who they are."""

    passkeys: list[Passkey]
    totp: Totp | None
    codes_left: int
    organisation: OrganisationAccount | None

    @property
    def second(self) -> bool:
        """Whether there is more than a password."""
        return bool(self.passkeys) or self.totp is not None


def factors_of(user: User) -> Factors:
    """Return what a person has set."""
    return Factors(
        passkeys=list(Passkey.objects.filter(user=user)),
        totp=Totp.objects.filter(user=user).first(),
        codes_left=RecoveryCode.objects.filter(user=user, used_at__isnull=True).count(),
        organisation=OrganisationAccount.objects.filter(user=user).first(),
    )


def has_second_factor(user: User) -> bool:
    """Whether a person has set a passkey or an authenticator app."""
    return Totp.objects.filter(user=user).exists() or Passkey.objects.filter(user=user).exists()


def sessions_of(user: User) -> list[Session]:
    """Return the sessions of a person, the one used last first."""
    return list(Session.objects.filter(user=user))


def tokens_that_stand(*, at: datetime) -> QuerySet[ApiToken]:
    """Return the tokens of everybody that open something now, by person."""
    standing = ApiToken.objects.filter(revoked_at=None, expires_at__gt=at, user__is_active=True)
    return standing.select_related("user").order_by("user__display_name", "expires_at", "pk")


def tokens_of(user: User, *, at: datetime) -> list[ApiToken]:
    """Return the tokens of a person, the latest first, each with whether it `stands_now`."""
    tokens = list(ApiToken.objects.filter(user=user))
    for one in tokens:
        one.stands_now = one.stands(at)  # type: ignore[attr-defined]  # for the page
    return tokens
