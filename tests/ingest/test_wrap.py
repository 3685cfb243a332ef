"""Lines that a fixed width broke, of narrow columns too."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from qa.english.sentences import sentence_spans
from qa.ingest.collect import collect
from qa.ingest.lines import lines_of
from qa.ingest.wrap import unwrap

INPUTS = Path(__file__).parent / "inputs"
PROSE = (
    "the committee of the harbour reviewed the yearly report on Tuesday and found that traffic had grown in the first "
    "half, mostly because of timber from the coast and grain from the inner lakes. Two cranes come from a yard in the "
    "north; they will replace a pair that has served for many years and that was often repaired."
)
LIST = "\n".join(f"- {word} and nothing more" for word in ("rope", "timber", "grain", "cranes", "lamps"))
TABLE = "\n".join(
    f"{name} {number}" for number, name in enumerate(("Aino", "Bert", "Cora", "Dora", "Edda"), 1)
)


def _unwrapped(text: str, *, typeset: bool) -> list[str]:
    return [line.text for line in unwrap(text, list(lines_of(text)), typeset=typeset)]


@pytest.mark.parametrize("width", range(24, 40, 3))
def test_the_lines_of_a_narrow_column_are_joined_where_they_were_set(width: int) -> None:
    column = "\n".join(textwrap.wrap(PROSE, width, break_on_hyphens=False))
    assert _unwrapped(column, typeset=True) == [PROSE]
    assert len(_unwrapped(column, typeset=False)) > 5  # of a text file: they may be verses


@pytest.mark.parametrize("text", [LIST, TABLE])
def test_short_lines_that_no_width_broke_stay(text: str) -> None:
    assert _unwrapped(text, typeset=True) == text.split("\n")


def test_sentences_of_a_pdf_in_columns_are_whole() -> None:
    (article,) = collect([INPUTS / "pdf-columns-row-tm.pdf"]).articles
    sentences = [article.text[start:end] for start, end in sentence_spans(article.text)]
    assert all(sentence.endswith(".") for sentence in sentences)
    assert "Two cranes come from a yard in Tarn; they will replace a pair" in article.text
