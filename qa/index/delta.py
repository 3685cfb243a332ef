"""What a build adds to the index before and takes away from it, and what the manifest tells of the result."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..ports import Encoder, Ids, Progress
from ..records import Article, Passage
from ..settings import Settings
from .before import program
from .context import encoder_text
from .generation import Generation
from .manifest import FORMAT, Manifest
from .packing import pack_parts
from .plan import Plan


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: the manifest in service, and what it cost."""

    manifest: Manifest
    published: bool  # False: nothing had changed
    passages: int
    encoded: int
    reused: int


# Articles with their passages, as (start, end) in the text.
Cut = Iterable[tuple[Article, Sequence[tuple[int, int]]]]


class Entries(Protocol):
    """Where a build writes articles."""

    def add(self, article: Article, digest: bytes, passages: Sequence[Passage]) -> None:
        """An article with its passages, in place of the one before that has its id, if any."""

    def remove(self, article_id: str) -> None:
        """The article of this id and its passages; nothing where it is not there."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What is added to the index before, and what of it goes. Where nothing of it stays, everything is added."""

    added: NDArray[np.int64]  # ids of passages, in the order of their articles
    gone: list[str]  # ids of articles of which the index before says something else, or which are gone
    gone_passages: list[int]
    digests: dict[str, bytes]  # of all articles, by their id


class _Taken:
    """Ids that passages have: `before`, ascending, and those added since. A set of a million takes 100 MB."""

    def __init__(self, before: NDArray[np.int64]) -> None:
        self._before, self._freed, self._since = before, set[int](), set[int]()

    def add(self, id_: int) -> None:
        self._since.add(id_)

    def free(self, ids: Iterable[int]) -> None:
        """Ids of before that may be taken again."""
        self._freed.update(ids)

    def __contains__(self, id_: int) -> bool:
        at = int(np.searchsorted(self._before, id_))
        before = at < len(self._before) and int(self._before[at]) == id_
        return id_ in self._since or (before and id_ not in self._freed)


def delta(
    cut: Cut,
    kept: set[str],
    upon: Generation | None,
    settings: Settings,
    out: Entries,
    progress: Progress,
) -> Delta:
    """What is new is written to `out`, and what goes is removed from it."""
    digests = upon.digests() if upon else {}
    stays = {id_: digest for id_, digest in digests.items() if id_ in kept}
    taken = _Taken(upon.vector_ids() if upon else np.empty(0, dtype=np.int64))
    added, same, replaced = array("q"), set[str](), set[str]()
    for done, (article, spans) in enumerate(cut, start=1):
        known = digests.get(article.id)
        if upon and known is not None:
            taken.free(upon.passage_ids([article.id]))
        passages = _passages(article, spans, taken, settings)
        stays[article.id] = digest = _digest(article, passages)
        if known == digest:
            same.add(article.id)
            continue
        out.add(article, digest, passages)
        replaced.add(article.id)
        added.extend(passage.id for passage in passages)
        progress("articles", done, 0)
    gone = [id_ for id_ in digests if id_ not in kept and id_ not in same]
    gone_passages = upon.passage_ids(gone) if upon else []
    for id_ in gone:
        if id_ not in replaced:
            out.remove(id_)
    return Delta(np.array(added, dtype=np.int64), gone, gone_passages, stays)


def lacking(cut: Cut, settings: Settings, have: Ids) -> Iterator[tuple[str, Passage]]:
    """The passages of `cut`, but those whose ids are in `have` (ascending), each with its article's title.

    Their ids are those that `delta` gives them, where no two passages draw the same one.
    """
    known = _Taken(have)
    for article, spans in cut:
        for passage in _passages(article, spans, _Taken(have[:0]), settings):
            if passage.id not in known:
                yield article.title, passage


def _passages(
    article: Article, spans: Sequence[tuple[int, int]], taken: _Taken, settings: Settings
) -> list[Passage]:
    """The passages under their ids, which are noted in `taken`.

    An id is drawn from the article, the place and what the encoder sees, so an unchanged passage has the same id
    in every index, and its vector can be taken over.
    """
    passages: list[Passage] = []
    for start, end in spans:
        passage = Passage(0, article.id, start, end, article.text[start:end])
        text = encoder_text(article.title, passage, with_title=settings.title_in_vectors)
        key = f"{article.id}\0{start}\0{end}\0{text}".encode("utf-8", "surrogatepass")
        # 63 bits: SQLite's and FAISS's range
        id_ = int.from_bytes(hashlib.sha256(key).digest()[:8], "big") >> 1
        while id_ in taken:  # at a million passages: once in ten million builds
            id_ = (id_ + 1) % (1 << 63)
        taken.add(id_)
        passages.append(Passage(id_, article.id, start, end, passage.text))
    return passages


def _digest(a: Article, passages: Sequence[Passage]) -> bytes:
    """Equal for articles of which an index says the same."""
    told = [
        a.id,
        a.path,
        a.title,
        str(a.published),
        a.published_inferred,
        a.source,
        a.url,
        a.also_in,
        a.language,
    ]
    total = hashlib.sha256(
        json.dumps([*told, a.page_starts, a.alignment.runs, a.in_file and a.in_file.runs]).encode()
    )
    total.update(a.text.encode("utf-8", "surrogatepass"))
    total.update(pack_parts(a))
    total.update(np.array([passage.id for passage in passages], dtype="<i8").tobytes())
    return total.digest()


def told_of(encoder: Encoder, encoded: int, before: Generation | None) -> dict[str, Any]:
    """before: whose vectors were taken over. precision: every number format that vectors of the index were made in."""
    made = {encoder.precision} if encoded else set()
    taken = before.manifest.encoder.get("precision", []) if before else []
    return {
        "name": encoder.name,
        "checksum": encoder.checksum,
        "dimension": encoder.dimension,
        "precision": sorted(made.union(taken)),
    }


def content(
    digests: Mapping[str, bytes], encoder: Encoder, settings: Settings, made_by: str | None = None
) -> str:
    """SHA-256 over all that an index says and how it was made; equal for equal content, whenever it was built."""
    total = hashlib.sha256(json.dumps([encoder.checksum, settings.shaping(), made_by or program()]).encode())
    for id_ in sorted(digests):
        total.update(digests[id_])
    return total.hexdigest()


def unchanged(upon: Generation | None, content: str, sources: Mapping[str, Any]) -> bool:
    """Whether the index before says all that is to be said, of the same folders."""
    return (
        upon is not None
        and upon.manifest.content == content
        and bool(upon.manifest.sources["roots"] == sources["roots"])
    )


def later_than(newest: str | None) -> str:
    """Now, ISO 8601, UTC; later than the version `newest`, though the clock was set back: versions sort by age."""
    now = datetime.now(UTC)
    try:
        before = datetime.strptime((newest or "").partition("-")[0], "%Y%m%dT%H%M%S%f")
    except ValueError:  # none, or a folder that is no generation
        return now.isoformat(timespec="microseconds")
    return max(now, before.replace(tzinfo=UTC) + timedelta(microseconds=1)).isoformat(timespec="microseconds")


def manifest_of(
    plan: Plan,
    changed: Delta,
    says: str,
    *,
    newest: str | None,
    count: int,
    encoded: int,
    files: dict[str, Any],
) -> Manifest:
    """Of the index that is now written. says: its `content`. newest: the version it follows. count: of all passages.
    encoded: of those that were encoded now. files: see `Manifest`."""
    return Manifest.make(
        format=FORMAT,
        created_at=later_than(newest),
        encoder=told_of(plan.encoder, encoded, plan.before.store if count > encoded else None),
        settings=plan.settings.shaping(),
        program=plan.program or program(),
        content=says,
        sources=plan.sources,
        counts={"articles": len(changed.digests), "passages": count},
        report=plan.report,
        files=files,
    )
