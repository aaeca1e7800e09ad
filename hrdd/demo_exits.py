"""Partners whom the invented company leaves, keeps for a time or stops: one at each point of the way of an exit.

Everything here is invented and says so; it is done through actions only, by the people of the demonstration.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from hrdd.demo_measures import RUMOUR
from hrdd.demo_partners import CARRIER, SCHEDULER, recorded, tied_to
from hrdd.demo_work import TITLE, asked_about, sign
from hrdd.governance.models import User
from risks.actions import (
    corrective_plans,
    emergency_stops,
    exit_assessments,
    exit_execution,
    exit_narratives,
    exits,
    leverage,
    measure_enforcement,
    onboarding,
    partner_notes,
    partners,
)
from risks.actions.exit_assessments import Written
from risks.models import ExitDecision, Measure, Onboarding, Partner, Relationship, RelationshipRisk, Risk
from risks.rules.exit import ExitKind
from risks.rules.exit_execution import OWED
from risks.rules.partner import PartnerFacts

ASSESSED, STAYING, LEAVING, STOPPED = (
    "Harbour Resale",
    "Meridian Hosting",
    "Lantern Ads",
    "Quickline Messaging",
)
TRIED = "What was asked for was promised three times and not done; people are threatened as before."
MOVING, CHANGED = "Saltmarsh Radio", "Ember Translations"
SEEN = {0: "40", 2: "15", 3: "1"}
OWN_CODE = "Code of conduct for partners (invented), section 4: whoever helps an attack is suspended."
IMPACT: Mapping[str, Any] = {
    "groups": [
        {
            "group": "Small traders who sell through it",
            "why": "They lose the only market that they reach without a bank account.",
            "scale": 3,
            "scope": 2,
            "irremediability": 2,
            "likelihood": 4,
        }
    ],
    "sources": [
        {"source": "Own research among traders (invented)", "kind": "own_research", "outside": False},
        {"source": "A federation of market women (invented)", "kind": "civil_society", "outside": True},
    ],
    "why_not_consulted": "unsafe",
    "alternatives": ["A phased exit", "Staying for six months, with an audit each month"],
    "mitigation": "Three months of notice, and help to move to two other services.",
    "comparison": "exit_less_harm",
    "comparison_reasons": "Traders can move within weeks; people who are named and visited cannot wait for that.",
}


@transaction.atomic
def record_exits(*, at: datetime) -> bool:
    """Record the partners and what was decided on each, once; return whether it was recorded now.

    Args:
        at: now; days are counted from it.
    """
    if Partner.objects.filter(name=ASSESSED, told_by="").exists():
        return False
    people = {one.username: one for one in User.objects.all()}
    risk = Risk.objects.get(title=TITLE)
    _assessed(ASSESSED, risk, people, at=at)
    _staying(_assessed(STAYING, risk, people, at=at), people, at=at)
    _leaving(_assessed(LEAVING, risk, people, at=at), people, at=at)
    _stopped(_partner(STOPPED, risk, people, at=at), people, at=at)
    rumour = Risk.objects.get(title=RUMOUR)
    _partner(MOVING, rumour, people, known=10, effect=2, at=at)
    _partner(CHANGED, rumour, people, known=26, effect=3, at=at)
    _promised(RelationshipRisk.objects.get(relationship__partner__name=SCHEDULER), people, at=at)
    _reviewed(Onboarding.objects.get(relationship__partner__name=CARRIER), people["rita"], at=at)
    return True


def _partner(
    name: str, risk: Risk, people: Mapping[str, User], *, at: datetime, known: int = 28, effect: int = 0
) -> RelationshipRisk:
    """Record a partner whose harm is known for some days, and leverage whose effect was measured."""
    paul = people["paul"]
    tied = tied_to(
        recorded(
            name,
            "reseller",
            "It sells our service to associations and small shops of the region.",
            began=at - timedelta(days=400),
            by=paul,
            at=at,
        ),
        risk,
        known=at - timedelta(days=known),
        how="Its staff passed on who had reported the posts; an association kept the messages.",
        by=people["ana"],
        at=at,
    )
    asked = leverage.log_leverage(
        tied,
        kind="direct_dialogue",
        rung=0,
        requested_change="Close the access of staff to who reported what, and show who had it.",
        started_on=(at - timedelta(days=known - 1)).date(),
        deadline=(at - timedelta(days=2)).date(),
        indicator="People of its staff who can see who reported",
        unit="people",
        baseline="40",
        target="0",
        source="Its own list of accounts",
        by=paul,
        at=at,
    )
    leverage.measure_effect(
        asked,
        effect=effect,
        measured_on=(at - timedelta(days=1)).date(),
        evidence="We read the list of accounts with its keeper, on the day.",
        measured=SEEN[effect],
        next_step="Ask whether to leave." if effect < 2 else "Read the list again in a month.",
        by=paul,
        at=at,
    )
    return tied


def _assessed(name: str, risk: Risk, people: Mapping[str, User], *, at: datetime) -> ExitDecision:
    ana = people["ana"]
    tied = _partner(name, risk, people, at=at)
    decision = exits.consider_exit(
        tied.relationship, trigger="leverage_failed", trigger_reasons=TRIED, by=ana, at=at
    )
    exit_assessments.write(decision, Written(**IMPACT), by=ana, at=at)
    decision.refresh_from_db()
    return decision


def _decided(decision: ExitDecision, people: Mapping[str, User], *, at: datetime, **proposal: Any) -> None:
    given: dict[str, Any] = {
        "reasons": TRIED,
        "rests_on_revenue": False,
        "money_words_explained": "",
        "conditions": "",
        "consequences_accepted": "",
        "notice_days": 30,
        "data_and_access_plan": "Records of sales are returned; what shows the harm is kept for those harmed.",
    }
    exits.propose_exit(decision, **given | proposal, by=people["ana"], at=at)
    sign(asked_about("exit", decision.pk), exits.decide, reasons=TRIED, by=people["eve"], at=at)
    decision.refresh_from_db()


def _staying(decision: ExitDecision, people: Mapping[str, User], *, at: datetime) -> None:
    """Keep a partner for a term, under conditions, with evidence of what became of them."""
    ana = people["ana"]
    _decided(
        decision,
        people,
        kind=ExitKind.REMAIN_WITH_CONDITIONS,
        conditions="An audit each month by somebody whom the federation chooses.",
        consequences_accepted="It may be said that we stayed too long; whoever is harmed meanwhile has a claim on us.",
        at=at,
    )
    stage = exit_execution.plan_stage(
        decision, what="The conditions of the first three months", begins_on=at.date(), by=ana, at=at
    )
    exit_execution.plan_duty(
        stage,
        kind=OWED[ExitKind.REMAIN_WITH_CONDITIONS][0],
        what="The audit of this month, with what changed for the people who report.",
        owner=people["paul"],
        due=(at + timedelta(days=20)).date(),
        by=ana,
        at=at,
    )


def _leaving(decision: ExitDecision, people: Mapping[str, User], *, at: datetime) -> None:
    """Leave a partner in a stage whose first duty is done, with a narrative that waits for the safety officer."""
    ana, paul = people["ana"], people["paul"]
    kind = ExitKind.TERMINATE_WHOLE
    _decided(decision, people, kind=kind, at=at)
    stage = exit_execution.plan_stage(
        decision, what="Before anybody is told, and the month after", begins_on=at.date(), by=ana, at=at
    )
    for owed in OWED[kind]:
        exit_execution.plan_duty(
            stage,
            kind=owed,
            what="As the assessment asks, with the federation.",
            owner=paul,
            due=(at + timedelta(days=15)).date(),
            by=ana,
            at=at,
        )
    exits.take_step(decision, "execute", by=ana, at=at)
    exit_execution.do_duty(
        decision.duties.order_by("pk")[0],
        done_on=at.date(),
        proof="Those who had reported were told and moved to another access; the note is with the team.",
        by=paul,
        at=at,
    )
    exit_narratives.write(
        decision,
        text="We end our contract with a reseller whose staff could see who had reported posts. Leverage was used "
        "for a month and changed nothing. Traders have three months and help to move.",
        by=ana,
        at=at,
    )


def _stopped(tied: RelationshipRisk, people: Mapping[str, User], *, at: datetime) -> None:
    """Stop a partner at once, because life is in danger; naming it would endanger who told of it."""
    relationship = tied.relationship
    stop = emergency_stops.stop(
        tied,
        what="Its bulk messages to the two districts",
        reasons="Its messages tell groups where poll workers sleep tonight; the next is due this evening.",
        ground=OWN_CODE,
        days=10,
        by=people["ana"],
        at=at,
    )
    measure_enforcement.enforce_as_emergency(
        Measure.objects.get(pk=stop.measure_id),
        reasons="The message of this evening would lead people to houses; nothing slower stops it.",
        notified_on=at.date(),
        by=people["dan"],
        at=at,
    )
    _known(relationship, people["paul"], at=at)


def _known(relationship: Relationship, paul: User, *, at: datetime) -> None:
    partner = relationship.partner
    partners.correct_partner(
        partner,
        PartnerFacts(
            STOPPED,
            about=partner.about,
            naming_endangers="Two of its own people told us; they would be looked for.",
        ),
        reasons="Two of its own people told us what it sends; whoever reads its name would look for them.",
        by=paul,
        at=at,
    )
    partner_notes.record_note(
        partner,
        kind="ownership",
        subject="A holding of three families (invented)",
        source="Register of companies of the region (invented)",
        noted_on=at.date(),
        by=paul,
        at=at,
    )


def _promised(tied: RelationshipRisk, people: Mapping[str, User], *, at: datetime) -> None:
    """Record what the developer undertook: one promise that was verified, and one that is due."""
    paul = people["paul"]
    plan = corrective_plans.record_corrective_plan(
        tied,
        agreed="One text is sent from one account, and what was sent is shown to us each week.",
        agreed_on=(at - timedelta(days=5)).date(),
        by=paul,
        at=at,
    )
    for what, due in (("The list of last week is shown", 1), ("Copies of one text are refused", 12)):
        corrective_plans.add_milestone(plan, what=what, due=(at + timedelta(days=due)).date(), by=paul, at=at)
    corrective_plans.verify_milestone(
        plan.milestones.order_by("pk")[0],
        verification="documents",
        verified_on=at.date(),
        how="The list was read beside our own; they agree but for four messages, which it explained.",
        by=people["rita"],
        at=at,
    )


def _reviewed(asked: Onboarding, rita: User, *, at: datetime) -> None:
    """Begin the review of the carrier at the gate, and record what was found."""
    onboarding.begin_review(asked, by=rita, at=at)
    onboarding.record_finding(
        asked,
        says="Its licence lets an authority read who writes to whom without a court.",
        level=4,
        by=rita,
        at=at,
    )
