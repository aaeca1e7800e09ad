"""Importing partners from a file: judged row by row, shown, and written whole or not at all (domain.md 5.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.imports import Reader, Row, judge_owner, possible_owners, same
from risks.actions.partners import record_relationship
from risks.actions.terms import agree_terms
from risks.models import RegisterImport, Relationship
from risks.rules.partner import refusals_of_partner, refusals_of_relationship
from risks.rules.partner_import import RowFacts, read_facts, read_header, read_row
from risks.rules.recording import Problem
from risks.rules.screening import identifying_details

COLUMN_OF = {"name": "partner"}
SCREENED = ("about", "supplied")
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Known:
    """What rows are judged against, read once: who may own a relationship, and those on record."""

    owners: Mapping[str, User]
    relationships: Mapping[Key, int]
    partners: frozenset[str]


def _judge(rows: Sequence[Row], at: datetime) -> Known:
    """Judge rows against the relationships on record now, in place."""
    on_record = Relationship.objects.values_list("pk", "partner__name", "kind", "country", "supplied")
    known = Known(
        owners=possible_owners(),
        relationships={
            _key(name, kind, country, supplied): pk for pk, name, kind, country, supplied in on_record
        },
        partners=frozenset(same(name) for _pk, name, *_rest in on_record),
    )
    seen: dict[Key, int] = {}
    for row in rows:
        facts, unread = read_facts(row.given)
        found = [
            *refusals_of_partner(facts.partner),
            *refusals_of_relationship(
                facts.relationship,
                kinds=Relationship.Kind.values,
                today=at.date(),
                begun=not facts.not_begun,
            ),
        ]
        row.problems += [*unread, *_in_columns(found), *_agreed(facts, at), *_screened(row.given)]
        judge_owner(row, known.owners)
        _judge_key(row, facts, known, seen)
        if not row.problems:
            row.will = _will(facts, known)
    return known


def _in_columns(found: Sequence[tuple[str, str]]) -> list[Problem]:
    """Name the column of the file, in place of the field of the form."""
    columns = [(COLUMN_OF.get(name, name), sentence.partition(": ")[2]) for name, sentence in found]
    return [Problem(column, f"{column}: {sentence}") for column, sentence in columns]


def _agreed(facts: RowFacts, at: datetime) -> list[Problem]:
    if facts.agreed_from and facts.agreed_from > at.date():
        return [
            Problem("agreed_from", "agreed_from: this day is still to come. Record it once it is agreed.")
        ]
    return []


def _screened(given: Mapping[str, str]) -> list[Problem]:
    return [
        Problem(
            name,
            f"{name}: take out {', '.join(found)}. Contacts are recorded on the partner's page, sealed.",
            secret=True,
        )
        for name in SCREENED
        if (found := identifying_details(given.get(name, "")))
    ]


def _key(name: str, kind: str, country: str, supplied: str) -> Key:
    return same(name), kind, country, same(supplied)


def _judge_key(row: Row, facts: RowFacts, known: Known, seen: dict[Key, int]) -> None:
    one = facts.relationship
    key = _key(facts.partner.name, one.kind, one.country, one.supplied)
    if not (key[0] and key[3]):
        return
    if key in known.relationships:
        row.same_as = known.relationships[key]
        row.problems.append(
            Problem("partner", "partner: this relationship is on record already. Delete the row.")
        )
    if key in seen:
        row.problems.append(
            Problem("partner", f"partner: the same relationship as in row {seen[key]}. Keep one of the two.")
        )
    seen.setdefault(key, row.number)


def _will(facts: RowFacts, known: Known) -> str:
    with_whom = "a partner on record" if same(facts.partner.name) in known.partners else "a new partner"
    gate = (
        "not begun; ask for its onboarding"
        if facts.not_begun
        else "goes on; the gap of its onboarding is shown"
    )
    return f"{Relationship.Kind(facts.relationship.kind).label} with {with_whom}: {gate}."


def _write(row: Row, known: Known, by: User, at: datetime) -> None:
    facts, _unread = read_facts(row.given)
    try:
        relationship = record_relationship(
            facts.partner,
            facts.relationship,
            not_begun=facts.not_begun,
            owner=known.owners.get(row.given.get("owner", "")),
            by=by,
            at=at,
        )
        if facts.agreed_from:
            agree_terms(
                relationship,
                policy_version=None,
                code_name=row.given["code_name"],
                code_version=row.given["code_version"],
                agreed_from=facts.agreed_from,
                agreed_until=None,
                source="",
                by=by,
                at=at,
            )
    except NotAllowed as wrong:
        raise NotAllowed(f"Row {row.number}: {wrong} Nothing was written.") from None


READER = Reader(
    register=RegisterImport.Register.PARTNERS,
    permission=Permission.LOG_LEVERAGE,
    title="partner",
    read_header=read_header,
    read_row=read_row,
    judge=_judge,
    write=_write,
)
