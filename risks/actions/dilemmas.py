"""Prepare a dilemma between rights: its facts, its options, who advised, what it follows (domain.md 1.6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from hrdd.governance.actions import move, record_event
from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission, demand_reasons
from risks.actions.screening import refuse_identifying
from risks.actions.three_part_test import keep_test, unlimitable_rights
from risks.models import (
    Consultation,
    Dilemma,
    DilemmaAdvice,
    DilemmaOption,
    ExpertOpinion,
    OptionEffect,
    Precedent,
    RecordEntry,
    Right,
    Risk,
    Stake,
    ThreePartTest,
)
from risks.queries.dilemmas import facts_of, options_of
from risks.rules.dilemma import (
    ADVISED_IN,
    PREPARED_IN,
    SETTLED,
    SIDES,
    STATES,
    STEPS,
    Side,
    State,
    lacking_to_analyse,
    lacking_to_consult,
    needs_end,
    refuse_revenue,
    refuse_unlimitable,
)
from risks.rules.three_part_test import GivenTest

DEMANDED = ("demand_legal_basis", "demand_in_writing", "demand_narrowed", "demand_challenged")
LONGEST_MEASURE_DAYS = 3650


@transaction.atomic
def open_dilemma(
    risk: Risk,
    *,
    rights: Mapping[str, Sequence[Right]],
    consultations: Sequence[Consultation] = (),
    taken_up: Sequence[RecordEntry] = (),
    by: User,
    at: datetime,
    **given: Any,
) -> Dilemma:
    """Record a question in which rights stand against rights.

    Args:
        risk: what it is about.
        rights: those protected, burdened and left at risk, by side.
        consultations: of the risk, which are heard in it.
        taken_up: entries of the record of history that told it first.
        by, at: who prepares it, and now.
        given: the other fields of 1.6; see `Dilemma`.

    Raises:
        NotAllowed: the role, a revenue target on a linked partner, a text that could identify somebody, a burdened
            right that may never be limited (D1), or a consultation of another risk.
    """
    demand_free_of_target(risk, by, Permission.PREPARE_DILEMMA)
    dilemma = Dilemma(risk=risk, prepared_by=by, prepared_at=at)
    _write(dilemma, rights, consultations, given)
    dilemma.record_entries.set([one for one in taken_up if one.risk_id == risk.pk])
    log(dilemma, "opened dilemma", by=by, at=at, risk=risk.pk)
    return dilemma


@transaction.atomic
def edit_dilemma(
    dilemma: Dilemma,
    *,
    rights: Mapping[str, Sequence[Right]],
    consultations: Sequence[Consultation] = (),
    by: User,
    at: datetime,
    **given: Any,
) -> None:
    """Change what is prepared; effects on rights that are no longer named fall away.

    Raises:
        NotAllowed: as in `open_dilemma`, somebody else's dilemma, or one that is analysed or decided.
    """
    held = _prepared(dilemma, by)
    _demand_preparer(held, by)
    _write(held, rights, consultations, given)
    log(held, "edited dilemma", by=by, at=at)


def _write(
    dilemma: Dilemma,
    rights: Mapping[str, Sequence[Right]],
    consultations: Sequence[Consultation],
    given: Mapping[str, Any],
) -> None:
    """Keep the fields of a dilemma and where each right stands."""
    refuse_identifying({"Question": given["question"], "Facts": given["facts"]})
    refuse_unlimitable([one.code for one in rights.get(Side.BURDENED, ())], unlimitable_rights())
    if any(not one.risks.filter(pk=dilemma.risk_id).exists() for one in consultations):
        raise NotAllowed("Consultations: choose those of this risk.")
    if not given.get("demand_authority") and any(given.get(name) not in {None, ""} for name in DEMANDED):
        raise NotAllowed("Government demand: say which authority asks, or leave its other fields empty.")
    for name, value in given.items():
        setattr(dilemma, name, value)
    dilemma.save()
    wanted = {(right.code, str(side)) for side in SIDES for right in rights.get(side, ())}
    for stake in dilemma.stakes.all():
        if (stake.right_id, stake.side) not in wanted:
            stake.delete()
    held = set(dilemma.stakes.values_list("right_id", "side"))
    ordered = [(right.code, str(side)) for side in SIDES for right in dict.fromkeys(rights.get(side, ()))]
    Stake.objects.bulk_create(
        Stake(dilemma=dilemma, right_id=code, side=side) for code, side in ordered if (code, side) not in held
    )
    dilemma.consultations.set(consultations)


@transaction.atomic
def put_option(
    dilemma: Dilemma,
    *,
    option: DilemmaOption | None = None,
    kind: str,
    course: str,
    about: str,
    target: str,
    target_type: str,
    lasts_days: int | None,
    interferes_with: Sequence[Right],
    effects: Mapping[int, tuple[int | None, str]],
    by: User,
    at: datetime,
) -> DilemmaOption:
    """Put an option, or change one: what would be done, and what it does to each right, in words (D1, D3).

    Args:
        dilemma: while it is prepared.
        option: the one to change; None for a new one.
        kind: a rung of the ladder; empty for another course.
        course: what else would be done.
        about: how.
        target, target_type, lasts_days: on what, and for how long, as the measure would have it.
        interferes_with: the rights that it burdens itself.
        effects: by the id of the stake, the level from -2 to 2, None where not known, and why.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, the state, a right that may never be limited (D1), no end, or an option put twice.
    """
    held = _prepared(dilemma, by)
    if bool(kind) == bool(course.strip()):
        raise NotAllowed("Option: choose a rung of the ladder, or describe another course; one of the two.")
    _check_measure(kind, target=target, target_type=target_type, lasts_days=lasts_days)
    _check_effects(held, interferes_with, effects)
    changed = option or DilemmaOption(dilemma=held, put_by=by, put_at=at)
    if option is not None and by.pk not in {held.prepared_by_id, option.put_by_id}:
        raise NotAllowed("SD1: only whoever put an option, or prepared the dilemma, changes it.")
    if option is not None and option.decisions.exists():
        raise NotAllowed("This option was decided on, so it stays as it is. Put another one beside it.")
    if changed.kind != kind:
        changed.test = None
    changed.kind, changed.course, changed.about = kind, course.strip(), about.strip()
    changed.target, changed.target_type, changed.lasts_days = target.strip(), target_type, lasts_days
    try:
        with transaction.atomic():
            changed.save()
    except IntegrityError:
        raise NotAllowed("Taking no action is an option already. Change that one.") from None
    changed.interferes_with.set(interferes_with)
    changed.effects.all().delete()
    OptionEffect.objects.bulk_create(
        OptionEffect(option=changed, stake_id=stake, level=level, says=says.strip())
        for stake, (level, says) in effects.items()
        if says.strip()
    )
    log(held, "put option", by=by, at=at, option=changed.pk)
    return changed


def _check_measure(kind: str, *, target: str, target_type: str, lasts_days: int | None) -> None:
    if kind and not target.strip():
        raise NotAllowed(
            "Target: say on what the measure would be, as a group or a rule, never as a name (method 9)."
        )
    if kind and not target_type:
        raise NotAllowed("Kind of target: choose it (method 9).")
    if needs_end(kind, target_type) and lasts_days is None:
        raise NotAllowed("Days: this measure must end. Say after how many days (method 9; ICCPR 19(3)).")
    if lasts_days is not None and not 1 <= lasts_days <= LONGEST_MEASURE_DAYS:
        raise NotAllowed(f"Days: from 1 to {LONGEST_MEASURE_DAYS}.")


def _check_effects(
    dilemma: Dilemma,
    interferes_with: Sequence[Right],
    effects: Mapping[int, tuple[int | None, str]],
) -> None:
    """Refuse an interference with a right that may never be limited, and effects on what is no right here."""
    stakes = {one.pk: one for one in dilemma.stakes.all()}
    if unknown := set(effects) - set(stakes):
        raise NotAllowed(f"Effects: {sorted(unknown)} are no rights of this dilemma. Open the page again.")
    burdened = [
        stakes[pk].right_id
        for pk, (level, _says) in effects.items()
        if stakes[pk].side == Side.BURDENED and level is not None and level < 0
    ]
    refuse_unlimitable([*(one.code for one in interferes_with), *burdened], unlimitable_rights())
    for pk, (level, says) in effects.items():
        if level is not None and not says.strip():
            raise NotAllowed(
                f"{stakes[pk]}: say in words what the option does to it; a level alone tells nobody (D3)."
            )


@transaction.atomic
def test_option(option: DilemmaOption, given: GivenTest, *, by: User, at: datetime) -> ThreePartTest:
    """Keep the three-part test of an option; an earlier one stays on record (ICCPR 19(3)).

    Raises:
        NotAllowed: the role, the state, another course than the ladder's, or L4 that does not fit the demand.
    """
    held = _prepared(option.dilemma, by)
    if not option.kind:
        raise NotAllowed("The three-part test is of a measure on the ladder; this is another course.")
    legal_basis = given.answers["L4"].answer if "L4" in given.answers else "unknown"
    if held.is_demanded and legal_basis == "not_applicable":
        raise NotAllowed(
            "L4: a State asks here, so say whether there is a written, valid legal basis (GNI; ICCPR 19(3))."
        )
    if held.is_demanded and held.demand_in_writing is False and legal_basis == "yes":
        raise NotAllowed("L4: the demand is not in writing, so the answer cannot be yes (ICCPR 19(3)).")
    test = keep_test(given, kind=option.kind, measure=None, by=by, at=at)
    DilemmaOption.objects.filter(pk=option.pk).update(test=test)
    option.test = test
    log(held, "tested option", by=by, at=at, option=option.pk, outcome=test.outcome)
    return test


@transaction.atomic
def advise(
    dilemma: Dilemma, *, text: str, favours: DilemmaOption | None, by: User, at: datetime
) -> DilemmaAdvice:
    """Append what the engagement lead advises, word by word (D4).

    Args:
        dilemma: until it is decided.
        text: what they say, kept as it is.
        favours: the option that they favour, if any.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, whoever prepared it, a revenue target, the state, or words that could identify somebody.
    """
    demand_free_of_target(dilemma.risk, by, Permission.ADVISE_ON_DILEMMA)
    held = locked(dilemma)
    if held.prepared_by.username in by.as_one():
        raise NotAllowed(
            "SD1: whoever prepared a dilemma does not advise on it. Ask the engagement lead or an expert."
        )
    demand_reasons(text, about="Advice")
    return _append_advice(held, text, favours, by=by, at=at)


@transaction.atomic
def take_opinion(
    dilemma: Dilemma, *, opinion: ExpertOpinion, favours: DilemmaOption | None, by: User, at: datetime
) -> DilemmaAdvice:
    """Append the opinion of an expert with whom the risk was shared, word by word (GP18(a); D4).

    Raises:
        NotAllowed: the role, the state, an opinion on another record, or one that is part of the advice already.
    """
    demand_free_of_target(dilemma.risk, by, Permission.PREPARE_DILEMMA)
    held = locked(dilemma)
    if opinion.access.risk_id != held.risk_id:
        raise NotAllowed("Opinion: choose one that an expert gave on this risk.")
    if held.advice.filter(opinion=opinion).exists():
        raise NotAllowed("This opinion is part of the advice already.")
    return _append_advice(held, opinion.text, favours, by=by, at=at, opinion=opinion)


def _append_advice(
    dilemma: Dilemma,
    text: str,
    favours: DilemmaOption | None,
    *,
    by: User,
    at: datetime,
    opinion: ExpertOpinion | None = None,
) -> DilemmaAdvice:
    if dilemma.state not in ADVISED_IN:
        raise NotAllowed("Advice is given before a decision. Open the dilemma again for review first (D4).")
    if favours is not None and favours.dilemma_id != dilemma.pk:
        raise NotAllowed("Option: choose one of this dilemma.")
    refuse_identifying({"Advice": text})
    advice = DilemmaAdvice.objects.create(
        dilemma=dilemma, text=text, favours=favours, given_by=by, opinion=opinion, given_at=at
    )
    log(dilemma, "advised on dilemma", by=by, at=at, advice=advice.pk)
    return advice


@transaction.atomic
def cite(dilemma: Dilemma, *, of: Dilemma, relation: str, because: str, by: User, at: datetime) -> Precedent:
    """Say that a dilemma relies on an earlier decided one, or why it departs from it (D5).

    Args:
        dilemma: until it is decided.
        of: the earlier one.
        relation: one of Precedent.Relation.
        because: why, 50 characters or more.
        by, at: who, and now.

    Raises:
        NotAllowed: the role, the state, an undecided or the same dilemma, short reasons, or revenue as a reason.
    """
    demand_free_of_target(dilemma.risk, by, Permission.PREPARE_DILEMMA)
    held = locked(dilemma)
    if held.state not in ADVISED_IN:
        raise NotAllowed("D5: precedents are cited before the decision. Open it again for review first.")
    if of.pk == held.pk or of.state not in SETTLED:
        raise NotAllowed("D5: a precedent is another dilemma that was decided. Choose one from the list.")
    said = demand_reasons(because, about="Because")
    refuse_revenue({"Because": said})
    made = Precedent.objects.create(
        dilemma=held, of=of, relation=relation, because=said, cited_by=by, cited_at=at
    )
    log(held, f"cited precedent: {relation}", by=by, at=at, of=of.pk)
    return made


@transaction.atomic
def analyse(dilemma: Dilemma, *, by: User, at: datetime) -> None:
    """Close the analysis: two options, one of them no action, each with its effects in words and its test (D1 to D3).

    Raises:
        NotAllowed: the role, a revenue target, the state, or what is lacking, all of it.
    """
    held = _on_its_way(dilemma, by)
    for option in options_of(held):
        refuse_unlimitable([one.code for one in option.interferes_with.all()], unlimitable_rights())
    _refuse_lacking(lacking_to_analyse(facts_of(held)))
    move(held, STEPS["analyse"], by=by, at=at, called=f"dilemma {held.pk}", interim_until=None)


@transaction.atomic
def consult(dilemma: Dilemma, *, by: User, at: datetime) -> None:
    """Close the consultation, once an expert or the engagement lead was heard (1.6).

    Raises:
        NotAllowed: the role, a revenue target, the state, or nobody was heard.
    """
    held = _on_its_way(dilemma, by)
    _refuse_lacking(lacking_to_consult(facts_of(held)))
    move(held, STEPS["consult"], by=by, at=at, called=f"dilemma {held.pk}")


@transaction.atomic
def review(dilemma: Dilemma, *, reasons: str, by: User, at: datetime) -> None:
    """Open a decided dilemma again: its day has come, or something is new.

    Raises:
        NotAllowed: the role, a revenue target, short reasons, or the state.
    """
    held = _on_its_way(dilemma, by)
    said = demand_reasons(reasons)
    move(held, STEPS["review"], by=by, at=at, called=f"dilemma {held.pk}", reviewed_because=said)


def _refuse_lacking(lacking: Sequence[str]) -> None:
    if lacking:
        raise NotAllowed(" ".join(lacking))


def _on_its_way(dilemma: Dilemma, by: User) -> Dilemma:
    demand_free_of_target(dilemma.risk, by, Permission.PREPARE_DILEMMA)
    return locked(dilemma)


def _prepared(dilemma: Dilemma, by: User) -> Dilemma:
    """Return a dilemma that is still prepared, under a lock."""
    held = _on_its_way(dilemma, by)
    if held.state not in PREPARED_IN:
        raise NotAllowed(
            f"This dilemma is {STATES[State(held.state)].lower()}: what was weighed stays as it is. It can be opened "
            "again for review once it is decided."
        )
    return held


def _demand_preparer(dilemma: Dilemma, by: User) -> None:
    if dilemma.prepared_by_id != by.pk:
        raise NotAllowed(
            "SD1: only whoever prepared a dilemma edits it, so that it is known whose words they are."
        )


def locked(dilemma: Dilemma) -> Dilemma:
    """Return a dilemma as it stands, held until the end of the transaction."""
    return Dilemma.objects.select_for_update(of=("self",)).select_related("risk").get(pk=dilemma.pk)


def demand_free_of_target(risk: Risk, by: User, permission: Permission) -> None:
    """Refuse whoever lacks the permission, or has a revenue target on the matter (1.6, SD4).

    Raises:
        NotAllowed: either.
    """
    by.demand(permission)
    if risk.relationships.filter(relationship__revenue_owners__username__in=by.as_one()).exists():
        raise NotAllowed(
            "SD4: whoever has a revenue target on a partner of this risk takes no part in this dilemma."
        )


def log(dilemma: Dilemma, action: str, *, by: User, at: datetime, **detail: Any) -> None:
    """Log by ids and codes only: a question may tell more than the log should (N10)."""
    record_event(by=by.username, at=at, action=action, subject=f"dilemma {dilemma.pk}", detail=detail)
