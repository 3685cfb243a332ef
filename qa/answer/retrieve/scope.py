"""Which passages a question is asked of, and which of them its dates favour."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from typing import NamedTuple

import numpy as np

from qa.answer.understand.asked_dates import AskedDates
from qa.filters import Filters
from qa.ports import Ids, Store

REPORTED_WITHIN = timedelta(days=7)  # news and weeklies report what happened within a week of it


class Scope(NamedTuple):
    """within: the only passages that may answer; None: all. favoured: of articles from the days asked for, or None."""

    within: Ids | None
    favoured: Ids | None


def scope(store: Store, filters: Filters, asked: AskedDates) -> Scope:
    """Filters are the asker's and exclude; dates in a question favour, for an article may tell of other days."""
    within = store.select(filters) if filters else None
    if not asked.periods:
        return Scope(within, None)
    favoured = reduce(
        np.union1d,
        [store.select(Filters(period.first, period.last + REPORTED_WITHIN)) for period in asked.periods],
    )
    return Scope(within, favoured if within is None else np.intersect1d(favoured, within))
