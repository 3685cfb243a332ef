"""Rows of tables on the page: their header stands before them, and no cell runs into the next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import PhraseReader, WordEncoder
from playwright.sync_api import Page, expect
from web_browsing import box_of
from web_fakes import Serving

from qa.answer.decide.confidence import ConfidenceModel
from qa.engine import Engine
from qa.upkeep.index import index
from web.app import create_app

ROOMS = """<html><head><title>Rooms</title></head><body><article><h1>Rooms</h1>
<p>The town lends three rooms of the old granary to its clubs, for one evening at a time.</p>
<table><tr><th>Room<th>Seats<th>Price of an evening<th>Heated</tr>
<tr><td>Hall<td>240<td>90 crowns<td>yes</tr><tr><td>Attic<td><td>35 crowns<td><b>no</b> &amp; never was</tr></table>
<p>Whoever wants one writes to the caretaker, who keeps the book in which every evening has a line.</p>
</article></body></html>"""
HEADER, ATTIC = "Room | Seats | Price of an evening | Heated", "Attic | | 35 crowns | no & never was"


@pytest.fixture
def site(tmp_path: Path, serving: Serving) -> Iterator[str]:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "rooms.html").write_text(ROOMS)
    encoder = WordEncoder()
    index([tmp_path / "in"], tmp_path / "data", encoder=encoder)
    confidence, reader = ConfidenceModel.of_margin(4.0, 0.4), PhraseReader("35 crowns", 0.9)
    engine = Engine.open(tmp_path / "data", encoder=encoder, reader=reader, confidence=confidence)
    with serving(create_app(engine)) as address:
        yield address


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_an_answer_from_a_row_stands_in_its_row_below_the_header(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/?q=What does the attic cost?")
    quote = page.locator(".citations blockquote")
    expect(quote.locator(".header")).to_have_text(HEADER)
    expect(quote).to_have_text(f"{HEADER}{ATTIC}")
    expect(quote.locator("mark")).to_have_text("35 crowns")
    header, mark = box_of(quote.locator(".header")), box_of(quote.locator("mark"))
    assert header["y"] + header["height"] <= mark["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_a_quoted_row_stands_below_its_header_and_is_clipped_with_it(
    page: Page, site: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/?q=What about the attic?")
    row = page.locator(".quotes li").filter(has_text="Attic")
    expect(row.locator(".header")).to_have_text(HEADER)
    expect(row.locator("blockquote p").last).to_have_text(ATTIC)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    row.get_by_role("button", name="Clip").click()
    page.goto(f"{site}/clippings")
    expect(page.locator("blockquote")).to_have_text(f"{HEADER}\n{ATTIC}")
