"""Taking articles into the folder, and out of it."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WordEncoder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import BadRequest, BuildFailed, IndexMissing, NotFound, NothingToIndex
from qa.ingest.memory import Memory
from qa.records import Rejected
from qa.settings import Settings
from qa.upkeep import folder as library
from qa.upkeep.folder import Stored, folder_of, roots_of, take_all_in, take_in, take_out
from qa.upkeep.index import fingerprint, index, up_to_date

TEXT = b"A bridge opened\n\nThe bridge over the river opened in May. Boats pass below it."


def _in(folder: Path, name: str, content: bytes = TEXT) -> Stored | Rejected:
    return take_in(folder, name, io.BytesIO(content))


def _files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_file_is_stored_as_it_is_under_a_name_of_our_own(tmp_path: Path) -> None:
    stored = _in(tmp_path, "Brücken über Flüsse (2).TXT")
    assert isinstance(stored, Stored)
    assert re.fullmatch(r"brucken-uber-flusse-2-[0-9a-f]{12}\.txt", stored.file)
    assert (tmp_path / stored.file).read_bytes() == TEXT
    assert _files(tmp_path) == [stored.file]


def test_the_same_content_is_stored_once(tmp_path: Path) -> None:
    assert _in(tmp_path, "a.txt") == _in(tmp_path, "a.txt")
    assert len(_files(tmp_path)) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(max_size=300)
    | st.sampled_from(
        [
            "../../etc/passwd.txt",
            "/abs.txt",
            "C:\\x\\con.txt",
            "..",
            ".hidden.txt",
            "a\0b.txt",
            "x" * 999 + ".txt",
        ]
    ),
    ending=st.sampled_from(["", ".txt", ".md"]),
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str, ending: str) -> None:
    folder = tmp_path / "articles"
    folder.mkdir(exist_ok=True)
    result = _in(folder, name + ending)
    assert _files(tmp_path) == ["articles"]
    for stored in _files(folder):
        assert re.fullmatch(r"[a-z0-9-]{1,60}-[0-9a-f]{12}\.(txt|md)", stored)
    assert (isinstance(result, Stored)) is (name + ending).lower().endswith((".txt", ".md"))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.exe", TEXT, "not read"),
        ("a", TEXT, "not read"),
        ("a.txt", b"", "empty"),
        ("a.txt", b"\x7fELF\0\0", "a program"),
        ("a.pdf", TEXT, "called .pdf, but it is not one"),
        ("a.jsonl", b"not json", "not JSON"),
    ],
)
def test_what_cannot_be_indexed_is_not_stored_and_the_reason_is_given(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    result = _in(tmp_path, name, content)
    assert isinstance(result, Rejected)
    assert why in result.reason
    assert _files(tmp_path) == []


def test_a_file_that_is_too_large_is_not_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MAX_FILE_BYTES", len(TEXT) - 1)
    result = _in(tmp_path, "a.txt")
    assert isinstance(result, Rejected)
    assert _files(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"a\.txt could not be stored"):
        _in(tmp_path / "none", "a.txt")


@pytest.fixture
def indexed(tmp_path: Path) -> Path:
    """tmp_path/in, indexed into tmp_path/data."""
    folder = tmp_path / "in"
    (folder / "more").mkdir(parents=True)
    (folder / "bread.txt").write_text("Bread\n\nBread is made of flour.")
    (folder / "more" / "copy.txt").write_text("Bread\n\nBread is made of flour.")
    (folder / "ferry.txt").write_text("Ferry\n\nThe ferry crosses the river.")
    lines = [f'{{"title": "T{n}", "text": "Day {n} was calm. It rained."}}' for n in range(2)]
    (folder / "days.jsonl").write_text("\n".join(lines))
    index([folder], tmp_path / "data", encoder=WordEncoder())
    return folder


def _id(data: Path, path: str) -> str:
    from qa.snapshot import open_store

    return next(info.id for info in open_store(data).articles() if info.path == path)


def test_an_article_goes_with_all_its_copies(indexed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert take_out(data, _id(data, "bread.txt")) == ["bread.txt", "more/copy.txt"]
    assert [file.name for file in indexed.rglob("*.txt")] == ["ferry.txt"]
    assert index([indexed], data, encoder=WordEncoder()).articles == 3


def test_an_unknown_article_is_said(indexed: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        take_out(tmp_path / "data", "../../etc")


def test_one_of_several_articles_of_a_file_is_left(indexed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(BadRequest, match=r"1 other articles. Edit days\.jsonl"):
        take_out(data, _id(data, "days.jsonl#1"))
    assert (indexed / "days.jsonl").exists()


def test_a_file_outside_the_folders_is_left(
    indexed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Memory, "real_file", lambda self, path: (tmp_path / "else.txt", 1))
    (tmp_path / "else.txt").write_text("mine")
    with pytest.raises(BadRequest, match="outside"):
        take_out(tmp_path / "data", _id(tmp_path / "data", "ferry.txt"))
    assert (tmp_path / "else.txt").exists()


def test_where_articles_go_is_what_the_index_was_made_of(indexed: Path, tmp_path: Path) -> None:
    assert folder_of(roots_of(tmp_path / "data")) == indexed
    with pytest.raises(BadRequest, match="not made of a folder"):
        folder_of([indexed / "bread.txt"])
    with pytest.raises(IndexMissing):
        roots_of(tmp_path / "nowhere")


def test_what_a_killed_process_was_taking_in_is_swept_and_what_another_takes_in_is_not(
    tmp_path: Path,
) -> None:
    left, under_way = tmp_path / ".taking-in-dead.txt", tmp_path / ".taking-in-alive.txt"
    for file in (left, under_way):
        file.write_text("half")
    os.utime(left, (0, 0))
    content = b"Bread\n\nBread is made of flour."
    (taken,) = take_all_in(tmp_path, [("a.txt", io.BytesIO(content))])
    assert isinstance(taken, Stored)
    assert not left.exists() and under_way.exists()


def test_the_folder_is_looked_through_once_for_all_files_of_an_upload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, glob = [], Path.glob

    def watched(folder: Path, pattern: str) -> Iterator[Path]:
        looked.append(folder)
        yield from glob(folder, pattern)

    monkeypatch.setattr(Path, "glob", watched)
    files = [
        (f"{n}.txt", io.BytesIO(b"Note %d\n\nThe ferry carries %d letters." % (n, n))) for n in range(20)
    ]
    assert all(isinstance(one, Stored) for one in take_all_in(tmp_path, files))
    assert looked == [tmp_path]


@pytest.mark.parametrize("place", ["data", "kept/data", "new/runs/data"])
def test_an_index_among_the_articles_is_not_read(indexed: Path, tmp_path: Path, place: str) -> None:
    data, encoder = indexed / place, WordEncoder()
    before = fingerprint([indexed])
    first = index([indexed], data, encoder=encoder)
    assert [(one.path, one.reason) for one in first.rejected] == [
        (place, "the folder of an index, which is not read")
    ]
    assert fingerprint([indexed]) == before  # else a server would build again at each start
    assert up_to_date([indexed], data, Settings(encoder=encoder.name))
    again = index([indexed], data, encoder=encoder)
    assert (again.published, again.articles, again.files_read) == (False, first.articles, first.files_read)
    elsewhere = index([indexed], tmp_path / "elsewhere", encoder=encoder)
    assert (elsewhere.articles, elsewhere.rejected) == (first.articles, first.rejected)


def test_an_index_and_its_articles_need_folders_of_their_own(indexed: Path, tmp_path: Path) -> None:
    for articles, data in ((indexed, indexed), (tmp_path / "data", tmp_path / "other")):
        with pytest.raises(NothingToIndex, match=r"folder of an index.*--data"):
            index([articles], data, encoder=WordEncoder())
    assert not (indexed / "generations").exists()
