"""Reading only what is new or changed gives what reading everything gives."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.ingest import files
from qa.ingest.collect import Collection, collect
from qa.ingest.memory import Memory
from qa.records import Article, Changes

TODAY = date(2026, 6, 1)
WORDS = [f"{a}{b}{c}" for a in "bdgkmprst" for b in "aeiou" for c in ("lan", "mer", "tic", "sor")]


def _story(seed: int, sentences: int = 8) -> str:
    draw = random.Random(seed)
    said = [" ".join(draw.choices(WORDS, k=9)).capitalize() + "." for _ in range(sentences)]
    return f"Story of {WORDS[seed]}\n\n" + "\n\n".join(
        " ".join(said[at : at + 2]) for at in range(0, sentences, 2)
    )


STORY, OTHER = _story(1), _story(2)
TEXTS = [
    STORY,
    STORY.replace("\n\n", "\n \n"),  # the same words
    STORY + " Nothing more was said about it.",  # a near copy
    STORY.rsplit("\n\n", 1)[0],  # a shortened one
    "January 5, 2022\n\n" + STORY,  # a dated one
    OTHER,
    OTHER + " One more thing.",
    *(
        f"{_story(seed, 4)}\n\nSubscribe to our wonderful letter and read it every single morning."
        for seed in range(3, 11)
    ),
    "Too short to compare.",
    "  \n ",
]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def _told(collection: Collection, before: dict[str, Article]) -> dict[str, Article]:
    return {a.id: a for a in collection.articles} | {id_: before[id_] for id_ in collection.kept}


change = st.tuples(
    st.sampled_from(["a", "b", "c/d", "c/e", "c/f", "g", "h"]), st.integers(-1, len(TEXTS) - 1)
)


@settings(max_examples=25, deadline=None)
@given(
    first=st.lists(st.integers(0, len(TEXTS) - 1), min_size=0, max_size=12),
    steps=st.lists(st.lists(change, min_size=1, max_size=3), min_size=1, max_size=4),
)
def test_after_any_changes_it_is_as_if_all_had_been_read(
    folder: Path, first: list[int], steps: list[list[tuple[str, int]]]
) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as made:
        root = Path(made)
        for at, which in enumerate(first):
            (root / f"{at}.txt").write_text(TEXTS[which])
        now = collect([root], today=TODAY)
        told = _told(now, {})
        for step in steps:
            for name, which in step:
                file = root / f"{name}.txt"
                file.parent.mkdir(exist_ok=True)
                if which >= 0:
                    file.write_text(TEXTS[which])
                else:
                    file.unlink(missing_ok=True)
            file = folder / "memory.sqlite"
            now.memory.save(file)
            loaded = Memory.load(file)
            file.unlink()
            texts = {id_: article.text for id_, article in told.items()}

            now = collect([root], today=TODAY, before=loaded, stored_text=texts.get)

            told = _told(now, told)
            whole = collect([root], today=TODAY)
            assert told == {article.id: article for article in whole.articles}
            assert sorted(now.rejected, key=str) == sorted(whole.rejected, key=str)
            assert (now.duplicates, now.given, now.files_read) == (
                whole.duplicates,
                whole.given,
                whole.files_read,
            )
            assert [p.speaker for p in now.memory.placed] == [p.speaker for p in whole.memory.placed]


def _read(root: Path, before: Memory | None = None, **more: Any) -> tuple[Collection, list[str]]:
    opened: list[str] = []
    return collect([root], today=TODAY, before=before, on_file=opened.append, **more), opened


def test_only_new_and_changed_files_are_read_and_all_are_counted(tmp_path: Path) -> None:
    for at in range(5):
        (tmp_path / f"{at}.txt").write_text(_story(at))
    first, opened = _read(tmp_path)
    assert first.changes == Changes(new=5, changed=0, removed=0, unchanged=0)
    assert len(opened) == 5

    (tmp_path / "1.txt").write_text(_story(21))
    (tmp_path / "2.txt").unlink()
    (tmp_path / "new.txt").write_text(_story(22))
    (tmp_path / "3.txt").touch()
    second, opened = _read(tmp_path, first.memory)

    assert opened == ["1.txt", "new.txt"]
    assert second.changes == Changes(new=1, changed=1, removed=1, unchanged=3)
    assert {article.path for article in second.articles} == {"1.txt", "new.txt"}
    assert len(second.kept) == 3


def test_a_file_with_a_trusted_stamp_is_not_even_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text(STORY)
    monkeypatch.setattr(files, "RACY_NS", -1)
    first, _ = _read(tmp_path)
    monkeypatch.setattr(files, "_sha256", lambda file, stamp: pytest.fail("opened"))
    second, opened = _read(tmp_path, first.memory)
    assert (opened, len(second.kept)) == ([], 1)


def test_a_file_written_just_now_is_compared_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(STORY)
    first, _ = _read(tmp_path)
    told = file.stat()
    file.write_text(STORY.replace("a", "o"))  # as long, and with its old times: only the content tells
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))

    second, opened = _read(tmp_path, first.memory)

    assert opened == ["a.txt"]
    assert second.changes.changed == 1


def test_a_folder_that_moved_is_not_read_again(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "a.txt").write_text(STORY)
    first, _ = _read(tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    second, opened = _read(tmp_path / "there", first.memory)
    assert (opened, len(second.kept)) == ([], 1)


def test_a_file_that_is_being_written_waits_until_it_has_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old.txt").write_text(STORY)
    first, _ = _read(tmp_path)
    (tmp_path / "old.txt").write_text(STORY[:50])
    (tmp_path / "new.txt").write_text(OTHER[:50])

    half, opened = _read(tmp_path, first.memory, settle=60.0)
    assert opened == []
    assert half.unsettled == ("new.txt", "old.txt")
    assert half.kept == (first.articles[0].id,)
    assert (half.articles, half.rejected) == ((), ())

    later = time.time_ns() + 100 * 10**9
    monkeypatch.setattr("qa.ingest.memory.time.time_ns", lambda: later)
    settled, opened = _read(tmp_path, half.memory, settle=60.0)
    assert opened == ["new.txt", "old.txt"]
    assert settled.unsettled == ()


def test_a_file_that_cannot_be_read_is_tried_again_and_not_counted_as_changed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("  ")
    (tmp_path / "b.txt").write_text(STORY)
    first, _ = _read(tmp_path)
    second, _ = _read(tmp_path, first.memory)
    assert second.rejected == first.rejected
    assert second.changes == Changes(new=0, changed=0, removed=0, unchanged=2)


def test_a_memory_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_bytes(b"not a database at all, however long it is" * 50)
    with pytest.raises(ValueError, match=r"a\.sqlite"):
        Memory.load(tmp_path / "a.sqlite")


def test_the_same_bytes_read_as_two_formats_are_one_article(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("[Short words](http://example.org/page) stand here.")
    (tmp_path / "a.txt").write_text("[Short words](http://example.org/page) stand here.")
    found, _ = _read(tmp_path)
    assert len(found.articles) == 1
    assert found.duplicates == 1


@pytest.mark.parametrize("text", [STORY, "Too short to compare."])
def test_a_page_whose_markup_changed_and_whose_text_did_not_is_read_as_changed(
    tmp_path: Path, text: str
) -> None:
    page = (
        "<html><body><article class={}><p>" + text.replace("\n\n", "</p><p>") + "</p></article></body></html>"
    )
    (tmp_path / "a.html").write_text(page.format("old"))
    first, _ = _read(tmp_path)
    (tmp_path / "a.html").write_text(page.format("newer"))
    second, opened = _read(tmp_path, first.memory)
    assert opened == ["a.html"]
    assert second.changes == Changes(new=0, changed=1, removed=0, unchanged=0)
    assert [article.id for article in second.articles] == [article.id for article in first.articles]
