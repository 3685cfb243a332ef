"""The page as a person meets it: real engine, live server, headless Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from web_fakes import FakeEngine

from qa.engine import Engine
from qa.errors import IndexMissing, Overloaded
from qa.records import Article
from web.app import create_app

HANDED_OVER = "What did the US hand over on January 26?"
UNANSWERED = "What is the capital of Peru?"
WIDTHS = (320, 768, 1440)
SCHEMES = ("light", "dark")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must not log an error, throw, open a dialog, or ask another host for anything."""
    page = context.new_page()
    complaints, hosts = watch(page)
    yield page
    assert complaints == []
    assert all(host.startswith("127.0.0.1:") for host in hosts)


def watch(page: Page) -> tuple[list[str], set[str]]:
    complaints: list[str] = []
    hosts: set[str] = set()

    def heard(message) -> None:
        # The browser itself logs each answer with a 4xx or 5xx status; some tests ask for those.
        if message.type in ("error", "warning") and "the server responded with a status" not in message.text:
            complaints.append(message.text)

    def dialog(opened) -> None:
        complaints.append(f"dialog: {opened.message}")
        opened.dismiss()

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", dialog)
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]) if "://" in request.url else None)
    return complaints, hosts


def ask(page: Page, question: str) -> None:
    before = page.locator(".turn:not(.waiting)").count()
    page.get_by_role("combobox", name="Your question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not(.waiting)")).to_have_count(before + 1)


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
    page.goto(demo_site + source.get_attribute("href"))
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


def test_no_answer_is_said_with_its_reason(page: Page, demo_site: str) -> None:
    page.goto(demo_site)
    ask(page, UNANSWERED)
    expect(page.locator(".said")).to_contain_text("The articles do not say.")
    expect(page.locator(".reason")).not_to_be_empty()
    expect(page.get_by_text("Closest passages, which do not answer the question")).to_be_visible()


def test_a_conversation_is_sent_along_kept_on_reload_and_begun_anew(
    context: BrowserContext, page: Page, serving
) -> None:
    engine = FakeEngine([Article("a1", "f.txt", "The talks were in Vienna.", "Talks", "t")])
    with serving(create_app(engine)) as site:
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
        page.goto(site)
        expect(page.locator(".turn")).to_have_count(2)
        page.get_by_role("button", name="New conversation").click()
        expect(page.get_by_role("heading", name="What do your articles say?")).to_be_visible()
        expect(page.locator(".turn")).to_have_count(0)
        ask(page, "Talks?")
        page.goto(f"{site}/?q=Only+Vienna")
        page.goto(site)  # to have looked at another answer costs nothing
        expect(page.locator(".question")).to_have_text(["Talks?"])
        page.goto(f"{site}/?q=Only+Vienna")
        ask(page, "Or talks?")
        assert [turn.question for turn in engine.asked[-1][1]] == ["Only Vienna"]


def test_a_conversation_is_exported_with_its_citations(page: Page, demo_site: str) -> None:
    page.goto(demo_site)
    ask(page, HANDED_OVER)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as JSON").click()
    (answer,) = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert answer["question"] == HANDED_OVER
    assert answer["citations"][0]["quote"] in answer["citations"][0]["sentence"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as Markdown").click()
    text = Path(download.value.path()).read_text("utf-8")
    assert f"## {HANDED_OVER}" in text
    assert answer["citations"][0]["file"].replace("_", "\\_") in text


def test_an_answer_is_copied_with_its_citation(context: BrowserContext, page: Page, demo_site: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=demo_site)
    page.goto(demo_site)
    ask(page, HANDED_OVER)
    page.get_by_role("button", name="Copy with citation").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "written response" in copied
    assert page.locator(".citations .file").first.inner_text() in copied


def test_the_quotes_of_one_article_are_stepped_through(page: Page, serving) -> None:
    raw = "\n".join(["A cat sat."] + ["Nothing."] * 80 + ["The cat left."])
    with serving(create_app(FakeEngine([Article("a1", "f.txt", raw, "Cats", raw)]))) as site:
        page.goto(f"{site}/?q=Which+cat")
        page.locator(".source").first.click()
        here = page.locator(".panel mark.here")
        first = here.get_attribute("id")
        page.get_by_role("button", name="Next").click()
        expect(here).to_be_in_viewport()
        assert here.get_attribute("id") != first
        page.get_by_role("button", name="Previous").click()
        assert here.get_attribute("id") == first


def test_the_keyboard_alone_suffices(page: Page, demo_site: str) -> None:
    page.goto(f"{demo_site}/library")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.goto(demo_site)
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type(HANDED_OVER)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not(.waiting)")).to_have_count(1)
    page.locator("#main").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('source')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Source")).to_be_focused()


def test_a_waiting_question_is_shown_at_once_and_a_dead_service_is_told(page: Page, demo_site: str) -> None:
    page.goto(demo_site)
    page.evaluate("void (window.fetch = () => new Promise((_, fail) => setTimeout(fail, 500)))")
    page.fill("#q", HANDED_OVER)
    page.keyboard.press("Enter")
    expect(page.locator(".turn.waiting")).to_contain_text("Finding passages")
    expect(page.get_by_role("alert")).to_contain_text("The service did not answer")
    expect(page.locator("#q")).to_have_value(HANDED_OVER)


def test_what_the_service_refuses_is_told_in_its_words(page: Page, serving) -> None:
    with serving(create_app(FakeEngine([], error=Overloaded(3)))) as site:
        page.goto(site)
        page.fill("#q", "Who?")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Ask again in 3 s")
        expect(page.locator("#q")).to_have_value("Who?")


HOSTILE = (
    "<script>window.hacked=1</script><img src=x onerror='window.hacked=2'><svg onload=window.hacked=3>"
    "</script><!--<script>\"'>`\u202e<a href='javascript:window.hacked=4'>link</a><iframe src=//evil.example></iframe>"
)


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_articles_and_questions_run_nothing_and_break_nothing(
    page: Page, serving, width: int
) -> None:
    raw = f"{HOSTILE} word\n{'W' * 100_000} word\n" + "\u202e\u2066" * 50
    articles = [
        Article("a1", HOSTILE, raw, HOSTILE, raw, url="javascript:window.hacked=5", source=HOSTILE),
        Article(
            "a2",
            "b.txt",
            "word",
            "W" * 3000,
            "word",
            url="https://example.org/" + "u" * 3000,
            also_in=(HOSTILE,),
        ),
    ]
    page.set_viewport_size({"width": width, "height": 800})
    with serving(create_app(FakeEngine(articles))) as site:
        for address in ("/", "/library", "/read/a1", "/read/a2", "/?q=the+word"):
            page.goto(site + address)
            unharmed(page)
        page.goto(site)
        ask(page, f"{HOSTILE} word")
        unharmed(page)
        page.locator(".source").first.click()
        page.locator(".panel").wait_for()
        unharmed(page)
        page.reload()
        expect(page.locator(".turn")).to_have_count(1)
        unharmed(page)


def unharmed(page: Page) -> None:
    assert page.evaluate("window.hacked") is None
    assert (
        page.locator(
            "main script:not([type='application/json']), iframe, main img, a[href^=javascript]"
        ).count()
        == 0
    )
    fits(page)


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_state_fits_and_has_no_barrier(
    browser: Browser, demo_site: str, serving, tmp_path: Path, width: int
) -> None:
    def missing() -> Engine:
        raise IndexMissing(tmp_path)

    context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    complaints, hosts = watch(page)
    for address in ("/", "/?q=+", "/library", "/library?find=nothing+like+it", "/nope", "/problems"):
        page.goto(demo_site + address)
        sound(page, address)
    page.goto(f"{demo_site}/?q={UNANSWERED}")
    sound(page, "no answer")
    page.evaluate("localStorage.clear()")
    page.goto(f"{demo_site}/?q={HANDED_OVER}")
    sound(page, "answer")
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    sound(page, "answer, unfolded")
    page.locator(".source").first.click()
    page.locator(".panel").wait_for()
    sound(page, "source open")
    page.goto(demo_site + page.locator(".source").first.get_attribute("href"))
    sound(page, "article")
    page.goto(demo_site)
    page.evaluate("void (window.fetch = () => new Promise(() => {}))")
    page.fill("#q", "Who?")
    page.keyboard.press("Enter")
    sound(page, "loading")
    with serving(create_app(missing)) as site:
        page.goto(site)
        sound(page, "no index")
    assert complaints == []
    assert all(host.startswith("127.0.0.1:") for host in hosts)
    context.close()


def sound(page: Page, state: str) -> None:
    """Nothing sticks out to the side, and axe-core finds no violation of its rules.

    Rules are checked on the narrowest and the widest layout; in the dark only contrast differs.
    """
    fits(page)
    width = page.viewport_size["width"]
    checks = {320: [("light", None)], 1440: [("light", None), ("dark", {"runOnly": ["color-contrast"]})]}
    for scheme, rules in checks.get(width, []):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options=rules).response["violations"]
        assert found == [], f"{state}, {scheme}: " + "; ".join(
            f"{broken['id']}: {broken['nodes'][0]['html']}" for broken in found
        )
    page.emulate_media(color_scheme="light")


def test_the_dark_scheme_is_dark(browser: Browser, demo_site: str) -> None:
    lightness = {}
    for scheme in SCHEMES:
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(demo_site)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        lightness[scheme] = sum(int(part) for part in colour.strip("rgb()").split(","))
        context.close()
    assert lightness["dark"] < 150 < 600 < lightness["light"]


def test_motion_stops_where_it_is_not_wanted(browser: Browser, demo_site: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(demo_site)
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    context.close()


def test_on_paper_the_answer_stays_and_the_controls_go(page: Page, demo_site: str) -> None:
    page.goto(f"{demo_site}/?q={HANDED_OVER}")
    page.emulate_media(media="print")
    expect(page.locator(".answer")).to_be_visible()
    expect(page.locator(".citations mark").first).to_be_visible()
    expect(page.locator(".composer")).to_be_hidden()
    expect(page.locator(".tools")).to_be_hidden()
