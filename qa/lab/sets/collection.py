"""Paragraphs -> an index of them, one passage a paragraph: in a temporary folder, or kept for the next time."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from qa.index.before import look_back
from qa.index.build import build
from qa.index.delta import Built
from qa.index.plan import Plan
from qa.index.publish import building, pointed_at
from qa.ports import Encoder, Progress
from qa.records import Article
from qa.settings import Settings


@contextmanager
def collection(
    paragraphs: Sequence[tuple[str, str]], encoder: Encoder, settings: Settings, cache: Path | None = None
) -> Iterator[Path]:
    """paragraphs: (title, context) -> the data folder, gone when the block ends. The n-th paragraph's article id is
    `article_id(n)`. cache: where it is kept instead, under a name of its own for each content and encoder."""
    if cache is not None:
        folder = cache / f"collection-{_key(paragraphs, encoder, settings)}"
        if pointed_at(folder) is None:
            write_collection(folder, paragraphs, encoder, settings)
        yield folder
        return
    with tempfile.TemporaryDirectory() as data:
        write_collection(Path(data), paragraphs, encoder, settings)
        yield Path(data)


def write_collection(
    data: Path, paragraphs: Sequence[tuple[str, str]], encoder: Encoder, settings: Settings
) -> None:
    """Put the same collection into service in the folder `data`."""
    articles = [_article(number, title, text) for number, (title, text) in enumerate(paragraphs)]
    cut = [(article, [(0, len(article.text))]) for article in articles]
    put_into_service(data, cut, encoder, settings)


def put_into_service(
    data: Path,
    cut: Iterable[tuple[Article, Sequence[tuple[int, int]]]],
    encoder: Encoder,
    settings: Settings,
    progress: Progress = lambda phase, done, total: None,
) -> Built:
    """An index of these articles and their passages, (start, end) in the text, in the folder `data`."""
    with building(data) as aside:
        plan = Plan(
            cut,
            encoder,
            settings,
            before=look_back(data, encoder, settings),
            sources={"roots": [], "fingerprint": ""},
            report={},
            progress=progress,
        )
        return build(data, aside, plan)


def _key(paragraphs: Sequence[tuple[str, str]], encoder: Encoder, settings: Settings) -> str:
    told = json.dumps([paragraphs, encoder.checksum, settings.shaping()], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def article_id(number: int) -> str:
    return f"{number:08d}"


def _article(number: int, title: str, text: str) -> Article:
    id_ = article_id(number)
    return Article(id=id_, path=id_, raw=text, title=title.replace("_", " "), text=text)
