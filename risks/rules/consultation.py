"""Consultations: whom, how, with which safeguards, and how the loop is closed (GP18(b), 21, 31(h); domain.md 7)."""

from enum import StrEnum


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


# Partners and investors never count; experts and civil society are heard as proxies (domain.md 7.1, E5).
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
        StakeholderType.HUMAN_RIGHTS_DEFENDER,
        StakeholderType.JOURNALIST_MEDIA,
        StakeholderType.LEGITIMATE_REPRESENTATIVE,
    }
)
