"""A working week of the invented company: what its people have on the desk, done through actions only.

Everything here is invented and says so; the published cases beside it are real.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from hrdd.governance.models import SignOff, User
from hrdd.governance.rules import Permission
from risks.actions import (
    dilemma_decisions,
    dilemmas,
    measure_enforcement,
    measure_proposals,
    rabat,
    statements,
)
from risks.actions.evidence import record_evidence
from risks.actions.measure_proposals import Proposal
from risks.actions.recording import record_risk
from risks.actions.salience import Judging, assess_severity
from risks.models import Dilemma, DilemmaOption, Measure, RabatAssessment, Right, Risk
from risks.queries.dilemmas import content_hash
from risks.rules.ladder import LADDER
from risks.rules.measure_workflow import SIGN_OFF_KIND as MEASURE
from risks.rules.rabat_worksheet import FACTORS
from risks.rules.recording import GLOBAL, Facts
from risks.rules.statement import Told
from risks.rules.three_part_test import Alternative, Answer, GivenTest

TITLE = "Demonstration: posts call for attacks on poll workers before a local vote"
RULE = "Rules on content (demonstration), section on threats and incitement"
ANSWERS: Mapping[str, str] = {
    "L1": "The rules are published in the languages of the region, and linked where people post.",
    "L2": "The section names what counts as a call for violence, with examples that reviewers are held to.",
    "L3": "The section has been in force for the whole time of the posts.",
    "L4": "No State asked for anything here.",
    "A1": "It protects the life, the safety and the vote of other people.",
    "A2": "Poll workers who are named by district, and voters of the minority in two districts.",
    "A3": "Nobody with a revenue target took part, and traffic was not looked at.",
    "N1": "Monitors linked eleven posts to two attacks within a day of each.",
    "N2": "Where reach was reduced last month, resharing of such posts fell by half.",
    "N3": "A correction was put beside the posts for a week; attacks went on.",
    "N4": "Each lower rung was weighed; why it does not do stands beside it.",
    "N5": "The posts stay up, so evidence is kept and nobody is driven to closed groups.",
    "P1": "Political speech is at its weightiest before a vote, so nothing is removed.",
    "P2": "Journalists who quote the posts are left out by a list that they can join.",
    "P3": "It ends a week after the vote, in two districts only.",
    "P4": "Authors are told, with reasons, and may appeal to people who had no part in it.",
    "P5": "For poll workers it may be the difference between being found and not being found.",
}
LOWER = "It was tried or judged for this case, and the attacks went on; the note of the week tells how."
DISSENT = "I would leave reach alone and pay for more reviewers. But I agree that doing nothing is worse."


@transaction.atomic
def record_work(*, at: datetime) -> bool:
    """Record the week, once; return whether it was recorded now.

    Args:
        at: now; days are counted from it.
    """
    if Risk.objects.filter(title=TITLE).exists():
        return False
    people = {one.username: one for one in User.objects.all()}
    risk = _risk(people["ana"], at=at)
    _decided_dilemma(risk, people, at=at)
    _measures(risk, people, at=at)
    _open_dilemma(risk, people["ana"], at=at)
    return True


def _risk(ana: User, *, at: datetime) -> Risk:
    return judged_risk(
        Facts(
            title=TITLE,
            summary="Invented for the demonstration. Posts name poll workers by district and call to stop them; "
            "two attacks followed. They travel through recommendations to people who follow neither side.",
            rights=("LIFE", "PARTICIPATION", "NON_DISCRIM", "EXPRESSION"),
            affected_groups=(
                "Poll workers in two districts",
                "Voters of a minority",
                "Journalists on the spot",
            ),
            countries=(GLOBAL,),
            context_tags=("election",),
            context_until=at.date() + timedelta(days=45),
            threat_to_life=True,
        ),
        seen="Monitors' note of the week",
        says="Eleven posts were followed by two attacks within a day; resharing doubles each evening.",
        judging=Judging(
            scale=5,
            scope=3,
            irremediability=5,
            scale_rationale="People were attacked; a death is a credible outcome for those who are named.",
            scope_rationale="About 3,000 poll workers and their families in two districts.",
            irremediability_rationale="A life lost cannot be given back, nor a vote that was not cast.",
            state_of_harm="actual_unremedied",
            likelihood=None,
            likelihood_unknown=False,
            consulted="Monitors on the spot and an association of poll workers, both through the engagement lead.",
            scope_people=3_000,
        ),
        by=ana,
        at=at,
    )


def judged_risk(facts: Facts, *, seen: str, says: str, judging: Judging, by: User, at: datetime) -> Risk:
    """Record a risk that its recorder owns, a document about it from outside, and its severity, which rests on that."""
    risk = record_risk(facts, by=by, at=at, owner=by)
    document = record_evidence(
        risk, title=seen, kind="document", says=says, outside_company=True, by=by, at=at
    )
    assess_severity(risk, replace(judging, evidence=(document,)), by=by, at=at)
    risk.refresh_from_db()
    return risk


def given_test(kind: str) -> GivenTest:
    """Return a three-part test that a measure of a kind passes, with an answer to each question."""
    intrusion = LADDER[kind].intrusion
    lower = [code for code, rung in LADDER.items() if rung.intrusion < intrusion]
    return GivenTest(
        answers={
            code: Answer("not_applicable" if code == "L4" else "yes", said) for code, said in ANSWERS.items()
        },
        aims=("rights_of_others",),
        alternatives=tuple(Alternative(code, "insufficient", LOWER) for code in lower),
        rights_burdened=("EXPRESSION",),
    )


def _decided_dilemma(risk: Risk, people: Mapping[str, User], *, at: datetime) -> None:
    """Leave a decided question: its measure waits for approval, its public reasons for a safety officer."""
    ana, rita, enid, dan = (people[name] for name in ("ana", "rita", "enid", "dan"))
    dilemma = asked_dilemma(
        risk,
        "How far may posts about poll workers travel before the vote?",
        facts="Posts describe poll workers as traitors and say where they live by district. Some are by candidates.",
        kind="hatred",
        by=ana,
        at=at,
    )
    an_option(dilemma, "no_action", by=ana, at=at)
    reach = an_option(dilemma, "reduce_reach", by=ana, at=at)
    dilemmas.test_option(reach, given_test("reduce_reach"), by=ana, at=at)
    worksheet = a_worksheet(dilemma, by=ana, at=at)
    rabat.confirm(worksheet, agrees=True, dissent="", attests_competence=True, by=rita, at=at)
    dilemmas.analyse(dilemma, by=ana, at=at)
    dilemmas.advise(dilemma, text=DISSENT, favours=None, by=enid, at=at)
    dilemmas.consult(dilemma, by=ana, at=at)
    dilemma.refresh_from_db()
    dilemma_decisions.decide(
        dilemma,
        option=reach,
        reasons="Reach is what turns these posts into visits. Removing them would hide the evidence and the speech "
        "that voters may hear; a label did not keep anyone safe.",
        public_reasons="For a few weeks we limit how far posts travel that call to stop poll workers. They stay up. "
        "A label was tried first, and people were attacked all the same.",
        minority_view="",
        policy_relied_on=RULE,
        review_on=at.date() + timedelta(days=21),
        seen_hash=content_hash(dilemma),
        by=dan,
        at=at,
    )


def a_worksheet(dilemma: Dilemma, *, by: User, at: datetime) -> RabatAssessment:
    """Fill in a Rabat worksheet, which another person confirms."""
    return rabat.assess(
        dilemma,
        content_extract="[invented] They sit in your school and steal the vote. You know the way. Stop them.",
        language="a regional language",
        translation_by="two reviewers from the region",
        mode="analogy",
        gates="nyy",
        grounds=(),
        harm_sought=("violence",),
        exceptions=(),
        scores=dict(zip((one.name for one in FACTORS), (3, 2, 2, 2, 3, 2), strict=True)),
        texts={
            one.name: "Judged on the posts of the week and what monitors saw after each." for one in FACTORS
        },
        attests_competence=True,
        by=by,
        at=at,
    )


def _measures(risk: Risk, people: Mapping[str, User], *, at: datetime) -> None:
    """Leave one measure in force, with its statement of reasons, and one whose test does not pass yet."""
    ana = people["ana"]
    label = measure_proposals.propose(
        risk, proposal("label", "Posts that name poll workers", at), by=ana, at=at
    )
    decide_on(
        label,
        people,
        reasons="The least that can be said beside these posts while the rest is prepared; it ends after the vote.",
        at=at,
    )
    measure_enforcement.enforce(
        Measure.objects.get(pk=label.pk),
        necessity="Posts of this morning name two more districts, and the vote is in three weeks.",
        notified_on=at.date(),
        by=ana,
        at=at,
    )
    statements.issue_statement(
        Measure.objects.get(pk=label.pk),
        Told(
            facts="Posts named poll workers by district and called on readers to stop them. Two reviewers read them.",
            explanation="The section forbids calls to threaten or to stop people who run a vote, whoever makes them.",
            category="STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
            content_types=("CONTENT_TYPE_TEXT",),
            content_type_other="",
            content_date=at.date() - timedelta(days=2),
            source_type="SOURCE_VOLUNTARY",
        ),
        by=ana,
        at=at,
    )
    unsure = given_test("temp_suspension")
    answers = dict(unsure.answers) | {"N5": Answer("unknown", "It may drive the authors to closed groups.")}
    test = replace(unsure, answers=answers)
    suspension = proposal("temp_suspension", "Accounts that named a poll worker twice", at)
    measure_proposals.propose(risk, replace(suspension, test=test), by=ana, at=at)


def decide_on(
    measure: Measure,
    people: Mapping[str, User],
    *,
    reasons: str,
    at: datetime,
    approve: bool = True,
) -> None:
    """Approve or refuse a proposal, as the decider or, where only a senior may, as the executive."""
    asked = asked_about(MEASURE, measure.pk)
    dan = people["dan"]
    signer = dan if dan.may(Permission(asked.permission)) else people["eve"]
    sign(asked, measure_proposals.decide, reasons=reasons, by=signer, at=at, approve=approve)


def asked_about(kind: str, pk: int) -> SignOff:
    """Return the signature that is asked for on a record."""
    return SignOff.objects.get(subject_kind=kind, subject_id=pk, decided_at=None)


def sign(
    asked: SignOff, decide: Callable[..., Any], *, reasons: str, by: User, at: datetime, approve: bool = True
) -> None:
    """Sign what was asked for, or refuse it, as it stands now."""
    decide(asked, approve=approve, reasons=reasons, seen_hash=asked.content_hash, by=by, at=at)


def proposal(kind: str, target: str, at: datetime, *, days: int = 28, rule: str = RULE) -> Proposal:
    """Return a measure as somebody would propose it, for some days, with a test that it passes."""
    return Proposal(
        kind=kind,
        target=target,
        target_type="account" if kind in {"temp_suspension", "feature_limit"} else "item",
        test=given_test(kind),
        rule_relied_on=rule,
        ends_on=at.date() + timedelta(days=days),
    )


def _open_dilemma(risk: Risk, ana: User, *, at: datetime) -> None:
    dilemma = asked_dilemma(
        risk,
        "Hand over who wrote the posts, as a prosecutor asks?",
        facts="A prosecutor asks by letter for names and addresses of eleven authors. The letter cites no order of a "
        "court. Among them are two local journalists who quoted the posts.",
        kind="privacy_or_safety",
        by=ana,
        at=at,
        demand_authority="prosecutor",
        demand_legal_basis="A letter; no order of a court is cited.",
        demand_in_writing=True,
        demand_narrowed=False,
        demand_challenged=None,
        decide_by=at.date() + timedelta(days=5),
    )
    an_option(dilemma, "no_action", by=ana, at=at)


def asked_dilemma(
    risk: Risk,
    question: str,
    *,
    facts: str,
    kind: str,
    by: User,
    at: datetime,
    urgency: str = "urgent",
    protected: str = "Poll workers in two districts",
    **more: Any,
) -> Dilemma:
    """Open a dilemma between whoever is attacked and whoever speaks."""
    sides = {"protected": ("LIFE", "PARTICIPATION"), "burdened": ("EXPRESSION",)}
    return dilemmas.open_dilemma(
        risk,
        rights={side: list(Right.objects.filter(code__in=codes)) for side, codes in sides.items()},
        question=question,
        facts=facts,
        kind=kind,
        people_protected=[protected],
        people_burdened=["Those who post them", "Those who follow them"],
        countries=[GLOBAL],
        urgency=urgency,
        by=by,
        at=at,
        **more,
    )


def an_option(
    dilemma: Dilemma,
    kind: str,
    *,
    by: User,
    at: datetime,
    target: str = "Posts that call to stop poll workers",
) -> DilemmaOption:
    """Put an option of the ladder, with what it does to each side."""
    acts = kind != "no_action"
    said = {
        "protected": "Fewer people who mean harm see them."
        if acts
        else "Attacks go on as they did this week.",
        "burdened": "Authors keep their words and lose recommendations."
        if acts
        else "Speech is left as it is.",
    }
    levels = {"protected": 1 if acts else -1, "burdened": -1 if acts else 0}
    return dilemmas.put_option(
        dilemma,
        kind=kind,
        course="",
        about="",
        target=target,
        target_type="item",
        lasts_days=28 if acts else None,
        interferes_with=[],
        effects={one.pk: (levels[one.side], said[one.side]) for one in dilemma.stakes.all()},
        by=by,
        at=at,
    )
