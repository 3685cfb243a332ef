"""A quote of a record stands in its file of lines of JSON where its selector says, escapes and all."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from qa.answer.tell.selectors import selectors
from qa.ingest.collect import collect
from qa.ingest.json_places import places, strings
from qa.records import Article

_NAMES = st.sampled_from(["text", "title", 'a"b', "é", "{", "\\\\"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=6,
)


@given(
    text=st.text(st.characters(codec="utf-8"), min_size=1),
    more=st.dictionaries(_NAMES, _VALUES, max_size=4),
    escaped=st.booleans(),
    indent=st.sampled_from([(",", ":"), (", ", " : "), (" ,\t", ":\t")]),
    data=st.data(),
)
def test_a_span_of_any_string_is_what_json_reads_where_it_stands(
    text: str, more: dict[str, object], escaped: bool, indent: tuple[str, str], data: st.DataObject
) -> None:
    line = json.dumps({**more, "text": text}, ensure_ascii=escaped, separators=indent)
    aligned = places(text, line, strings(line)["text"], 7)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first, last = aligned.to_raw(start, end)
    assert json.loads(f'"{line[first - 7 : last - 7]}"') == text[start:end]


def test_the_fields_that_hold_strings_are_found() -> None:
    line = ' {"a": "x", "b": [{"a": "y"}, "]}"], "c": 1, "d": "z", "a": {}}'
    assert strings(line) == {"d": line.index('"z"')}
    assert strings("{}") == {}


def test_quotes_of_records_are_found_in_their_file_by_their_selectors(tmp_path: Path) -> None:
    records = [
        {"text": "One \u201cfirst\u201d line.\nCafé \U0001f6a2 sails.", "title": "A"},
        {"body": "Two is here.", "title": "text"},
        {"text": "<p>Three is <b>a page</b>.</p>", "title": "C"},
    ]
    lines = [
        json.dumps(records[0]),
        "not json é",
        "",
        *(json.dumps(one, ensure_ascii=False) for one in records[1:]),
    ]
    for mark in ("", "\ufeff"):
        source = "\n".join(lines)
        (tmp_path / "a.jsonl").write_bytes((mark + source).encode())
        found = {article.title: article for article in collect([tmp_path / "a.jsonl"]).articles}
        assert _at(found["A"], "Café \U0001f6a2", source) == "Caf\\u00e9 \\ud83d\\udea2"
        assert _at(found["text"], "Two is", source) == "Two is"
        assert found["C"].in_file is None


def _at(article: Article, quote: str, source: str) -> str:
    start = article.raw.index(quote)
    selector = selectors(article, start, start + len(quote))[1]
    assert selector.type == "TextPositionSelector"
    return source[selector.start : selector.end]
