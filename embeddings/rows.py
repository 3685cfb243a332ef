"""A float32 matrix in a file, NumPy's .npy: written block by block, read row by row."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]  # (n, d)


def write_rows(file: Path, shape: tuple[int, int], blocks: Iterable[Matrix]) -> None:
    """Blocks (m, d), one below the other. Raises OSError, and ValueError where they do not add up to `shape`."""
    written = 0
    with file.open("wb") as stream:
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(stream, header)
        for block in blocks:
            if block.ndim != 2 or block.shape[1] != shape[1]:
                raise ValueError(f"expected (n, {shape[1]}) vectors, got {block.shape}")
            stream.write(np.ascontiguousarray(block, dtype="<f4").data)
            written += len(block)
    if written != shape[0]:
        raise ValueError(f"expected {shape[0]} vectors, got {written}")


class Rows:
    """Such a file, open until nobody has this object any more; may be read from several threads.

    Read, and not mapped into memory: pages that were touched would count as this process's own, a gigabyte and a half
    of a million rows, and one that another program has cut off the file would kill the process.
    """

    def __init__(self, file: Path) -> None:
        """Raises ValueError where the file holds no such matrix, OSError where it cannot be read."""
        try:
            mapped = np.lib.format.open_memmap(file, mode="r")
        except EOFError as error:
            raise ValueError(str(error)) from error
        if mapped.ndim != 2 or mapped.dtype != np.dtype("<f4") or not mapped.flags.c_contiguous:
            raise ValueError("it is not a matrix of float32 rows")
        self.shape: tuple[int, int] = mapped.shape
        self._offset, self._width = int(mapped.offset), 4 * self.shape[1]
        self._name = str(file)
        self._file = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self._close = weakref.finalize(self, os.close, self._file)
        self._seeking = Lock()

    def take(self, at: NDArray[np.int64]) -> Matrix:
        """The rows of these numbers, (len(at), d)."""
        taken = np.empty((len(at), self.shape[1]), dtype="<f4")
        for row, number in zip(taken, at.tolist(), strict=True):
            row[:] = self._read(number, 1)
        return taken

    def blocks(self, size: int = 8192) -> Iterator[Matrix]:
        """All rows in order, `size` at a time."""
        for first in range(0, self.shape[0], size):
            count = min(size, self.shape[0] - first)
            yield self._read(first, count).reshape(count, -1)

    def all(self) -> Matrix:
        """(n, d), in memory."""
        return np.concatenate([np.empty((0, self.shape[1]), dtype=np.float32), *self.blocks()])

    def _read(self, first: int, count: int) -> Matrix:
        place, length = self._offset + first * self._width, count * self._width
        if hasattr(os, "pread"):
            content = os.pread(self._file, length, place)
        else:  # Windows
            with self._seeking:
                os.lseek(self._file, place, os.SEEK_SET)
                content = os.read(self._file, length)
        if len(content) != length:
            raise OSError(f"{self._name} ends within row {first + len(content) // self._width}")
        return np.frombuffer(content, dtype="<f4")
