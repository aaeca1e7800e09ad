"""Open what is sealed, only once the read is committed to the audit log (domain.md 0.1, 0.4; ADR 0012)."""

from collections.abc import Callable

from django.db import DatabaseError, transaction

from hrdd.governance.rules import NotAllowed
from hrdd.sealing import CannotOpen, open_sealed


def open_after_logging(sealed: bytes | memoryview, log_read: Callable[[], None]) -> dict[str, str]:
    """Return what was sealed, after the read was logged and committed; nothing is opened where it cannot be.

    Args:
        sealed: the ciphertext.
        log_read: writes the read to the audit log.

    Raises:
        NotAllowed: the read cannot be logged, so nothing is shown; a key is missing.
        RuntimeError: a transaction is open, which could take the log back.
    """
    try:
        with transaction.atomic(durable=True):
            log_read()
    except DatabaseError:
        raise NotAllowed(
            "The read could not be written to the audit log, so nothing is shown. Tell whoever runs the system."
        ) from None
    try:
        return open_sealed(bytes(sealed))
    except CannotOpen as refusal:
        raise NotAllowed(f"{refusal} Ask whoever keeps the sealing keys.") from None
