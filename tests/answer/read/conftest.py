"""The reader with random weights, made once."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_bert
from tiny_reader import WORDS

from qa.answer.read.neural import NeuralReader


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shipped reader with random weights; not to be changed."""
    return tiny_bert.save_reader(tmp_path_factory.mktemp("reader"), *WORDS, null_threshold=0.5)


@pytest.fixture(scope="session")
def reader(folder: Path) -> NeuralReader:
    return NeuralReader(folder, precision="float32")
