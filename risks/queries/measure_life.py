"""Where a measure stands on its way, what is next, and how many stand where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import Permission
from risks.models import CompanionDuty, Measure
from risks.models.measures import IN_FORCE, NEVER_STOOD
from risks.queries.bounded import measures_by_state, said
from risks.rules.countries import country_names
from risks.rules.ladder import LADDER
from risks.rules.languages import language_names
from risks.rules.measure_workflow import (
    APPROVERS,
    NOT_PRESERVED,
    SIGN_OFF_KIND,
    Duty,
    preserves_evidence_first,
)
from risks.rules.recording import GLOBAL
from risks.rules.three_part_test import BECAUSE_LABELS, Because, OutcomeOfTest


@dataclass(frozen=True)
class Counted:
    """How many measures are in a state."""

    state: str
    label: str
    count: int

    @property
    def said(self) -> str:
        """Return how many, for people; beyond a limit nobody counts."""
        return said(self.count)


@dataclass(frozen=True)
class Act:
    """Something the reader may do with a measure: the name of its address, its button, whether it comes first."""

    address: str
    label: str
    first: bool = False


@dataclass(frozen=True)
class Life:
    """Where a measure stands: a sentence, its tone, what the reader may do, who is asked, what goes with it."""

    sentence: str
    tone: str
    acts: Sequence[Act]
    asked: SignOff | None
    duties: Sequence[CompanionDuty]
    lapsed: bool
    terms: Sequence[tuple[str, str]]
    weighed: Sequence[tuple[str, str]]
    over: bool
    replacement: Measure | None


def counts_by_state() -> list[Counted]:
    """Return how many measures are in each state that any is in, in the order of their way."""
    found = measures_by_state([state for state, _label in Measure.State.choices])
    return [Counted(state, label, found[state]) for state, label in Measure.State.choices if found[state]]


def asked_sign_off(measure: Measure) -> SignOff | None:
    """Return the signature that is asked for a measure now."""
    asked = SignOff.objects.filter(subject_kind=SIGN_OFF_KIND, subject_id=measure.pk, decided_at__isnull=True)
    return asked.select_related("asked_by").first()


def lapsed(measure: Measure, *, at: datetime) -> bool:
    """Return whether the hours of an emergency are over while it still stands (3.2)."""
    until = measure.emergency_until
    return measure.state == Measure.State.ACTIVE_EMERGENCY and until is not None and until < at


def life_of(measure: Measure, user: User, *, at: datetime) -> Life | None:
    """Return where a measure that was proposed here stands; imported history has no such way.

    Args:
        measure: with its risk, test and proposer.
        user: whose next acts are offered.
        at: now.
    """
    if measure.proposed_by is None:
        return None
    asked = asked_sign_off(measure)
    duties = list(measure.duties.select_related("asked_by", "done_by"))
    late = lapsed(measure, at=at)
    unsafe = _evidence_at_risk(measure, duties)
    return Life(
        sentence=_sentence(measure, asked, late=late, unsafe=unsafe),
        tone=_tone(measure, late=late),
        acts=_acts(measure, user, asked, duties, unsafe=unsafe),
        asked=asked,
        duties=duties,
        lapsed=late,
        terms=_terms(measure),
        weighed=_weighed(measure),
        over=measure.state in ENDED,
        replacement=measure.superseded_by.exclude(state__in=NEVER_STOOD).first(),
    )


def _terms(measure: Measure) -> list[tuple[str, str]]:
    """Return what an approver reads beside the facts: reach, review, repetition, machines, the aim."""
    names = country_names() | {GLOBAL: "everywhere"}
    aims = measure.test.aims if measure.test else []
    terms = [
        ("It touches", measure.get_target_type_display()),
        ("Where", ", ".join(names.get(code, code) for code in measure.territory) or "everywhere"),
        ("Language", language_names().get(measure.language, "")),
        ("Review", measure.get_unit_of_review_display()),
        ("Decided by machines", measure.get_automated_decision_display()),
        ("Aim", ", ".join(aim.replace("_", " ") for aim in aims)),
        ("Warned before", f"{measure.prior_warning_on:%-d %B %Y}" if measure.prior_warning_on else ""),
        ("Public interest", "yes" if measure.public_interest else ""),
        ("Others burdened", measure.collateral_note),
    ]
    return [(term, said) for term, said in terms if said]


def _weighed(measure: Measure) -> list[tuple[str, str]]:
    """Return the less intrusive measures that were weighed, each with why not."""
    if measure.test is None:
        return []
    return [
        (LADDER[one.kind].label, f"{BECAUSE_LABELS[Because(one.because)]}. {one.text}".strip())
        for one in measure.test.given().alternatives
        if one.kind in LADDER and one.because in set(Because)
    ]


def _evidence_at_risk(measure: Measure, duties: Sequence[CompanionDuty]) -> bool:
    if not preserves_evidence_first(measure.kind, level=measure.risk.level):
        return False
    return not any(one.kind == Duty.PRESERVE_EVIDENCE and one.done_at for one in duties)


def _sentence(measure: Measure, asked: SignOff | None, *, late: bool, unsafe: bool) -> str:
    state = measure.state
    if state == Measure.State.PROPOSED:
        return _proposed(measure, asked)
    if state == Measure.State.APPROVED:
        told = "Approved. It burdens nobody until a person puts it in force."
        return f"{told} {NOT_PRESERVED}" if unsafe else told
    if state == Measure.State.ACTIVE_EMERGENCY:
        return _emergency(measure, asked, late=late)
    if state == Measure.State.ACTIVE:
        review = f" It is looked at again by {measure.next_review:%-d %B %Y}." if measure.next_review else ""
        return f"In force.{review}"
    return ENDED[Measure.State(state)]


APPROVED = Measure.State.APPROVED
ENDED = {
    Measure.State.REJECTED: "Refused. It never stood.",
    Measure.State.WITHDRAWN: "Withdrawn. It never stood.",
    Measure.State.LIFTED: "Lifted. What it did is undone.",
    Measure.State.EXPIRED: "It ended on the day that a person had set.",
    Measure.State.MODIFIED: "Another measure replaced it.",
    Measure.State.REVERSED: "A human appeal body decided for the person, and it was undone.",
}


def _proposed(measure: Measure, asked: SignOff | None) -> str:
    if asked:
        return f"It waits for {APPROVERS[Permission(asked.permission)]} to approve it."
    return f"Nobody is asked to approve it: the three-part test does not pass. {_why(measure)}"


def _emergency(measure: Measure, asked: SignOff | None, *, late: bool) -> str:
    until = f"{measure.emergency_until:%-d %B %Y, %H:%M} UTC"
    if late:
        told = f"The 72 hours were over on {until}. No machine lifts it: confirm it or lift it now."
    else:
        told = (
            f"In force as an emergency until {until}. Until then it is fully tested and confirmed, or lifted."
        )
    if asked:
        return f"{told} {APPROVERS[Permission(asked.permission)].capitalize()} is asked to confirm it."
    passes = measure.test and measure.test.outcome == OutcomeOfTest.PASSES
    return f"{told} The last confirmation was refused." if passes else f"{told} {_why(measure)}"


def _why(measure: Measure) -> str:
    return measure.test.reason if measure.test else "It was never answered."


def _tone(measure: Measure, *, late: bool) -> str:
    if late or measure.state == Measure.State.ACTIVE_EMERGENCY:
        return "review_urgent" if late else "review_due"
    if measure.state in ENDED:
        return "over"
    return "ok" if measure.state in {Measure.State.ACTIVE, Measure.State.APPROVED} else "review_due"


def _acts(
    measure: Measure,
    user: User,
    asked: SignOff | None,
    duties: Sequence[CompanionDuty],
    *,
    unsafe: bool,
) -> list[Act]:
    acts: list[Act] = []
    own, state = measure.proposed_by_id == user.pk, measure.state
    proposes = user.may(Permission.PROPOSE_MEASURE)
    if asked and not own and user.may(Permission(asked.permission)):
        acts.append(Act("sign-off-list", "To the sign-offs", first=True))
    if state == Measure.State.PROPOSED:
        decides = user.may(Permission.APPROVE_MEASURE) or user.may(Permission.APPROVE_GRAVE_MEASURE)
        if decides and not own and measure.risk.threat_to_life:
            acts.append(Act("measure-emergency", "Put in force as an emergency"))
        if own and proposes:
            acts.append(Act("measure-edit", "Edit the proposal", first=asked is None))
    if proposes:
        acts += _proposer_acts(measure, own=own, unsafe=unsafe)
    return acts


def _proposer_acts(measure: Measure, *, own: bool, unsafe: bool) -> list[Act]:
    state = measure.state
    acts: list[Act] = []
    if state == Measure.State.APPROVED:
        acts.append(Act("measure-enforce", "Put in force", first=not unsafe))
    if state == Measure.State.ACTIVE_EMERGENCY:
        acts += [Act("measure-test", "Answer the full test", first=True), Act("measure-lift", "Lift it")]
    if state in IN_FORCE and measure.notified_on is None:
        acts.append(Act("measure-notice", "Record the notice"))
    if measure.ended_on is None:
        acts.append(Act("measure-duty", "Record a duty as done", first=unsafe and state == APPROVED))
    if state == Measure.State.APPROVED or (state == Measure.State.PROPOSED and own):
        acts.append(Act("measure-withdraw", "Withdraw"))
    return acts
