"""Articles and their passages -> a published generation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Vectors

from ..errors import BuildFailed, IndexCorrupt, IndexMissing, QAError
from ..ports import Encoder, Progress
from ..records import Article, Passage
from ..settings import Settings
from . import articles as articles_file
from .context import encoder_text, lexical_text
from .lexical import LexicalIndex
from .local import ARTICLES, LEXICAL, VECTORS, LocalStore
from .manifest import FORMAT, Manifest, describe_all
from .publish import building, current, prune, publish

_SAMPLES = 16  # passages whose search is tried before a generation is published
_SAME = 1e-3  # two cosines closer than this are the same vector, or a copy of it


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: the manifest in service, and what it cost."""

    manifest: Manifest
    published: bool  # False: nothing had changed
    encoded: int
    reused: int


def build(
    data: Path,
    cut: Sequence[tuple[Article, Sequence[tuple[int, int]]]],
    encoder: Encoder,
    settings: Settings,
    *,
    sources: dict[str, Any],
    report: dict[str, Any],
    progress: Progress,
) -> Built:
    """Index each article's passages, given as (start, end) in its text, and put the index into service.

    Vectors of passages that the index before holds already are taken from it; where nothing at all has changed,
    nothing is published. Raises BuildRunning, and BuildFailed where something cannot be written or the finished
    index fails its check: the index before then goes on serving.
    """
    try:
        with building(data) as aside:
            return _build(data, aside, cut, encoder, settings, sources, report, progress)
    except QAError:
        raise
    except OSError as error:
        raise BuildFailed(
            f"The index could not be written to {data}: {error}. The index before it, if any, goes on serving. "
            "Make room or make the folder writable, or name another folder with --data."
        ) from error


def _build(
    data: Path,
    aside: Path,
    cut: Sequence[tuple[Article, Sequence[tuple[int, int]]]],
    encoder: Encoder,
    settings: Settings,
    sources: dict[str, Any],
    report: dict[str, Any],
    progress: Progress,
) -> Built:
    articles = [article for article, _ in cut]
    passages, texts = _passages(cut, settings)
    of_article = {article.id: article for article in articles}
    content = _content(articles, passages, encoder, settings)
    before = _before(data, encoder)
    if before is not None and before.manifest.content == content and before.manifest.sources == sources:
        before.close()
        return Built(before.manifest, published=False, encoded=0, reused=len(passages))

    ids = np.array([passage.id for passage in passages], dtype=np.int64)
    vectors, reused = _vectors(ids, texts, encoder, before, progress)
    if before is not None:
        before.close()
    Vectors.build(vectors, ids).save(aside / VECTORS)
    progress("lexical", 0, len(passages))
    LexicalIndex.build(
        aside / LEXICAL,
        (
            (p.id, lexical_text(of_article[p.article_id], p, title=settings.title_in_lexical))
            for p in passages
        ),
    )
    progress("articles", 0, len(articles))
    articles_file.write(aside / ARTICLES, articles, passages)

    progress("check", 0, 1)
    manifest = Manifest.make(
        format=FORMAT,
        created_at=datetime.now(timezone.utc).isoformat(timespec="microseconds"),
        encoder={"name": encoder.name, "checksum": encoder.checksum, "dimension": encoder.dimension},
        settings=settings.shaping(),
        content=content,
        sources=sources,
        counts={"articles": len(articles), "passages": len(passages)},
        report=report,
        files=describe_all(aside),
    )
    manifest.save(aside)
    _check(aside)
    publish(data, aside, manifest.version)
    prune(data, settings.keep_generations)
    return Built(manifest, published=True, encoded=len(passages) - reused, reused=reused)


def _passages(
    cut: Sequence[tuple[Article, Sequence[tuple[int, int]]]], settings: Settings
) -> tuple[list[Passage], list[str]]:
    """The passages under their ids, and what the encoder sees of each.

    An id is drawn from the article, the place and what the encoder sees, so an unchanged passage has the same id
    in every index, and its vector can be taken over.
    """
    passages: list[Passage] = []
    texts: list[str] = []
    taken: set[int] = set()
    for article, spans in cut:
        for start, end in spans:
            passage = Passage(0, article.id, start, end, article.text[start:end])
            text = encoder_text(article, passage, title=settings.title_in_vectors)
            key = f"{article.id}\0{start}\0{end}\0{text}".encode("utf-8", "surrogatepass")
            id_ = (
                int.from_bytes(hashlib.sha256(key).digest()[:8], "big") >> 1
            )  # 63 bits: SQLite's and FAISS's range
            while id_ in taken:  # at a million passages: once in ten million builds
                id_ = (id_ + 1) % (1 << 63)
            taken.add(id_)
            passages.append(Passage(id_, article.id, start, end, passage.text))
            texts.append(text)
    return passages, texts


def _content(
    articles: Sequence[Article], passages: Sequence[Passage], encoder: Encoder, settings: Settings
) -> str:
    """SHA-256 over all that an index says and how it was made; equal for equal content, whenever it was built."""
    total = hashlib.sha256(json.dumps([encoder.checksum, settings.shaping()]).encode())
    for a in articles:
        told = [a.id, a.path, a.title, str(a.published), a.published_inferred, a.source, a.url, a.also_in]
        total.update(json.dumps(told).encode())
    total.update(np.array([passage.id for passage in passages], dtype="<i8").tobytes())
    return total.hexdigest()


def _before(data: Path, encoder: Encoder) -> LocalStore | None:
    """The index in service, where its vectors can be taken over: whole, and by the same encoder."""
    try:
        store = LocalStore(current(data))
    except (IndexMissing, IndexCorrupt):
        return None
    if store.manifest.encoder["checksum"] == encoder.checksum:
        return store
    store.close()
    return None


def _vectors(
    ids: NDArray[np.int64],
    texts: Sequence[str],
    encoder: Encoder,
    before: LocalStore | None,
    progress: Progress,
) -> tuple[NDArray[np.float32], int]:
    """(n, d) in the order of ids, and how many of them were taken over."""
    vectors = np.empty((len(ids), encoder.dimension), dtype=np.float32)
    known = np.isin(ids, before.vectors.ids()) if before is not None else np.zeros(len(ids), dtype=bool)
    if before is not None:
        vectors[known] = before.vectors.get(ids[known])
    new = np.flatnonzero(~known).tolist()
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("encode", done, len(new))

    progress("encode", 0, len(new))
    vectors[new] = encoder.encode([texts[i] for i in new], progress=advance)
    return vectors, int(known.sum())


def _check(folder: Path) -> None:
    """Open the finished generation as a server would, and see that sampled passages find themselves."""
    try:
        store = LocalStore(folder)
    except IndexCorrupt as error:
        raise BuildFailed(f"The new index was not published, for it failed its check. {error}") from error
    try:
        ids = store.vectors.ids()
        for id_ in ids[:: max(1, len(ids) // _SAMPLES)].tolist():
            own = store.vectors.get([id_])[0]
            (first, score), *_ = store.search_dense(own, 1)
            if first != id_ and abs(score - float(own @ own)) > _SAME:
                raise BuildFailed(
                    f"The new index was not published: passage {id_} is not found by its vector."
                )
            (passage,) = store.passages([id_])
            found = [hit for hit, _ in store.search_lexical(passage.text, 10)]
            if any(char.isascii() and char.isalpha() for char in passage.text) and not found:
                raise BuildFailed(
                    f"The new index was not published: passage {id_} is not found by its words."
                )
            store.passages(found)
    except KeyError as error:
        raise BuildFailed(
            f"The new index was not published: a search found an unknown passage {error}."
        ) from error
    finally:
        store.close()
