"""What is erased when, and what is held: the whole of it in a few queries (domain.md 6.3; reliability.md 2.8)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, QuerySet

from remedies.models import Case, FormKey, LegalHold, Rating, ReadLog, SealedIdentity
from remedies.rules.case import TYPE_WORDS, CaseState, CaseType
from remedies.rules.case_workflow import ENDED, Refusal
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


def ended_cases(*, today: date, only: Iterable[UUID] | None = None) -> Iterator[Planned]:
    """Yield every closed or withdrawn case with its last day, the next first; without a dated end it has none."""
    by, held = schedules(), holds_by_case()
    found = Case.objects.filter(state__in=[str(state) for state in ENDED])
    if only is not None:
        found = found.filter(pk__in=list(only))
    planned = []
    for case in found.only("id", "state", "closed_on", "refusal", "severity", "received_week", "type"):
        last = last_day(
            CaseState(case.state),
            case.closed_on,
            refusal=Refusal(case.refusal),
            severity=case.severity,
            by=by,
        )
        planned.append(
            Planned(
                schedule_of(Refusal(case.refusal), case.severity),
                str(case.pk),
                case.received_week,
                case.type,
                last,
                due=is_due(last, today=today, holds=held[case.pk], by=by),
                held=any(
                    hold.keeps(today, unanswered_days=by.unanswered_hold_days) for hold in held[case.pk]
                ),
            )
        )
    yield from sorted(planned, key=lambda one: (one.last or date.max, one.subject))


def identities(*, today: date, only: Iterable[UUID] | None = None) -> Iterator[Planned]:
    """Yield who wrote on each closed case, as long as its keys are there."""
    by, held = schedules(), holds_by_case()
    found = Case.objects.filter(Exists(SealedIdentity.objects.filter(case=OuterRef("pk"))))
    if only is not None:
        found = found.filter(pk__in=list(only))
    found = found.filter(state__in=[str(state) for state in ENDED]).annotate(
        granted=Max("identities__wraps__until")
    )
    read = ReadLog.objects.filter(group=ReadLog.Group.IDENTITY, case_id__in=found.values("pk"))
    opened = dict(read.order_by().values_list("case_id").annotate(last=Max("at")))
    for case in found.order_by("closed_on", "pk"):
        used = [moment.date() for moment in (opened.get(case.pk), case.granted) if moment]
        last = identity_last_day(CaseState(case.state), case.closed_on, max(used, default=None), by=by)
        holding = held[case.pk]
        yield Planned(
            Schedule.IDENTITY,
            str(case.pk),
            case.received_week,
            case.type,
            last,
            due=is_due(last, today=today, holds=holding, by=by),
            held=any(hold.keeps(today, unanswered_days=by.unanswered_hold_days) for hold in holding),
        )


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


def plan(*, today: date) -> list[Planned]:
    """Return everything that would be erased on a day, and why; nothing that is held and nothing that is open."""
    found = [*ended_cases(today=today), *identities(today=today), *swept(today=today)]
    erased = {one.subject for one in found if one.due and one.schedule != Schedule.IDENTITY}
    return [
        one for one in found if one.due and not (one.schedule == Schedule.IDENTITY and one.subject in erased)
    ]


def old_form_keys(today: date) -> QuerySet[FormKey]:
    """Return the halves of form keys that no form of the last 24 hours was made with."""
    return FormKey.objects.filter(day__lt=today - timedelta(days=1))


def old_rating_marks(today: date) -> QuerySet[Rating]:
    """Return the ratings of quarters that are over and could still be told to be of one receipt."""
    begin = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return Rating.objects.filter(mark__isnull=False, quarter__lt=begin)


def holds_by_case() -> defaultdict[UUID, list[Hold]]:
    """Return the holds that were not lifted or refused, by case."""
    found: defaultdict[UUID, list[Hold]] = defaultdict(list)
    for one in LegalHold.objects.filter(lifted_on__isnull=True, refused_on__isnull=True):
        found[one.case_id].append(Hold(one.asked_on, one.placed_on, one.refused_on, one.lifted_on))
    return found


def holds_shown() -> list[LegalHold]:
    """Return every hold that goes on, the latest first."""
    found = LegalHold.objects.filter(lifted_on__isnull=True, refused_on__isnull=True)
    return list(found.select_related("asked_by", "placed_by", "lift_asked_by"))
