"""Which passages a question is asked of, and which of them its dates favour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from qa.answer.understand.asked_dates import AskedDates
from qa.filters import Filters

REPORTED_WITHIN = timedelta(days=7)  # news and weeklies report what happened within a week of it


class Scope(NamedTuple):
    """within: the only articles that may answer; None: all. favoured: those from the days asked for, or None."""

    within: Sequence[Filters] | None
    favoured: Sequence[Filters] | None


def scope(filters: Filters, asked: AskedDates) -> Scope:
    """Filters are the asker's and exclude; dates in a question favour, for an article may tell of other days."""
    within = (filters,) if filters else None
    if not asked.periods:
        return Scope(within, None)
    return Scope(within, [filters.narrowed(p.first, p.last + REPORTED_WITHIN) for p in asked.periods])
