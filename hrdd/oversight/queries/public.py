"""Who oversees respect for human rights, as anyone may read it: functions, meetings in counts, training (RF A2.2)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from hrdd.governance.rules import Role
from hrdd.oversight.models import PublicMandate, PublicMeeting, PublicTraining
from hrdd.oversight.rules.meetings import quarter_before, quarter_begin
from risks.models import PolicyVersion
from risks.queries.method import method
from risks.rules.policy import PolicyKind
from risks.rules.screening import identifying_details
from risks.rules.suppression import percentage

QUARTERS = 5
ROLE_WORDS: Mapping[str, str] = {
    Role.SENIOR: gettext_noop("Accountable executive"),
    Role.BOARD: gettext_noop("Governing body"),
    Role.DECIDER: gettext_noop("Head of a function"),
}
BODY_WORDS: Mapping[str, str] = {
    "board": gettext_noop("The board"),
    "committee": gettext_noop("Committee of the board"),
    "executive": gettext_noop("Executive committee"),
}
NOT_SHOWN = gettext_noop("not shown")
OTHER_ROLE = gettext_noop("Specialist")
WITHHELD = gettext_noop("a function that is not told here, as its words could tell who holds it")
TOPICS: Mapping[str, str] = {
    "asked": gettext_noop("Decisions that wait for a signature of the board"),
    "escalations": gettext_noop("Matters raised with the board"),
    "exceptions": gettext_noop("Launches approved as an exception although a severe risk was open"),
    "exits_late": gettext_noop("Exits from partners that are late"),
    "unmandated": gettext_noop("Salient risks whose owner holds no mandate"),
}


@dataclass(frozen=True)
class Answering:
    """A function that answers for human rights, since when and to whom; never who holds it."""

    function: str
    role: str
    reports_to: str
    since: date


@dataclass(frozen=True)
class Met:
    """How often a body met, and how often with an item on human rights."""

    body: str
    met: int
    rights: int


@dataclass(frozen=True)
class Quarter:
    """How often each body met in a quarter."""

    begins: date
    runs: bool
    met: list[Met]

    @property
    def called(self) -> str:
        """Return the quarter in short."""
        return f"{self.begins.year} Q{(self.begins.month - 1) // 3 + 1}"


@dataclass(frozen=True)
class Trained:
    """How much of an audience had its training, as it may be printed: a share, a bound or nothing."""

    audience: str
    bound: str
    share: str
    due_on: date
    as_of: date


@dataclass(frozen=True)
class Structure:
    """All that the public page says."""

    answering: list[Answering]
    quarters: list[Quarter]
    topics: list[tuple[str, int]]
    meetings: int
    training: list[Trained]
    commitment: dict[str, Any] | None


def structure(*, on: date) -> Structure:
    """Return who oversees, how often they meet on what, and how far training got, in four queries.

    Args:
        on: the day; meetings of its quarter and the four before it are told.
    """
    quarters = _last_quarters(on)
    meetings = list(PublicMeeting.objects.filter(held_on__gte=quarters[-1], held_on__lte=on))
    with_rights = [one for one in meetings if one.rights_n]
    topics = [(said, sum(getattr(one, name) for one in with_rights)) for name, said in TOPICS.items()]
    return Structure(
        answering=[_answering(one) for one in PublicMandate.objects.all()],
        quarters=[_quarter(begins, on, meetings) for begins in quarters],
        topics=topics,
        meetings=len(with_rights),
        training=[_trained(one) for one in PublicTraining.objects.all()],
        commitment=_commitment(),
    )


def as_data(told: Structure) -> dict[str, Any]:
    """Return the same as data, for programs."""
    return {
        "answering": [
            {
                "function": one.function,
                "role": one.role,
                "reports_to": one.reports_to,
                "since": one.since.isoformat(),
            }
            for one in told.answering
        ],
        "meetings": [
            {
                "quarter": one.called,
                "runs": one.runs,
                "bodies": [
                    {"body": each.body, "met": each.met, "with_an_item_on_rights": each.rights}
                    for each in one.met
                ],
            }
            for one in told.quarters
        ],
        "topics": [{"topic": topic, "meetings": many} for topic, many in told.topics],
        "training": [
            {
                "audience": one.audience,
                "done": f"{one.bound} {one.share}".strip() or None,
                "due_on": one.due_on.isoformat(),
                "as_of": one.as_of.isoformat(),
            }
            for one in told.training
        ],
        "policy_commitment": told.commitment,
    }


def _last_quarters(on: date) -> list[date]:
    found = [quarter_begin(on)]
    while len(found) < QUARTERS:
        found.append(quarter_before(found[-1]))
    return found


def _quarter(begins: date, on: date, meetings: Sequence[PublicMeeting]) -> Quarter:
    held = [one for one in meetings if quarter_begin(one.held_on) == begins]
    met, rights = Counter(one.body for one in held), Counter(one.body for one in held if one.rights_n)
    return Quarter(
        begins,
        begins == quarter_begin(on),
        [Met(said, met[body], rights[body]) for body, said in BODY_WORDS.items()],
    )


def _answering(one: PublicMandate) -> Answering:
    role = ROLE_WORDS.get(one.role, OTHER_ROLE)
    return Answering(_screened(one.function), role, _screened(one.reports_to), one.starts_on)


def _screened(said: str) -> str:
    """Return words that identify nobody, or that they are not told."""
    return WITHHELD if identifying_details(said) else said


def _trained(one: PublicTraining) -> Trained:
    told = percentage(one.done_n, one.due_n, method().smallest_group)
    bound, share = ("", "") if told == NOT_SHOWN else (told.partition(" ")[0], told.partition(" ")[2])
    if bound.isdecimal():
        bound, share = "", told
    return Trained(_screened(one.audience), bound, share, one.due_on, one.as_of)


def _commitment() -> dict[str, Any] | None:
    found = PolicyVersion.objects.filter(policy__kind=PolicyKind.COMMITMENT, state="in_force")
    versions = list(found.select_related("policy").defer("clauses"))
    version = next((one for one in versions if one.language == "en"), versions[0] if versions else None)
    if version is None:
        return None
    return {
        "title": version.title,
        "policy": version.policy.slug,
        "version": version.number,
        "in_force_from": version.in_force_from,
        "next_review": version.next_review,
    }
