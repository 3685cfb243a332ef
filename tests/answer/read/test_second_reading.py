"""The sentence of a passage's best span, read once more: what it moves, and what it leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_reader import QUESTION, passages_of, spans_of, text_of

from qa.answer.read import spans
from qa.answer.read.neural import NeuralReader
from qa.english.sentences import sentence_spans


def _sentences(*seeds: int) -> str:
    return " ".join(f"{text_of(9, seed).capitalize()}." for seed in seeds)


@pytest.mark.parametrize("seed", range(8))
def test_edges_are_where_both_readings_of_the_sentence_put_them(folder: Path, seed: int) -> None:
    once, twice = (NeuralReader(folder, precision="float32", twice=twice) for twice in (False, True))
    (passage,) = passages_of(_sentences(seed, seed + 100, seed + 200))

    before, after = once.read(QUESTION, [passage])[0], twice.read(QUESTION, [passage])[0]

    reached = [s for s in sentence_spans(passage.text) if s[0] < before.end and before.start < s[1]]
    start, end = reached[0][0], reached[-1][1]
    (whole,) = once._windows(QUESTION, [passage])
    (alone,) = once._windows(QUESTION, passages_of(passage.text[start:end]))
    first = next(i for i, (at, _) in enumerate(whole.offsets) if at == start)
    (of_whole,), (of_alone,) = once._scores([whole]), once._scores([alone])
    starts, ends = (
        0.6 * a[first:][: len(alone.offsets)] + 0.4 * b
        for a, b in zip(whole.of_stretch(of_whole), alone.of_stretch(of_alone), strict=True)
    )
    best = spans.read_window(passage.text[start:end], alone.offsets, starts, ends, count=1, max_tokens=40)[0]
    assert (after.start, after.end) == (start + best.start, start + best.end)
    assert (after.score, after.null_margin) == pytest.approx((before.score, before.null_margin), abs=1e-5)


def test_the_second_reading_moves_some_edges(folder: Path) -> None:
    readers = [NeuralReader(folder, precision="float32", twice=twice) for twice in (False, True)]
    passages = passages_of(*(_sentences(seed, seed + 100, seed + 200) for seed in range(30)))

    once, twice = (
        [spans_of(reader.read(QUESTION, passages), passage)[0].text for passage in passages]
        for reader in readers
    )

    assert 0 < sum(a != b for a, b in zip(once, twice, strict=True)) < 30


def test_a_passage_that_hardly_answers_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once, twice = (NeuralReader(folder, precision="float32", twice=twice) for twice in (False, True))
    passages = passages_of(*(_sentences(seed, seed + 100) for seed in range(20)))
    odds = sorted(found.odds for found in once.find(QUESTION, passages))
    monkeypatch.setattr("qa.answer.read.neural._WORTH_IT", odds[10])
    read: list[str] = []

    def watched(text: str) -> list[tuple[int, int]]:
        read.append(text)
        return sentence_spans(text)

    monkeypatch.setattr("qa.answer.read.neural.sentence_spans", watched)
    twice.read(QUESTION, passages)

    assert len(read) == 9
