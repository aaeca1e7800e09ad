"""The way of a plan about a risk (UNGP 19; domain.md 2.4)."""

from collections.abc import Mapping

from hrdd.governance.rules import Permission, Step

PLAN_STEPS: Mapping[str, Step] = {
    "approve": Step("Approve the plan", frozenset({"proposed"}), "approved", Permission.APPROVE_PLAN),
    "refuse": Step("Refuse the plan", frozenset({"proposed"}), "refused", Permission.APPROVE_PLAN),
    "end": Step("End the plan", frozenset({"approved"}), "ended", Permission.APPROVE_PLAN),
}
