"""What became of the measures of two months: each way in which one ends, and what people decided on those that stand.

Everything here is invented and says so; it is done through actions only, by the people of the demonstration.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from hrdd.demo_work import TITLE, decide_on, given_test, judged_risk, proposal
from hrdd.governance.models import User
from risks.actions import action_samples, measure_enforcement, measure_proposals, reassessments, statements
from risks.actions.measure_proposals import Proposal
from risks.actions.measures import note_signal
from risks.actions.reassessments import Decision
from risks.actions.salience import Judging
from risks.models import ActionSample, Measure, Reassessment, ReviewTask, Risk, Signal
from risks.rules.measure_workflow import Duty
from risks.rules.recording import GLOBAL, Facts
from risks.rules.statement import Told

RUMOUR = "Demonstration: a rumour says that one community poisons the wells"
ON_RUMOURS = "Rules on content (demonstration), section on rumours that endanger people"
EXPIRED = "Voice messages that repeat the rumour"
LIFTED = "Posts that link to the first video of the rumour"
EASED = "Accounts that posted the rumour in ten groups or more"
REVERSED = "The page of a pharmacist who wrote against the rumour"
MAINTAINED = "Words of the rumour, matched by a list"
UNSAMPLED = "Pictures of wells, matched by a list"
ASKED_EXPERT = "Songs that take up the words of the rumour"
EMERGENCY = "A live broadcast that leads people to a polling station"
NOT_BEGUN = "Posts with photographs of poll workers"
REWORDED = "Groups in which districts are shared out"
WITHDRAWN = "Every post that names a district"
REFUSED = "Accounts that wrote about the vote at night"
NECESSITY = "Two families were threatened this morning, and the messages still spread by the hour."
APPROVED = "The least that helps while people are in danger, for a time, with reasons to whomever it touches."
TOO_BROAD = (
    "It would touch thousands of people who did nothing; name the posts that endanger somebody instead."
)
ACTIONS = 60
DRIVERS = (
    *("engagement_optimised_ranking", "behavioural_advertising", "growth_in_fragile_context"),
    *("outsourced_moderation", "zero_rating_bundling"),
)


@transaction.atomic
def record_measures(*, at: datetime) -> bool:
    """Record two months of measures, once; return whether they were recorded now.

    Args:
        at: now; days are counted from it. What is over by now ends in the next sweep.
    """
    if Risk.objects.filter(title=RUMOUR).exists():
        return False
    people = {one.username: one for one in User.objects.all()}
    rumour = _risk(people["ana"], at=at - timedelta(days=62))
    began = at - timedelta(days=55)
    for kind, target, lasts in (
        ("reduce_reach", EXPIRED, 45),
        ("interstitial", LIFTED, 90),
        ("temp_suspension", EASED, 80),
        ("feature_limit", REVERSED, 75),
        ("demonetise", ASKED_EXPERT, 70),
    ):
        measure = _in_force(rumour, _proposal(kind, target, began, days=lasts), people, at=began)
        if target not in {EXPIRED, REVERSED}:
            _noted(measure, people["rita"], at=at - timedelta(days=3))
    _rule(rumour, people, began=began, at=at)
    _of_this_week(Risk.objects.get(title=TITLE), people, at=at)
    return True


@transaction.atomic
def decide_on_measures(*, at: datetime) -> bool:
    """Decide on what the sweep found, once: maintained, eased, lifted and referred; return whether it was decided now.

    Args:
        at: now, after a sweep.
    """
    if Reassessment.objects.filter(measure__target=LIFTED).exists():
        return False
    rita = User.objects.get(username="rita")
    for target, decision in DECISIONS.items():
        task = ReviewTask.objects.get(measure__target=target, closed_at=None)
        ends = at.date() + timedelta(days=21) if decision.outcome == "de_escalate" else None
        reassessments.record_reassessment(task, replace(decision, ends_on=ends), by=rita, at=at)
    return True


DECISIONS: Mapping[str, Decision] = {
    LIFTED: Decision(
        outcome="lift",
        reason_code="no_effect",
        reasons="The video has been gone for three weeks; what the warning stops today are reports about it.",
        restored="The posts open at once again, and 214 people were told so, with an apology to four newsrooms.",
        who_was_heard="Two editors and the association of the families.",
        time_spent_min=50,
    ),
    EASED: Decision(
        outcome="de_escalate",
        reason_code="less_is_enough",
        kind="reduce_reach",
        reasons="Nobody was attacked for four weeks. The accounts may write again; their reach stays small for a time.",
        time_spent_min=35,
    ),
    MAINTAINED: Decision(
        outcome="maintain",
        reason_code="still_necessary",
        reasons="The sample shows that the list is right nine times in ten, and the rumour came back twice this week.",
        test=given_test("label"),
        time_spent_min=80,
    ),
    ASKED_EXPERT: Decision(
        outcome="refer",
        reason_code="question_open",
        reasons="We cannot tell mockery of the rumour from the rumour itself in this form of song.",
        referred_to="EXPERT",
        question="Which of the eleven songs repeat the rumour, and which make fun of it?",
        time_spent_min=25,
    ),
}


def _risk(ana: User, *, at: datetime) -> Risk:
    return judged_risk(
        Facts(
            title=RUMOUR,
            summary="Invented for the demonstration. Voice messages say that families of one community poison wells. "
            "Three houses were burnt after they had spread for two days.",
            rights=("LIFE", "NON_DISCRIM", "EXPRESSION"),
            affected_groups=("Families of one community in six villages",),
            countries=(GLOBAL,),
            drivers=DRIVERS,
        ),
        seen="Report of a network of village health workers",
        says="Eleven families left their houses; none of the wells held anything but water.",
        judging=Judging(
            scale=5,
            scope=2,
            irremediability=4,
            scale_rationale="Three houses were burnt while people slept in them.",
            scope_rationale="About 400 people in six villages.",
            irremediability_rationale="Houses can be built again; two people will not be well again.",
            state_of_harm="actual_unremedied",
            likelihood=None,
            likelihood_unknown=False,
            consulted="Health workers who know the families; the families asked not to be visited.",
            scope_people=400,
        ),
        by=ana,
        at=at,
    )


def _proposal(kind: str, target: str, at: datetime, *, days: int) -> Proposal:
    return proposal(kind, target, at, days=days, rule=ON_RUMOURS)


def _in_force(risk: Risk, proposed: Proposal, people: Mapping[str, User], *, at: datetime) -> Measure:
    ana = people["ana"]
    measure = measure_proposals.propose(risk, proposed, by=ana, at=at)
    decide_on(measure, people, reasons=APPROVED, at=at)
    return measure_enforcement.enforce(
        Measure.objects.get(pk=measure.pk),
        necessity=NECESSITY,
        notified_on=at.date() if proposed.target_type != "rule" else None,
        by=ana,
        at=at,
    )


def _noted(measure: Measure, rita: User, *, at: datetime) -> None:
    note_signal(
        measure,
        by=rita,
        at=at,
        kind=Signal.Kind.NEW_EVIDENCE,
        noted_on=at.date(),
        note="Health workers counted again: who is threatened, by whom, and what they had read before.",
    )


def _rule(rumour: Risk, people: Mapping[str, User], *, began: datetime, at: datetime) -> None:
    """Leave a rule over many items: a statement for each of some actions, a sample that is closed and one to close."""
    proposed = replace(
        _proposal("label", MAINTAINED, began, days=120),
        target_type="rule",
        unit_of_review="rule_class",
        automated_detection=True,
    )
    measure, rita = _in_force(rumour, proposed, people, at=began), people["rita"]
    days = [(began + timedelta(days=n)).date() for n in (3, 9, 17)]
    statements.issue_for_actions(
        measure,
        Told(
            facts="A message held three words of the list in one sentence. A reviewer read it before it was labelled.",
            explanation="The section asks for a label where a rumour endangers people, so that readers know of it.",
            category="STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
            content_types=("CONTENT_TYPE_TEXT",),
            content_type_other="",
            content_date=None,
            source_type="SOURCE_VOLUNTARY",
        ),
        actions="\n".join(f"rumour-{n:03},{day},{day}" for n, day in enumerate(days, start=1)),
        by=people["ana"],
        at=at - timedelta(days=30),
    )
    closed = _reviewed(measure, rita, first=began, last=at - timedelta(days=20), at=at - timedelta(days=18))
    action_samples.close_sample(
        closed,
        appeals_lodged=7,
        appeals_decided=6,
        appeals_upheld=2,
        conclusion="The list is right nine times in ten; what it gets wrong are warnings against the rumour.",
        by=rita,
        at=at - timedelta(days=18),
    )
    _noted(measure, rita, at=at - timedelta(days=3))
    _reviewed(measure, rita, first=at - timedelta(days=19), last=at - timedelta(days=1), at=at)
    _in_force(rumour, replace(proposed, target=UNSAMPLED), people, at=began)


def _reviewed(measure: Measure, rita: User, *, first: datetime, last: datetime, at: datetime) -> ActionSample:
    """Draw a sample and review each action of it; one in ten was wrong."""
    sample = action_samples.draw_sample(
        measure,
        period_from=first.date(),
        period_to=last.date(),
        references="\n".join(f"rumour-{first:%m%d}-{n:03}" for n in range(ACTIONS)),
        size=50,
        by=rita,
        at=at,
    )
    for position in range(1, sample.items.count() + 1):
        wrong = position % 10 == 0
        action_samples.review_action(
            sample,
            position=position,
            verdict="incorrect" if wrong else "correct",
            note="A warning against the rumour, not the rumour." if wrong else "",
            by=rita,
            at=at,
        )
    return sample


def _of_this_week(risk: Risk, people: Mapping[str, User], *, at: datetime) -> None:
    """Leave an emergency, one that was approved and did not begin, one reworded, one withdrawn and one refused."""
    ana, dan = people["ana"], people["dan"]
    emergency = measure_proposals.propose(risk, proposal("remove_item", EMERGENCY, at, days=9), by=ana, at=at)
    measure_enforcement.do_duty(
        emergency,
        kind=Duty.PRESERVE_EVIDENCE,
        how="The broadcast and its comments are kept sealed for a court; the safety officer holds the number.",
        by=dan,
        at=at,
    )
    measure_enforcement.enforce_as_emergency(
        emergency,
        reasons="The broadcast names the street and the hour; people gather there now, and two were hurt already.",
        notified_on=None,
        by=dan,
        at=at,
    )
    waits = measure_proposals.propose(risk, proposal("reduce_reach", NOT_BEGUN, at, days=20), by=ana, at=at)
    decide_on(waits, people, reasons=APPROVED, at=at)
    first = proposal("interaction_limit", REWORDED, at, days=40)
    reworded = measure_proposals.propose(risk, first, by=ana, at=at)
    shorter = replace(first, ends_on=at.date() + timedelta(days=15))
    measure_proposals.edit(Measure.objects.get(pk=reworded.pk), shorter, by=ana, at=at)
    withdrawn = measure_proposals.propose(risk, proposal("label", WITHDRAWN, at, days=20), by=ana, at=at)
    measure_proposals.withdraw(withdrawn, reasons=TOO_BROAD, by=ana, at=at)
    refused = measure_proposals.propose(
        risk, proposal("temp_suspension", REFUSED, at, days=20), by=ana, at=at
    )
    decide_on(refused, people, approve=False, reasons=TOO_BROAD, at=at)
