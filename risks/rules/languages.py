"""ISO 639-1 language codes, as the DSA Transparency Database writes them; "NO" is Norwegian."""

from risks.rules.statement_schema import facts


def language_names() -> dict[str, str]:
    """Return the name of every language by its two-letter code."""
    names: dict[str, str] = facts()["enums"]["content_language"]
    return names
