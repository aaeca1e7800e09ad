"""Importing risks from a file: judged row by row, shown, and written whole or not at all (domain.md 1.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from risks.actions import imports
from risks.actions.imports import Reader, Row, judge_owner, possible_owners, same, with_column
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
)
from risks.rules.salience import SalienceError, State, check_likelihood
from risks.rules.scope import ScopeError, check_scope
from risks.rules.screening import refusal
from risks.rules.severity import BANDS, SeverityError, judge
from risks.rules.standing import REMEDIED, Judgement, stand
from risks.rules.table_import import says_yes

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


def _write(row: Row, register: Register, by: User, at: datetime) -> None:
    facts, _unread = read_facts(row.given)
    try:
        owner = register.owners.get(row.given.get("owner", ""))
        risk = record_risk(facts, owner=owner, by=by, at=at)
        if row.prepared:
            judgement, evidence = row.prepared["judgement"], row.prepared["evidence"]
            judge_risk(risk, Judging(**judgement), new_evidence=evidence, by=by, at=at)
    except (NotAllowed, SeverityError, SalienceError, ScopeError) as wrong:
        raise NotAllowed(f"Row {row.number}: {wrong} Nothing was written.") from None


def _judge(rows: Sequence[Row], _at: datetime) -> Register:
    """Judge rows against the register as it is now, in place."""
    register = Register(
        rights=frozenset(Right.objects.values_list("code", flat=True)),
        owners=possible_owners(),
        titles={same(title): pk for pk, title in Risk.objects.values_list("pk", "title").iterator()},
    )
    seen: dict[str, int] = {}
    for row in rows:
        facts, unread = read_facts(row.given)
        row.problems += [*unread, *with_column(problems(facts, catalogue=register.rights))]
        judge_owner(row, register.owners)
        _judge_title(row, facts, register, seen)
        if is_assessed(row.given):
            _judge_severity(row)
        elif not row.problems:
            row.will = "A draft, not yet assessed: level 4 in the interim."
    return register


def _judge_title(row: Row, facts: Facts, register: Register, seen: dict[str, int]) -> None:
    key = same(facts.title)
    if not key:
        return
    if key in register.titles:
        row.same_as = register.titles[key]
        row.problems.append(Problem("title", "title: this risk is on the register already. Delete the row."))
    if key in seen:
        row.problems.append(Problem("title", f"title: the same as in row {seen[key]}. Keep one of the two."))
    seen.setdefault(key, row.number)


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
        row.prepared = {"judgement": form.judgement(), "evidence": form.new_evidence()}
        _say_what_it_comes_to(row, form.cleaned_data)


def _say_what_it_comes_to(row: Row, given: Mapping[str, Any]) -> None:
    """Say level and tier of a row whose fields could be read, or which rule refuses it."""
    if not row.prepared["evidence"]:
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


READER = Reader(
    register=RegisterImport.Register.RISKS,
    permission=Permission.RECORD_RISK,
    title="title",
    read_header=read_header,
    read_row=read_row,
    judge=_judge,
    write=_write,
)
read_import = partial(imports.read_import, READER)
ask_import = partial(imports.ask_import, READER)
apply_import = partial(imports.apply_import, READER)
discard_import = partial(imports.discard_import, READER)
