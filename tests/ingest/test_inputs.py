"""Small files of every kind of trouble that people have reported, each with what is right (inputs/expected.json)."""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest.expecting import expected, wrongs

FOLDER = Path(__file__).parent / "inputs"
EXPECTED = expected(FOLDER)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_comes_out_right(name: str) -> None:
    assert wrongs(FOLDER / name, EXPECTED[name]) == []


def test_every_file_is_told_of() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {"expected.json", *EXPECTED}
