"""A shipped reader with random weights, and passages of words that are one token each."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from shutil import copytree

from embeddings.models import sha256
from qa.records import Passage, Span

WORDS = (
    "bridge river ferry boat opened closed built crossed north south early late red blue stone iron".split()
)
QUESTION = "who crossed the river ?"


def passages_of(*texts: str) -> list[Passage]:
    return [Passage(number, "a", 0, len(text), text) for number, text in enumerate(texts)]


def text_of(words: int, seed: int = 0) -> str:
    """So many of the words: tokens can be counted as words."""
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def spans_of(found: Sequence[Span], passage: Passage) -> list[Span]:
    """Those of the found ones that stand in the passage, in their order."""
    return [span for span in found if span.passage is passage]


def copy_of(folder: Path, to: Path) -> Path:
    """The reader's folder once more, to be changed."""
    return Path(copytree(folder, to / "copy"))


def sign(folder: Path) -> None:
    """Make the manifest name the files as they are."""
    manifest = json.loads((folder / "reader.json").read_text())
    manifest["files"] = {name: sha256(folder / name) for name in manifest["files"]}
    (folder / "reader.json").write_text(json.dumps(manifest))
