"""The life of a measure: what may be proposed, who approves it, what comes before it stands (domain.md 3.1 to 3.8)."""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hrdd.governance.rules import NotAllowed, Permission, Step
from risks.rules.intervals import Row
from risks.rules.ladder import LADDER, NEEDS_END_DATE
from risks.rules.three_part_test import OutcomeOfTest

SIGN_OFF_KIND = "measure"
APPROVE = "approve"
EMERGENCY_HOURS = 72
STOP_DAYS = 14  # of an emergency stop of a partner (X6)
APPEAL_MONTHS = 6  # DSA 20(1)-(2)
GRAVEST, GRAVE, SEVERE = 5, 4, 4
LONG_TARGETS = frozenset({"account", "feature", "partner", "territory"})
NOTIFIED_TARGETS = frozenset({"item", "account", "feature", "partner"})
WITHOUT_END = frozenset({"permanent_ban", "service_termination", "country_withdrawal"})
IN_A_TERRITORY = frozenset({"geoblock", "country_withdrawal"})
REMOVALS = frozenset({"remove_item", "permanent_ban"})
FULLY = "FULLY"
MACHINE_MAY_REMOVE: Mapping[str, str] = {
    "csam_hash": "Known child sexual abuse material, matched by hash",
    "terrorist_hash": "Known terrorist material, matched by hash",
    "spam": "Spam",
}
TARGETS_OF: Mapping[str, frozenset[str]] = {
    "remove_item": frozenset({"item", "rule"}),
    "feature_limit": frozenset({"feature", "account", "rule"}),
    "temp_suspension": frozenset({"account"}),
    "permanent_ban": frozenset({"account"}),
    "service_termination": frozenset({"partner"}),
    "country_withdrawal": frozenset({"territory"}),
}


class Duty(StrEnum):
    """What accompanies a measure; it is no rung of the ladder (3.1)."""

    PRESERVE_EVIDENCE = "preserve_evidence"
    NOTIFY_AUTHORITY = "notify_authority"
    PROTECT_TARGET = "protect_target"
    COUNTER_SPEECH = "counter_speech"


DUTY_LABELS: Mapping[Duty, str] = {
    Duty.PRESERVE_EVIDENCE: "Preserve the evidence",
    Duty.NOTIFY_AUTHORITY: "Notify an authority",
    Duty.PROTECT_TARGET: "Protect the person at risk",
    Duty.COUNTER_SPEECH: "Answer with speech",
}
DUTY_SENTENCES: Mapping[Duty, str] = {
    Duty.PRESERVE_EVIDENCE: "Before any removal touching harm of level 4 or more: courts and people harmed need it.",
    Duty.NOTIFY_AUTHORITY: "At once where a crime that threatens life or safety is suspected (DSA 18).",
    Duty.PROTECT_TARGET: "Support for whoever is at risk (UNGP 19, 22).",
    Duty.COUNTER_SPEECH: "A context or an answer, which burdens nobody (Rabat Plan).",
}

PROPOSED = frozenset({"proposed"})
MEASURE_STEPS: Mapping[str, Step] = {
    "withdraw": Step(
        "Withdraw the measure", frozenset({"proposed", "approved"}), "withdrawn", Permission.PROPOSE_MEASURE
    ),
    "enforce": Step(
        "Put the measure in force", frozenset({"approved"}), "active", Permission.PROPOSE_MEASURE
    ),
    "end_emergency": Step(
        "Lift the emergency measure", frozenset({"active_emergency"}), "lifted", Permission.PROPOSE_MEASURE
    ),
}
# Where a measure may go from each state; a database trigger holds the same table for what was proposed here.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "proposed": frozenset({"approved", "rejected", "withdrawn", "active_emergency"}),
    "approved": frozenset({"active", "withdrawn"}),
    "active_emergency": frozenset({"active", "modified", "lifted", "expired", "reversed"}),
    "active": frozenset({"modified", "lifted", "expired", "reversed"}),
}


@dataclass(frozen=True)
class Refusal:
    """Why not, as a sentence with its provision, and the field where it is mended."""

    field: str
    sentence: str


class MeasureRefused(NotAllowed):
    """Several rules may refuse at once; each is told."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(" ".join(one.sentence for one in refusals))
        self.refusals = refusals


@dataclass(frozen=True)
class Facts:
    """What the rules read of a measure that is proposed, and of the risk that it answers to."""

    kind: str
    target_type: str
    level: int
    today: date
    ends_on: date | None = None
    unit_of_review: str = "single"
    public_interest: bool = False
    territory: tuple[str, ...] = ()
    repeat: bool = False
    prior_warning_on: date | None = None
    override_reason: str = ""
    automated_decision: str = "NOT_AUTOMATED"
    automated_category: str = ""
    human_appeal: bool = False
    ground: str = ""
    partner_stop: bool = False

    @property
    def intrusion(self) -> int:
        """Return the class of the measure, 0 to 5."""
        return LADDER[self.kind].intrusion


@dataclass(frozen=True)
class Corridor:
    """How intrusive a measure may be at a level, whether a senior is needed, and the sentence."""

    ceiling: int
    over: bool
    sentence: str
    refusal: str = ""
    under: bool = False


def corridor(intrusion: int, *, level: int, repeat: bool, warned: bool, override: bool) -> Corridor:
    """Return where a measure stands between floor and ceiling (3.5).

    The ceiling is the level of the risk; one class more after a repeated act despite a warning, or by a senior's
    override, never by both.

    Args:
        intrusion: class of the measure, 0 to 5.
        level: of the risk, now.
        repeat: whether the act was repeated.
        warned: whether a warning came before.
        override: whether a reason for a senior's override is given.
    """
    lifted = repeat and warned
    ceiling = min(level + lifted, GRAVEST)
    under = level >= SEVERE and intrusion < level - 3
    said = f"The risk is at level {level}, so the ceiling is class I{ceiling}"
    said += ", one more because the act was repeated after a warning (DSA 23)." if lifted else "."
    if intrusion <= ceiling:
        refusal = (
            "Override: the measure is within the ceiling, so leave the reason empty." if override else ""
        )
        if under:
            said += (
                f" Class I{intrusion} is less than is expected at this level: I{level - 3} or more (UNGP 19)."
            )
        return Corridor(ceiling, over=False, sentence=said, refusal=refusal, under=under)
    over = f"Class I{intrusion} is over the ceiling I{ceiling} at level {level} (ICCPR 19(3); GC34 para 34)"
    if intrusion > level + 1:
        never = "neither a repeated act nor a senior lifts it by more than one class, and never both"
        return Corridor(
            ceiling, over=True, sentence=said, refusal=f"Kind: {over}: {never}. Choose a lower rung."
        )
    if not override:
        return Corridor(
            ceiling,
            over=True,
            sentence=said,
            refusal=f"Override: {over}. Say why a senior should let it pass, or choose a lower rung.",
        )
    return Corridor(
        ceiling, over=True, sentence=f"{said} A senior is asked to override it by one class (method 5.1)."
    )


def corridor_of(facts: Facts) -> Corridor:
    """Return the corridor of a measure that is proposed."""
    return corridor(
        facts.intrusion,
        level=facts.level,
        repeat=facts.repeat,
        warned=facts.prior_warning_on is not None,
        override=bool(facts.override_reason.strip()),
    )


def refusals(facts: Facts) -> list[Refusal]:
    """Return every rule that speaks against proposing a measure; empty when none does."""
    found = [_corridor_refusal(facts), *_target_refusals(facts), *_end_refusals(facts)]
    found += [
        _ground_refusal(facts),
        _unit_refusal(facts),
        *_repeat_refusals(facts),
        automation_refusal(facts),
        _stop_refusal(facts),
    ]
    return [one for one in found if one is not None]


def _corridor_refusal(facts: Facts) -> Refusal | None:
    said = corridor_of(facts).refusal
    if not said:
        return None
    return Refusal("override_reason" if said.startswith("Override") else "kind", said)


def _target_refusals(facts: Facts) -> Iterator[Refusal]:
    label = LADDER[facts.kind].label
    if not facts.target_type:
        yield Refusal("target_type", "Target type: choose what the measure touches.")
    elif facts.partner_stop and facts.target_type == "partner":
        pass
    elif facts.target_type not in TARGETS_OF.get(facts.kind, {facts.target_type}):
        fits = ", ".join(sorted(TARGETS_OF[facts.kind]))
        yield Refusal("target_type", f"Target type: “{label}” touches: {fits} (method 4).")
    if facts.kind in IN_A_TERRITORY and not facts.territory:
        yield Refusal(
            "territory",
            f"Territory: “{label}” is for named countries only; name them (necessity, ICCPR 19(3)).",
        )


def _ground_refusal(facts: Facts) -> Refusal | None:
    if facts.intrusion == 0 or facts.ground.strip():
        return None
    return Refusal(
        "rule_relied_on", "Rule relied on: name the published rule or the law (ICCPR 19(3): provided by law)."
    )


def needs_end_date(kind: str, target_type: str) -> bool:
    """Return whether a measure may not be open-ended (3.2; Oversight Board 2021-001-FB-FBR)."""
    if kind in NEEDS_END_DATE:
        return True
    restricts = LADDER[kind].intrusion >= 1 and kind not in WITHOUT_END
    return restricts and target_type in LONG_TARGETS


def _end_refusals(facts: Facts) -> Iterator[Refusal]:
    if facts.ends_on is None and needs_end_date(facts.kind, facts.target_type):
        yield Refusal(
            "ends_on",
            "Ends on: a restriction of this kind has an end date; before it comes, people assess whether the risk has "
            "receded (ICCPR 19(3); Oversight Board 2021-001-FB-FBR).",
        )
    if facts.ends_on is not None and facts.ends_on <= facts.today:
        yield Refusal("ends_on", f"Ends on: choose a day after {facts.today:%-d %B %Y}.")


def _stop_refusal(facts: Facts) -> Refusal | None:
    """Refuse an emergency stop of a partner that is too long; what lasts is a decision on the relationship (X6)."""
    last = facts.today + timedelta(days=STOP_DAYS)
    if not facts.partner_stop or facts.ends_on is None or facts.ends_on <= last:
        return None
    return Refusal(
        "ends_on",
        f"Ends on: an emergency stop of a partner lasts {STOP_DAYS} days at most, until {last:%-d %B %Y} (X6).",
    )


def must_be_single(intrusion: int, *, public_interest: bool) -> bool:
    """Return whether a measure is reviewed one by one, never as a sample of a class (3.2)."""
    return intrusion >= GRAVE or public_interest


def _unit_refusal(facts: Facts) -> Refusal | None:
    if facts.unit_of_review != "rule_class":
        return None
    if must_be_single(facts.intrusion, public_interest=facts.public_interest):
        return Refusal(
            "unit_of_review",
            "Unit of review: measures of class I4 and I5, and whatever is of public interest, are reviewed one by one "
            "(method 9).",
        )
    if facts.target_type not in {"item", "rule"}:
        return Refusal(
            "unit_of_review",
            "Unit of review: only measures on items, made at scale, are reviewed by a sample (method 9).",
        )
    return None


def _repeat_refusals(facts: Facts) -> Iterator[Refusal]:
    if facts.repeat and facts.prior_warning_on is None:
        yield Refusal(
            "prior_warning_on",
            "Prior warning: say when the warning was given that the act repeated (DSA 23).",
        )
    if facts.prior_warning_on and facts.prior_warning_on > facts.today:
        yield Refusal("prior_warning_on", f"Prior warning: choose {facts.today:%-d %B %Y} or earlier.")


def automation_refusal(facts: Facts) -> Refusal | None:
    """Return why a machine alone may not have decided this measure, or nothing (3.8)."""
    if facts.automated_decision != FULLY:
        return None
    if facts.intrusion >= GRAVE or facts.kind == "country_withdrawal":
        said = "no machine alone decides a measure of class I4 or I5 (SD7; GDPR 22)"
    elif facts.kind != "remove_item":
        return None
    elif facts.automated_category not in MACHINE_MAY_REMOVE:
        said = (
            "a machine alone removes an item only in a listed category: "
            + "; ".join(told.lower() for told in MACHINE_MAY_REMOVE.values())
            + " (SD7)"
        )
    elif not facts.human_appeal:
        said = "a machine alone removes an item only where a person hears the appeal: answer P4 (DSA 20(6))"
    else:
        return None
    return Refusal("automated_decision", f"Automation: {said}.")


def approving_permission(intrusion: int, *, over: bool, analyst_pair_up_to: int | None) -> Permission:
    """Return what an approver needs: senior for I5 and over the ceiling, else a decider or a pair of analysts (3.2).

    Args:
        intrusion: class of the measure.
        over: whether it is over the ceiling.
        analyst_pair_up_to: the highest class that a second analyst may approve; None where that is not delegated.
    """
    if intrusion >= GRAVEST or over:
        return Permission.APPROVE_GRAVE_MEASURE
    if analyst_pair_up_to is not None and intrusion <= min(analyst_pair_up_to, 3):
        return Permission.PROPOSE_MEASURE
    return Permission.APPROVE_MEASURE


APPROVERS: Mapping[Permission, str] = {
    Permission.APPROVE_GRAVE_MEASURE: "a senior executive",
    Permission.APPROVE_MEASURE: "a decider",
    Permission.PROPOSE_MEASURE: "a second analyst or a decider",
}


def refusal_by_test(outcome: str, reason: str) -> str:
    """Return why a measure with this outcome of its three-part test is not approved, or nothing."""
    if outcome == OutcomeOfTest.PASSES:
        return ""
    if outcome == OutcomeOfTest.FAILS:
        return f"ICCPR 19(3): a measure whose three-part test fails is not approved. {reason}"
    return (
        f"ICCPR 19(3): the three-part test is not complete, so the measure may stand for {EMERGENCY_HOURS} hours at "
        f"most, as an emergency, and is not approved. {reason}"
    )


def emergency_refusal(*, threat_to_life: bool, outcome: str, reason: str) -> str:
    """Return why a measure may not be put in force before it is approved, or nothing (3.2)."""
    if not threat_to_life:
        return "Only where life is in danger is a measure put in force before it is approved (method 9; UNGP 24)."
    if outcome == OutcomeOfTest.FAILS:
        return f"ICCPR 19(3): no emergency saves a measure whose three-part test fails. {reason}"
    return ""


def required_duties(kind: str, *, level: int, threat_to_life: bool) -> list[Duty]:
    """Return the duties that accompany a measure whether or not anybody asks (3.1)."""
    found = []
    if preserves_evidence_first(kind, level=level):
        found.append(Duty.PRESERVE_EVIDENCE)
    if threat_to_life:
        found.append(Duty.NOTIFY_AUTHORITY)
    return found


def preserves_evidence_first(kind: str, *, level: int) -> bool:
    """Return whether evidence must be safe before the measure is put in force (3.1)."""
    return kind in REMOVALS and level >= SEVERE


NOT_PRESERVED = (
    "Evidence first: what is removed here touches harm of level 4 or more. Record how the evidence was preserved, then "
    "put the measure in force (UNGP 22; the removal would else destroy remedy)."
)


def notice_refusal(
    *, intrusion: int, target_type: str, notified_on: date | None, today: date, starts_on: date
) -> str:
    """Return why a measure is not put in force without notice, or nothing (DSA 17)."""
    if notified_on is None:
        if intrusion >= 1 and target_type in NOTIFIED_TARGETS:
            return (
                "Notified on: tell the person what is done and why, no later than it takes effect (DSA 17)."
            )
        return ""
    if notified_on > today:
        return f"Notified on: choose {today:%-d %B %Y} or earlier; a notice is recorded once it was given."
    if notified_on < starts_on:
        return f"Notified on: choose {starts_on:%-d %B %Y} or later; nobody is notified before the proposal."
    return ""


def appeal_until(notified_on: date) -> date:
    """Return the last day of the appeal: six calendar months after the notice (DSA 20(1)-(2)).

    A day that the month does not have becomes its last: 31 August leads to 28 or 29 February.
    """
    months = notified_on.month - 1 + APPEAL_MONTHS
    year, month = notified_on.year + months // 12, months % 12 + 1
    return date(year, month, min(notified_on.day, calendar.monthrange(year, month)[1]))


def next_review(
    intrusion: int, *, level: int, today: date, ends_on: date | None, intervals: Mapping[int, Row]
) -> date:
    """Return when a measure is looked at again: by class and level, and before its end (3.4).

    Args:
        intrusion: its class, 0 to 5.
        level: of the risk; a closed one (0) counts as 1.
        today: the day of the decision.
        ends_on: its end date.
        intervals: days by class and level, as configured.
    """
    by = today + timedelta(days=intervals[intrusion][max(level, 1) - 1])
    return min(by, ends_on) if ends_on else by
