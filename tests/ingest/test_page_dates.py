"""When a page or a text was published, as its own words and its metadata tell it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qa.ingest.collect import collect
from qa.ingest.date_lines import Label, opening, told
from qa.ingest.dates import of_line
from qa.ingest.months import month_names, written

TODAY = date(2026, 6, 1)
TEXT = (
    "<p>The council of Tolle voted to close the upper bridge for eleven weeks while its cables are replaced.</p>"
    "<p>Engineer Marit Dahl said that forty of the ninety cables had been eaten through by rust since then.</p>"
)


def published(folder: Path, body: str, head: str = "") -> tuple[date | None, bool]:
    page = f"<html><head><meta charset=utf-8><title>Bridge to close</title>{head}</head><body>{body}</body></html>"
    (folder / "p.html").write_text(page, encoding="utf-8")
    (article,) = collect([folder], today=TODAY).articles
    return article.published, article.published_inferred


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1. Februar 2022", (2022, 2, 1)),
        ("3 août 2022", (2022, 8, 3)),
        ("1er mai 2021", (2021, 5, 1)),
        ("17 de marzo de 2020", (2020, 3, 17)),
        ("5 de fevereiro, 2019", (2019, 2, 5)),
        ("27 января 2022", (2022, 1, 27)),
        ("7 kwietnia 2021", (2021, 4, 7)),
        ("12 Μαΐου 2021", (2021, 5, 12)),
        ("2022. március 5.", (2022, 3, 5)),
        ("2023年5月4日", (2023, 5, 4)),
        ("2020년 3월 5일", (2020, 3, 5)),
        ("٤ مايو ٢٠٢١", (2021, 5, 4)),
        ("02.02.2022", (2022, 2, 2)),
        ("28.09.19", (2019, 9, 28)),
    ],
)
def test_dates_as_other_languages_write_them(text: str, day: tuple[int, int, int]) -> None:
    (found,) = written(f"— {text} —")
    assert (found.year, found.month, found.day) == day
    assert of_line(text) == date(*day) or "." in text


@pytest.mark.parametrize(
    "text", ["version 10.2.2022.1", "In 2019 were 12 people 2020", "5 listopada 2020", "12 eggs 2020"]
)
def test_what_is_no_date_or_two(text: str) -> None:
    assert list(written(text)) == []


def test_names_of_months_that_mean_two_months_are_left_out() -> None:
    assert month_names()["mai"] == 5 and month_names()["октября"] == 10
    assert "listopada" not in month_names()


@pytest.mark.parametrize(
    ("line", "day", "label"),
    [
        ("1. Februar 2022, Daniel Kramm", date(2022, 2, 1), Label.NONE),
        ("Handball Lom • 02.02.2022", date(2022, 2, 2), Label.NONE),
        ("Publié le 3 août 2022 à 14h05", date(2022, 8, 3), Label.PUBLISHED),
        ("Letzte Änderung: 31.10.2023 Erschienen am: 01.11.2023", date(2023, 11, 1), Label.PUBLISHED),
        ("Updated 11 October 2024", date(2024, 10, 11), Label.UPDATED),
        ("Published 3 May 2021, updated 9 May 2021", date(2021, 5, 3), Label.PUBLISHED),
    ],
)
def test_lines_that_tell_a_date_beside_other_words(line: str, day: date, label: Label) -> None:
    found = told(line)
    assert found is not None and (found.day, found.label) == (day, label)


@pytest.mark.parametrize(
    "line",
    [
        "The bridge was closed on 4 May 2021 and will not be opened again before the frost has gone.",
        "From 3 May 2021 to 9 May 2021",
        "Bridge to close",
    ],
)
def test_lines_that_do_not(line: str) -> None:
    assert told(line) is None


def test_a_report_opens_with_its_date() -> None:
    assert opening("Lund, 2. November 2021. Die neue Fähre fährt ab Juni.") == date(2021, 11, 2)
    assert opening("Karlsruhe, (12.11.2021). Traditionell gedenken wir.") == date(2021, 11, 12)
    assert opening("01.02.2022 „Der Arbeitsmarkt ist stark“, sagte er.") == date(2022, 2, 1)
    assert opening("On 2 November 2021 the ferry sailed twice.") is None


def test_json_ld_speaks_before_a_date_of_change(tmp_path: Path) -> None:
    head = (
        "<meta property='og:updated_time' content='2024-10-11T10:00:00Z'><script type='application/ld+json'>"
        '[{"@type": ["WebPage"], "datePublished": "2024-09-30T07:00:00Z", "dateModified": "2024-10-11T10:00:00Z"}]'
        "</script>"
    )
    assert published(tmp_path, f"<h1>Bridge to close</h1><p>Updated 11 October 2024</p>{TEXT}", head) == (
        date(2024, 9, 30),
        False,
    )


def test_the_printed_date_corrects_a_declared_one_by_a_day(tmp_path: Path) -> None:
    head = "<meta property='article:published_time' content='2021-11-04T23:30:00Z'>"
    assert published(tmp_path, f"<h1>Bridge to close</h1><p>5. November 2021</p>{TEXT}", head)[0] == date(
        2021, 11, 5
    )
    assert published(tmp_path, f"<h1>Bridge to close</h1><p>9. November 2021</p>{TEXT}", head)[0] == date(
        2021, 11, 4
    )


def test_the_day_of_the_visit_corrects_nothing(tmp_path: Path) -> None:
    declared = "<meta property='article:published_time' content='2020-09-20T20:32:00Z'>"
    body = f"<div>Monday, 21 September 2020, 00:03</div><h1>Bridge to close</h1><p>20.09.2020 23:32</p>{TEXT}"
    assert published(tmp_path, body, declared) == (date(2020, 9, 20), False)


@pytest.mark.parametrize(
    ("lines", "right"),
    [
        ("", (date(2019, 1, 23), True)),
        ("<div>23.01.2019, Halle 4</div>", (date(2019, 1, 23), True)),
        ("<div>24.01.2019, Halle 4</div>", (None, False)),
        ("<p>The hall stood open on 24 January 2019, full as on all the days before.</p>", (None, False)),
        ("<div>23.01.2019, Halle 4</div><div>24.01.2019, Halle 4</div>", (None, False)),
    ],
)
def test_a_guess_that_the_text_of_the_page_contradicts_is_none(
    lines: str, right: tuple[date | None, bool], tmp_path: Path
) -> None:
    far = "<div>Halle 4</div>" * 30
    hint = "<div><img src='/pictures/2019-01-23/hall.jpg' alt='the hall'></div>"
    assert published(tmp_path, f"<h1>Bridge to close</h1>{TEXT}{far}{lines}{hint}") == right


@pytest.mark.parametrize(
    ("hint", "right"),
    [
        ("hall of 23 January 2019", (date(2019, 1, 23), True)),
        ("hall of January 23, 2019", (date(2019, 1, 23), True)),
        ("Halle, 23. Januar 2019", (date(2019, 1, 23), True)),
        ("hall-20190123.jpg", (date(2019, 1, 23), True)),
        ("hall/2019-04/up.jpg", (None, False)),
        ("hall of 2019", (None, False)),
    ],
)
def test_a_guess_is_of_a_day_and_not_of_a_month_or_a_year(
    hint: str, right: tuple[date | None, bool], tmp_path: Path
) -> None:
    picture = f"<div><img src='/hall.jpg' alt='{hint}'></div>"
    assert published(tmp_path, f"<h1>Bridge to close</h1>{TEXT}{picture}") == right


def test_an_address_holds_the_day(tmp_path: Path) -> None:
    head = (
        "<link rel=canonical href='https://post.example/2020/02/17/bridge'><script type='application/ld+json'>"
        '{"@type": "NewsArticle", "datePublished": "2020-02-18T02:18:00Z"}</script>'
    )
    assert published(tmp_path, f"<h1>Bridge to close</h1>{TEXT}", head)[0] == date(2020, 2, 17)


def test_a_date_found_in_the_text_alone_is_marked_as_inferred(tmp_path: Path) -> None:
    hint = (
        "<div>Halle 4</div>" * 30
        + "<div>Zuletzt am 23.01.2019 hier im Saal und danach nie wieder gesehen</div>"
    )
    day, inferred = published(tmp_path, f"<h1>Bridge to close</h1>{TEXT}{hint}")
    assert day is None or inferred


def test_a_page_that_tells_only_its_change_has_no_date(tmp_path: Path) -> None:
    head = "<meta property='article:modified_time' content='2025-06-20T10:00:00Z'>"
    told_page = f"<h1>Bridge to close</h1><p>Updated 20 June 2025</p>{TEXT}"
    assert published(tmp_path, told_page, head) == (None, False)
