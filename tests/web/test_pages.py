"""The pages as the server sends them: they do all of the work without a script."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from web_fakes import FakeEngine, app_of

from qa.errors import IndexCorrupt, IndexMissing, QAError
from qa.records import Article, Part
from web.export import markdown
from web.marks import pieces, surroundings
from web.words import confidence_words, day, percent, web_url

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e{{ 7 * 7 }}"


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    assert response.mimetype == "text/html"
    return response.get_data(as_text=True)


def words(text: str) -> str:
    """What is left to read of a page."""
    without_data = re.sub(r"<script.*?</script>", "", text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", without_data)).split())


def test_the_empty_page_says_what_is_indexed(client: FlaskClient) -> None:
    text = words(page(client, "/"))
    assert "1 article, 1 passage · indexed 21 November 2026, 20:41 UTC" in text
    assert "Talks in Vienna" in text


def test_an_answer_has_an_address_and_shows_its_evidence(client: FlaskClient) -> None:
    source = page(client, "/?q=Who+led+the+delegation+to+Vienna%3F")
    text = words(source)
    for shown in (
        "Talks in Vienna",
        "20 January 2022",
        "news/one.txt",
        "High confidence · 90 %",
        "example.org",
    ):
        assert shown in text
    assert "Talks were held in <mark>Vienna</mark>. Konstantin" in source
    link = html.unescape(found(r'class="source" href="([^"]+)"', source))
    opened = page(client, link)
    assert re.search(r'held in <mark id="at-19"[^>]*>Vienna</mark>\. Konst', opened)
    assert link.endswith("#at-19")
    assert "Back to the answer" in opened


def test_an_answer_from_a_caption_says_so_beside_its_place(
    client: FlaskClient, fake_engine: FakeEngine
) -> None:
    captioned = FakeEngine([replace(fake_engine.article("a1"), parts=(Part(0, 26, "caption"),))])
    question = "/?q=Who+led+the+delegation+to+Vienna%3F"
    assert "characters 19–25, caption" in words(page(app_of(captioned).test_client(), question))
    assert "caption" not in words(page(client, question))


def test_no_sure_answer_gives_its_reason_and_claims_no_more_of_the_passages(client: FlaskClient) -> None:
    text = words(page(client, "/?q=Where+is+Lima%3F"))
    assert "No sure answer found. Nothing in the articles is about this." in text
    assert "Closest passages, without a sure answer" in text
    assert "which do not answer" not in text


@pytest.mark.parametrize(
    ("question", "status"), [("", 400), ("%20", 400), ("%3F%21", 422), ("x" * 1001, 400)]
)
def test_a_question_that_cannot_be_asked_is_said_beside_the_box_that_still_holds_it(
    client: FlaskClient, question: str, status: int
) -> None:
    source = page(client, f"/?q={question}", status)
    assert "This question cannot be asked" in words(source)
    assert 'name="q"' in source


@pytest.mark.parametrize("error", [IndexMissing, IndexCorrupt])
def test_without_an_index_the_application_comes_up_and_says_what_to_do(
    error: type[QAError], tmp_path: Path
) -> None:
    reasons = {IndexMissing: IndexMissing(tmp_path), IndexCorrupt: IndexCorrupt(tmp_path, "it is short")}

    def opener() -> FakeEngine:
        raise reasons[error]

    client = app_of(opener).test_client()
    assert "qa index" in words(page(client, "/"))
    for address in ("/?q=Who", "/library", "/read/a1"):
        assert "qa index" in words(page(client, address, 503))
    for address in ("/ready", "/ask?q=Who", "/articles", "/articles/a1"):
        response = client.get(address)
        assert (response.status_code, response.mimetype) == (503, "application/problem+json")
        assert "qa index" in response.get_json()["detail"]


def test_an_index_that_appears_later_is_taken_up(
    tmp_path: Path, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.engine_source.RETRY_SECONDS", 0.0)
    tries = []

    def opener() -> FakeEngine:
        tries.append(1)
        if len(tries) < 3:
            raise IndexMissing(tmp_path)
        return fake_engine

    client = app_of(opener).test_client()
    assert [client.get("/ready").status_code for _ in range(4)] == [503, 503, 200, 200]
    assert len(tries) == 3


def test_hostile_text_stays_text_everywhere() -> None:
    article = Article(
        id="a1",
        path=HOSTILE,
        raw=f"{HOSTILE} word",
        title=HOSTILE,
        text=HOSTILE,
        url="javascript:alert(3)",
        source=HOSTILE,
    )
    client = app_of(FakeEngine([article])).test_client()
    sources = [
        page(client, address)
        for address in ("/", "/library", "/read/a1?mark=0-9", "/?q=a+word", "/read/a1?q=" + HOSTILE)
    ]
    sources += [page(client, "/?q=" + html.escape(HOSTILE).replace("&", "%26"))]
    streamed = client.post("/ask/stream?html=true", json={"question": f"{HOSTILE} word"}).get_data(
        as_text=True
    )
    sources.append(json.loads(streamed.rpartition("data: ")[2])["html"])
    for source in sources:
        assert "<script>alert" not in source
        assert "<img src=x" not in source
        assert 'href="javascript:' not in source
        assert "49" not in words(source)


def test_every_response_carries_the_policy(client: FlaskClient) -> None:
    for address in ("/", "/?q=", "/nope", "/ask", "/ready", "/static/base.css", "/openapi.json"):
        with client.get(address) as response:
            headers = response.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "http" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_pages_name_no_other_host_and_hold_no_inline_code(client: FlaskClient) -> None:
    for address in ("/", "/?q=to+Vienna", "/?q=Lima", "/library", "/read/a1", "/nope", "/problems"):
        source = client.get(address, headers={"Accept": "text/html"}).get_data(as_text=True)
        assert not re.findall(r'\s(?:src|action)="(?!/)', source)
        assert set(re.findall(r'href="(https?://[^/"]+)', source)) <= {"https://example.org"}
        assert not re.search(r"<style|\sstyle=|\son\w+=", source)
        for kind in re.findall(r"<script([^>]*)>", source):
            assert "src=" in kind or 'type="application/json"' in kind


def test_links_to_a_source_on_the_web_give_nothing_away(client: FlaskClient) -> None:
    for link in re.findall(
        r'<a [^>]*href="https?:[^>]*>', page(client, "/?q=to+Vienna") + page(client, "/read/a1")
    ):
        assert 'rel="noopener noreferrer"' in link


def test_assets_are_kept_until_they_change(client: FlaskClient) -> None:
    source = page(client, "/")
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', source)
    assert addresses
    for address in addresses:
        with client.get(address) as response:
            assert response.status_code == 200
            assert "immutable" in response.headers["Cache-Control"]
    with client.get("/static/turn.js") as response:
        assert "immutable" not in response.headers["Cache-Control"]


def found(pattern: str, text: str) -> str:
    """What the pattern's group holds where it first stands in the text."""
    match = re.search(pattern, text)
    assert match is not None, pattern
    return match[1]


def test_a_browser_is_told_how_to_ask_from_its_address_bar(client: FlaskClient) -> None:
    address = found(r'rel="search"[^>]*href="([^"]+)"', page(client, "/"))
    response = client.get(address, base_url="http://localhost:8000")
    assert response.mimetype == "application/opensearchdescription+xml"
    url = ElementTree.fromstring(response.get_data()).find("{*}Url")
    template = "" if url is None else url.get("template", "")
    assert template == "http://localhost:8000/?q={searchTerms}"
    assert "Vienna" in page(
        client, template.removeprefix("http://localhost:8000").replace("{searchTerms}", "To+Vienna")
    )


def test_the_list_is_filtered_and_paged() -> None:
    articles = [Article(str(n), f"{n:03}.txt", "Text", f"Number {n}", "Text") for n in range(120)]
    client = app_of(FakeEngine(articles)).test_client()
    assert "Page 1 of 3" in words(page(client, "/library"))
    assert "Number 119" in words(page(client, "/library?page=3"))
    assert "1 article with “number 77”" in words(page(client, "/library?find=number+77"))
    page(client, "/library?page=4", 404)
    page(client, "/library?page=x", 400)


def test_marks_that_make_no_sense_are_refused_and_lost_ones_are_said(client: FlaskClient) -> None:
    for mark in ("5", "9-2", "3-3", "-1-4", "a-b", "1-9999999999"):
        page(client, f"/read/a1?mark={mark}", 400)
    page(client, "/read/a1?" + "mark=0-1&" * 51, 400)
    assert "behind the end of this article" in words(page(client, "/read/a1?mark=0-99999"))
    page(client, "/read/nope", 404)


def test_an_article_shows_all_that_is_known_of_it(client: FlaskClient) -> None:
    text = words(page(client, "/read/a1"))
    for shown in (
        "Talks in Vienna",
        "20 January 2022",
        "Example News",
        "example.org",
        "news/one.txt",
        "copies/one.txt",
    ):
        assert shown in text


@given(
    text=st.text(max_size=60), marks=st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=6)
)
def test_marked_pieces_join_to_the_text_and_cover_exactly_the_marks(
    text: str, marks: list[tuple[int, int]]
) -> None:
    found = pieces(text, marks)
    assert "".join(piece.text for piece in found) == text
    assert all(text[piece.start : piece.start + len(piece.text)] == piece.text != "" for piece in found)
    marked = {at for p in found if p.marked for at in range(p.start, p.start + len(p.text))}
    assert marked == {at for start, end in marks for at in range(start, min(end, len(text)))}
    starts = {piece.start for piece in found if piece.marked}
    assert starts >= {start for start, end in marks if start < min(end, len(text))}


@given(
    text=st.text("ab \n", max_size=60),
    start=st.integers(0, 60),
    length=st.integers(0, 60),
    chars=st.integers(0, 20),
)
def test_surroundings_are_short_and_from_beside_the_quote(
    text: str, start: int, length: int, chars: int
) -> None:
    end = min(len(text), start + length)
    before, after = surroundings(text, min(start, len(text)), end, chars)
    assert len(before) <= chars + 1 and len(after) <= chars + 1

    def squeeze(value: str) -> str:
        return re.sub(r"\s+", "", value.strip("…"))

    assert re.sub(r"\s+", "", text[:start]).endswith(squeeze(before))
    assert re.sub(r"\s+", "", text[end:]).startswith(squeeze(after))


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a?b=1#c", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        (" https://example.org", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.org", False),
        ("https://", False),
        ("https://[bad", False),
        ("", False),
        (None, False),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str | None, linked: bool) -> None:
    assert (web_url(url) == url) is (linked or url is None)
    assert linked or web_url(url) is None


def test_confidence_in_words_agrees_with_the_number() -> None:
    said = [(confidence_words(c), percent(c)) for c in (1.0, 0.85, 0.846, 0.844, 0.6, 0.35, 0.002, 0.0)]
    assert said == [
        ("High confidence", "99 %"),
        ("High confidence", "85 %"),
        ("High confidence", "85 %"),
        ("Fairly confident", "84 %"),
        ("Fairly confident", "60 %"),
        ("Uncertain", "35 %"),
        ("Very uncertain", "1 %"),
        ("Very uncertain", "0 %"),
    ]
    assert day(None) == ""


def test_an_exported_turn_keeps_markdown_in_articles_from_being_markup() -> None:
    engine = FakeEngine([Article("a1", "f.txt", "# Not <b>a</b> [link](javascript:x) word", "*T*", "t")])
    text = markdown(engine.ask("word"))
    assert "\\# Not \\<b\\>a\\</b\\> \\[link\\](javascript:x) word" in text
    assert "**word**" in text
    assert "\\*T\\*, f.txt, characters 36–40" in text


def test_the_list_of_articles_tells_what_the_last_build_read_and_refused(fake_engine: FakeEngine) -> None:
    refused = {"path": "<b>.txt", "reason": "It is empty."}
    warned = {"path": "scan.pdf", "warning": "pages 2–3 of 4: a picture without <text>"}
    report = {"files_read": 7, "duplicates": 2, "rejected": [refused], "warnings": [warned]}
    fake_engine.manifest = replace(fake_engine.manifest, report=report)
    source = page(app_of(fake_engine).test_client(), "/library")
    text = words(source.replace("</th>", "</th> "))
    assert "Files read 7" in text
    assert "Copies of other articles 2" in text
    assert "Rejected 1" in text
    assert "&lt;b&gt;.txt" in source
    assert "It is empty." in text
    assert "Not wholly read 1" in text
    assert "pages 2–3 of 4: a picture without &lt;text&gt;" in source


def test_an_answer_over_articles_in_another_language_says_so(
    fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = fake_engine.ask
    told = "Most of the closest passages look German: the reader answers in English."
    monkeypatch.setattr(
        fake_engine, "ask", lambda *given, **named: replace(ask(*given, **named), notice=told)
    )
    assert told in words(page(app_of(fake_engine).test_client(), "/?q=harbour"))
