"""Staying is decided again and again, with evidence and by name; money is no reason for it (UNGP 19; X7, X8)."""

import re
from datetime import date, timedelta

from risks.rules.exit import STAYING_EVIDENCE_DAYS

MONEY = re.compile(
    r"\b(?:revenues?|turnover|profits?|profitab\w+|income|sales|earnings?|margins?|market share|shareholders?|"
    r"commercial(?:ly)?|contract value|key account|growth targets?|monetis\w+|monetiz\w+|budget targets?|"
    r"(?:eur|usd|gbp)\s?\d|loss of business|lucrative)\b|[€$£]\s?\d",
    re.IGNORECASE,
)
REVENUE_IS_NO_REASON = (
    "UNGP 19: what the partner earns us is no admissible reason against exit (X8). Take it out of the reasons, and "
    "answer “no”. It only counts where a relationship is judged as crucial, and never alone."
)


def money_words(*said: str) -> list[str]:
    """Return the words about money in some texts, each once, in lower case.

    Args:
        said: the texts.
    """
    found = (match.group().lower() for text in said for match in MONEY.finditer(text))
    return list(dict.fromkeys(found))


def revenue_refusal(*, rests_on_revenue: bool | None, words: list[str], explained: str) -> str:
    """Return why reasons are refused that rest on money, or ask back where they speak of it (X8).

    Args:
        rests_on_revenue: the answer given; None where none was.
        words: what `money_words` found in the reasons.
        explained: why they are there, if they do not weigh against leaving.
    """
    if rests_on_revenue is None:
        return "UNGP 19: answer whether a reason rests on what the partner earns us (X8)."
    if rests_on_revenue:
        return REVENUE_IS_NO_REASON
    if words and not explained.strip():
        told = ", ".join(f"“{one}”" for one in words)
        return (
            f"UNGP 19: the reasons speak of {told}. If that weighs against leaving, take it out (X8); if not, say "
            "under “Why money is mentioned” what it does there. The answer is kept with the decision."
        )
    return ""


def staying_until(level: int, accepted: date) -> date:
    """Return until when a decision to stay holds: the graver, the shorter (X7).

    Args:
        level: severity, 1 to 5.
        accepted: the day on which a senior accepted the consequences.
    """
    return accepted + timedelta(days=STAYING_EVIDENCE_DAYS[level])


def stay_again_refusals(*, evidence_since: bool, consequences: str, why: str) -> list[str]:
    """Return why a further term of staying is not put to a senior, one sentence each (X7).

    Args:
        evidence_since: whether evidence of mitigation was recorded since the last term began.
        consequences: those accepted, in words.
        why: why staying is still right.
    """
    checks = (
        (
            evidence_since,
            "UNGP 19: record evidence of what was done to mitigate the harm since the last decision to stay.",
        ),
        (
            bool(consequences.strip()),
            "UNGP 19: accept the consequences of staying, reputational, financial and legal, in words.",
        ),
        (bool(why.strip()), "UNGP 19: say why staying is still right, as of today."),
    )
    return [sentence for holds, sentence in checks if not holds]
