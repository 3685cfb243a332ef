"""Dates: what is read as one, what a missing year is inferred from, and when it stays unknown."""

from datetime import date

import pytest

from qa.ingest import dates
from qa.ingest.clean import clean
from qa.ingest.document import Document, Metadata

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("20220204", date(2022, 2, 4)),
        ("2022-02-04", date(2022, 2, 4)),
        ("2022-02-04T10:11:12Z", date(2022, 2, 4)),
        ("20 Jan, 2022 20:11", date(2022, 1, 20)),
        ("Published: Jan. 5, 2022 at 3:20 p.m. EST", date(2022, 1, 5)),
        ("Fri, 4 February 2022", date(2022, 2, 4)),
        ("Published: 06:00, 2 November 2023 | Updated: 11:45, 3 November 2023", date(2023, 11, 2)),
        ("4.2.2022", date(2022, 2, 4)),
        ("13/04/2022", date(2022, 4, 13)),
        ("03/04/2022", None),  # two days, depending on the country
        ("30 February 2022", None),
        ("20221341", None),
        ("In 2022-02-04 it rained", None),
        ("Friday", None),
    ],
)
def test_lines_that_are_a_date(line: str, day: date | None) -> None:
    assert dates.of_line(line) == day


def published(text: str, meta: Metadata | None = None, today: date = TODAY) -> tuple[date | None, bool]:
    cleaned = clean(Document("a.txt", text, meta or Metadata()), today=today)
    return cleaned.published, cleaned.published_inferred


STORY = "Some headline of the day\n\nMOSCOW, December 10. /TASS/. The envoy spoke {when} about the talks.\n{more}\n"


def test_a_weekday_in_the_dateline_sentence_tells_the_year() -> None:
    assert published(STORY.format(when="on Friday", more="")) == (date(2021, 12, 10), True)


def test_without_evidence_the_date_stays_unknown() -> None:
    assert published(STORY.format(when="at length", more="He will be back.")) == (None, False)


def test_two_possible_years_leave_it_unknown() -> None:
    # December 10 was a Friday in 2021 and will be in 2027: from then on the weekday alone does not tell.
    assert published(STORY.format(when="on Friday", more=""), today=date(2028, 1, 1)) == (None, False)


def test_a_second_piece_of_evidence_decides_between_years() -> None:
    more = "The paper was signed on March 3, 2025."
    assert published(STORY.format(when="on Friday", more=more), today=date(2028, 1, 1)) == (
        date(2027, 12, 10),
        True,
    )


def test_a_full_date_in_the_text_tells_the_year_and_dates_to_come_do_not() -> None:
    more = "On November 30, 2019, the sides met. The treaty will expire on February 5, 2026."
    assert published(STORY.format(when="at length", more=more)) == (date(2019, 12, 10), True)


def test_evidence_that_disagrees_leaves_it_unknown() -> None:
    more = "On December 24, 2025, the sides had met."  # after the only Friday December 10 in reach, and none follows
    assert published(STORY.format(when="on Friday", more=more)) == (None, False)


def test_the_files_own_date_tells_the_year() -> None:
    meta = Metadata(created=date(2018, 12, 11))
    assert published(STORY.format(when="at length", more=""), meta) == (date(2018, 12, 10), True)
    assert published(STORY.format(when="at length", more=""), Metadata(created=date(2018, 7, 1))) == (
        None,
        False,
    )


def test_a_written_date_is_not_inferred() -> None:
    assert published("MOSCOW, December 10, 2020. /TASS/. The envoy spoke on Friday.\n") == (
        date(2020, 12, 10),
        False,
    )
    assert published("date 2021-12-10 The envoy spoke about the talks.\n") == (date(2021, 12, 10), False)
    told = Metadata(published=date(2019, 1, 2))
    assert published(STORY.format(when="on Friday", more=""), told) == (date(2019, 1, 2), False)


def test_no_article_is_from_the_future() -> None:
    assert published("date 2031-12-10 The envoy spoke about the talks.\n") == (None, False)


def test_the_day_that_most_years_do_not_have() -> None:
    text = "MOSCOW, February 29. /TASS/. The envoy spoke on Thursday about the talks.\n"
    assert published(text) == (date(2024, 2, 29), True)
