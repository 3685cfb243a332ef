from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import BadRequest
from qa.index.postgres.address import Address
from qa.upkeep.collections import collections_in, loose_files, name_of


def test_each_folder_is_a_collection_with_an_index_of_its_own(tmp_path: Path) -> None:
    folder, data = tmp_path / "in", tmp_path / "data"
    for name in ("Annual Reports (2024)", "news", ".hidden"):
        (folder / name).mkdir(parents=True)
    (folder / "loose.txt").write_text("Not of a collection.")
    reports, news = collections_in(folder, data)
    assert (reports.name, reports.title) == ("annual-reports-2024", "Annual Reports (2024)")
    assert reports.articles == folder / "Annual Reports (2024)"
    assert news.data == data / "collections" / "news"
    assert loose_files(folder) == ["loose.txt"]


def test_a_title_moves_no_cursor(tmp_path: Path) -> None:
    (tmp_path / "a\n\x1b[2J\u202eb").mkdir()
    (tmp_path / "c\nd").write_text("Not of a collection.")
    (one,) = collections_in(tmp_path, tmp_path / "data")
    assert one.title.isprintable() and one.articles == tmp_path / "a\n\x1b[2J\u202eb"
    assert loose_files(tmp_path) == ["c d"]


def test_links_among_them_are_named_and_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "in", tmp_path / "elsewhere"
    for one in (folder / "news", elsewhere):
        one.mkdir(parents=True)
    for name, target in (
        ("out", elsewhere),
        ("self", folder),
        ("loop", folder / "loop"),
        ("gone", "nowhere"),
    ):
        (folder / name).symlink_to(target)
    assert [one.name for one in collections_in(folder, tmp_path / "data")] == ["news"]
    assert loose_files(folder) == ["gone", "loop", "out", "self"]


def test_indexes_among_them_are_no_collections(tmp_path: Path) -> None:
    for name in ("news", "data/collections/news", "old/generations"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "old" / "CURRENT").write_text("1")
    assert [one.name for one in collections_in(tmp_path, tmp_path / "data")] == ["news"]


@pytest.mark.parametrize(
    ("store", "schema"),
    [
        ("postgresql://u@h/d", "verbatim_annual_reports"),
        ("postgresql://u@h/d?sslmode=require&schema=news", "news_annual_reports"),
    ],
)
def test_in_a_store_each_has_a_schema_of_its_own(tmp_path: Path, store: str, schema: str) -> None:
    for name in ("Annual reports", "x" * 60, "x" * 59 + "y"):
        (tmp_path / name).mkdir()
    reports, *long = collections_in(tmp_path, tmp_path / "data", store)
    assert reports.place == reports.store
    assert Address.parsed(str(reports.store)).schema == schema
    assert ("sslmode" in store) == ("sslmode" in str(reports.store))
    schemas = [Address.parsed(str(one.store)).schema for one in long]
    assert len({*schemas}) == 2


def test_two_folders_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("News", "news!"):
        (tmp_path / name).mkdir()
    with pytest.raises(BadRequest, match=r"'News' and 'news!'.*/c/news/.*Rename one"):
        collections_in(tmp_path, tmp_path)


def test_a_folder_without_folders_is_refused_with_the_way_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Text.")
    with pytest.raises(BadRequest, match="--articles"):
        collections_in(tmp_path, tmp_path)
    with pytest.raises(BadRequest, match="cannot be listed"):
        collections_in(tmp_path / "nowhere", tmp_path)


@given(st.text(min_size=1))
def test_a_name_is_never_a_path(title: str) -> None:
    name = name_of(title)
    assert name
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert name_of(title) == name


def test_names_of_other_scripts_stay_apart() -> None:
    assert name_of("Новости") != name_of("Архив")
