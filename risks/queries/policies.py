"""The register of policies: which text is in force, which is in work, which measures rely on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import OrderBy

from hrdd.governance.models import SignOff
from risks.models import Consultation, Measure, Policy, PolicyVersion
from risks.models.measures import IN_FORCE
from risks.rules.policy import LANGUAGES, OPEN_STATES, SIGN_OFF_KIND, STANDINGS, PolicyKind, VersionState
from risks.rules.policy_diff import ClauseChange, clause_changes

CONSULTATIONS_OFFERED = 50
MEASURES_SHOWN = 50


@dataclass(frozen=True)
class PolicyRow:
    """A policy with its texts, as the list shows it."""

    policy: Policy
    in_force: list[PolicyVersion]
    in_work: list[PolicyVersion]
    measures: int
    review_late: bool

    @property
    def languages(self) -> str:
        """Return the languages in which it is in force."""
        return ", ".join(LANGUAGES[one.language] for one in self.in_force)


def _standing(name: str) -> Q:
    of = PolicyVersion.objects.filter(policy=OuterRef("pk"))
    in_force = Exists(of.filter(state=VersionState.IN_FORCE))
    return {
        "in_force": Q(in_force),
        "in_work": Q(Exists(of.filter(state__in=OPEN_STATES))),
        "submitted": Q(Exists(of.filter(state=VersionState.SUBMITTED))),
        "none": ~Q(in_force),
    }[name]


def listed_policies(*, state: str = "", kind: str = "") -> QuerySet[Policy]:
    """Return the policies that a filter leaves, by title; the policy commitment first.

    Args:
        state: one of STANDINGS, or empty for any.
        kind: one of PolicyKind, or empty for any.
    """
    found = Policy.objects.select_related("owner").annotate(
        measures=Count("versions__measures", filter=Q(versions__measures__state__in=IN_FORCE))
    )
    if state:
        found = found.filter(_standing(state))
    if kind:
        found = found.filter(kind=kind)
    return found.order_by(_first(Q(kind=PolicyKind.COMMITMENT)), "title", "pk")


def standing_counts() -> list[tuple[str, str, int]]:
    """Return how many policies stand in each way: its name, its label, the number."""
    counted = Policy.objects.aggregate(
        **{f"n_{name}": Count("pk", filter=_standing(name)) for name in STANDINGS}
    )
    return [(name, label, counted[f"n_{name}"]) for name, label in STANDINGS.items()]


def rows_of(policies: Sequence[Policy], *, on: date) -> list[PolicyRow]:
    """Return policies of the list with their versions, in one query whatever their number."""
    of: dict[int, list[PolicyVersion]] = {}
    live = {VersionState.IN_FORCE, *OPEN_STATES}
    for one in PolicyVersion.objects.filter(policy__in=policies, state__in=live).defer("clauses"):
        of.setdefault(one.policy_id, []).append(one)
    return [_row(policy, of.get(policy.pk, []), on=on) for policy in policies]


def _row(policy: Policy, versions: list[PolicyVersion], *, on: date) -> PolicyRow:
    in_force = [one for one in versions if one.state == VersionState.IN_FORCE]
    return PolicyRow(
        policy,
        in_force,
        [one for one in versions if one.state in OPEN_STATES],
        policy.measures,  # type: ignore[attr-defined]  # annotated
        any(one.next_review is not None and one.next_review < on for one in in_force),
    )


def commitment_in_force() -> bool:
    """Whether the organisation has a policy commitment in force (UNGP 16)."""
    return PolicyVersion.objects.filter(
        policy__kind=PolicyKind.COMMITMENT, state=VersionState.IN_FORCE
    ).exists()


def due_versions(*, on: date) -> QuerySet[PolicyVersion]:
    """Return the versions that a person approved and dated for a day or before, in the order of their days."""
    approved = PolicyVersion.objects.filter(state=VersionState.APPROVED, in_force_from__lte=on)
    return approved.order_by("in_force_from", "policy", "number", "language")


@dataclass(frozen=True)
class Numbered:
    """A number of a policy with its text in each language."""

    number: int
    versions: list[PolicyVersion]


def by_number(versions: Iterable[PolicyVersion]) -> list[Numbered]:
    """Return versions by their number, the latest first, each with its languages: what is in force, then English."""

    def order(one: PolicyVersion) -> tuple[int, bool, bool, str]:
        return -one.number, one.state != VersionState.IN_FORCE, one.language != "en", one.language

    found: dict[int, list[PolicyVersion]] = {}
    for one in sorted(versions, key=order):
        found.setdefault(one.number, []).append(one)
    return [Numbered(number, ones) for number, ones in found.items()]


def measures_relying(versions: Iterable[PolicyVersion]) -> QuerySet[Measure]:
    """Return the measures that rely on some versions, those in force first, then the latest."""
    relying = Measure.objects.filter(policy_version__in=[one.pk for one in versions])
    related = relying.select_related("risk", "policy_version", "policy_version__policy")
    return related.order_by(_first(Q(state__in=IN_FORCE)), "-starts_on", "pk")


def earlier_than(version: PolicyVersion) -> QuerySet[PolicyVersion]:
    """Return the earlier versions in the same language, the latest first; a version is compared with these."""
    same = PolicyVersion.objects.filter(policy=version.policy_id, language=version.language)
    return same.filter(number__lt=version.number).select_related("policy").order_by("-number")


def difference(before: PolicyVersion, after: PolicyVersion) -> tuple[ClauseChange, ...]:
    """Return what changed from one version to another, clause by clause."""
    return clause_changes(before.parts, after.parts)


def asked_approval(version: PolicyVersion) -> SignOff | None:
    """Return the sign-off that waits, if one was asked for."""
    asked = SignOff.objects.filter(subject_kind=SIGN_OFF_KIND, subject_id=version.pk)
    return asked.filter(decided_at__isnull=True).select_related("asked_by").first()


def decisions_on(version: PolicyVersion) -> QuerySet[SignOff]:
    """Return what was decided on a version, the latest first."""
    asked = SignOff.objects.filter(subject_kind=SIGN_OFF_KIND, subject_id=version.pk)
    return asked.filter(decided_by__isnull=False).select_related("decided_by").order_by("-decided_at", "-pk")


def offered_consultations(kept: Iterable[int] = ()) -> list[Consultation]:
    """Return the consultations that an editor may link: those linked already, and the latest."""
    latest = Consultation.objects.order_by("-pk").values_list("pk", flat=True)[:CONSULTATIONS_OFFERED]
    return list(Consultation.objects.filter(pk__in={*kept, *latest}).order_by("-pk"))


def _first(condition: Q) -> OrderBy:
    """Return the order that puts first what meets a condition."""
    return ExpressionWrapper(condition, output_field=BooleanField()).desc()


def with_versions(policies: QuerySet[Policy]) -> QuerySet[Policy]:
    """Return policies with their versions, without the texts of these."""
    listed = PolicyVersion.objects.defer("clauses").order_by("-number", "language")
    return policies.prefetch_related(Prefetch("versions", listed))
