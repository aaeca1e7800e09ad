"""What the person reads with a refusal, an evidence summary or a decision, in the language that they wrote in."""

from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from remedies.forms.words import FINDINGS, REFUSALS
from remedies.rules.case_workflow import Finding, Refusal


def refusal_told(refusal: Refusal, said: str, *, language: str, until: date) -> str:
    """Return the reason of the closed list, what the handler wrote, and how to appeal (C1)."""
    with translation.override(language):
        return _paragraphs(str(REFUSALS[refusal]), said, _appeal(until), _out_of_court())


def summary_told(said: str, *, language: str, until: date) -> str:
    """Return the evidence summary, and until when the person can comment on it (C2)."""
    with translation.override(language):
        opening = _("This is what we found so far. Nothing is decided yet.")
        comment = _("If something is wrong or missing, write to us here until %(day)s.") % {
            "day": date_format(until)
        }
        return _paragraphs(opening, said, comment)


def decision_told(finding: Finding, said: str, *, language: str, until: date | None) -> str:
    """Return what was decided, why, and how to appeal; without a day, that courts stay open."""
    with translation.override(language):
        onward = _appeal(until) if until else _courts()
        return _paragraphs(str(FINDINGS[finding]), said, onward, _out_of_court())


def remedy_told(said: str, *, language: str) -> str:
    """Return how we want to make it good; it takes no way to a court and asks for no silence (M2)."""
    with translation.override(language):
        opening = _("This is how we want to make it good. Tell us here whether you agree.")
        return _paragraphs(opening, said, _courts())


def identity_told(*, language: str) -> str:
    """Return that somebody opened how to reach the person (SD8)."""
    with translation.override(language):
        return _(
            "One person who works on your case has opened how to reach you, for one day. "
            "Somebody else had to agree, and it is written down who and why."
        )


def _out_of_court() -> str:
    return _(
        "About something that was removed, or an account that was limited, you can also ask a certified "
        "out-of-court dispute body, at little or no cost. Most decide within 90 days, at most 180. "
        "What it says binds neither you nor us, and you can still go to a court."
    )


def _appeal(until: date) -> str:
    appeal = _(
        "If you disagree, write to us here until %(day)s that you appeal. "
        "Somebody who was not involved before looks at it again."
    )
    return _paragraphs(appeal % {"day": date_format(until)}, _courts())


def _courts() -> str:
    return _("You can still go to a court or another body. Nothing here takes that away.")


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(parts)
