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


@pytest.mark.parametrize("name", ["source", "folder", "article"])
def test_an_empty_name_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match=f"{name} is empty"):
        Filters.of(**{name: "  "})


def test_a_folder_is_named_with_or_without_slashes_around_it() -> None:
    assert Filters.of(folder=" /news/2022/ ") == Filters.of(folder="news/2022")
    with pytest.raises(BadRequest, match="folder is empty"):
        Filters.of(folder="/")


def test_filters_are_told_in_words_that_follow_no_article_is() -> None:
    told = Filters.of("2022-02-04", source="TASS", folder="news", article="a1").told()
    assert told == " the one with the id a1 in the folder news from TASS published on or after 2022-02-04"


def test_what_is_told_of_a_filter_stays_a_sentence() -> None:
    for name in ("source", "folder", "article"):
        assert Filters.of(**{name: "x" * 120}).told().endswith("x" * 120)
        told = Filters.of(**{name: "x" * 5000}).told()
        assert told.endswith("x…")
        assert len(told) < 160
