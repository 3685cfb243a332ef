"""Articles and their passages -> a published generation."""

from __future__ import annotations

import hashlib
import itertools
import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import write as write_vectors

from ..errors import BuildFailed, IndexCorrupt
from ..ports import Encoder, Progress
from ..records import Article, Passage
from ..settings import Settings
from .articles import Articles, Writer
from .before import Before, program
from .check import own_search
from .context import encoder_text, lexical_text
from .lexical import LexicalIndex
from .local import ARTICLES, LEXICAL, VECTORS, LocalStore
from .manifest import FORMAT, Manifest, describe_all
from .publish import generations, prune, publish

_SAMPLES = 16  # passages whose search is tried before a generation is published
_ENCODED = 8192  # passages encoded at a time: as many vectors wait in memory to be written
_DELETED = (
    0.1  # share of deleted entries at which the lexical index is written anew: BM25 still counts their words
)


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: the manifest in service, and what it cost."""

    manifest: Manifest
    published: bool  # False: nothing had changed
    passages: int
    encoded: int
    reused: int


@dataclass(frozen=True, slots=True)
class _Delta:
    """What is added to the index before, and what of it goes. Where nothing of it stays, everything is added."""

    upon: LocalStore | None
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


def build(
    data: Path,
    aside: Path,
    cut: Iterable[tuple[Article, Sequence[tuple[int, int]]]],
    encoder: Encoder,
    settings: Settings,
    *,
    before: Before,
    kept: Iterable[str] = (),
    sources: dict[str, Any],
    report: dict[str, Any],
    progress: Progress,
    beside: Callable[[Path], None] = lambda folder: None,
) -> Built:
    """Index articles in the empty folder `aside`, and put the index into service.

    cut: each article with its passages, as (start, end) in its text; they are taken one by one, and none is held.
    before: the index to start from; it is closed. kept: ids of its articles that stay as they are. beside: writes
    more files into the folder. Vectors of passages that the index before holds already are taken from it; where
    nothing at all has changed, nothing is published. Raises BuildFailed where the finished index fails its check: the
    index before then goes on serving.
    """
    upon = before.store if before.anew is None else None
    try:
        with Writer(aside / ARTICLES, upon.folder / ARTICLES if upon else None) as out:
            progress("articles", 0, 0)
            delta = _delta(cut, set(kept), upon, settings, out, progress)
            content = _content(delta.digests, encoder, settings)
            if upon and upon.manifest.content == content and _roots(upon) == sources["roots"]:
                count = upon.manifest.counts["passages"]
                return Built(upon.manifest, published=False, passages=count, encoded=0, reused=count)
            out.finish()
        with closing(Articles(aside / ARTICLES)) as written:
            count, encoded = _write_vectors(
                aside / VECTORS, delta, written, before.store, encoder, settings, progress
            )
            progress("lexical", 0, count)
            _write_lexical(aside / LEXICAL, delta, written, settings)
        beside(aside)
        _same_mode(aside / LEXICAL, aside / ARTICLES)
    finally:
        before.close()

    progress("check", 0, 1)
    manifest = Manifest.make(
        format=FORMAT,
        created_at=_now(data),
        encoder=_told_of(encoder, encoded, before.store if count > encoded else None),
        settings=settings.shaping(),
        program=program(),
        content=content,
        sources=sources,
        counts={"articles": len(delta.digests), "passages": count},
        report=report,
        files=describe_all(aside),
    )
    manifest.save(aside)
    _check(aside)
    progress("publish", 0, 1)
    publish(data, aside, manifest.version)
    prune(data, settings.keep_generations)
    return Built(manifest, published=True, passages=count, encoded=encoded, reused=count - encoded)


def _now(data: Path) -> str:
    """ISO 8601, UTC; later than every index in `data`, though the clock was set back: versions sort by age."""
    now = datetime.now(UTC)
    for folder in generations(data)[:1]:
        try:
            newest = datetime.strptime(folder.name.partition("-")[0], "%Y%m%dT%H%M%S%f")
        except ValueError:  # a folder that is no generation
            continue
        now = max(now, newest.replace(tzinfo=UTC) + timedelta(microseconds=1))
    return now.isoformat(timespec="microseconds")


def _delta(
    cut: Iterable[tuple[Article, Sequence[tuple[int, int]]]],
    kept: set[str],
    upon: LocalStore | None,
    settings: Settings,
    out: Writer,
    progress: Progress,
) -> _Delta:
    """What is new is written to `out`, and what goes is removed from it."""
    digests = upon.digests() if upon else {}
    stays = {id_: digest for id_, digest in digests.items() if id_ in kept}
    taken = _Taken(upon.vectors.ids() if upon else np.empty(0, dtype=np.int64))
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
    return _Delta(upon, np.array(added, dtype=np.int64), gone, gone_passages, stays)


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
    total.update(np.array([passage.id for passage in passages], dtype="<i8").tobytes())
    return total.digest()


def _told_of(encoder: Encoder, encoded: int, before: LocalStore | None) -> dict[str, Any]:
    """before: whose vectors were taken over. precision: every number format that vectors of the index were made in."""
    made = {encoder.precision} if encoded else set()
    taken = before.manifest.encoder.get("precision", []) if before else []
    return {
        "name": encoder.name,
        "checksum": encoder.checksum,
        "dimension": encoder.dimension,
        "precision": sorted(made.union(taken)),
    }


def _content(digests: Mapping[str, bytes], encoder: Encoder, settings: Settings) -> str:
    """SHA-256 over all that an index says and how it was made; equal for equal content, whenever it was built."""
    total = hashlib.sha256(json.dumps([encoder.checksum, settings.shaping(), program()]).encode())
    for id_ in sorted(digests):
        total.update(digests[id_])
    return total.hexdigest()


def _roots(store: LocalStore) -> Any:
    return store.manifest.sources["roots"]


def _write_vectors(
    folder: Path,
    delta: _Delta,
    written: Articles,
    store: LocalStore | None,
    encoder: Encoder,
    settings: Settings,
    progress: Progress,
) -> tuple[int, int]:
    """Write the vectors of all passages; how many there are, and how many of them had to be made."""
    ids = np.sort(delta.added)
    before = store.vectors.ids() if store is not None else np.empty(0, dtype=np.int64)
    stay = np.setdiff1d(before, delta.gone_passages) if delta.upon else before[:0]
    known = np.isin(ids, before)
    new = ids[~known]
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("encode", done, len(new))

    def made() -> Iterator[NDArray[np.float32]]:
        for titled in _titled(written, new):
            texts = [encoder_text(*one, with_title=settings.title_in_vectors) for one in titled]
            yield encoder.encode(texts, progress=advance)
            progress("vectors", done, len(new))

    progress("encode", 0, len(new))
    count = write_vectors(
        folder,
        new,
        made(),
        encoder.dimension,
        before=store.vectors if store is not None else None,
        kept=np.union1d(stay, ids[known]),
        exact_mib=settings.exact_mib,
        progress=progress,
    )
    return count, len(new)


def _write_lexical(folder: Path, delta: _Delta, written: Articles, settings: Settings) -> None:
    def entries(titled: Iterable[tuple[str, Passage]]) -> Iterator[tuple[int, str]]:
        for title, passage in titled:
            yield passage.id, lexical_text(title, passage, with_title=settings.title_in_lexical)

    if delta.upon and LexicalIndex.share_deleted(before := delta.upon.folder / LEXICAL) < _DELETED:
        added = itertools.chain.from_iterable(_titled(written, delta.added))
        LexicalIndex.build_from(before, folder, delta.gone_passages, entries(added))
    else:
        LexicalIndex.build(folder, entries(written.titled()))


def _titled(written: Articles, ids: NDArray[np.int64]) -> Iterator[list[tuple[str, Passage]]]:
    """The passages of these ids in order, each with its article's title, as many at a time as are encoded."""
    for first in range(0, len(ids), _ENCODED):
        passages = written.passages(ids[first : first + _ENCODED].tolist())
        titles = written.titles(passages)
        yield [(titles[passage.article_id], passage) for passage in passages]


def _same_mode(folder: Path, other: Path) -> None:
    """Let whoever may read the file `other` read those in `folder`: tantivy keeps some of its own to its user."""
    for file in folder.iterdir():
        file.chmod(other.stat().st_mode)


def _check(folder: Path) -> None:
    """Open the finished generation as a server would, and see that sampled passages find themselves."""
    try:
        store = LocalStore(folder, checksums=False)
    except IndexCorrupt as error:
        raise BuildFailed(f"The new index was not published, for it failed its check. {error}") from error
    try:
        ids = store.vectors.ids()
        for problem in own_search(store, ids[:: max(1, len(ids) // _SAMPLES)].tolist()):
            raise BuildFailed(f"The new index was not published, for it failed its check. {problem}")
    finally:
        store.close()
