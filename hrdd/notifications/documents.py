"""What a mail says, in the language of who reads it: numbers, and nothing of what they count (domain.md 0.4)."""

from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from hrdd.notifications.rules.digest import Counts
from hrdd.tongues import is_rtl, spoken

# A mail of plain text has no direction of its own: these two say that a line reads from the right (UAX 9).
FROM_THE_RIGHT, AS_BEFORE = "\u2067", "\u2069"


def digest(counts: Counts, *, language: str, desk: str) -> EmailMessage:
    """Return a mail that says how many things wait, and where to read on; sender and receiver are still to be set.

    Whoever reads the mail, in whatever mailbox, learns of no risk, partner, case or person.

    Args:
        counts: what waits.
        language: that of the account, of `hrdd.tongues.languages`.
        desk: the address of the inbox.
    """
    with translation.override(spoken(language)):
        subject = _("Waiting for you: %(count)d") % {"count": counts.waiting}
        numbers = [subject]
        if counts.late:
            numbers.append(_("Past their day: %(count)d") % {"count": counts.late})
        if counts.new:
            numbers.append(_("Not seen by you yet: %(count)d") % {"count": counts.new})
        onward = _("Sign in to read what they are:")
        names_nothing = _("This mail names nothing, on purpose, and no mail asks for your password.")
        how = _("You set how often you are written to in your inbox, and the language in your account.")
    lines = [*numbers, "", onward, desk, "", names_nothing, how]
    if is_rtl(language):
        lines = [f"{FROM_THE_RIGHT}{one}{AS_BEFORE}" if one and one != desk else one for one in lines]
    return EmailMessage(subject, "\n".join(lines), headers={"Content-Language": language})
