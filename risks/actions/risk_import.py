"""Importing risks from a file: judged row by row, shown, and written whole or not at all (domain.md 1.1)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from hrdd.governance.actions import record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions.lowering import judge_risk
from risks.actions.recording import record_risk
from risks.actions.salience import Judging
from risks.forms.salience import SeverityForm
from risks.models import RegisterImport, Right, Risk
from risks.queries.method import method
from risks.rules.recording import Facts, Problem, problems
from risks.rules.risk_import import (
    ASSESSMENT,
    SWITCHES,
    is_assessed,
    read_facts,
    read_header,
    read_row,
    says_yes,
)
from risks.rules.salience import SalienceError, State, check_likelihood
from risks.rules.scope import ScopeError, check_scope
from risks.rules.screening import refusal
from risks.rules.severity import BANDS, SeverityError, judge
from risks.rules.sheets import SheetError, read_table
from risks.rules.standing import REMEDIED, Judgement, stand

IMPORT_LOCK = 4102
JUDGED_TEXTS = (
    *("scale_rationale", "scope_rationale", "irremediability_rationale", "consulted"),
    *("evidence_title", "evidence_says"),
)


@dataclass(frozen=True)
class Register:
    """What rows are judged against, read once: the rights, who may own a risk, and the titles on record."""

    rights: frozenset[str]
    owners: Mapping[str, User]
    titles: Mapping[str, int]


@dataclass
class Row:
    """A row as it is judged: what it gives, what is wrong, the risk it repeats, and what it would create."""

    number: int
    given: dict[str, str]
    problems: list[Problem]
    same_as: int | None = None
    will: str = ""
    judgement: dict[str, Any] | None = None
    evidence: dict[str, Any] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """Return it as the import keeps it; a cell that may lead to a person at risk is not kept."""
        secret = {one.column for one in self.problems if one.secret}
        return {
            "row": self.number,
            "given": {name: said for name, said in self.given.items() if name not in secret},
            "title": "" if "title" in secret else self.given.get("title", "")[:200],
            "problems": [[one.column, one.sentence] for one in self.problems],
            "same_as": self.same_as,
            "will": self.will,
        }


@transaction.atomic
def read_import(*, filename: str, content: bytes, by: User, at: datetime) -> RegisterImport:
    """Read a file of risks and keep each row with its verdict; the register stays as it is.

    Args:
        filename, content: what was uploaded.
        by, at: who, and now; only they apply it.

    Raises:
        NotAllowed: the file cannot be read, with the sentence to show.
    """
    by.demand(Permission.RECORD_RISK)
    try:
        table = read_table(filename, content)
        names, derived, company = read_header(table.header)
    except SheetError as wrong:
        raise NotAllowed(str(wrong)) from None
    rows = [Row(number, *read_row(names, cells)) for number, cells in table.rows]
    _judge(rows)
    refused = sum(bool(row.problems) for row in rows)
    held = RegisterImport.objects.create(
        filename=filename[-200:],
        digest=hashlib.sha256(content).hexdigest(),
        rows={"derived": derived, "company": company, "judged": [row.kept() for row in rows]},
        accepted=len(rows) - refused,
        refused=refused,
        uploaded_by=by,
        uploaded_at=at,
    )
    detail: dict[str, Any] = {"accepted": held.accepted, "refused": refused}
    detail |= {"ignored": company} if company else {}
    record_event(by=by.username, at=at, action="read import", subject=f"import {held.pk}", detail=detail)
    return held


@transaction.atomic
def ask_import(held: RegisterImport, *, by: User, at: datetime) -> None:
    """Ask for an import to be applied; a worker does, since a thousand rows take longer than a page may.

    Raises:
        NotAllowed: not the person who uploaded it, rows are refused, or it was asked for, applied or discarded before.
    """
    locked = _open_import(held, by=by)
    if locked.refused:
        raise NotAllowed(
            "Rows are refused, and a file is imported whole or not at all. Mend them and upload it again."
        )
    RegisterImport.objects.filter(pk=locked.pk).update(
        state=RegisterImport.State.APPLYING, asked_at=at, stopped_because=""
    )
    record_event(by=by.username, at=at, action="asked to apply import", subject=f"import {locked.pk}")


def apply_asked_import(held: RegisterImport, *, at: datetime) -> int:
    """Apply an import that was asked for, under the name of who asked; return how many risks were recorded.

    May be run any number of times: what was applied, or stopped, stays so. Where a rule refuses now, nothing is
    written, and the import waits again with the reason why.
    """
    try:
        return apply_import(held, by=held.uploaded_by, at=at)
    except NotAllowed as refusal:
        RegisterImport.objects.filter(pk=held.pk, state=RegisterImport.State.APPLYING).update(
            state=RegisterImport.State.PREVIEWED, stopped_because=str(refusal)
        )
        return 0


def apply_import(held: RegisterImport, *, by: User, at: datetime) -> int:
    """Write all rows of an import that was asked for, judged again first; return how many risks were recorded.

    Raises:
        NotAllowed: the role, nobody asked, rows are refused now, or it was applied or discarded before.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
        locked = _open_import(held, by=by, state=RegisterImport.State.APPLYING)
        rows = [Row(one["row"], one["given"], []) for one in locked.rows["judged"]]
        register = _judge(rows)
        refused = sum(bool(row.problems) for row in rows)
        if not refused:
            for row in rows:
                _write(row, register, by=by, at=at)
            _close(locked, RegisterImport.State.APPLIED, rows=len(rows), by=by, at=at)
            return len(rows)
        locked.rows["judged"] = [row.kept() for row in rows]
        locked.accepted, locked.refused = len(rows) - refused, refused
        locked.save(update_fields=["rows", "accepted", "refused"])
    raise NotAllowed(
        "The register changed since the file was read, and rows are refused now. Nothing was written."
    )


@transaction.atomic
def discard_import(held: RegisterImport, *, by: User, at: datetime) -> None:
    """Throw an import away, with what its rows gave.

    Raises:
        NotAllowed: not the person who uploaded it, or it was applied or discarded before.
    """
    _close(_open_import(held, by=by), RegisterImport.State.DISCARDED, rows=0, by=by, at=at)


def _open_import(
    held: RegisterImport, *, by: User, state: str = RegisterImport.State.PREVIEWED
) -> RegisterImport:
    by.demand(Permission.RECORD_RISK)
    locked = RegisterImport.objects.select_for_update().get(pk=held.pk)
    if locked.uploaded_by_id != by.pk:
        raise NotAllowed("Only the person who uploaded this file applies or discards it.")
    if locked.state == RegisterImport.State.APPLYING != state:
        raise NotAllowed("This file is being applied. Wait until it stands in the register, or was stopped.")
    if locked.state == RegisterImport.State.PREVIEWED != state:
        raise NotAllowed("Nobody asked for this file to be applied.")
    if locked.state != state:
        raise NotAllowed(
            f"This file was {locked.get_state_display().lower()} already. Upload it again if need be."
        )
    return locked


def _close(held: RegisterImport, state: str, *, rows: int, by: User, at: datetime) -> None:
    """Close an import; what its rows gave now stands in the register, or nowhere."""
    held.state = state
    held.applied_at = at if state == RegisterImport.State.APPLIED else None
    held.rows["judged"] = []
    held.save(update_fields=["state", "applied_at", "rows"])
    record_event(
        by=by.username, at=at, action=f"{state} import", subject=f"import {held.pk}", detail={"rows": rows}
    )


def _write(row: Row, register: Register, *, by: User, at: datetime) -> None:
    facts, _unread = read_facts(row.given)
    try:
        owner = register.owners.get(row.given.get("owner", ""))
        risk = record_risk(facts, owner=owner, by=by, at=at)
        if row.judgement is not None:
            judge_risk(risk, Judging(**row.judgement), new_evidence=row.evidence, by=by, at=at)
    except (NotAllowed, SeverityError, SalienceError, ScopeError) as wrong:
        raise NotAllowed(f"Row {row.number}: {wrong} Nothing was written.") from None


def _judge(rows: Sequence[Row]) -> Register:
    """Judge rows against the register as it is now, in place."""
    register = Register(
        rights=frozenset(Right.objects.values_list("code", flat=True)),
        owners={
            one.username: one for one in User.objects.filter(is_active=True) if one.may(Permission.READ_DESK)
        },
        titles={_same(title): pk for pk, title in Risk.objects.values_list("pk", "title").iterator()},
    )
    seen: dict[str, int] = {}
    for row in rows:
        facts, unread = read_facts(row.given)
        row.problems += [*unread, *_in_columns(problems(facts, catalogue=register.rights))]
        _judge_owner(row, register)
        _judge_title(row, facts, register, seen)
        if is_assessed(row.given):
            _judge_severity(row)
        elif not row.problems:
            row.will = "A draft, not yet assessed: level 4 in the interim."
    return register


def _in_columns(found: Sequence[Problem]) -> list[Problem]:
    """Name the column of the file, in place of the field of the form."""
    return [
        Problem(one.column, f"{one.column}: {one.sentence.partition(': ')[2]}", secret=one.secret)
        for one in found
    ]


def _judge_owner(row: Row, register: Register) -> None:
    owner = row.given.get("owner", "")
    if owner and owner not in register.owners:
        row.problems.append(
            Problem(
                "owner", f"owner: nobody with the user name “{owner[:60]}” opens the desk. Leave it empty."
            )
        )


def _judge_title(row: Row, facts: Facts, register: Register, seen: dict[str, int]) -> None:
    same = _same(facts.title)
    if not same:
        return
    if same in register.titles:
        row.same_as = register.titles[same]
        row.problems.append(Problem("title", "title: this risk is on the register already. Delete the row."))
    if same in seen:
        row.problems.append(Problem("title", f"title: the same as in row {seen[same]}. Keep one of the two."))
    seen.setdefault(same, row.number)


def _same(title: str) -> str:
    return " ".join(title.split()).casefold()


def _judge_severity(row: Row) -> None:
    """Judge the heads of a row by the form and the rules that judge them on the page."""
    said: dict[str, Any] = {name: row.given.get(name, "") for name in ASSESSMENT}
    form = SeverityForm(said | {name: says_yes(row.given, name) for name in SWITCHES}, risk=None)
    row.problems += [
        Problem(name, f"{name}: {str(errors[0]).partition(': ')[2]}")
        for name, errors in form.errors.items()
        if name in ASSESSMENT
    ]
    for name in JUDGED_TEXTS:
        if sentence := refusal(name, row.given.get(name, "")):
            row.problems.append(Problem(name, sentence, secret=True))
    if form.is_valid():
        row.judgement, row.evidence = form.judgement(), form.new_evidence()
        _say_what_it_comes_to(row, form.cleaned_data)


def _say_what_it_comes_to(row: Row, given: Mapping[str, Any]) -> None:
    """Say level and tier of a row whose fields could be read, or which rule refuses it."""
    if not row.evidence:
        row.problems.append(
            Problem("evidence_title", "evidence_title: say what the judgement rests on (UNGP 18).")
        )
    try:
        standing = _standing(given)
    except SalienceError as wrong:
        row.problems.append(Problem("likelihood", f"likelihood: {str(wrong).partition(': ')[2]}"))
    except SeverityError as wrong:
        row.problems.append(Problem("scale", str(wrong)))
    except ScopeError as wrong:
        row.problems.append(Problem("scope", f"scope: {str(wrong).partition(': ')[2]}"))
    else:
        row.will = "" if row.problems else standing


def _standing(given: Mapping[str, Any]) -> str:
    state = State(given["state_of_harm"])
    check_likelihood(state, given["likelihood"], unknown=given["likelihood_unknown"])
    heads = (given["scale"], given["scope"], given["irremediability"])
    check_scope(
        given["scope"],
        people=given["scope_people"],
        share=given["scope_group_share"],
        group_size=given["scope_group_size"],
    )
    severity = judge(*heads, lift_one=method().lift_one, lift_both=method().lift_both)
    stands = stand(
        Judgement(
            level=severity.level,
            incomplete=severity.incomplete,
            state_of_harm=state,
            likelihood=given["likelihood"],
            delay=given["delay_makes_irremediable"],
            heads=heads,
            vulnerable=given["heightened_vulnerability"],
        ),
        closed=False,
    )
    tier = f"P{stands.tier}" if stands.tier < REMEDIED else "no tier, put right"
    interim = " in the interim" if stands.incomplete else ""
    salient = "salient" if stands.salient else "not salient"
    return f"Level {stands.level} {BANDS[stands.level]}{interim}, {tier}, {salient}."
