"""An article that is removed while an answer from it is shown: its source says so, and leads back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from web_browsing import address_of, sound
from web_fakes import FakeEngine, Serving, app_of

from qa.errors import NotFound
from qa.records import Article

ASKED = "Where, Vienna?"
GONE = "This article is not there any more"


class Emptied(FakeEngine):
    """Answers; of its articles none is left."""

    gone = False

    def article(self, article_id: str) -> Article:
        if self.gone:
            raise NotFound(f"There is no article {article_id!r} in the index.")
        return super().article(article_id)


@pytest.fixture
def engine() -> Emptied:
    return Emptied(
        [Article("a1", "f.txt", "The talks were in Vienna.", "Talks", "The talks were in Vienna.")]
    )


@pytest.fixture
def site(engine: Emptied, serving: Serving) -> Iterator[str]:
    with serving(app_of(engine)) as address:
        yield address


def test_beside_the_answer_it_is_said_and_the_answer_stays(sized: Page, site: str, engine: Emptied) -> None:
    page = sized
    page.goto(f"{site}/?q={ASKED}")
    engine.gone = True
    page.locator(".citations .source").click()
    panel = page.locator(".panel")
    expect(panel).to_contain_text(GONE)
    expect(panel).to_contain_text("It was removed since it was quoted here, or it has changed")
    expect(page.locator(".turn .question")).to_have_text(ASKED)
    sound(page, "source that is gone")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(page.locator(".citations .source")).to_be_focused()


def test_its_own_page_says_so_and_leads_back_without_a_script_too(
    browser: Browser, site: str, engine: Emptied
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/?q={ASKED}")
    engine.gone = True
    address = site + address_of(page.locator(".citations .source"))
    answer = page.goto(address)
    assert answer is not None and answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text(GONE)
    engine.gone = False
    page.get_by_role("link", name="Back to the answer").click()
    expect(page.locator(".turn .question")).to_have_text(ASKED)
    context.close()


@pytest.mark.parametrize("query", ["?mark=4-9", "?mark=4-9&q=%3Cb%3EVienna", "?mark=4-9&as=text"])
def test_of_a_clipping_too_it_is_said(page: Page, site: str, engine: Emptied, query: str) -> None:
    engine.gone = True
    page.goto(f"{site}/read/a1{query}")
    expect(page.get_by_role("heading", level=1)).to_have_text(GONE)
    expect(page.get_by_role("link", name="All articles")).to_be_visible()
    sound(page, "its page")


def test_what_nobody_quoted_is_not_found(page: Page, site: str, engine: Emptied) -> None:
    engine.gone = True
    page.goto(f"{site}/read/a1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
