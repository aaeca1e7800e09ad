"""The form to leave a risk off the published list."""

from hrdd.forms import Form
from risks.forms.shapes import words


class WithholdForm(Form):
    """Why a risk is left off the published list."""

    reasons = words(
        "Reasons",
        missing="say why, in at least 50 characters.",
        sentence="Whom or what publishing would endanger, in at least 50 characters that identify nobody. "
        "That it would look bad for the company is no admissible reason.",
    )
