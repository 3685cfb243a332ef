"""qa index --check: a whole index passes, and whatever is wrong with another is said in a sentence."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fakes import ARTICLES, WordEncoder, article

from embeddings.rows import Rows, write_rows
from qa.errors import IndexMissing
from qa.index.check import check
from qa.index.delta import Built
from qa.index.lexical import LexicalIndex
from qa.index.manifest import Manifest, describe_all
from qa.index.packing import SEALED, seal
from qa.index.publish import current, point
from qa.upkeep.index import index

Build = Callable[..., Built]


def _blob(*numbers: int) -> str:
    return f"x'{array('q', numbers).tobytes().hex()}'"


@pytest.fixture
def folder(build_index: Build, tmp_path: Path) -> Path:
    build_index()
    return current(tmp_path)


def _altered(folder: Path, *statements: str) -> None:
    """Change the database, and sign the change as if the builder itself had made it."""
    with closing(sqlite3.connect(folder / "store.sqlite", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        for row in connection.execute(f"SELECT {SEALED} FROM article").fetchall():
            connection.execute("UPDATE article SET seal = ? WHERE id = ?", [seal(row), row[0]])
    _sign(folder)


def _sign(folder: Path) -> None:
    told = Manifest.load(folder)
    fields = {name: getattr(told, name) for name in Manifest.__dataclass_fields__ if name != "version"}
    signed = Manifest.make(**{**fields, "files": describe_all(folder)})
    signed.save(folder)
    renamed = folder.with_name(signed.version)
    folder.rename(renamed)
    point(folder.parent.parent, renamed.name)


def test_a_whole_index_has_no_problems(build_index: Build, tmp_path: Path) -> None:
    built = build_index()
    checked = check(tmp_path, WordEncoder())
    assert checked.problems == ()
    assert (checked.version, checked.articles, checked.passages, checked.samples) == (
        built.manifest.version,
        3,
        6,
        6,
    )


def test_a_whole_index_of_cleaned_files_has_no_problems(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(
        "<html><head><title>Ferries</title></head><body><nav>Menu</nav><article><p>The ferry &amp; the boat "
        "left at noon.</p><p>Nobody had seen them “since”.</p></article></body></html>"
    )
    (tmp_path / "in" / "b.txt").write_text(
        "Bread\n\nIt is made of fl\u00adour.\r\nSome add salt\r\nand water."
    )
    index([tmp_path / "in"], tmp_path / "data", encoder=WordEncoder())
    assert check(tmp_path / "data", WordEncoder()).problems == ()


def test_where_nothing_was_published_there_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        check(tmp_path)


def test_a_flipped_bit_is_a_problem_that_names_the_file(folder: Path, tmp_path: Path) -> None:
    file = folder / "vectors" / "rows.npy"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    (problem,) = check(tmp_path).problems
    assert str(file) in problem


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE passage SET start = start + 1 WHERE id = (SELECT min(id) FROM passage)",
            "is not the text at",
        ),
        ("UPDATE passage SET end = 999 WHERE id = (SELECT min(id) FROM passage)", "lies outside the text"),
        (
            "UPDATE passage SET text = x'616263' WHERE id = (SELECT min(id) FROM passage)",
            "is not the text at",
        ),
        ("UPDATE passage SET id = 5 WHERE id = (SELECT min(id) FROM passage)", "vectors have no passages"),
        (
            "UPDATE article SET raw = CAST(raw || '!' AS BLOB), text = raw WHERE number = 0",
            "its raw text is not",
        ),
        (f"UPDATE article SET alignment = {_blob(0, 0, 0, 47, 0, 0)} WHERE number = 0", "cited at"),
        (
            f"UPDATE article SET alignment = {_blob(0, 40, 20)} WHERE number = 0",
            "does not go forward through the raw text",
        ),
        (
            f"UPDATE article SET page_starts = {_blob(9, 8)} WHERE number = 0",
            "pages do not begin in order",
        ),
        (
            """UPDATE article SET parts = CAST('[[0, 999, "caption"]]' AS BLOB) WHERE number = 0""",
            "lies outside the text",
        ),
        (
            """UPDATE article SET parts = CAST('[[0, 999, 1, 0, "1."]]' AS BLOB) WHERE number = 0""",
            "or list item of it lies outside the text",
        ),
        (
            "UPDATE article SET parts = CAST('[[[[0, 4, 0]], [[[5, 999, 0]]]]]' AS BLOB) WHERE number = 0",
            "a cell, caption,",
        ),
    ],
)
def test_what_the_database_says_wrongly_is_said(
    folder: Path, tmp_path: Path, statement: str, said: str
) -> None:
    _altered(folder, statement)
    problems = check(tmp_path).problems
    assert any(said in problem for problem in problems), problems


def test_lexical_entries_of_other_passages_are_found(folder: Path, tmp_path: Path) -> None:
    for file in (folder / "lexical").iterdir():
        file.unlink()
    LexicalIndex.build(folder / "lexical", [(number, "words") for number in range(6)])
    _sign(folder)
    assert "6 vectors have no lexical entries" in " ".join(check(tmp_path).problems)


def test_vectors_of_other_texts_are_found(folder: Path, tmp_path: Path) -> None:
    file = folder / "vectors" / "rows.npy"
    matrix = Rows(file).all()
    write_rows(file, matrix.shape, [np.roll(matrix, 1, axis=0)])
    _sign(folder)
    assert check(tmp_path).problems == ()  # each is found by its own vector, which is not that of its text
    problems = check(tmp_path, WordEncoder()).problems
    assert "is not what is found when its own text is asked for" in problems[0]


@pytest.mark.parametrize("value", [0.0, 2.0, float("nan")])
def test_vectors_that_are_not_of_unit_length_are_found(folder: Path, tmp_path: Path, value: float) -> None:
    file = folder / "vectors" / "rows.npy"
    matrix = Rows(file).all()
    matrix[0] *= value
    write_rows(file, matrix.shape, [matrix])
    _sign(folder)
    assert "not of unit length" in " ".join(check(tmp_path).problems)


def test_a_thousand_wrong_offsets_are_not_a_thousand_lines(build_index: Build, tmp_path: Path) -> None:
    build_index([*ARTICLES, *(article(f"Day {day}. It rained.") for day in range(30))])
    _altered(current(tmp_path), "UPDATE passage SET text = x'78'")
    problems = check(tmp_path).problems
    assert "not all listed" in " ".join(problems)
    assert len(problems) < 100


def test_an_article_that_is_not_what_was_written_is_named(folder: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(folder / "store.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE article SET title = x'616263' WHERE number = 0")
    _sign(folder)
    assert any("is not what was written" in problem for problem in check(tmp_path).problems)
