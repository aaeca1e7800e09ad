"""Leverage put on record past the pages, for tests that are about something else."""

from datetime import UTC, date, datetime
from typing import Any

from risks.models import EffectMeasurement, LeverageAction, RelationshipRisk


def acted(tied: RelationshipRisk, *, on: date, **changes: Any) -> LeverageAction:
    """Put an action on record that began on a day."""
    told: dict[str, Any] = {
        "kind": "direct_dialogue",
        "rung": 0,
        "requested_change": "x",
        "started_on": on,
        "deadline": on,
        "recorded_by": "ana",
        "recorded_at": datetime.now(tz=UTC),
    }
    return LeverageAction.objects.create(tied=tied, **told | changes)


def measured(action: LeverageAction, effect: int, *, on: date, **changes: Any) -> EffectMeasurement:
    """Put a measurement on record, with an indicator that moved."""
    told: dict[str, Any] = {
        "indicator": "x",
        "baseline": "0",
        "measured": "1",
        "evidence": "x",
        "measured_on": on,
        "recorded_by": "ana",
        "recorded_at": datetime.now(tz=UTC),
    }
    row = EffectMeasurement.objects.create(action=action, effect=effect, **told | changes)
    action.refresh_from_db()
    return row
