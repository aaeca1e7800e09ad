"""What the database itself refuses of a measure that was proposed here.

Imported history that broke a rule has no `proposed_by`; it stays storable as it was.
"""

from django.db.models import CheckConstraint, F, Q

from risks.rules.ladder import LADDER, NEEDS_END_DATE
from risks.rules.measure_workflow import FULLY, GRAVE, LONG_TARGETS, MACHINE_MAY_REMOVE, WITHOUT_END

IMPORTED = Q(proposed_by__isnull=True)
NOT_RESTRICTING = sorted(kind for kind, rung in LADDER.items() if rung.intrusion == 0)
LIFE_OF_A_MEASURE = (
    CheckConstraint(
        name="measure_has_an_end_date",
        condition=IMPORTED
        | Q(ends_on__isnull=False)
        | (
            ~Q(kind__in=sorted(NEEDS_END_DATE))
            & (
                ~Q(target_type__in=sorted(LONG_TARGETS))
                | Q(kind__in=[*sorted(WITHOUT_END), *NOT_RESTRICTING])
            )
        ),
    ),
    CheckConstraint(name="measure_names_its_target", condition=IMPORTED | ~Q(target_type="")),
    CheckConstraint(
        name="measure_machine_does_not_decide",
        condition=IMPORTED
        | ~Q(automated_decision=FULLY)
        | (
            Q(intrusion__lt=GRAVE)
            & (~Q(kind="remove_item") | Q(automated_category__in=sorted(MACHINE_MAY_REMOVE)))
        ),
    ),
    CheckConstraint(
        name="measure_reviewed_one_by_one",
        condition=IMPORTED | Q(unit_of_review="single") | Q(intrusion__lt=GRAVE, public_interest=False),
    ),
    CheckConstraint(
        name="measure_approved_by_another",
        condition=IMPORTED | Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
    ),
    CheckConstraint(
        name="measure_in_force_was_decided",
        condition=IMPORTED
        | Q(state__in=["proposed", "withdrawn"])
        | Q(decided_by__isnull=False, decided_at__isnull=False),
    ),
    CheckConstraint(
        name="measure_emergency_has_its_hours",
        condition=Q(emergency_until__isnull=False) | ~Q(state="active_emergency"),
    ),
    CheckConstraint(
        name="measure_hours_are_of_an_emergency",
        condition=Q(emergency_until__isnull=True)
        | ~Q(state__in=["proposed", "approved", "rejected", "withdrawn"]),
    ),
    CheckConstraint(
        name="measure_warned_before_repeat",
        condition=IMPORTED | Q(repeat_after_warning=False) | Q(prior_warning_on__isnull=False),
    ),
    CheckConstraint(
        name="measure_repeat_or_override",
        condition=IMPORTED | Q(repeat_after_warning=False) | Q(override_reason=""),
    ),
)
