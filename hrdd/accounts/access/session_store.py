"""Where sessions are kept: by the hash of their key, with an end that no clock of the browser moves.

The engine of `SESSION_ENGINE`; Django asks for a class of this name.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone

from hrdd.accounts.models import Session
from hrdd.accounts.rules import TOUCHED_EVERY, session_ended

BEGAN, PROVED, DEVICE = "_began", "_proved", "_device"


def hash_of_key(key: str) -> str:
    """Return what the database keeps of a session's key."""
    return hashlib.sha256(b"hrdd-session\0" + key.encode()).hexdigest()


class SessionStore(SessionBase):
    """A session in PostgreSQL."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds; one that is over, revoked or unknown holds nothing and loses its key."""
        row = Session.objects.filter(key_hash=hash_of_key(self.session_key or "")).first()
        now = timezone.now()
        if row is None or session_ended(
            began=row.began_at, seen=row.seen_at, at=now, known=row.user_id is not None
        ):
            self._session_key = None
            return {}
        if now - row.seen_at >= TOUCHED_EVERY:
            Session.objects.filter(pk=row.pk).update(seen_at=now)
        return dict(self.decode(row.data))

    def exists(self, session_key: str) -> bool:
        """Whether a session has this key."""
        return Session.objects.filter(key_hash=hash_of_key(session_key)).exists()

    def create(self) -> None:
        """Keep what the session holds under a new key."""
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001,FBT002  # as Django calls it
        """Keep what the session holds.

        Raises:
            CreateError: the key is taken.
            UpdateError: it was revoked while the request was under way.
        """
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        now, known = timezone.now(), data.get(SESSION_KEY)
        if known is not None:
            data.setdefault(BEGAN, now.isoformat())
            data.setdefault(PROVED, now.isoformat())
        columns = {
            "data": self.encode(data),
            "user_id": known,
            "device": data.get(DEVICE, ""),
            "proved_at": moment(data, PROVED),
        }
        kept = Session.objects.filter(key_hash=hash_of_key(self.session_key))
        if not must_create:
            if known is not None:
                columns["began_at"] = moment(data, BEGAN)
            if not kept.update(**columns, seen_at=now):
                raise UpdateError
            return
        began = moment(data, BEGAN) or now
        try:
            with transaction.atomic():
                Session.objects.create(
                    key_hash=hash_of_key(self.session_key), began_at=began, seen_at=now, **columns
                )
        except IntegrityError:
            raise CreateError from None

    def delete(self, session_key: str | None = None) -> None:
        """Forget a session: this one, or the one with that key."""
        if key := session_key or self.session_key:
            Session.objects.filter(key_hash=hash_of_key(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Do nothing: the worker clears what is over (hrdd.accounts.tasks)."""


def moment(data: Mapping[str, Any], name: str) -> datetime | None:
    """Return a moment that a session remembers."""
    said = data.get(name)
    return datetime.fromisoformat(said) if said else None
