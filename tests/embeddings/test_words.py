"""Word embeddings that two models share."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from embeddings import models
from embeddings.bert import WORDS, Unsupported
from embeddings.models import ModelNotFound
from embeddings.words import digest, rounded, shared, word_embeddings


def _folder(folder: Path, name: str, words: torch.Tensor) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    save_file({name: words, "other": torch.zeros(1)}, folder / "model.safetensors")
    return folder


@pytest.mark.parametrize("name", [WORDS, f"bert.{WORDS}"])
def test_they_are_found_in_an_encoder_and_in_a_reader(tmp_path: Path, name: str) -> None:
    words = torch.tensor([[1.0, 2.0], [3.0, 4.0]])

    assert torch.equal(word_embeddings(_folder(tmp_path / "model", name, words)), words)


def test_a_file_without_them_is_named(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "model", "word_embeddings.weight", torch.zeros(2, 2))

    with pytest.raises(Unsupported, match=r"model\.safetensors.*embeddings\.word_embeddings"):
        word_embeddings(folder)


def test_a_file_that_is_cut_off_is_named(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "model", WORDS, torch.zeros(2, 2))
    (folder / "model.safetensors").write_bytes(b"\0" * 20)

    with pytest.raises(Unsupported, match=r"model\.safetensors"):
        word_embeddings(folder)


def test_the_digest_is_of_the_bytes_in_order() -> None:
    words = torch.tensor([[1.0, -2.0]]).bfloat16()  # 3F80, C000, the low byte first

    assert digest(words) == hashlib.sha256(bytes([0x80, 0x3F, 0x00, 0xC0])).hexdigest()


def test_they_are_shared_rounded_and_only_where_they_are_the_same(tmp_path: Path) -> None:
    words = torch.tensor([[1.0, 1 / 3]])
    folder = str(_folder(tmp_path / "model", WORDS, words))

    assert torch.equal(shared(folder, digest(words.bfloat16())), words.bfloat16())
    with pytest.raises(Unsupported, match="not the ones"):
        shared(folder, digest(words.bfloat16() + 1))
    with pytest.raises(ModelNotFound):
        rounded(str(tmp_path / "none"))


def test_the_default_encoder_has_a_row_for_each_piece_of_its_vocabulary() -> None:
    assert rounded(models.DEFAULT).shape == (30_522, 384)
