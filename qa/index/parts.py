"""Vectors that were made before the index is, in parts: Parquet files in a folder.

A part is written aside and renamed to the SHA-256 of its content, so one that is not whole, or not what was written, is
told by its name. A build that is begun again takes what is there.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from ..errors import BadRequest, BuildFailed, BuildRunning
from ..ports import Encoder, Ids
from ..records import Passage

_ENDING, _ASIDE = ".parquet", ".aside"


def pyarrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet. Raises BadRequest where they are not installed."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise BadRequest(
            f"To build in parts needs {error.name}, which is not installed: pip install 'verbatim-qa[parts]'"
        ) from error
    return pyarrow, parquet


def part_of(passages: Sequence[Passage], vectors: NDArray[np.float32], encoder: Encoder) -> bytes:
    """A Parquet file: of each passage its article, its id, its place in the article's text, and its vector."""
    pa, parquet = pyarrow()
    flat = pa.array(vectors.ravel(), pa.float32())
    columns = {
        "article": pa.array([passage.article_id for passage in passages], pa.string()),
        "passage": pa.array([passage.id for passage in passages], pa.int64()),
        "start": pa.array([passage.start for passage in passages], pa.int64()),
        "end": pa.array([passage.end for passage in passages], pa.int64()),
        "vector": pa.FixedSizeListArray.from_arrays(flat, encoder.dimension),
    }
    sink = pa.BufferOutputStream()
    table = pa.table(columns, metadata=_told(encoder))
    parquet.write_table(table, sink, compression="zstd", use_dictionary=["article"])
    content: bytes = sink.getvalue().to_pybytes()
    return content


class Parts:
    """The vectors of a folder's parts that an encoder made.

    Raises BuildFailed in place of an OSError.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        """encoder: parts of another one, or of another number format, are passed over."""
        self._folder, self._dimension, self._told = folder, encoder.dimension, _told(encoder)
        self._ids: list[Ids] = []
        self._sorted: tuple[Ids, Ids] | None = None
        with _failing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            # Of all vectors, which are asked for in any order.
            self._spool = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by `close`)
            for file in self._files():
                content = file.read_bytes()
                if file.name == _name(content):
                    self._take(content)
                else:
                    file.unlink()

    def add(self, content: bytes) -> None:
        """What `part_of` made."""
        name = _name(content)
        with _failing(self._folder):
            aside = self._folder / f"{name}{_ASIDE}"
            aside.write_bytes(content)
            aside.replace(self._folder / name)
            self._take(content)

    def vector_ids(self) -> Ids:
        return self._order()[0]

    def vectors_of(self, ids: Ids) -> NDArray[np.float32]:
        """float32 (len(ids), d), of ids that are there."""
        sorted_ids, rows = self._order()
        if not len(ids):
            return np.empty((0, self._dimension), dtype=np.float32)
        shape = (sum(map(len, self._ids)), self._dimension)
        vectors = np.memmap(self._spool, np.float32, "r", shape=shape)
        found: NDArray[np.float32] = vectors[rows[np.searchsorted(sorted_ids, ids)]]
        return found

    def remove(self) -> None:
        """The files, which nobody needs once the index is published."""
        for file in (*self._files(), *self._files(_ASIDE)):
            file.unlink(missing_ok=True)
        with suppress(OSError):  # there is something else in it
            self._folder.rmdir()

    def close(self) -> None:
        self._spool.close()

    def _files(self, ending: str = "") -> list[Path]:
        return sorted(self._folder.glob(f"{'[0-9a-f]' * 64}{_ENDING}{ending}"))

    def _take(self, content: bytes) -> None:
        pa, parquet = pyarrow()
        table = parquet.read_table(pa.BufferReader(content))
        if table.schema.metadata.items() >= self._told.items():
            vectors = table["vector"].combine_chunks().flatten()
            self._spool.write(vectors.to_numpy().tobytes())
            self._ids.append(table["passage"].to_numpy())
            self._sorted = None

    def _order(self) -> tuple[Ids, Ids]:
        """Ids, ascending, and the row of each. An id that two passages draw belongs to neither here."""
        if self._sorted is None:
            with _failing(self._folder):
                self._spool.flush()
            ids = np.concatenate([np.empty(0, dtype=np.int64), *self._ids])
            alone, rows, times = np.unique(ids, return_index=True, return_counts=True)
            self._sorted = alone[times == 1], rows[times == 1]
        return self._sorted


@contextmanager
def kept_in(folder: Path, encoder: Encoder) -> Iterator[Parts]:
    """The parts in `folder`, which is nobody else's meanwhile.

    Raises BuildRunning where another build keeps its own there, and BuildFailed in place of an OSError.
    """
    pyarrow()
    with _failing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f"{folder.name}.lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise BuildRunning(folder, "it keeps its parts there") from None
    with lock, closing(Parts(folder, encoder)) as parts:
        yield parts


@contextmanager
def _failing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BuildFailed(
            f"Parts of the index could not be kept in {folder}: {error}. The index before it, if any, goes on serving. "
            "Make room or make the folder writable, or name another folder with --data."
        ) from error


def _name(content: bytes) -> str:
    return f"{hashlib.sha256(content).hexdigest()}{_ENDING}"


def _told(encoder: Encoder) -> dict[bytes, bytes]:
    return {b"encoder": encoder.checksum.encode(), b"precision": encoder.precision.encode()}
