"""Take words out of a report: one person marks them, another reviews (domain.md 8.5; SD6)."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from hrdd.governance.models import User
from hrdd.governance.rules import NotAllowed, Permission
from hrdd.sealing import seal
from risks.actions.sealed_reads import open_after_logging
from transparency.actions.report_log import log_on_report
from transparency.models import Redaction, Report
from transparency.queries.redactions import WORDS, opened, redactions_of
from transparency.rules.redaction import REASON_WORDS, SHORTEST, counted, fields, redacted, still_there
from transparency.rules.workflows import State

FROZEN = (State.DATA_FROZEN, State.REDACTION_REVIEW)
IN_WORK = (State.DRAFT, *FROZEN)


@transaction.atomic
def mark(report: Report, *, path: str, passage: str, reason: str, by: User, at: datetime) -> Redaction:
    """Mark words to be taken out; they leave once a second person has confirmed it, at the next freezing.

    Args:
        report: a report that is frozen and not cleared yet.
        path: where the text stands in its content.
        passage: the words exactly as they stand there; empty means the whole text.
        reason: of the closed list; reputation is not in it.
        by, at: who marks, and when.

    Raises:
        NotAllowed: the person, the state, the reason, or words that do not stand there.
    """
    _demand_one_of_two(by)
    if report.state not in FROZEN:
        raise NotAllowed(
            "Method 16: a passage is marked in what is frozen and not cleared yet. Freeze the figures first."
        )
    field = next((one for one in fields(report.parsed_content) if one.path == path), None)
    if field is None:
        raise NotAllowed("Text: choose one of the report.")
    if reason not in REASON_WORDS:
        raise NotAllowed("Reason: choose one from the list; reputation is not in it.")
    words = passage.strip() or field.text.strip()
    if len(words) < SHORTEST:
        raise NotAllowed(
            f"Passage: {SHORTEST} characters at least, so that nothing else is taken out with it."
        )
    if words not in field.text:
        raise NotAllowed("Passage: copy it exactly as it stands in the text you chose.")
    made = Redaction.objects.create(
        report=report,
        field=field.label[:300],
        original_ref=field.path[:120],
        words=seal({WORDS: words}),
        reason=reason,
        by=by,
        at=at,
    )
    _log(made, "marked a redaction", by=by, at=at)
    return made


@transaction.atomic
def review(one: Redaction, *, confirm: bool, by: User, at: datetime) -> None:
    """Confirm or refuse a redaction that another marked.

    Raises:
        NotAllowed: the person, the state, or somebody reviewed it meanwhile.
    """
    _demand_one_of_two(by)
    _demand_another(one, by)
    if one.report.state not in IN_WORK:
        raise NotAllowed("The report is cleared. Take it back to draft to decide on a redaction.")
    safety = Permission.CLEAR_REPORT
    if not (by.may(safety) or one.by.may(safety)):
        raise NotAllowed("SD6: one of the two must be a safety officer.")
    state = Redaction.State.CONFIRMED if confirm else Redaction.State.REFUSED
    _move(one, Redaction.State.MARKED, state, by=by, at=at)


@transaction.atomic
def lift(one: Redaction, *, by: User, at: datetime) -> None:
    """Lift a confirmed redaction, so that the words stand again at the next freezing: another than who marked it does.

    Raises:
        NotAllowed: the person, the state, or somebody lifted it meanwhile.
    """
    by.demand(Permission.CLEAR_REPORT)
    _demand_another(one, by)
    if one.report.state not in IN_WORK:
        raise NotAllowed("The report is cleared. Take it back to draft to lift a redaction.")
    _move(one, Redaction.State.CONFIRMED, Redaction.State.LIFTED, by=by, at=at)


def read_words(report: Report, *, by: User, at: datetime) -> dict[int, str]:
    """Return the passages of a report's redactions to one of the two, by key, once the read is on the audit log.

    Raises:
        NotAllowed: the person; the read cannot be logged; a key is missing.
    """
    _demand_one_of_two(by)
    found = {}
    for one in redactions_of(report):
        log_read = partial(_log, one, "read a redacted passage", by=by, at=at)
        told = open_after_logging(one.words, log_read)
        found[one.pk] = told[WORDS]
    return found


def take_out(report: Report, content: dict[str, Any]) -> dict[str, Any]:
    """Return a content without what confirmed redactions take out, and with their number by reason.

    What an earlier report redacted and this one does not say takes out nothing, and is not counted.

    Raises:
        NotAllowed: a passage that no longer stands there as it was marked, or that stands where it cannot be taken out.
    """
    confirmed = redactions_of(report, Redaction.State.CONFIRMED)
    taken = opened(confirmed)
    without, found = redacted(content, taken)
    lost = [one.field for one, many in zip(confirmed, found, strict=True) if not many and not one.carried]
    if lost:
        raise NotAllowed(
            f"Method 16: a redacted passage no longer stands as it was marked in {'; '.join(lost)}. "
            "Mark it anew, and have the old mark lifted."
        )
    if still_there(without, taken):
        raise NotAllowed("Method 16: redacted words stand in the title of the report, too. Change the title.")
    reasons = [one.reason for one, many in zip(confirmed, found, strict=True) if many]
    return without | {"redactions": counted(reasons)}


def demand_applied(report: Report) -> None:
    """Refuse to go on with frozen bytes that still hold what was marked or confirmed since they were frozen.

    Raises:
        NotAllowed: in a sentence.
    """
    if redactions_of(report, Redaction.State.MARKED):
        raise NotAllowed("Method 16: a redaction waits for a second person.")
    if still_there(report.parsed_content, opened(redactions_of(report, Redaction.State.CONFIRMED))):
        raise NotAllowed(
            "Method 16: a passage was redacted after the figures were frozen. Back to draft, and freeze anew."
        )


def carry_redactions(report: Report) -> None:
    """Let a new draft keep what earlier reports took out, as two people last decided: the words may stand again."""
    last: dict[tuple[str, str], Redaction] = {}
    decided = Redaction.objects.exclude(report=report).exclude(state=Redaction.State.MARKED).order_by("id")
    for one in decided:
        last[opened([one])[0].words, one.reason] = one
    for one in last.values():
        if one.state == Redaction.State.CONFIRMED:
            one.pk, one.report, one.carried = None, report, True
            one.save(force_insert=True)


def _demand_another(one: Redaction, by: User) -> None:
    if one.by.username in by.as_one():
        raise NotAllowed(
            "Method 16: whoever marked a redaction, or stands in for them, does not decide on it. Ask another."
        )


def _demand_one_of_two(by: User) -> None:
    if not (by.may(Permission.CLEAR_REPORT) or by.may(Permission.DRAFT_REPORT)):
        by.demand(Permission.CLEAR_REPORT)


def _move(one: Redaction, before: str, after: str, *, by: User, at: datetime) -> None:
    moved = Redaction.objects.filter(pk=one.pk, state=before).update(
        state=after, reviewed_by=by, reviewed_at=at
    )
    if not moved:
        raise NotAllowed("Somebody decided on this redaction in the meantime. Open the page again.")
    one.refresh_from_db()
    _log(one, f"{after} a redaction", by=by, at=at)


def _log(one: Redaction, action: str, *, by: User, at: datetime) -> None:
    log_on_report(one.report, action, by=by, at=at, redaction=one.pk, reason=one.reason)
