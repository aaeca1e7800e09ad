"""Forms about partners and the relationships with them."""

from django import forms

from risks.forms.partner_fields import country_field, text
from risks.forms.shapes import day
from risks.models import Relationship, Risk


class RelationshipForm(forms.Form):
    """A relationship, and its partner where the name is new."""

    name = forms.CharField(label="Partner", max_length=200)
    partner_country = country_field("Country of the partner")
    about = text("About the partner", "Ownership, sanctions, what it is known for.", required=False)
    naming_endangers = text(
        "Would naming it in public endanger somebody?",
        "Say whom and why; leave empty if not.",
        required=False,
    )
    kind = forms.ChoiceField(label="Kind of relationship", choices=Relationship.Kind.choices)
    supplied = text("What is supplied, by whom, for what use")
    country = country_field("Country where it takes effect")
    code_of_conduct = forms.CharField(
        label="Code of conduct or terms agreed, with version", max_length=200, required=False
    )
    started_on = day("Began on", required=False)
    contract_end = day("Contract ends on", required=False)
    crucial = forms.BooleanField(label="The relationship is crucial", required=False)
    crucial_essential = text(
        "What essential thing it provides", "Revenue is no reason.", rows=2, required=False
    )
    crucial_no_alternative = text("Why no reasonable alternative exists", rows=2, required=False)


class TieRiskForm(forms.Form):
    """A harm tied to a relationship."""

    risk = forms.ModelChoiceField(queryset=Risk.objects.exclude(status=Risk.Status.CLOSED).order_by("title"))
    known_since = day("Known since", "The clock starts on this day.")
    how_known = text("How it became known")
    own_contribution = forms.BooleanField(
        label="The company itself contributes", help_text="Then stop the own part first.", required=False
    )
    zero_tolerance_breach = text(
        "Breach for which there is no time to change", "Leave empty if there is none.", rows=2, required=False
    )
