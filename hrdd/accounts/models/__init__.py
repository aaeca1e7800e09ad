"""Sessions, what people prove who they are with, and who may what by whose decision."""

from hrdd.accounts.models.factors import (
    FactorStanding,
    OrganisationAccount,
    Passkey,
    RecoveryCode,
    Totp,
    TryInVain,
)
from hrdd.accounts.models.people import AccessReview, Delegation, Invitation, ReviewLine, RoleChange
from hrdd.accounts.models.sessions import Session
from hrdd.accounts.models.tokens import ApiToken

__all__ = [
    "AccessReview",
    "ApiToken",
    "Delegation",
    "FactorStanding",
    "Invitation",
    "OrganisationAccount",
    "Passkey",
    "RecoveryCode",
    "ReviewLine",
    "RoleChange",
    "Session",
    "Totp",
    "TryInVain",
]
