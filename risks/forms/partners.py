"""Forms about partners and the relationships with them."""

from typing import Any

from django import forms

from hrdd.forms import Form
from hrdd.governance.models import User
from hrdd.governance.queries import people_of_the_desk
from risks.forms.partner_fields import country_field, text
from risks.forms.risks import ChosenRiskForm, PersonField
from risks.forms.shapes import GroupedForm, Groups, choice, day, words
from risks.models import Relationship
from risks.rules.partner import LABELS, REVENUE_BANDS, PartnerFacts, RelationshipFacts
from risks.rules.recording import listed

NAMING_HELP = (
    "Say whom and why; leave empty if not. It is then left out of exports, reports and public pages."
)
BANDS = [("", "not on record"), *((str(band), said) for band, said in REVENUE_BANDS.items())]
STANDINGS = [
    ("", "Choose"),
    *((value, said) for value, said in Relationship.Status.choices if value != "unknown"),
]
KINDS = [("", "Choose"), *Relationship.Kind.choices]


def _reasons(sentence: str) -> forms.CharField:
    return words(
        "Reasons",
        missing="say why, in at least 50 characters.",
        sentence=f"{sentence} At least 50 characters.",
    )


class _PartnerFields(GroupedForm):
    name = forms.CharField(
        label=LABELS["name"],
        max_length=200,
        error_messages={
            "required": "Partner: say with whom.",
            "max_length": "Partner: keep it to 200 characters.",
        },
    )
    partner_country = country_field(LABELS["partner_country"])
    about = text(LABELS["about"], "What it does, what it is known for. Name no person here.", required=False)
    naming_endangers = text(LABELS["naming_endangers"], NAMING_HELP, required=False)

    def partner_facts(self) -> PartnerFacts:
        """Return who the partner is, as the rules read it."""
        given = self.cleaned_data
        return PartnerFacts(
            name=" ".join(given["name"].split()),
            country=given["partner_country"],
            about=_lines(given["about"]),
            naming_endangers=_lines(given["naming_endangers"]),
        )


class _RelationshipFields(GroupedForm):
    kind = choice(LABELS["kind"], KINDS)
    supplied = words(LABELS["supplied"], missing="say what is supplied, by whom to whom, and for what use.")
    country = country_field(LABELS["country"])
    products = forms.CharField(
        label=LABELS["products"],
        help_text="Separated by commas. A name that is new is recorded.",
        max_length=2000,
        required=False,
    )
    started_on = day(LABELS["started_on"], required=False)
    contract_end = day(LABELS["contract_end"], required=False)
    revenue_band = choice(
        LABELS["revenue_band"],
        BANDS,
        "Kept inside. It never weighs against exit, and makes no relationship crucial (X8).",
        required=False,
    )
    owner = PersonField(
        label=LABELS["owner"],
        nobody="Nobody yet",
        required=False,
        error_messages={"invalid_choice": "Owner: choose somebody of the list, or nobody yet."},
    )

    def relationship_facts(self) -> RelationshipFacts:
        """Return what the relationship is, as the rules read it."""
        given = self.cleaned_data
        return RelationshipFacts(
            kind=given["kind"],
            supplied=_lines(given["supplied"]),
            country=given["country"],
            products=listed(given["products"], between=",;"),
            started_on=given["started_on"],
            contract_end=given["contract_end"],
            revenue_band=given["revenue_band"],
        )


def _lines(said: str) -> str:
    return said.replace("\r\n", "\n").strip()


class RelationshipForm(_RelationshipFields, _PartnerFields):
    """A relationship, and its partner where the name is new."""

    groups: Groups = (
        (
            "The partner",
            "Of a partner on record only the name is needed; it is corrected on its page.",
            ("name", "partner_country", "about", "naming_endangers"),
        ),
        ("The relationship", "", ("kind", "supplied", "country", "products")),
        (
            "Since when",
            "Before a relationship starts, leverage is greatest: its onboarding gate asks for use case, end users and "
            "red flags first. What goes on already without one is recorded, and the gap is shown.",
            ("not_begun", "started_on", "contract_end"),
        ),
        ("Inside", "", ("owner", "revenue_band")),
    )
    not_begun = forms.BooleanField(label=LABELS["not_begun"], required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        return {
            "partner": self.partner_facts(),
            "facts": self.relationship_facts(),
            "not_begun": given["not_begun"],
            "owner": given["owner"],
        }


class CorrectRelationshipForm(_RelationshipFields):
    """What is corrected of a relationship, and why."""

    groups: Groups = (
        ("The relationship", "", ("kind", "supplied", "country", "products", "started_on", "contract_end")),
        ("Inside", "", ("owner", "revenue_band")),
        ("Why", "Before and after are kept with it, and cannot be changed.", ("reasons",)),
    )
    reasons = _reasons("What was wrong, and where the right fact comes from.")

    def __init__(self, *args: Any, facts: RelationshipFacts, owner: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = vars(facts) | {
            "products": ", ".join(facts.products),
            "owner": owner.username if owner else "",
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        return {"facts": self.relationship_facts(), "owner": given["owner"], "reasons": given["reasons"]}


class TakeUpForm(CorrectRelationshipForm):
    """What a relationship is that a dossier tells of, and where it stands."""

    groups: Groups = (
        (
            "The relationship",
            "As far as you know it; nothing is guessed from the dossier.",
            ("kind", "status", "supplied", "country", "products", "started_on", "contract_end"),
        ),
        ("Inside", "", ("owner", "revenue_band")),
        ("Why", "The words of the dossier are kept as they are.", ("reasons",)),
    )
    status = choice(LABELS["status"], STANDINGS)
    reasons = _reasons("Where you know it from.")

    def clean(self) -> dict[str, Any]:
        status = self.cleaned_data.get("status")
        given = super().clean()
        return given if self.errors else given | {"status": status}


class KnowledgeForm(Form):
    """Since when the company knows of a harm that a dossier tells of."""

    known_since = day("Known since", "The clock starts on this day.")
    how_known = text("How it became known")


class CorrectPartnerForm(_PartnerFields):
    """What is corrected of a partner, and why."""

    groups: Groups = (
        (
            "The partner",
            "For every relationship with it.",
            ("name", "partner_country", "about", "naming_endangers"),
        ),
        ("Why", "Before and after are kept with it, and cannot be changed.", ("reasons",)),
    )
    reasons = _reasons("What was wrong, and where the right fact comes from.")

    def __init__(self, *args: Any, facts: PartnerFacts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = vars(facts) | {"partner_country": facts.country}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        return {"facts": self.partner_facts(), "reasons": given["reasons"]}


class WarningForm(Form):
    """What the warning not to name a partner says from now on."""

    naming_endangers = text(
        "What the warning says from now on",
        "Leave it empty only where naming the partner endangers nobody any more.",
        required=False,
    )
    reasons = _reasons("Who was asked, and what changed for the people who were in danger.")


class BeginForm(Form):
    """The day on which a relationship begins."""

    on = day(LABELS["started_on"])


class CrucialForm(GroupedForm):
    """Whether a relationship is crucial, for both reasons."""

    groups: Groups = (
        (
            "The two questions",
            "Both must hold. Revenue is no reason, however high it is (X8).",
            ("crucial", "essential", "no_alternative"),
        ),
        ("What it rests on", "", ("reasons",)),
    )
    crucial = forms.TypedChoiceField(
        label="Is it crucial?",
        choices=[("yes", "Yes, both hold"), ("no", "No")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Is it crucial: choose yes or no."},
    )
    essential = text("What essential thing does it provide, and to whom?", rows=3, required=False)
    no_alternative = text("Why does no reasonable alternative exist?", rows=3, required=False)
    reasons = _reasons("Who was asked, and which alternatives were looked at.")


class RevenueOwnersForm(Form):
    """Who has a revenue target on a partner."""

    owners = forms.MultipleChoiceField(
        label="Have a revenue target on this partner",
        help_text="They decide neither on its exit nor on more time, nor on its onboarding, nor whether it is crucial.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reasons = _reasons("What changed.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {one.username: one for one in people_of_the_desk()}
        self.fields["owners"].choices = [(name, one.display_name) for name, one in self.people.items()]  # type: ignore[attr-defined]

    def clean_owners(self) -> list[User]:
        return [self.people[name] for name in self.cleaned_data["owners"]]


class TieRiskForm(ChosenRiskForm):
    """A harm tied to a relationship."""

    known_since = day("Known since", "The clock starts on this day.")
    how_known = text("How it became known")
    own_contribution = forms.BooleanField(
        label="The company itself contributes",
        help_text="Then the company must stop its own part first.",
        required=False,
    )
    zero_tolerance_breach = text(
        "Breach for which there is no time to change", "Leave empty if there is none.", rows=2, required=False
    )
