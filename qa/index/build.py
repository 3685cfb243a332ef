"""Articles and their passages -> a published generation."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import write as write_vectors

from ..errors import BuildFailed, IndexCorrupt
from ..records import Passage
from ..settings import Settings
from .articles import Articles, Writer
from .check import own_search
from .context import lexical_text
from .delta import Built, Delta, content, delta, manifest_of, unchanged
from .encoding import encode
from .generation import Generation
from .lexical import LexicalIndex
from .local import ARTICLES, LEXICAL, VECTORS, LocalStore
from .manifest import describe_all
from .plan import Plan
from .publish import generations, prune, publish

_SAMPLES = 16  # passages whose search is tried before a generation is published
_ENCODED = 8192  # passages encoded at a time: as many vectors wait in memory to be written
# Share of deleted entries at which the lexical index is written anew: BM25 still counts their words.
_DELETED = 0.1


def build(data: Path, aside: Path, plan: Plan) -> Built:
    """Index articles in the empty folder `aside`, and put the index into service.

    Vectors of passages that the index before holds already are taken from it; where nothing at all has changed,
    nothing is published. Raises BuildFailed where the finished index fails its check: the index before then goes on
    serving.
    """
    encoder, settings, before, progress = plan.encoder, plan.settings, plan.before, plan.progress
    upon = before.store if before.anew is None else None
    assert upon is None or isinstance(upon, LocalStore)
    try:
        with Writer(aside / ARTICLES, upon.folder / ARTICLES if upon else None) as out:
            progress("articles", 0, 0)
            changed = delta(plan.cut, set(plan.kept), upon, settings, out, progress)
            says = content(changed.digests, encoder, settings, plan.program)
            if upon and unchanged(upon, says, plan.sources):
                count = upon.manifest.counts["passages"]
                return Built(upon.manifest, published=False, passages=count, encoded=0, reused=count)
            out.finish()
        with closing(Articles(aside / ARTICLES)) as written:
            count, encoded = _write_vectors(aside / VECTORS, changed, upon, written, before.store, plan)
            progress("lexical", 0, count)
            _write_lexical(aside / LEXICAL, changed, upon, written, settings)
        plan.beside(aside)
        _same_mode(aside / LEXICAL, aside / ARTICLES)
    finally:
        before.close()

    progress("check", 0, 1)
    manifest = manifest_of(
        plan,
        changed,
        says,
        newest=next((folder.name for folder in generations(data)), None),
        count=count,
        encoded=encoded,
        files=describe_all(aside),
    )
    manifest.save(aside)
    _check(aside)
    progress("publish", 0, 1)
    publish(data, aside, manifest.version)
    prune(data, settings.keep_generations)
    return Built(manifest, published=True, passages=count, encoded=encoded, reused=count - encoded)


def _write_vectors(
    folder: Path,
    changed: Delta,
    upon: LocalStore | None,
    written: Articles,
    store: Generation | None,
    plan: Plan,
) -> tuple[int, int]:
    """Write the vectors of all passages; how many there are, and how many of them had to be made."""
    encoder, settings, progress = plan.encoder, plan.settings, plan.progress
    ids = np.sort(changed.added)
    before = store.vector_ids() if store is not None else np.empty(0, dtype=np.int64)
    stay = np.setdiff1d(before, changed.gone_passages) if upon else before[:0]
    known = ids[np.isin(ids, before)]
    new = np.setdiff1d(ids, known)
    # From another store, each block is fetched.
    files = store.vectors if isinstance(store, LocalStore) else None
    added = new if files is not None else ids
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("encode", done, len(new))

    def made() -> Iterator[NDArray[np.float32]]:
        for first in range(0, len(added), _ENCODED):
            some = added[first : first + _ENCODED]
            taken = np.isin(some, known)
            block = np.empty((len(some), encoder.dimension), dtype=np.float32)
            if store is not None and taken.any():
                block[taken] = store.vectors_of(some[taken])
            for titled in _titled(written, some[~taken]):
                block[~taken] = encode(titled, encoder, settings, plan.made, advance)
            yield block
            progress("vectors", done, len(new))

    progress("encode", 0, len(new))
    count = write_vectors(
        folder,
        added,
        made(),
        encoder.dimension,
        before=files,
        kept=np.union1d(stay, known) if files is not None else None,
        exact_mib=settings.exact_mib,
        progress=progress,
    )
    return count, len(new)


def _write_lexical(
    folder: Path, changed: Delta, upon: LocalStore | None, written: Articles, settings: Settings
) -> None:
    def entries(titled: Iterable[tuple[str, Passage]]) -> Iterator[tuple[int, str]]:
        for title, passage in titled:
            yield passage.id, lexical_text(title, passage, with_title=settings.title_in_lexical)

    if upon and LexicalIndex.share_deleted(before := upon.folder / LEXICAL) < _DELETED:
        added = itertools.chain.from_iterable(_titled(written, changed.added))
        LexicalIndex.build_from(before, folder, changed.gone_passages, entries(added))
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
        failed = "The new index was not published, for it failed its check."
        raise BuildFailed(f"{failed} {error}", afar=f"{failed} {error.afar}") from error
    try:
        ids = store.vector_ids()
        for problem in own_search(store, ids[:: max(1, len(ids) // _SAMPLES)].tolist()):
            raise BuildFailed(f"The new index was not published, for it failed its check. {problem}")
    finally:
        store.close()
