"""The plain form of a model, beside sentence-transformers' reading of the same folder."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings import encoder as encoders
from embeddings import integers, models
from embeddings.bert import Unsupported
from embeddings.encoder import Encoder
from embeddings.pooled import PooledBert

pytestmark = pytest.mark.model
TEXTS = [
    "cats",
    "",
    "a much longer text about the winter in the north " * 3,
    "\N{SNOWMAN} e\u0301 " * 400,
    "[SEP] x",
]


@pytest.fixture(scope="module")
def reference() -> encoders._AnyModel:
    return encoders._AnyModel("reference", models.find())


def test_vectors_and_counts_are_those_of_sentence_transformers(reference: encoders._AnyModel) -> None:
    plain = PooledBert(models.find(), "float32")

    assert plain.encode(TEXTS) == pytest.approx(reference.encode(TEXTS), abs=1e-5)
    assert plain.count_tokens(TEXTS) == reference.count_tokens(TEXTS)
    assert (plain.dimension, plain.max_tokens) == (reference.dimension, reference.max_tokens)


def test_bfloat16_turns_no_vector_by_more_than_a_degree(reference: encoders._AnyModel) -> None:
    coarse = PooledBert(models.find(), "bfloat16").encode(TEXTS)

    assert (coarse * reference.encode(TEXTS)).sum(1).min() > np.cos(np.radians(1))
    assert np.linalg.norm(coarse, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_a_question_is_encoded_in_float32_whatever_collections_are(precision: str) -> None:
    exact, other = (PooledBert(models.find(), of) for of in ("float32", precision))
    assert (exact.precision, other.precision) == ("float32", precision)
    for text in TEXTS:
        assert np.array_equal(other.encode_question(text), exact.encode_question(text))
        assert other.encode_question(text) == pytest.approx(exact.encode([text])[0], abs=1e-6)


@pytest.mark.skipif(not integers.available(), reason="neither AVX2 nor oneDNN")
def test_integers_turn_vectors_by_some_degrees(reference: encoders._AnyModel) -> None:
    coarse = PooledBert(models.find(), "int8").encode(TEXTS)

    cosines = (coarse * reference.encode(TEXTS)).sum(1)
    assert np.cos(np.radians(15)) < cosines.min() < cosines.max() < np.cos(np.radians(1))
    assert np.linalg.norm(coarse, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


def _like_the_default(folder: Path, file: str, change: Callable[[Any], Any]) -> Path:
    """The default model with one file changed; the others are links, for its weights have 88 MB."""
    copy = shutil.copytree(models.find().resolve(), folder / "copy", copy_function=os.symlink)
    told = json.loads((copy / file).read_text())
    (copy / file).unlink()
    (copy / file).write_text(json.dumps(change(told)))
    return copy


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}),
        ("sentence_bert_config.json", {"do_lower_case": True}),
        ("config_sentence_transformers.json", {"prompts": {"query": "query: "}}),
        ("config.json", {"model_type": "mpnet"}),
    ],
)
def test_another_form_is_left_to_sentence_transformers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, change: dict[str, object]
) -> None:
    copy = _like_the_default(tmp_path, file, lambda told: told | change)
    with pytest.raises(Unsupported):
        PooledBert(copy)

    asked: list[Path] = []

    class Other:
        dimension, max_tokens, precision = 7, 9, "float32"

        def __init__(self, name: str, folder: Path) -> None:
            asked.append(folder)

    monkeypatch.setattr(encoders, "_AnyModel", Other)
    opened = Encoder(str(copy))
    assert (asked, opened.dimension, opened.max_tokens) == ([copy], 7, 9)


def test_a_model_that_normalizes_nothing_is_left_to_sentence_transformers(tmp_path: Path) -> None:
    copy = _like_the_default(tmp_path, "modules.json", lambda told: told[:2])
    with pytest.raises(Unsupported, match="Transformer, Pooling, Normalize"):
        PooledBert(copy)
    assert np.linalg.norm(Encoder(str(copy)).encode(["cats"])) == pytest.approx(1, abs=1e-5)
