"""The composition root: here, and only here, ingest, index and answer meet."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.judge import Judgement, Weighed, judge, weigh
from qa.answer.read.reading import Reading, read
from qa.answer.retrieve.found import Found, retrieve
from qa.answer.retrieve.spelling import spelled
from qa.answer.tell.answer import tell
from qa.answer.tell.quotes import with_quotes
from qa.answer.tell.reason import NOTHING_INDEXED
from qa.answer.understand.broad import broad
from qa.answer.understand.question import Question, understand
from qa.answer.understand.request import Request
from qa.ingest.original import MEMORY, original
from qa.serving.clock import Clock
from qa.serving.shared import Shared

from .errors import IndexCorrupt, NotFound, QAError, StoreUnavailable
from .index.catalog import Catalog, open_catalog
from .index.generation import Generation, Opened
from .index.manifest import Manifest
from .ports import Encoder, Reader, Store
from .records import Answer, Article, ArticleInfo, Passage, Turn
from .settings import Settings
from .snapshot import Models, Snapshot

# Difference in nearness below which the other reading of a follow-up is offered; docs/rules.md has what it offers.
AS_NEAR = 0.05
STEPS = ("understand", "retrieve", "read", "decide")  # of answering, in this order


@dataclass(frozen=True, slots=True)
class Considered:
    """What there is to decide on, and how it was come by."""

    found: Found
    reading: Reading
    weighed: Weighed


class Engine:
    """Answers questions from a published index. May be called from several threads."""

    def __init__(
        self,
        catalog: Catalog,
        snapshot: Snapshot,
        settings: Settings,
        shared: Shared | None = None,
        models: Models | None = None,
    ) -> None:
        self.catalog, self.settings = catalog, settings
        self._snapshot, self._shared, self._models = snapshot, shared or Shared(settings), models
        self._seen: bytes | None = None  # what the pointer said when the snapshot was taken
        self._refreshing = Lock()

    @classmethod
    def open(
        cls,
        data: str | Path | Catalog | None = None,
        *,
        settings: Settings | None = None,
        encoder: Encoder | None = None,
        reader: Reader | None = None,
        confidence: ConfidenceModel | None = None,
        shared: Shared | None = None,
        models: Models | None = None,
    ) -> Engine:
        """The engine over the index in service, with the encoder that the index was built with.

        data: a folder, or postgresql://…; by default $QA_STORE, else the data folder. An encoder, a reader or a
        confidence model that is open already may be given. shared, models: what several engines in one process have in
        common. Raises IndexMissing, IndexCorrupt, ModelMissing, StoreUnavailable.
        """
        catalog, settings = open_catalog(data), settings or Settings()
        seen = catalog.pointer()
        opened = catalog.open_whole(settings, later=True)
        snapshot = Snapshot.of(opened.store, settings, encoder, reader, confidence, opened.warning, models)
        engine = cls(catalog, snapshot, settings, shared, models)
        engine._seen = seen
        catalog.compare_later(opened.store, settings, engine._replace)
        return engine

    def refresh(self, *, wait: bool = True) -> bool:
        """Take over the index that has been published since, if one has; whether it did.

        Requests under way keep the one they began with, and the last of them to end frees it. wait: where another
        thread is taking one over, wait for it. Where the new index cannot be opened the one before goes on serving,
        `warning` says why, and it is tried again when yet another is published. Raises IndexMissing, IndexCorrupt,
        ModelMissing, once.
        """
        if self.catalog.pointer() == self._seen or not self._refreshing.acquire(blocking=wait):
            return False
        try:
            seen, before = self.catalog.pointer(), self._snapshot
            if seen == self._seen:
                return False
            kept, self._seen = self._seen, seen
            try:
                store = self.catalog.open(self.settings, later=True)
                if store.version == before.store.version:
                    store.close()
                    self._snapshot = replace(before, warning=None)
                    return False
                self._take_over(store)
                self.catalog.compare_later(store, self.settings, self._replace)
            except StoreUnavailable:
                self._seen = kept  # it is whole, and taken over once it can be reached again
                raise
            except QAError as error:
                warning = f"{error.afar} Until then the index before it, {before.store.version}, answers."
                self._snapshot = replace(before, warning=warning)
                raise
            return True
        finally:
            self._refreshing.release()

    def _take_over(self, store: Generation, warning: str | None = None) -> None:
        before = self._snapshot
        same = store.manifest.encoder["checksum"] == before.manifest.encoder["checksum"]
        encoder, reader = (before.encoder, before.reader) if same else (None, None)
        confidence = before.confidence if same else None
        self._snapshot = Snapshot.of(store, self.settings, encoder, reader, confidence, warning, self._models)
        gone = before.store.version
        self._shared.answers.drop(lambda key: key[0] == gone)  # nobody will ask for them

    def _replace(self, damaged: Generation, whole: Opened) -> None:
        with self._refreshing:
            if self._snapshot.store is damaged:
                self._take_over(whole.store, whole.warning)

    def pinned(self) -> Engine:
        """This engine with the index that it has now, whatever is published later: for all steps of one request."""
        return Engine(self.catalog, self._snapshot, self.settings, self._shared)

    def asking(self, store: Store) -> Engine:
        """This engine over another store, whose vectors are the same encoder's."""
        return Engine(self.catalog, replace(self._snapshot, store=store), self.settings)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        top_k: int | None = None,
        published_after: str | date | None = None,
        published_before: str | date | None = None,
        source: str | None = None,
        folder: str | None = None,
        article: str | None = None,
        threshold: float | None = None,
        explain: bool = False,
        today: date | None = None,
        on_step: Callable[[str], None] | None = None,
        gone: Callable[[], bool] = lambda: False,
        client: Hashable = None,
    ) -> Answer:
        """An answer in the articles' words, with its places; or none, and why.

        top_k: passages to read and return, 1 to 100; by default the setting. published_after, published_before,
        source, folder, article: as `Filters` has them; only such articles are asked. threshold: the confidence (0..1)
        from which to answer, by default the fitted one. explain: tell too what was found, read and weighed. today: the
        day that "yesterday" in the question counts from, by default the computer's. on_step: is told each step of STEPS
        as it begins, on this thread. An answer that is kept takes no step but "kept". gone: asked whether whoever asks
        has left, while the question waits for its turn and before each step. client: whose question it is;
        clients take turns. Raises BadQuestion, BadRequest, and where it cannot be answered in time Overloaded,
        TookTooLong, or AskerLeft.
        """
        clock = Clock(on_step, self.settings.deadline_seconds, gone)
        request = Request.of(
            question,
            history,
            self.settings,
            top_k=top_k,
            published_after=published_after,
            published_before=published_before,
            source=source,
            folder=folder,
            article=article,
            threshold=threshold,
            explain=explain,
            today=today,
        )
        now = self.pinned()
        key = (now.version, request)
        if kept := self._shared.answers.get(key):
            clock.spent("kept", clock.elapsed())
            return replace(kept, timings_ms=clock.timings_ms())
        with self._shared.gate.passed(clock.left(), gone, client) as waited:
            if waited:
                clock.spent("wait", waited)
            answer = now._answer(request, clock)
        self._shared.answers.put(key, answer)
        return answer

    def consider(
        self, question: str, history: Sequence[Turn] = (), *, top_k: int | None = None
    ) -> Considered:
        """All that `ask` does before it decides: what confidence is fitted on. Raises BadQuestion, BadRequest."""
        request = Request.of(question, history, self.settings, top_k=top_k)
        clock = Clock()
        asked, now = understand(request, self.settings).questions[0], self.pinned()
        return now._consider(asked, now._found(asked, request, clock), clock)

    def _answer(self, request: Request, clock: Clock) -> Answer:
        now = self._snapshot
        with clock.step("understand"):
            meant = understand(request, self.settings)
        # The nearer one is asked, the first where both are as near. Of readings that a word of the question gives rise
        # to, the surer answer is given, likewise.
        asked = [(of, *self._spelled(of, request, clock)) for of in meant.questions]
        nearness = [found.nearness for _, _, found in asked]
        if not meant.tied:
            asked = [asked[nearness.index(max(nearness))]]
        tried = [(of, *self._judged(question, found, request, clock)) for of, question, found in asked]
        typed, seen, judged = max(tried, key=lambda one: one[2].decision.sureness)
        with clock.step("decide"):
            answer = tell(
                request,
                seen.found,
                seen.reading,
                judged,
                store=now.store,
                reader=now.reader,
                confidence=now.confidence,
                empty=now.empty,
            )
            doubtful = meant.tied or max(nearness) - min(nearness) < AS_NEAR
            other = next((of.text for of in meant.questions if of is not typed and doubtful), None)
            answer = replace(answer, other_reading=other)
        if (kind := broad(answer.understood)) is not None:
            with clock.step("quote"):
                answer = with_quotes(answer, kind, seen.found.articles, now.encoder.encode)
        return replace(answer, timings_ms=clock.timings_ms())

    def _judged(
        self, question: Question, found: Found, request: Request, clock: Clock
    ) -> tuple[Considered, Judgement]:
        seen = self._consider(question, found, clock)
        with clock.step("decide"):
            return seen, judge(seen.weighed, self._snapshot.confidence, request.threshold)

    def _found(self, question: Question, request: Request, clock: Clock) -> Found:
        with clock.step("retrieve"):
            return retrieve(
                question,
                self._vector(question.text),
                self._snapshot.store,
                top_k=request.top_k,
                filters=request.filters,
                settings=self.settings,
            )

    def _spelled(self, question: Question, request: Request, clock: Clock) -> tuple[Question, Found]:
        """With words that are none mended, where something nearer is found so."""
        found = self._found(question, request, clock)
        if not self.settings.mend_spelling:
            return question, found
        with clock.step("retrieve"):
            names = [named.text for named in question.dates.given]
            text = spelled(question.text, [p.text for p in found.passages], self._is_word, names)
        if text == question.text:
            return question, found
        mended = Question.of(text, request.today, use_dates=self.settings.use_dates)
        nearer = self._found(mended, request, clock)
        return (mended, nearer) if nearer.nearness > found.nearness else (question, found)

    def _is_word(self, text: str) -> bool:
        """Whether the encoder knows it as a whole, or an article uses it."""
        now = self._snapshot
        return now.encoder.count_tokens([text])[0] <= 1 or bool(now.store.search_lexical(text, 1))

    def _consider(self, question: Question, found: Found, clock: Clock) -> Considered:
        now, settings = self._snapshot, self.settings
        with clock.step("read"):
            if misplaced := found.misplaced():
                file = found.article_of(misplaced).path
                raise IndexCorrupt(
                    self.catalog.name, f"a passage of {file!r} is not what stands in that article"
                )
            reading = read(question, found, now.reader, now.store, settings)
        with clock.step("decide"):
            weighed = weigh(question, found, reading.spans, check_form=settings.check_form)
        return Considered(found, reading, weighed)

    def _vector(self, question: str) -> NDArray[np.float32]:
        """Of the question, (dimension,)."""
        encoder, kept = self._snapshot.encoder, self._shared.vectors
        key = (encoder.checksum, question)
        vector = kept.get(key)
        if vector is None:
            vector = encoder.encode_question(question)
            kept.put(key, vector)
        return vector

    @property
    def busy(self) -> bool:
        """Whether a question is being answered, or waits for its turn."""
        return self._shared.gate.busy

    @property
    def waiting(self) -> int:
        """Questions at the models and in line."""
        return self._shared.gate.inside

    @property
    def version(self) -> str:
        return self._snapshot.store.version

    @property
    def manifest(self) -> Manifest:
        return self._snapshot.manifest

    @property
    def warning(self) -> str | None:
        """What is wrong with the index that answers; None where nothing is.

        It is not the one that was last published, or it is empty.
        """
        return self._snapshot.warning or (NOTHING_INDEXED if self._snapshot.empty else None)

    def reach(self) -> None:
        """Raises StoreUnavailable where the index cannot be read now."""
        self.catalog.reach()

    @property
    def encoder(self) -> Encoder:
        return self._snapshot.encoder

    @property
    def reader(self) -> str:
        """The name of the reader that answers: "neural" or "sentence"."""
        return self._snapshot.reader.name

    def articles(self) -> list[ArticleInfo]:
        return self._snapshot.store.articles()

    def article(self, article_id: str) -> Article:
        """Raises NotFound."""
        return self._snapshot.store.article(article_id)

    def original(self, article_id: str) -> Path:
        """The file that an article was read from. Raises NotFound where it has gone, or has changed since."""
        store = self._snapshot.store
        path = store.article(article_id).path
        if not isinstance(store, Generation):
            raise NotFound(f"Which file {path!r} was read from is not known.")
        return original(store.file(MEMORY), path)

    def passages(self, article_id: str) -> list[Passage]:
        """An article's passages, by their start. Raises NotFound."""
        store = self._snapshot.store
        return store.passages_of(store.article(article_id).id)
