"""The closed lists of words that risks, involvement and business models are told in (domain.md 1.1, 1.2, 1.11, 7.2)."""

from collections.abc import Mapping
from enum import StrEnum


def labels(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Return each word with how people read it."""
    return [(str(word), said(word)) for word in words]


def said(word: str) -> str:
    """Return how people read one word."""
    return READ_AS.get(word, word.replace("_", " ").capitalize())


class Activity(StrEnum):
    DESIGN = "design"
    TRAINING_DATA = "training_data"
    DEPLOYMENT = "deployment"
    MODERATION = "moderation"
    RECOMMENDER = "recommender"
    ADVERTISING = "advertising"
    DATA_COLLECTION = "data_collection"
    DATA_DISCLOSURE = "data_disclosure"
    SALE_OR_LICENCE = "sale_or_licence"
    CUSTOMER_USE = "customer_use"
    SUPPLY_CHAIN = "supply_chain"
    WORKFORCE = "workforce"
    POLICY = "policy"
    EXIT = "exit"


class Source(StrEnum):
    ASSESSMENT = "assessment"
    GRIEVANCE = "grievance"
    CONSULTATION = "consultation"
    EXPERT = "expert"
    MEDIA = "media"
    REGULATOR = "regulator"
    WHISTLEBLOWER = "whistleblower"
    INCIDENT = "incident"
    MODEL_SIGNAL = "model_signal"


class ContextTag(StrEnum):
    ELECTION = "election"
    ARMED_CONFLICT = "armed_conflict"
    PROTEST = "protest"
    EMERGENCY_LAW = "emergency_law"
    DISASTER = "disaster"
    COMMUNAL_TENSION = "communal_tension"
    SHUTDOWN = "shutdown"


class Driver(StrEnum):
    """What in a business model may create or worsen a risk (domain.md 1.11)."""

    ENGAGEMENT_OPTIMISED_RANKING = "engagement_optimised_ranking"
    BEHAVIOURAL_ADVERTISING = "behavioural_advertising"
    DATA_BROKERAGE = "data_brokerage"
    SURVEILLANCE_SALES = "surveillance_sales"
    GOVERNMENT_CUSTOMER = "government_customer"
    GROWTH_IN_FRAGILE_CONTEXT = "growth_in_fragile_context"
    GIG_ALGORITHMIC_MANAGEMENT = "gig_algorithmic_management"
    OUTSOURCED_MODERATION = "outsourced_moderation"
    GENERATIVE_MODEL_RELEASE = "generative_model_release"
    LOW_COST_HARDWARE_SUPPLY = "low_cost_hardware_supply"
    ZERO_RATING_BUNDLING = "zero_rating_bundling"
    OPAQUE_B2B_API = "opaque_b2b_api"
    APP_STORE_OR_GATEKEEPER_RULES = "app_store_or_gatekeeper_rules"


class Vulnerability(StrEnum):
    """Groups of heightened vulnerability; sensitive, published as statistics only (domain.md 7.2)."""

    CHILDREN = "children"
    WOMEN_GIRLS = "women_girls"
    LGBTIQ = "lgbtiq"
    ETHNIC_RACIAL_MINORITY = "ethnic_racial_minority"
    RELIGIOUS_MINORITY = "religious_minority"
    LINGUISTIC_MINORITY = "linguistic_minority"
    INDIGENOUS = "indigenous"
    CASTE_DESCENT = "caste_descent"
    MIGRANT_REFUGEE_STATELESS = "migrant_refugee_stateless"
    PERSONS_WITH_DISABILITIES = "persons_with_disabilities"
    OLDER_PERSONS = "older_persons"
    PERSONS_IN_POVERTY = "persons_in_poverty"
    DETAINED = "detained"
    DEFENDERS_JOURNALISTS = "defenders_journalists"
    POLITICAL_OPPOSITION = "political_opposition"
    WORKERS_PRECARIOUS = "workers_precarious"
    VICTIMS_OF_VIOLENCE = "victims_of_violence"
    PEOPLE_IN_CONFLICT_ZONE = "people_in_conflict_zone"
    LOW_DIGITAL_LITERACY = "low_digital_literacy"


READ_AS: Mapping[str, str] = {
    "under_resourced_moderation": "Under-resourced moderation",
    "no_pre_launch_assessment": "No assessment before launch",
    "no_kyc_on_customer": "No check of who the customer is",
    Vulnerability.WOMEN_GIRLS: "Women and girls",
    Vulnerability.LGBTIQ: "LGBTIQ people",
    Vulnerability.ETHNIC_RACIAL_MINORITY: "Ethnic or racial minority",
    Vulnerability.INDIGENOUS: "Indigenous people",
    Vulnerability.CASTE_DESCENT: "People discriminated by caste or descent",
    Vulnerability.MIGRANT_REFUGEE_STATELESS: "Migrants, refugees, stateless people",
    Vulnerability.DETAINED: "People in detention",
    Vulnerability.DEFENDERS_JOURNALISTS: "Human rights defenders and journalists",
    Vulnerability.PEOPLE_IN_CONFLICT_ZONE: "People in a conflict zone",
    Vulnerability.WORKERS_PRECARIOUS: "Workers in precarious conditions",
    Vulnerability.LOW_DIGITAL_LITERACY: "People with low digital literacy",
    Activity.SALE_OR_LICENCE: "Sale or licence",
    "do_no_harm_assessment": "Do-no-harm assessment",
    "interpreter_vetted": "A vetted interpreter",
    "travel_cost_paid": "Travel is paid",
    "data_minimised": "As little data as can be",
    "opt_out_any_time": "They may opt out at any time",
    "post_contact_check_30d": "A check after 30 days whether anybody was harmed for speaking",
    "satire_art": "Satire or art",
    "academic": "Academic work",
    "counter_speech": "Counter-speech",
    "post_exit_review": "Post-exit review",
    Driver.LOW_COST_HARDWARE_SUPPLY: "Low-cost hardware supply",
    Driver.ENGAGEMENT_OPTIMISED_RANKING: "Ranking optimised for engagement",
    Driver.ZERO_RATING_BUNDLING: "Zero-rating and bundling",
    Driver.OPAQUE_B2B_API: "Opaque API for businesses",
    Driver.APP_STORE_OR_GATEKEEPER_RULES: "App store or gatekeeper rules",
    Driver.GIG_ALGORITHMIC_MANAGEMENT: "Algorithmic management of gig work",
}
