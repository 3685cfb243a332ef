"""Vectors by id, in a folder, and the nearest of them, found with FAISS by inner product.

Few vectors are compared one and all. Many stand in lists around centroids, one byte a dimension: a search looks
through the nearest lists and compares what it finds with the vectors themselves. (Inverted files and quantizers: Jégou,
Douze and Schmid, "Product quantization for nearest neighbor search", PAMI 2011; here the quantizer is scalar.) Either
way a vector can go again. With rows of unit length the inner product is the cosine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from .rows import Matrix, Rows, write_rows
from .yielding import yield_to_others

Ids = NDArray[np.int64]  # (n,)
Found = list[tuple[int, float]]  # (id, inner product), best first, equal ones by id
_IDS, _ROWS, _LISTS = "ids.npy", "rows.npy", "lists.faiss"
_BLOCK = 8192  # rows read or written at once: 12 MiB of 384 dimensions
_GATHERED = 4096  # so many rows are rather read and compared than looked for in the lists
# So many times as many are taken from the lists as are asked for: a byte a dimension errs in the third decimal.
_DEEPER = 4
_SAMPLE = 40  # vectors a list that centroids are fitted to; FAISS advises 39 to 256; 64 found no more
MIB = 2**20
_faiss: Any = faiss  # its type stubs know the C++ signatures, not those of its NumPy wrappers


class Vectors:
    """float32 vectors of one dimension, each under an int64 id >= 0, as `write` wrote them.

    May be searched from several threads.
    """

    def __init__(self, folder: Path, *, threads: int = 1, probes: int = 128) -> None:
        """probes: lists that a search looks through, where there are lists.

        Raises ValueError where the folder does not hold such vectors, OSError where it cannot be read.
        """
        rows = Rows(folder / _ROWS)
        self._ids = _read_ids(folder / _IDS)
        self._threads, self._probes = threads, probes
        self._lists: Any = _read_lists(folder / _LISTS) if (folder / _LISTS).exists() else None
        self._check(self._ids.shape[0], rows.shape)
        self._rows: Rows | Matrix = rows.all() if self._lists is None else rows

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def dimension(self) -> int:
        return int(self._rows.shape[1])

    @property
    def lists(self) -> int:
        """How many lists the vectors stand in; 0: none, every search compares all."""
        return 0 if self._lists is None else int(self._lists.nlist)

    def ids(self) -> Ids:
        """(n,), ascending."""
        return self._ids

    def get(self, ids: Sequence[int] | Ids) -> Matrix:
        """The vectors of these ids, (len(ids), d). Raises KeyError for an unknown id."""
        asked = np.asarray(ids, dtype=np.int64)
        at, known = self._places(asked)
        if not known.all():
            raise KeyError(f"no vector has the id {asked[~known][0]}")
        return self._take(at)

    def search(self, vector: NDArray[np.float32], k: int, within: Ids | None = None) -> Found:
        """The k nearest to `vector` (d,). within: only these ids are searched; unknown ones are passed over.

        Exact where all are compared, and where `within` holds a few thousand or fewer. Fewer than k come only where
        there are no more. Raises ValueError for a vector of another shape.
        """
        if vector.shape != (self.dimension,):
            raise ValueError(f"expected a vector of shape ({self.dimension},), got {vector.shape}")
        at = None if within is None else self._known(within)
        k = min(k, len(self) if at is None else len(at))
        if k < 1:
            return []
        _faiss.omp_set_num_threads(self._threads)  # OpenMP keeps this per calling thread
        query = np.ascontiguousarray(vector[None], dtype=np.float32)
        if self._lists is not None and (at is None or len(at) > _GATHERED):
            at = self._candidates(query, _DEEPER * k, at)
        if at is None:
            return self._best(query, np.asarray(self._rows), self._ids, k)
        return self._best(query, self._take(at), self._ids[at], k)

    def _best(self, query: Matrix, rows: Matrix, ids: Ids, k: int) -> Found:
        if not len(rows):
            return []
        scores, at = _faiss.knn(query, rows, min(k, len(rows)), metric=_faiss.METRIC_INNER_PRODUCT)
        found = zip(ids[at[0]].tolist(), scores[0].tolist(), strict=True)
        return sorted(found, key=lambda item: (-item[1], item[0]))

    def _candidates(self, query: Matrix, count: int, at: Ids | None) -> Ids:
        """Rows that the nearest lists hold, of the rows `at`; from more lists where only some are looked for."""
        those = len(self) if at is None else len(at)
        probes = min(self.lists, -(-self._probes * len(self) // those))
        only = None if at is None else _faiss.IDSelectorBitmap(_bits(at, len(self)))
        count = min(count, those)
        while True:
            params = _faiss.SearchParametersIVF(nprobe=probes, **({} if only is None else {"sel": only}))
            _, found = self._lists.search(query, count, params=params)
            rows: Ids = found[0][found[0] >= 0]
            if len(rows) == count or probes == self.lists:
                return rows
            probes = min(self.lists, 4 * probes)

    def _known(self, ids: Ids) -> Ids:
        at, known = self._places(np.asarray(ids, dtype=np.int64))
        return at[known]

    def _places(self, ids: Ids) -> tuple[Ids, NDArray[np.bool_]]:
        return np.searchsorted(self._ids, ids), _among(ids, self._ids)

    def _take(self, at: Ids) -> Matrix:
        return self._rows.take(at) if isinstance(self._rows, Rows) else self._rows[at]

    def _check(self, count: int, shape: tuple[int, int]) -> None:
        if shape[0] != count:
            raise ValueError(f"there are {count} ids and {shape[0]} vectors")
        lists = self._lists
        if lists is not None and (lists.ntotal, lists.d) != shape:
            raise ValueError(
                f"its lists hold {lists.ntotal} vectors of {lists.d} dimensions, and not {shape}"
            )


def write(
    folder: Path,
    added: Ids,
    made: Iterable[Matrix],
    dimension: int,
    *,
    before: Vectors | None = None,
    kept: Ids | None = None,
    exact_mib: float = 50.0,
    progress: Callable[[str, int, int], None] = lambda phase, done, total: None,
) -> int:
    """Write vectors into the new folder `folder`; how many there are now.

    added: ids, ascending, (n,). made: their vectors in that order, in blocks of any length. before, kept: other such
    vectors, and the ids of them that are taken over; they must not be searched after this. exact_mib: vectors that take
    more than so many MiB are put into lists. progress: called with "train" before centroids are fitted to them, and
    with "lists" while they are filled, with how many new ones are in. Raises OSError, and ValueError for ids that are
    negative or twice given, or vectors that do not fit.
    """
    kept = np.empty(0, dtype=np.int64) if kept is None else np.sort(kept)
    ids = np.sort(np.concatenate([kept, added]))
    if len(ids) and (ids[0] < 0 or (np.diff(ids) == 0).any() or (np.diff(added) < 0).any()):
        raise ValueError("ids must be at least 0, each once, and in order")
    folder.mkdir()
    with (folder / _IDS).open("wb") as stream:
        np.save(stream, ids)
    write_rows(folder / _ROWS, (len(ids), dimension), _merged(ids, kept, before, iter(made), dimension))
    if 4 * dimension * len(ids) > exact_mib * MIB:
        _where_others_go_first(lambda: _write_lists(folder, ids, kept, before, progress))
    return len(ids)


def _where_others_go_first(work: Callable[[], None]) -> None:
    """FAISS uses all of OpenMP's threads here. In a program's main thread nobody waits beside it, and Ctrl-C must end
    it. Else, as in a server, `work` is done in a thread of low priority, as are those that OpenMP starts for it."""
    if current_thread() is main_thread():
        work()
    else:
        with ThreadPoolExecutor(1, "lists", yield_to_others) as pool:
            pool.submit(work).result()


def _merged(
    ids: Ids, kept: Ids, before: Vectors | None, made: Iterator[Matrix], dimension: int
) -> Iterator[Matrix]:
    """The vectors of `ids` in order: those of `kept` from before, the others as they are made."""
    waiting = np.empty((0, dimension), dtype=np.float32)
    for first in range(0, len(ids), _BLOCK):
        some = ids[first : first + _BLOCK]
        old = _among(some, kept)
        new = int((~old).sum())
        parts = [waiting]
        while sum(map(len, parts)) < new and (more := next(made, None)) is not None:
            parts.append(more)
        if any(part.ndim != 2 or part.shape[1] != dimension for part in parts):
            raise ValueError(f"expected (n, {dimension}) vectors, got {parts[-1].shape}")
        waiting = np.concatenate(parts)
        if len(waiting) < new:
            raise ValueError(f"{new - len(waiting)} vectors are missing")
        block = np.empty((len(some), dimension), dtype=np.float32)
        block[~old], waiting = waiting[:new], waiting[new:]
        if before is not None and old.any():
            block[old] = before.get(some[old])
        yield block
    if len(waiting) or any(len(more) for more in made):
        raise ValueError("there are more vectors than ids")


def _write_lists(
    folder: Path, ids: Ids, kept: Ids, before: Vectors | None, progress: Callable[[str, int, int], None]
) -> None:
    rows = Rows(folder / _ROWS)
    wanted = lists_for(len(ids))
    if before is not None and before.lists and wanted / 2 <= before.lists <= wanted * 2 and len(kept):
        lists, old = before._lists, _among(ids, kept)
        _forget(lists, before.ids(), kept, ids)
    else:
        progress("train", 0, 0)
        lists, old = _trained(rows, wanted), np.zeros(len(ids), dtype=np.bool_)
    new = np.flatnonzero(~old)
    for first in range(0, len(new), _BLOCK):
        some = new[first : first + _BLOCK]
        lists.add_with_ids(rows.take(some), some)
        progress("lists", first + len(some), len(new))
    with (folder / _LISTS).open("wb") as stream:
        _faiss.write_index(lists, _faiss.PyCallbackIOWriter(stream.write))


def lists_for(count: int) -> int:
    """4 √n, as FAISS advises; fewer where there are few vectors to fit centroids to."""
    return max(1, min(int(4 * count**0.5), count // 39))


def _trained(rows: Rows, lists: int) -> Any:
    count, dimension = rows.shape
    draw = np.random.default_rng(1)
    sample = np.sort(draw.choice(count, size=min(count, _SAMPLE * lists), replace=False))
    made = _faiss.IndexIVFScalarQuantizer(
        _faiss.IndexFlatIP(dimension),
        dimension,
        lists,
        _faiss.ScalarQuantizer.QT_8bit,
        _faiss.METRIC_INNER_PRODUCT,
    )
    made.cp.min_points_per_centroid = 1  # no warning where there are few: the lists are few too
    made.train(rows.take(sample))
    return made


def _forget(lists: Any, before: Ids, kept: Ids, ids: Ids) -> None:
    """Remove from the lists what is not kept, and give the rest the numbers of its rows among `ids`."""
    stays = _among(before, kept)
    lists.remove_ids(_faiss.IDSelectorBitmap(_bits(np.flatnonzero(~stays), len(before))))
    now = np.searchsorted(ids, before)
    for number in range(lists.nlist):
        size = lists.invlists.list_size(number)
        if size:
            rows = _faiss.rev_swig_ptr(lists.invlists.get_ids(number), size)
            rows[:] = now[rows]


def _among(ids: Ids, ascending: Ids) -> NDArray[np.bool_]:
    """Which of `ids` stand in `ascending`."""
    if not len(ascending):
        return np.zeros(len(ids), dtype=np.bool_)
    found = ascending[np.minimum(np.searchsorted(ascending, ids), len(ascending) - 1)]
    return np.asarray(found == ids)


def _bits(at: NDArray[np.int64], size: int) -> NDArray[np.uint8]:
    mask = np.zeros(size, dtype=np.bool_)
    mask[at] = True
    return np.packbits(mask, bitorder="little")


def _read_ids(file: Path) -> Ids:
    try:
        ids = np.load(file, allow_pickle=False)
    except EOFError as error:
        raise ValueError(str(error)) from error
    if ids.dtype != np.int64 or ids.ndim != 1 or (len(ids) and (ids[0] < 0 or (np.diff(ids) <= 0).any())):
        raise ValueError(f"{file.name} does not hold ids in order")
    return np.asarray(ids)


def _read_lists(file: Path) -> Any:
    with file.open("rb") as stream:  # FAISS's own reader of files names C++ lines, not reasons
        try:
            lists = _faiss.read_index(_faiss.PyCallbackIOReader(stream.read, MIB))
        except RuntimeError as error:
            raise ValueError(f"FAISS cannot read {file.name}") from error
    if (
        not isinstance(lists, _faiss.IndexIVFScalarQuantizer)
        or lists.metric_type != _faiss.METRIC_INNER_PRODUCT
    ):
        raise ValueError(f"{file.name} does not hold lists by inner product")
    return lists
