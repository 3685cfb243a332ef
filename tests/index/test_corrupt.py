"""An index that is not what its manifest says is never served, and the file is named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import PhraseReader, WordEncoder

from qa import Engine
from qa.errors import IndexCorrupt, ModelMissing
from qa.index.delta import Built
from qa.index.local import LocalStore
from qa.index.manifest import FORMAT, Manifest, describe_all
from qa.index.publish import current

Build = Callable[..., Built]


@pytest.fixture
def folder(build_index: Build, tmp_path: Path) -> Path:
    build_index()
    return current(tmp_path)


def _files(folder: Path) -> list[Path]:
    return [folder / name for name in sorted(Manifest.load(folder).files)]


def test_the_manifest_covers_every_file_that_carries_content(folder: Path) -> None:
    names = {file.name for file in _files(folder)}
    assert {"rows.npy", "ids.npy", "store.sqlite", "meta.json"} <= names
    assert len(names) > 5  # tantivy's segments too


def test_a_flipped_bit_in_any_file_is_found_and_named(folder: Path) -> None:
    for file in _files(folder):
        whole = file.read_bytes()
        for at in {0, len(whole) // 2, len(whole) - 1}:
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(IndexCorrupt, match="SHA-256") as raised:
                LocalStore(folder)
            assert raised.value.file == file
            assert str(file) in str(raised.value)
        file.write_bytes(whole)
    assert LocalStore(folder).version == folder.name


def test_a_file_cut_or_grown_by_a_byte_is_found_and_named(folder: Path) -> None:
    for file in _files(folder):
        whole = file.read_bytes()
        for other in (whole[:-1], whole + b"\0", b""):
            file.write_bytes(other)
            with pytest.raises(IndexCorrupt, match="bytes") as raised:
                LocalStore(folder)
            assert raised.value.file == file
        file.write_bytes(whole)


def test_a_missing_file_is_found_and_named(folder: Path) -> None:
    for file in _files(folder):
        whole = file.read_bytes()
        file.unlink()
        with pytest.raises(IndexCorrupt, match="it is missing") as raised:
            LocalStore(folder)
        assert raised.value.file == file
        file.write_bytes(whole)


def test_a_missing_or_unreadable_manifest_is_named(folder: Path) -> None:
    manifest = folder / "manifest.json"
    for content in (b"", b"{", b"[]", b"{}", b"\xff\xfe", b'"text"', b'{"format": 1}', b"[" * 100_000):
        manifest.write_bytes(content)
        with pytest.raises(IndexCorrupt) as raised:
            LocalStore(folder)
        assert raised.value.file == manifest
    manifest.unlink()
    with pytest.raises(IndexCorrupt, match="it is missing"):
        LocalStore(folder)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("counts", {"articles": 3, "passages": 7}),
        ("encoder", {"name": "words", "checksum": "0", "dimension": 64}),
        ("settings", {}),
        ("files", {}),
        ("version", "20200101T000000-000000000000"),
        ("surprise", 1),
    ],
)
def test_an_altered_manifest_no_longer_matches_its_version(folder: Path, field: str, value: object) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), field: value}))
    with pytest.raises(IndexCorrupt, match="does not match the version"):
        LocalStore(folder)


def test_another_format_is_said_and_not_guessed_at(folder: Path) -> None:
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))
    with pytest.raises(IndexCorrupt, match=f"format 99, and this program reads format {FORMAT}"):
        LocalStore(folder)


@pytest.mark.parametrize("field", ["articles", "passages"])
def test_counts_that_disagree_with_the_files_are_found(folder: Path, field: str) -> None:
    fields = json.loads((folder / "manifest.json").read_text())
    del fields["version"]
    fields["counts"][field] += 1
    Manifest.make(**fields).save(folder)
    with pytest.raises(IndexCorrupt, match="and the manifest says"):
        LocalStore(folder)


@pytest.mark.parametrize("name", ["vectors/rows.npy", "store.sqlite", "lexical/meta.json"])
def test_a_file_of_rubbish_with_a_fitting_checksum_is_still_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"rubbish" * 99)
    fields = json.loads((folder / "manifest.json").read_text())
    del fields["version"]
    Manifest.make(**{**fields, "files": describe_all(folder)}).save(folder)
    with pytest.raises(IndexCorrupt) as raised:
        LocalStore(folder)
    assert Path(raised.value.file).name in {Path(name).name, "lexical", "vectors"}


def test_an_engine_with_another_encoder_than_the_index_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"cannot be compared\. Build the index again"):
        Engine.open(tmp_path, encoder=WordEncoder("other"))


def test_what_is_damaged_while_it_serves_is_not_quoted(folder: Path, tmp_path: Path) -> None:
    """Wherever the file keeps an article's words; what SQLite has in memory already is whole."""
    file = folder / "store.sqlite"
    whole = file.read_bytes()
    places = [match.start() for match in re.finditer(b"flour", whole)]
    assert len(places) >= 2  # of the article and of its passage
    refused = 0
    for at in places:
        for phrase in ("flour", "sugar"):
            engine = Engine.open(tmp_path, encoder=WordEncoder(), reader=PhraseReader(phrase))
            with file.open("r+b") as stream:  # in place: the file that is open
                stream.seek(at)
                stream.write(b"sugar")
            try:
                assert engine.ask("What is bread made of?").text in ("flour", None)
            except IndexCorrupt as error:
                assert error.file in (file, tmp_path)
                refused += 1
            file.write_bytes(whole)
    assert refused >= len(places)
