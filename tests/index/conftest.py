"""A way to build small articles into an index with a stand-in encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fakes import ARTICLES, WordEncoder, two_sentences

from qa.index.before import look_back
from qa.index.build import Built, build
from qa.index.publish import building
from qa.records import Article
from qa.settings import Settings

Build = Callable[..., Built]


@pytest.fixture
def build_index(tmp_path: Path) -> Build:
    """build_index(articles, encoder=, settings=, data=) -> Built; the same data folder unless another is named."""

    def run(
        articles: Sequence[Article] = ARTICLES,
        *,
        encoder: WordEncoder | None = None,
        settings: Settings | None = None,
        data: Path = tmp_path,
        sources: dict[str, object] | None = None,
    ) -> Built:
        encoder, settings = encoder or WordEncoder(), settings or Settings()
        with building(data) as aside:
            return build(
                data,
                aside,
                [(one, two_sentences(one)) for one in articles],
                encoder,
                settings,
                before=look_back(data, encoder, settings),
                sources=sources or {"roots": ["/articles"], "fingerprint": "1"},
                report={"files_read": len(articles), "duplicates": 0, "rejected": []},
                progress=lambda phase, done, total: None,
            )

    return run
