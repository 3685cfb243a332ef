from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qa.lab.measure.remember import Remembering
from qa.records import Passage, Span


class CountingReader:
    """Each passage's first word is its answer, the longer the likelier."""

    name = "counting"

    def __init__(self) -> None:
        self.read_texts: list[str] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        self.read_texts += [passage.text for passage in passages]
        ends = [(p, p.text.index(" ")) for p in passages if " " in p.text]
        return sorted((Span(p, 0, end, float(end), end - 1.0) for p, end in ends), key=lambda s: -s.score)


def _passage(id_: int, text: str) -> Passage:
    return Passage(id_, "a", 0, len(text), text)


ONE, TWO, NONE = _passage(1, "one two"), _passage(2, "three four"), _passage(3, "nothing")


def test_it_reads_as_its_reader_does_and_nothing_twice() -> None:
    reader = CountingReader()
    remembering = Remembering(reader)

    first = remembering.read("?", [ONE, NONE])
    both = remembering.read("?", [NONE, TWO, ONE])

    assert reader.read_texts == [ONE.text, NONE.text, TWO.text]
    assert first == CountingReader().read("?", [ONE, NONE])
    assert both == CountingReader().read("?", [NONE, TWO, ONE])
    remembering.read("Another?", [ONE])
    assert reader.read_texts.count(ONE.text) == 2


def test_the_same_text_elsewhere_is_cited_there() -> None:
    remembering = Remembering(CountingReader())
    remembering.read("?", [ONE])
    copy = _passage(7, ONE.text)
    assert [span.passage for span in remembering.read("?", [copy, ONE])] == [copy, ONE]


def test_a_later_run_remembers(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "read.json"
    earlier = Remembering(CountingReader(), file)
    spans = earlier.read("?", [ONE, NONE])
    earlier.save()

    reader = CountingReader()
    assert Remembering(reader, file).read("?", [ONE, NONE]) == spans
    assert reader.read_texts == []
