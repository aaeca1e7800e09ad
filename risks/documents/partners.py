"""The relationships as a file. It leaves the desk, so nothing that endangers somebody or is kept inside is in it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import IO

from django.db.models import Prefetch

from risks.documents.tables import Record, write_table
from risks.models import AgreedTerms, Onboarding, Relationship
from risks.queries.partners import never_named, told_outside
from risks.queries.time_to_change import Reading

CHUNK = 500
COLUMNS = (
    *("id", "partner", "partner_country", "kind", "supplied", "country", "products", "status", "started_on"),
    *("contract_end", "owner", "crucial", "crucial_due", "onboarding", "terms"),
    *("risks", "level", "clock", "code", "next_step_by"),
)


def records(ids: Sequence[int], readings: Mapping[int, Reading], *, on: date) -> Iterator[Record]:
    """Return what each relationship has under each column.

    Never in it: contacts, who is endangered by a name, what the partner earns the company and whose target that is;
    where a partner is not to be named, neither its name nor a text that holds it (domain.md 0.4, 8.6 N8).

    Args:
        ids: the relationships, in order.
        readings: the most pressing clock of each that has one.
        on: the day on which terms are read.
    """
    names = never_named()
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        detail = _detail(some)
        for pk in some:
            yield _record(detail[pk], readings.get(pk), names, on)


def _detail(ids: Sequence[int]) -> dict[int, Relationship]:
    wanted = Relationship.objects.select_related("partner", "owner").prefetch_related(
        "products",
        "risks",
        Prefetch("terms", AgreedTerms.objects.select_related("policy_version")),
        Prefetch("onboardings", Onboarding.objects.only("relationship_id", "status", "asked_at")),
    )
    return wanted.in_bulk(list(ids))


def _record(one: Relationship, reading: Reading | None, names: Sequence[str], on: date) -> Record:
    gates = list(one.onboardings.all())
    terms = [str(each) for each in one.terms.all() if each.stands(on)]
    return {
        "id": one.pk,
        "partner": told_outside(one.partner.name, names),
        "partner_country": one.partner.country,
        "kind": one.kind,
        "supplied": told_outside(one.supplied, names),
        "country": one.country,
        "products": [told_outside(each.name, names) for each in one.products.all()],
        "status": one.status,
        "started_on": one.started_on,
        "contract_end": one.contract_end,
        "owner": one.owner.username if one.owner else "",
        "crucial": one.crucial,
        "crucial_due": one.crucial_due,
        "onboarding": gates[0].status if gates else "",
        "terms": [told_outside(each, names) for each in terms],
        "risks": len(one.risks.all()),
        "level": reading.level if reading else None,
        "clock": reading.clock.status if reading else "",
        "code": reading.clock.code if reading else "",
        "next_step_by": reading.due if reading else None,
    }


def write_partners(
    ids: Sequence[int], readings: Mapping[int, Reading], *, on: date, form: str, out: IO[bytes]
) -> int:
    """Write relationships in their order, and return how many.

    Args:
        ids: as filtered and ordered.
        readings: the most pressing clock of each that has one.
        on: the day on which terms are read.
        form: csv, xlsx or json.
        out: where to.
    """
    return write_table(records(ids, readings, on=on), form=form, out=out, columns=COLUMNS, title="Partners")
