"""The way of a policy version, who may approve it, and when a measure may rely on it (UNGP 16; domain.md 1.10, 3.3)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from hrdd.governance.rules import LEAST_REASONS, NotAllowed, Permission, Role, Step
from risks.rules.screening import NAME, identifying_details, refusal

SIGN_OFF_KIND = "policy"
LONGEST_REVIEW_MONTHS = 24
MOST_CLAUSES = 100
LONGEST_CLAUSE, LONGEST_HEADING = 5000, 160
NUMBER_OF_CLAUSE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}")


class PolicyKind(StrEnum):
    COMMITMENT = "policy_commitment"
    CONTENT_RULES = "content_rules"
    PARTNER_CODE = "partner_code"
    DATA = "data"
    GOVERNMENT_REQUESTS = "government_requests"
    HUMAN_RIGHTS = "human_rights"
    GRIEVANCES = "grievances"


KINDS: Mapping[str, str] = {
    PolicyKind.COMMITMENT: "Policy commitment to human rights",
    PolicyKind.CONTENT_RULES: "Rules on content and conduct",
    PolicyKind.PARTNER_CODE: "Code for partners and customers",
    PolicyKind.DATA: "Policy on personal data",
    PolicyKind.GOVERNMENT_REQUESTS: "Policy on requests of governments",
    PolicyKind.HUMAN_RIGHTS: "Other policy on human rights",
    PolicyKind.GRIEVANCES: "Procedure for complaints and remedy",
}


class VersionState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"


STATES: Mapping[str, str] = {
    VersionState.DRAFT: "Draft",
    VersionState.SUBMITTED: "Waits for approval",
    VersionState.APPROVED: "Approved, not in force yet",
    VersionState.IN_FORCE: "In force",
    VersionState.SUPERSEDED: "Replaced by a later version",
    VersionState.REPEALED: "Repealed",
}
# How a policy as a whole stands; several may hold at once.
STANDINGS: Mapping[str, str] = {
    "in_force": "In force",
    "in_work": "A version is in work",
    "submitted": "Waits for approval",
    "none": "No version in force",
}
OPEN_STATES = frozenset({VersionState.DRAFT, VersionState.SUBMITTED, VersionState.APPROVED})
EDITED_STATES = frozenset({VersionState.DRAFT, VersionState.SUBMITTED})
# What was public once stays readable at its address: people must find the rule that was applied to them (L1).
PUBLIC_STATES = frozenset(VersionState) - EDITED_STATES

# The name of each language in itself, since whoever looks for it may read no other.
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "am": "አማርኛ",
    "ar": "العربية",
    "bn": "বাংলা",
    "de": "Deutsch",
    "es": "Español",
    "fa": "فارسی",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "my": "မြန်မာ",
    "nl": "Nederlands",
    "om": "Afaan Oromoo",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "so": "Soomaali",
    "sw": "Kiswahili",
    "ta": "தமிழ்",
    "th": "ไทย",
    "ti": "ትግርኛ",
    "tl": "Filipino",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True)
class Clause:
    """A numbered part of a policy; measures rely on it by its number, and a later version keeps the number."""

    number: str
    heading: str
    text: str


def clauses_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Clause, ...]:
    """Return clauses as they are stored."""
    return tuple(Clause(one["number"], one["heading"], one["text"]) for one in stored)


def check_shape(clauses: Sequence[Clause]) -> None:
    """Refuse clauses that could not be told from one another or compared with those of another version.

    Raises:
        NotAllowed: too many of them, or a number that is none or stands twice.
    """
    if len(clauses) > MOST_CLAUSES:
        raise NotAllowed(f"Clauses: keep to {MOST_CLAUSES}. A longer text is several policies.")
    seen: set[str] = set()
    for one in clauses:
        if not NUMBER_OF_CLAUSE.fullmatch(one.number):
            raise NotAllowed(
                f"Clauses: “{one.number}” is no number of a clause. Use figures and dots, such as 2.1."
            )
        if one.number in seen:
            raise NotAllowed(
                f"Clauses: number {one.number} stands twice. Measures rely on a clause by its number."
            )
        seen.add(one.number)


@dataclass(frozen=True)
class Text:
    """What of a version decides whether it may be submitted; `today` is the day of submission."""

    kind: str
    title: str
    clauses: tuple[Clause, ...]
    what_changed: str
    consulted: str
    experts: str
    in_force_from: date | None
    next_review: date | None
    adopted_before: str
    today: date
    never_named: tuple[str, ...] = ()


def refusals_to_submit(version: Text) -> list[str]:
    """Return why a version may not be submitted for approval, one sentence each; none is good (UNGP 16; L2)."""
    found = [
        *_of_the_clauses(version.clauses),
        _short("What changed and why", version.what_changed, "the public reads it beside the text"),
        _short("Who was consulted", version.consulted, "or why nobody was (UNGP 16(b), 18(b))"),
        *_of_the_dates(version),
        *_of_the_names(version),
    ]
    if version.kind == PolicyKind.COMMITMENT:
        found += [
            _short("Experts", version.experts, "a policy commitment is informed by expertise (UNGP 16(b))"),
            _of_the_review(version),
        ]
    return [sentence for sentence in found if sentence]


def _short(label: str, said: str, why: str) -> str:
    if len(said.strip()) >= LEAST_REASONS:
        return ""
    return f"{label}: say it in at least {LEAST_REASONS} characters; {why}."


def _of_the_clauses(clauses: tuple[Clause, ...]) -> list[str]:
    if not clauses:
        return ["Clauses: write at least one. A rule that is not written binds nobody (L2)."]
    return [
        f"Clause {one.number}: give it a heading and a text, or remove it."
        for one in clauses
        if not one.heading.strip() or not one.text.strip()
    ]


def _of_the_dates(version: Text) -> list[str]:
    late = version.in_force_from is not None and version.in_force_from < version.today
    if late and not version.adopted_before.strip():
        return [
            "In force from: choose today or later. Nobody is bound by a rule before it is published (L3). Where the "
            "company had adopted this text before it was recorded here, say so under “Adopted before”."
        ]
    if version.adopted_before.strip() and not late:
        return [
            "Adopted before: this is for a text that was in force already. Give the day, or leave it empty."
        ]
    return []


def _of_the_review(version: Text) -> str:
    begins = version.in_force_from or version.today
    if version.next_review is None or not (
        begins < version.next_review <= months_after(begins, LONGEST_REVIEW_MONTHS)
    ):
        return (
            f"Next review: a policy commitment is looked at again within {LONGEST_REVIEW_MONTHS} months of coming "
            "into force. Choose a day in that time."
        )
    return ""


def _of_the_names(version: Text) -> list[str]:
    """Refuse what may lead to a person where people are spoken of, and endangering names everywhere (8.6 N1, N8)."""
    spoken = {
        "What changed and why": version.what_changed,
        "Who was consulted": version.consulted,
        "Experts": version.experts,
        "Adopted before": version.adopted_before,
    }
    found = [refusal(label, said, known=version.never_named) for label, said in spoken.items()]
    told = [
        ("Title", version.title),
        *((f"Clause {one.number}", f"{one.heading}\n{one.text}") for one in version.clauses),
    ]
    named = [label for label, said in told if NAME in identifying_details(said, known=version.never_named)]
    return found + [
        f"{label}: a partner is named whose name endangers people (UNGP 21(c))." for label in named
    ]


def months_after(day: date, months: int) -> date:
    """Return the day some calendar months later, or the last day of that month (domain.md 0.1)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("Every month has 28 days.")


# What an approval may ask for, by the kind of the policy.
MAY_APPROVE = (Permission.APPROVE_POLICY, Permission.APPROVE_COMMITMENT)


def permission_to_approve(kind: str) -> Permission:
    """Return what it takes to approve: a policy commitment is the board's (UNGP 16(a), domain.md 1.10)."""
    return Permission.APPROVE_COMMITMENT if kind == PolicyKind.COMMITMENT else Permission.APPROVE_POLICY


APPROVERS: Mapping[Role, str] = {
    Role.BOARD: "the board",
    Role.SENIOR: "a senior executive",
    Role.DECIDER: "the head of the function",
}


def approved_as(roles: Collection[str], may: Mapping[Role, frozenset[Permission]], kind: str) -> str:
    """Return as what a person approves, the most senior first; the public reads this and no name (domain.md 1.10).

    Args:
        roles: those of the person.
        may: what each role may do.
        kind: of the policy.
    """
    wanted = permission_to_approve(kind)
    return next((said for role, said in APPROVERS.items() if role in roles and wanted in may[role]), "")


def _step(label: str, before: set[VersionState], after: VersionState, who: Permission) -> Step:
    return Step(label, frozenset(before), after, who)


def steps_of(kind: str) -> Mapping[str, Step]:
    """Return the steps of a version of a kind of policy; it is superseded as the next one comes into force."""
    approver = permission_to_approve(kind)
    state = VersionState
    return {
        "submit": _step("Submit for approval", {state.DRAFT}, state.SUBMITTED, Permission.DRAFT_POLICY),
        "reopen": _step("Go on drafting", {state.SUBMITTED}, state.DRAFT, Permission.DRAFT_POLICY),
        "approve": _step("Approve the version", {state.SUBMITTED}, state.APPROVED, approver),
        "refuse": _step("Refuse the version", {state.SUBMITTED}, state.DRAFT, approver),
        "force": _step("Put into force", {state.APPROVED}, state.IN_FORCE, approver),
        "repeal": _step("Repeal", {state.APPROVED, state.IN_FORCE}, state.REPEALED, approver),
    }


def was_in_force(began: date | None, ended: date | None, on: date) -> bool:
    """Whether a version was in force on a day; the day on which it ended is the first of the next one."""
    return began is not None and began <= on and (ended is None or ended > on)


def check_reliance(
    *,
    called: str,
    clauses: Sequence[Clause],
    clause: str,
    began: date | None,
    ended: date | None,
    conduct_on: date,
) -> None:
    """Refuse that a measure relies on a rule that was not in force when the conduct occurred (L3).

    Args:
        called: how people read the version.
        clauses: its clauses.
        clause: the number of the one relied on.
        began, ended: when the version came into force and ceased to be.
        conduct_on: the day of the conduct, or of the measure's beginning where the conduct goes on.

    Raises:
        NotAllowed: the version was not in force on that day, or has no such clause.
    """
    if not was_in_force(began, ended, conduct_on):
        raise NotAllowed(
            f"L3: {called} was not in force on {conduct_on:%-d %B %Y}. Choose the version that was; nobody is bound "
            "by a rule before it is published or after it is gone."
        )
    if clause not in {one.number for one in clauses}:
        raise NotAllowed(
            f"L2: {called} has no clause {clause or 'without a number'}. Name the clause relied on."
        )
