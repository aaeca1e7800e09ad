"""Statements of reasons as anyone may read them (DSA 17; domain.md 8.4 to 8.6).

The risk is published, the words still pass the screen that they passed when they were issued, and whoever came into
danger since is not named. Never who issued it, an hour, the day of the content, or why it was corrected: those words
were written for the desk.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as marked

from risks.models import Measure, StatementOfReasons
from risks.models.measures import NEVER_STOOD
from risks.models.naming import WORDS_OF_A_STATEMENT
from risks.queries.naming import naming
from risks.queries.partners import never_named
from risks.rules.countries import country_names
from risks.rules.ladder import LADDER
from risks.rules.statement_schema import DECISIONS, ILLEGAL, label_of, values_of
from transparency.queries.statement_files import names_of
from transparency.rules.dsa import identifying

CHUNK = 500
RESTRICTION, WHERE, FROM, UNTIL = marked("Restriction"), marked("Where"), marked("From"), marked("Until")
RULE, CONTENT_OF = marked("Rule or law"), marked("Content of")
NO_END, EVERYWHERE = marked("No end date"), marked("Everywhere")
MOST_WORDS = 10


@dataclass(frozen=True)
class PublicStatement:
    """A statement as anyone reads it; values of the database by their codes, and in words for the page."""

    puid: str
    issued_on: date
    restriction: str
    text: str
    content: dict[str, Any]
    territory: tuple[str, ...]
    corrects: str
    corrected_by: str

    @property
    def restriction_label(self) -> str:
        """Return what was done, in words."""
        return LADDER[self.restriction].label

    @property
    def category_label(self) -> str:
        """Return what it concerns, in words."""
        return self.told("category")

    @property
    def places(self) -> str:
        """Return where it applies, in words."""
        names = country_names()
        return ", ".join(_(names.get(code, code)) for code in self.territory) or _(EVERYWHERE)

    @property
    def rule(self) -> str:
        """Return the rule or the law that it rests on."""
        illegal = self.content.get("decision_ground") == ILLEGAL
        name = "illegal_content_legal_ground" if illegal else "incompatible_content_ground"
        return str(self.content.get(name) or "")

    @property
    def explanation(self) -> str:
        """Return why that rule or law forbids it."""
        illegal = self.content.get("decision_ground") == ILLEGAL
        name = "illegal_content_explanation" if illegal else "incompatible_content_explanation"
        return str(self.content.get(name) or "")

    @property
    def content_month(self) -> str:
        """Return the month of the content: the day might lead to whoever posted or reported it (8.6 N2)."""
        return str(self.content.get("content_date") or "")[: len("2026-01")]

    @property
    def until(self) -> str:
        """Return the day on which the restriction ends, or nothing where it has no end."""
        ends = (value for name, value in self.content.items() if name.startswith("end_date_") and value)
        return str(next(ends, ""))

    def told(self, field: str) -> str:
        """Return a coded field in words."""
        said = self.content.get(field) or []
        labels = values_of(field)
        return ", ".join(_(labels.get(one, str(one))) for one in (said if isinstance(said, list) else [said]))

    @property
    def facts(self) -> list[tuple[str, str, bool]]:
        """Return its fields in words, and whether a person wrote them; what is empty is left out.

        Values of lists are told in the language that is spoken.
        """
        written = {self.rule, str(self.content.get("content_type_other") or "")}
        told = [
            (RESTRICTION, _(self.restriction_label)),
            (WHERE, self.places),
            (FROM, _day(self.content.get("application_date"))),
            (UNTIL, _day(self.until) or _(NO_END)),
            (label_of("decision_ground"), self.told("decision_ground")),
            (RULE, self.rule),
            (label_of("category"), self.told("category")),
            (label_of("content_type"), self.told("content_type")),
            (label_of("content_type_other"), str(self.content.get("content_type_other") or "")),
            (CONTENT_OF, _month(self.content.get("content_date"))),
            (label_of("source_type"), self.told("source_type")),
            (label_of("automated_detection"), self.told("automated_detection")),
            (label_of("automated_decision"), self.told("automated_decision")),
        ]
        return [(term, said, said in written) for term, said in told if said]

    def as_data(self) -> dict[str, Any]:
        """Return it as data, under the names of the database where it has one."""
        given = self.content
        return {
            "puid": self.puid,
            "issued_on": self.issued_on.isoformat(),
            "restriction": self.restriction,
            "restriction_class": LADDER[self.restriction].intrusion,
            **{name: given.get(name) for name in DECISIONS},
            "decision_ground": given.get("decision_ground"),
            "rule_or_law": self.rule,
            "explanation": self.explanation,
            "category": given.get("category"),
            "content_type": given.get("content_type"),
            "content_type_other": given.get("content_type_other"),
            "content_month": self.content_month,
            "territory": list(self.territory),
            "application_date": given.get("application_date"),
            "end_date": self.until or None,
            "decision_facts": given.get("decision_facts"),
            "source_type": given.get("source_type"),
            "automated_detection": given.get("automated_detection"),
            "automated_decision": given.get("automated_decision"),
            "corrects": self.corrects or None,
            "corrected_by": self.corrected_by or None,
        }


def public_statements() -> QuerySet[StatementOfReasons]:
    """Return the statements that anyone may read, corrected ones too, as far as the database can tell.

    Whoever shows one passes it through `told`, which screens its words once more.
    """
    shown = StatementOfReasons.objects.filter(may_be_read(never_named()))
    return shown.select_related("measure", "supersedes", "superseded_by")


def may_be_read(hidden: Sequence[str]) -> Q:
    """Return the condition on a statement under which anyone may read it.

    Args:
        hidden: the names of the partners whose name endangers people.
    """
    published = Q(measure__risk__published=True)
    stood = published & ~Q(measure__state__in=NEVER_STOOD)
    if not hidden:
        return stood
    aimed_at = Q(measure__target_type=Measure.Target.PARTNER, measure__target__in=hidden)
    named = naming(StatementOfReasons.objects.all(), WORDS_OF_A_STATEMENT, hidden)
    return stood & ~aimed_at & ~Q(pk__in=named.values("pk"))


def listed(
    *,
    words: str = "",
    ground: str = "",
    category: str = "",
    kind: str = "",
    country: str = "",
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[StatementOfReasons]:
    """Return the public statements that hold and match, the latest first.

    Args:
        words: each must occur in the plain words; empty for all.
        ground, category, kind: a code, or empty for any.
        country: where it applies, by name or because it applies everywhere; empty for any.
        first, last: the days between which it was issued, both included.
    """
    found = public_statements().filter(superseded_by__isnull=True)
    for word in words.split()[:MOST_WORDS]:
        found = found.filter(text__icontains=word)
    if country:
        found = found.filter(Q(measure__territory__contains=[country]) | Q(measure__territory=[]))
    chosen = {
        "ground": ground,
        "category": category,
        "measure__kind": kind,
        "issued_at__date__gte": first,
        "issued_at__date__lte": last,
    }
    return found.filter(**{name: value for name, value in chosen.items() if value})


def told(statements: Iterable[StatementOfReasons]) -> Iterator[PublicStatement]:
    """Yield those whose words pass the screen as it is today."""
    hidden = never_named()
    for one in statements:
        shown = {**one.content, "decision_facts": one.text}
        if not identifying(shown, known=[*names_of(one.measure), *hidden]):
            yield _public(one)


def one_told(puid: str) -> PublicStatement | None:
    """Return the public statement of an identifier, or nothing."""
    return next(told(public_statements().filter(puid=puid)), None)


def is_readable(puid: str) -> bool:
    """Whether anyone may read the statement of an identifier."""
    return bool(puid) and one_told(puid) is not None


def streamed(statements: QuerySet[StatementOfReasons]) -> Iterator[PublicStatement]:
    """Yield public statements in memory that does not grow with their number."""
    return told(statements.iterator(chunk_size=CHUNK))


def _day(said: str | None) -> str:
    """Return a day of a statement as people read it."""
    if not said:
        return ""
    return date_format(date.fromisoformat(said), _("j F Y"))


def _month(said: str | None) -> str:
    return date_format(date.fromisoformat(said), _("F Y")) if said else ""


def _public(one: StatementOfReasons) -> PublicStatement:
    newer = getattr(one, "superseded_by", None)
    return PublicStatement(
        puid=str(one.puid),
        issued_on=one.issued_at.date(),
        restriction=one.measure.kind,
        text=one.text,
        content=one.content,
        territory=tuple(one.measure.territory),
        corrects=str(one.supersedes.puid) if one.supersedes else "",
        corrected_by=str(newer.puid) if newer else "",
    )
