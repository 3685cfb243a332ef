"""Paragraphs -> a searchable collection in a temporary folder, one passage a paragraph."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..index.before import look_back
from ..index.build import build
from ..index.local import LocalStore
from ..index.publish import building, current
from ..ports import Encoder
from ..records import Article
from ..settings import Settings


@contextmanager
def collection(
    paragraphs: Sequence[tuple[str, str]], encoder: Encoder, settings: Settings
) -> Iterator[LocalStore]:
    """paragraphs: (title, context). The n-th paragraph's article id is `article_id(n)`; gone when the block ends."""
    with tempfile.TemporaryDirectory() as data:
        folder = Path(data)
        write_collection(folder, paragraphs, encoder, settings)
        store = LocalStore(current(folder))
        try:
            yield store
        finally:
            store.close()


def write_collection(
    data: Path, paragraphs: Sequence[tuple[str, str]], encoder: Encoder, settings: Settings
) -> None:
    """Put the same collection into service in the folder `data`."""
    articles = [_article(number, title, text) for number, (title, text) in enumerate(paragraphs)]
    cut = [(article, [(0, len(article.text))]) for article in articles]
    with building(data) as aside:
        build(
            data,
            aside,
            cut,
            encoder,
            settings,
            before=look_back(data, encoder, settings),
            sources={},
            report={},
            progress=_silent,
        )


def article_id(number: int) -> str:
    return f"{number:08d}"


def _article(number: int, title: str, text: str) -> Article:
    id_ = article_id(number)
    return Article(id=id_, path=id_, raw=text, title=title.replace("_", " "), text=text)


def _silent(phase: str, done: int, total: int) -> None:
    pass
