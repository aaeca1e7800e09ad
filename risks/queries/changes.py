"""Changes before the launch gate: what each touches, whether it may pass, which exceptions were signed (G4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from hrdd.governance.models import SignOff
from risks.models import Change, MitigationPlan, Risk
from risks.rules.countries import country_names
from risks.rules.launch_gate import SIGN_OFF_KIND, Gate, LinkedRisk, covers, gate
from risks.rules.severity import BANDS
from risks.rules.standing import REMEDIED

APPROVED_PLAN = MitigationPlan.objects.filter(
    risk=OuterRef("pk"), kind=MitigationPlan.Kind.MITIGATION, state=MitigationPlan.State.APPROVED
)


@dataclass(frozen=True)
class Touched:
    """A linked risk as the page shows it."""

    risk: Risk
    linked: LinkedRisk
    covered: bool
    plans: list[MitigationPlan]

    @property
    def band(self) -> str:
        return BANDS[self.risk.level]

    @property
    def blocks(self) -> bool:
        return self.linked.blocks and not self.covered

    @property
    def sentence(self) -> str:
        """Return how the risk stands before the gate."""
        if not self.linked.is_open:
            return "Remedied or closed"
        if self.linked.mitigated:
            return "A mitigation is approved"
        if self.covered and self.linked.blocks:
            return "No approved mitigation; covered by the signed exception"
        if self.linked.blocks:
            return "No approved mitigation: the gate is shut"
        return "Under level 4: does not shut the gate"


@dataclass(frozen=True)
class Passage:
    """A change with the gate as it stands now."""

    change: Change
    gate: Gate
    touched: list[Touched]

    @property
    def places(self) -> str:
        """Return the countries by their names."""
        names = country_names()
        return ", ".join(names.get(place, place) for place in self.change.countries)

    @property
    def waits_shut(self) -> bool:
        """Whether it is proposed and may not be approved."""
        return self.change.state == Change.State.PROPOSED and not self.gate.open

    @property
    def warning(self) -> str:
        """Return the sentence about a change that would not pass today; nothing happens by itself."""
        if self.change.state != Change.State.APPROVED or self.gate.open:
            return ""
        return (
            "Approved before the risk rose, or before its mitigation ended: today the gate would be shut. "
            "Decide on interim measures or on stopping it."
        )


def passages(changes: Sequence[Change]) -> list[Passage]:
    """Return changes with their gates, in three queries whatever their number."""
    pairs = list(Change.risks.through.objects.filter(change__in=changes).values_list("change", "risk"))
    risks = Risk.objects.annotate(mitigated=Exists(APPROVED_PLAN)).in_bulk({risk for _, risk in pairs})
    plans: dict[int, list[MitigationPlan]] = {}
    for plan in MitigationPlan.objects.filter(risk__in=risks, kind=MitigationPlan.Kind.MITIGATION):
        plans.setdefault(plan.risk_id, []).append(plan)
    linked: dict[int, list[Risk]] = {}
    for change, risk in pairs:
        linked.setdefault(change, []).append(risks[risk])
    return [_passage(one, linked.get(one.pk, []), plans) for one in changes]


def passage_of(change: Change) -> Passage:
    """Return one change with its gate."""
    [found] = passages([change])
    return found


def _passage(change: Change, risks: list[Risk], plans: dict[int, list[MitigationPlan]]) -> Passage:
    excepted = excepted_of(change)
    touched = [
        Touched(
            risk,
            (linked := linked_risk(risk, mitigated=risk.mitigated)),  # type: ignore[attr-defined]  # annotated
            covers(excepted, linked),
            plans.get(risk.pk, []),
        )
        for risk in sorted(risks, key=lambda one: (-one.rank, one.pk))
    ]
    found = gate([one.linked for one in touched], excepted=excepted, no_risk_reasons=change.no_risk_reasons)
    return Passage(change, found, touched)


def linked_risk(risk: Risk, *, mitigated: bool) -> LinkedRisk:
    """Return a risk as the gate reads it."""
    return LinkedRisk(risk.pk, risk.level, risk.tier < REMEDIED, mitigated)


def excepted_of(change: Change) -> dict[int, int]:
    """Return the risks of the signed exception with the levels that it covers; empty while nobody signed."""
    if change.exception_signed_by_id is None:
        return {}
    return {one["risk"]: one["level"] for one in change.exception_risks}


def listed_changes(*, state: str = "", kind: str = "", blocked: str = "") -> QuerySet[Change]:
    """Return the changes that a filter leaves, the latest first.

    Args:
        state, kind: one of the words, or empty for any.
        blocked: "yes" for those proposed while the gate is shut, "no" for the others, empty for all.
    """
    found = Change.objects.select_related("proposed_by")
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if blocked:
        shut = Q(pk__in=_waiting_shut())
        found = found.filter(shut) if blocked == "yes" else found.exclude(shut)
    return found


def _waiting_shut() -> list[int]:
    """Return the proposed changes whose gate is shut, by the one rule; few are proposed at a time."""
    proposed = Change.objects.filter(state=Change.State.PROPOSED)
    return [one.change.pk for one in passages(list(proposed)) if one.waits_shut]


@dataclass(frozen=True)
class SignedException:
    """An exception from the launch gate, as the board reads it."""

    change: Change
    risks: list[Risk]


def signed_exceptions() -> list[SignedException]:
    """Return the signed exceptions, the latest first, each with the risks it lists (G4: shown to the board)."""
    signed = Change.objects.filter(exception_signed_by__isnull=False).select_related("exception_signed_by")
    changes = list(signed.order_by(F("exception_signed_at").desc(), "-pk"))
    risks = Risk.objects.in_bulk({entry["risk"] for change in changes for entry in change.exception_risks})
    return [
        SignedException(change, [risks[entry["risk"]] for entry in change.exception_risks])
        for change in changes
    ]


def asked_exception(change: Change) -> SignOff | None:
    """Return the sign-off that waits for a senior, if one was asked for."""
    return SignOff.objects.filter(
        subject_kind=SIGN_OFF_KIND, subject_id=change.pk, decided_at__isnull=True
    ).first()


def decisions_on(change: Change) -> QuerySet[SignOff]:
    """Return what seniors decided on exceptions for a change, the latest first."""
    asked = SignOff.objects.filter(subject_kind=SIGN_OFF_KIND, subject_id=change.pk)
    return asked.filter(decided_by__isnull=False).select_related("decided_by").order_by("-decided_at", "-pk")


def changes_of_risk(risk: Risk) -> list[Passage]:
    """Return the changes that touch a risk, the latest first, with their gates."""
    return passages(list(risk.changes.all()))
