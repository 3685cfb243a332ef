"""Choosing what is asked, in the page: a folder, or one article alone, by keyboard, by touch, and without a script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Locator, Page, expect
from web_browsing import ask, fits, sound, unharmed
from web_fakes import FakeEngine, Serving, app_of
from web_stage import DIFFER, MARKET

from qa.records import Article
from web import listing

MORE = "More homes flooded than first thought"


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.get_by_text("Filter by date, source, folder or article").click()
    return page


def article(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Article")


def offered(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Articles").get_by_role("option")


def chips(page: Page) -> Locator:
    return page.locator(".composer .chip bdi")


def test_one_article_is_chosen_with_the_keyboard_asked_and_left_again(page: Page, stage_site: str) -> None:
    opened(page, stage_site)
    article(page).focus()
    page.keyboard.type("homes coast")  # of its title, and of its source
    options = offered(page)
    expect(options).to_have_count(1)
    expect(options).to_contain_text(MORE)
    expect(options).to_contain_text("2022-05-09 · flood-coast-radio.txt")
    page.keyboard.press("ArrowDown")
    expect(options).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(article(page)).to_have_value(MORE)
    expect(chips(page)).to_have_text([f"only “{MORE}”"])
    expect(page.locator(".turn")).to_have_count(0)  # chosen, not asked
    assert "?article=" in page.url
    ask(page, DIFFER)
    expect(page.locator(".answer")).to_have_text("55 houses")
    expect(page.locator(".turn .chip bdi")).to_have_text([f"only “{MORE}”"])
    assert "article=" in page.url
    page.reload()
    expect(page.locator(".turn .chip bdi")).to_have_text([f"only “{MORE}”"])
    expect(chips(page)).to_have_text([f"only “{MORE}”"])
    page.locator(".composer .chip").press("Enter")
    expect(chips(page)).to_have_count(0)
    ask(page, DIFFER)
    expect(page.locator(".turn").last.locator(".version .answer")).to_have_text(["55 houses", "40 houses"])


def test_what_is_chosen_on_the_empty_page_stays_in_its_address(page: Page, stage_site: str) -> None:
    opened(page, stage_site)
    page.get_by_label("Folder").select_option("town")
    expect(chips(page)).to_have_text(["in town"])
    assert page.url == f"{stage_site}/?folder=town"
    page.reload()
    expect(chips(page)).to_have_text(["in town"])
    expect(page.get_by_label("Folder")).to_have_value("town")
    ask(page, MARKET)
    expect(page.locator(".answer")).to_have_text("at eight")
    page.go_back()
    expect(page.locator(".turn")).to_have_count(0)
    assert page.url == f"{stage_site}/?folder=town"
    page.locator(".composer .chip").click()
    assert page.url == f"{stage_site}/"
    expect(page.get_by_label("Folder")).to_have_value("")


def test_the_articles_field_holds_what_is_chosen_and_nothing_else(page: Page, stage_site: str) -> None:
    opened(page, stage_site)
    article(page).click()
    options = offered(page)
    expect(options).not_to_have_count(0)  # some are offered before anything is typed
    page.keyboard.type("nothing like it")
    expect(options).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="0 articles")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(article(page)).to_have_value("")
    expect(chips(page)).to_have_count(0)
    article(page).fill("market")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")  # the only one
    chosen = article(page).input_value()
    expect(chips(page)).to_have_text([f"only “{chosen}”"])
    article(page).fill("homes")
    expect(options).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(article(page)).to_have_value(chosen)  # nothing else was chosen
    article(page).fill("")
    expect(chips(page)).to_have_count(0)


def test_on_a_telephone_an_article_is_chosen_by_touch(browser: Browser, stage_site: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(stage_site)
    page.get_by_text("Filter by date").tap()
    article(page).tap()
    offered(page).filter(has_text=MORE).tap()
    expect(chips(page)).to_have_text([f"only “{MORE}”"])
    fits(page)
    page.locator(".composer .chip").tap()
    expect(chips(page)).to_have_count(0)
    context.close()


def test_the_choice_fits_and_has_no_barrier(sized: Page, stage_site: str) -> None:
    opened(sized, stage_site)
    article(sized).click()
    expect(offered(sized).first).to_be_visible()
    sound(sized, "articles offered")
    offered(sized).filter(has_text=MORE).click()
    sound(sized, "one article chosen")


def test_titles_of_articles_are_text(page: Page, stage_site: str) -> None:
    opened(page, stage_site)
    article(page).fill("window.hacked=1")
    options = offered(page)
    expect(options).to_have_count(1)
    options.click()
    expect(chips(page)).to_have_count(1)
    expect(article(page)).not_to_have_value("")
    unharmed(page)


@pytest.fixture
def unscripted(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def test_without_a_script_a_folder_is_chosen_and_an_article_from_the_list(
    unscripted: Page, stage_site: str
) -> None:
    page = opened(unscripted, stage_site)
    page.get_by_label("Folder").select_option("town")
    expect(page.locator(".pick")).to_be_hidden()
    expect(page.get_by_role("link", name="the list")).to_have_attribute("href", "/library")
    page.get_by_label("Your question", exact=True).fill(MARKET)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".answer")).to_have_text("at eight")
    assert "folder=town" in page.url
    page.goto(f"{stage_site}/library")
    page.get_by_role("link", name=MORE).click()
    page.get_by_role("link", name="Ask only this article").click()
    expect(page.get_by_label(f"Only “{MORE}”")).to_be_checked()


def test_a_folder_that_is_not_listed_stays_chosen(client: FlaskClient) -> None:
    page = client.get("/?folder=never/was").get_data(as_text=True)
    assert '<option value="never/was" selected>never/was</option>' in page
    page = client.get("/?folder=%3Cscript%3E%22").get_data(as_text=True)
    assert '<option value="&lt;script&gt;&#34;" selected>' in page and "<script>&#34;" not in page


def test_of_too_many_folders_the_outer_ones_can_be_chosen(fake_engine: FakeEngine) -> None:
    paths = [f"a/{n:03}/deep/x.txt" for n in range(listing.MOST)] + ["z/x.txt"]
    articles = [
        Article(str(n), path, "Text.", "T", "Text.", date(2022, 1, 1)) for n, path in enumerate(paths)
    ]
    folders = listing.folders(FakeEngine(articles).articles())
    assert len(folders) == listing.MOST
    assert {"a", "z"} <= set(folders) and folders == sorted(folders)


def test_one_of_many_articles_is_found_by_another_word(page: Page, serving: Serving) -> None:
    articles = [Article(f"n{n}", f"{n}.txt", "Text.", f"Number {n}", "Text.") for n in range(120)]
    with serving(app_of(FakeEngine(articles))) as site:
        page.goto(site)
        page.get_by_text("Filter by date").click()
        article(page).click()
        expect(offered(page)).to_have_count(20)
        expect(page.get_by_role("status").filter(has_text="20 of 120 articles")).to_have_count(1)
        page.keyboard.type("number 117")
        expect(offered(page)).to_have_count(1)
        page.keyboard.press("Enter")
        expect(chips(page)).to_have_text(["only “Number 117”"])


def test_the_list_of_articles_counts_as_people_do() -> None:
    paths = ["b.mbox#10", "b.mbox#2", "10/a.txt", "9/a.txt", "b.mbox", "b.mbox#1", "²/1"]
    listed = listing.by_path(FakeEngine([Article(path, path, "T", "T", "T") for path in paths]).articles())
    assert [info.path for info in listed] == [
        "9/a.txt", "10/a.txt", "b.mbox", "b.mbox#1", "b.mbox#2", "b.mbox#10", "²/1",
    ]  # fmt: skip
