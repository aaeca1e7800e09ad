"""What words are found in, of all that a person may see and nothing else.

Each kind starts from what its own page lists for this person, and is searched by what that page shows them. What is
left out is left out before it is counted, so neither a number nor an empty place tells that something is there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.contrib.postgres.search import SearchConfig, SearchVector, SearchVectorField
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse

from hrdd.governance.models import User
from hrdd.governance.rules import Permission
from remedies.models import Case
from remedies.queries.cases import visible_to as cases_visible_to
from remedies.rules.case import TYPE_WORDS, CaseState
from risks.models import (
    Consultation,
    Dilemma,
    DilemmaDecision,
    Measure,
    Policy,
    PolicyVersion,
    Relationship,
    Risk,
)
from risks.models.measures import WORDS_OF_A_MEASURE
from risks.queries.consultations import open_to
from risks.queries.consultations import visible_to as consultations_visible_to
from risks.queries.words import searched
from transparency.models import Report

MOST_COUNTED = 1_000
MOST_WORDS = 10
FEWEST_OF_A_NUMBER = 4  # as much of the number of a case as nobody types by chance


@dataclass(frozen=True)
class Hit:
    """One record that was found: where it stands, what it is called, what is said of it in a list."""

    url: str
    title: str
    about: str


@dataclass(frozen=True)
class Kind:
    """A kind of record: who searches it, what of it they find, and how it reads in a list."""

    label: str
    permission: Permission
    found: Callable[[User, str], QuerySet[Any]]
    hit: Callable[[Any], Hit]


@dataclass(frozen=True)
class Found:
    """What was found of one kind."""

    kind: str
    label: str
    many: int
    hits: list[Hit]

    @property
    def said(self) -> str:
        """Return how many, for people; beyond a limit nobody counts."""
        return f"more than {MOST_COUNTED:,}" if self.many > MOST_COUNTED else str(self.many)


def kinds_of(user: User) -> dict[str, Kind]:
    """Return the kinds that a person reads at all."""
    return {name: kind for name, kind in KINDS.items() if user.may(kind.permission)}


def found_of(kind: str, user: User, said: str) -> QuerySet[Any]:
    """Return the records of a kind that a person finds by some words, in the order of its list.

    Raises:
        KeyError: there is no such kind for them.
    """
    return kinds_of(user)[kind].found(user, said)


def search(user: User, said: str, *, shown: int) -> list[Found]:
    """Return what words are found in, a few of each kind and how many there are.

    Args:
        user: who asks.
        said: as typed; the last word may be the beginning of one.
        shown: how many of each kind.
    """
    results = (_first(name, kind, user, said, shown) for name, kind in kinds_of(user).items())
    return [one for one in results if one.many]


def _first(name: str, kind: Kind, user: User, said: str, shown: int) -> Found:
    rows = kind.found(user, said)
    hits = [kind.hit(row) for row in rows[: shown + 1]]
    many = len(hits) if len(hits) <= shown else rows.order_by()[: MOST_COUNTED + 1].count()
    return Found(name, kind.label, many, hits[:shown])


def _risks(_user: User, said: str) -> QuerySet[Risk]:
    return (
        Risk.objects.filter(search=searched(said)).order_by("-rank", "pk").defer("imported_record", "search")
    )


def _partners(_user: User, said: str) -> QuerySet[Relationship]:
    words = SearchVector("partner__name", "supplied", "kind_said", config="simple")
    found = Relationship.objects.annotate(words=words).filter(words=searched(said))
    return found.select_related("partner").order_by("-pk")


def _measures(_user: User, said: str) -> QuerySet[Measure]:
    found = Measure.objects.alias(words=WORDS_OF_A_MEASURE).filter(words=searched(said))
    return found.select_related("risk").defer("risk__imported_record", "risk__search").order_by("-pk")


def _dilemmas(_user: User, said: str) -> QuerySet[Dilemma]:
    decided = DilemmaDecision.objects.filter(dilemma=OuterRef("pk"), search=searched(said))
    return Dilemma.objects.filter(Q(search=searched(said)) | Q(Exists(decided))).order_by("-pk")


def _consultations(user: User, said: str) -> QuerySet[Consultation]:
    """What is kept for its team is found by its team alone: its title would tell who was asked, and where."""
    words = SearchVector("title", "question", config="simple")
    open_to_them = consultations_visible_to(user).filter(open_to(user))
    return open_to_them.alias(words=words).filter(words=searched(said)).order_by("-pk")


def _policies(_user: User, said: str) -> QuerySet[Policy]:
    clauses = Func(
        SearchConfig("simple"), F("clauses"), function="to_tsvector", output_field=SearchVectorField()
    )
    texts = PolicyVersion.objects.alias(name=SearchVector("title", config="simple"), text=clauses).filter(
        Q(name=searched(said)) | Q(text=searched(said)), policy=OuterRef("pk")
    )
    named = Policy.objects.alias(words=SearchVector("title", config="simple"))
    return named.filter(Q(words=searched(said)) | Q(Exists(texts))).order_by("title", "pk")


def _reports(_user: User, said: str) -> QuerySet[Report]:
    words = SearchVector("title", "period", config="simple")
    return Report.objects.alias(words=words).filter(words=searched(said)).order_by("-pk")


def _cases(user: User, said: str) -> QuerySet[Case]:
    """What stands outside the seal: the number, what it is about, its state."""
    words = said.lower().split()[:MOST_WORDS]
    numbered = cases_visible_to(user).alias(number=Cast("pk", CharField()))
    wanted = reduce(and_, (_of_a_case(word) for word in words), Q()) if words else Q(pk__in=[])
    return numbered.filter(wanted).order_by("-received_week", "pk")


def _of_a_case(word: str) -> Q:
    types = [str(code) for code, label in TYPE_WORDS.items() if word in label.lower().split()]
    states = [str(state) for state in CaseState if word in state.split("_")]
    wanted = Q(type__in=types) | Q(state__in=states)
    return wanted | Q(number__startswith=word) if len(word) >= FEWEST_OF_A_NUMBER else wanted


def _at(page: str, title: Callable[[Any], str], about: Callable[[Any], str]) -> Callable[[Any], Hit]:
    return lambda row: Hit(reverse(page, args=[row.pk]), title(row), about(row))


def _consultation_about(row: Consultation) -> str:
    return f"{row.get_purpose_display()}; {row.get_state_display()}".strip("; ")


KINDS: Mapping[str, Kind] = {
    "risks": Kind(
        "Risks",
        Permission.READ_DESK,
        _risks,
        _at("risk-detail", str, lambda row: f"Severity {row.level}; {row.get_status_display()}"),
    ),
    "partners": Kind(
        "Partners",
        Permission.READ_DESK,
        _partners,
        _at("partner-detail", lambda row: str(row.partner), lambda row: row.kind_told),
    ),
    "measures": Kind(
        "Measures",
        Permission.READ_DESK,
        _measures,
        _at("measure-detail", str, lambda row: f"{row.get_state_display()}; {row.risk.title}"),
    ),
    "dilemmas": Kind(
        "Dilemmas",
        Permission.READ_DESK,
        _dilemmas,
        _at("dilemma-detail", lambda row: row.question, lambda row: row.get_state_display()),
    ),
    "consultations": Kind(
        "Consultations",
        Permission.READ_DESK,
        _consultations,
        _at("consultation-detail", str, _consultation_about),
    ),
    "cases": Kind(
        "Cases",
        Permission.READ_CASES,
        _cases,
        _at("case-detail", str, lambda row: f"{TYPE_WORDS[row.type]}; {row.state.replace('_', ' ')}"),
    ),
    "policies": Kind(
        "Policies",
        Permission.READ_DESK,
        _policies,
        _at("policy-detail", str, lambda row: row.get_kind_display()),
    ),
    "reports": Kind(
        "Reports",
        Permission.READ_DESK,
        _reports,
        _at("report-detail", lambda row: row.title, lambda row: f"{row.period}; {row.get_state_display()}"),
    ),
}
