"""A reader that reads nothing twice: what it read is kept, for this run and, in a file, for the next."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path

from qa.ports import Reader
from qa.records import Passage, Span

Found = list[tuple[int, int, float, float]]  # start, end, score, null margin
_EVERY = 60.0  # seconds between two savings: what is lost where a run is ended


class Remembering:
    """Reads as `reader` does. file: where what was read is kept; it must be another for another reader's weights or
    limits. It is saved now and then, so that a run that is ended goes on where it was; call `save` at the end."""

    def __init__(self, reader: Reader, file: Path | None = None) -> None:
        self.name = reader.name
        self._reader = reader
        self._file = file
        self._read: dict[str, Found] = {}
        self._saved = time.monotonic()
        if file is not None and file.is_file():
            self._read = json.loads(file.read_text(encoding="utf-8"))

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        keys = [_key(question, passage) for passage in passages]
        new = {key: p for key, p in zip(keys, passages, strict=True) if key not in self._read}
        if new:
            key_of = {passage.id: key for key, passage in new.items()}
            self._read.update((key, []) for key in new)
            for span in self._reader.read(question, list(new.values())):
                told = (span.start, span.end, span.score, span.null_margin)
                self._read[key_of[span.passage.id]].append(told)
            if time.monotonic() - self._saved >= _EVERY:
                self.save()
        spans = [Span(p, *found) for key, p in zip(keys, passages, strict=True) for found in self._read[key]]
        return sorted(spans, key=lambda span: -span.score)

    def save(self) -> None:
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            aside = self._file.with_suffix(".part")
            aside.write_text(json.dumps(self._read), encoding="utf-8")
            aside.replace(self._file)
        self._saved = time.monotonic()


def _key(question: str, passage: Passage) -> str:
    return hashlib.sha256(f"{question}\0{passage.text}".encode("utf-8", "replace")).hexdigest()[:24]
