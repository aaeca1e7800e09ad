"""The API of knowing and acting: the same words, rules and permissions as the pages."""
