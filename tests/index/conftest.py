"""A way to build small articles into an index with a stand-in encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fakes import ARTICLES, WordEncoder, two_sentences

from qa.index.catalog import open_catalog
from qa.index.delta import Built
from qa.index.plan import Plan
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
        data: Path | str = tmp_path,
        sources: dict[str, object] | None = None,
    ) -> Built:
        encoder, settings = encoder or WordEncoder(), settings or Settings()
        with open_catalog(data).building() as building:
            return building.write(
                Plan(
                    [(one, two_sentences(one)) for one in articles],
                    encoder,
                    settings,
                    before=building.look_back(encoder, settings),
                    sources=sources or {"roots": ["/articles"], "fingerprint": "1"},
                    report={"files_read": len(articles), "duplicates": 0, "rejected": []},
                    progress=lambda phase, done, total: None,
                )
            )

    return run
