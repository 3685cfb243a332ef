"""Every state of the page: it fits, has no barriers, harms nobody, and suits screen, darkness, calm and paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from web_browsing import BACK, GONE, address_of, ask, sound, unharmed
from web_fakes import FakeEngine, Serving, app_of
from web_stage import AGREE, ATTACK, DIFFER, EVIDENCE, GUESS, HOSTILE, LIST, MARKET, MAYOR, NONE, QUOTES

from qa.engine import Engine
from qa.errors import IndexMissing
from qa.records import Alternative, Answer, Article, Derived
from web.app import create_app


def test_every_state_of_an_answer_fits_and_has_no_barrier(sized: Page, stage_site: str) -> None:
    page = sized
    for state, question in (
        ("differ", DIFFER),
        ("list", LIST),
        ("evidence", EVIDENCE),
        ("guess", GUESS),
        ("quotes", QUOTES),
        ("no answer", NONE),
    ):
        page.goto(f"{stage_site}/?q={question}")
        sound(page, state)
    page.goto(f"{stage_site}/?q={AGREE}&published_after=2022-01-01&source=Coast+Radio")
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    sound(page, "answer, all unfolded, filtered")
    page.locator(".source").first.click()
    page.locator(".panel mark.here").wait_for()
    sound(page, "source open")


def test_every_state_of_a_conversation_fits_and_has_no_barrier(sized: Page, stage_site: str) -> None:
    page = sized
    page.goto(stage_site)
    sound(page, "empty")
    ask(page, MAYOR)
    ask(page, "When did she meet reporters?")
    page.locator(".understood summary").click()
    sound(page, "conversation")
    page.evaluate(GONE)
    page.fill("#q", MARKET)
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    sound(page, "dead service")
    page.evaluate(BACK)
    page.route("**/ask/stream*", lambda route: None)
    page.keyboard.press("Enter")
    page.locator(".waiting").wait_for()
    sound(page, "loading")


def test_every_other_page_fits_and_has_no_barrier(
    sized: Page, stage_site: str, serving: Serving, tmp_path: Path
) -> None:
    def missing() -> Engine:
        raise IndexMissing(tmp_path)

    page = sized
    wrong = f"/?q={MARKET}&published_after=2023-01-01&published_before=2022-01-01"
    for address in ("/?q=+", wrong, "/library", "/library?find=nothing+like+it", "/nope", "/problems"):
        page.goto(stage_site + address)
        sound(page, address)
    page.goto(f"{stage_site}/?q={AGREE}")
    page.goto(stage_site + address_of(page.locator(".source").first))
    sound(page, "article")
    with serving(create_app(missing)) as site:
        page.goto(site)
        sound(page, "no index")


def test_a_hostile_article_runs_nothing_and_breaks_nothing(sized: Page, stage_site: str) -> None:
    page = sized
    page.goto(stage_site)
    ask(page, ATTACK)
    for details in page.locator("details").all():
        details.evaluate("element => element.open = true")
    unharmed(page)
    page.locator(".source").first.click()
    page.locator(".panel mark.here").wait_for()
    unharmed(page)
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)
    unharmed(page)
    for address in ("/library", address_of(page.locator(".source").first)):
        page.goto(stage_site + address)
        unharmed(page)


class Mallory(FakeEngine):
    """Everything that an answer may hold is hostile, what the pipeline would never let through too."""

    def ask(self, question: str, *rest: Any, **options: Any) -> Answer:
        answer = super().ask(question, *rest, **options)
        cited = tuple(
            replace(cited, derived=(Derived(HOSTILE, date(2022, 5, 3)),)) for cited in answer.citations
        )
        return replace(
            answer,
            question=f"{question} {HOSTILE}",
            understood=f"{answer.understood} {HOSTILE}",
            reason=None if cited else HOSTILE,
            citations=cited,
            alternatives=(Alternative(HOSTILE, 0.5, cited[-1:]),) if "differ" in question else (),
            reader=HOSTILE,
        )


def test_hostile_answers_and_questions_run_nothing_and_break_nothing(sized: Page, serving: Serving) -> None:
    page = sized
    raw = f"{HOSTILE} word\n{'W' * 100_000} word\n" + "\u202e\u2066" * 50
    articles = [
        Article("a1", HOSTILE, raw, HOSTILE, raw, url="javascript:window.hacked=5", source=HOSTILE),
        Article(
            "a2",
            "b.txt",
            "word",
            "W" * 3000,
            "word",
            url="https://a.example/" + "u" * 3000,
            also_in=(HOSTILE,),
        ),
    ]
    with serving(app_of(Mallory(articles))) as site:
        for address in ("/", "/library", "/read/a1", "/read/a2", "/?q=they+differ+word", "/?q=none"):
            page.goto(f"{site}{address}{'&' if '?' in address else '?'}source={HOSTILE}")
            unharmed(page)
        page.goto(site)
        ask(page, f"{HOSTILE} word")
        unharmed(page)
        page.locator(".source").first.click()
        page.locator(".panel").wait_for()
        page.reload()
        expect(page.locator(".turn")).to_have_count(1)
        unharmed(page)


def test_the_dark_scheme_is_dark(page: Page, stage_site: str) -> None:
    page.goto(stage_site)
    lightness = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        lightness[scheme] = sum(int(part) for part in colour.strip("rgb()").split(","))
    assert lightness["dark"] < 150 < 600 < lightness["light"]


def test_motion_stops_where_it_is_not_wanted(page: Page, stage_site: str) -> None:
    page.goto(stage_site)
    page.route("**/ask/stream*", lambda route: None)
    page.fill("#q", AGREE)
    page.keyboard.press("Enter")
    moving = "getComputedStyle(document.querySelector('.steps'), '::after').animationName"
    assert page.evaluate(moving) == "passing"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moving) == "none"
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_on_paper_the_answer_stays_and_the_controls_go(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q={DIFFER}")
    page.emulate_media(media="print")
    for kept in (".version .answer", ".citations mark", ".dated time"):
        expect(page.locator(kept).first).to_be_visible()
    for gone in (".composer", ".tools", ".top nav", ".why", ".facts a"):
        expect(page.locator(gone)).to_be_hidden()
