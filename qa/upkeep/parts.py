"""Passages -> their vectors in parts, each made by whoever is free: this process, others beside it, or a Ray cluster.

A part is a function of its passages and of the encoder alone, so that of a worker that is lost is made by another.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from qa.errors import BuildFailed, ModelMissing
from qa.index.before import Before
from qa.index.context import encoder_text
from qa.index.delta import Cut, lacking
from qa.index.parts import Parts, kept_in, part_of
from qa.ingest.apart import Ended, Limits, done_apart, end_waiting
from qa.ingest.side_by_side import in_order
from qa.ports import Encoder, Progress
from qa.records import Passage
from qa.serving.gate import cores
from qa.settings import Settings
from qa.snapshot import open_encoder

from .cluster import cluster

# Passages of a part: 1.5 MB, and some 40 s of a core, which is what is lost with whoever makes it.
PASSAGES = 1024
# Of a process that makes parts; with the default encoder it takes under 1 GiB.
_LIMITS = Limits(seconds=3600.0, memory_mib=8192)

Titled = Sequence[tuple[str, Passage]]  # passages, each with its article's title
Make = Callable[[Iterable[Titled]], Iterable[bytes]]  # parts, in any order


@dataclass(frozen=True, slots=True)
class InParts:
    """Encode in parts, which a build that is begun again takes over.

    folder: where they are kept until the index is published. ray: the address of a Ray cluster whose workers make
    them, see `cluster`. open_encoder: as `qa.snapshot.open_encoder`, wherever a part is made; it can be pickled.
    """

    folder: Path
    ray: str | None = None
    open_encoder: Callable[[str, str, int], Encoder] = open_encoder


@dataclass(frozen=True, slots=True)
class Work:
    """What another process needs to make a part of its passages. checksum: of the encoder that `open` has to give."""

    open: Callable[[], Encoder]
    checksum: str
    with_title: bool

    def part(self, titled: Titled) -> bytes:
        """Raises ModelMissing."""
        return _part(titled, _encoder(self), self.with_title)

    def parts(self, titled: Titled) -> Iterator[bytes]:
        """The one."""
        yield self.part(titled)


@dataclass(frozen=True, slots=True)
class Maker:
    parts: Parts
    make: Make
    settings: Settings

    def made(self, cut: Cut, before: Before, progress: Progress) -> Parts:
        """Parts with the vectors of all passages of `cut`, but those that the index before holds."""
        have = self.parts.vector_ids()
        if before.store is not None:
            have = np.union1d(have, before.store.vector_ids())
        total = sum(1 for _ in lacking(cut, self.settings, have))
        progress("encode", 0, total)
        for count, part in enumerate(self.make(_batches(lacking(cut, self.settings, have))), start=1):
            self.parts.add(part)
            progress("encode", min(count * PASSAGES, total), total)
        return self.parts


@contextmanager
def making(how: InParts, encoder: Encoder, settings: Settings, workers: int) -> Iterator[Maker]:
    """workers: processes of this computer that make parts, each with its share of the cores; 1: this one does.

    Raises BuildRunning, BuildFailed, BadRequest where something is not installed or not there; making a part raises
    BuildFailed, ModelMissing.
    """
    with_title = settings.title_in_vectors

    def work(side_by_side: int) -> Work:
        # In one number format, whatever the processors.
        opening = partial(how.open_encoder, settings.encoder, encoder.precision, side_by_side)
        return Work(opening, encoder.checksum, with_title)

    with kept_in(how.folder, encoder) as parts:
        if how.ray is not None:
            with cluster(how.ray) as done:
                yield Maker(parts, partial(done, work(1).part), settings)
        elif workers > 1:
            apart = partial(_apart, work(max(1, cores() // workers)))
            try:
                yield Maker(parts, partial(in_order, apart, workers=workers), settings)
            finally:
                end_waiting(_LIMITS)  # each holds an encoder
        else:
            yield Maker(parts, lambda all_: (_part(titled, encoder, with_title) for titled in all_), settings)


def _part(titled: Titled, encoder: Encoder, with_title: bool) -> bytes:
    texts = [encoder_text(*one, with_title=with_title) for one in titled]
    return part_of([passage for _, passage in titled], encoder.encode(texts), encoder)


def _batches(titled: Iterator[tuple[str, Passage]]) -> Iterator[Titled]:
    while batch := list(itertools.islice(titled, PASSAGES)):
        yield batch


def _apart(work: Work, titled: Titled) -> bytes:
    for last in (False, True):
        try:
            [part] = done_apart(work.parts, titled, limits=_LIMITS)
            return bytes(part)
        except Ended as error:
            if last:
                raise BuildFailed(
                    f"Parts of the index could not be made: making one {error}. Those that were made are kept, and the "
                    "next build goes on from them. Try fewer --workers."
                ) from error
    raise AssertionError("the last attempt has returned")


_opened: dict[str, Encoder] = {}  # by checksum, in a process that makes parts


def _encoder(work: Work) -> Encoder:
    if work.checksum not in _opened:
        encoder = work.open()
        if encoder.checksum != work.checksum:
            raise ModelMissing(
                encoder.name,
                "the installation of a worker",
                f"Its weights have SHA-256 {encoder.checksum[:12]}… there, and {work.checksum[:12]}… where the index "
                "is built. Install the same ones on every machine.",
            )
        _opened[work.checksum] = encoder
    return _opened[work.checksum]
