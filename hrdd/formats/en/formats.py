"""English dates: the day first, the month in full, so that nobody reads 03/04 two ways."""

DATE_FORMAT = "j F Y"
