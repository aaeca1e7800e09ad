"""What was lately published, issued, put in force and corrected, for feeds and the page of corrections (GP21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.urls import reverse
from django.utils.translation import gettext as _

from risks.models import PolicyVersion
from risks.queries.publications import words_replaced
from transparency.models import Report
from transparency.queries import policies
from transparency.queries.public_statements import PublicStatement, listed, public_statements, told
from transparency.queries.reports import published_reports, replaced_editions
from transparency.queries.withdrawals import Withdrawn, withdrawn_editions

MOST = 50


@dataclass(frozen=True)
class Piece:
    """One piece of news: a key that stays, what it says, where it stands, and when it became public."""

    key: str
    title: str
    summary: str
    path: str
    at: datetime


@dataclass(frozen=True)
class CorrectedReport:
    """A report of which a later edition replaced earlier ones."""

    report: Report
    earlier: Sequence[Report]


@dataclass(frozen=True)
class CorrectedRisk:
    """A published risk whose words were replaced; what stood there before may have told too much, and is not told."""

    key: str
    title: str
    what: str
    replaced_on: date


def reports_told() -> list[Piece]:
    """Return the published reports, the latest first; each edition is a piece of its own."""
    return [_report(one) for one in published_reports().order_by("-published_at", "-pk")[:MOST]]


def statements_told() -> list[Piece]:
    """Return the statements of reasons that hold and anyone may read, the latest first; a day, never an hour."""
    return [_statement(one) for one in told(listed()[:MOST])]


def policies_told() -> list[Piece]:
    """Return the public versions of policies, the latest change first; each change of standing is a piece."""
    latest = policies.public_versions().defer("clauses").order_by("-changed_at", "-pk")[:MOST]
    return [_policy(one) for one in latest]


def corrections_told() -> list[Piece]:
    """Return every correction, the latest first."""
    found = [_report(one.report) for one in corrected_reports()]
    found += [_statement(one) for one in corrected_statements()]
    found += [_risk(one) for one in corrected_risks()]
    found += [_withdrawn(one) for one in withdrawn_editions()]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def corrected_reports() -> list[CorrectedReport]:
    """Return the published reports that replaced an earlier edition, with those, the latest first."""
    later = list(published_reports().filter(edition__gt=1).order_by("-published_at", "-pk"))
    replaced = replaced_editions([one.period for one in later])
    return [CorrectedReport(one, replaced.get(one.period, [])) for one in later]


def corrected_statements() -> list[PublicStatement]:
    """Return the statements that correct an earlier one, hold, and that anyone may read, the latest first."""
    later = public_statements().filter(supersedes__isnull=False, superseded_by__isnull=True)
    return list(told(later.order_by("-issued_at", "-pk")[:MOST]))


def corrected_risks() -> list[CorrectedRisk]:
    """Return each time that words of a published risk were replaced, the latest first."""
    kept = words_replaced().values_list(
        "pk", "risk__title", "title_changed", "summary_changed", "replaced_at"
    )
    return [
        CorrectedRisk(str(pk), title, _replaced(title=of_title, summary=of_summary), at.date())
        for pk, title, of_title, of_summary, at in kept[:MOST]
    ]


def _replaced(*, title: bool, summary: bool) -> str:
    if title and summary:
        return _("Its title and its summary were replaced.")
    return _("Its title was replaced.") if title else _("Its summary was replaced.")


def _risk(one: CorrectedRisk) -> Piece:
    return Piece(
        key=f"risk-words/{one.key}",
        title=one.title,
        summary=one.what,
        path=reverse("public-risks"),
        at=midnight(one.replaced_on),
    )


def _report(one: Report) -> Piece:
    return Piece(
        key=f"{one.period}/{one.edition}",
        title=one.title if one.edition == 1 else _("%s, edition %d") % (one.title, one.edition),
        summary=_("On %(period)s. SHA-256 of its content: %(hash)s")
        % {"period": one.period_label, "hash": one.content_hash},
        path=reverse("public-edition", args=[one.period, one.edition]),
        at=one.published_at or midnight(one.period_to),
    )


def _withdrawn(one: Withdrawn) -> Piece:
    return Piece(
        key=f"withdrawn/{one.period}/{one.edition}",
        title=_("Withdrawn for the safety of people: %(period)s, edition %(edition)d")
        % {"period": one.period, "edition": one.edition},
        summary=_("SHA-256 of its content: %(hash)s") % {"hash": one.content_hash},
        path=reverse("public-edition", args=[one.period, one.edition]),
        at=midnight(one.withdrawn_on),
    )


def _statement(one: PublicStatement) -> Piece:
    return Piece(
        key=one.puid,
        title=f"{one.restriction_label}: {one.category_label}",
        summary=one.text,
        path=reverse("public-statement", args=[one.puid]),
        at=midnight(one.issued_on),
    )


def _policy(one: PolicyVersion) -> Piece:
    return Piece(
        key=f"{one.policy.slug}/{one.number}/{one.language}/{one.state}",
        title=_("%(title)s, version %(number)d: %(standing)s")
        % {"title": one.title, "number": one.number, "standing": policies.standing(one)},
        summary=one.what_changed,
        path=reverse("public-policy-text", args=[one.policy.slug, one.number, one.language]),
        at=one.changed_at,
    )


def midnight(day: date) -> datetime:
    """Return a day as a moment that tells no hour."""
    return datetime.combine(day, time.min, tzinfo=UTC)
