"""The file of an article is given out only as it was when it was indexed, and is not read through each time."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from qa.errors import NotFound
from qa.ingest import original as of
from qa.ingest.collect import collect
from qa.ingest.original import original

TEXT = "The ferry crosses the river at night. It carries people and letters across."


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """Of an index of a.txt."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT)
    memory = tmp_path / "memory.sqlite"
    collect([folder], today=date(2026, 11, 30)).memory.save(memory)
    of._remembered.cache_clear()
    return memory


def test_a_file_is_read_through_once_while_nobody_writes_it(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of, "_RACY_NS", -1)
    file = memory.parent / "articles" / "a.txt"
    assert {original(memory, "a.txt") for _ in range(3)} == {file}
    assert of._remembered.cache_info()[:2] == (2, 1)

    told = file.stat()
    file.write_text(TEXT.replace("night", "NIGHT"))
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))  # as long and as old: its change tells
    with pytest.raises(NotFound, match="has changed"):
        original(memory, "a.txt")


def test_of_a_file_written_just_now_nothing_is_remembered(memory: Path) -> None:
    original(memory, "a.txt")
    assert of._remembered.cache_info().currsize == 0
