"""Files that are made to be read for ever, or into all memory: they are given up, and the others are read."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qa.ingest.apart import Limits, _Reading, read_apart
from qa.ingest.collect import collect, read_here
from qa.records import Rejected

TODAY = date(2026, 11, 29)
PAGE = "<html><body><article><h1>Ferry</h1><p>{}</p></article></body></html>"
WORDS = "The ferry crosses the river at night. It carries people and letters across. " * 5


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_text(PAGE.format(WORDS))
    return file


def _attributes(count: int) -> str:
    return "<html><body><p " + " ".join(f"a{n}=1" for n in range(count)) + f">{WORDS}</p></body></html>"


def test_it_reads_as_it_would_here(page: Path) -> None:
    here = list(read_here(page, "page.html", TODAY))
    assert [type(one) for one in here] == [tuple]
    for _ in range(2):  # the second by the same process
        assert read_apart(page, "page.html", TODAY) == here


def test_what_takes_too_long_is_rejected_with_the_reason_and_the_next_file_is_read(
    page: Path, tmp_path: Path
) -> None:
    slow = tmp_path / "slow.html"
    slow.write_text(_attributes(500_000))
    (rejected,) = read_apart(slow, "slow.html", TODAY, limits=Limits(seconds=6))
    assert isinstance(rejected, Rejected)
    assert "longer than 6 s" in rejected.reason
    assert not isinstance(read_apart(page, "page.html", TODAY)[0], Rejected)


def test_what_needs_too_much_memory_is_rejected(page: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.html"
    large.write_text(PAGE.format("<i>x</i>" * 800_000))
    (rejected,) = read_apart(large, "large.html", TODAY, limits=Limits(memory_mib=200))
    assert isinstance(rejected, Rejected)


def test_a_page_that_is_called_text_is_read_apart_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart: list[str] = []

    def noted(file: Path, path: str, today: date, fields: object) -> Any:
        apart.append(path)
        return read_here(file, path, today)

    monkeypatch.setattr("qa.ingest.collect.read_apart", noted)
    (tmp_path / "page.txt").write_text("<!DOCTYPE html>" + PAGE.format(WORDS))
    (tmp_path / "plain.txt").write_text(WORDS)
    assert collect([tmp_path], today=TODAY).rejected == ()
    assert apart == ["page.txt"]


def test_a_process_ends_with_the_one_that_asked_it_in_the_middle_of_a_file() -> None:
    reading = _Reading(256)
    reading.ask(map, (time.sleep, [3600.0]))
    with reading._process as process:
        assert process.stdin is not None
        process.stdin.close()  # as the system does for who is killed
        try:
            assert process.wait(60) == 0
        finally:
            process.kill()
