"""Steps of a web page on the page: the numbers stand before them, though they are no text of the source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WordEncoder
from playwright.sync_api import Page, expect
from web_browsing import box_of
from web_fakes import Serving
from web_stage import StageReader

from qa.answer.decide.confidence import ConfidenceModel
from qa.engine import Engine
from qa.upkeep.index import index
from web.app import create_app

KETTLE = """<html><head><title>The kettle</title></head><body><article><h1>The kettle</h1>
<p>The kettle of the canteen gathers lime, since the water of the town is among the hardest of the county.</p>
<p>How to descale the kettle:</p><ol start=9><li>Empty the tank of the kettle and take out the filter.</li>
<li>Fill the kettle with one of these and wait for an hour.<ul><li>Vinegar with two parts of water.</li>
<li>Lemon juice with one part of water.</li></ul></li><li>Rinse the kettle three times with cold water.</li></ol>
<p>The caretaker does it on the first Monday of each month, and keeps a list of it beside the door.</p>
</article></body></html>"""


@pytest.fixture
def site(tmp_path: Path, serving: Serving) -> Iterator[str]:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "kettle.html").write_text(KETTLE)
    encoder = WordEncoder()
    index([tmp_path / "in"], tmp_path / "data", encoder=encoder)
    confidence = ConfidenceModel.of_margin(4.0, 0.4)
    engine = Engine.open(tmp_path / "data", encoder=encoder, reader=StageReader(), confidence=confidence)
    with serving(create_app(engine)) as address:
        yield address


@pytest.mark.parametrize("width", [320, 1200])
def test_steps_have_the_numbers_of_their_page_and_those_in_a_step_stand_below_it(
    page: Page, site: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/?q=How do I descale the kettle?")
    expect(page.locator(".quotes .marker")).to_have_text(["9.", "10.", "•", "•", "11."])
    items = page.locator(".quotes .item")
    expect(items.nth(0)).to_have_text("9. Empty the tank of the kettle and take out the filter.")
    left = [box_of(text)["x"] for text in items.locator("span:not(.marker)").all()]
    assert left[0] < left[2] == left[3]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_clipped_list_keeps_its_numbers(page: Page, site: str) -> None:
    page.goto(f"{site}/?q=How do I descale the kettle?")
    listed = page.locator(".quotes > ol > li").filter(has=page.locator(".marker"))
    listed.get_by_role("button", name="Clip").click()
    page.goto(f"{site}/clippings")
    expect(page.locator("blockquote")).to_contain_text("10. Fill the kettle")
