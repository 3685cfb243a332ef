from __future__ import annotations

import random
from pathlib import Path

import pytest
import tiny_bert
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.lab.train.mixture import Example
from qa.lab.train.recipe import Recipe
from qa.lab.train.windows import Window, Windows, batches, collate

CLS, SEP = 2, 3
RECIPE = Recipe(question_tokens=3, window_tokens=16)


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert.save_backbone(tmp_path_factory.mktemp("backbone"), "anna", "lives", "in", "rome")


@pytest.fixture(scope="module")
def windows(backbone: Path) -> Windows:
    return Windows(backbone, RECIPE)


def _example(context: str, answer: str | None, question: str = "in") -> Example:
    answers = () if answer is None else ((answer, context.index(answer)),)
    return Example("file", "title", question, context, answers)


def test_a_window_is_null_question_separator_context_separator(windows: Windows) -> None:
    window = windows.encode(_example("anna lives in rome", "rome"), random.Random(1))

    assert window is not None
    assert (window.ids[0], window.ids[2], window.ids[-1]) == (CLS, SEP, SEP)
    assert window.context_from == 3
    assert len(window.ids) == 1 + 1 + 1 + 4 + 1
    assert (window.start, window.end) == (6, 6)


def test_a_context_that_does_not_answer_is_marked_null(windows: Windows) -> None:
    window = windows.encode(_example("anna lives in rome", None), random.Random(1))

    assert window is not None and (window.start, window.end) == (0, 0)


def test_a_question_is_cut_to_its_limit(windows: Windows) -> None:
    window = windows.encode(_example("rome", "rome", "anna lives in rome"), random.Random(1))

    assert window is not None and window.context_from == 3 + 2


def test_markers_in_an_article_are_text(windows: Windows) -> None:
    window = windows.encode(_example("anna [SEP] rome", "rome"), random.Random(1))

    assert window is not None and window.ids.count(SEP) == 2


def test_an_answer_between_tokens_is_left_out(windows: Windows) -> None:
    assert windows.encode(Example("", "", "in", "anna  rome", ((" ", 4),)), random.Random(1)) is None


@given(st.integers(0, 39), st.integers(1, 8), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_a_long_context_is_cut_to_one_window_whose_answer_is_marked_or_not_there(
    windows: Windows, at: int, length: int, rng: random.Random
) -> None:
    """Of a context of one-letter words, every window is full, and what it marks is the answer's words."""
    letters = [chr(ord("a") + n % 26) for n in range(40)]
    last = min(at + length, 40)
    answer = " ".join(letters[at:last])
    window = windows.encode(Example("", "", "in", " ".join(letters), ((answer, 2 * at),)), rng)

    assert window is not None and len(window.ids) == RECIPE.window_tokens
    if window.start:
        marked = window.ids[window.start : window.end + 1]
        whole = windows.encode(Example("", "", "in", answer, ((answer, 0),)), rng)
        assert whole is not None and marked == whole.ids[whole.start : whole.end + 1]
    else:
        assert window.end == 0


def test_most_windows_of_a_long_context_hold_the_answer(windows: Windows) -> None:
    context = " ".join("abcdefghijklmnopqrstuvwxyz")
    rng = random.Random(5)

    held = [windows.encode(_example(context, "y z"), rng) for _ in range(200)]

    # 85 in 100 are laid around it, and of the others one in fifteen holds it by chance.
    assert 150 < sum(window is not None and window.start > 0 for window in held) < 195


@given(st.lists(st.integers(4, 60), min_size=1, max_size=80), st.integers(64, 400))
@settings(deadline=None)
def test_batches_hold_every_window_once_and_no_more_tokens_than_asked(
    lengths: list[int], tokens: int
) -> None:
    every = [Window([CLS] * length, 2, 0, 0) for length in lengths]

    found = batches(every, tokens, random.Random(3))

    assert sorted(id(w) for batch in found for w in batch) == sorted(map(id, every))
    for batch in found:
        assert len(batch) == 1 or collate(batch)["ids"].numel() <= tokens


def test_groups_stay_whole_and_apart_from_what_is_of_none() -> None:
    of = [None, 0, 1, 1, 0, None, 2, 2, 2]
    every = [Window([CLS] * (10 + n), 2, 0, 0, group) for n, group in enumerate(of)]

    found = batches(every, 64, random.Random(3))

    groups = sorted(sorted(-1 if w.group is None else w.group for w in batch) for batch in found)
    assert groups == [[-1, -1], [0, 0, 1, 1], [2, 2, 2]]
    assert collate(next(b for b in found if len(b) == 3))["groups"].tolist() == [2, 2, 2]
    assert collate(next(b for b in found if b[0].group is None))["groups"].tolist() == [-1, -1]


def test_a_batch_is_padded_and_says_what_may_be_chosen() -> None:
    batch = collate([Window([CLS, 7, SEP, 8, 9, SEP], 3, 3, 4), Window([CLS, 7, SEP, 8, SEP], 3, 0, 0)])

    assert batch["ids"].shape == (2, 16)
    assert batch["mask"].sum(1).tolist() == [6, 5]
    assert batch["types"].sum(1).tolist() == [3, 2]
    assert batch["allowed"].nonzero().tolist() == [[0, 0], [0, 3], [0, 4], [1, 0], [1, 3]]
    assert batch["starts"].tolist() == [3, 0] and batch["ends"].tolist() == [4, 0]
