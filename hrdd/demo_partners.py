"""The business partners of the invented company: one that moves too slowly, one that may change, one at the gate.

Everything here is invented and says so; it is done through actions only, by the people of the demonstration.
"""

from datetime import datetime, timedelta

from django.db import transaction

from hrdd.demo_work import TITLE
from hrdd.governance.models import User
from risks.actions import exits, leverage, leverage_plans, onboarding, partners, terms
from risks.models import Partner, Relationship, RelationshipRisk, Risk
from risks.rules.partner import PartnerFacts, RelationshipFacts

MODERATORS, SCHEDULER, CARRIER = "Fieldnote Reviews", "Corvid Scheduler", "Northline Mobile"
INVENTED = "Invented for the demonstration."


@transaction.atomic
def record_partners(*, at: datetime) -> bool:
    """Record the three partners, once; return whether they were recorded now.

    Args:
        at: now; days are counted from it.
    """
    if Partner.objects.filter(name=MODERATORS, told_by="").exists():
        return False
    people = {one.username: one for one in User.objects.all()}
    risk = Risk.objects.get(title=TITLE)
    _past_its_time(risk, people, at=at)
    _half_way(risk, people, at=at)
    _at_the_gate(people["paul"], at=at)
    return True


def _past_its_time(risk: Risk, people: dict[str, User], *, at: datetime) -> None:
    """Record the contractor who promised and changed nothing: people must consider exit, and opened the question."""
    paul, ana = people["paul"], people["ana"]
    tied = tied_to(
        recorded(
            MODERATORS,
            "outsourced_moderation",
            "It reads reports in two of the region's languages for us, by contract, eight hours a day.",
            began=at - timedelta(days=600),
            by=paul,
            at=at,
        ),
        risk,
        known=at - timedelta(days=20),
        how="Monitors showed that reports in one language waited nine hours while attacks were being planned.",
        by=ana,
        at=at,
    )
    terms.agree_terms(
        tied.relationship,
        policy_version=None,
        code_name="Code of conduct for reviewers (invented)",
        code_version="2",
        agreed_from=(at - timedelta(days=600)).date(),
        agreed_until=None,
        source="Annex 3 of the contract",
        by=paul,
        at=at,
    )
    asked = leverage.log_leverage(
        tied,
        kind="direct_dialogue",
        rung=0,
        requested_change="Read reports that name a person within one hour, at night as well.",
        started_on=(at - timedelta(days=19)).date(),
        deadline=(at - timedelta(days=9)).date(),
        indicator="Reports that name a person, read within one hour",
        unit="percent",
        baseline="11",
        target="95",
        source="Our own queue",
        by=paul,
        at=at,
    )
    leverage.measure_effect(
        asked,
        effect=1,
        measured_on=(at - timedelta(days=9)).date(),
        evidence="They promised a night shift; the queue shows none.",
        self_report_only=True,
        next_step="A written notice with a corrective plan.",
        by=paul,
        at=at,
    )
    leverage.log_leverage(
        tied,
        kind="contractual",
        rung=1,
        requested_change="A night shift in both languages by the end of the week, under the clause on conduct.",
        started_on=(at - timedelta(days=8)).date(),
        deadline=(at + timedelta(days=2)).date(),
        indicator="Reports that name a person, read within one hour",
        unit="percent",
        baseline="11",
        target="95",
        source="Our own queue",
        by=paul,
        at=at,
    )
    exits.consider_exit(
        tied.relationship,
        trigger="leverage_failed",
        trigger_reasons="Fourteen days have passed at the highest severity, and what was promised was not seen.",
        by=ana,
        at=at,
    )


def _half_way(risk: Risk, people: dict[str, User], *, at: datetime) -> None:
    """Record the developer whose app spreads the posts: half the time has passed, and leverage must grow."""
    paul = people["paul"]
    tied = tied_to(
        recorded(
            SCHEDULER,
            "developer_app",
            "Its app posts for its users by our interface; some of the calls to stop poll workers came through it.",
            began=at - timedelta(days=300),
            by=paul,
            at=at,
        ),
        risk,
        known=at - timedelta(days=8),
        how="Seven of the eleven posts were sent by its app within one minute.",
        by=people["ana"],
        at=at,
    )
    leverage.log_leverage(
        tied,
        kind="direct_dialogue",
        rung=0,
        requested_change="Stop sending one text from many accounts, and show what was sent last week.",
        started_on=(at - timedelta(days=7)).date(),
        deadline=(at + timedelta(days=6)).date(),
        by=paul,
        at=at,
    )
    leverage_plans.open_plan(
        tied,
        owner=paul,
        next_step="Lower the rate of its key unless it answers.",
        next_step_due=(at + timedelta(days=2)).date(),
        by=paul,
        at=at,
    )


def _at_the_gate(paul: User, *, at: datetime) -> None:
    """Record the carrier with whom nothing has begun: its onboarding waits for a review."""
    relationship = recorded(
        CARRIER,
        "infrastructure",
        "It would carry our messages free of charge on its network in the region.",
        began=None,
        by=paul,
        at=at,
    )
    onboarding.ask_onboarding(
        relationship,
        use_case="Messages without data charges, so that poor people can read what is true about the vote.",
        end_users="Its four million subscribers; the State holds a third of it.",
        country="KE",
        red_flags="The State ordered it to shut down its network during the last vote.",
        by=paul,
        at=at,
    )


def recorded(
    name: str, kind: str, supplied: str, *, began: datetime | None, by: User, at: datetime
) -> Relationship:
    return partners.record_relationship(
        PartnerFacts(name, about=INVENTED),
        RelationshipFacts(kind, f"{INVENTED} {supplied}", started_on=began.date() if began else None),
        not_begun=began is None,
        owner=by,
        by=by,
        at=at,
    )


def tied_to(
    relationship: Relationship, risk: Risk, *, known: datetime, how: str, by: User, at: datetime
) -> RelationshipRisk:
    return partners.tie_risk(
        relationship,
        risk,
        known_since=known.date(),
        how_known=how,
        own_contribution=False,
        zero_tolerance_breach="",
        by=by,
        at=at,
    )
