"""An index built upon the one before holds what one built from nothing holds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from fakes import WordEncoder

from qa.index import before, build, delta
from qa.index.lexical import LexicalIndex
from qa.index.local import LocalStore
from qa.index.publish import current
from qa.records import BuildReport, Changes
from qa.settings import Settings
from qa.upkeep.index import index

WORDS = "harbour bridge ferry bread flour minister election storm river museum painter violin orchard".split()


def _write(folder: Path, number: int, draw: random.Random) -> None:
    folder.mkdir(exist_ok=True)
    said = ". ".join(" ".join(draw.choices(WORDS, k=8)).capitalize() for _ in range(draw.randint(2, 30)))
    (folder / f"{number}.txt").write_text(f"Title {draw.randint(0, 99)} of {number}\n\nBy Ann Lee\n\n{said}.")


def _index(folder: Path, data: Path, encoder: WordEncoder | None = None, **settings: object) -> BuildReport:
    return index([folder], data, encoder=encoder or WordEncoder(), settings=Settings(**settings))  # type: ignore[arg-type]


def _held(data: Path) -> dict[str, object]:
    store = LocalStore(current(data))
    ids = sorted(store.vectors.ids().tolist())
    return {
        "articles": [store.article(info.id) for info in store.articles()],
        "passages": store.passages(ids),
        "vectors": store.vectors.get(ids).tolist(),
        "digests": store.digests(),
        "content": store.manifest.content,
        "words": {word: sorted(id_ for id_, _ in store.search_lexical(word, 10_000)) for word in WORDS},
    }


def test_after_many_changes_it_holds_what_a_fresh_one_holds(tmp_path: Path) -> None:
    folder, data, draw = tmp_path / "in", tmp_path / "data", random.Random(5)
    for number in range(20):
        _write(folder, number, draw)
    _index(folder, data, passage_tokens=40)
    for step in range(6):
        for number in draw.sample(range(25), 3):
            _write(folder, number, draw)
        (folder / f"{draw.randrange(25)}.txt").unlink(missing_ok=True)

        report = _index(folder, data, passage_tokens=40)

        assert report.anew is None
        assert report.changes.unchanged >= 15
        assert report.reused > report.encoded
        _index(folder, tmp_path / f"fresh{step}", passage_tokens=40)
        assert _held(data) == _held(tmp_path / f"fresh{step}")


@pytest.mark.parametrize("most_deleted", [0.0, 1.0])
def test_deleted_words_are_gone_whether_the_lexical_index_is_copied_or_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_deleted: float
) -> None:
    monkeypatch.setattr(build, "_DELETED", most_deleted)
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    for name in ("zebra", "giraffe", "lion"):
        (folder / f"{name}.txt").write_text(f"The {name} house\n\nA {name} lives here. It eats well.")
    _index(folder, data)
    (folder / "zebra.txt").unlink()
    _index(folder, data)
    (folder / "lion.txt").write_text("The tiger house\n\nA tiger lives here. It eats well.")
    _index(folder, data)

    store = LocalStore(current(data))
    assert store.search_lexical("zebra lion", 10) == []
    assert len(store.search_lexical("giraffe tiger", 10)) == 2
    share = LexicalIndex.share_deleted(current(data) / "lexical")
    assert (share == 0) is (most_deleted == 0)


def test_one_changed_file_costs_one_article(tmp_path: Path) -> None:
    folder, data, draw = tmp_path / "in", tmp_path / "data", random.Random(1)
    for number in range(10):
        _write(folder, number, draw)
    _index(folder, data)
    (folder / "3.txt").write_text("A new title\n\nThe violin was found in the river.")
    encoder = WordEncoder()

    report = _index(folder, data, encoder)

    assert encoder.encoded == ["A new title. The violin was found in the river."]
    assert report.changes == Changes(new=0, changed=1, removed=0, unchanged=9)
    assert (report.encoded, report.articles) == (1, 10)
    assert set(report.phases) >= {"open", "read", "encode", "lexical", "articles", "check", "publish"}


def test_a_folder_that_moved_is_taken_over_whole(tmp_path: Path) -> None:
    draw = random.Random(2)
    for number in range(5):
        _write(tmp_path / "in", number, draw)
    first = _index(tmp_path / "in", tmp_path / "data")
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    encoder = WordEncoder()

    moved = _index(tmp_path / "elsewhere", tmp_path / "data", encoder)

    assert encoder.encoded == []
    assert (moved.anew, moved.published, moved.reused) == (None, True, first.passages)
    assert LocalStore(current(tmp_path / "data")).manifest.sources["roots"] == [str(tmp_path / "elsewhere")]


def test_touched_files_publish_nothing(tmp_path: Path) -> None:
    _write(tmp_path / "in", 1, random.Random(3))
    first = _index(tmp_path / "in", tmp_path / "data")
    (tmp_path / "in" / "1.txt").touch()
    again = _index(tmp_path / "in", tmp_path / "data")
    assert (again.published, again.version) == (False, first.version)


@pytest.mark.parametrize(
    ("change", "why", "encoded"),
    [
        ("nothing", None, 0),
        ("encoder", "the encoder was words and is other", 2),
        ("setting", "passage_tokens was 160 and is 40", 2),
        ("program", "in another way", 0),
        ("memory", "memory.sqlite", 0),
        ("damage", "was damaged", 0),
        ("first", "no index before", 2),
        ("ruin", "no index before is whole", 2),
    ],
)
def test_what_makes_everything_be_read_anew_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, why: str | None, encoded: int
) -> None:
    for number in range(2):
        _write(tmp_path / "in", number, random.Random(number))
    data, encoder, settings = tmp_path / "data", WordEncoder(), {}
    if change != "first":
        _index(tmp_path / "in", data)
        if change in ("memory", "damage"):
            (tmp_path / "in" / "0.txt").touch()
    if change == "encoder":
        encoder = WordEncoder("other")
    elif change == "setting":
        settings = {"passage_tokens": 40}
    elif change == "program":
        monkeypatch.setattr(before, "program", lambda: "0")
        monkeypatch.setattr(delta, "program", lambda: "0")
    elif change == "memory":
        monkeypatch.setattr("qa.upkeep.index.MEMORY", "lost-memory.sqlite")
        why = "lost-memory.sqlite"
    elif change == "damage":
        _write(tmp_path / "in", 2, random.Random(2))
        _index(tmp_path / "in", data)
        encoded = len(WordEncoder().encoded)
        (current(data) / "store.sqlite").write_bytes(b"")
        (tmp_path / "in" / "2.txt").unlink()
    elif change == "ruin":
        (current(data) / "store.sqlite").write_bytes(b"")

    report = _index(tmp_path / "in", data, encoder, **settings)

    assert report.anew is None if why is None else why in str(report.anew)
    assert (len(encoder.encoded) >= 2) is (encoded > 0)
    assert report.articles == 2
    LocalStore(current(data))
