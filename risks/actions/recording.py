"""Recording what a risk is; how severe it is others judge (domain.md 1.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.screening import refuse_naming
from risks.actions.standing import refresh
from risks.models import Product, Right, Risk, RiskRight
from risks.rules.recording import Facts, problems

ELSEWHERE = {"rights", "products", "how"}
COLUMNS = tuple(one.name for one in fields(Facts) if one.name not in ELSEWHERE)


@transaction.atomic
def record_risk(
    facts: Facts, *, by: User, at: datetime, owner: User | None = None, ignored: Sequence[str] = ()
) -> Risk:
    """Record a risk as a draft (domain.md 1.1, ANALYST); until it is assessed every head counts as 4.

    Args:
        facts: what it is.
        by, at: who, and now; it is opened today.
        owner: who looks after it, if that is known already.
        ignored: names of fields about money or reputation that came along and feed nothing (R1); they are logged.

    Raises:
        NotAllowed: with the sentence to show.
    """
    by.demand(Permission.RECORD_RISK)
    _check(facts, owner)
    risk = Risk.objects.create(
        **_columns(facts), owner=owner, recorded_by=by.username, recorded_at=at, opened_on=at.date()
    )
    _touch(risk, facts)
    risk.products.set(products_named(facts.products))
    detail = {"ignored": list(ignored)} if ignored else {}
    record_event(by=by.username, at=at, action="recorded risk", subject=f"risk {risk.pk}", detail=detail)
    refresh(risk, at=at)
    return risk


@transaction.atomic
def correct_facts(
    risk: Risk, facts: Facts, *, by: User, at: datetime, ignored: Sequence[str] = ()
) -> list[str]:
    """Correct what a draft or open risk says; return the names of the fields that changed. Judgements stay.

    Args:
        risk: the risk; read again under a lock.
        facts: all its facts as they shall be.
        by, at: who, and now.
        ignored: as in record_risk.

    Raises:
        NotAllowed: it is closed, nothing differs, the record lacks something, or the public would read the name of a
            partner whose name endangers people (8.6 N8).
    """
    by.demand(Permission.RECORD_RISK)
    held = Risk.objects.select_for_update().get(pk=risk.pk)
    if held.status == Risk.Status.CLOSED:
        raise NotAllowed("This risk is closed. Re-open it before its facts are corrected.")
    _check(facts, None)
    if held.published:
        refuse_naming({"Title": facts.title, "Summary": facts.summary})
    before = facts_of(held)
    changed = [one.name for one in fields(Facts) if _said(before, one.name) != _said(facts, one.name)]
    if not changed:
        raise NotAllowed("Nothing differs from what is on record. Change what is wrong, or go back.")
    Risk.objects.filter(pk=held.pk).update(**_columns(facts, sizes=_sizes(held)))
    held.touches.exclude(right_id__in=facts.rights).delete()
    _touch(held, facts)
    if "how" in changed:
        held.touches.update(how=facts.how)
    held.products.set(products_named(facts.products))
    detail: dict[str, Any] = {"changed": changed, "was_public": held.published}
    detail |= {"ignored": list(ignored)} if ignored else {}
    record_event(by=by.username, at=at, action="corrected risk", subject=f"risk {held.pk}", detail=detail)
    refresh(held, at=at)
    return changed


@transaction.atomic
def record_product(name: str, *, about: str = "", by: User, at: datetime) -> Product:
    """Return the product of a name, recorded where it is new, however it is capitalised.

    Raises:
        NotAllowed: with the sentence to show.
    """
    by.demand(Permission.RECORD_RISK)
    known = Product.objects.filter(name__iexact=" ".join(name.split())).first()
    if known is not None:
        return known
    [product] = products_named([name])
    Product.objects.filter(pk=product.pk).update(about=about.strip())
    product.refresh_from_db()
    record_event(by=by.username, at=at, action="recorded product", subject=f"product {product.pk}")
    return product


def facts_of(risk: Risk) -> Facts:
    """Return what is on record of a risk as facts."""
    touches = list(risk.touches.order_by("id"))
    said: dict[str, Any] = {name: getattr(risk, name) for name in COLUMNS}
    said["affected_groups"] = list(_sizes(risk))
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }
    hows = dict.fromkeys(one.how for one in touches if one.how)
    return Facts(
        **given,
        rights=tuple(dict.fromkeys(one.right_id for one in touches)),
        products=tuple(risk.products.order_by("name").values_list("name", flat=True)),
        how="\n".join(hows),
    )


def _said(facts: Facts, name: str) -> Any:
    """Return a fact to be compared; rights and products have no order."""
    value = getattr(facts, name)
    return set(value) if name in {"rights", "products"} else value


def _check(facts: Facts, owner: User | None) -> None:
    found = problems(facts, catalogue=set(Right.objects.values_list("code", flat=True)))
    if found:
        raise NotAllowed(found[0].sentence)
    if owner is not None and not owner.may(Permission.READ_DESK):
        raise NotAllowed("Owner: this person cannot open the desk. Choose somebody who can.")


def _columns(facts: Facts, *, sizes: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the columns of a record; what was on record of the size of a group stays with it."""
    given = {name: getattr(facts, name) for name in COLUMNS}
    columns = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    known = sizes or {}
    return columns | {
        "affected_groups": [{"group": group, "size": known.get(group, "")} for group in facts.affected_groups]
    }


def _sizes(risk: Risk) -> dict[str, str]:
    """Return the sizes of the affected groups by what they are called, as on record."""
    return {one["group"]: one["size"] for one in risk.affected_groups if one["group"]}


def _touch(risk: Risk, facts: Facts) -> None:
    """Add the rights that are not yet on the record; what the others say stays."""
    there = set(risk.touches.values_list("right_id", flat=True))
    new = Right.objects.filter(code__in=set(facts.rights) - there)
    RiskRight.objects.bulk_create(
        RiskRight(risk=risk, right=right, said=right.title, how=facts.how) for right in new
    )


def products_named(names: Sequence[str]) -> list[Product]:
    """Return products by name, those made that are new."""
    found = []
    for name in names:
        known = Product.objects.filter(name__iexact=name).first()
        found.append(known or Product.objects.create(name=name))
    return found
