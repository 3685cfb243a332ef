"""The source as it is: its own headings and tables, a PDF's page, with the quote marked; and nothing of it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from fakes import WordEncoder
from hypothesis import given
from hypothesis import strategies as st
from ingest.making import docx_of, pdf_of
from playwright.sync_api import Page, expect
from web_browsing import box_of, sound, unharmed
from web_fakes import Serving
from web_stage import HOSTILE, StageReader

from qa.answer.decide.confidence import ConfidenceModel
from qa.engine import Engine
from qa.ingest.apart import Limits, done_apart
from qa.records import Article
from qa.upkeep.index import index
from web.app import create_app
from web.view.as_is import as_is
from web.view.finding import Folded, Quote, quotes
from web.view.marked import shown
from web.view.pdf import pdf_page
from web.words import flowed, text_fragment

PAGE = f"""<html><head><title>Market moves</title></head><body><nav>Home About <a href="/x">Shop</a></nav>
<article><h1>Market moves</h1><p>The stalls of the <b>old market</b> open <i>at eight</i> on the harbour front,
the council said on Monday after a long debate about noise and rubbish in the streets around it.</p>
<h2>Prices</h2><table><tr><th>Stall</th><th>Fee</th></tr><tr><td>Fish</td><td>12 crowns</td></tr></table>
<p>Traders had asked for an earlier hour, because most of their customers come before work and leave early.</p>
<p>{HOSTILE}</p></article><footer>Imprint</footer></body></html>"""
MARKDOWN = f"""---
title: Rules of the market
---
# Rules of the market

The stalls of the market open **at *eight*** on Sundays, and guests are welcome at any time of the day.

1. Bring a table.
2. Pay the fee of twelve crowns.

{HOSTILE}
"""
WORD = (
    '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Winter market</w:t></w:r></w:p>'
    '<w:p><w:r><w:t xml:space="preserve">In winter the stalls of the market open </w:t></w:r>'
    "<w:r><w:rPr><w:b/></w:rPr><w:t>at eight</w:t></w:r>"
    '<w:r><w:t xml:space="preserve"> and close when it gets dark over the harbour.</w:t></w:r></w:p>'
)
ASKED = "When do the stalls of the market open?"


@pytest.fixture(scope="module")
def formats(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("formats")
    (folder / "in").mkdir()
    files = {
        "market.html": PAGE.encode(),
        "rules.md": MARKDOWN.encode(),
        "winter.docx": docx_of(WORD),
        "summer.pdf": pdf_of(["Nothing is said here.", "In summer the stalls of the market open at eight."]),
    }
    for name, data in files.items():
        (folder / "in" / name).write_bytes(data)
    encoder = WordEncoder()
    index([folder / "in"], folder / "data", encoder=encoder)
    confidence = ConfidenceModel.of_margin(4.0, 0.4)
    return Engine.open(folder / "data", encoder=encoder, reader=StageReader(), confidence=confidence)


@pytest.fixture(scope="module")
def site(formats: Engine, serving: Serving) -> Iterator[str]:
    with serving(create_app(formats)) as address:
        yield address


def of(engine: Engine, file: str) -> Article:
    return engine.article(next(info.id for info in engine.articles() if info.path == file))


def read_address(engine: Engine, file: str, text: str = "at eight") -> str:
    article = of(engine, file)
    at = article.text.index(text)
    start, end = article.alignment.to_raw(at, at + len(text))
    return f"/read/{article.id}?mark={start}-{end}"


@pytest.mark.parametrize(
    ("file", "kept", "gone"),
    [
        ("market.html", ("h2", "th", "i"), "Imprint"),
        ("rules.md", ("h1", "ol li", "em"), "title:"),
        ("winter.docx", ("h1", "strong"), "Heading1"),
    ],
)
def test_markup_is_shown_as_it_is_with_the_quote_marked_and_nothing_runs(
    sized: Page, formats: Engine, site: str, file: str, kept: tuple[str, ...], gone: str
) -> None:
    page = sized
    page.goto(site + read_address(formats, file))
    for selector in kept:
        expect(page.locator(f".as-is {selector}").first).to_be_visible()
    assert "".join(page.locator(".as-is mark").all_inner_texts()) == "at eight"
    assert gone not in page.locator(".as-is").inner_text()
    unharmed(page)
    sound(page, file)
    page.get_by_role("link", name="As text").click()
    expect(page.locator(".raw mark")).to_be_in_viewport()
    page.get_by_role("link", name="As it is").click()
    expect(page.locator(".as-is mark").first).to_be_in_viewport()


def test_a_pdf_is_shown_as_its_page_with_a_box_over_the_quote(
    sized: Page, formats: Engine, site: str
) -> None:
    page = sized
    page.goto(site + read_address(formats, "summer.pdf"))
    expect(page.get_by_role("img", name="Page 2 of 2")).to_be_visible()
    assert page.locator(".pdf-page rect").count() == 1
    picture, box = box_of(page.locator(".pdf-page svg")), box_of(page.locator(".pdf-page rect"))
    assert picture["x"] < box["x"] and box["x"] + box["width"] < picture["x"] + picture["width"]
    assert 2 < box["width"] / box["height"] < 8  # eight letters of one line
    expect(page.get_by_role("link", name="Open the original")).to_have_attribute(
        "href", re.compile("#page=2$")
    )
    sound(page, "page of a PDF")


def test_the_source_beside_the_answer_is_the_real_one_and_its_text_one_click_away(
    page: Page, formats: Engine, site: str
) -> None:
    page.goto(f"{site}/?q={ASKED}")
    sources = page.locator(".source")
    names = sources.locator("xpath=ancestor::figcaption").all_inner_texts()
    sources.nth(next(at for at, text in enumerate(names) if "market.html" in text)).click()
    panel = page.get_by_role("region", name="Source")
    expect(panel.locator(".as-is mark")).to_have_text("at eight")
    expect(panel.locator(".what")).to_contain_text("Market moves")
    panel.get_by_role("link", name="As text").click()
    expect(panel.locator(".raw mark.here")).to_have_text("at eight")
    unharmed(page)


def test_the_original_is_served_so_that_nothing_of_it_can_run(formats: Engine) -> None:
    client = create_app(formats).test_client()
    kinds = {
        "market.html": ("application/octet-stream", "attachment"),
        "winter.docx": ("application/octet-stream", "attachment"),
        "rules.md": ("text/plain", "inline"),
        "summer.pdf": ("application/pdf", "inline"),
    }
    for file, (kind, how) in kinds.items():
        with client.get(f"/source/{of(formats, file).id}/file") as response:
            assert response.status_code == 200
            assert response.mimetype == kind
            assert response.headers.get("Content-Disposition", "inline").startswith(how)
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    for address in (
        "/source/nope/file",
        "/source/../file",
        f"/source/{of(formats, 'rules.md').id}/page/1.png",
    ):
        assert client.get(address).status_code == 404
    assert client.get(f"/source/{of(formats, 'summer.pdf').id}/page/3.png").status_code == 404


def test_a_file_that_has_changed_since_is_not_shown_in_its_place(formats: Engine) -> None:
    client = create_app(formats).test_client()
    article = of(formats, "rules.md")
    file = formats.original(article.id)
    before = file.read_bytes()
    try:
        file.write_bytes(before + b"\nAnother line.")
        text = client.get(f"/read/{article.id}").get_data(as_text=True)
        assert "has changed since it was indexed" in text
        assert 'class="raw' in text
        file.unlink()
        assert client.get(f"/source/{article.id}/file").status_code == 404
    finally:
        file.write_bytes(before)


def test_of_several_places_with_the_same_words_the_one_with_the_likest_surroundings_is_marked() -> None:
    markup = "<p>In May it was <b>ten</b> degrees.</p><p>In June it was <b>ten</b> crowns.</p>"
    found = shown(markup, [Quote(40, "ten", "In June it was ", " crowns.")], "")
    assert found == (
        "<div><p>In May it was <b>ten</b> degrees.</p>"
        '<p>In June it was <b><mark id="at-40" tabindex="-1">ten</mark></b> crowns.</p></div>'
    )


def test_what_is_not_in_the_markup_is_not_marked_and_menus_go_unless_the_quote_is_in_them() -> None:
    assert shown("<p>Ten.</p>", [Quote(0, "eleven", "", "")], "Ten.") is None
    inside = shown("<nav>Opening hours: nine</nav><p>Ten.</p>", [Quote(0, "nine", "", "")], "Ten.")
    assert inside is not None and "<mark" in inside


@given(st.text(max_size=200), st.text(max_size=40))
def test_whatever_is_shown_holds_only_what_was_let_pass(markup: str, quoted: str) -> None:
    found = shown(
        f"<p>{markup}</p><script>x</script>", [Quote(0, quoted, "", "")] if quoted.strip() else [], ""
    )
    for attack in ("<script", "<img", "<svg", "onerror=", "javascript:", "style="):
        assert found is None or attack not in re.sub(r"&lt;[^<]*", "", found.casefold())


@given(
    before=st.text(max_size=20), exact=st.text("abcé ﬁ1", min_size=1, max_size=12), after=st.text(max_size=20)
)
def test_a_quote_is_found_in_the_text_that_it_was_cut_from(before: str, exact: str, after: str) -> None:
    place = Folded([before, exact, after]).find(Quote(0, exact, before, after))
    if not any(char.isalnum() for char in exact):
        assert place is None
    else:
        assert place is not None
        (first, start), (last, end) = place
        pieces = [before, exact, after]
        text = "".join(pieces)
        at = [sum(map(len, pieces[:number])) for number in range(3)]
        cut = text[at[first] + start : at[last] + end + 1]
        assert Folded([cut]).text == Folded([exact]).text


def test_what_takes_too_long_to_show_is_given_up_once_and_the_next_file_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """200,000 attributes would take minutes, in which the process that answers could do nothing else."""
    text, tries = "The ferry crosses the river at night.", []
    slow, quick = tmp_path / "slow.html", tmp_path / "quick.html"
    slow.write_text(f"<p {' '.join(f'a{n}=1' for n in range(200_000))}>{text}</p>")
    quick.write_text(f"<p>{text}</p>")
    monkeypatch.setattr("web.view.as_is.LIMITS", Limits(seconds=5.0, memory_mib=2048))

    def counted(*asked: Any, limits: Limits) -> Iterator[Any]:
        tries.append(asked)
        return done_apart(*asked, limits=limits)

    monkeypatch.setattr("web.view.as_is.done_apart", counted)
    ferry = [Quote(4, "ferry", "The ", " crosses")]
    assert [as_is(slow, ferry, text) for _ in range(2)] == [None, None]
    assert len(tries) == 1
    assert "<mark" in (as_is(quick, ferry, text) or "")


def test_quotes_are_told_in_the_words_that_the_article_was_cleaned_to(formats: Engine) -> None:
    article = of(formats, "rules.md")
    at = article.text.index("at eight")
    (quote,) = quotes(article, [article.alignment.to_raw(at, at + 8)])
    assert (quote.exact, quote.after[:11]) == ("at eight", " on Sundays")


def test_a_page_of_a_pdf_tells_where_its_characters_stand(formats: Engine) -> None:
    drawn = pdf_page(formats.original(of(formats, "summer.pdf").id), 2)
    assert drawn.png.startswith(b"\x89PNG")
    (box,) = drawn.boxes(Quote(0, "stalls of the market", "In summer the ", " open"))
    left, top, width, height = box
    assert 0 < left < left + width < drawn.width and 0 < top < top + height < drawn.height
    assert drawn.boxes(Quote(0, "nowhere", "", "")) == []


def test_a_place_in_a_pdf_is_told_as_page_and_box(formats: Engine) -> None:
    client, article = create_app(formats).test_client(), of(formats, "summer.pdf")
    start = article.raw.index("at eight")
    place = {"start": start, "end": start + len("at eight")}
    told = client.get(f"/articles/{article.id}/selectors", query_string=place).get_json()["selectors"]
    assert [one["type"] for one in told] == ["TextQuoteSelector", "FragmentSelector", "FragmentSelector"]
    assert (told[0]["exact"], told[1]["value"]) == ("at eight", "page=2")
    box = re.fullmatch(r"page=(\d+)&viewrect=([\d.]+),([\d.]+),([\d.]+),([\d.]+)", told[2]["value"])
    assert box is not None
    number, left, top, width, height = map(float, box.groups())
    # What the box holds, read by itself.
    with pypdfium2.PdfDocument(formats.original(article.id)) as document:
        page = document[int(number) - 1]
        down = page.get_height()
        held = page.get_textpage().get_text_bounded(
            left - 1, down - top - height - 1, left + width + 1, down - top + 1
        )
    assert held.strip() == "at eight"
    market = of(formats, "market.html")
    at = market.text.index("at eight")
    start, end = market.alignment.to_raw(at, at + 8)
    told = client.get(
        f"/articles/{market.id}/selectors", query_string={"start": start, "end": end}
    ).get_json()
    assert [one["type"] for one in told["selectors"]] == ["TextQuoteSelector", "TextPositionSelector"]


@pytest.mark.parametrize(("start", "end"), [(0, 10**6), (5, 5), (9, 2)])
def test_a_place_that_is_none_is_refused(formats: Engine, start: int, end: int) -> None:
    client, article = create_app(formats).test_client(), of(formats, "summer.pdf")
    told = client.get(f"/articles/{article.id}/selectors", query_string={"start": start, "end": end})
    assert (told.status_code, told.mimetype) == (400, "application/problem+json")
    assert "no place in this article" in told.get_json()["detail"]


def test_a_quote_is_linked_to_on_the_web_by_its_words() -> None:
    assert (
        text_fragment("https://a.example/x#y", "at eight, co-op")
        == "https://a.example/x#:~:text=at%20eight%2C%20co%2Dop"
    )
    long = " ".join(f"w{n}" for n in range(12))
    assert text_fragment("https://a.example/", long).endswith(
        "#:~:text=w0%20w1%20w2%20w3%20w4,w7%20w8%20w9%20w10%20w11"
    )


def test_lines_that_a_page_broke_are_joined_and_paragraphs_are_not() -> None:
    assert flowed("One\nline.\n\nAnother\none.") == "One line.\n\nAnother one."
