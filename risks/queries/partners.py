"""Partners and the relationships with them, as the desk shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from risks.models import (
    Onboarding,
    Partner,
    PartnerCorrection,
    PartnerNote,
    Relationship,
    RelationshipRisk,
)
from risks.queries.time_to_change import Reading, clocks_of_page
from risks.rules.onboarding import OnboardingStatus
from risks.rules.screening import names_one

WITHHELD = "withheld: naming the partner endangers people"


def marked_among(relationships: Sequence[int]) -> int:
    """Return how many of some relationships are with a partner whose name endangers people (8.6 N8)."""
    return Relationship.objects.filter(pk__in=relationships).exclude(partner__naming_endangers="").count()


def never_named() -> list[str]:
    """Return the names of the partners that are not named outside the desk, as it would endanger people (8.6 N8)."""
    return list(Partner.objects.exclude(naming_endangers="").values_list("name", flat=True))


def told_outside(said: str, names: Sequence[str]) -> str:
    """Return a text as files and the API tell it: withheld where it names a partner that must not be named (N8).

    Args:
        said: what is on record.
        names: what never_named returns.
    """
    return WITHHELD if names_one(said, names) else said


def pressing_of(relationship: Relationship, *, on: date) -> Reading | None:
    """Return the most pressing clock of a relationship; none where no harm is tied to it or it has ended."""
    if relationship.status == Relationship.Status.ENDED:
        return None
    [(_one, reading)] = clocks_of_page([relationship], on=on)
    return reading


def corrections_of(relationship: Relationship) -> QuerySet[PartnerCorrection]:
    """Return what was corrected of a relationship or of its partner, the latest first."""
    mine = Q(relationship=relationship) | Q(partner=relationship.partner_id, relationship__isnull=True)
    return PartnerCorrection.objects.filter(mine)


def notes_of(partner: Partner) -> tuple[list[PartnerNote], list[PartnerNote]]:
    """Return the notes about a partner that stand, and those that were replaced."""
    notes = list(partner.notes.select_related("recorded_by", "replaced_by"))
    standing = [one for one in notes if not hasattr(one, "replaced_by")]
    return standing, [one for one in notes if hasattr(one, "replaced_by")]


def undated_among(relationships: Sequence[int]) -> set[int]:
    """Return which relationships have a harm whose clock cannot run, as nobody said since when the company knows."""
    undated = RelationshipRisk.objects.filter(relationship__in=relationships, known_since__isnull=True)
    return set(undated.values_list("relationship", flat=True))


def others_of(relationship: Relationship) -> QuerySet[Relationship]:
    """Return the other relationships with the same partner."""
    return relationship.partner.relationships.exclude(pk=relationship.pk)


@dataclass(frozen=True)
class PartnerTask:
    """What a partner's record asks of somebody today."""

    relationship: Relationship
    says: str
    due: date | None = None


def partner_tasks(user: User, *, on: date) -> list[PartnerTask]:
    """Return what the records of partners ask of this person: crucial tests past their day, and gates to decide.

    Args:
        user: for whom; what their roles may not do is left out.
        on: today.
    """
    found: list[PartnerTask] = []
    if user.may(Permission.DECIDE_EXIT):
        found += _crucial_overdue(user, on)
    if user.may(Permission.DECIDE_ONBOARDING):
        found += _gates(
            user, OnboardingStatus.IN_REVIEW, "The onboarding was reviewed and waits for your decision."
        )
    if user.may(Permission.ASSESS_RISK):
        found += _gates(user, OnboardingStatus.ASKED, "An onboarding was asked for and waits for its review.")
    return found


def _crucial_overdue(user: User, on: date) -> Iterable[PartnerTask]:
    late = Relationship.objects.filter(Q(crucial_due__lt=on) | Q(crucial_due__isnull=True), crucial=True)
    mine = late.exclude(status=Relationship.Status.ENDED).exclude(revenue_owners=user)
    for one in mine.select_related("partner").order_by("crucial_due", "pk"):
        yield PartnerTask(
            one, "Look again whether the relationship is crucial; that is due every year.", one.crucial_due
        )


def _gates(user: User, status: OnboardingStatus, says: str) -> Iterable[PartnerTask]:
    waiting = Onboarding.objects.filter(status=status).exclude(relationship__revenue_owners=user)
    if status == OnboardingStatus.IN_REVIEW:
        waiting = waiting.exclude(asked_by=user)
    named = waiting.select_related("relationship__partner").only("relationship__partner__name")
    for one in named.order_by("asked_at", "pk"):
        yield PartnerTask(one.relationship, says)
