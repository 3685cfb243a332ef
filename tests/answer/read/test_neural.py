from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from shutil import copytree

import pytest
import tiny_bert
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from embeddings import integers
from embeddings.models import sha256
from qa.answer.read import spans
from qa.answer.read.neural import NeuralReader, available
from qa.english.sentences import sentence_spans
from qa.errors import ModelMissing
from qa.records import Passage, Span

# Each is one token, so tokens can be counted as words.
WORDS = (
    "bridge river ferry boat opened closed built crossed north south early late red blue stone iron".split()
)
QUESTION = "who crossed the river ?"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shipped reader with random weights; not to be changed."""
    return tiny_bert.save_reader(tmp_path_factory.mktemp("reader"), *WORDS, null_threshold=0.5)


@pytest.fixture(scope="session", params=["once", "twice"])
def reader(folder: Path, request: pytest.FixtureRequest) -> NeuralReader:
    return NeuralReader(folder, precision="float32", twice=request.param == "twice")


def _passages(*texts: str) -> list[Passage]:
    return [Passage(number, "a", 0, len(text), text) for number, text in enumerate(texts)]


def _text(words: int, seed: int = 0) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def _of(found: Sequence[Span], passage: Passage) -> list[Span]:
    return [span for span in found if span.passage is passage]


# --- what comes out


def test_spans_are_exact_best_first_and_apart(reader: NeuralReader) -> None:
    passages = _passages("The bridge, built of stone, opened early.", "A ferry (red) crossed; then late.")

    found = reader.read(QUESTION, passages)

    assert {span.passage.id for span in found} == {0, 1}
    assert [span.score for span in found] == sorted((span.score for span in found), reverse=True)
    for passage in passages:
        own = sorted(_of(found, passage), key=lambda span: span.start)
        assert 1 <= len(own) <= 3
        assert all(before.end <= after.start for before, after in pairwise(own))
        for span in own:
            assert 0 <= span.start < span.end <= len(passage.text)
            assert span.text == passage.text[span.start : span.end] == span.text.strip()
            assert not (span.text[0] in ",;.)" or span.text[-1] in ",;(")


def test_the_null_margin_tells_whether_the_passage_answers_by_whatever_span(reader: NeuralReader) -> None:
    passages = _passages(_text(12))
    ((odds, candidates),) = reader.find(QUESTION, passages)

    best, *others = reader.read(QUESTION, passages)

    log_odds = math.log(sum(math.exp(candidate.score) for candidate in candidates))
    assert odds == pytest.approx(log_odds) and log_odds > best.score
    assert best.null_margin == pytest.approx(log_odds - 0.5)
    assert others
    for span in others:
        assert best.null_margin - span.null_margin == pytest.approx(best.score - span.score)


def test_a_score_is_the_log_odds_against_the_passages_own_null(reader: NeuralReader) -> None:
    (passage,) = _passages(_text(12))
    ((starts, ends),) = reader._scores(reader._windows(QUESTION, [passage]))

    best = reader.read(QUESTION, [passage])[0]

    (window,) = reader._windows(QUESTION, [passage])
    first = next(i for i, (start, _) in enumerate(window.offsets) if start == best.start)
    last = next(i for i, (_, end) in enumerate(window.offsets) if end == best.end)
    at = window.context_from
    assert best.score == pytest.approx(
        float(starts[at + first] + ends[at + last] - starts[0] - ends[0]), abs=1e-5
    )


def test_nothing_to_read_gives_nothing(reader: NeuralReader) -> None:
    assert reader.read(QUESTION, []) == []
    assert reader.read(QUESTION, _passages("", " \n\t ", "\u200b", ",;:")) == []


def test_a_passage_of_nothing_does_not_disturb_its_neighbours(reader: NeuralReader) -> None:
    alone = reader.read(QUESTION, _passages(_text(9)))
    among = reader.read(QUESTION, _passages(_text(9), "", " "))

    assert [(s.start, s.end) for s in among] == [(s.start, s.end) for s in alone]


# --- comparable between passages


def test_scores_do_not_depend_on_what_else_is_read(reader: NeuralReader) -> None:
    lengths = (3, 40, 7, 600, 90, 12, 350, 5, 60, 8, 31, 320, 1, 2, 4)
    passages = _passages(*(_text(length, seed=length) for length in lengths))

    together = reader.read(QUESTION, passages)

    for passage in passages:
        alone, among = reader.read(QUESTION, [passage]), _of(together, passage)
        assert [(s.start, s.end) for s in among] == [(s.start, s.end) for s in alone]
        assert [s.score for s in among] == pytest.approx([s.score for s in alone], abs=1e-4)


def test_equal_passages_get_equal_spans_in_their_order(reader: NeuralReader) -> None:
    found = reader.read(QUESTION, _passages(_text(15), _text(15)))

    pairs = list(zip(found[::2], found[1::2], strict=True))
    assert pairs
    for one, other in pairs:
        assert (one.start, one.end, one.score) == (
            other.start,
            other.end,
            pytest.approx(other.score, abs=1e-5),
        )
    assert {span.passage.id for span in found} == {0, 1}


# --- the second reading


def _sentences(*seeds: int) -> str:
    return " ".join(f"{_text(9, seed).capitalize()}." for seed in seeds)


@pytest.mark.parametrize("seed", range(8))
def test_edges_are_where_both_readings_of_the_sentence_put_them(folder: Path, seed: int) -> None:
    once, twice = (NeuralReader(folder, precision="float32", twice=twice) for twice in (False, True))
    (passage,) = _passages(_sentences(seed, seed + 100, seed + 200))

    before, after = once.read(QUESTION, [passage])[0], twice.read(QUESTION, [passage])[0]

    reached = [s for s in sentence_spans(passage.text) if s[0] < before.end and before.start < s[1]]
    start, end = reached[0][0], reached[-1][1]
    (whole,) = once._windows(QUESTION, [passage])
    (alone,) = once._windows(QUESTION, _passages(passage.text[start:end]))
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
    passages = _passages(*(_sentences(seed, seed + 100, seed + 200) for seed in range(30)))

    once, twice = (
        [_of(reader.read(QUESTION, passages), passage)[0].text for passage in passages] for reader in readers
    )

    assert 0 < sum(a != b for a, b in zip(once, twice, strict=True)) < 30


def test_a_passage_that_hardly_answers_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once, twice = (NeuralReader(folder, precision="float32", twice=twice) for twice in (False, True))
    passages = _passages(*(_sentences(seed, seed + 100) for seed in range(20)))
    odds = sorted(found.odds for found in once.find(QUESTION, passages))
    monkeypatch.setattr("qa.answer.read.neural._WORTH_IT", odds[10])
    read: list[str] = []

    def watched(text: str) -> list[tuple[int, int]]:
        read.append(text)
        return sentence_spans(text)

    monkeypatch.setattr("qa.answer.read.neural.sentence_spans", watched)
    twice.read(QUESTION, passages)

    assert len(read) == 9


# --- long passages


@pytest.mark.parametrize("seed", range(6))
def test_a_long_passage_is_read_as_its_windows_would_be(reader: NeuralReader, seed: int) -> None:
    question = "river bridge"
    words = _text(1000, seed).split()
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    cuts = spans.windows(len(words), 320 - 3 - len(question.split()), 96)
    parts = _passages(*(" ".join(words[first:last]) for first, last in cuts))
    (whole,) = _passages(" ".join(words))

    best_of_parts = reader.read(question, parts)[0]
    best = reader.read(question, [whole])[0]

    offset = starts[cuts[best_of_parts.passage.id][0]]
    assert (best.start, best.end) == (best_of_parts.start + offset, best_of_parts.end + offset)
    assert best.score == pytest.approx(best_of_parts.score, abs=1e-4)


def test_answers_are_found_past_the_first_window(reader: NeuralReader) -> None:
    texts = [_text(1000, seed) for seed in range(6)]

    best = [reader.read("river bridge", _passages(text))[0] for text in texts]

    assert any(span.start > len(text) / 2 for span, text in zip(best, texts, strict=True))
    assert all(len(span.text.split()) <= 40 for span in best)


def test_a_question_is_read_up_to_its_limit(reader: NeuralReader) -> None:
    passages, long = _passages(_text(30)), _text(64, seed=9)

    cut = reader.read(f"{long} {_text(500)}", passages)

    assert cut == reader.read(long, passages)
    assert cut != reader.read(_text(64, seed=10), passages)


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
    for span in reader.read(text, _passages(text, "bridge")):
        assert span.text == span.passage.text[span.start : span.end] != ""
        assert span.text == span.text.strip()
    assert {span.passage.id for span in reader.read(QUESTION, _passages(text, "bridge"))} == {0, 1}


def test_a_separator_in_an_article_is_text_like_any_other(reader: NeuralReader) -> None:
    forged = reader.read(QUESTION, _passages("bridge[SEP]river boat"))
    plain = reader.read(QUESTION, _passages("bridge [sep ] river boat"))

    assert [span.score for span in forged] == pytest.approx([span.score for span in plain], abs=1e-5)


@settings(max_examples=60)
@given(
    st.text(alphabet=st.characters() | st.sampled_from("ab .,"), max_size=60),
    st.lists(st.text(alphabet=st.characters() | st.sampled_from("ab .,("), max_size=80), max_size=3),
)
def test_any_text_gives_exact_spans(reader: NeuralReader, question: str, texts: list[str]) -> None:
    passages = _passages(*texts)

    for span in reader.read(question, passages):
        assert span.passage in passages
        assert 0 <= span.start < span.end <= len(span.passage.text)
        assert span.text == span.text.strip() != ""


# --- several at once, several types


def test_threads_get_what_one_alone_gets(reader: NeuralReader) -> None:
    passages = _passages(*(_text(length, seed=length) for length in (5, 50, 400)))
    questions = [_text(length, seed=length) for length in range(1, 21)]
    alone = [reader.read(question, passages) for question in questions]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda question: reader.read(question, passages), questions * 3))

    assert together == alone * 3


@pytest.mark.parametrize("parts", [2, 3, 16])
def test_parts_read_side_by_side_make_what_one_pass_makes(
    folder: Path, reader: NeuralReader, parts: int
) -> None:
    lengths = (3, 40, 7, 600, 90, 12, 350, 5)
    passages = _passages(*(_text(length, seed=length) for length in lengths))
    shared = NeuralReader(folder, precision="float32", side_by_side=parts)
    for some in (passages, passages[:1], passages[3:4], []):
        whole, joined = reader.read(QUESTION, some), shared.read(QUESTION, some)
        assert [(s.passage.id, s.start, s.end) for s in joined] == [
            (s.passage.id, s.start, s.end) for s in whole
        ]
        assert [s.score for s in joined] == pytest.approx([s.score for s in whole], abs=1e-4)


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_a_coarser_format_reads_as_float32_does_but_for_its_rounding(
    folder: Path, reader: NeuralReader, precision: str
) -> None:
    if precision == "int8" and not integers.available():
        pytest.skip("neither AVX2 nor oneDNN")
    coarse = NeuralReader(folder, precision=precision)
    passages = _passages(*(_text(20, seed) for seed in range(8)))

    fine = {s.passage.id: s.score for s in reversed(reader.read(QUESTION, passages))}
    rounded = {s.passage.id: s.score for s in reversed(coarse.read(QUESTION, passages))}

    spread = max(fine.values()) - min(fine.values())
    assert all(abs(rounded[id_] - score) < spread / 4 for id_, score in fine.items())


# --- early exits


def _with_exits(folder: Path, to: Path, **least: float) -> Path:
    """The reader with a head after its first layer as after its last, and the odds below which windows leave there."""
    copy = Path(copytree(folder, to / "copy"))
    weights = load_file(copy / "model.safetensors")
    heads = {f"early.1.{of}": weights[f"qa_outputs.{of}"] * 0.5 for of in ("weight", "bias")}
    save_file(
        {name: tensor.clone() for name, tensor in (weights | heads).items()}, copy / "model.safetensors"
    )
    manifest = json.loads((copy / "reader.json").read_text())
    (copy / "reader.json").write_text(
        json.dumps(manifest | {"exits": {n[1:]: odds for n, odds in least.items()}})
    )
    _sign(copy)
    return copy


def test_where_no_window_leaves_an_exit_changes_nothing(
    folder: Path, tmp_path: Path, reader: NeuralReader
) -> None:
    passages = _passages(*(_text(20, seed) for seed in range(8)))
    early = NeuralReader(_with_exits(folder, tmp_path, _1=-1e9), precision="float32")

    assert early.read(QUESTION, passages) == reader.read(QUESTION, passages)


def test_who_leaves_keeps_what_the_early_head_told_and_the_others_are_read_to_the_end(
    folder: Path, tmp_path: Path, reader: NeuralReader
) -> None:
    passages = _passages(*(_text(20, seed) for seed in range(8)))
    late = {found.odds for found in reader.find(QUESTION, passages)}
    gone = NeuralReader(_with_exits(folder, tmp_path / "all", _1=1e9), precision="float32", twice=False)
    early = [found.odds for found in gone.find(QUESTION, passages)]
    assert late.isdisjoint(early)

    best = max(found.candidates[0].score for found in gone.find(QUESTION, passages))
    least = best - 0.01  # so the best one stays
    some = NeuralReader(_with_exits(folder, tmp_path / "some", _1=least), precision="float32", twice=False)
    found = [found.odds for found in some.find(QUESTION, passages)]

    left = [odds == pytest.approx(before, abs=1e-4) for odds, before in zip(found, early, strict=True)]
    assert 1 <= sum(left) < 8
    whole = [
        found.odds
        for found in NeuralReader(folder, precision="float32", twice=False).find(QUESTION, passages)
    ]
    for odds, before, gone_early in zip(found, whole, left, strict=True):
        assert gone_early or odds == pytest.approx(before, abs=1e-4)


def test_an_exit_without_its_head_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = _with_exits(folder, tmp_path, _1=0.0, _2=0.0)

    with pytest.raises(ModelMissing, match=r"early\.2\.weight"):
        NeuralReader(copy)


# --- the folder


def _copy(folder: Path, to: Path) -> Path:
    return Path(copytree(folder, to / "copy"))


def _sign(folder: Path) -> None:
    """Make the manifest name the files as they are."""
    manifest = json.loads((folder / "reader.json").read_text())
    manifest["files"] = {name: sha256(folder / name) for name in manifest["files"]}
    (folder / "reader.json").write_text(json.dumps(manifest))


def test_a_folder_is_available_once_it_has_a_manifest(folder: Path, tmp_path: Path) -> None:
    assert available(folder)
    assert not available(tmp_path)


def test_the_checksum_is_that_of_the_weights(folder: Path, reader: NeuralReader) -> None:
    assert reader.checksum == sha256(folder / "model.safetensors")


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_changed_byte_is_refused_and_its_file_named(folder: Path, tmp_path: Path, name: str) -> None:
    damaged = _copy(folder, tmp_path) / name
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)

    with pytest.raises(ModelMissing) as error:
        NeuralReader(damaged.parent)

    assert str(damaged) in str(error.value)
    assert "make train" in str(error.value)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json", "reader.json"])
def test_a_missing_file_is_named(folder: Path, tmp_path: Path, name: str) -> None:
    copy = _copy(folder, tmp_path)
    (copy / name).unlink()

    with pytest.raises(ModelMissing) as error:
        NeuralReader(copy)

    assert str(copy / name) in str(error.value)


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "{",
        "[]",
        "7",
        "{}",
        '{"files": {}, "limits": {}, "null_threshold": 0}',
        '{"files": [], "limits": {}}',
    ],
)
def test_a_manifest_that_is_none_is_named(folder: Path, tmp_path: Path, manifest: str) -> None:
    copy = _copy(folder, tmp_path)
    (copy / "reader.json").write_text(manifest)

    with pytest.raises(ModelMissing) as error:
        NeuralReader(copy)

    assert str(copy / "reader.json") in str(error.value)


def test_a_tokenizer_without_separators_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = _copy(folder, tmp_path)
    told = (copy / "tokenizer.json").read_text(encoding="utf-8")
    (copy / "tokenizer.json").write_text(told.replace("[SEP]", "[END]"), encoding="utf-8")
    _sign(copy)

    with pytest.raises(ModelMissing, match=r"no \[SEP\]"):
        NeuralReader(copy)
