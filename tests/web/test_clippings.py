"""Quotes are clipped, noted on, removed and brought back, and exported in what citation programs read."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect
from web_browsing import sound, unharmed
from web_fakes import FakeEngine, Serving, app_of
from web_stage import AGREE, HOSTILE, MARKET

from qa.records import Article


def exported(page: Page, name: str) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_bytes().decode("utf-8")


def test_a_quote_is_clipped_noted_on_removed_and_brought_back(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/clippings")
    expect(page.get_by_text("There are none yet")).to_be_visible()
    page.goto(f"{stage_site}/?q={MARKET}")
    page.get_by_role("button", name="Clip").click()
    expect(page.get_by_role("button", name="Clipped")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.get_by_role("button", name="Clipped")).to_be_visible()
    page.get_by_role("link", name="Clippings").click()
    expect(page.locator(".clippings blockquote")).to_contain_text("at eight")
    page.get_by_label("Note").fill("For the guide.")
    page.reload()
    expect(page.get_by_label("Note")).to_have_value("For the guide.")
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".clippings li")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Note")).to_have_value("For the guide.")
    page.locator(".clippings a").click()
    expect(page.locator("mark:target")).to_be_in_viewport()


def test_clippings_are_exported_as_markdown_bibtex_ris_and_csl(page: Page, stage_site: str) -> None:
    for question in (MARKET, AGREE):
        page.goto(f"{stage_site}/?q={question}")
        for button in page.locator("[data-action=clip]").all():
            button.click()
    page.goto(f"{stage_site}/clippings")
    page.get_by_label("Note").last.fill("100 % sure & {more}")
    assert "## Market moves" in exported(page, "Markdown")
    bibtex = exported(page, "BibTeX")
    assert bibtex.count("@misc{verbatim-") == 3
    assert "title = {{Market moves}}" in bibtex
    assert "date = {2023-01-11}" in bibtex
    assert "100 \\% sure \\& \\{more\\}" in bibtex
    ris = exported(page, "RIS").split("\r\n")
    assert ris[0] == "TY  - GEN"
    assert {"TI  - Market moves", "PY  - 2023", "DA  - 2023/01/11", "ER  - "} <= set(ris)
    csl = {entry["title"]: entry for entry in json.loads(exported(page, "CSL-JSON"))}
    assert csl["Market moves"]["issued"] == {"date-parts": [[2023, 1, 11]]}
    assert "characters" in csl["Market moves"]["note"]


def test_the_page_of_clippings_fits_has_no_barrier_and_harms_nobody(sized: Page, serving: Serving) -> None:
    page = sized
    article = Article("a1", HOSTILE, f"{HOSTILE} word", HOSTILE, f"{HOSTILE} word", source=HOSTILE)
    with serving(app_of(FakeEngine([article]))) as site:
        page.goto(f"{site}/clippings")
        sound(page, "no clippings")
        page.goto(f"{site}/?q=Which+word")
        page.get_by_role("button", name="Clip").first.click()
        page.goto(f"{site}/clippings")
        expect(page.locator(".clippings li")).to_have_count(1)
        unharmed(page)
        sound(page, "clippings")


def test_a_quote_among_others_is_clipped_with_its_source(page: Page, stage_site: str) -> None:
    page.goto(f"{stage_site}/?q=What about the stalls of the market?")
    clips = page.locator(".quotes [data-action=clip]").all()
    kept = [json.loads(clip.get_attribute("data-clip") or "{}") for clip in clips]
    assert ("town/market.txt", "Harbour Post") in {(one["file"], one["source"]) for one in kept}
