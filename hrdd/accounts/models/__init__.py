"""Sessions, and what people prove who they are with."""

from hrdd.accounts.models.factors import (
    FactorStanding,
    OrganisationAccount,
    Passkey,
    RecoveryCode,
    Totp,
    TryInVain,
)
from hrdd.accounts.models.sessions import Session

__all__ = ["FactorStanding", "OrganisationAccount", "Passkey", "RecoveryCode", "Session", "Totp", "TryInVain"]
