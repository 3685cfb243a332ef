"""Generations in a database: built upon each other, gone back to, removed, and held apart from each other."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from database import Database
from fakes import ARTICLES, WordEncoder, article, two_sentences

from qa.errors import BuildFailed, BuildRunning, IndexMissing, NotFound, StoreUnavailable
from qa.index.catalog import open_catalog
from qa.index.delta import Built
from qa.index.generation import Generation
from qa.index.plan import Plan
from qa.index.postgres.migrations import STEPS
from qa.records import BuildReport, Changes
from qa.settings import Settings
from qa.upkeep.index import index

Build = Callable[..., Built]
WORDS = "harbour bridge ferry bread flour minister election storm river museum painter violin orchard".split()


def _write(folder: Path, number: int, draw: random.Random) -> None:
    folder.mkdir(exist_ok=True)
    said = ". ".join(" ".join(draw.choices(WORDS, k=8)).capitalize() for _ in range(draw.randint(2, 30)))
    (folder / f"{number}.txt").write_text(f"Title {draw.randint(0, 99)} of {number}\n\n{said}.")


def _index(folder: Path, address: str) -> BuildReport:
    return index([folder], address, encoder=WordEncoder(), settings=Settings(passage_tokens=40))


def _held(store: Generation) -> dict[str, object]:
    ids = store.all_passage_ids().tolist()
    return {
        "articles": [store.article(info.id) for info in store.articles()],
        "listed": store.articles(),
        "passages": store.passages(ids),
        "vectors": store.vectors_of(ids).tolist(),
        "digests": store.digests(),
        "content": store.manifest.content,
        "words": {word: dict(store.search_lexical(word, 10_000)) for word in WORDS},
        "sources": store.sources(),
    }


def test_after_many_changes_it_holds_what_a_fresh_one_holds(
    address: str, database: Database, tmp_path: Path
) -> None:
    folder, draw = tmp_path / "in", random.Random(5)
    for number in range(12):
        _write(folder, number, draw)
    _index(folder, address)
    for _ in range(3):
        for number in draw.sample(range(15), 3):
            _write(folder, number, draw)
        (folder / f"{draw.randrange(15)}.txt").unlink(missing_ok=True)
        report = _index(folder, address)
        assert report.anew is None
        assert report.reused > report.encoded
        with database.schema() as fresh:
            _index(folder, fresh)
            assert _held(open_catalog(address).open()) == _held(open_catalog(fresh).open())
    assert open_catalog(address).check(WordEncoder()).problems == ()


def test_what_is_built_is_reported_as_of_a_local_index(address: str, tmp_path: Path) -> None:
    for number in range(6):
        _write(tmp_path / "in", number, random.Random(number))
    for where in (address, tmp_path / "data"):
        first = index([tmp_path / "in"], where, encoder=WordEncoder())
        (tmp_path / "in" / "3.txt").write_text("A new title\n\nThe violin was found in the river.")
        encoder = WordEncoder()
        second = index([tmp_path / "in"], where, encoder=encoder)
        assert encoder.encoded == ["A new title. The violin was found in the river."]
        assert second.changes == Changes(new=0, changed=1, removed=0, unchanged=5)
        assert (second.encoded, second.articles, second.anew) == (1, 6, None)
        again = index([tmp_path / "in"], where, encoder=encoder)
        assert (again.published, again.version) == (False, second.version)
        assert first.version < second.version
        _write(tmp_path / "in", 3, random.Random(3))


def test_who_has_opened_a_generation_keeps_it(address: str, build_index: Build) -> None:
    build_index(data=address)
    opened = open_catalog(address).open()
    before = _held(opened)
    build_index([ARTICLES[0], article("Rye is a grain. It is grown in the north.")], data=address)
    assert _held(opened) == before
    assert len(open_catalog(address).open().articles()) == 2


def test_one_goes_back_and_forward_and_a_build_after_going_back_is_right(
    address: str, build_index: Build
) -> None:
    catalog = open_catalog(address)
    first = build_index(data=address).manifest.version
    second = build_index([*ARTICLES, article("It rained. It stopped.")], data=address).manifest.version
    with pytest.raises(NotFound, match="20990101"):
        catalog.rollback("20990101T000000000000-0")
    done = catalog.rollback()
    assert (done.before, done.now) == (second, first)
    assert catalog.open().version == first
    assert len(catalog.open().articles()) == 3
    with pytest.raises(NotFound, match="no older"):
        catalog.rollback()
    again = build_index([*ARTICLES, article("It rained. It stopped.")], data=address)
    assert (again.published, again.manifest.version) == (True, second)
    catalog.rollback(first)
    third = build_index([*ARTICLES[1:], article("It was dry. It was cold.")], data=address)
    assert sorted(info.id for info in catalog.open().articles()) == sorted(
        one.id for one in [*ARTICLES[1:], article("It was dry. It was cold.")]
    )
    assert catalog.check(WordEncoder()).problems == ()
    assert third.manifest.version > second


def test_only_the_newest_generations_are_kept_and_nothing_of_others_stays(
    address: str, database: Database, build_index: Build
) -> None:
    settings = Settings(keep_generations=2)
    catalog = open_catalog(address)
    stores = []
    for day in range(5):
        build_index([*ARTICLES, article(f"Day {day}. It rained.")], data=address, settings=settings)
        stores.append(catalog.open())
    # Other vectors: tables of their own.
    build_index(data=address, settings=settings, encoder=WordEncoder("other", 32))
    build_index([*ARTICLES[:2]], data=address, settings=settings, encoder=WordEncoder("other", 32))
    with psycopg.connect(database.url) as connection:
        schema = address.rpartition("=")[2]
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename ~ '_[0-9]+$'", [schema]
        ).fetchall()
        assert sorted(names) == [("article_2",), ("passage_2",), ("term_2",)]
        count = connection.execute(f"SELECT count(*) FROM {schema}.generation".encode()).fetchone()
        assert count == (2,)
    for store in stores:  # whoever still asks one that has gone is told so
        with pytest.raises(StoreUnavailable, match="Ask again"):
            store.search("rain", WordEncoder().encode_question("rain"), 5)
        with pytest.raises(StoreUnavailable, match="Ask again"):
            store.passages([1])


def test_one_build_at_a_time(address: str, build_index: Build) -> None:
    catalog = open_catalog(address)
    assert catalog.who_builds() is None
    with catalog.building():
        assert "build in process" in str(catalog.who_builds())
        with pytest.raises(BuildRunning, match="build in process"), catalog.building():
            pass
        with pytest.raises(BuildRunning):
            catalog.rollback()
    assert catalog.who_builds() is None


def test_a_build_that_fails_leaves_nothing(
    address: str, database: Database, build_index: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build_index(data=address).manifest.version

    def broken(*_: object) -> list[str]:
        return ["Passage 1 is not found by its vector."]

    with monkeypatch.context() as patch:
        patch.setattr("qa.index.postgres.building.own_search", broken)
        with pytest.raises(BuildFailed, match="not found by its vector"):
            build_index([article("It rained. It was dry.")], data=address, encoder=WordEncoder("other", 16))
    assert open_catalog(address).open().version == before
    assert build_index([article("It rained. It was dry.")], data=address).manifest.counts["articles"] == 1


def test_before_anything_was_built_there_is_nothing(address: str) -> None:
    catalog = open_catalog(address)
    assert catalog.pointer() is None
    with pytest.raises(IndexMissing, match="schema test_"):
        catalog.open()
    with pytest.raises(IndexMissing):
        catalog.check()
    with pytest.raises(NotFound, match="Build one"):
        catalog.rollback()


def test_what_a_newer_program_made_is_left_alone(
    address: str, database: Database, build_index: Build
) -> None:
    build_index(data=address)
    with psycopg.connect(database.url, autocommit=True) as connection:
        schema = address.rpartition("=")[2]
        connection.execute(f"INSERT INTO {schema}.migration VALUES ({len(STEPS) + 1}, now())".encode())
    with pytest.raises(BuildFailed, match="newer Verbatim"):
        build_index(data=address)
    assert "newer Verbatim" in open_catalog(address).check().problems[0]


def test_the_check_says_what_was_altered(address: str, database: Database, build_index: Build) -> None:
    build_index(data=address)
    schema = address.rpartition("=")[2]
    for change, said in (
        ("passage_1 SET begins = begins + 1, ends = ends - 1", "is not the text at"),
        ("passage_1 SET vector = '[" + ",".join(["0"] * 64) + "]'", "not of unit length"),
        ("article_1 SET title = 'x'", "is not what was written"),
    ):
        with psycopg.connect(database.url, autocommit=True) as connection:
            connection.execute(f"UPDATE {schema}.{change}".encode())
        assert any(said in problem for problem in open_catalog(address).check(WordEncoder()).problems), said


def test_files_beside_an_index_come_back(address: str) -> None:
    content = random.Random(1).randbytes(2**21 + 5)
    encoder, settings = WordEncoder(), Settings()

    def remembered(folder: Path) -> None:
        (folder / "memory").write_bytes(content)

    with open_catalog(address).building() as building:
        building.write(
            Plan(
                [(one, two_sentences(one)) for one in ARTICLES],
                encoder,
                settings,
                before=building.look_back(encoder, settings),
                sources={"roots": []},
                report={},
                progress=lambda phase, done, total: None,
                beside=remembered,
            )
        )
    store = open_catalog(address).open()
    assert store.file("memory").read_bytes() == content
    assert not store.file("other").exists()
    store.close()


def test_a_right_that_is_missing_is_said(address: str, database: Database, build_index: Build) -> None:
    build_index(data=address)
    store = open_catalog(address).open()
    with psycopg.connect(database.url, autocommit=True) as connection:
        schema = address.rpartition("=")[2]
        connection.execute(f"ALTER TABLE {schema}.passage_1 DROP COLUMN text".encode())
    with pytest.raises(StoreUnavailable, match='"text" does not exist'):
        store.passages([1])
