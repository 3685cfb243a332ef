"""Asking in the page as a person does: the way of a question, the conversation, the keyboard."""

from __future__ import annotations

import json
import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from web_browsing import BACK, GONE, address_of, ask, box_of, watch
from web_fakes import FakeEngine, Serving, app_of
from web_stage import AGREE, DIFFER, MARKET, NONE

from qa.engine import Engine
from qa.errors import IndexMissing, Overloaded
from qa.records import Article
from web.app import create_app

HANDED_OVER = "What did the US hand over on January 26?"


def test_ask_see_the_answer_and_open_the_source_at_the_quote(page: Page, demo_site: str) -> None:
    page.goto(demo_site)
    ask(page, HANDED_OVER)
    expect(page.locator(".answer")).to_contain_text("written response")
    quote = page.locator(".citations mark").first.inner_text()
    source = page.locator(".source").first
    source.click()
    expect(page.get_by_role("region", name="Source")).to_be_visible()
    marked = page.locator(".panel mark.here")
    assert " ".join(marked.inner_text().split()) == " ".join(quote.split())
    expect(marked).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_have_count(0)
    expect(source).to_be_focused()
    page.goto(demo_site + address_of(source))
    expect(page.locator(".raw mark:target")).to_be_in_viewport()


def test_without_a_script_the_same_way_works(browser: Browser, demo_site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    complaints, _ = watch(page)
    page.goto(demo_site)
    page.fill("#q", HANDED_OVER)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    expect(page.locator(".answer")).to_contain_text("written response")
    assert page.locator("[data-action=copy], .tools").count() > 0
    assert not any(hidden.is_visible() for hidden in page.locator("[data-action=copy], .tools").all())
    page.locator(".source").first.click()
    page.wait_for_url("**/read/**")
    expect(page.locator(".raw mark")).to_be_in_viewport()
    page.get_by_role("link", name="Back to the answer").click()
    expect(page.locator(".answer")).to_contain_text("written response")
    assert complaints == []
    context.close()


def test_a_conversation_is_sent_along_kept_on_reload_and_begun_anew(
    context: BrowserContext, page: Page, serving: Serving
) -> None:
    engine = FakeEngine([Article("a1", "f.txt", "The talks were in Vienna.", "Talks", "t")])
    with serving(app_of(engine)) as site:
        page.goto(site)
        ask(page, "Where was it, Vienna?")
        ask(page, "And Lima?")
        question, history, _ = engine.asked[-1]
        assert question == "And Lima?"
        assert [(turn.question, turn.answer) for turn in history] == [("Where was it, Vienna?", "Vienna")]
        assert "q=And+Lima" in page.url
        page.reload()
        expect(page.locator(".turn")).to_have_count(2)
        expect(page.locator(".answer").first).to_have_text("Vienna")
        page.goto(site)  # begins anew
        expect(page.get_by_role("heading", name="What do your articles say?")).to_be_visible()
        expect(page.locator(".turn")).to_have_count(0)
        page.goto(f"{site}/?q=Only+Vienna")
        ask(page, "Or talks?")
        assert [turn.question for turn in engine.asked[-1][1]] == ["Only Vienna"]


def test_a_conversation_is_exported_with_its_citations(page: Page, stage_site: str) -> None:
    page.goto(stage_site)
    ask(page, DIFFER)
    ask(page, AGREE)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as JSON").click()
    first, second = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert (first["question"], second["question"]) == (DIFFER, AGREE)
    assert "explain" not in first  # what /ask gives
    assert first["citations"][0]["quote"] in first["citations"][0]["sentence"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as Markdown").click()
    text = Path(download.value.path()).read_text("utf-8")
    for said in (
        f"## {DIFFER}",
        "**55 houses**",
        "Other articles say: **40 houses**",
        "flood-coast-radio.txt",
    ):
        assert said in text
    assert "2 sources agree" in text.partition(f"## {AGREE}")[2]
    assert "Tuesday → 3 May 2022, derived" in text


def test_an_answer_is_copied_with_its_citation(context: BrowserContext, page: Page, stage_site: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=stage_site)
    page.goto(f"{stage_site}/?q={MARKET}")
    page.get_by_role("button", name="Copy with citation").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“at eight” — Market moves, 11 January 2023, town/market.txt, characters ")


def test_the_quotes_of_one_article_are_stepped_through(page: Page, serving: Serving) -> None:
    raw = "\n".join(["A cat sat."] + ["Nothing."] * 80 + ["The cat left."])
    with serving(app_of(FakeEngine([Article("a1", "f.txt", raw, "Cats", raw)]))) as site:
        page.goto(f"{site}/?q=Which+cat")
        page.locator(".source").first.click()
        here = page.locator(".panel mark.here")
        first = here.get_attribute("id")
        page.get_by_role("button", name="Next").click()
        expect(here).to_be_in_viewport()
        assert here.get_attribute("id") != first
        page.get_by_role("button", name="Previous").click()
        assert here.get_attribute("id") == first


def test_the_quotes_of_an_answer_are_stepped_through_from_article_to_article(
    page: Page, stage_site: str
) -> None:
    page.goto(f"{stage_site}/?q={AGREE}")
    page.locator(".source").first.click()
    here, place = page.locator(".panel mark.here"), page.locator(".panel .place")
    expect(here).to_have_text("May 3")
    expect(place).to_have_text("Quote 1 of 2")
    page.get_by_role("button", name="Next").click()
    expect(here).to_have_text("Tuesday")
    expect(place).to_have_text("Quote 2 of 2")
    expect(page.get_by_role("button", name="Next")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(here).to_have_text("May 3")
    expect(here).to_be_in_viewport()
    assert page.locator(".panel").count() == 1


def test_the_keyboard_alone_suffices(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/library")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.goto(stage_site)
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type(AGREE)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not(.waiting)")).to_have_count(1)
    page.locator("#main").focus()
    first, second = page.locator(".source").all()
    for key, focused in (("ArrowRight", first), ("ArrowRight", second), ("ArrowLeft", first)):
        page.keyboard.press(key)
        expect(focused).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Source")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".panel mark.here")).to_have_text("Tuesday")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_have_count(0)
    expect(first).to_be_focused()


def test_every_step_is_shown_and_announced_and_then_the_answer(page: Page, stage_site: str) -> None:
    page.goto(stage_site)
    page.evaluate("""() => {
      window.heard = [];
      new MutationObserver((changes) => changes.forEach(({ addedNodes }) =>
        addedNodes.forEach(({ data }) => window.heard.push(data)))
      ).observe(document.querySelector("#status"), { childList: true });
    }""")
    ask(page, AGREE)
    *steps, last = page.evaluate("window.heard")
    assert steps == ["Finding passages…", "Reading them…", "Weighing the answer…"]
    assert last.startswith("May 3")
    assert "confiden" in last.lower()
    expect(page.locator("#status")).to_have_role("status")


def test_a_question_is_shown_in_the_moment_it_is_sent(page: Page, stage_site: str) -> None:
    """Before the browser does anything else: so before a tenth of a second, however busy the service is."""
    page.goto(stage_site)
    page.route("**/ask/stream*", lambda route: None)  # an answer that never comes
    page.fill("#q", AGREE)
    shown = page.evaluate("""() => {
      document.querySelector(".composer").requestSubmit();
      const waiting = document.querySelector(".turn.waiting");
      return [waiting.querySelector(".question").textContent, waiting.checkVisibility()];
    }""")
    assert shown == [AGREE, True]


def test_nothing_jumps_when_the_answer_arrives(page: Page, stage_site: str) -> None:
    def later(route: Route) -> None:
        time.sleep(0.7)  # what moves within half a second of a key is put down to the key
        route.continue_()

    page.route("**/ask/stream*", later)
    page.goto(stage_site)
    page.evaluate("""() => {
      window.shifted = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        if (!entry.hadRecentInput) window.shifted += entry.value;
      })).observe({ type: "layout-shift" });
    }""")
    for question in (AGREE, NONE, DIFFER):
        ask(page, question)
    box = box_of(page.locator(".composer"))
    assert box["y"] + box["height"] <= page.evaluate("innerHeight")
    assert page.evaluate("window.shifted") < 0.05  # half of what web.dev calls good


def test_what_is_refused_before_anything_is_done_is_told_too(
    page: Page, serving: Serving, tmp_path: Path
) -> None:
    def missing() -> Engine:
        raise IndexMissing(tmp_path)

    with serving(create_app(missing)) as site:
        page.goto(site)
        page.fill("#q", "Who?")
        page.keyboard.press("Enter")
        failed = page.locator(".failed")
        expect(failed.get_by_role("alert")).to_contain_text("Nothing has been indexed yet")
        expect(failed.get_by_role("alert")).to_contain_text("Build one with: qa index FOLDER")
        expect(failed.get_by_role("alert")).not_to_contain_text(str(tmp_path))
        expect(page.get_by_role("alert")).to_have_count(1)


def test_a_dead_service_is_told_and_the_question_asked_again(page: Page, stage_site: str) -> None:
    page.goto(stage_site)
    page.evaluate(GONE)
    page.fill("#q", AGREE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The service did not answer")
    expect(page.locator("#q")).to_have_value(AGREE)
    page.evaluate(BACK)
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".answer")).to_have_text("May 3")
    expect(page.locator(".failed")).to_have_count(0)


def test_what_the_service_refuses_is_told_in_its_words(page: Page, serving: Serving) -> None:
    with serving(app_of(FakeEngine([], error=Overloaded(3)))) as site:
        page.goto(site)
        page.fill("#q", "Who?")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Ask again in 3 s")
        expect(page.locator("#q")).to_have_value("Who?")
