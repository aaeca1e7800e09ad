"""The records of the vault and of cases."""

from remedies.models.cases import Attachment, Case, CaseConflict, CaseMember, Message, SealedIdentity
from remedies.models.custody import IdentityRequest
from remedies.models.keys import (
    CaseKey,
    CaseKeyWrap,
    FormKey,
    IdentityKeyWrap,
    RecoveryKey,
    RecoveryShare,
    ReplyKey,
    VaultKey,
    VaultTries,
    VaultUnlock,
)
from remedies.models.patterns import PatternReview
from remedies.models.ratings import Rating
from remedies.models.read_log import ReadLog
from remedies.models.remedies import Remedy, SystemicAction
from remedies.models.retention import LegalHold, Tombstone
from remedies.models.watch import ParallelProceeding, RetaliationCheck

__all__ = [
    "Attachment",
    "Case",
    "CaseConflict",
    "CaseKey",
    "CaseKeyWrap",
    "CaseMember",
    "FormKey",
    "IdentityKeyWrap",
    "IdentityRequest",
    "LegalHold",
    "Message",
    "ParallelProceeding",
    "PatternReview",
    "Rating",
    "ReadLog",
    "RecoveryKey",
    "RecoveryShare",
    "Remedy",
    "ReplyKey",
    "RetaliationCheck",
    "SealedIdentity",
    "SystemicAction",
    "Tombstone",
    "VaultKey",
    "VaultTries",
    "VaultUnlock",
]
