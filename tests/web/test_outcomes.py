"""Each state of a turn says what it is in every place, and a verdict on it is kept as what it was given on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from web_browsing import ask
from web_fakes import Serving
from web_stage import AGREE, DIFFER, EVIDENCE, GUESS, LIST, MAYOR, NONE, QUOTES, UNSURE

from qa.engine import Engine
from qa.feedback import FeedbackStore
from web.app import create_app


@dataclass(frozen=True)
class Site:
    address: str
    store: FeedbackStore


@pytest.fixture
def site(stage_engine: Engine, serving: Serving, tmp_path: Path) -> Iterator[Site]:
    store = FeedbackStore(tmp_path)
    with serving(create_app(stage_engine, feedback_store=store)) as address:
        yield Site(address, store)


JUDGED = ["Right", "Right passage, wrong words", "Wrong"]
SAID = ["No, they do not say", "Yes, they do say"]
STATES = {  # question -> what it is headed with, the heading of its reasons, what is asked about it, and the buttons
    AGREE: ("May 3", "Why this answer", "Was this right?", JUDGED),
    LIST: ("Ada Birch", "Why this answer", "Was this right?", JUDGED),
    EVIDENCE: (
        "Evidence to judge by, not a yes or no",
        "Why this evidence",
        "Was this the right evidence?",
        JUDGED,
    ),
    DIFFER: ("The articles differ", "Why these answers", "Was the likeliest right?", JUDGED),
    GUESS: (
        "Perhaps: until the cellar is dry",
        "Why this is only a guess",
        "Was the guess right?",
        JUDGED,
    ),
    NONE: ("The articles do not say.", "Why they do not say", "Do the articles say?", SAID),
    UNSURE: ("No sure answer found.", "Why no sure answer", "Do the articles say?", SAID),
}


@pytest.mark.parametrize("question", STATES)
def test_a_turn_says_what_it_is_in_every_place(page: Page, site: Site, question: str) -> None:
    said, why, asks, buttons = STATES[question]
    page.goto(f"{site.address}/?q={question}")
    turn = page.locator(".turn")
    expect(turn.locator(".said")).to_contain_text(said)
    expect(turn.locator(".why > summary")).to_have_text(why)
    expect(turn.locator(".feedback .ask")).to_have_text(asks)
    expect(turn.locator("[data-verdict]")).to_have_text(buttons)
    answered = turn.locator(".citations").count() > 0
    expect(turn.locator("[data-action=copy]")).to_have_text("Copy with citation" if answered else "Copy")
    if question != NONE:
        expect(turn).not_to_contain_text("The articles do not say")
        expect(turn).not_to_contain_text("do not answer the question")


def test_a_page_of_quotes_takes_no_verdict_and_tells_how_they_were_found(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/?q={QUOTES}")
    expect(page.locator(".tools")).to_be_visible()  # the script is there
    expect(page.locator(".feedback")).to_have_count(0)
    why = page.locator(".why")
    expect(why.locator("> summary")).to_have_text("Why these quotes")
    why.locator("> summary").click()
    expect(why.locator(".told")).to_contain_text("came nearest to the question")
    expect(why.locator(".told")).not_to_contain_text("likeliest words")
    expect(page.get_by_role("button", name="Copy with citation")).to_be_visible()


def test_a_follow_up_is_judged_as_it_was_understood(page: Page, site: Site) -> None:
    page.goto(site.address)
    ask(page, MAYOR)
    ask(page, "When did she meet reporters?")
    last = page.locator(".turn").last
    expect(last.locator(".feedback .ask")).to_have_text("Was this right?")
    last.get_by_role("button", name="Right", exact=True).click()
    expect(last.get_by_role("status")).to_have_text("Thank you, noted.")
    (kept,) = site.store.newest()
    assert (kept.question, kept.answer, kept.guess) == (AGREE, "May 3", False)


def test_a_guess_that_is_said_to_be_right_is_kept_and_exported_as_its_words(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/?q={GUESS}")
    page.get_by_role("button", name="Right", exact=True).click()
    expect(page.locator(".thanks")).to_have_text("Thank you, noted.")
    (kept,) = site.store.newest()
    assert (kept.answer, kept.guess, kept.verdict) == ("until the cellar is dry", True, "right")
    assert 0.25 < kept.confidence < 0.5
    (gold,) = site.store.gold()
    assert gold["answers"] == ["until the cellar is dry"]
    assert gold["sources"] == list(dict.fromkeys(cited.file for cited in kept.citations)) != []


def test_that_the_articles_do_say_is_no_gold_and_that_they_do_not_is(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/?q={UNSURE}")
    page.get_by_role("button", name="Yes, they do say").click()
    expect(page.locator(".thanks")).to_have_text("Thank you, noted.")
    assert [(one.verdict, one.answer) for one in site.store.newest()] == [("wrong", None)]
    assert site.store.gold() == []
    page.get_by_role("button", name="No, they do not say").click()
    expect(page.locator("[data-verdict=right]")).to_have_attribute("aria-pressed", "true")
    (gold,) = site.store.gold()
    assert (gold["question"], gold["answers"]) == (UNSURE, [])
