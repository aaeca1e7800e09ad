"""Consultations of the invented company at each point of their way, from a plan to what people were told.

Everything here is invented and says so; it is done through actions only, by the people of the demonstration.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from hrdd.demo_work import TITLE
from hrdd.governance.models import User
from risks.actions import consultations, experts, findings, participants, stakeholders
from risks.actions.screening import content_hash
from risks.models import Consultation, Risk, StakeholderGroup
from risks.rules.consultation import Consent, Method, Purpose, Response, Safeguard, StakeholderType

PLANNED = "Demonstration: what observers of the vote need from us on the day"
CHECKED = "Demonstration: how readers of the minority language notice a label"
HELD = "Demonstration: what reviewers see first when attacks are being planned"
SUMMARISED = "Demonstration: how women who run for office answer threats"
CLOSED = "Demonstration: what poll workers expect when their district is named"
SAFE = [
    *(Safeguard.DO_NO_HARM_ASSESSMENT, Safeguard.PSEUDONYMS, Safeguard.SECURE_CHANNEL),
    *(Safeguard.DATA_MINIMISED, Safeguard.OPT_OUT_ANY_TIME, Safeguard.NO_RECORDING),
]
WAY = (PLANNED, CHECKED, HELD, SUMMARISED, CLOSED)


@dataclass(frozen=True)
class Heard:
    """What a consultation asks, what people said in it, and what became of that."""

    question: str
    said: str
    theme: str
    summary: str
    answer: str


ASKED: Mapping[str, Heard] = {
    PLANNED: Heard(
        "What do you need from us between the first and the last hour of the vote?", "", "", "", ""
    ),
    CHECKED: Heard("What do you think that the label under these posts says?", "", "", "", ""),
    HELD: Heard(
        "Which signs do you see before an attack, and whom do you tell?",
        "We see the same three phrases hours before, and the form has no field for them.",
        "Early signs",
        "Reviewers recognise early signs and have nowhere to put them. They ask for one person to call at night.",
        "",
    ),
    SUMMARISED: Heard(
        "What did you do when the threats began, and what did you miss?",
        "Each report is a form of its own; we were threatened by two hundred accounts in one night.",
        "Reports of many threats at once",
        "Women report one by one what comes by the hundred. They stopped reporting and left.",
        "",
    ),
    CLOSED: Heard(
        "What should happen when somebody names the district in which you work?",
        "We want to know within the hour, before our families read it.",
        "Being told in time",
        "Poll workers want to be told at once, by telephone, in their language, and to reach a person.",
        "A team calls within the hour, in three languages; it began last week.",
    ),
}


@transaction.atomic
def record_consultations(*, at: datetime) -> bool:
    """Record a consultation at each point of the way, once; return whether they were recorded now.

    Args:
        at: now; days are counted from it.
    """
    if Consultation.objects.filter(title=PLANNED).exists():
        return False
    people = {one.username: one for one in User.objects.all()}
    risk = Risk.objects.get(title=TITLE)
    group = stakeholders.record_group(
        name="Poll workers and observers (invented)",
        type=StakeholderType.RIGHTSHOLDER_NONUSER,
        vulnerabilities=[],
        why_here="",
        countries=[],
        languages=[],
        about="Invented for the demonstration. They run the vote in two districts and are named in posts.",
        by=people["enid"],
        at=at,
    )
    for number, title in enumerate(WAY):
        begun = at - timedelta(days=2 if number < 2 else 45 + number)
        one = _planned(title, risk, group, people, at=begun)
        for step in STEPS[:number]:
            step(one, ASKED[title], people, at)
            one.refresh_from_db()
    _shared(people, risk, at=at)
    return True


def _planned(
    title: str, risk: Risk, group: StakeholderGroup, people: Mapping[str, User], *, at: datetime
) -> Consultation:
    return consultations.plan_consultation(
        by=people["enid"],
        at=at,
        links={"risks": [risk]},
        groups=[group],
        team=[people["rita"]],
        title=title,
        purpose=Purpose.MITIGATE,
        question=ASKED[title].question,
        method=Method.REMOTE_SECURE_CALL,
        planned_on=at.date() + timedelta(days=5),
        languages=["English"],
        risk_to_participants=3,
        safeguards=SAFE,
        safeguards_note="",
        proxy_reasons="",
        place="",
        team_notes="",
        independent_facilitator=True,
        compensation="A fee for the hour, whatever is said.",
        info_shared_in_advance=True,
        days_before=4,
    )


def _checked(one: Consultation, _heard: Heard, people: Mapping[str, User], at: datetime) -> None:
    consultations.check_safeguards(one, by=people["rita"], at=at)


def _held(one: Consultation, heard: Heard, people: Mapping[str, User], at: datetime) -> None:
    enid = people["enid"]
    consultations.hold(
        one,
        held_from=(at - timedelta(days=40)).date(),
        held_until=(at - timedelta(days=38)).date(),
        participants_n=14,
        breakdown=[{"group": "women", "count": 8}, {"group": "men", "count": 6}],
        consent_recording=Consent.REFUSED,
        consent_attribution=Consent.REFUSED,
        consent_reuse=Consent.GIVEN,
        limits="People without a telephone of their own were not reached.",
        proxy_reasons="",
        by=enid,
        at=at,
    )
    participants.record_participant(
        one,
        pseudonym="Heron",
        name="",
        contact="Invented: by the coordinator of the second district.",
        consent_attribution=Consent.REFUSED,
        by=enid,
        at=at,
    )
    findings.record_finding(
        one,
        you_said=heard.said,
        is_quote=False,
        theme=heard.theme,
        priority=1,
        owner=people["ana"],
        by=enid,
        at=at,
    )
    consultations.write_summary(one, summary=heard.summary, by=enid, at=at)


def _summarised(one: Consultation, _heard: Heard, people: Mapping[str, User], at: datetime) -> None:
    consultations.screen(one, seen_hash=content_hash(one), by=people["rita"], at=at)
    consultations.take_step(one, "summarise", by=people["enid"], at=at)


def _closed(one: Consultation, heard: Heard, people: Mapping[str, User], at: datetime) -> None:
    enid, ana = people["enid"], people["ana"]
    consultations.validate(
        one,
        validated_how="Read to them by telephone; two sentences were put in other words.",
        validated_on=(at - timedelta(days=12)).date(),
        by=enid,
        at=at,
    )
    said = one.findings.get()
    findings.tag_finding(said, risks=one.risks.all(), measures=[], model_reviews=[], by=enid, at=at)
    findings.answer_finding(
        said, response=Response.ACCEPTED, we_did=heard.answer, reasons="", owner=ana, by=ana, at=at
    )
    for name in ("respond", "tell"):
        one.refresh_from_db()
        consultations.take_step(one, name, by=enid, at=at)
    consultations.screen(one, seen_hash=content_hash(one), by=people["rita"], at=at)
    for name in ("publish", "close"):
        one.refresh_from_db()
        consultations.take_step(one, name, by=enid, at=at)


STEPS = (_checked, _held, _summarised, _closed)


def _shared(people: Mapping[str, User], risk: Risk, *, at: datetime) -> None:
    """Share a risk and a consultation with the outside expert, who answered on one of them."""
    ana, enid, noor = people["ana"], people["enid"], people["noor"]
    until = at.date() + timedelta(days=21)
    shared = experts.share_risk(
        risk,
        expert=noor,
        question="Which of these phrases call for an attack, and which only insult?",
        starts_on=None,
        until=until,
        evidence=[],
        by=ana,
        at=at,
    )
    experts.give_opinion(
        shared,
        opinion="Three of the phrases name a place and an hour; here that is read as a call. The others insult.",
        by=noor,
        at=at,
    )
    experts.share_consultation(
        Consultation.objects.get(title=SUMMARISED),
        expert=noor,
        question="Does the summary miss anything that you heard from others?",
        starts_on=None,
        until=until,
        by=enid,
        at=at,
    )
