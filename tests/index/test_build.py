"""Building: what is published, what is taken over, and what happens when a build fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import ARTICLES, WordEncoder, article, two_sentences

from qa.errors import BuildFailed, BuildRunning, IndexCorrupt, IndexMissing
from qa.index import build as build_module
from qa.index import publish
from qa.index.articles import Writer
from qa.index.before import look_back
from qa.index.check import check
from qa.index.delta import Built
from qa.index.lexical import LexicalIndex
from qa.index.local import LocalStore
from qa.index.plan import Plan
from qa.index.publish import building, current, prune
from qa.records import Article
from qa.settings import Settings

Build = Callable[..., Built]


def _generations(data: Path) -> set[str]:
    return {folder.name for folder in (data / "generations").iterdir()}


def test_a_build_is_in_service_under_its_version(build_index: Build, tmp_path: Path) -> None:
    built = build_index()

    store = LocalStore(current(tmp_path))
    assert built.published
    assert store.version == built.manifest.version == current(tmp_path).name
    assert store.manifest.counts == {"articles": 3, "passages": 6}
    assert _generations(tmp_path) == {store.version}


def test_the_encoder_sees_the_title_once_and_the_passage_keeps_its_own_text(
    build_index: Build, tmp_path: Path
) -> None:
    encoder = WordEncoder()
    titled = article("Harbour news. It rained.", title="Harbour news")

    build_index([titled, ARTICLES[0]], encoder=encoder)

    assert set(encoder.encoded) == {
        "Harbour news.",
        "Harbour news. It rained.",
        "A bridge. The bridge opened in May.",
        "A bridge. Boats pass below it.",
    }
    passages = LocalStore(current(tmp_path)).passages_of(titled.id)
    assert [passage.text for passage in passages] == ["Harbour news.", "It rained."]


def test_without_titles_the_encoder_sees_the_passages_alone(build_index: Build) -> None:
    encoder = WordEncoder()
    build_index(encoder=encoder, settings=Settings(title_in_vectors=False))
    assert "Boats pass below it." in encoder.encoded


def test_nothing_changed_means_nothing_encoded_and_nothing_published(
    build_index: Build, tmp_path: Path
) -> None:
    first, encoder = build_index(), WordEncoder()

    again = build_index(encoder=encoder)

    assert (again.published, again.encoded, again.reused) == (False, 0, 6)
    assert again.manifest == first.manifest
    assert encoder.encoded == []
    assert _generations(tmp_path) == {first.manifest.version}


def test_only_what_is_new_is_encoded_and_what_is_gone_is_gone(build_index: Build, tmp_path: Path) -> None:
    first, encoder = build_index(), WordEncoder()
    new = article("Trams came back. They are quiet.", title="Transport")

    built = build_index([ARTICLES[0], new, ARTICLES[2]], encoder=encoder)

    assert encoder.encoded == ["Transport. Trams came back.", "Transport. They are quiet."]
    assert (built.published, built.encoded, built.reused) == (True, 2, 4)
    assert built.manifest.version != first.manifest.version
    store = LocalStore(current(tmp_path))
    assert {info.id for info in store.articles()} == {ARTICLES[0].id, new.id, ARTICLES[2].id}
    assert store.search_lexical("flour", 5) == []


def test_vectors_taken_over_are_those_that_would_be_made(build_index: Build, tmp_path: Path) -> None:
    build_index(ARTICLES[:1])
    build_index(ARTICLES)
    build_index(ARTICLES, data=tmp_path / "fresh")

    grown, fresh = LocalStore(current(tmp_path)), LocalStore(current(tmp_path / "fresh"))
    ids = fresh.vectors.ids()
    assert sorted(grown.vectors.ids().tolist()) == sorted(ids.tolist())
    assert grown.vectors.get(ids) == pytest.approx(fresh.vectors.get(ids))


@pytest.mark.parametrize(
    ("changes", "encoded"),
    [({"encoder": WordEncoder("other")}, 6), ({"settings": Settings(title_in_vectors=False)}, 6)],
    ids=["encoder", "setting"],
)
def test_another_encoder_or_shape_encodes_everything_anew(
    build_index: Build, changes: dict[str, object], encoded: int
) -> None:
    build_index()
    built = build_index(**changes)
    assert (built.published, built.encoded, built.reused) == (True, encoded, 0)


@pytest.mark.parametrize(
    "changes", [{"title": "Another"}, {"path": "moved.txt"}, {"url": "u"}, {"also_in": ("copy.txt",)}]
)
def test_a_change_of_what_is_told_about_an_article_is_published(
    build_index: Build, tmp_path: Path, changes: dict[str, Any]
) -> None:
    build_index()
    changed = replace(ARTICLES[1], **changes)

    assert build_index([ARTICLES[0], changed, ARTICLES[2]]).published
    assert LocalStore(current(tmp_path)).article(changed.id) == changed


def test_old_generations_go_and_the_newest_stay(build_index: Build, tmp_path: Path) -> None:
    versions = [
        build_index(
            [*ARTICLES, article(f"Day {n}. It rained.")], settings=Settings(keep_generations=2)
        ).manifest.version
        for n in range(4)
    ]
    assert _generations(tmp_path) == set(versions[-2:])
    assert current(tmp_path).name == versions[-1]


def test_the_one_in_service_is_kept_even_where_it_is_the_oldest(build_index: Build, tmp_path: Path) -> None:
    versions = [build_index([*ARTICLES, article(f"Day {n}. It rained.")]).manifest.version for n in range(3)]
    (tmp_path / "CURRENT").write_text(versions[0])

    assert prune(tmp_path, keep=1) == sorted(versions[1:])
    assert _generations(tmp_path) == {versions[0]}


@pytest.mark.parametrize(
    "where",
    [
        "build._write_lexical",
        "build.Writer.finish",
        "build.describe_all",
        "build.publish",
        "publish._sync_tree",
    ],
)
@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), RuntimeError("bug"), KeyboardInterrupt()]
)
def test_a_failed_build_leaves_the_one_before_in_service_and_nothing_behind(
    build_index: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: BaseException
) -> None:
    before = build_index().manifest.version
    home, name = where.split(".", 1)
    owner: object = {"build": build_module, "publish": publish}[home]
    *path, last = name.split(".")
    for step in path:
        owner = getattr(owner, step)

    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(owner, last, fail)
    expected = BuildFailed if isinstance(error, OSError) else type(error)
    with pytest.raises(expected) as raised:
        build_index(ARTICLES[:2])
    if expected is BuildFailed:
        assert "No space left" in str(raised.value)
        assert str(tmp_path) in str(raised.value)
    monkeypatch.undo()

    assert current(tmp_path).name == before
    assert _generations(tmp_path) == {before}
    assert LocalStore(current(tmp_path)).manifest.counts["articles"] == 3
    assert build_index(ARTICLES[:2]).published


def test_where_nothing_has_changed_the_articles_before_are_not_even_copied(
    build_index: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build_index()
    monkeypatch.setattr("qa.index.articles.shutil.copyfile", lambda *files: pytest.fail(f"copied {files}"))
    again = build_index()
    assert (again.published, again.manifest.version) == (False, first.manifest.version)


def test_articles_are_written_as_they_come_and_need_not_be_there_all_at_once(
    build_index: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    add = Writer.add

    def noted(self: Writer, one: Article, *more: Any) -> Any:
        written.append(one.id)
        return add(self, one, *more)

    monkeypatch.setattr(Writer, "add", noted)

    def cut() -> Iterator[tuple[Article, list[tuple[int, int]]]]:
        for number, one in enumerate(ARTICLES):
            assert len(written) == number
            yield one, two_sentences(one)

    encoder, settings = WordEncoder(), Settings()
    with building(tmp_path) as aside:
        plan = Plan(
            cut(),
            encoder,
            settings,
            before=look_back(tmp_path, encoder, settings),
            sources={"roots": []},
            report={},
            progress=lambda phase, done, total: None,
        )
        build_module.build(tmp_path, aside, plan)
    assert check(tmp_path, encoder).problems == ()
    assert LocalStore(current(tmp_path)).manifest.counts == {"articles": 3, "passages": 6}


def test_an_index_that_fails_its_check_is_not_published(
    build_index: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build_index().manifest.version
    whole = LexicalIndex.build_from
    monkeypatch.setattr(
        LexicalIndex,
        "build_from",
        lambda before, folder, gone, entries: whole(before, folder, gone, list(entries)[1:]),
    )

    with pytest.raises(BuildFailed, match="not published"):
        build_index([*ARTICLES[:2], article("A new day. It rained.")])
    assert current(tmp_path).name == before
    assert _generations(tmp_path) == {before}


def test_a_second_build_says_who_is_building(build_index: Build, tmp_path: Path) -> None:
    with building(tmp_path), pytest.raises(BuildRunning, match=f"process {os.getpid()} on "):
        build_index()
    assert build_index().published


def test_a_killed_build_blocks_nothing_and_its_remains_are_removed(
    build_index: Build, tmp_path: Path
) -> None:
    before = build_index().manifest.version
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom qa.index.publish import building\n"
        f"with building(Path({str(tmp_path)!r})) as aside:\n"
        "    (aside / 'half').write_text('half')\n    print('on', flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "on\n"
        with pytest.raises(BuildRunning, match=f"process {killed.pid} on "):
            build_index(ARTICLES[:2])
        killed.send_signal(signal.SIGKILL)
    assert any(name.startswith(".building-") for name in _generations(tmp_path))
    assert current(tmp_path).name == before

    after = build_index(ARTICLES[:2]).manifest.version

    assert _generations(tmp_path) == {before, after}


def test_a_folder_that_cannot_be_written_is_said(build_index: Build, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BuildFailed, match=r"could not be written to .*file"):
        build_index(data=tmp_path / "file" / "data")


def test_a_damaged_index_is_replaced_by_the_next_build(build_index: Build, tmp_path: Path) -> None:
    build_index()
    (current(tmp_path) / "vectors" / "rows.npy").write_bytes(b"gone")

    built = build_index()

    assert (built.published, built.encoded) == (True, 6)
    assert LocalStore(current(tmp_path)).version == built.manifest.version


def test_before_any_build_there_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="qa index"):
        current(tmp_path)
    with pytest.raises(IndexMissing):
        current(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "content", [b"", b"../..", b"/etc", b".building-1", b"20200101T000000-abc", b"\xff\xfe"]
)
def test_a_pointer_to_nowhere_is_corrupt(build_index: Build, tmp_path: Path, content: bytes) -> None:
    build_index()
    (tmp_path / "CURRENT").write_bytes(content)
    with pytest.raises(IndexCorrupt, match="CURRENT"):
        current(tmp_path)


def test_a_passage_has_the_same_id_in_every_index(build_index: Build, tmp_path: Path) -> None:
    build_index()
    build_index(ARTICLES[1:2], data=tmp_path / "other")
    here, there = LocalStore(current(tmp_path)), LocalStore(current(tmp_path / "other"))
    assert here.passages_of(ARTICLES[1].id) == there.passages_of(ARTICLES[1].id)


def test_vectors_are_put_into_lists_as_the_setting_says_without_encoding_again(
    build_index: Build, tmp_path: Path
) -> None:
    build_index()
    assert LocalStore(current(tmp_path)).vectors.lists == 0

    lists = build_index(settings=Settings(exact_mib=0))
    assert (lists.published, lists.encoded, lists.reused) == (True, 0, 6)
    assert LocalStore(current(tmp_path)).vectors.lists == 1

    more = build_index([*ARTICLES[1:], article("A new day. It rained.")], settings=Settings(exact_mib=0))
    assert (more.encoded, more.reused) == (2, 4)
    store = LocalStore(current(tmp_path))
    for id_ in store.vectors.ids().tolist():
        assert store.search_dense(store.vectors.get([id_])[0], 1)[0][0] == id_
    assert len(store.search_dense(store.vectors.get(store.vectors.ids()[:1])[0], 99)) == 6
    assert check(tmp_path, WordEncoder()).problems == ()

    back = build_index([*ARTICLES[1:], article("A new day. It rained.")])
    assert (back.encoded, LocalStore(current(tmp_path)).vectors.lists) == (0, 0)
