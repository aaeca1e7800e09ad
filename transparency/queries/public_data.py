"""The public pages as data, figure by figure as the page tells it (domain.md 8.1, 8.5).

Figures come from what was frozen with a report, and nothing is counted for a file.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from risks.queries.model_reviews import public_model_reviews
from risks.queries.publications import Card, severe_unpublished
from risks.queries.salient_list import signed_on
from risks.rules.publication import counted
from transparency.models import Document, Report
from transparency.queries.consultations import published_consultations, told
from transparency.queries.news import corrected_reports, corrected_risks, corrected_statements
from transparency.queries.reports import documents_of, readable_editions
from transparency.queries.withdrawals import withdrawn_editions
from transparency.rules.manifest import MEDIA_TYPES
from transparency.rules.told_figures import figure_rows
from transparency.rules.workflows import State


@dataclass(frozen=True)
class DataSet:
    """What anyone may take as data: its name, what it holds, its page, and whether it is also a table."""

    name: str
    label: str | Promise
    about: str | Promise
    page: str
    table: bool = False

    @property
    def json(self) -> str:
        """Return the address of the data."""
        return f"/{self.name}.json"

    @property
    def csv(self) -> str:
        """Return the address of the table, or nothing."""
        return f"/{self.name}.csv" if self.table else ""

    @property
    def schema(self) -> str:
        """Return the address of what the data holds, for programs."""
        return reverse("public-schema", args=[self.name])

    @property
    def path(self) -> str:
        """Return the address of the page that tells the same."""
        return reverse(self.page)


SETS: Mapping[str, DataSet] = {
    one.name: one
    for one in (
        DataSet(
            "figures",
            _("Published figures"),
            _(
                "Every number of every report: of risks, measures, complaints and partners. Frozen with the report, "
                "never counted anew."
            ),
            "public-data",
            table=True,
        ),
        DataSet(
            "risks",
            _("Salient risks"),
            _("The published risks as they stand today: level, places, rights, what is done."),
            "public-risks",
        ),
        DataSet(
            "statements",
            _("Statements of reasons"),
            _("Every statement that can be read here; takes the filters of its page."),
            "public-statements",
            table=True,
        ),
        DataSet(
            "policies",
            _("Policies"),
            _("Every policy with its versions, languages and hashes."),
            "public-policies",
        ),
        DataSet(
            "consultations",
            _("You said, we did"),
            _("What was asked, what people said, and what was done about it."),
            "public-consultations",
        ),
        DataSet(
            "business-model",
            _("Business model"),
            _("The reviews that the board signed: conclusion and changes made."),
            "public-business-model",
        ),
        DataSet(
            "oversight",
            _("Who oversees this"),
            _(
                "Which functions answer for human rights, how often those above them met, and who was trained."
            ),
            "public-oversight",
        ),
        DataSet(
            "reports",
            _("Reports"),
            _("Every edition that can be read, with its files, their size and hashes."),
            "public-reports",
        ),
        DataSet(
            "corrections",
            _("Corrections"),
            _("Reports, statements and words of risks that were replaced, and editions that were withdrawn."),
            "public-corrections",
        ),
    )
}


def figures() -> list[dict[str, Any]]:
    """Return every number of the reports that hold, the latest period first."""
    published = Report.objects.filter(state=State.PUBLISHED).values_list("content", "content_hash")
    return [row for content, found in published for row in figure_rows(json.loads(content), found)]


def figures_data() -> dict[str, Any]:
    """Return the same as data."""
    return {"figures": figures()}


def about_the_risks(*, on: date) -> dict[str, Any]:
    """Return what is said of the published risks of a day as a whole."""
    signed = signed_on()
    return {
        "as_of": on.isoformat(),
        "signed_by_the_board_on": signed.isoformat() if signed else None,
        "severe_not_listed": counted(severe_unpublished().count()),
    }


def risk_data(one: Card) -> dict[str, Any]:
    """Return one published risk."""
    return {
        "id": one.anchor,
        "title": one.title,
        "summary": one.summary,
        "level": one.level,
        "band": one.band,
        "incomplete": one.incomplete,
        "places": list(one.places),
        "rights": list(one.rights),
        "involvement": one.involvement,
        "trend": one.trend,
        "measures_in_force": one.measures,
        "approved_plans": one.plans,
        "words_replaced_on": one.words_replaced_on.isoformat() if one.words_replaced_on else None,
        "dilemmas": [asdict(each) for each in one.dilemmas],
    }


def consultations_data() -> dict[str, Any]:
    """Return every published consultation."""
    return {"consultations": [asdict(one) for one in told(list(published_consultations()))]}


def reviews_data() -> dict[str, Any]:
    """Return the reviews of the business model that the board signed."""
    return {"reviews": [asdict(one) for one in public_model_reviews()]}


def reports_data(site: str) -> dict[str, Any]:
    """Return every edition that can be read, with the addresses of its files.

    Args:
        site: where they stand, such as https://example.org.
    """
    editions = list(readable_editions())
    files = documents_of(editions)
    return {"editions": [_edition(one, files[one.pk], site) for one in editions]}


def corrections_data() -> dict[str, Any]:
    """Return what was corrected or withdrawn."""
    return {
        "reports": [
            {
                "period": one.report.period,
                "edition": one.report.edition,
                "published_at": _moment(one.report),
                "replaces": [
                    {"edition": each.edition, "content_sha256": each.content_hash} for each in one.earlier
                ],
            }
            for one in corrected_reports()
        ],
        "withdrawn": [
            {
                "period": one.period,
                "edition": one.edition,
                "content_sha256": one.content_hash,
                "reason": one.reason,
                "withdrawn_on": one.withdrawn_on.isoformat(),
            }
            for one in withdrawn_editions()
        ],
        "risks": [
            {"title": one.title, "what": one.what, "replaced_on": one.replaced_on.isoformat()}
            for one in corrected_risks()
        ],
        "statements": [
            {"puid": one.puid, "corrects": one.corrects, "issued_on": one.issued_on.isoformat()}
            for one in corrected_statements()
        ],
    }


WITHOUT_A_DAY: Mapping[str, Callable[[], dict[str, Any]]] = {
    "figures": figures_data,
    "consultations": consultations_data,
    "business-model": reviews_data,
    "corrections": corrections_data,
}


def _edition(report: Report, files: list[Document], site: str) -> dict[str, Any]:
    return {
        "title": report.title,
        "period": report.period,
        "period_from": report.period_from.isoformat(),
        "period_to": report.period_to.isoformat(),
        "edition": report.edition,
        "published_at": _moment(report),
        "content_sha256": report.content_hash,
        "replaced": report.state == State.CORRECTED,
        "files": [
            {
                "url": site
                + reverse("public-edition-file", args=[report.period, report.edition, one.format]),
                "media_type": MEDIA_TYPES[one.format],
                "bytes": one.size,  # type: ignore[attr-defined]  # annotated
                "sha256": one.sha256,
            }
            for one in files
        ],
    }


def _moment(report: Report) -> str | None:
    return report.published_at.isoformat() if report.published_at else None
