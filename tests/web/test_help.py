"""What helps on the page: suggestions, verdicts, and the keeping of the articles; with a real index and browser."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fakes import PhraseReader, WordEncoder
from playwright.sync_api import FilePayload, Locator, Page, expect
from web_browsing import GONE, ask, sound, unharmed
from web_fakes import Serving
from web_stage import HOSTILE

from qa import Engine
from qa.feedback import Cited, Feedback, FeedbackStore
from qa.index.publish import building
from qa.lab.sets import gold
from qa.settings import Settings
from qa.suggest import store as kept
from qa.suggest.make import Suggestion
from qa.suggest.upkeep import SuggestionUpkeep
from qa.upkeep.index import index
from qa.upkeep.keeper import Upkeep
from web.access import Access
from web.app import create_app
from web.jobs import Management

TOKEN = "a token of letters"
BREAD = "What is bread made of?"
QUESTIONS = (BREAD, "Where does the ferry stop at night?", "When does the ferry cross the river?")
TRAM: FilePayload = {
    "name": "tram.txt",
    "mimeType": "text/plain",
    "buffer": b"Trams\n\nThe trams came back. They are quiet.",
}
VIRUS: FilePayload = {"name": "virus.exe", "mimeType": "application/x-dosexec", "buffer": b"MZ"}


@dataclass(frozen=True)
class Site:
    address: str
    data: Path
    upkeep: Upkeep
    store: FeedbackStore


@pytest.fixture
def site(tmp_path: Path, serving: Serving, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Two articles, suggestions of them, a token, and a store of verdicts."""
    encoder = WordEncoder(Settings().encoder)
    monkeypatch.setattr("qa.upkeep.index.open_encoder", lambda name: encoder)
    data, folder = tmp_path / "data", tmp_path / "in"
    folder.mkdir()
    (folder / "bread.txt").write_text("Bread\n\nBread is made of flour. Some people add salt.")
    (folder / "ferry.txt").write_text("Ferry\n\nThe ferry crosses the river. It stops at night.")
    index([folder], data, encoder=encoder)
    engine = Engine.open(data, encoder=encoder, reader=PhraseReader("flour"))
    article = next(info for info in engine.articles() if info.path == "bread.txt")
    made = [Suggestion(one, "what", "flour", 0.9, article.id, article.path, 22, 27) for one in QUESTIONS]
    kept.save(data, engine.version, made)
    upkeep, suggestions, store = Upkeep(data), SuggestionUpkeep(data), FeedbackStore(data)
    app = create_app(
        engine,
        management=Management(upkeep.jobs, data, upkeep.roots),
        access=Access(TOKEN),
        suggestions=suggestions,
        feedback_store=store,
    )
    source = app.extensions["collections"][""].source
    upkeep.engine, upkeep.published, suggestions.engine = source.opened, source.get, source.get
    suggestions.bring_up_to_date(engine, threading.Event())
    with serving(app) as address:
        yield Site(address, data, upkeep, store)
    upkeep.jobs.wait(30)


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Your question")


def type_in(page: Page, text: str) -> None:
    field(page).press_sequentially(text)
    expect(page.get_by_role("listbox", name="Suggested questions")).to_be_visible()


def unlock(page: Page, site: Site, path: str = "/library") -> None:
    page.goto(site.address + path)
    if page.locator("details.manage").count():
        page.locator("details.manage > summary").click()
    page.get_by_label("Token").fill(TOKEN)
    page.keyboard.press("Enter")
    expect(page.locator(".unlocked")).to_be_visible()


def test_a_suggested_question_is_asked_with_a_click(page: Page, site: Site) -> None:
    page.goto(site.address)
    suggested = page.get_by_role("region", name="Questions that these articles answer")
    expect(suggested.get_by_role("link")).to_have_count(3)
    suggested.get_by_role("link", name=BREAD).click()
    expect(page.locator(".answer")).to_contain_text("flour")
    expect(suggested).to_be_hidden()


def test_suggested_questions_follow_the_filters(page: Page, site: Site) -> None:
    page.goto(site.address)
    suggested = page.get_by_role("region", name="Questions that these articles answer")
    expect(suggested.get_by_role("link")).to_have_count(3)
    page.locator(".filters summary").click()
    source = page.get_by_label("Source")
    source.fill("nobody")
    expect(suggested).to_be_hidden()
    field(page).press_sequentially("flour")
    expect(page.get_by_role("status").filter(has_text="suggested")).to_have_count(0)
    source.fill("")
    expect(suggested.get_by_role("link")).to_have_count(3)
    suggested.get_by_role("link", name=BREAD).click()
    expect(page.locator(".answer")).to_contain_text("flour")


def test_suggestions_are_chosen_with_the_keyboard(page: Page, site: Site) -> None:
    page.goto(site.address)
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    type_in(page, "ferr")
    options = page.get_by_role("option")
    expect(options).to_have_text([QUESTIONS[1], QUESTIONS[2]])
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    assert field(page).get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowDown", 0), ("ArrowUp", 1)):
        page.keyboard.press(key)
        expect(options.nth(at)).to_have_attribute("aria-selected", "true")
        expect(options.nth(1 - at)).to_have_attribute("aria-selected", "false")
        expect(field(page)).to_have_attribute("aria-activedescendant", options.nth(at).get_attribute("id"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field(page)).to_have_value("ferr")
    expect(field(page)).to_be_focused()
    assert field(page).get_attribute("aria-activedescendant") is None
    field(page).fill("")
    type_in(page, "brea")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_contain_text("flour")
    expect(page.locator(".question").first).to_have_text(BREAD)


def test_what_was_typed_is_asked_where_nothing_is_chosen(page: Page, site: Site) -> None:
    page.goto(site.address)
    type_in(page, "what is brea")
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not(.waiting) .question")).to_have_text("what is brea")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_verdicts_are_given_with_the_keyboard_and_kept(page: Page, site: Site) -> None:
    page.goto(site.address)
    ask(page, BREAD)
    verdict = page.get_by_role("group", name="Your verdict")
    verdict.get_by_role("button", name="Right", exact=True).focus()
    page.keyboard.press("Enter")
    expect(verdict.get_by_role("status")).to_have_text("Thank you, noted.")
    expect(verdict.get_by_role("button", name="Right", exact=True)).to_have_attribute("aria-pressed", "true")
    words = verdict.get_by_role("button", name="Right passage, wrong words")
    page.keyboard.press("Tab")
    expect(words).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("The right words, if you like")).to_be_focused()
    page.keyboard.type("wheat flour")
    page.keyboard.press("Enter")
    expect(words).to_have_attribute("aria-pressed", "true")
    expect(words).to_be_focused()
    newest, first = site.store.newest()
    assert (first.verdict, first.question, first.answer) == ("right", BREAD, "flour")
    assert (newest.verdict, newest.wording, newest.citations[0].file) == ("words", "wheat flour", "bread.txt")


def test_a_verdict_that_cannot_be_kept_is_told(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/?q={BREAD}")
    page.evaluate(GONE)
    wrong = page.get_by_role("button", name="Wrong", exact=True)
    wrong.click()
    expect(page.locator(".thanks")).to_have_text("The service did not answer. Try again.")
    expect(wrong).to_have_attribute("aria-pressed", "false")
    assert site.store.count() == 0


def test_the_token_is_asked_once_for_a_tab_and_a_wrong_one_is_refused(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/library")
    page.locator("details.manage > summary").click()
    page.get_by_label("Token").fill("guessed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The token is wrong: it is not")
    expect(page.locator(".unlocked")).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0
    unlock(page, site)
    page.reload()
    expect(page.locator(".unlocked")).to_be_visible()
    assert TOKEN not in json.dumps(page.evaluate("({...localStorage})")) + page.url
    page.get_by_role("button", name="Forget the token").click()
    expect(page.locator(".unlocked")).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0


def test_files_are_sent_each_with_its_outcome_and_the_list_shows_them(page: Page, site: Site) -> None:
    unlock(page, site)
    page.set_input_files("input[type=file]", [TRAM, VIRUS])
    sent = page.get_by_role("list", name="Files sent").get_by_role("listitem")
    expect(sent).to_have_count(2)
    expect(sent.nth(0)).to_contain_text("tram.txt")
    expect(sent.nth(0)).to_contain_text("stored")
    expect(sent.nth(1)).to_contain_text("a kind of file that is not read")
    expect(page.locator(".state")).to_contain_text("Done: 3 articles (files: 1 new)")
    expect(page.locator(".articles")).to_contain_text("Trams")
    expect(page.locator(".tally")).to_have_text("3 articles")
    expect(page.locator(".bottom")).to_contain_text("3 articles")


def test_files_that_are_all_refused_are_told_one_by_one(page: Page, site: Site) -> None:
    unlock(page, site)
    empty: FilePayload = {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""}
    page.set_input_files("input[type=file]", [VIRUS, empty])
    sent = page.get_by_role("list", name="Files sent").get_by_role("listitem")
    expect(sent).to_have_count(2)
    expect(sent.nth(0)).to_contain_text("virus.exe")
    expect(sent.nth(0)).to_contain_text("a kind of file that is not read")
    expect(sent.nth(1)).to_contain_text("empty.txt")
    assert site.upkeep.jobs.state().state == "idle"


def test_files_are_dropped_on_the_page(page: Page, site: Site) -> None:
    unlock(page, site)
    dropped = page.evaluate_handle(
        "() => { const files = new DataTransfer();"
        "files.items.add(new File(['Trams\\n\\nThe trams came back. They are quiet.'], 'dropped.txt'));"
        "return files; }"
    )
    drop = page.locator(".drop")
    drop.dispatch_event("dragover", {"dataTransfer": dropped})
    expect(drop).to_have_class(re.compile(r"\bover\b"))
    drop.dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.locator(".sent")).to_contain_text("dropped.txt")
    expect(page.locator(".state")).to_contain_text("Done: 3 articles")


def test_a_build_is_followed_and_cancelled(page: Page, site: Site) -> None:
    unlock(page, site)
    rebuild, cancel = (
        page.get_by_role("button", name=name) for name in ("Rebuild the index", "Cancel the build")
    )
    expect(cancel).to_be_hidden()
    with building(site.data):  # as another process would
        rebuild.click()
        expect(page.locator(".state")).to_contain_text("Another build of this index")
        page.set_input_files("input[type=file]", [TRAM])
        expect(page.locator(".state")).to_contain_text("Another process is building")
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(rebuild).to_be_disabled()
        cancel.click()
        expect(page.locator(".state")).to_contain_text("The build was cancelled")
    expect(cancel).to_be_hidden()
    rebuild.click()
    expect(page.locator(".state")).to_contain_text("Done: 3 articles")


def test_an_article_is_removed_once_that_is_confirmed(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/library")
    # Who has no token is offered none.
    expect(page.get_by_role("button", name="Remove Bread")).to_have_count(0)
    unlock(page, site)
    remove = page.get_by_role("button", name="Remove Bread")
    remove.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Bread")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(remove).to_be_focused()
    remove.click()
    dialog.get_by_role("button", name="Remove").click()
    expect(page.locator(".state")).to_contain_text("Done: 1 article (files: 1 removed)")
    expect(page.locator(".tally")).to_have_text("1 article")
    expect(page.locator(".articles")).not_to_contain_text("Bread")


def test_verdicts_are_listed_and_exported_for_who_has_the_token(
    page: Page, site: Site, tmp_path: Path
) -> None:
    page.goto(f"{site.address}/?q={BREAD}")
    page.get_by_role("button", name="Right", exact=True).click()
    expect(page.locator(".thanks")).to_have_text("Thank you, noted.")
    unlock(page, site, "/library/feedback")
    expect(page.locator(".verdicts li")).to_have_count(1)
    expect(page.locator(".verdicts li")).to_contain_text(BREAD)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as gold questions").click()
    (question,) = gold.read(Path(download.value.path()))
    assert (question.question, question.answers, question.sources) == (BREAD, ("flour",), ("bread.txt",))


def test_hostile_words_run_nothing_in_the_keeping_of_articles(page: Page, site: Site) -> None:
    cited = (Cited(HOSTILE, 0, 1),)
    site.store.add(Feedback("words", HOSTILE, HOSTILE, 0.5, HOSTILE[:50], cited, f"{HOSTILE} indeed"))
    unlock(page, site, "/library/feedback")
    expect(page.locator(".verdicts li")).to_contain_text("window.hacked")
    unharmed(page)
    page.goto(f"{site.address}/library")
    expect(page.locator(".unlocked")).to_be_visible()
    text = f"{HOSTILE}\n\nThe trams came back. They are quiet."
    hostile: FilePayload = {
        "name": f"{HOSTILE[:60]}.txt",
        "mimeType": "text/plain",
        "buffer": text.encode(),
    }
    page.set_input_files("input[type=file]", [hostile, VIRUS])
    expect(page.locator(".state")).to_contain_text("Done: 3 articles")
    page.locator(".articles li", has_text="hacked").get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text("hacked")
    unharmed(page)


def test_every_state_of_help_fits_and_has_no_barrier(sized: Page, site: Site) -> None:
    page = sized
    page.goto(site.address)
    page.get_by_role("region", name="Questions that these articles answer").wait_for()
    type_in(page, "ferr")
    page.keyboard.press("ArrowDown")
    sound(page, "suggestions, as typed")
    page.keyboard.press("Escape")
    field(page).fill("")
    ask(page, BREAD)
    page.get_by_role("button", name="Right passage, wrong words").click()
    sound(page, "verdict")
    page.keyboard.press("Enter")
    page.locator(".thanks:not(:empty)").wait_for()
    type_in(page, "ferr")
    sound(page, "verdict given; suggestions above the box")
    page.goto(f"{site.address}/library")
    page.locator("details.manage > summary").click()
    page.get_by_label("Token").fill("guessed")
    page.keyboard.press("Enter")
    page.locator(".refused:not(:empty)").wait_for()
    sound(page, "token refused")
    unlock(page, site)
    with building(site.data):
        page.set_input_files("input[type=file]", [TRAM, VIRUS])
        expect(page.locator(".state")).to_contain_text("Another process is building")
        sound(page, "files sent, building")
    expect(page.locator(".state")).to_contain_text("Done")
    page.get_by_role("button", name="Remove Trams").click()
    sound(page, "confirm")
    page.keyboard.press("Escape")
    page.goto(f"{site.address}/library/feedback")
    page.locator(".verdicts li").wait_for()
    sound(page, "feedback")
