"""The neural reader: exact spans of passages, comparable between them, whatever is read."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_reader import QUESTION, passages_of, spans_of, text_of

from embeddings import integers
from qa.answer.read import spans
from qa.answer.read.neural import NeuralReader, _shared_out
from qa.records import Passage

# --- what comes out


def test_spans_are_exact_best_first_and_apart(reader: NeuralReader) -> None:
    passages = passages_of("The bridge, built of stone, opened early.", "A ferry (red) crossed; then late.")

    found = reader.read(QUESTION, passages)

    assert {span.passage.id for span in found} == {0, 1}
    assert [span.score for span in found] == sorted((span.score for span in found), reverse=True)
    for passage in passages:
        own = sorted(spans_of(found, passage), key=lambda span: span.start)
        assert 1 <= len(own) <= 3
        assert all(before.end <= after.start for before, after in pairwise(own))
        for span in own:
            assert 0 <= span.start < span.end <= len(passage.text)
            assert span.text == passage.text[span.start : span.end] == span.text.strip()
            assert not (span.text[0] in ",;.)" or span.text[-1] in ",;(")


def test_the_null_margin_tells_whether_the_passage_answers_by_whatever_span(reader: NeuralReader) -> None:
    passages = passages_of(text_of(12))
    ((odds, candidates),) = reader.find(QUESTION, passages)

    best, *others = reader.read(QUESTION, passages)

    log_odds = math.log(sum(math.exp(candidate.score) for candidate in candidates))
    assert odds == pytest.approx(log_odds) and log_odds > best.score
    assert best.null_margin == pytest.approx(log_odds - 0.5)
    assert others
    for span in others:
        assert best.null_margin - span.null_margin == pytest.approx(best.score - span.score)


def test_a_score_is_the_log_odds_against_the_passages_own_null(reader: NeuralReader) -> None:
    (passage,) = passages_of(text_of(12))
    (window,) = reader._windows(QUESTION, [passage])
    (scores,) = reader._scores([window])
    assert not isinstance(scores, int)
    starts, ends = scores

    best = reader.read(QUESTION, [passage])[0]

    first = next(i for i, (start, _) in enumerate(window.offsets) if start == best.start)
    last = next(i for i, (_, end) in enumerate(window.offsets) if end == best.end)
    at = window.context_from
    assert best.score == pytest.approx(
        float(starts[at + first] + ends[at + last] - starts[0] - ends[0]), abs=1e-5
    )


def test_nothing_to_read_gives_nothing(reader: NeuralReader) -> None:
    assert reader.read(QUESTION, []) == []
    assert reader.read(QUESTION, passages_of("", " \n\t ", "\u200b", ",;:")) == []


def test_a_passage_of_nothing_does_not_disturb_its_neighbours(reader: NeuralReader) -> None:
    alone = reader.read(QUESTION, passages_of(text_of(9)))
    among = reader.read(QUESTION, passages_of(text_of(9), "", " "))

    assert [(s.start, s.end) for s in among] == [(s.start, s.end) for s in alone]


# --- comparable between passages


def test_scores_do_not_depend_on_what_else_is_read(reader: NeuralReader) -> None:
    lengths = (3, 40, 7, 600, 90, 12, 350, 5, 60, 8, 31, 320, 1, 2, 4)
    passages = passages_of(*(text_of(length, seed=length) for length in lengths))

    together = reader.read(QUESTION, passages)

    for passage in passages:
        alone, among = reader.read(QUESTION, [passage]), spans_of(together, passage)
        assert [(s.start, s.end) for s in among] == [(s.start, s.end) for s in alone]
        assert [s.score for s in among] == pytest.approx([s.score for s in alone], abs=1e-4)


def test_equal_passages_get_equal_spans_in_their_order(reader: NeuralReader) -> None:
    found = reader.read(QUESTION, passages_of(text_of(15), text_of(15)))

    pairs = list(zip(found[::2], found[1::2], strict=True))
    assert pairs
    for one, other in pairs:
        assert (one.start, one.end) == (other.start, other.end)
        assert one.score == pytest.approx(other.score, abs=1e-5)
    assert {span.passage.id for span in found} == {0, 1}


# --- long passages


@pytest.mark.parametrize("seed", range(6))
def test_a_long_passage_is_read_as_its_windows_would_be(reader: NeuralReader, seed: int) -> None:
    question = "river bridge"
    words = text_of(1000, seed).split()
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    cuts = spans.windows(len(words), 320 - 3 - len(question.split()), 96)
    parts = passages_of(*(" ".join(words[first:last]) for first, last in cuts))
    (whole,) = passages_of(" ".join(words))

    best_of_parts = reader.read(question, parts)[0]
    best = reader.read(question, [whole])[0]

    offset = starts[cuts[best_of_parts.passage.id][0]]
    assert (best.start, best.end) == (best_of_parts.start + offset, best_of_parts.end + offset)
    assert best.score == pytest.approx(best_of_parts.score, abs=1e-4)


def test_answers_are_found_past_the_first_window(reader: NeuralReader) -> None:
    texts = [text_of(1000, seed) for seed in range(6)]

    best = [reader.read("river bridge", passages_of(text))[0] for text in texts]

    assert any(span.start > len(text) / 2 for span, text in zip(best, texts, strict=True))
    assert all(len(span.text.split()) <= 40 for span in best)


def test_a_question_is_read_up_to_its_limit(reader: NeuralReader) -> None:
    passages, long = passages_of(text_of(30)), text_of(64, seed=9)

    cut = reader.read(f"{long} {text_of(500)}", passages)

    assert cut == reader.read(long, passages)
    assert cut != reader.read(text_of(64, seed=10), passages)


# --- hostile text


WEIRD = [
    "caf\u0065\u0301s and na\u00efve \ufb01ne \u0130stanbul",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 bridge \U0001f1e8\U0001f1ed",
    "\u0939\u093f\u0928\u094d\u0926\u0940 \u6771\u4eac\u90fd \u0645\u0631\u062d\u0628\u0627",
    "\u202eriver\u202c \x00 bridge\x07 \ufeff",
    "lone \ud800 half \udfff pairs",
    "[CLS] [SEP] [PAD] [MASK] [UNK] bridge",
    "x" * 5000,
    "\n\n\r\n bridge \r\n\t river \u00a0\u2003",
    "a" + "\u0301" * 300,
]


@pytest.mark.parametrize("text", WEIRD)
def test_weird_text_is_read_and_quoted_exactly(reader: NeuralReader, text: str) -> None:
    for span in reader.read(text, passages_of(text, "bridge")):
        assert span.text == span.passage.text[span.start : span.end] != ""
        assert span.text == span.text.strip()
    assert {span.passage.id for span in reader.read(QUESTION, passages_of(text, "bridge"))} == {0, 1}


def test_a_separator_in_an_article_is_text_like_any_other(reader: NeuralReader) -> None:
    forged = reader.read(QUESTION, passages_of("bridge[SEP]river boat"))
    plain = reader.read(QUESTION, passages_of("bridge [sep ] river boat"))

    assert [span.score for span in forged] == pytest.approx([span.score for span in plain], abs=1e-5)


@settings(max_examples=60)
@given(
    st.text(alphabet=st.characters() | st.sampled_from("ab .,"), max_size=60),
    st.lists(st.text(alphabet=st.characters() | st.sampled_from("ab .,("), max_size=80), max_size=3),
)
def test_any_text_gives_exact_spans(reader: NeuralReader, question: str, texts: list[str]) -> None:
    passages = passages_of(*texts)

    for span in reader.read(question, passages):
        assert span.passage in passages
        assert 0 <= span.start < span.end <= len(span.passage.text)
        assert span.text == span.text.strip() != ""


# --- several at once, several types


def test_threads_get_what_one_alone_gets(reader: NeuralReader) -> None:
    passages = passages_of(*(text_of(length, seed=length) for length in (5, 50, 400)))
    questions = [text_of(length, seed=length) for length in range(1, 21)]
    alone = [reader.read(question, passages) for question in questions]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: reader.read(question, passages), questions * 3))

    assert together == alone * 3


@pytest.mark.parametrize("parts", [2, 3, 16])
def test_parts_read_side_by_side_make_what_one_pass_makes(
    folder: Path, reader: NeuralReader, parts: int
) -> None:
    lengths = (3, 40, 7, 600, 90, 12, 350, 5)
    passages = passages_of(*(text_of(length, seed=length) for length in lengths))
    shared = NeuralReader(folder, precision="float32", side_by_side=parts)
    for some in (passages, passages[:1], passages[3:4], []):
        whole, joined = reader.read(QUESTION, some), shared.read(QUESTION, some)
        assert [(s.passage.id, s.start, s.end) for s in joined] == [
            (s.passage.id, s.start, s.end) for s in whole
        ]
        assert [s.score for s in joined] == pytest.approx([s.score for s in whole], abs=1e-4)


def test_what_neighbours_in_an_article_share_is_read_with_the_first_of_them(reader: NeuralReader) -> None:
    article = text_of(60, seed=8)
    cuts = [at for at, char in enumerate(article) if char == " "]
    places = [(0, cuts[24]), (cuts[19] + 1, cuts[44]), (cuts[44] + 1, len(article))]
    passages = [
        Passage(number, "a", start, end, article[start:end]) for number, (start, end) in enumerate(places)
    ]
    shared = places[0][1] - places[1][0]
    another = replace(passages[1], id=3, article_id="b")

    found = reader.find(QUESTION, [*passages[::-1], another])

    first, second, third = (reader.find(QUESTION, [passage])[0] for passage in passages)
    assert (found[2], found[0], found[3]) == (first, third, second)
    assert any(span.start < shared for span in second.candidates)
    rest = replace(passages[1], text=passages[1].text[shared:].lstrip())
    at = len(passages[1].text) - len(rest.text)
    (alone,) = reader.find(QUESTION, [rest])
    assert found[1].candidates == [c._replace(start=c.start + at, end=c.end + at) for c in alone.candidates]


@given(sizes=st.lists(st.integers(3, 320), max_size=60), count=st.integers(1, 5))
def test_windows_are_shared_out_by_their_tokens(sizes: list[int], count: int) -> None:
    parts = _shared_out(sizes, count)

    assert sorted(chain.from_iterable(parts)) == list(range(len(sizes)))
    loads = [sum(sizes[one] for one in part) for part in parts]
    assert len(parts) == min(count, len(sizes))
    if len(sizes) > count:  # the largest went first, so no part outweighs another by more than its smallest
        heaviest = parts[loads.index(max(loads))]
        assert max(loads) - min(loads) <= min(sizes[one] for one in heaviest)


def test_of_three_windows_the_two_shorter_go_together() -> None:
    assert _shared_out([146, 213, 200], 2) == [[1], [2, 0]]


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_a_coarser_format_reads_as_float32_does_but_for_its_rounding(
    folder: Path, reader: NeuralReader, precision: str
) -> None:
    if precision == "int8" and not integers.available():
        pytest.skip("neither AVX2 nor oneDNN")
    coarse = NeuralReader(folder, precision=precision)
    passages = passages_of(*(text_of(20, seed) for seed in range(8)))

    fine = {s.passage.id: s.score for s in reversed(reader.read(QUESTION, passages))}
    rounded = {s.passage.id: s.score for s in reversed(coarse.read(QUESTION, passages))}

    spread = max(fine.values()) - min(fine.values())
    assert all(abs(rounded[id_] - score) < spread / 4 for id_, score in fine.items())
