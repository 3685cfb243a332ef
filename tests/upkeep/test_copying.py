"""An index from a folder to a database and back: the same articles, passages and vectors, and nothing made again."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from fakes import WordEncoder

from qa.command.main import main
from qa.errors import BadRequest, BuildFailed, IndexMissing
from qa.index.catalog import Catalog, open_catalog
from qa.upkeep.copying import copy
from qa.upkeep.index import index

WORDS = [
    f"{one}{other}" for one in "ba ce di fo gu ka le mi".split() for other in "lor mund nast pelk rin".split()
]


def _write(folder: Path) -> None:
    draw = random.Random(7)
    folder.mkdir()
    for number in range(30):
        said = ". ".join(" ".join(draw.sample(WORDS, k=6)).capitalize() for _ in range(9))
        (folder / f"{number}.txt").write_text(f"Title {number}\n\n{said}.")


def _held(catalog: Catalog) -> tuple[object, ...]:
    store = catalog.open()
    ids = store.all_passage_ids().tolist()
    articles = [store.article(info.id) for info in store.articles()]
    return (
        articles,
        store.passages(ids),
        store.manifest.content,
        store.manifest.program,
        store.manifest.sources,
    )


def test_there_and_back_it_is_the_same_and_the_next_build_goes_on_from_it(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(tmp_path / "in")
    encoder = WordEncoder()
    index([tmp_path / "in"], tmp_path / "data", encoder=encoder)

    assert main(["store", "copy", str(tmp_path / "data"), address, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["articles"], told["same_first"]) == (30, told["questions"])
    assert told["same_ten"] > 0.8
    assert main(["store", "copy", address, str(tmp_path / "back")]) == 0
    said = capsys.readouterr().out
    assert "30 articles" in said
    assert str(tmp_path / "back") in said

    held = _held(open_catalog(tmp_path / "data"))
    for place in (address, tmp_path / "back"):
        assert _held(open_catalog(place)) == held
        assert open_catalog(place).check(encoder).problems == ()
        encoder.encoded.clear()
        report = index([tmp_path / "in"], place, encoder=encoder)
        assert (report.published, report.anew, report.changes.unchanged, encoder.encoded) == (
            False,
            None,
            30,
            [],
        )


def test_a_copy_that_finds_something_else_is_said_and_can_be_gone_back_from(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path / "in")
    index([tmp_path / "in"], tmp_path / "data", encoder=WordEncoder())
    source, target = open_catalog(tmp_path / "data"), open_catalog(address)
    before = copy(source, target).version
    monkeypatch.setattr("qa.index.postgres.writing.halfvec", lambda vector: str([1.0] + [0.0] * 63))
    with pytest.raises(BuildFailed, match="--rollback"):
        copy(source, target)
    assert target.rollback().now == before


@pytest.mark.model
def test_a_sound_copy_of_real_articles_is_taken_however_their_words_are_ranked(
    address: str, tmp_path: Path
) -> None:
    index([Path(__file__).parents[2] / "seeds"], tmp_path / "data")
    for source, target in ((str(tmp_path / "data"), address), (address, str(tmp_path / "back"))):
        copied = copy(open_catalog(source), open_catalog(target))
        assert copied.articles == 5
        assert copied.same_ten > 0.8


def test_a_copy_without_words_is_said(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path / "in")
    index([tmp_path / "in"], tmp_path / "data", encoder=WordEncoder())
    monkeypatch.setattr("qa.index.postgres.store.PostgresStore.search_lexical", lambda *_, **__: [])
    with pytest.raises(BuildFailed, match="found in the copy"):
        copy(open_catalog(tmp_path / "data"), open_catalog(address))


@pytest.mark.parametrize("other", ["mysql://h/d", "postgresql+psycopg://h/d", "http://h"])
def test_an_address_of_another_kind_is_no_folder(other: str) -> None:
    with pytest.raises(BadRequest, match="postgresql://HOST"):
        open_catalog(other)


def test_an_index_is_not_copied_to_itself_however_its_place_is_written(tmp_path: Path) -> None:
    (tmp_path / "here").symlink_to(tmp_path)
    with pytest.raises(BadRequest, match="to itself"):
        copy(open_catalog(tmp_path / "data"), open_catalog(tmp_path / "here" / "data"))


def test_nothing_can_be_copied_from_where_nothing_is(address: str, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        copy(open_catalog(address), open_catalog(tmp_path / "data"))
    assert not (tmp_path / "data").exists()
