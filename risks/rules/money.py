"""Money and reputation never feed severity (UNGP 14; domain.md 1.1 R1)."""

import re
from collections.abc import Iterable

MONEY = re.compile(
    r"revenue|profit|turnover|earning|income|sales_|cost|price|budget|financ|share_price|market_value|reputation|brand|"
    r"(?:^|_)(?:eur|usd|gbp|money)(?:_|$)",
    re.IGNORECASE,
)


def money_fields(names: Iterable[str]) -> list[str]:
    """Return those of some field names that are about money or reputation: they are ignored, and logged."""
    return sorted({name for name in names if MONEY.search(name)})
