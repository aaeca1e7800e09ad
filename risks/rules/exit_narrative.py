"""When the public may read the story of one exit, and never a count alone (UNGP 21; domain.md 1.4, 8.6 N2, N8)."""

from collections.abc import Sequence

from risks.rules.screening import refusal

LEAST_NARRATIVE = 80


def narrative_refusals(
    text: str,
    *,
    decided: bool,
    naming_endangers: bool,
    vulnerable_open: bool,
    vulnerable_done: bool,
    stays: bool,
    never_named: Sequence[str],
) -> list[str]:
    """Return why the story of a decision may not be public, one sentence each; empty when it may.

    Args:
        text: what the public would read.
        decided: whether the decision was taken.
        naming_endangers: whether naming the partner endangers people.
        vulnerable_open, vulnerable_done: whether a duty to make vulnerable users safe is open, or was done.
        stays: whether the relationship is kept.
        never_named: the names that are not written in public.
    """
    safe = not vulnerable_open and (vulnerable_done or stays)
    checks = (
        (decided, "UNGP 21: the public reads of a decision once it was taken."),
        (
            not naming_endangers,
            "UNGP 21(c): naming this partner would endanger people, and so does a story by which it is recognised. The "
            "decision counts in the figures only.",
        ),
        (
            safe,
            "UNGP 21(c): the public reads nothing before vulnerable users are safe. Record how they were made "
            "safe first.",
        ),
        (
            len(text.strip()) >= LEAST_NARRATIVE,
            f"UNGP 21: say in at least {LEAST_NARRATIVE} characters what was decided, why, and for whom.",
        ),
    )
    found = [sentence for holds, sentence in checks if not holds]
    return [*found, screened] if (screened := refusal("Narrative", text, known=never_named)) else found
