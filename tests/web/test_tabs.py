"""Several tabs of one browser: what is kept in one is neither lost nor written over by another."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from web_browsing import ask, sound
from web_fakes import FakeEngine, Serving, app_of

from qa.records import Article

ARTICLE = Article("a1", "f.txt", "The talks were in Vienna.", "Talks", "t")


@pytest.fixture
def site(serving: Serving) -> Iterator[str]:
    with serving(app_of(FakeEngine([ARTICLE]))) as address:
        yield address


@pytest.fixture
def other(page: Page, site: str) -> Page:
    """A second tab of the same browser; both show the empty page."""
    page.goto(site)
    opened = page.context.new_page()
    opened.goto(site)
    return opened


def listed(page: Page) -> Locator:
    """The names in the list, which is opened."""
    if not page.locator(".sheet").is_visible():
        page.locator(".conversations summary").click()
    return page.locator(".sheet li bdi")


def shown(page: Page) -> list[str]:
    return page.locator(".turn .question").all_inner_texts()


def open_listed(page: Page, name: str) -> None:
    listed(page)
    page.locator(".sheet a").filter(has_text=name).first.click()
    page.locator(".turn").first.wait_for()


def test_conversations_of_both_tabs_are_kept(page: Page, other: Page) -> None:
    ask(page, "Where, Vienna?")
    ask(other, "And Lima?")
    ask(page, "Talks?")
    ask(other, "And when?")
    for tab in (page, other):
        expect(listed(tab)).to_have_text(["And Lima?", "Where, Vienna?"])
    open_listed(page, "And Lima?")
    assert shown(page) == ["And Lima?", "And when?"]
    open_listed(other, "Where, Vienna?")
    assert shown(other) == ["Where, Vienna?", "Talks?"]


def test_one_conversation_that_goes_on_in_both_tabs_becomes_two(page: Page, other: Page) -> None:
    ask(page, "Where, Vienna?")
    open_listed(other, "Where, Vienna?")
    ask(page, "Talks?")
    ask(other, "And Lima?")
    ask(page, "And when?")
    expect(listed(page)).to_have_text(["Where, Vienna?", "Where, Vienna?"])
    for place, kept in ((0, ["Where, Vienna?", "Talks?", "And when?"]), (1, ["Where, Vienna?", "And Lima?"])):
        listed(page)
        page.locator(".sheet a").nth(place).click()
        expect(page.locator(".turn .question")).to_have_text(kept)


def test_a_conversation_deleted_in_one_tab_goes_on_in_the_other_and_undo_takes_nothing_from_it(
    page: Page, other: Page
) -> None:
    ask(page, "Where, Vienna?")
    open_listed(other, "Where, Vienna?")
    listed(page)
    page.get_by_role("button", name="Delete Where, Vienna?").click()
    expect(listed(page)).to_have_count(0)
    ask(other, "And Lima?")
    page.get_by_role("button", name="Undo").click()
    expect(listed(page)).to_have_text(["Where, Vienna?"])
    open_listed(page, "Where, Vienna?")
    assert shown(page) == ["Where, Vienna?", "And Lima?"]


def test_undo_brings_back_what_the_other_tab_did_not_touch(page: Page, other: Page) -> None:
    ask(page, "Where, Vienna?")
    ask(other, "And Lima?")
    listed(page)
    page.get_by_role("button", name="Delete Where, Vienna?").click()
    ask(other, "Talks?")
    page.get_by_role("button", name="Undo").click()
    expect(listed(page)).to_have_text(["And Lima?", "Where, Vienna?"])
    open_listed(other, "Where, Vienna?")
    assert shown(other) == ["Where, Vienna?"]


def test_an_open_list_shows_what_another_tab_keeps_and_deletes(page: Page, other: Page) -> None:
    expect(listed(page)).to_have_count(0)
    ask(other, "And Lima?")
    expect(page.locator(".sheet li bdi")).to_have_text(["And Lima?"])
    listed(other)
    other.get_by_role("button", name="Delete And Lima?").click()
    expect(page.locator(".sheet li bdi")).to_have_count(0)


def test_both_tabs_asked_at_once_keep_both_conversations(page: Page, other: Page) -> None:
    for number in range(5):
        for tab in (page, other):
            tab.goto(f"http://{urlsplit(tab.url).netloc}/")
            tab.get_by_label("Your question", exact=True).fill(f"Vienna, {tab is page}, {number}?")
        for tab in (page, other):
            tab.keyboard.press("Enter")
        for tab in (page, other):
            expect(tab.locator(".turn:not(.waiting)")).to_have_count(1)
    expect(listed(page)).to_have_count(10)


def test_clippings_of_both_tabs_are_kept_and_notes_outlive_the_other_tabs_changes(
    page: Page, other: Page, site: str
) -> None:
    ask(page, "Where, Vienna?")
    page.get_by_role("button", name="Clip", exact=True).click()
    other.goto(f"{site}/clippings")
    expect(other.locator("blockquote")).to_have_count(1)
    other.locator("textarea").fill("For the letter")
    other.keyboard.press("Tab")
    page.goto(f"{site}/clippings")
    page.get_by_role("button", name="Remove").click()
    expect(other.locator("blockquote")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("textarea")).to_have_value("For the letter")
    expect(other.locator("textarea")).to_have_value("For the letter")


def test_a_conversation_is_renamed_by_keyboard_found_by_its_name_and_keeps_it(page: Page, site: str) -> None:
    page.goto(site)
    ask(page, "Where, Vienna?")
    listed(page)
    page.get_by_role("button", name="Rename Where, Vienna?").focus()
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Name of the conversation")
    expect(field).to_be_focused()
    expect(field).to_have_value("Where, Vienna?")
    page.keyboard.type("Notes for <b>Ada</b>")  # what was there is selected
    page.keyboard.press("Enter")
    expect(listed(page)).to_have_text(["Notes for <b>Ada</b>"])
    expect(page.get_by_role("button", name="Rename Notes for")).to_be_focused()
    ask(page, "And Lima?")  # its name stays
    search = page.get_by_role("searchbox", name="Find a conversation")
    for words, names in (("ada", 1), ("vienna", 1), ("lima", 1), ("oslo", 0)):
        listed(page)
        search.fill(words)
        expect(page.locator(".sheet li bdi")).to_have_text(["Notes for <b>Ada</b>"] * names)


def test_a_name_is_given_up_with_escape_and_an_empty_one_is_the_first_question(page: Page, site: str) -> None:
    page.goto(site)
    ask(page, "Where, Vienna?")
    ask(page, "And Lima?")
    for typed, key, name in (
        ("Ada", "Escape", "Where, Vienna?"),
        ("Ada", "Enter", "Ada"),
        (" ", "Enter", "Where, Vienna?"),
    ):
        expect(listed(page)).to_have_count(1)
        page.get_by_role("button", name="Rename").click()
        page.get_by_role("textbox", name="Name of the conversation").fill(typed)
        page.keyboard.press(key)
        expect(listed(page)).to_have_text([name])


def test_renaming_fits_and_has_no_barrier(sized: Page, site: str) -> None:
    page = sized
    page.goto(site)
    ask(page, "What did the delegations of the two countries that met in the city say of Vienna?")
    listed(page)
    sound(page, "list of conversations")
    page.get_by_role("button", name="Rename").click()
    sound(page, "renaming")
