"""Keeping a served index as its articles are: builds in the background, by request or when files change."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from qa.engine import Engine
from qa.errors import BuildFailed, QAError
from qa.index.catalog import open_catalog
from qa.ports import Encoder, Progress
from qa.records import BuildReport
from qa.settings import Settings

from .folder import fields_of, roots_of
from .index import index
from .jobs import Jobs
from .watch import watch

_log = logging.getLogger(__name__)


def _no_engine() -> Engine:
    raise QAError("No engine is open.")


class Upkeep:
    """Builds of the index in `data`, a folder or postgresql://…, for the process that serves it.

    articles: what it is made of; None: what it was made of last. encoder: None: the one it was made with. settle:
    seconds for which a file must not have been written to be read. engine: gives the engine that serves, whose
    encoder is used again, or raises a QAError. published: called after each build that ended well.
    """

    def __init__(
        self, data: Path | str, articles: Path | None = None, encoder: str | None = None, settle: float = 0.0
    ) -> None:
        self._data, self._articles, self._encoder, self._settle = data, articles, encoder, settle
        self._own = data if isinstance(data, Path) else None
        self.engine: Callable[[], Engine] = _no_engine
        self.published: Callable[[], object] = lambda: None
        self.jobs = Jobs(open_catalog(data), self._build, lambda: self.published())

    def roots(self) -> list[Path]:
        """Raises IndexMissing, IndexCorrupt where nothing was named and nothing is indexed."""
        return [self._articles] if self._articles is not None else roots_of(self._data)

    def watch(self, stop: threading.Event) -> None:
        """Build when the articles change, until `stop`."""
        try:
            watch(self.roots(), self._own, self._build_now, stop=stop, told=_tell, settle=self._settle)
        except QAError as error:
            _log.warning("%s", error)

    def _build_now(self, settle: float) -> BuildReport:
        self.jobs.start()
        ended = self.jobs.wait()
        if ended.error or ended.report is None:
            raise BuildFailed(ended.error or "The build was cancelled.")
        return ended.report

    def _build(self, progress: Progress) -> BuildReport:
        encoder = self._open_encoder()
        name = self._encoder or (encoder.name if encoder else Settings().encoder)
        return index(
            self.roots(),
            self._data,
            settings=Settings(encoder=name, fields=fields_of(self._data)),
            encoder=encoder if encoder and encoder.name == name else None,
            progress=progress,
            settle=self._settle,
            workers=1,  # the cores are for those who ask
        )

    def _open_encoder(self) -> Encoder | None:
        try:
            return self.engine().encoder
        except QAError:  # nothing serves yet
            return None


def _tell(result: BuildReport | QAError) -> None:
    if isinstance(result, QAError):
        _log.warning("%s", result)
    else:
        _log.info("Index %s: %s articles", result.version, result.articles)
