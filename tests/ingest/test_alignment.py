"""Cleaned text leads back to the raw text, character by character where it can."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from qa.ingest.align import TextBuilder
from qa.ingest.lines import lines_of, trimmed
from qa.records import Alignment


def test_an_empty_alignment_is_the_identity() -> None:
    assert Alignment().to_raw(3, 9) == (3, 9)


def test_copied_replaced_and_inserted_text() -> None:
    raw = "one  twoâ€™s\r\nthree"
    builder = TextBuilder()
    builder.put("one", 0, 3)
    builder.put(" ", 3, 5)
    builder.put("two", 5, 8)
    builder.put("’", 8, 11)
    builder.put("s", 11, 12)
    builder.insert("\n")
    builder.put("three", 14, 19)
    text, alignment = builder.build()

    def quote(part: str) -> str:
        start = text.index(part)
        raw_start, raw_end = alignment.to_raw(start, start + len(part))
        return raw[raw_start:raw_end]

    assert text == "one two’s\nthree"
    assert quote("one two") == "one  two"
    assert quote("two’") == "twoâ€™"
    assert quote("’s") == "â€™s"
    assert quote("s\nthree") == "s\r\nthree"
    assert quote("\nthree") == "three"
    assert quote("s\n") == "s"


def test_mojibake_is_repaired_one_character_at_a_time() -> None:
    raw = "the cafÃ©s â€œopenâ€\x9d â€“ dÃ©jÃ\xa0 vu"
    (line,) = lines_of(raw)
    assert line.text == "the cafés “open” – déjà vu"
    alignment = Alignment(line.runs)
    start = line.text.index("“open”")
    raw_start, raw_end = alignment.to_raw(start, start + 6)
    assert raw[raw_start:raw_end] == "â€œopenâ€\x9d"
    assert alignment.to_raw(line.text.index("é"), line.text.index("é") + 1) == (7, 9)


def test_marks_that_show_nothing_go_and_spaces_become_one() -> None:
    raw = "\ufeffA \u200bword\xa0 with\tmany [12] \x00signs\u00ad. \ufb01n e\u0301 "
    (line,) = lines_of(raw)
    assert line.text == "A word with many signs. fin é"


def test_removed_spans_count_as_not_there() -> None:
    raw = "keep [this](address) and\ndrop all\nthen keep"
    texts = [line.text for line in lines_of(raw, [(5, 6), (10, 20), (25, 33)])]
    assert texts == ["keep this and", "then keep"]


PIECES = st.lists(
    st.sampled_from(
        ["word", "Two ", " ", "  ", "\xa0", "\u200b", "\n", "\r\n", "é", "e\u0301", "ﬁ", "[3]", "â€™", "Ã©", "\u2028",
         "😀", "\x00", "ß", "\ufeff", "…"]
    ),
    max_size=40,
)  # fmt: skip


@given(st.one_of(PIECES.map("".join), st.text(max_size=60)))
def test_every_stretch_of_a_line_leads_to_where_it_came_from(raw: str) -> None:
    for line in lines_of(raw):
        alignment = Alignment(line.runs)
        assert line.runs[-1][0] == len(line.text)
        places = [alignment.to_raw(at, at + 1) for at in range(len(line.text))]
        assert all(line.start <= start < end <= line.end for start, end in places)
        assert places == sorted(places)
        for at, (start, end) in enumerate(places):
            char, source = line.text[at], raw[start:end]
            if char.isascii() and char.isalnum() and source.isascii():
                assert char == source
            elif end - start == 1 and char != " " and not "\x80" <= source <= "\x9f":  # "€" read as Latin-1
                assert unicodedata.normalize("NFKC", char) in unicodedata.normalize("NFKC", source)


@given(PIECES.map("".join), st.data())
def test_a_trimmed_line_leads_to_the_same_places(raw: str, data: st.DataObject) -> None:
    for line in lines_of(raw):
        start = data.draw(st.integers(0, len(line.text)))
        end = data.draw(st.integers(start, len(line.text)))
        part = trimmed(raw, line, start, end)
        assert part.text == line.text[start:end].strip()
        if part.text:
            lead = len(line.text[start:end]) - len(line.text[start:end].lstrip())
            wanted = Alignment(line.runs).to_raw(start + lead, start + lead + len(part.text))
            assert Alignment(part.runs).to_raw(0, len(part.text)) == wanted
