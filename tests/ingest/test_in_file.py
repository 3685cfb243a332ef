"""A quote of a page stands in the page's source where its selector says."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest.making import page
from ingest.placing import Placed, seen, told

from qa.answer.tell.selectors import selectors
from qa.ingest.collect import collect
from qa.ingest.decode import decode
from qa.ingest.document import Unreadable
from qa.ingest.html import read_html
from qa.ingest.in_file import _rising, in_file
from qa.records import Alignment, Article

MESSY = sorted((Path(__file__).parent / "messy").glob("*.html"))


def test_the_place_of_a_word_in_a_pages_source_by_hand() -> None:
    source = "<p>Caf&eacute; <b>Vien</b>na&nbsp;  opens</p><p>At&#32;8</p>"
    aligned = in_file(source, ["Café Vienna opens", "At 8"], [True, True])

    def of(start: int, end: int) -> str:
        first, last = aligned.to_raw(start, end)
        return source[first:last]

    assert of(0, 4) == "Caf&eacute;"
    assert of(5, 11) == "Vien</b>na"
    assert of(12, 17) == "opens"
    assert of(5, 17) == "Vien</b>na&nbsp;  opens"
    assert of(18, 22) == "At&#32;8"


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- One. - -- -> > --->",
        "<!--One.\n<p>-->",
        "<script type=a>One. < </ script></scripts></SCRIPT\n>",
        "<style>p<b{One.}</stylex></style >",
        "<script>One.</script\n <!--a: <p> b -->",
        "<style>One.</style/ a='b'>",
        "<ruby><rt>One.</rt></ruby>",
    ],
)
def test_what_is_not_shown_holds_no_place(hidden: str) -> None:
    for source in (f"{hidden}<p>One.</p>", f"<p>One.</p>{hidden[: hidden.rindex('One.') + 4]}"):
        start = source.index("<p>One.</p>") + 3
        assert in_file(source, ["One."], [True]).to_raw(0, 4) == (start, start + 4)


def test_what_is_not_in_the_source_stands_nowhere_and_the_rest_does() -> None:
    source = "<p>One.</p><script>Two.</script><p>Three.</p>"
    aligned = in_file(source, ["One.", "Two.", "Three."], [True] * 3)
    assert aligned.to_raw(0, 3) == (3, 6)
    first, last = aligned.to_raw(5, 8)
    assert first >= last
    assert aligned.to_raw(10, 15) == (35, 40)


def test_a_block_that_is_found_too_far_down_leaves_those_after_it_their_places() -> None:
    said = ["The ferry crosses the river every hour.", "It stops at night, when the wind is high."]
    source = f"<p>H<span>o</span>ur</p><p>{said[0]}</p><p>1</p><p>{said[1]}</p><i>From 9 to 21</i>"
    blocks = ["From 9 to 21", said[0], "1", said[1]]  # the first is shown above them by a style
    aligned = in_file(source, blocks, [True] * 4)
    text = "\n".join(blocks)
    for one in said:
        at = text.index(one)
        assert aligned.to_raw(at, at + len(one)) == (source.index(one), source.index(one) + len(one))


PAIRS = st.lists(st.integers(0, 30), unique=True, max_size=12).map(lambda values: list(enumerate(values)))


@given(PAIRS)
def test_the_longest_rising_run_rises_and_no_run_is_longer(pairs: list[tuple[int, int]]) -> None:
    run = _rising(pairs)
    assert all(a < b for a, b in pairwise(one[1] for one in run))
    assert [pair for pair in pairs if pair in run] == run
    longest = [1] * len(pairs)
    for at, (_, value) in enumerate(pairs):
        longest[at] += max((longest[other] for other in range(at) if pairs[other][1] < value), default=0)
    assert len(run) == max(longest, default=0)


@pytest.mark.parametrize("file", MESSY, ids=[file.stem for file in MESSY])
def test_every_sentence_of_a_messy_page_is_found_in_its_source(file: Path) -> None:
    source = file.read_text("utf-8")
    for article in collect([file]).articles:
        placed = Placed.of(article, source)
        assert placed.found >= 0.95 * placed.sentences > 0
        assert placed.raw == placed.sentences


@given(seed=st.integers(0, 10**9))
def test_of_any_page_every_span_that_has_a_place_is_what_stands_there(seed: int) -> None:
    rng = random.Random(seed)
    data = page(rng)
    try:
        document = read_html("p.html", data, today=date(2026, 1, 1))
    except Unreadable:
        return
    if document.in_file is None or not document.raw:
        return
    source = decode(data, declared_in_markup=True)
    for _ in range(10):
        start = rng.randrange(len(document.raw))
        end = min(len(document.raw), start + rng.randint(1, 60))
        first, last = document.in_file.to_raw(start, end)
        assert first >= 0 and last <= len(source)
        if first < last and "\n" not in document.raw[start:end]:
            assert told(document.raw[start:end]) in seen(source[max(0, first - 12) : last + 12])


def test_selectors_name_what_a_format_has() -> None:
    def of(path: str, **more: object) -> list[tuple[str, object, object]]:
        article = Article("a", path, "One two.\n\nThree four.", "T", "t", **more)  # type: ignore[arg-type]
        return [(s.type, s.start if s.value is None else s.value, s.end) for s in selectors(article, 16, 20)]

    quote = ("TextQuoteSelector", None, None)
    assert of("a.txt", in_file=Alignment()) == [quote, ("TextPositionSelector", 16, 20)]
    assert of("a.pdf", page_starts=(0, 10)) == [quote, ("FragmentSelector", "page=2", None)]
    assert of("a.docx") == [quote, ("FragmentSelector", "paragraph=2&char=6,10", None)]
    assert of("a.jsonl") == [quote]
    (first, _) = selectors(Article("a", "a.txt", "One two three.", "T", "t", in_file=Alignment()), 4, 7)
    assert (first.prefix, first.exact, first.suffix) == ("One ", "two", " three.")
