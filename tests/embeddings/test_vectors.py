from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import get_native_id

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from embeddings.vectors import Vectors, lists_for, write

ALL, LISTS = 100.0, 0.0  # MiB that are searched exactly: every test's vectors, or none
Make = Callable[..., Vectors]

quickly = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
either = pytest.mark.parametrize("exact_mib", [ALL, LISTS], ids=["all", "lists"])


def _unit(rows: int, dimension: int = 8, seed: int = 0) -> NDArray[np.float32]:
    made = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    unit: NDArray[np.float32] = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """make(matrix, ids) -> the vectors, written and opened again; ids may come in any order."""
    folders = (tmp_path / str(number) for number in itertools.count())

    def run(
        matrix: NDArray[np.float32],
        ids: Sequence[int] | None = None,
        exact_mib: float = ALL,
        probes: int = 64,
        **more: object,
    ) -> Vectors:
        numbers = np.arange(len(matrix)) if ids is None else np.asarray(ids, dtype=np.int64)
        order, folder = np.argsort(numbers), next(folders)
        blocks = np.array_split(matrix[order], 3)  # of uneven lengths, some of them empty
        write(folder, numbers[order], blocks, matrix.shape[1], exact_mib=exact_mib, **more)  # type: ignore[arg-type]
        return Vectors(folder, probes=probes)

    return run


@either
def test_the_nearest_come_first_with_their_inner_products(make: Make, exact_mib: float) -> None:
    vectors = make(np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32), [7, 8, 9], exact_mib)

    found = vectors.search(np.array([0, 1], dtype=np.float32), 2)

    assert [id_ for id_, _ in found] == [8, 9]
    assert [score for _, score in found] == pytest.approx([1.0, 0.8])
    assert bool(vectors.lists) == (exact_mib == LISTS)


@either
def test_equal_ones_come_by_id(make: Make, exact_mib: float) -> None:
    same = np.ones((3, 2), dtype=np.float32)
    assert [id_ for id_, _ in make(same, [5, 3, 4], exact_mib).search(same[0], 3)] == [3, 4, 5]


@either
def test_asking_for_more_than_there_are_gives_all(make: Make, exact_mib: float) -> None:
    assert len(make(_unit(3), exact_mib=exact_mib).search(_unit(1)[0], 50)) == 3
    assert make(_unit(0), exact_mib=exact_mib).search(_unit(1)[0], 5) == []
    assert make(_unit(3), exact_mib=exact_mib).search(_unit(1)[0], 0) == []


@quickly
@given(st.integers(1, 40), st.integers(1, 10), st.integers(0, 1000))
def test_comparing_all_finds_what_arithmetic_finds(make: Make, rows: int, k: int, seed: int) -> None:
    made, asked = _unit(rows, seed=seed), _unit(1, seed=seed + 1)[0]

    found = make(made).search(asked, k)

    assert [score for _, score in found] == pytest.approx(sorted(made @ asked, reverse=True)[:k], abs=1e-5)


def test_lists_find_nearly_all_that_arithmetic_finds_with_the_same_scores(make: Make) -> None:
    made, asked = _unit(4000, 16), _unit(50, 16, seed=1)
    vectors = make(made, exact_mib=LISTS, probes=32)
    assert vectors.lists == lists_for(4000) == 102

    kept = 0
    for question in asked:
        exact = np.argsort(-(made @ question))[:10]
        found = vectors.search(question, 10)
        kept += len(set(exact.tolist()) & {id_ for id_, _ in found})
        for id_, score in found:
            assert score == pytest.approx(float(made[id_] @ question), abs=1e-6)

    assert kept >= 475  # of 500, looking through a third of the lists


def test_looking_through_every_list_finds_what_comparing_all_finds(make: Make) -> None:
    made = _unit(2000, 16)
    few, every = make(made, exact_mib=LISTS, probes=10**6), make(made)
    for question in _unit(20, 16, seed=1):
        ours, exact = few.search(question, 10), every.search(question, 10)
        assert [id_ for id_, _ in ours] == [id_ for id_, _ in exact]


def test_few_probes_still_give_as_many_as_are_asked_for(make: Make) -> None:
    vectors = make(_unit(2000), exact_mib=LISTS, probes=1)
    assert vectors.lists > 40
    assert len({id_ for id_, _ in vectors.search(_unit(1)[0], 1500)}) == 1500


@pytest.mark.parametrize(("count", "lists"), [(0, 1), (39, 1), (390, 10), (10_000, 256), (1_000_000, 4000)])
def test_how_many_lists_by_hand(count: int, lists: int) -> None:
    assert lists_for(count) == lists


def test_vectors_over_the_limit_are_put_into_lists(make: Make) -> None:
    made = _unit(64, 4096)  # a MiB
    assert make(made, exact_mib=1.0).lists == 0
    assert make(made, exact_mib=0.999).lists == 1


@either
@quickly
@given(data=st.data(), ids=st.sets(st.integers(0, 2**63 - 1), min_size=1, max_size=20))
def test_what_is_removed_is_gone_and_the_rest_keeps_its_vectors(
    make: Make, exact_mib: float, data: st.DataObject, ids: set[int]
) -> None:
    known = np.array(sorted(ids), dtype=np.int64)
    kept = np.array(sorted(data.draw(st.sets(st.sampled_from(sorted(ids))))), dtype=np.int64)
    made, new = _unit(len(ids)), max(0, int(known[0]) - 1)
    more = [] if new in ids else [new]

    now = make(
        _unit(len(more), seed=3), more, exact_mib, before=make(made, known.tolist(), exact_mib), kept=kept
    )

    assert now.ids().tolist() == sorted([*kept.tolist(), *more])
    assert np.array_equal(now.get(kept), made[np.searchsorted(known, kept)])
    assert {id_ for id_, _ in now.search(made[0], 99)} == {*kept.tolist(), *more}
    if more:
        ((found, likeness),) = now.search(_unit(1, seed=3)[0], 1)
        assert found == new and likeness == pytest.approx(1.0)


def test_lists_stay_while_they_fit_and_are_made_anew_when_there_are_many_more(make: Make) -> None:
    fitted: list[int] = []
    made = _unit(6000)

    def trained(number: int) -> Callable[[str, int, int], None]:
        return lambda phase, done, total: fitted.append(number) if phase == "train" else None

    first = make(made[:400], exact_mib=LISTS, progress=trained(1))
    kept = np.arange(400)[::2]

    second = make(
        made[400:600],
        range(400, 600),
        LISTS,
        before=first,
        kept=kept,
        progress=trained(2),
    )
    assert (fitted, second.lists) == ([1], 10)
    assert [second.search(made[row], 1)[0][0] for row in (2, 398, 400, 599)] == [2, 398, 400, 599]
    assert second.search(made[3], 1)[0][0] != 3

    third = make(
        made[600:],
        range(600, 6000),
        LISTS,
        before=second,
        kept=second.ids(),
        progress=trained(3),
    )
    assert (fitted, third.lists) == ([1, 3], 148)
    assert [third.search(made[row], 1)[0][0] for row in (2, 599, 5999)] == [2, 599, 5999]


def test_vectors_change_between_all_and_lists_as_the_limit_says(make: Make) -> None:
    made = _unit(500)
    flat = make(made[:400])
    lists = make(made[400:450], range(400, 450), LISTS, before=flat, kept=flat.ids())
    again = make(made[450:], range(450, 500), ALL, before=lists, kept=lists.ids())
    assert (flat.lists, lists.lists, again.lists) == (0, 11, 0)
    assert np.array_equal(again.get(np.arange(500)), made)


@either
def test_many_threads_search_at_once(make: Make, exact_mib: float) -> None:
    made = _unit(200)
    vectors = make(made, exact_mib=exact_mib)
    with ThreadPoolExecutor(8) as pool:
        firsts = list(pool.map(lambda row: vectors.search(made[row], 1)[0][0], range(200)))
    assert firsts == list(range(200))


@either
@quickly
@given(data=st.data(), ids=st.sets(st.integers(0, 2**62), min_size=1, max_size=20))
def test_within_some_ids_the_best_of_them_are_found(
    make: Make, exact_mib: float, data: st.DataObject, ids: set[int]
) -> None:
    known = sorted(ids)
    vectors = make(_unit(len(known)), known, exact_mib)
    asked = _unit(1, seed=9)[0]
    some = sorted(data.draw(st.sets(st.sampled_from(known))))

    found = vectors.search(asked, 3, np.array([*some, max(known) + 1], dtype=np.int64))

    exact = [item for item in vectors.search(asked, len(known)) if item[0] in some][:3]
    assert [id_ for id_, _ in found] == [id_ for id_, _ in exact]
    assert [score for _, score in found] == pytest.approx([score for _, score in exact])
    assert vectors.search(asked, 3, np.array([], dtype=np.int64)) == []


def test_within_many_ids_lists_are_looked_through_for_them_alone(make: Make) -> None:
    made = _unit(20_000, 16)
    vectors = make(made, exact_mib=LISTS, probes=64)
    within = np.arange(0, 20_000, 4)  # 5,000: more than are compared one and all
    kept = 0
    for question in _unit(20, 16, seed=1):
        found = [id_ for id_, _ in vectors.search(question, 10, within)]
        assert len(found) == 10
        assert all(id_ % 4 == 0 for id_ in found)
        kept += len(set(found) & set(within[np.argsort(-(made[within] @ question))[:10]].tolist()))
    assert kept >= 190


@either
def test_an_unknown_id_is_a_key_error(make: Make, exact_mib: float) -> None:
    vectors = make(_unit(2), exact_mib=exact_mib)
    for unknown in ([0, 5], [-1], [2**62]):
        with pytest.raises(KeyError):
            vectors.get(unknown)
    assert vectors.get([]).shape == (0, 8)


@pytest.mark.parametrize("ids", [[-1, 2], [2, 2], [0, 7]])
def test_ids_that_are_negative_twice_given_or_taken_are_refused(make: Make, ids: list[int]) -> None:
    before = make(_unit(1), [7])
    with pytest.raises(ValueError, match="ids must be"):
        make(_unit(2), ids, before=before, kept=np.array([7]))


@pytest.mark.parametrize(
    ("blocks", "match"),
    [
        ([_unit(2, 4)], "expected"),
        ([_unit(1)], "missing"),
        ([], "missing"),
        ([_unit(3)], "more vectors than ids"),
        ([_unit(2), _unit(1)], "more vectors than ids"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(
    tmp_path: Path, blocks: list[NDArray[np.float32]], match: str
) -> None:
    with pytest.raises(ValueError, match=match):
        write(tmp_path / "v", np.arange(2), blocks, 8)


def test_a_question_of_another_shape_is_refused(make: Make) -> None:
    with pytest.raises(ValueError, match="expected"):
        make(_unit(2)).search(_unit(1, dimension=4)[0], 1)


@pytest.mark.parametrize("name", ["ids.npy", "rows.npy", "lists.faiss"])
@pytest.mark.parametrize("content", [b"", b"no index", b"IwSq" + b"\0" * 200, b"\x93NUMPY\x01\x00"])
def test_a_file_that_is_no_index_is_a_value_error(
    make: Make, tmp_path: Path, name: str, content: bytes
) -> None:
    make(_unit(50), exact_mib=LISTS)
    (tmp_path / "0" / name).write_bytes(content)
    with pytest.raises(ValueError):
        Vectors(tmp_path / "0")


@pytest.mark.parametrize("name", ["ids.npy", "rows.npy", "lists.faiss"])
@pytest.mark.parametrize("length", [8, 130, -1])
def test_a_cut_file_is_a_value_error(make: Make, tmp_path: Path, name: str, length: int) -> None:
    make(_unit(50), exact_mib=LISTS)
    whole = (tmp_path / "0" / name).read_bytes()
    (tmp_path / "0" / name).write_bytes(whole[:length])
    with pytest.raises(ValueError):
        Vectors(tmp_path / "0")


def test_files_that_do_not_belong_together_are_a_value_error(make: Make, tmp_path: Path) -> None:
    make(_unit(50), exact_mib=LISTS)
    make(_unit(60), exact_mib=LISTS)
    for name in ("ids.npy", "rows.npy", "lists.faiss"):
        ours, other = tmp_path / "0" / name, tmp_path / "1" / name
        whole = ours.read_bytes()
        ours.write_bytes(other.read_bytes())
        with pytest.raises(ValueError, match=r"50.*60|60.*50"):
            Vectors(tmp_path / "0")
        ours.write_bytes(whole)


def test_rows_cut_off_while_they_are_served_are_an_error_and_not_the_end(make: Make, tmp_path: Path) -> None:
    vectors = make(_unit(3000, 64), exact_mib=LISTS)
    file = tmp_path / "0" / "rows.npy"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(OSError, match="ends within row"):
        vectors.get([2999])


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
def test_beside_others_lists_are_filled_at_low_priority_and_in_a_main_thread_as_it_is(make: Make) -> None:
    seen: list[int] = []

    def note(phase: str, done: int, total: int) -> None:
        seen.append(os.getpriority(os.PRIO_PROCESS, get_native_id()))

    make(_unit(400), exact_mib=LISTS, progress=note)
    own = os.getpriority(os.PRIO_PROCESS, get_native_id())
    assert set(seen) == {own}
    seen.clear()
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(make, _unit(400, seed=2), exact_mib=LISTS, progress=note).result()
    assert seen and min(seen) > own
    assert made.lists
    assert os.getpriority(os.PRIO_PROCESS, get_native_id()) == own
