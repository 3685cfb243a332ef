"""A reader's files: each is named where it is missing, changed, or not one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_reader import copy_of, sign

from embeddings.models import sha256
from qa.answer.read.neural import NeuralReader, available
from qa.errors import ModelMissing


def test_a_folder_is_available_once_it_has_a_manifest(folder: Path, tmp_path: Path) -> None:
    assert available(folder)
    assert not available(tmp_path)


def test_the_checksum_is_that_of_the_weights(folder: Path, reader: NeuralReader) -> None:
    assert reader.checksum == sha256(folder / "model.safetensors")


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_changed_byte_is_refused_and_its_file_named(folder: Path, tmp_path: Path, name: str) -> None:
    damaged = copy_of(folder, tmp_path) / name
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)

    with pytest.raises(ModelMissing) as error:
        NeuralReader(damaged.parent)

    assert str(damaged) in str(error.value)
    assert "make train" in str(error.value)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json", "reader.json"])
def test_a_missing_file_is_named(folder: Path, tmp_path: Path, name: str) -> None:
    copy = copy_of(folder, tmp_path)
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
    copy = copy_of(folder, tmp_path)
    (copy / "reader.json").write_text(manifest)

    with pytest.raises(ModelMissing) as error:
        NeuralReader(copy)

    assert str(copy / "reader.json") in str(error.value)


def test_a_tokenizer_without_separators_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = copy_of(folder, tmp_path)
    told = (copy / "tokenizer.json").read_text(encoding="utf-8")
    (copy / "tokenizer.json").write_text(told.replace("[SEP]", "[END]"), encoding="utf-8")
    sign(copy)

    with pytest.raises(ModelMissing, match=r"no \[SEP\]"):
        NeuralReader(copy)
