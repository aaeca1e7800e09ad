"""Dilemmas of the invented company that wait for somebody's word: an interim one, a decision, a confirmation, a review.

Everything here is invented and says so; it is done through actions only, by the people of the demonstration.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from hrdd.demo_measures import RUMOUR
from hrdd.demo_work import DISSENT, RULE, a_worksheet, an_option, asked_dilemma, given_test
from hrdd.governance.models import User
from risks.actions import dilemma_decisions, dilemmas, rabat
from risks.models import Dilemma, DilemmaOption, Risk
from risks.queries.dilemmas import content_hash

LIFE = "Stop a live broadcast while people flee from a village?"
READY = "Hide a song that takes up the rumour, though most who share it laugh at it?"
REVIEWED = "May posts name a village where houses were burnt?"
TARGETS = {
    LIFE: "The broadcast from the village",
    READY: "The song that takes up the rumour",
    REVIEWED: "Posts that name a village where houses were burnt",
}
AGAIN = "Two families came back; naming their village no longer leads anybody to an empty house."


@transaction.atomic
def record_dilemmas(*, at: datetime) -> bool:
    """Record the dilemmas, once; return whether they were recorded now.

    Args:
        at: now; days are counted from it.
    """
    if Dilemma.objects.filter(question=LIFE).exists():
        return False
    people = {one.username: one for one in User.objects.all()}
    rumour, ana, rita = Risk.objects.get(title=RUMOUR), people["ana"], people["rita"]
    urgent, _option = _prepared(rumour, LIFE, ana, urgency="life", at=at)
    a_worksheet(urgent, by=ana, at=at)
    ready, _option = _prepared(rumour, READY, ana, at=at)
    rabat.confirm(
        a_worksheet(ready, by=ana, at=at), agrees=True, dissent="", attests_competence=True, by=rita, at=at
    )
    _consulted(ready, people, at=at)
    _in_review(rumour, people, at=at)
    return True


def _prepared(
    risk: Risk, question: str, ana: User, *, at: datetime, urgency: str = "urgent"
) -> tuple[Dilemma, DilemmaOption]:
    dilemma = asked_dilemma(
        risk,
        question,
        facts="Invented for the demonstration. Health workers see both: people who are warned in time, and people who "
        "are found.",
        kind="hatred",
        by=ana,
        at=at,
        urgency=urgency,
        protected="Families of one community in six villages",
    )
    an_option(dilemma, "no_action", by=ana, at=at, target=TARGETS[question])
    option = an_option(dilemma, "reduce_reach", by=ana, at=at, target=TARGETS[question])
    dilemmas.test_option(option, given_test("reduce_reach"), by=ana, at=at)
    return dilemma, option


def _consulted(dilemma: Dilemma, people: Mapping[str, User], *, at: datetime) -> None:
    dilemmas.analyse(dilemma, by=people["ana"], at=at)
    dilemmas.advise(dilemma, text=DISSENT, favours=None, by=people["enid"], at=at)
    dilemmas.consult(dilemma, by=people["ana"], at=at)
    dilemma.refresh_from_db()


def _in_review(rumour: Risk, people: Mapping[str, User], *, at: datetime) -> None:
    """Leave a dilemma that was decided five weeks ago and is open again, for its day has come."""
    ana, begun = people["ana"], at - timedelta(days=36)
    dilemma, option = _prepared(rumour, REVIEWED, ana, at=begun)
    rabat.confirm(
        a_worksheet(dilemma, by=ana, at=begun),
        agrees=True,
        dissent="",
        attests_competence=True,
        by=people["rita"],
        at=begun,
    )
    _consulted(dilemma, people, at=begun)
    dilemma_decisions.decide(
        dilemma,
        option=option,
        reasons="Whoever flees needs the name; whoever hunts them needs it more. So it travels less far for a time.",
        public_reasons="For some weeks we limit how far posts travel that name villages where houses were burnt.",
        minority_view="",
        policy_relied_on=RULE,
        review_on=(at - timedelta(days=1)).date(),
        seen_hash=content_hash(dilemma),
        by=people["dan"],
        at=begun,
    )
    dilemma.refresh_from_db()
    dilemmas.review(dilemma, reasons=AGAIN, by=ana, at=at)
