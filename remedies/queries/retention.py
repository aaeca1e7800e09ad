"""What is erased when, and what is held: the whole of it in a few queries (domain.md 6.3; reliability.md 2.8)."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, QuerySet

from remedies.models import Case, LegalHold, Rating, ReadLog, SealedIdentity
from remedies.queries.keys import old_form_keys
from remedies.rules.case import TYPE_WORDS, CaseState, CaseType
from remedies.rules.case_workflow import ENDED, Refusal
from remedies.rules.effectiveness import quarter_of
from remedies.rules.retention import (
    Hold,
    Retention,
    Schedule,
    configured,
    identity_last_day,
    is_due,
    last_day,
    schedule_of,
)
from risks.queries.retention import old_contacts, old_imports

WHY = {
    Schedule.CASE: "closed; two years",
    Schedule.SEVERE_CASE: "closed, level 4 or 5; five years",
    Schedule.SPAM: "refused, no concern was found; 30 days",
    Schedule.IDENTITY: "who wrote was not opened for 90 days, and the case is closed",
    Schedule.FORM_KEY: "forms are good for 24 hours",
    Schedule.RATING_MARK: "the quarter is over, so nobody changes the answer any more",
    Schedule.CONTACT: "the consultation was closed 12 months ago",
    Schedule.IMPORT: "nobody applied the file in 30 days",
}


def schedules() -> Retention:
    """Return the schedules in force; settings.RETENTION holds what differs from the defaults."""
    return configured(settings.RETENTION)


@dataclass(frozen=True)
class Planned:
    """One thing that is erased, or kept for now: which, by which schedule, its last day, and whether it is due."""

    schedule: Schedule
    subject: str
    week: date | None
    category: str
    last: date | None
    due: bool
    held: bool
    many: int = 1

    @property
    def why(self) -> str:
        """Return the schedule in words."""
        return WHY[self.schedule]

    @property
    def short(self) -> str:
        """Return the subject as people say it."""
        return self.subject[:8] if len(self.subject) == len(str(UUID(int=0))) else self.subject

    @property
    def words(self) -> str:
        """Return what it is about, in words."""
        return TYPE_WORDS[CaseType(self.category)] if self.category in set(CaseType) else self.category

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        found = asdict(self) | {"schedule": str(self.schedule), "why": self.why}
        return {name: str(value) if isinstance(value, date) else value for name, value in found.items()}


def ended_cases(*, today: date, only: Collection[UUID] | None = None) -> Iterator[Planned]:
    """Yield every closed or withdrawn case with its last day, the next first; without a dated end it has none."""
    by, held = schedules(), holds_by_case(only)
    found = Case.objects.filter(state__in=[str(state) for state in ENDED])
    if only is not None:
        found = found.filter(pk__in=only)
    planned = []
    for case in found.only("id", "state", "closed_on", "refusal", "severity", "received_week", "type"):
        last = last_day(
            CaseState(case.state),
            case.closed_on,
            refusal=Refusal(case.refusal),
            severity=case.severity,
            by=by,
        )
        schedule = schedule_of(Refusal(case.refusal), case.severity)
        planned.append(_planned(schedule, case, last, today=today, holds=held[case.pk], by=by))
    yield from sorted(planned, key=lambda one: (one.last or date.max, one.subject))


def identities(*, today: date, only: Collection[UUID] | None = None) -> Iterator[Planned]:
    """Yield who wrote on each closed case, as long as its keys are there."""
    by, held = schedules(), holds_by_case(only)
    found = Case.objects.filter(Exists(SealedIdentity.objects.filter(case=OuterRef("pk"))))
    if only is not None:
        found = found.filter(pk__in=only)
    found = found.filter(state__in=[str(state) for state in ENDED]).annotate(
        granted=Max("identities__wraps__until")
    )
    read = ReadLog.objects.filter(group=ReadLog.Group.IDENTITY, case_id__in=found.values("pk"))
    opened = dict(read.order_by().values_list("case_id").annotate(last=Max("at")))
    for case in found.order_by("closed_on", "pk"):
        used = [moment.date() for moment in (opened.get(case.pk), case.granted) if moment]
        last = identity_last_day(CaseState(case.state), case.closed_on, max(used, default=None), by=by)
        yield _planned(Schedule.IDENTITY, case, last, today=today, holds=held[case.pk], by=by)


def swept(*, today: date) -> Iterator[Planned]:
    """Yield what belongs to no case: form keys, marks of ratings, contacts of consultations, files never applied."""
    by = schedules()
    contacts = old_contacts(today, months=by.contact_months)
    counted = (
        (Schedule.FORM_KEY, "form keys", old_form_keys(today).count()),
        (Schedule.RATING_MARK, "marks of ratings", old_rating_marks(today).count()),
        (Schedule.CONTACT, "contacts of people who were consulted", contacts.count()),
        (Schedule.IMPORT, "files that nobody applied", old_imports(today, days=by.import_days).count()),
    )
    for schedule, words, many in counted:
        if many:
            yield Planned(schedule, words, None, words, today, due=True, held=False, many=many)


def plan(*, today: date, ended: Collection[Planned] | None = None) -> list[Planned]:
    """Return everything that would be erased on a day, and why; nothing that is held and nothing that is open.

    Args:
        today: the day.
        ended: what `ended_cases` tells of that day, where it was asked already.
    """
    cases = ended_cases(today=today) if ended is None else ended
    found = [*cases, *identities(today=today), *swept(today=today)]
    erased = {one.subject for one in found if one.due and one.schedule != Schedule.IDENTITY}
    return [
        one for one in found if one.due and not (one.schedule == Schedule.IDENTITY and one.subject in erased)
    ]


def old_rating_marks(today: date) -> QuerySet[Rating]:
    """Return the ratings of quarters that are over and could still be told to be of one receipt."""
    return Rating.objects.filter(mark__isnull=False, quarter__lt=quarter_of(today)[0])


def _planned(
    schedule: Schedule, case: Case, last: date | None, *, today: date, holds: list[Hold], by: Retention
) -> Planned:
    return Planned(
        schedule,
        str(case.pk),
        case.received_week,
        case.type,
        last,
        due=is_due(last, today=today, holds=holds, by=by),
        held=any(hold.keeps(today, unanswered_days=by.unanswered_hold_days) for hold in holds),
    )


def holds_by_case(only: Collection[UUID] | None = None) -> defaultdict[UUID, list[Hold]]:
    """Return the holds that were not lifted or refused, by case; of some cases only where they are given."""
    found: defaultdict[UUID, list[Hold]] = defaultdict(list)
    holds = LegalHold.objects.filter(lifted_on__isnull=True, refused_on__isnull=True)
    for one in holds if only is None else holds.filter(case_id__in=only):
        found[one.case_id].append(Hold(one.asked_on, one.placed_on, one.refused_on, one.lifted_on))
    return found


def holds_shown() -> list[LegalHold]:
    """Return every hold that goes on, the latest first."""
    found = LegalHold.objects.filter(lifted_on__isnull=True, refused_on__isnull=True)
    return list(found.select_related("asked_by", "placed_by", "lift_asked_by"))
