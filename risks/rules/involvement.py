"""How the company is involved in a harm: cause, contribute, directly linked (UNGP 13, 19, 22; domain.md 1.2)."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from hrdd.governance.rules import Permission, Step
from risks.rules.leverage import PARTIAL_CHANGE
from risks.rules.method import DEFAULT, Method
from risks.rules.words import said


class Mode(StrEnum):
    ACT = "act"
    OMISSION = "omission"
    BOTH = "both"


class OmissionKind(StrEnum):
    IGNORED_NOTICE = "ignored_notice"
    NO_LANGUAGE_CAPACITY = "no_language_capacity"
    UNSAFE_DEFAULT = "unsafe_default"
    SLOW_RESPONSE = "slow_response"
    UNDER_RESOURCED_MODERATION = "under_resourced_moderation"
    NO_PRE_LAUNCH_ASSESSMENT = "no_pre_launch_assessment"
    NO_KYC_ON_CUSTOMER = "no_kyc_on_customer"
    IGNORED_OWN_RESEARCH = "ignored_own_research"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


# The gravest first: what the company must do goes down this list (domain.md 1.2, column "response owed").
GRAVITY = (
    "cause",
    "contribute_facilitate",
    "contribute_incentivise",
    "contribute_cumulative",
    "undetermined",
    "directly_linked",
    "none",
)
CAUSE, UNDETERMINED, LINKED, NONE = "cause", "undetermined", "directly_linked", "none"
CONTRIBUTES = GRAVITY[1:4]
CEASES = frozenset({CAUSE, *CONTRIBUTES, UNDETERMINED})
SEVERE = 4


def gravest_tie(ties: Iterable[str]) -> str:
    """Return the tie that asks most of the company, or nothing; undetermined ranks with contributing."""
    found = set(ties)
    return next((tie for tie in GRAVITY if tie in found), "")


@dataclass(frozen=True)
class Question:
    """One question of the decision tree, the tie that a yes leads to, and what that tie says."""

    name: str
    text: str
    plainly: str
    tie: str
    found: str


ALONE = Question(
    "alone",
    "Is what the company did, or failed to do, enough by itself to produce the harm?",
    "Take everybody else away. Would people still be harmed by the company's own act or omission?",
    CAUSE,
    "The company's own act or omission alone is enough to produce the harm.",
)
CONTRIBUTIONS = (
    Question(
        "facilitates",
        "Does the company make it substantially easier for somebody else to do the harm?",
        "A tool, a feature, an audience, or not stopping what it could stop. Slight or trivial help is a no.",
        "contribute_facilitate",
        "The company makes it substantially easier for another to do the harm.",
    ),
    Question(
        "incentivises",
        "Does the company give somebody else a substantial reason to do the harm?",
        "Targets, pay, ranking or reach that reward harmful conduct.",
        "contribute_incentivise",
        "The company gives another a substantial reason to do the harm.",
    ),
    Question(
        "adds",
        "Does the company add substantially, beside others, to one and the same harm?",
        "Each part alone may be too small; together they harm.",
        "contribute_cumulative",
        "The company adds substantially, beside others, to one harm.",
    ),
)
LINK = Question(
    "linked",
    "Is the harm tied to a product, a service or an operation of the company through a business relationship?",
    "Partners, customers, suppliers, States: whoever does the harm with, by or for what the company offers.",
    LINKED,
    "The harm is tied to the company through a relationship or a product, without a contribution of its own.",
)
QUESTIONS = (ALONE, *CONTRIBUTIONS, LINK)
FACTORS: Mapping[str, str] = {
    "foreseeable": "Could the company have foreseen this harm, or one like it?",
    "substantial": "Is the company's part substantial, more than slight or trivial?",
    "enabled": "Did the company enable the harm?",
    "encouraged": "Did the company encourage or motivate whoever did it?",
    "mitigation_quality": "Did its own measures lessen the harm, or the chance of it?",
}
NO_LINK = "Neither the company's own conduct, nor a relationship or product of it, is tied to the harm."
SEVERAL = (
    "More than one kind of contribution was found; the gravest names it, facilitating first, then incentives."
)


@dataclass(frozen=True)
class Decision:
    """Where the tree leads: the tie, the sentence that says why, and the questions asked on the way."""

    tie: str
    reason: str
    path: tuple[tuple[Question, Answer], ...]


def decide(answers: Mapping[str, str]) -> Decision:
    """Walk the decision tree (UNGP 13, 19; OECD 2018: a contribution is substantial; domain.md 1.2).

    The three kinds of contribution are one step: a yes to one of them settles that the company contributes, whatever
    is not known of the others. Any other unknown on the way leads to undetermined, which asks for the same interim
    action as a contribution.

    Args:
        answers: yes, no or unknown by the name of the question; one that is missing counts as unknown.
    """
    given = {one: Answer(answers.get(one.name, Answer.UNKNOWN)) for one in QUESTIONS}
    path: list[tuple[Question, Answer]] = []
    for step in ((ALONE,), CONTRIBUTIONS, (LINK,)):
        path += [(one, given[one]) for one in step]
        told = {one.tie: one for one in step if given[one] is Answer.YES}
        if told:
            reason = told[gravest_tie(told)].found
            return Decision(
                gravest_tie(told), f"{reason} {SEVERAL}" if len(told) > 1 else reason, tuple(path)
            )
        open_ones = [one for one in step if given[one] is Answer.UNKNOWN]
        if open_ones:
            asked = " ".join(one.text for one in open_ones)
            reason = f"Not known: {asked} Until it is, the company acts as if it contributed."
            return Decision(UNDETERMINED, reason, tuple(path))
    return Decision(NONE, NO_LINK, tuple(path))


PLAN = "A remediation plan must be approved before the risk can be closed (I1)."
OWED: Mapping[str, tuple[str, ...]] = {
    CAUSE: ("Cease or prevent the harm (UNGP 13(a), I3).", "Remedy it (UNGP 22).", PLAN),
    **dict.fromkeys(
        CONTRIBUTES,
        (
            "Cease the company's own part, whatever the partner does (UNGP 19, I3).",
            "Use leverage on the rest of the harm, and build it where it is lacking (UNGP 19).",
            "Remedy to the extent of the company's part (UNGP 22).",
            PLAN,
        ),
    ),
    LINKED: (
        "Use leverage on whoever does the harm, and build it where it is lacking (UNGP 13(b), 19).",
        "The company may help with remedy; it is not obliged to (UNGP 22).",
    ),
    NONE: ("Keep the reasons on record.", "Open the question again when there are new facts."),
    UNDETERMINED: (
        "Act for now as if the company contributed: cease its possible part, use leverage, prepare remedy (UNGP 13).",
        "Find the missing facts by the day set for it.",
        PLAN,
    ),
}


def owed(tie: str) -> tuple[str, ...]:
    """Return what a tie obliges the company to, a sentence each (UNGP 13, 19, 22); a claim obliges to nothing yet."""
    return OWED.get(tie, ())


def needs_remediation_plan(tie: str) -> bool:
    """Whether a risk may be closed only with an approved remediation plan (I1; domain.md 1.2).

    Undetermined counts as contributing here too: else leaving the question open would be the way around the rule.
    """
    return tie in CEASES


def stop_due(
    confirmed: datetime, *, tie: str, tier: int, level: int, method: Method = DEFAULT
) -> datetime | None:
    """Return by when the company's own part must have stopped, or None where it has none (I3).

    At level 4 or 5 it is three days whatever the tier (domain.md 5.4); a tier without a number of its own gets the
    slowest.

    Args:
        confirmed: when the finding was made.
        tie: what was found.
        tier: 1 to 6, as on the risk.
        level: the severity, 1 to 5.
        method: the configured hours.
    """
    if tie not in CEASES:
        return None
    hours = method.stop_hours.get(tier, max(method.stop_hours.values()))
    if level >= SEVERE:
        hours = min(hours, method.stop_hours[1])
    return confirmed + timedelta(hours=hours)


def fact_finding_due(decided: date, *, tie: str, method: Method = DEFAULT) -> date | None:
    """Return by when the missing facts must be found, or None where none is missing (domain.md 1.2)."""
    return decided + timedelta(days=method.fact_finding_days) if tie == UNDETERMINED else None


def drifts(
    tie: str,
    knew_since: date | None,
    level: int,
    best_effect: int | None,
    on: date,
    method: Method = DEFAULT,
) -> bool:
    """Whether continued inaction may have become a contribution, so that a person must look again (UNGP 19).

    Nothing changes by itself: only a decider changes a finding (drift rule of domain.md 1.2; limits of 5.4).

    Args:
        tie: what was found.
        knew_since: since when the company knows.
        level: the severity, 1 to 5; at 1 there is no limit.
        best_effect: the best effect of leverage so far, 0 to 4, or None.
        on: the day; a limit that falls on it is still met.
        method: the configured limits.
    """
    limit = method.time_limits[level].change
    if tie != LINKED or knew_since is None or limit is None:
        return False
    return (on - knew_since).days > limit and (best_effect or 0) < PARTIAL_CHANGE


@dataclass(frozen=True)
class Facts:
    """What is proposed: answers and factors by name, and what surrounds them."""

    answers: Mapping[str, str]
    factors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    mode: str = ""
    omission_kinds: Collection[str] = ()
    knew_since: date | None = None
    through: bool = False

    def weighs(self, factor: str, answer: Answer) -> bool:
        """Whether a factor was answered so; one without an answer is unknown."""
        return self.factors.get(factor, {}).get("answer", Answer.UNKNOWN) == answer


IGNORED = frozenset({OmissionKind.IGNORED_NOTICE, OmissionKind.IGNORED_OWN_RESEARCH})


def contradictions(facts: Facts, *, on: date) -> list[str]:
    """Return what in a proposal contradicts itself or is missing, a sentence each (OECD 2018; domain.md 1.2).

    Args:
        facts: what is proposed.
        on: today.
    """
    tie = decide(facts.answers).tie
    return [
        *_of_factors(facts, tie),
        *_of_conduct(facts, tie),
        *_of_knowledge(facts, on),
        *_of_link(facts, tie),
    ]


def _of_factors(facts: Facts, tie: str) -> Iterator[str]:
    for factor in FACTORS:
        if not facts.weighs(factor, Answer.UNKNOWN) and not facts.factors[factor].get("text", "").strip():
            yield f"{said(factor)}: say in a sentence why the answer is {facts.factors[factor]['answer']}."
    if tie in CONTRIBUTES and not facts.weighs("substantial", Answer.YES):
        yield (
            "Substantial: a contribution is substantial, never slight or trivial (OECD 2018). Answer yes here, or no "
            "or unknown where the tree asks about it."
        )
    for question, factor in (("facilitates", "enabled"), ("incentivises", "encouraged")):
        if facts.answers.get(question) == Answer.YES and facts.weighs(factor, Answer.NO):
            yield f"{said(factor)}: the tree says that the company {question} the harm, and this factor denies it."


def _of_conduct(facts: Facts, tie: str) -> Iterator[str]:
    omits = facts.mode in {Mode.OMISSION, Mode.BOTH}
    if tie in {CAUSE, *CONTRIBUTES} and not facts.mode:
        yield "Act or omission: who causes or contributes does so by an act, an omission, or both. Choose which."
    if omits and not facts.omission_kinds:
        yield "Kinds of omission: name at least one, or choose an act (UNGP 13: omissions count as conduct)."
    if facts.omission_kinds and not omits:
        yield "Kinds of omission: they go with an omission, or with both. Choose it above, or take the kinds away."
    if tie == NONE and facts.mode:
        yield "Act or omission: where no link was found, no conduct of the company is tied to the harm. Leave it open."


def _of_knowledge(facts: Facts, on: date) -> Iterator[str]:
    if facts.knew_since is not None and facts.knew_since > on:
        yield "Knew since: this day is still to come."
    ignored = IGNORED.intersection(facts.omission_kinds)
    if ignored and facts.knew_since is None:
        yield "Knew since: whoever ignored a notice or its own research knew. Give the day."
    if ignored and facts.weighs("foreseeable", Answer.NO):
        yield "Foreseeable: whoever ignored a notice or its own research could foresee the harm."


def _of_link(facts: Facts, tie: str) -> Iterator[str]:
    active = [one for one in ("enabled", "encouraged") if facts.weighs(one, Answer.YES)]
    if tie == LINKED and not facts.through:
        yield "Linked through: name the relationship or the product through which the harm is tied to the company."
    if tie == LINKED and active and facts.weighs("substantial", Answer.YES):
        yield (
            f"{said(active[0])}: what the company substantially {active[0]} it contributed to (OECD 2018). Answer the "
            "questions on contribution again."
        )
    if tie == NONE and active:
        yield f"{said(active[0])}: what the company {active[0]} is tied to it. Answer the tree again."


STANDING = frozenset({"found", "challenged"})
STEPS: Mapping[str, Step] = {
    "withdraw": Step(
        "Withdraw the proposal", frozenset({"proposed"}), "withdrawn", Permission.PROPOSE_INVOLVEMENT
    ),
    "find": Step("Find on the involvement", frozenset({"proposed"}), "found", Permission.FIND_INVOLVEMENT),
    "refuse": Step("Refuse the proposal", frozenset({"proposed"}), "refused", Permission.FIND_INVOLVEMENT),
    "challenge": Step("Challenge the finding", STANDING, "challenged", Permission.CHALLENGE_INVOLVEMENT),
    "supersede": Step("Supersede the finding", STANDING, "superseded", Permission.FIND_INVOLVEMENT),
}
OF_THE_LAW = re.compile(
    r"\b(legal(ly)?|law ?suits?|litigation|liab(le|ility)|counsel|privileged?|sued?|admissions?|damages|court)\b",
    re.I,
)
OF_THE_FACTS = re.compile(
    r"\b(facts?|factual|evidence|answers?|tree|factors?|conduct|acts?|omissions?|sources?|documents?|data|testimony"
    r"|facilitat\w*|incentiv\w*|contribut\w*|substantial\w*|foresee\w*|link(ed)?|knew|known|reasoning)\b",
    re.I,
)


def of_legal_risk_alone(reasons: str) -> bool:
    """Whether a refusal speaks of the law and of nothing that the tree asks about (UNGP 21(b); domain.md 1.2).

    It reads words, so it stops the thoughtless and not the cunning; the reasons stay on record for everybody.
    """
    return bool(OF_THE_LAW.search(reasons)) and not OF_THE_FACTS.search(reasons)
