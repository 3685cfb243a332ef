from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from embeddings.vectors import Vectors


def _unit(rows: int, dimension: int = 8, seed: int = 0) -> NDArray[np.float32]:
    made = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_the_nearest_come_first_with_their_inner_products() -> None:
    vectors = Vectors.build(np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32), np.array([7, 8, 9]))

    found = vectors.search(np.array([0, 1], dtype=np.float32), 2)

    assert [id_ for id_, _ in found] == [8, 9]
    assert [score for _, score in found] == pytest.approx([1.0, 0.8])


def test_equal_ones_come_by_id() -> None:
    same = np.ones((3, 2), dtype=np.float32)
    assert [id_ for id_, _ in Vectors.build(same, np.array([5, 3, 4])).search(same[0], 3)] == [3, 4, 5]


def test_asking_for_more_than_there_are_gives_all() -> None:
    assert len(Vectors.build(_unit(3), np.arange(3)).search(_unit(1)[0], 50)) == 3
    assert Vectors(8).search(_unit(1)[0], 5) == []
    assert Vectors.build(_unit(3), np.arange(3)).search(_unit(1)[0], 0) == []


@given(st.integers(1, 40), st.integers(1, 10), st.integers(0, 1000))
def test_it_finds_what_exact_arithmetic_finds(rows: int, k: int, seed: int) -> None:
    made, asked = _unit(rows, seed=seed), _unit(1, seed=seed + 1)[0]

    found = Vectors.build(made, np.arange(rows)).search(asked, k)

    assert [score for _, score in found] == pytest.approx(sorted(made @ asked, reverse=True)[:k], abs=1e-5)


@given(st.sets(st.integers(0, 2**63 - 1), min_size=1, max_size=20), st.data())
def test_what_is_removed_is_gone_and_the_rest_keeps_its_vectors(ids: set[int], data: st.DataObject) -> None:
    kept_ids = np.array(sorted(ids), dtype=np.int64)
    made = _unit(len(ids))
    vectors = Vectors.build(made, kept_ids)
    gone = data.draw(st.sets(st.sampled_from(sorted(ids))))

    removed = vectors.remove(np.array(sorted(gone), dtype=np.int64))

    stay = [row for row, id_ in enumerate(kept_ids.tolist()) if id_ not in gone]
    assert removed == len(gone)
    assert sorted(vectors.ids().tolist()) == [int(kept_ids[row]) for row in stay]
    assert np.array_equal(vectors.get(kept_ids[stay]), made[stay])


def test_a_saved_index_opens_as_it_was(tmp_path: Path) -> None:
    made, ids = _unit(20), np.arange(100, 120)
    Vectors.build(made, ids).save(tmp_path / "v")

    opened = Vectors.open(tmp_path / "v")
    opened.add(_unit(1, seed=9), np.array([5]))
    opened.remove(np.array([100]))

    assert (len(opened), opened.dimension) == (20, 8)
    assert np.array_equal(opened.get([101, 119]), made[[1, 19]])


@pytest.mark.parametrize("content", [b"", b"no index", b"IxM2" + b"\0" * 100])
def test_a_file_that_is_no_index_is_a_value_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(ValueError, match="FAISS cannot read it"):
        Vectors.open(tmp_path / "v")


@pytest.mark.parametrize("length", [8, 40, -1])
def test_a_cut_file_is_a_value_error(tmp_path: Path, length: int) -> None:
    Vectors.build(_unit(20), np.arange(20)).save(tmp_path / "v")
    whole = (tmp_path / "v").read_bytes()
    (tmp_path / "v").write_bytes(whole[:length])
    with pytest.raises(ValueError, match="FAISS cannot read it"):
        Vectors.open(tmp_path / "v")


@pytest.mark.parametrize("ids", [[-1, 2], [2, 2], [0, 9]])
def test_ids_that_are_negative_twice_given_or_taken_are_refused(ids: list[int]) -> None:
    vectors = Vectors.build(_unit(1), np.array([0]))
    with pytest.raises(ValueError, match="ids must be"):
        vectors.add(_unit(2), np.array(ids))
    assert len(vectors) == 1


def test_shapes_that_do_not_fit_are_refused() -> None:
    vectors = Vectors(8)
    with pytest.raises(ValueError, match="expected"):
        vectors.add(_unit(2, dimension=4), np.arange(2))
    with pytest.raises(ValueError, match="expected"):
        vectors.add(_unit(2), np.arange(3))
    with pytest.raises(ValueError, match="expected"):
        vectors.search(_unit(1, dimension=4)[0], 1)


def test_an_unknown_id_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Vectors.build(_unit(2), np.arange(2)).get([0, 5])


def test_many_threads_search_at_once() -> None:
    made = _unit(200)
    vectors = Vectors.build(made, np.arange(200))
    with ThreadPoolExecutor(8) as pool:
        firsts = list(pool.map(lambda row: vectors.search(made[row], 1)[0][0], range(200)))
    assert firsts == list(range(200))


@given(st.sets(st.integers(0, 2**62), min_size=1, max_size=20), st.booleans(), st.data())
def test_within_some_ids_the_best_of_them_are_found(ids: set[int], sparse: bool, data: st.DataObject) -> None:
    known = sorted(ids) if sparse else list(range(len(ids)))
    vectors = Vectors.build(_unit(len(known)), np.array(known, dtype=np.int64))
    asked = _unit(1, seed=9)[0]
    some = sorted(data.draw(st.sets(st.sampled_from(known))))

    found = vectors.search(asked, 3, np.array([*some, max(known) + 1], dtype=np.int64))

    assert found == [item for item in vectors.search(asked, len(known)) if item[0] in some][:3]
    assert vectors.search(asked, 3, np.array([], dtype=np.int64)) == []
