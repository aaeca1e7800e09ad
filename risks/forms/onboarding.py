"""Forms about the gate before a relationship starts."""

from django import forms

from hrdd.forms import Form
from risks.forms.partner_fields import country_field
from risks.forms.shapes import GroupedForm, Groups, choice, words
from risks.rules.onboarding import DECISIONS, ONBOARDING_STEPS
from risks.rules.severity import BANDS

LEVELS = [("", "Choose"), *((str(level), f"{level} {BANDS[level]}") for level in sorted(BANDS, reverse=True))]


class OnboardingForm(Form):
    """What is asked before a relationship starts."""

    use_case = words("Use case", missing="say what the partner will use it for.")
    end_users = words(
        "End users",
        missing="say who will use it in the end.",
        sentence="Who will use it in the end, and on whom.",
    )
    country = country_field("Country of the end users")
    red_flags = words(
        "Red flags",
        missing="say what was found, or where was looked and nothing found.",
        sentence="What speaks against it; or where was looked, and that nothing was found.",
    )


class OnboardingFindingForm(Form):
    """What the review found."""

    says = words("Finding", missing="say what was found, and what it could mean for people.")
    level = forms.TypedChoiceField(
        label="Severity for people",
        choices=LEVELS,
        coerce=int,
        help_text="As for risks (UNGP 14). A finding of 5 shuts the gate until it is closed.",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Severity for people: choose 1 to 5."),
    )


class CloseFindingForm(Form):
    """What changed, so that a finding is closed."""

    what_changed = words(
        "What changed",
        missing="say it in at least 50 characters.",
        sentence="At least 50 characters. Whoever closes a finding does not decide on the gate (SD1).",
    )


class OnboardingDecisionForm(GroupedForm):
    """Approve, approve with conditions, or refuse."""

    groups: Groups = (("Your decision", "", ("decision", "conditions", "reasons")),)
    decision = choice(
        "Decision",
        [(name, ONBOARDING_STEPS[name].label) for name in DECISIONS],
        widget=forms.RadioSelect,
    )
    conditions = words(
        "Conditions",
        missing="",
        sentence="With an approval under conditions: what the partner must do, by when, and who checks it.",
        required=False,
    )
    reasons = words(
        "Reasons", missing="say why, in at least 50 characters.", sentence="At least 50 characters."
    )
    seen_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
