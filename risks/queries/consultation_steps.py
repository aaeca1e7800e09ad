"""What comes next in a consultation, and why not yet, for a person of its engagement team."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.models import Consultation
from risks.queries.consultations import is_told
from risks.rules.consultation import (
    ConsultationState,
    Safeguard,
    check_refusal,
    closing_refusals,
    publication_refusals,
    safeguards_missing,
)

WAY = tuple(ConsultationState)


@dataclass(frozen=True)
class Offer:
    """A step that may be taken: on a page (`address`), or by a button (`step`); `refusal` says why not yet."""

    label: str
    address: str = ""
    step: str = ""
    refusal: str = ""
    second: bool = False


def way_of(consultation_state: str) -> list[tuple[str, bool]]:
    """Return the states with whether each was reached."""
    reached = WAY.index(ConsultationState(consultation_state))
    return [(str(one).replace("_", " ").capitalize(), number <= reached) for number, one in enumerate(WAY)]


def offers_of(consultation: Consultation, user: User) -> list[Offer]:
    """Return what comes next, what this person can take first, and the rest with why they cannot, or not yet."""
    found = OFFERS[ConsultationState(consultation.state)](consultation, user)
    if user.may(Permission.RUN_CONSULTATION):
        found.append(Offer("Change the team", "consultation-team", second=True))
    return sorted(found, key=lambda one: one.refusal != "")


def _role(user: User, permission: Permission, otherwise: str = "") -> str:
    if user.may(permission):
        return otherwise
    return f"Your role may not {permission}; ask a member of the team whose role may."


def _planned(one: Consultation, user: User) -> list[Offer]:
    vulnerable = {each for group in one.groups.all() for each in group.vulnerabilities}
    lacking = [
        check_refusal(
            risk_to_participants=one.risk_to_participants, by_organiser=one.organiser_id == user.pk
        ),
        *safeguards_missing(
            risk_to_participants=one.risk_to_participants,
            vulnerabilities=vulnerable,
            safeguards=one.safeguards,
        ),
    ]
    refusal = _role(user, Permission.CHECK_SAFEGUARDS, " ".join(filter(None, lacking)))
    change = Offer(
        "Change the plan",
        "consultation-plan-change",
        refusal=_role(user, Permission.RUN_CONSULTATION),
        second=True,
    )
    return [Offer("Check the safeguards", "consultation-check", refusal=refusal), change]


def _checked(_one: Consultation, user: User) -> list[Offer]:
    refusal = _role(user, Permission.RUN_CONSULTATION)
    return [Offer("Record that it was held", "consultation-hold", refusal=refusal)]


def _held(one: Consultation, user: User) -> list[Offer]:
    run = _role(user, Permission.RUN_CONSULTATION)
    unscreened = (
        "" if one.screened_at else "Another member of the team must screen summary and findings first."
    )
    return [
        Offer("Record a finding", "consultation-finding", refusal=run),
        Offer("Write the summary", "consultation-summary", refusal=run, second=True),
        Offer("Screen for what identifies people", "consultation-screen", refusal=_screening(one, user)),
        Offer("Close the summary", step="summarise", refusal=run or unscreened),
    ]


def _screening(one: Consultation, user: User) -> str:
    wrote = one.findings.filter(recorded_by=user) | one.findings.filter(answered_by=user)
    if user.pk == one.organiser_id or wrote.exists():
        return "SD1: whoever organised it, recorded a finding or answered one does not screen it."
    missing = "" if one.summary else "The summary is not written yet."
    return _role(user, Permission.CHECK_SAFEGUARDS, missing)


def _summarised(_one: Consultation, user: User) -> list[Offer]:
    refusal = _role(user, Permission.RUN_CONSULTATION)
    return [Offer("Record that participants agreed", "consultation-validate", refusal=refusal)]


def _validated(one: Consultation, user: User) -> list[Offer]:
    waiting = one.findings.filter(response="").count()
    refusal = f"E2: {waiting} finding{'' if waiting == 1 else 's'} without an answer." if waiting else ""
    return [
        Offer("Close the answers", step="respond", refusal=_role(user, Permission.RUN_CONSULTATION, refusal))
    ]


def _responded(one: Consultation, user: User) -> list[Offer]:
    unchecked = one.participants.filter(checked_on_at__isnull=True).exists()
    lacking = closing_refusals(
        told=is_told(one),
        check_promised=Safeguard.POST_CONTACT_CHECK_30D in one.safeguards,
        checks_made=one.participants.exists() and not unchecked,
    )
    close = Offer(
        "Close the consultation",
        step="close",
        refusal=_role(user, Permission.RUN_CONSULTATION, " ".join(lacking)),
        second=True,
    )
    return [*_closed(one, user), close]


def _closed(one: Consultation, user: User) -> list[Offer]:
    run, told = _role(user, Permission.RUN_CONSULTATION), is_told(one)
    if one.published:
        return [Offer("Take it back from the public page", step="unpublish", refusal=run, second=True)]
    last = one.findings.order_by("-answered_at").values_list("answered_at", flat=True).first()
    since = one.screened_at is not None and (last is None or last <= one.screened_at)
    lacking = publication_refusals(
        responded=True, screened=one.screened_at is not None, screened_since=since, told=told
    )
    offers = [] if told else [Offer("Record that everybody was told", step="tell", refusal=run)]
    if not since:
        offers.append(Offer("Screen the answers", "consultation-screen", refusal=_screening(one, user)))
    publish = Offer("Publish “you said, we did”", step="publish", refusal=run or " ".join(lacking))
    return [*offers, publish]


OFFERS: Mapping[ConsultationState, Callable[[Consultation, User], list[Offer]]] = {
    ConsultationState.PLANNED: _planned,
    ConsultationState.SAFEGUARDS_CHECKED: _checked,
    ConsultationState.HELD: _held,
    ConsultationState.SUMMARISED: _summarised,
    ConsultationState.VALIDATED_BY_PARTICIPANTS: _validated,
    ConsultationState.RESPONDED: _responded,
    ConsultationState.CLOSED: _closed,
}
