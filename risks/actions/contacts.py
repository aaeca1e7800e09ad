"""Whom to reach at a partner: sealed, and opened only after the read is on the audit log (RESTRICTED; ADR 0012)."""

from datetime import datetime

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.sealing import seal
from risks.actions.screening import parts_of, refuse_identifying
from risks.actions.sealed_reads import open_after_logging
from risks.models import Partner, PartnerContact


@transaction.atomic
def record_contact(
    partner: Partner, *, role: str, name: str, email: str, phone: str, by: User, at: datetime
) -> PartnerContact:
    """Record whom to reach at a partner; name, e-mail and telephone are sealed before they reach the database.

    Args:
        partner: at which partner.
        role: what they do there, in the clear; it says nothing about who they are.
        name, email, phone: as they gave them; at least one way to reach them.
        by, at: who, and now.

    Raises:
        NotAllowed: the role may not, nothing to reach them by, or a role that tells who they are.
    """
    by.demand(Permission.LOG_LEVERAGE)
    sealed = {"name": name.strip(), "email": email.strip(), "phone": phone.strip()}
    if not role.strip():
        raise NotAllowed("Role: say what they do at the partner, such as “head of compliance”.")
    if not (sealed["email"] or sealed["phone"]):
        raise NotAllowed("E-mail or telephone: give at least one way to reach them.")
    known = [*parts_of({"name": sealed["name"], "contact": sealed["email"]}), sealed["phone"]]
    refuse_identifying({"Role": role}, known=[one for one in known if one])
    contact = PartnerContact.objects.create(
        partner=partner, role=" ".join(role.split()), sealed=seal(sealed), recorded_by=by, recorded_at=at
    )
    _log(contact, "recorded contact", by=by, at=at)
    return contact


def open_contact(contact: PartnerContact, *, by: User, at: datetime) -> dict[str, str]:
    """Return what is sealed about one contact; the read is committed to the audit log before (domain.md 0.1).

    Raises:
        NotAllowed: the role; the read cannot be logged, so nothing is shown; a key is missing.
    """
    by.demand(Permission.LOG_LEVERAGE)
    return open_after_logging(
        contact.sealed, lambda: _log(contact, "opened contact of partner", by=by, at=at)
    )


@transaction.atomic
def erase_contact(contact: PartnerContact, *, by: User, at: datetime) -> None:
    """Erase a contact with all that is sealed, once nobody needs to reach them.

    Raises:
        NotAllowed: the role.
    """
    by.demand(Permission.LOG_LEVERAGE)
    _log(contact, "erased contact", by=by, at=at)
    contact.delete()


def _log(contact: PartnerContact, action: str, *, by: User, at: datetime) -> None:
    record_event(
        by=by.username,
        at=at,
        action=action,
        subject=f"partner {contact.partner_id}",
        detail={"contact": contact.pk},
    )


def note_read_of_marked(partner: Partner, *, by: User, at: datetime) -> None:
    """Log that somebody opened the record of a partner whose name endangers people; of any other, nothing (8.6 N8).

    Args:
        partner: what was opened.
        by, at: who, and now.
    """
    if partner.naming_endangers:
        record_event(
            by=by.username, at=at, action="read of a partner not to be named", subject=f"partner {partner.pk}"
        )
