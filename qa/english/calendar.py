"""Months, weekdays and years, as English texts write them whatever the computer's locale."""

from __future__ import annotations

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# A month's name or its abbreviation, with the full stop of that: "Jan.", "Sept.", "May".
MONTH = (
    r"(?:Jan(?:uary|\b\.?)|Feb(?:ruary|\b\.?)|Mar(?:ch|\b\.?)|Apr(?:il|\b\.?)|May|Jun(?:e|\b\.?)|Jul(?:y|\b\.?)"
    r"|Aug(?:ust|\b\.?)|Sep(?:tember|t?\b\.?)|Oct(?:ober|\b\.?)|Nov(?:ember|\b\.?)|Dec(?:ember|\b\.?))"
)
WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"
ORDINAL = r"\d{1,2}(?:st|nd|rd|th)?"
YEAR = r"(?:1[0-9]|20)\d\d"
EARLIEST_DATE = 1600  # the first newspapers: smaller numbers beside a month are quantities
DATED_YEAR = r"(?:1[6-9]|20)\d\d"


def month_number(name: str) -> int:
    """1 to 12, of a month's name or abbreviation, whatever its case. Raises ValueError for another word."""
    return [month[:3].casefold() for month in MONTHS].index(name[:3].casefold()) + 1
