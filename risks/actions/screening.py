"""What guards every act on a consultation: the team, and texts that could identify somebody (domain.md 0.4, 7)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, canonical_hash
from hrdd.sealing import CannotOpen, open_sealed
from risks.models import Consultation
from risks.queries.consultations import is_team
from risks.queries.partners import never_named
from risks.rules.screening import identifying_details, names_one

SHORTEST_PART = 3


def demand_team(consultation: Consultation, by: User) -> None:
    """Refuse whoever is not of the engagement team.

    Raises:
        NotAllowed: they are not.
    """
    if not is_team(by, consultation):
        raise NotAllowed("Only the engagement team of a consultation works on it (UNGP 21(c)).")


def refuse_identifying(texts: Mapping[str, str], *, known: Sequence[str] = ()) -> None:
    """Refuse to store what could identify a person.

    Args:
        texts: what is to be stored, by the label of its field.
        known: names, pseudonyms and contacts of participants; they are not repeated in the sentence.

    Raises:
        NotAllowed: what must be taken out, and where.
    """
    for label, said in texts.items():
        if found := identifying_details(said):
            raise NotAllowed(f"{label}: take out what could identify a person: {', '.join(found)}.")
        if identifying_details(said, known=known):
            raise NotAllowed(
                f"{label}: it holds the name, the pseudonym or the contact of somebody who was consulted. Take it out."
            )


def refuse_naming(texts: Mapping[str, str]) -> None:
    """Refuse to let a partner be named outside where its name endangers people (domain.md 8.6 N8).

    Args:
        texts: what would leave the desk, by the label of its field.

    Raises:
        NotAllowed: which text names one.
    """
    partners = never_named()
    for label, said in texts.items():
        if names_one(said, partners):
            raise NotAllowed(
                f"{label}: it names a partner whose name endangers people (UNGP 21(c)). Say what the partner "
                "does instead."
            )


def refuse_endangering(texts: Mapping[str, str], *, known: Sequence[str] = ()) -> None:
    """Refuse texts that others will read and that could identify a person, or name a partner that must not be named.

    Args:
        texts, known: as in refuse_identifying.

    Raises:
        NotAllowed: what must be taken out, and where (domain.md 0.4, 8.6 N8).
    """
    refuse_identifying(texts, known=known)
    refuse_naming(texts)


def known_of(consultation: Consultation) -> list[str]:
    """Return the names, pseudonyms and contacts that no text about a consultation may hold; they are shown to nobody.

    Raises:
        NotAllowed: a key is missing, so that the texts cannot be compared.
    """
    known: list[str] = []
    for participant in consultation.participants.all():
        try:
            sealed = open_sealed(bytes(participant.sealed))
        except CannotOpen:
            raise NotAllowed(
                "What is sealed about the participants cannot be opened here, so the text cannot be compared with it. "
                "Nothing was stored. Ask whoever keeps the sealing keys."
            ) from None
        known += [participant.pseudonym, *parts_of(sealed)]
    return known


def parts_of(sealed: Mapping[str, str]) -> list[str]:
    """Return a name and its parts, and a contact whole and line by line."""
    name, contact = sealed.get("name", ""), sealed.get("contact", "")
    parts = [
        name,
        contact,
        *contact.splitlines(),
        *(one for one in name.split() if len(one) >= SHORTEST_PART),
    ]
    return [one for one in parts if one.strip()]


def content_hash(consultation: Consultation) -> str:
    """Return the SHA-256 of all that others may come to read; a screening is bound to it."""
    findings = consultation.findings.order_by("pk")
    content: dict[str, Any] = {
        "texts": texts_of(consultation),
        "findings": [
            [one.pk, one.is_quote, one.you_said, one.theme, one.response, one.we_did, one.reasons]
            for one in findings
        ],
    }
    return canonical_hash(content)


def texts_of(consultation: Consultation) -> dict[str, str]:
    """Return the texts of a consultation that others may come to read, by their labels."""
    return {
        "Title": consultation.title,
        "Question": consultation.question,
        "Why others speak for them": consultation.proxy_reasons,
        "Limits": consultation.limits,
        "Breakdown": "; ".join(str(part["group"]) for part in consultation.breakdown),
        "Languages": "; ".join(consultation.languages),
        "Summary": consultation.summary,
    }


def all_texts_of(consultation: Consultation) -> dict[str, str]:
    """Return the texts of a consultation and of its findings, by where they stand."""
    texts = texts_of(consultation)
    for number, one in enumerate(consultation.findings.all(), start=1):
        said = {"": one.you_said, ", theme": one.theme, ", we did": one.we_did, ", reasons": one.reasons}
        texts |= {f"Finding {number}{part}": words for part, words in said.items()}
    return texts


def log(consultation: Consultation, action: str, *, by: User, at: datetime, **detail: Any) -> None:
    """Log by ids and codes only (N1, N12)."""
    record_event(
        by=by.username, at=at, action=action, subject=f"consultation {consultation.pk}", detail=detail
    )
