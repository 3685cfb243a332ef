"""How a quote is shown: first of all, in the article's words without markup, and never covered by the question box."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from web_browsing import box_of
from web_fakes import FakeEngine, Serving, app_of
from web_stage import MARKET, NONE

from qa.records import Alignment, Answer, Article, CitedPassage
from web import shown
from web.closest import closest
from web.words import asked_words, found_by, ordinal

RAW = "Cookie settings. The **Vienna** talks ended. Read more. They resume in May."
TEXT = "The Vienna talks ended. They resume in May."
# "The ", "Vienna", " talks ended. ", "They resume in May."
CLEANED = Alignment(((0, 17, 4), (4, 23, 6), (10, 31, 14), (24, 56, 19), (43, 75, 0)))


def test_a_raw_span_is_found_in_the_cleaned_text() -> None:
    assert RAW[17:21] + RAW[23:29] + RAW[31:45] + RAW[56:75] == TEXT
    assert CLEANED.to_text(21, 31) == (4, 10)  # the stars are gone
    assert CLEANED.to_text(23, 29) == (4, 10)
    assert CLEANED.to_text(17, 44) == (0, 23)
    assert CLEANED.to_text(0, 16) is None  # nothing of it was kept
    assert CLEANED.to_text(46, 80) == (24, 43)
    assert Alignment().to_text(3, 5) == (3, 5)
    repaired = Alignment(((0, 0, 5), (5, 5, 3), (6, 8, 2), (8, 10, 0)))  # three characters stand for one
    assert repaired.to_text(6, 7) == (5, 6)
    assert repaired.to_text(4, 9) == (4, 7)


def test_a_quote_and_what_is_around_it_come_without_markup_and_furniture() -> None:
    engine = FakeEngine([Article("a1", "f.md", RAW, "Talks", TEXT, alignment=CLEANED)])
    answer = engine.ask("Where, Vienna?")
    (cited,) = answer.citations
    narrow = replace(cited, sentence=RAW[17:44], sentence_start=17, sentence_end=44)
    (told,) = shown.turn(engine, replace(answer, citations=(narrow,)), {}).cited  # type: ignore[arg-type]
    assert [(piece.text, piece.marked) for piece in told.sentence] == [
        ("The ", False),
        ("Vienna", True),
        (" talks ended.", False),
    ]
    assert (told.before, told.after) == ("", " They resume in May.")


def test_the_words_of_the_question_are_marked_however_they_are_inflected() -> None:
    found = asked_words("The mayors of Lima met.", "Who is the mayor of Lima?")
    assert [piece.text for piece in found if piece.marked] == ["mayors", "Lima"]
    assert "".join(piece.text for piece in found) == "The mayors of Lima met."


def test_how_a_passage_was_found_is_told_in_words() -> None:
    passage = CitedPassage("a", "f.txt", "T", 0, 1, "x", 0.5, 1, 22)
    assert found_by(passage) == "found by its meaning (1st) and by its words (22nd)"
    assert found_by(replace(passage, lexical_rank=None)) == "found by its meaning (1st)"
    assert [ordinal(n) for n in (2, 3, 4, 11, 12, 13, 21, 111)] == (
        ["2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th"]
    )


def test_of_passages_that_do_not_answer_the_nearest_comes_first_and_unrelated_ones_not_at_all() -> None:
    def passage(id_: str, text: str) -> CitedPassage:
        return CitedPassage(id_, f"{id_}.txt", id_, 0, 9, text, 0.1, 1, 1)

    told = {
        "passages": [{"cosine": 0.05}, {"cosine": 0.3}, {"cosine": 0.6}],
        "candidates": [{"article_id": "harbour", "confidence": 0.2}],
    }
    passages = (
        passage("recipe", "Peel the carrots."),
        passage("town", "The mayor spoke."),
        passage("harbour", "The mayor of the harbour town resigned."),
    )
    answer = Answer(
        "Who is the mayor?", "Who is the mayor?", None, 0.0, "No.", (), passages, "r", "v", {}, explain=told
    )
    assert [one.article_id for one in closest(answer)] == ["harbour", "town"]
    as_found = closest(replace(answer, explain=None))  # where nothing else is known of them
    assert [one.article_id for one in as_found] == ["recipe", "town", "harbour"]


@pytest.mark.parametrize(("width", "height"), [(720, 450), (360, 225), (640, 360)])
def test_enlarged_or_on_a_low_screen_the_box_never_covers_the_answer(
    browser: Browser, stage_site: str, width: int, height: int
) -> None:
    """1440 by 900 at 200 and 400 %, and a telephone on its side."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{stage_site}/?q={MARKET}")
    for selector in (".answer", ".citations mark"):
        shown_there = page.locator(selector).first
        shown_there.scroll_into_view_if_needed()
        box = box_of(shown_there)
        covered = page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y)?.closest('.composer') !== null",
            [box["x"] + 2, min(box["y"] + box["height"] - 2, height - 1)],
        )
        assert not covered
    assert page.locator(".composer").evaluate("e => getComputedStyle(e).position") != "sticky"
    page.close()


def test_on_a_telephone_the_mark_is_seen_without_scrolling(browser: Browser, stage_site: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{stage_site}/?q={MARKET}")
    expect(page.locator(".citations mark").first).to_be_in_viewport(ratio=1)
    page.locator(".context summary").click()
    expect(page.locator(".context p")).to_be_visible()
    page.close()


def test_why_there_is_no_answer_is_told_in_a_sentence_before_any_figure(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q={NONE}")
    page.get_by_text("Why they do not say").click()
    expect(page.locator(".why .told")).to_contain_text("were found")
    expect(page.locator(".why dl").first).to_be_hidden()
    page.get_by_text("The figures").click()
    expect(page.locator(".why dl").first).to_be_visible()


def test_without_a_token_nobody_is_offered_what_the_server_would_refuse(page: Page, serving: Serving) -> None:
    with serving(app_of(FakeEngine([Article("a", "a.txt", "Text.", "T", "Text.")]))) as site:
        page.goto(f"{site}/library")
        page.get_by_text("Add articles").click()
        expect(page.get_by_text("start the server with a token")).to_be_visible()
        expect(page.locator("input[type=password]")).to_have_count(0)


def test_a_persons_browser_is_led_from_the_data_to_the_page_of_articles(client: FlaskClient) -> None:
    for address in ("/articles", "/articles/"):
        led = client.get(address, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert (led.status_code, led.headers["Location"]) == (302, "/library")
    assert client.get("/articles", headers={"Accept": "*/*"}).get_json()["count"] == 1
    assert client.get("/articles").get_json()["count"] == 1
