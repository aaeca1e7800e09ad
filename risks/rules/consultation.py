"""Consultations: whom, how, with which safeguards, and how the loop is closed (GP18(b), 21, 31(h); domain.md 7)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from hrdd.governance.rules import LEAST_REASONS, Permission, Step
from risks.rules.words import Vulnerability, said


class StakeholderType(StrEnum):
    """Who is heard (domain.md 7.1). Rights-holders and their representatives are weighted first."""

    RIGHTSHOLDER_USER = "rightsholder_user"
    RIGHTSHOLDER_NONUSER = "rightsholder_nonuser"
    WORKER_OWN = "worker_own"
    WORKER_SUPPLY_CHAIN = "worker_supply_chain"
    CONTENT_MODERATOR = "content_moderator"
    TRADE_UNION = "trade_union"
    COMMUNITY = "community"
    INDIGENOUS_PEOPLE = "indigenous_people"
    HUMAN_RIGHTS_DEFENDER = "human_rights_defender"
    JOURNALIST_MEDIA = "journalist_media"
    CIVIL_SOCIETY = "civil_society"
    NHRI = "nhri"
    ACADEMIC_EXPERT = "academic_expert"
    UN_REGIONAL_BODY = "un_regional_body"
    REGULATOR = "regulator"
    CUSTOMER = "customer"
    PARTNER = "partner"
    INVESTOR = "investor"
    INDUSTRY_BODY = "industry_body"
    LEGITIMATE_REPRESENTATIVE = "legitimate_representative"


class Purpose(StrEnum):
    IDENTIFY = "identify"
    ASSESS = "assess"
    MITIGATE = "mitigate"
    EXIT = "exit"
    DILEMMA = "dilemma"
    REMEDY_DESIGN = "remedy_design"
    MECHANISM_DESIGN = "mechanism_design"
    MODEL_REVIEW = "model_review"
    REPORTING = "reporting"
    TRACKING = "tracking"


class Method(StrEnum):
    INTERVIEW = "interview"
    FOCUS_GROUP = "focus_group"
    SURVEY = "survey"
    COMMUNITY_MEETING = "community_meeting"
    WRITTEN_SUBMISSION = "written_submission"
    EXPERT_PANEL = "expert_panel"
    ADVISORY_COUNCIL = "advisory_council"
    CO_DESIGN = "co_design"
    SITE_VISIT = "site_visit"
    REMOTE_SECURE_CALL = "remote_secure_call"


class Safeguard(StrEnum):
    DO_NO_HARM_ASSESSMENT = "do_no_harm_assessment"
    PSEUDONYMS = "pseudonyms"
    SECURE_CHANNEL = "secure_channel"
    NO_RECORDING = "no_recording"
    NO_STATE_PRESENCE = "no_state_presence"
    FEMALE_OR_PEER_FACILITATOR = "female_or_peer_facilitator"
    INTERPRETER_VETTED = "interpreter_vetted"
    SAFE_LOCATION = "safe_location"
    PSYCHOSOCIAL_SUPPORT = "psychosocial_support"
    CHILD_SAFEGUARDING = "child_safeguarding"
    TRAVEL_COST_PAID = "travel_cost_paid"
    DATA_MINIMISED = "data_minimised"
    OPT_OUT_ANY_TIME = "opt_out_any_time"
    POST_CONTACT_CHECK_30D = "post_contact_check_30d"


class Consent(StrEnum):
    NOT_ASKED = "not_asked"
    GIVEN = "given"
    PARTLY = "partly"
    REFUSED = "refused"


class ConsultationState(StrEnum):
    PLANNED = "planned"
    SAFEGUARDS_CHECKED = "safeguards_checked"
    HELD = "held"
    SUMMARISED = "summarised"
    VALIDATED_BY_PARTICIPANTS = "validated_by_participants"
    RESPONDED = "responded"
    CLOSED = "closed"


class Response(StrEnum):
    ACCEPTED = "accepted"
    PARTLY = "partly"
    NOT_ACCEPTED = "not_accepted"
    ALREADY_DONE = "already_done"
    NEEDS_MORE_WORK = "needs_more_work"


HEARD_AS: Mapping[str, str] = {
    StakeholderType.RIGHTSHOLDER_USER: "People who use the product",
    StakeholderType.RIGHTSHOLDER_NONUSER: "People affected who do not use the product",
    StakeholderType.WORKER_OWN: "Own workers",
    StakeholderType.WORKER_SUPPLY_CHAIN: "Workers in the supply chain",
    StakeholderType.CONTENT_MODERATOR: "Content moderators",
    StakeholderType.JOURNALIST_MEDIA: "Journalists and media",
    StakeholderType.NHRI: "National human rights institutions",
    StakeholderType.ACADEMIC_EXPERT: "Academic experts",
    StakeholderType.UN_REGIONAL_BODY: "United Nations and regional bodies",
    StakeholderType.LEGITIMATE_REPRESENTATIVE: "Legitimate representatives of people affected",
}


def heard_as(type: str) -> str:  # noqa: A002  # the column's name
    """Return how the public reads who was heard."""
    return HEARD_AS.get(type, said(type))


HEARD: Sequence[tuple[str, str]] = [(str(one), heard_as(one)) for one in StakeholderType]
AFFECTED_VOICES = frozenset(
    {
        StakeholderType.RIGHTSHOLDER_USER,
        StakeholderType.RIGHTSHOLDER_NONUSER,
        StakeholderType.WORKER_OWN,
        StakeholderType.WORKER_SUPPLY_CHAIN,
        StakeholderType.CONTENT_MODERATOR,
        StakeholderType.TRADE_UNION,
        StakeholderType.COMMUNITY,
        StakeholderType.INDIGENOUS_PEOPLE,
        StakeholderType.LEGITIMATE_REPRESENTATIVE,
    }
)
"""Rights-holders and who represents them (domain.md 7.1).

Defenders, journalists and civil society are what UNGP 18 names where the affected cannot be asked: a proxy. Partners
and investors never count.
"""
NOT_HELD = (ConsultationState.PLANNED, ConsultationState.SAFEGUARDS_CHECKED)
INDEPENDENT_CHECK_FROM, GUARDED_FROM, RISK_WHEN_UNKNOWN = 3, 4, 5
CHECK_AFTER_DAYS = 30
SILENCE = "One group's silence is not consent: whoever was not asked, or did not answer, has not agreed."


def _step(label: str, before: ConsultationState, after: ConsultationState, who: Permission) -> Step:
    return Step(label, frozenset({str(before)}), str(after), who)


CONSULTATION_STEPS: Mapping[str, Step] = {
    "check": _step(
        "Check the safeguards",
        ConsultationState.PLANNED,
        ConsultationState.SAFEGUARDS_CHECKED,
        Permission.CHECK_SAFEGUARDS,
    ),
    "hold": _step(
        "Record that it was held",
        ConsultationState.SAFEGUARDS_CHECKED,
        ConsultationState.HELD,
        Permission.RUN_CONSULTATION,
    ),
    "summarise": _step(
        "Close the summary",
        ConsultationState.HELD,
        ConsultationState.SUMMARISED,
        Permission.RUN_CONSULTATION,
    ),
    "validate": _step(
        "Record that participants agreed to the summary",
        ConsultationState.SUMMARISED,
        ConsultationState.VALIDATED_BY_PARTICIPANTS,
        Permission.RUN_CONSULTATION,
    ),
    "respond": _step(
        "Close the answers",
        ConsultationState.VALIDATED_BY_PARTICIPANTS,
        ConsultationState.RESPONDED,
        Permission.RUN_CONSULTATION,
    ),
    "close": _step(
        "Close the consultation",
        ConsultationState.RESPONDED,
        ConsultationState.CLOSED,
        Permission.RUN_CONSULTATION,
    ),
}
"""The way of a consultation, and nothing else (domain.md 7.4)."""
STEP_AFTER: Mapping[str, str] = {
    state: name for name, step in CONSULTATION_STEPS.items() for state in step.before
}


def risk_that_counts(risk_to_participants: int | None) -> int:
    """Return the risk to those who take part, 1 to 5; one that nobody assessed counts as the highest (E1)."""
    return RISK_WHEN_UNKNOWN if risk_to_participants is None else risk_to_participants


def is_guarded(risk_to_participants: int | None, *, screened: bool) -> bool:
    """Whether those outside the engagement team see no more than that a consultation exists (SECRET_SAFETY, 0.4).

    Args:
        risk_to_participants: 1 to 5, or None where not assessed.
        screened: whether what is stored was screened for what identifies people.
    """
    return not screened and risk_that_counts(risk_to_participants) >= GUARDED_FROM


def check_refusal(*, risk_to_participants: int | None, by_organiser: bool) -> str:
    """Return why somebody may not check the safeguards, or nothing (E1).

    Args:
        risk_to_participants: 1 to 5, or None where not assessed.
        by_organiser: whether who checks is the organiser, or stands in for them.
    """
    if by_organiser and risk_that_counts(risk_to_participants) >= INDEPENDENT_CHECK_FROM:
        return (
            f"E1: from risk {INDEPENDENT_CHECK_FROM} on, somebody other than the organiser checks the safeguards, "
            "and nobody who stands in for them; a risk that nobody assessed counts as 5. Ask another of the team."
        )
    return ""


NEEDED_FROM_RISK: Mapping[Safeguard, int] = {
    Safeguard.DO_NO_HARM_ASSESSMENT: 3,
    Safeguard.PSEUDONYMS: 4,
    Safeguard.SECURE_CHANNEL: 4,
    Safeguard.DATA_MINIMISED: 4,
}
FITTING: Mapping[Vulnerability, Safeguard] = {
    Vulnerability.WOMEN_GIRLS: Safeguard.FEMALE_OR_PEER_FACILITATOR,
    Vulnerability.LGBTIQ: Safeguard.FEMALE_OR_PEER_FACILITATOR,
    Vulnerability.LINGUISTIC_MINORITY: Safeguard.INTERPRETER_VETTED,
    Vulnerability.MIGRANT_REFUGEE_STATELESS: Safeguard.INTERPRETER_VETTED,
    Vulnerability.PERSONS_IN_POVERTY: Safeguard.TRAVEL_COST_PAID,
    Vulnerability.DETAINED: Safeguard.NO_STATE_PRESENCE,
    Vulnerability.DEFENDERS_JOURNALISTS: Safeguard.NO_STATE_PRESENCE,
    Vulnerability.POLITICAL_OPPOSITION: Safeguard.NO_STATE_PRESENCE,
    Vulnerability.VICTIMS_OF_VIOLENCE: Safeguard.PSYCHOSOCIAL_SUPPORT,
    Vulnerability.PEOPLE_IN_CONFLICT_ZONE: Safeguard.SAFE_LOCATION,
}


def safeguards_missing(
    *, risk_to_participants: int | None, vulnerabilities: Iterable[str], safeguards: Iterable[str]
) -> list[str]:
    """Return why the safeguards do not suffice, one sentence each; without these nobody is asked anything.

    Args:
        risk_to_participants: 1 to 5, or None where not assessed.
        vulnerabilities: those of all the groups (domain.md 7.2).
        safeguards: what is planned (domain.md 7.3).
    """
    risk, planned = risk_that_counts(risk_to_participants), set(safeguards)
    lacking = [
        f"At risk {risk} to those who take part, “{said(safeguard).lower()}” is needed."
        for safeguard, least in NEEDED_FROM_RISK.items()
        if risk >= least and safeguard not in planned
    ]
    if Vulnerability.CHILDREN in set(vulnerabilities) and Safeguard.CHILD_SAFEGUARDING not in planned:
        lacking.append("Children are among the groups: “child safeguarding” is needed.")
    return lacking


def safeguards_advised(*, vulnerabilities: Iterable[str], safeguards: Iterable[str]) -> list[str]:
    """Return which further safeguards usually fit the groups, one sentence each: advice for whoever checks.

    Args:
        vulnerabilities: those of all the groups (domain.md 7.2).
        safeguards: what is planned (domain.md 7.3).
    """
    among, planned = set(vulnerabilities), set(safeguards)
    advised = [
        f"{said(group)}: consider “{said(safeguard).lower()}”."
        for group, safeguard in FITTING.items()
        if group in among and safeguard not in planned
    ]
    if Safeguard.OPT_OUT_ANY_TIME not in planned:
        advised.append("Everyone: consider “opt out any time”.")
    return advised


def is_proxy(types: Iterable[str]) -> bool:
    """Whether no affected voice is among the groups, so that others speak for them (E5, UNGP 18(b))."""
    return not AFFECTED_VOICES & set(types)


def is_after_the_fact(held_from: date, decided: Iterable[date | None]) -> bool:
    """Whether something that people were asked about was decided or begun before they were asked (E8).

    Args:
        held_from: the first day of the consultation.
        decided: when each linked measure began, and each exit, change or review was decided; None where not yet.
    """
    return any(day is not None and day < held_from for day in decided)


def hold_refusals(
    *,
    risk_to_participants: int | None,
    checked: bool,
    checked_by_organiser: bool,
    types: Iterable[str],
    proxy_reasons: str,
) -> list[str]:
    """Return why a consultation may not be recorded as held, one sentence each (E1, E5).

    Args:
        risk_to_participants: 1 to 5, or None where not assessed.
        checked, checked_by_organiser: whether the safeguards were checked, and by whom.
        types: the stakeholder types of the groups.
        proxy_reasons: why those affected were not asked themselves.
    """
    lacking = []
    if not checked:
        lacking.append("E1: the safeguards must be checked before people are asked anything.")
    elif refusal := check_refusal(
        risk_to_participants=risk_to_participants, by_organiser=checked_by_organiser
    ):
        lacking.append(refusal)
    if is_proxy(types) and len(proxy_reasons.strip()) < LEAST_REASONS:
        lacking.append(
            "E5: nobody affected, nor a representative of theirs, is among the groups, so others speak for them. Say "
            f"why in at least {LEAST_REASONS} characters (UNGP 18(b))."
        )
    return lacking


def answer_due(recorded_on: date, *, answer_days: int) -> date:
    """Return by when a finding is answered (E2).

    Args:
        recorded_on: the day on which it was recorded.
        answer_days: the configured days.
    """
    return recorded_on + timedelta(days=answer_days)


def is_overdue(due: date, *, answered: bool, on: date) -> bool:
    """Whether a finding is late: on its last day it is still in time (E2, domain.md 0.1)."""
    return not answered and on > due


def answer_refusal(response: str, *, we_did: str, reasons: str) -> str:
    """Return why an answer to a finding does not suffice, or nothing (E2)."""
    if response == Response.NOT_ACCEPTED and len(reasons.strip()) < LEAST_REASONS:
        return f"E2: what is not accepted needs reasons of at least {LEAST_REASONS} characters."
    if response != Response.NOT_ACCEPTED and not we_did.strip():
        return "E2: say what was done, or what will be, in words that those who said it can check."
    return ""


def publication_refusals(*, responded: bool, screened: bool, screened_since: bool, told: bool) -> list[str]:
    """Return why “you said, we did” may not be published, one sentence each (E3, domain.md 8.6).

    Args:
        responded: whether every finding is answered and the answers are closed.
        screened: whether another than the organiser screened what was said.
        screened_since: whether they did so again after the last answer.
        told: whether the participants were told.
    """
    checks = (
        (responded, "Answer every finding and close the answers first."),
        (screened, "Somebody other than the organiser must screen it for what identifies people first."),
        (
            screened_since or not screened,
            "The answers are newer than the screening. Somebody other than the organiser must screen them, too.",
        ),
        (told, "E3: those who took part are told before it is published, or with it. Tell them first."),
    )
    return [sentence for holds, sentence in checks if not holds]


def closing_refusals(*, told: bool, check_promised: bool, checks_made: bool) -> list[str]:
    """Return why a consultation may not be closed, one sentence each (E3, domain.md 7.3).

    Args:
        told: whether the participants were told what became of what they said.
        check_promised, checks_made: the safeguard `post_contact_check_30d`, and whether everybody was asked.
    """
    lacking = []
    if not told:
        lacking.append("E3: those who took part must be told what became of what they said.")
    if check_promised and not checks_made:
        lacking.append(
            f"A check {CHECK_AFTER_DAYS} days after the contact was promised. Record it for each participant, so that "
            "nobody was harmed for speaking."
        )
    return lacking


def left_unconsidered(tagged: Iterable[int], considered: Iterable[int]) -> str:
    """Return why a decision linked to a consultation does not suffice: it names each finding it considered (E4).

    Args:
        tagged: the ids of the screened findings that are tagged to what is decided on.
        considered: the ids that the decision lists.
    """
    left_out = sorted(set(tagged) - set(considered))
    if not left_out:
        return ""
    return (
        "E4: a decision linked to a consultation lists the findings that it considered. Left out: "
        f"{', '.join(map(str, left_out))}."
    )
