from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_bert
import torch
from hypothesis import given
from hypothesis import strategies as st

from qa.lab.sets.training import Example
from qa.lab.train.windows import Encoded, Windows, batches, collate

WORDS = "anna emma rome geneva lives in is was the now where"


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert.save_backbone(tmp_path_factory.mktemp("backbone"), *WORDS.split())


def _windows(backbone: Path, max_tokens: int = 40) -> Windows:
    return Windows(backbone, max_tokens)


def _said(backbone: Path, encoded: Encoded) -> str:
    knows = tiny_bert.PreTrainedTokenizerFast.from_pretrained(str(backbone))
    return str(knows.decode(encoded.ids[encoded.start : encoded.end + 1]))


def test_an_example_becomes_question_and_context_between_separators(backbone: Path) -> None:
    example = Example("own", "toy", "toy", "where is anna", "anna lives in rome.", (("rome", 14),))

    encoded = _windows(backbone).encode(example, random.Random(1))

    assert encoded is not None
    knows = tiny_bert.PreTrainedTokenizerFast.from_pretrained(str(backbone))
    assert knows.convert_ids_to_tokens(encoded.ids) == [
        *"[CLS] where is anna [SEP] anna lives in rome . [SEP]".split()
    ]
    assert knows.convert_ids_to_tokens(encoded.ids[encoded.context_from]) == "anna"
    assert _said(backbone, encoded) == "rome"


def test_an_unanswerable_example_points_at_the_null(backbone: Path) -> None:
    example = Example("human", "toy", "toy", "where is emma", "anna lives in rome.", ())

    encoded = _windows(backbone).encode(example, random.Random(1))

    assert encoded is not None
    assert (encoded.start, encoded.end) == (0, 0)
    assert encoded.taught


def test_it_is_known_where_sentences_begin(backbone: Path) -> None:
    text = "Anna lives in Rome. Emma is in Geneva. Where?"
    example = Example("own", "toy", "toy", "where is anna", text, (("Geneva", 31),))
    knows = tiny_bert.PreTrainedTokenizerFast.from_pretrained(str(backbone))

    whole = _windows(backbone).encode(example, random.Random(1))
    part = _windows(backbone, max_tokens=12).encode(example, random.Random(1))

    assert whole is not None and part is not None
    assert [knows.convert_ids_to_tokens(whole.ids[at]) for at in whole.sentences] == ["anna", "emma", "where"]
    begun = [knows.convert_ids_to_tokens(part.ids[at]) for at in part.sentences]
    said = knows.convert_ids_to_tokens(part.ids[part.context_from :])
    assert len(part.ids) == 12
    assert begun == [word for word in ("anna", "emma", "where") if word in said]


def test_a_teacher_is_not_listened_to_where_names_are_exchanged(backbone: Path) -> None:
    example = Example("exchanged", "toy", "toy", "where is rome", "anna lives in rome.", ())

    encoded = _windows(backbone).encode(example, random.Random(1))

    assert encoded is not None and not encoded.taught
    assert collate([encoded, replace(encoded, taught=True)], torch.device("cpu"))["taught"].tolist() == [
        False,
        True,
    ]


def test_an_answer_between_tokens_is_no_example(backbone: Path) -> None:
    example = Example("own", "toy", "toy", "where is anna", "anna  lives", ((" ", 4),))

    assert _windows(backbone).encode(example, random.Random(1)) is None


def test_of_several_answers_each_is_seen_in_time(backbone: Path) -> None:
    context = "anna lives in rome now."
    example = Example("own", "toy", "toy", "where is anna", context, (("rome", 14), ("in rome", 11)))
    windows, rng = _windows(backbone), random.Random(1)

    seen = {_said(backbone, encoded) for _ in range(30) if (encoded := windows.encode(example, rng))}

    assert seen == {"rome", "in rome"}


@given(seed=st.integers(0, 10_000), before=st.integers(0, 60), after=st.integers(0, 60))
def test_a_long_context_is_cut_to_a_window_that_holds_the_whole_answer_or_is_null(
    backbone: Path, seed: int, before: int, after: int
) -> None:
    lead = "the " * before
    context = f"{lead}in geneva {'was ' * after}".strip()
    example = Example("own", "toy", "toy", "where is anna", context, (("in geneva", len(lead)),))

    encoded = _windows(backbone, max_tokens=30).encode(example, random.Random(seed))

    assert encoded is not None
    assert len(encoded.ids) == min(30, before + 2 + after + 6)
    if encoded.start:
        assert encoded.context_from <= encoded.start <= encoded.end < len(encoded.ids) - 1
        assert _said(backbone, encoded) == "in geneva"
    else:
        assert encoded.end == 0
        assert before + 2 + after > 24  # where all of it fits, the answer is in it


def _encoded(length: int) -> Encoded:
    return Encoded([2, 7, 3, *[8] * (length - 4), 3], 3, 0, 0)


@given(st.lists(st.integers(5, 60), max_size=40), st.integers(60, 300), st.integers(0, 99))
def test_batches_hold_every_window_once_and_no_more_tokens_than_asked(
    lengths: list[int], tokens: int, seed: int
) -> None:
    windows = [_encoded(length) for length in lengths]

    made = batches(windows, tokens, random.Random(seed))

    assert sorted(map(id, windows)) == sorted(id(window) for batch in made for window in batch)
    for batch in made:
        assert 0 < max(len(window.ids) for window in batch) * len(batch) <= tokens
    assert [list(map(id, b)) for b in made] == [
        list(map(id, b)) for b in batches(windows, tokens, random.Random(seed))
    ]


def test_a_batch_is_padded_and_allows_the_null_and_the_context_only() -> None:
    short = Encoded([2, 7, 3, 8, 9, 3], 3, 3, 4, told=5)
    long = Encoded([2, 7, 7, 7, 3, 8, 8, 8, 9, 3], 5, 0, 0, taught=False)

    batch = collate([short, long], torch.device("cpu"))

    assert {name: tuple(tensor.shape) for name, tensor in batch.items()} == {
        **dict.fromkeys(("ids", "types", "mask", "allowed"), (2, 16)),  # to a multiple of eight
        **dict.fromkeys(("starts", "ends", "taught", "told", "cut"), (2,)),
    }
    assert batch["ids"][0].tolist() == [2, 7, 3, 8, 9, 3] + [0] * 10
    assert batch["mask"].sum(1).tolist() == [6, 10]
    assert batch["types"].nonzero().tolist() == [[0, 3], [0, 4], [0, 5], *([1, i] for i in range(5, 10))]
    assert batch["allowed"].nonzero().tolist() == [
        [0, 0],
        [0, 3],
        [0, 4],
        [1, 0],
        *([1, i] for i in range(5, 9)),
    ]
    assert (batch["starts"].tolist(), batch["ends"].tolist()) == ([3, 0], [4, 0])
    assert (batch["taught"].tolist(), batch["told"].tolist()) == ([True, False], [5, -1])
