"""Whoever makes the parts, the index is that of the plain build; a build that is begun again goes on from them."""

from __future__ import annotations

import random
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import WordEncoder
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from workers import held, open_ending, open_words, write

from qa.command.main import main
from qa.errors import BadRequest, BuildFailed, BuildRunning, ModelMissing
from qa.index.catalog import open_catalog
from qa.index.parts import Parts, part_of
from qa.records import Passage
from qa.upkeep import parts as upkeep_parts
from qa.upkeep.index import index
from qa.upkeep.parts import InParts, Work


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    write(tmp_path / "in")
    return tmp_path / "in"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep_parts, "PASSAGES", 8)


def _in(tmp_path: Path, **options: Any) -> InParts:
    return InParts(tmp_path / "data" / "parts", **{"open_encoder": open_words, **options})


@pytest.mark.parametrize("workers", [None, 2])
def test_the_index_is_that_of_the_plain_build(articles: Path, tmp_path: Path, workers: int | None) -> None:
    encoder, told = WordEncoder(), list[tuple[str, int, int]]()
    plain = index([articles], tmp_path / "plain", encoder=encoder)
    passages = sorted(encoder.encoded)
    encoder.encoded.clear()

    built = index(
        [articles],
        tmp_path / "data",
        encoder=encoder,
        workers=workers,
        in_parts=_in(tmp_path),
        progress=lambda *progress: told.append(progress),
    )

    assert held(tmp_path / "data") == held(tmp_path / "plain")
    assert (built.encoded, built.reused) == (plain.encoded, 0) == (len(passages), 0)
    assert passages == sorted(encoder.encoded) if workers is None else encoder.encoded == []
    assert max(done for phase, done, _ in told if phase == "encode") == len(passages) > 3 * 8
    assert not (tmp_path / "data" / "parts").exists()
    assert open_catalog(tmp_path / "data").check(WordEncoder()).problems == ()


def test_a_database_takes_parts_too(address: str, articles: Path, tmp_path: Path) -> None:
    index([articles], f"{address}_plain", encoder=WordEncoder())
    encoder = WordEncoder()
    index([articles], address, encoder=encoder, workers=2, in_parts=_in(tmp_path))
    assert encoder.encoded == []
    assert held(address) == held(f"{address}_plain")


class Stopped(Exception):
    pass


def test_a_build_that_is_begun_again_takes_the_whole_parts_and_makes_the_others(
    articles: Path, tmp_path: Path
) -> None:
    encoder, parts = WordEncoder(), tmp_path / "data" / "parts"
    index([articles], tmp_path / "plain", encoder=encoder)
    total = len(encoder.encoded)
    encoder.encoded.clear()

    def stop(phase: str, done: int, total: int) -> None:
        if phase == "encode" and done >= 5 * 8:
            raise Stopped

    with pytest.raises(Stopped):
        index([articles], tmp_path / "data", encoder=encoder, in_parts=_in(tmp_path), progress=stop)
    files = sorted(parts.iterdir())
    assert len(files) == 5
    assert len(encoder.encoded) == 5 * 8
    changed = bytearray(files[0].read_bytes())
    changed[len(changed) // 2] ^= 1
    files[0].write_bytes(changed)
    files[1].write_bytes(files[1].read_bytes()[:-7])
    (parts / f"{files[2].name}.aside").write_bytes(b"half of one")
    encoder.encoded.clear()

    built = index([articles], tmp_path / "data", encoder=encoder, in_parts=_in(tmp_path))

    assert len(encoder.encoded) == total - 3 * 8
    assert built.encoded == total
    assert held(tmp_path / "data") == held(tmp_path / "plain")
    assert not parts.exists()


def test_what_the_index_before_holds_is_in_no_part(articles: Path, tmp_path: Path) -> None:
    encoder = WordEncoder()
    index([articles], tmp_path / "data", encoder=encoder)
    (articles / "00.txt").write_text("Title 0\n\nAn otter was seen. It swam.")
    encoder.encoded.clear()
    built = index([articles], tmp_path / "data", encoder=encoder, in_parts=_in(tmp_path))
    assert len(encoder.encoded) == built.encoded == 1


def test_a_part_whose_process_ends_is_made_again(articles: Path, tmp_path: Path) -> None:
    index([articles], tmp_path / "plain", encoder=WordEncoder())
    (tmp_path / "ended").mkdir()
    opening = partial(open_ending, tmp_path / "ended", 1)
    in_parts = _in(tmp_path, open_encoder=opening)
    index([articles], tmp_path / "data", encoder=WordEncoder(), workers=2, in_parts=in_parts)
    assert held(tmp_path / "data") == held(tmp_path / "plain")
    assert list((tmp_path / "ended").iterdir())


def test_where_every_process_ends_the_build_says_so(articles: Path, tmp_path: Path) -> None:
    (tmp_path / "ended").mkdir()
    opening = partial(open_ending, tmp_path / "ended", 99)
    with pytest.raises(BuildFailed, match="fewer --workers"):
        index(
            [articles],
            tmp_path / "data",
            encoder=WordEncoder(),
            workers=2,
            in_parts=_in(tmp_path, open_encoder=opening),
        )


def test_parts_of_another_encoder_or_number_format_are_passed_over(tmp_path: Path) -> None:
    passages = [Passage(number, "a", number, number + 1, "x") for number in range(3)]
    one, other, coarse = WordEncoder(), WordEncoder("others"), WordEncoder()
    coarse.precision = "int8"
    for encoder in (one, other, coarse):
        parts = Parts(tmp_path, encoder)
        assert parts.vector_ids().tolist() == []
        parts.add(part_of(passages, encoder.encode(["x", "y", "z"]), encoder))
        assert np.array_equal(parts.vectors_of(parts.vector_ids()), encoder.encode(["x", "y", "z"]))
        parts.close()
    assert len(list(tmp_path.iterdir())) == 3


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=6), max_size=5, unique_by=tuple),
    st.randoms(use_true_random=False),
)
def test_a_vector_is_found_by_its_passage_unless_two_drew_its_id(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[list[int]], shuffled: random.Random
) -> None:
    encoder, folder = WordEncoder(dimension=3), tmp_path_factory.mktemp("parts")
    all_ids = [id_ for ids in drawn for id_ in ids]
    vector_of = {id_: np.array([row, id_ % 7, 1], dtype=np.float32) for row, id_ in enumerate(all_ids)}
    alone = [id_ for id_ in all_ids if all_ids.count(id_) == 1]
    shuffled.shuffle(alone)

    def look(parts: Parts) -> None:
        assert parts.vector_ids().tolist() == sorted(alone)
        found = parts.vectors_of(np.array(alone, dtype=np.int64))
        assert found.tolist() == [vector_of[id_].tolist() for id_ in alone]

    with closing(Parts(folder, encoder)) as written:
        for ids in drawn:
            passages = [Passage(id_, "a", 0, 1, "x") for id_ in ids]
            written.add(part_of(passages, np.array([vector_of[id_] for id_ in ids]), encoder))
        look(written)
    with closing(Parts(folder, encoder)) as read:
        look(read)


def test_two_builds_do_not_share_a_folder_of_parts(articles: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with (
        FileLock(tmp_path / "data" / "parts.lock"),
        pytest.raises(BuildRunning, match="keeps its parts there"),
    ):
        index([articles], tmp_path / "data", encoder=WordEncoder(), in_parts=_in(tmp_path))


def test_a_worker_with_other_weights_is_refused() -> None:
    with pytest.raises(ModelMissing, match="Install the same ones"):
        Work(WordEncoder, "another checksum", True).part([])


@pytest.mark.parametrize(("missing", "option"), [("pyarrow", ["--parts"]), ("ray", ["--ray", "auto"])])
def test_without_what_an_option_needs_it_is_said(
    missing: str,
    option: list[str],
    seeds: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    assert main(["index", str(seeds), *option]) == 1
    said = capsys.readouterr().err
    assert f"pip install 'verbatim-qa[{option[0].strip('-')}]'" in said
    assert missing in said


def test_the_command_builds_in_parts_what_it_builds_without(
    seeds: Path, demo_data: Path, tmp_path: Path
) -> None:
    assert main(["index", str(seeds), "--parts", "--workers", "2", "--data", str(tmp_path)]) == 0
    plain, parts = (open_catalog(place).open() for place in (demo_data, tmp_path))
    ids = plain.all_passage_ids()
    assert parts.manifest.content == plain.manifest.content
    assert np.array_equal(parts.all_passage_ids(), ids)
    # What else is in a batch moves a vector by less than its number format.
    cosines = (plain.vectors_of(ids) * parts.vectors_of(ids)).sum(axis=1)
    assert cosines.min() > 0.999


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:9", "127.0.0.1:99999"])
def test_an_address_without_a_cluster_is_said(articles: Path, tmp_path: Path, address: str) -> None:
    in_parts = _in(tmp_path, ray=address)
    with pytest.raises(BadRequest, match=f"no Ray cluster at {address}: "):
        index([articles], tmp_path / "data", encoder=WordEncoder(), in_parts=in_parts)
