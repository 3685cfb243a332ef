from __future__ import annotations

from datetime import date

import pytest

from qa.errors import BadRequest
from qa.filters import Filters


def test_days_are_given_as_dates_or_iso_text() -> None:
    filters = Filters.of("2022-02-04", date(2022, 2, 4), "  The   Times ")
    assert filters == Filters(date(2022, 2, 4), date(2022, 2, 4), "The Times")


def test_no_filter_is_false() -> None:
    assert not Filters.of()
    assert Filters.of(source="RT")


@pytest.mark.parametrize(
    "day", ["", "yesterday", "2022-02-30", "20220204", "2022-W05-5", "4.2.2022", 20220204]
)
def test_what_is_no_day_is_refused_by_name(day: str) -> None:
    with pytest.raises(BadRequest, match=r"published_after is .* as in 2022-02-04"):
        Filters.of(published_after=day)
    with pytest.raises(BadRequest, match="published_before is"):
        Filters.of(published_before=day)


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(BadRequest, match=r"2022-02-04 and published_before is 2022-02-03, which is earlier"):
        Filters.of("2022-02-04", "2022-02-03")


def test_an_empty_source_is_refused() -> None:
    with pytest.raises(BadRequest, match="source is empty"):
        Filters.of(source="  ")
