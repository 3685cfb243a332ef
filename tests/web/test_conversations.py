"""Conversations: kept in the browser, found again, deleted, brought back; the history; the line and Stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from web_browsing import ask, sound
from web_fakes import FakeEngine, Serving, app_of

from qa.records import Answer, Article

ARTICLE = Article("a1", "f.txt", "The talks were in Vienna.", "Talks", "t")


class SlowEngine(FakeEngine):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__([ARTICLE])
        self.let = threading.Event()

    def ask(self, question: str, *given: Any, **options: Any) -> Answer:
        self.let.wait(20)
        return super().ask(question, *given, **options)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine([ARTICLE])


@pytest.fixture
def site(engine: FakeEngine, serving: Serving) -> Iterator[str]:
    with serving(app_of(engine)) as address:
        yield address


def questions(page: Page) -> list[str]:
    return page.locator(".turn .question").all_inner_texts()


def test_every_question_is_an_entry_of_the_history_and_back_goes_back(
    page: Page, site: str, engine: FakeEngine
) -> None:
    page.goto(site)
    ask(page, "Where, Vienna?")
    ask(page, "And Lima?")
    page.go_back()
    assert "q=Where" in page.url
    expect(page.locator(".turn")).to_have_count(2)
    page.go_back()
    expect(page.get_by_role("heading", name="What do your articles say?")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    page.go_forward()
    expect(page.locator(".turn")).to_have_count(2)
    page.go_forward()
    assert "q=And" in page.url
    ask(page, "Talks?")
    assert [turn.question for turn in engine.asked[-1][1]] == ["Where, Vienna?", "And Lima?"]


def test_conversations_are_listed_found_opened_deleted_and_brought_back(page: Page, site: str) -> None:
    page.goto(site)
    ask(page, "Where, Vienna?")
    ask(page, "And Lima?")
    page.get_by_role("link", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    # The script is there: the form does not send itself.
    expect(page.locator(".conversations")).to_be_visible()
    ask(page, "Talks?")
    page.get_by_role("link", name="Verbatim").click()  # the logo begins anew, too
    expect(page.locator(".turn")).to_have_count(0)
    page.locator(".conversations summary").click()
    names = page.locator(".sheet li bdi")
    expect(names).to_have_text(["Talks?", "Where, Vienna?"])
    field = page.get_by_role("searchbox", name="Find a conversation")
    field.fill("lima")  # asked later in it
    expect(names).to_have_text(["Where, Vienna?"])
    field.fill("Oslo")
    expect(page.locator(".sheet .none")).to_have_text("None has these words.")
    field.fill("")
    page.get_by_role("button", name="Delete Talks?").click()
    expect(names).to_have_text(["Where, Vienna?"])
    page.get_by_role("button", name="Undo").click()
    expect(names).to_have_text(["Talks?", "Where, Vienna?"])
    page.locator(".sheet a").last.click()
    expect(page.locator(".turn .question")).to_have_text(["Where, Vienna?", "And Lima?"])
    page.reload()
    expect(page.locator(".turn .question")).to_have_text(["Where, Vienna?", "And Lima?"])


def test_what_is_asked_meanwhile_waits_for_its_turn_and_knows_the_answer_before(
    page: Page, serving: Serving
) -> None:
    engine = SlowEngine()
    with serving(app_of(engine)) as site:
        page.goto(site)
        for question in ("Where, Vienna?", "And Lima?", "Talks?"):
            page.fill("#q", question)
            page.keyboard.press("Enter")
        assert questions(page) == ["Where, Vienna?", "And Lima?", "Talks?"]
        expect(page.get_by_text("Asked when the answer before it is there.").last).to_be_visible()
        page.locator(".turn.waiting").nth(1).get_by_role("button", name="Stop").click()
        engine.let.set()
        expect(page.locator(".turn:not(.waiting)")).to_have_count(2)
        assert [question for question, _, _ in engine.asked] == ["Where, Vienna?", "Talks?"]
        assert [turn.question for turn in engine.asked[-1][1]] == ["Where, Vienna?"]


def test_stop_breaks_off_what_runs_and_gives_the_question_back(page: Page, serving: Serving) -> None:
    engine = SlowEngine()
    with serving(app_of(engine)) as site:
        page.goto(site)
        page.fill("#q", "Where, Vienna?")
        page.keyboard.press("Enter")
        page.locator(".turn.waiting.taken").wait_for()
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".turn")).to_have_count(0)
        expect(page.locator("#q")).to_have_value("Where, Vienna?")
        expect(page.locator("#q")).to_be_focused()
        engine.let.set()
        ask(page, "Talks?")
        assert questions(page) == ["Talks?"]


def test_the_list_of_conversations_fits_and_has_no_barrier(sized: Page, site: str) -> None:
    page = sized
    page.goto(site)
    ask(page, "What did the delegations of the two countries that met in the city say of Vienna?")
    page.locator(".conversations summary").click()
    page.get_by_role("button", name="Delete").wait_for()
    sound(page, "list of conversations")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    sound(page, "one deleted")
