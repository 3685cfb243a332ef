"""Building cleaned text piece by piece, so that every character keeps its way back to the raw text."""

from __future__ import annotations

from itertools import pairwise

from qa.records import Alignment


class TextBuilder:
    """Collects pieces in raw order; `build` gives the text and its alignment."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._runs: list[tuple[int, int, int]] = []
        self._length = 0
        self._raw_end = 0
        self._grows = False  # the last run goes character by character and may be lengthened

    def __len__(self) -> int:
        return self._length

    @property
    def raw_end(self) -> int:
        """Where the last piece ended in the raw text."""
        return self._raw_end

    def put(self, text: str, raw_start: int, raw_end: int) -> None:
        """Add `text`, which stands for raw[raw_start:raw_end]; equal lengths mean character by character."""
        if not text:
            return
        length = raw_end - raw_start
        if length == len(text):
            if self._grows and raw_start == self._raw_end:
                text_start, start, before = self._runs[-1]
                self._runs[-1] = (text_start, start, before + length)
            else:
                self._runs.append((self._length, raw_start, length))
            self._grows = True
        else:
            self._runs.append((self._length, raw_start, length))
            self._grows = False
        self._pieces.append(text)
        self._length += len(text)
        self._raw_end = raw_end

    def insert(self, text: str) -> None:
        """Add text that stands for nothing in the raw text, such as a separator."""
        self.put(text, self._raw_end, self._raw_end)

    @property
    def ends_in_space(self) -> bool:
        return bool(self._pieces) and self._pieces[-1].endswith(" ")

    def strip_end(self) -> None:
        """Take back a space at the end."""
        if not self.ends_in_space:
            return
        self._pieces[-1] = self._pieces[-1][:-1]
        self._length -= 1
        text_start, raw_start, length = self._runs.pop()
        if text_start < self._length:
            self._runs.append((text_start, raw_start, length - 1))
        if not self._pieces[-1]:
            self._pieces.pop()
        self._grows = False
        last = self._runs[-1] if self._runs else (0, self._raw_end, 0)
        self._raw_end = last[1] + last[2]

    def extend(self, text: str, pieces: tuple[tuple[int, int, int], ...]) -> None:
        """Add a stretch normalized earlier; `pieces` are runs as in `Alignment`."""
        for (start, raw_start, length), (after, _, _) in pairwise(pieces):
            self.put(text[start:after], raw_start, raw_start + length)

    def build(self) -> tuple[str, Alignment]:
        return "".join(self._pieces), Alignment((*self._runs, (self._length, self._raw_end, 0)))
