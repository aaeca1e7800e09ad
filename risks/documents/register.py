"""The register as a file, row by row: CSV, XLSX and JSON of the same columns, which the import reads again.

It leaves the desk: a text that names a partner whose name endangers people is withheld (UNGP 21(c)).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from django.db.models import Prefetch, QuerySet

from risks.documents.tables import Record, write_table
from risks.models import Risk, RiskRight, SeverityAssessment
from risks.queries.partners import never_named, told_outside
from risks.rules.severity import BANDS
from risks.rules.standing import CLOSED, REMEDIED

CHUNK = 2000
TIERS: Mapping[int, str] = {
    **{number: f"P{number}" for number in range(1, 5)},
    REMEDIED: "remedied",
    CLOSED: "closed",
}


def records(risks: QuerySet[Risk]) -> Iterator[Record]:
    """Return what each risk has under each column, in memory that does not grow with their number."""
    touched = Prefetch("touches", RiskRight.objects.only("risk_id", "right_id"))
    wanted = risks.select_related("owner", "held").prefetch_related(touched, "products")
    names = never_named()
    for risk in wanted.defer("search", "imported_record").iterator(chunk_size=CHUNK):
        yield _record(risk, names)


def _record(risk: Risk, names: Sequence[str]) -> Record:
    return {
        "id": risk.pk,
        "title": told_outside(risk.title, names),
        "summary": told_outside(risk.summary, names),
        "status": risk.status,
        "rights": list(dict.fromkeys(one.right_id for one in risk.touches.all())),
        "affected_groups": [told_outside(_group(one), names) for one in risk.affected_groups],
        "vulnerabilities": risk.vulnerabilities,
        "countries": risk.countries,
        "products": [told_outside(one.name, names) for one in risk.products.all()],
        "activity": risk.activity,
        "source": risk.source,
        "drivers": risk.drivers,
        "context_tags": risk.context_tags,
        "context_until": risk.context_until,
        "threat_to_life": risk.threat_to_life,
        "gross_abuse": risk.gross_abuse,
        "owner": risk.owner.username if risk.owner else "",
        "level": risk.level,
        "band": BANDS[risk.level],
        "tier": TIERS[risk.tier],
        "salient": risk.salient,
        "state_of_harm": risk.state_of_harm,
        "likelihood": _likelihood(risk),
        **_heads(risk.held),
        "assessed_on": risk.assessed_on,
        "next_review": risk.next_review,
        "tie": risk.tie,
    }


def _group(one: Any) -> str:
    return str(one.get("group", "")) if isinstance(one, dict) else str(one)


def _likelihood(risk: Risk) -> int | str:
    """Return 1 to 5; "unknown" of what could happen; nothing of what happened, which has none (domain.md 2.1)."""
    if risk.likelihood:
        return risk.likelihood
    return "unknown" if risk.state_of_harm == "potential" else ""


def _heads(held: SeverityAssessment | None) -> Record:
    """Return what the assessment that holds says; a head that it does not know is "unknown", never 0."""
    if held is None:
        names = ("scale", "scope", "irremediability", "delay_makes_irremediable", "heightened_vulnerability")
        return dict.fromkeys(names, "")
    return {
        "scale": held.scale or "unknown",
        "scope": held.scope or "unknown",
        "irremediability": held.irremediability or "unknown",
        "delay_makes_irremediable": held.delay_makes_irremediable,
        "heightened_vulnerability": held.heightened_vulnerability,
    }


COLUMNS = (
    *("id", "title", "summary", "status", "rights", "affected_groups", "vulnerabilities", "countries"),
    *("products", "activity", "source", "drivers", "context_tags", "context_until", "threat_to_life"),
    *("gross_abuse", "owner", "level", "band", "tier", "salient", "state_of_harm", "likelihood"),
    *("scale", "scope", "irremediability", "delay_makes_irremediable", "heightened_vulnerability"),
    *("assessed_on", "next_review", "tie"),
)


def write_register(risks: QuerySet[Risk], *, form: str, out: IO[bytes]) -> int:
    """Write risks in their order, and return how many.

    Args:
        risks: as filtered and ordered.
        form: csv, xlsx or json.
        out: where to; it grows, the memory does not.
    """
    return write_table(records(risks), form=form, out=out, columns=COLUMNS, title="Risks")
