"""Who answers, who met, who was trained: what the pages of oversight list (domain.md 1.10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from hrdd.governance.models import Mandate
from hrdd.oversight.models import Incentive, OversightMeeting, Staffing, Training
from hrdd.oversight.rules.meetings import OF_THE_BOARD
from risks.models import PolicyVersion, Risk
from risks.rules.policy import PolicyKind

SEVERE = 4


def mandates(*, on: date, show: str = "") -> QuerySet[Mandate]:
    """Return mandates with their people, those of a function together.

    Args:
        on: the day.
        show: `all` for those that have ended or come later, too.
    """
    found = Mandate.objects.select_related("person", "recorded_by", "supersedes")
    return found if show == "all" else found.in_force(on)


def unmandated_owners(*, on: date) -> QuerySet[Risk]:
    """Return the salient risks whose owner holds no mandate on a day (G1), the gravest first."""
    holds = Mandate.objects.in_force(on).filter(person=OuterRef("owner"))
    return (
        Risk.objects.filter(~Exists(holds), salient=True, owner__isnull=False)
        .select_related("owner")
        .order_by("-rank", "pk")
    )


def meetings() -> QuerySet[OversightMeeting]:
    """Return the meetings as they stand, without records that were corrected, the latest first."""
    return OversightMeeting.objects.filter(superseded_by__isnull=True).select_related("recorded_by")


def meetings_of_board() -> QuerySet[OversightMeeting]:
    """Return the meetings of the board and its committees, the latest first."""
    return meetings().filter(body__in=sorted(OF_THE_BOARD))


def latest_trainings() -> list[Training]:
    """Return how each audience stands now, the one due first first."""
    latest = Training.objects.order_by("audience", "-as_of", "-pk").distinct("audience")
    return sorted(latest, key=lambda one: (one.done_n >= one.due_n, one.due_on, one.pk))


def latest_incentives() -> list[Incentive]:
    """Return how the pay of each executive role stands now."""
    return list(Incentive.objects.order_by("role", "-holds_from", "-pk").distinct("role"))


@dataclass(frozen=True)
class Resources:
    """People per million users in one language and country, and how that was before."""

    now: Staffing
    per_million: float
    before: float | None
    severe: bool

    @property
    def falling(self) -> bool:
        """Whether there are fewer per user than at the count before."""
        return self.before is not None and self.per_million < self.before


def resources() -> list[Resources]:
    """Return the latest count of each language and country with the one before it, severe countries first (K22)."""
    counts: dict[tuple[str, str], list[Staffing]] = {}
    for one in Staffing.objects.order_by("country", "language", "-as_of", "-pk"):
        counts.setdefault((one.country, one.language), []).append(one)
    severe = severe_countries()
    found = [
        Resources(
            now=rows[0],
            per_million=per_million(rows[0]),
            before=per_million(rows[1]) if len(rows) > 1 else None,
            severe=country in severe,
        )
        for (country, _language), rows in counts.items()
    ]
    return sorted(found, key=lambda one: (not one.severe, one.per_million, one.now.pk))


def per_million(one: Staffing) -> float:
    """Return moderators and rights staff for each million users."""
    return round(float(one.moderators_fte + one.rights_fte) * 1_000_000 / one.users, 2)


def severe_countries() -> set[str]:
    """Return the countries of open risks of level 4 or 5."""
    rows = Risk.objects.filter(closed_on__isnull=True, level__gte=SEVERE).values_list("countries", flat=True)
    return {country for row in rows for country in row}


def commitment() -> PolicyVersion | None:
    """Return the policy commitment in force, English first, with who approved it."""
    found = PolicyVersion.objects.filter(policy__kind=PolicyKind.COMMITMENT, state="in_force")
    versions = list(found.select_related("policy", "approved_by"))
    return next((one for one in versions if one.language == "en"), versions[0] if versions else None)


def languages_of(version: PolicyVersion) -> Sequence[str]:
    """Return the languages in which a version of a policy is in force, by their own names."""
    same = PolicyVersion.objects.filter(policy=version.policy_id, number=version.number, state="in_force")
    return [one.get_language_display() for one in same]
