"""The composition root: here, and only here, ingest, index and answer meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from qa.answer.decide.agree import agreement, outlet
from qa.answer.decide.choose import Decision
from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.judge import Weighed, judge, weigh
from qa.answer.read.absent import Mentioned
from qa.answer.read.dated import Early, read
from qa.answer.read.neural import WEIGHTS, NeuralReader
from qa.answer.read.neural import available as neural_reader_installed
from qa.answer.read.sentence import SentenceReader
from qa.answer.retrieve.fuse import retrieve
from qa.answer.retrieve.scope import scope
from qa.answer.tell.cite import alternatives, citations, cite_passage
from qa.answer.tell.explain import explained
from qa.answer.tell.reason import NOTHING_INDEXED, no_answer, not_mentioned, nothing_in_scope
from qa.answer.tell.respell import respelled
from qa.answer.understand.asked_dates import AskedDates, asked_dates
from qa.answer.understand.followup import standalone
from qa.answer.understand.question import check, clean, readable
from qa.english.sentences import sentence_spans
from qa.ingest.original import MEMORY, original
from qa.serving.clock import Clock
from qa.serving.gate import cores
from qa.serving.shared import Shared

from .errors import IndexCorrupt, ModelMissing, NotFound, QAError
from .filters import Filters
from .index.local import LocalStore
from .index.manifest import Manifest
from .index.opening import Opened, compare_later, open_current, open_whole
from .index.publish import pointed_at
from .places import data_folder
from .ports import Encoder, Reader, Store
from .records import Answer, Article, ArticleInfo, Hit, Passage, Respelled, Turn
from .settings import Settings

STEPS = ("understand", "retrieve", "read", "decide")  # of answering, in this order
_SENTENCE_STEEPNESS = 10.0  # a cosine 0.1 above the threshold reads 73 %, 0.3 above reads 95 %


def open_store(data: str | Path | None = None, settings: Settings | None = None) -> LocalStore:
    """The index in service, without the models that answer from it. Raises IndexMissing, IndexCorrupt."""
    return open_current(data_folder(data), settings)


def open_encoder(name: str, precision: str = "auto") -> Encoder:
    """precision: see Settings. Raises ModelMissing."""
    from embeddings.encoder import Encoder as SentenceEncoder  # seconds to import; `qa --help` must not wait
    from embeddings.models import ModelNotFound

    try:
        return SentenceEncoder(name, precision=precision)
    except ModelNotFound as error:
        raise ModelMissing(error.name, error.looked_in, error.advice) from error


def open_reader(encoder: Encoder, settings: Settings) -> Reader:
    """The neural reader, where its weights are installed; else whole sentences by the encoder.

    Raises ModelMissing where the weights are there and are not the ones expected.
    """
    if neural_reader_installed():
        return NeuralReader(
            threads=settings.model_threads,
            side_by_side=settings.workers or cores(),
            precision=settings.precision,
            sentence_spans=sentence_spans,
        )
    return SentenceReader(encoder, sentence_spans, settings.sentence_threshold)


def open_confidence(reader: Reader, settings: Settings) -> ConfidenceModel:
    """How sure to be of this reader's answers. Raises ModelMissing."""
    if reader.name == NeuralReader.name:
        return ConfidenceModel.load(WEIGHTS)
    return ConfidenceModel.of_margin(_SENTENCE_STEEPNESS, settings.sentence_threshold)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What one request works with from its first step to its last."""

    store: Store
    manifest: Manifest
    encoder: Encoder
    reader: Reader
    confidence: ConfidenceModel
    warning: str | None = None  # why this is not the index that was meant to be in service


@dataclass(frozen=True, slots=True)
class Considered:
    """A question as it was understood, what was found for it, and what there is to decide on."""

    understood: str
    asked: AskedDates
    hits: Sequence[Hit]
    articles: Mapping[str, Article]  # those of the hits, by their ids
    mentioned: Mentioned
    absent: Sequence[str]  # what the question names and nothing mentions: then nothing was read
    weighed: Weighed


class Engine:
    """Answers questions from a published index. May be called from several threads."""

    def __init__(
        self, data: Path, snapshot: _Snapshot, settings: Settings, shared: Shared | None = None
    ) -> None:
        self.data, self.settings = data, settings
        self._snapshot, self._shared = snapshot, shared or Shared(settings)
        self._seen: bytes | None = None  # what the pointer said when the snapshot was taken
        self._refreshing = Lock()

    @classmethod
    def open(
        cls,
        data: str | Path | None = None,
        *,
        settings: Settings | None = None,
        encoder: Encoder | None = None,
        reader: Reader | None = None,
        confidence: ConfidenceModel | None = None,
    ) -> Engine:
        """The engine over the index in service in `data`, with the encoder that the index was built with.

        An encoder, a reader or a confidence model that is open already may be given. Raises IndexMissing,
        IndexCorrupt, ModelMissing.
        """
        folder, settings = data_folder(data), settings or Settings()
        seen = pointed_at(folder)
        opened = open_whole(folder, settings, later=True)
        snapshot = _snapshot(opened.store, settings, encoder, reader, opened.warning, confidence)
        engine = cls(folder, snapshot, settings)
        engine._seen = seen
        compare_later(opened.store, folder, settings, engine._replace)
        return engine

    def refresh(self, *, wait: bool = True) -> bool:
        """Take over the index that has been published since, if one has; whether it did.

        Requests under way keep the one they began with, and the last of them to end frees it. wait: where another
        thread is taking one over, wait for it. Where the new index cannot be opened the one before goes on serving,
        `warning` says why, and it is tried again when yet another is published. Raises IndexMissing, IndexCorrupt,
        ModelMissing, once.
        """
        if pointed_at(self.data) == self._seen or not self._refreshing.acquire(blocking=wait):
            return False
        try:
            seen, before = pointed_at(self.data), self._snapshot
            if seen == self._seen:
                return False
            self._seen = seen
            try:
                store = open_current(self.data, self.settings, later=True)
                if store.version == before.store.version:
                    store.close()
                    self._snapshot = replace(before, warning=None)
                    return False
                self._take_over(store)
                compare_later(store, self.data, self.settings, self._replace)
            except QAError as error:
                warning = f"{error} Until then the index before it, {before.store.version}, answers."
                self._snapshot = replace(before, warning=warning)
                raise
            return True
        finally:
            self._refreshing.release()

    def _take_over(self, store: LocalStore, warning: str | None = None) -> None:
        before = self._snapshot
        same = store.manifest.encoder == before.manifest.encoder
        encoder, reader = (before.encoder, before.reader) if same else (None, None)
        confidence = before.confidence if same else None
        self._snapshot = _snapshot(store, self.settings, encoder, reader, warning, confidence)

    def _replace(self, damaged: LocalStore, whole: Opened) -> None:
        with self._refreshing:
            if self._snapshot.store is damaged:
                self._take_over(whole.store, whole.warning)

    def pinned(self) -> Engine:
        """This engine with the index that it has now, whatever is published later: for all steps of one request."""
        return Engine(self.data, self._snapshot, self.settings, self._shared)

    def asking(self, store: Store) -> Engine:
        """This engine over another store, whose vectors are the same encoder's."""
        return Engine(self.data, replace(self._snapshot, store=store), self.settings)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        top_k: int | None = None,
        published_after: str | date | None = None,
        published_before: str | date | None = None,
        source: str | None = None,
        threshold: float | None = None,
        explain: bool = False,
        today: date | None = None,
        on_step: Callable[[str], None] | None = None,
        gone: Callable[[], bool] = lambda: False,
    ) -> Answer:
        """An answer in the articles' words, with its places; or none, and why.

        top_k: passages to read and return, 1 to 100; by default the setting. published_after, published_before,
        source: as `Filters` has them; only such articles are asked. threshold: the confidence (0..1) from which to
        answer, by default the fitted one. explain: tell too what was found, read and weighed. today: the day that
        "yesterday" in the question counts from, by default the computer's. on_step: is told each step of STEPS as it
        begins, on this thread. An answer that is kept takes no step but "kept". gone: asked whether whoever asks has
        left, while the question waits for its turn and before each step. Raises BadQuestion, BadRequest, and where it
        cannot be answered in time Overloaded, TookTooLong, or AskerLeft.
        """
        clock = Clock(on_step, self.settings.deadline_seconds, gone)
        check(top_k, history, threshold, self.settings)
        clean(
            question, max_chars=self.settings.question_chars
        )  # what cannot be asked does not wait for its turn
        filters, today = Filters.of(published_after, published_before, source), today or date.today()
        key = (self.version, question, tuple(history), top_k, filters, threshold, explain, today)
        if kept := self._shared.answers.get(key):
            clock.spent("kept", clock.elapsed())
            return replace(kept, timings_ms=clock.timings_ms())
        with self._shared.gate.passed(clock.left(), gone) as waited:
            if waited:
                clock.spent("wait", waited)
            answer = self._answer(clock, question, history, top_k, filters, threshold, explain, today)
        self._shared.answers.put(key, answer)
        return answer

    def _answer(
        self,
        clock: Clock,
        question: str,
        history: Sequence[Turn],
        top_k: int | None,
        filters: Filters,
        threshold: float | None,
        explain: bool,
        today: date,
    ) -> Answer:
        now = self._snapshot
        found = self._consider(clock, question, history, top_k, filters, today)
        articles, hits = found.articles, found.hits
        with clock.step("decide"):
            judged = judge(found.weighed, now.confidence, threshold)
            decision = judged.decision
            cited = citations(decision.spans, articles, sentence_spans)
            # Whole sentences differ without contradicting one another.
            others = decision.alternatives if now.reader.name != SentenceReader.name else ()
            guess = alternatives([decision.guess] if decision.guess else [], articles, sentence_spans)
            outlets = {id_: name for id_, of in articles.items() if (name := outlet(of))}
            titles = [article.title for article in articles.values()]
            meant = respelled(found.understood, found.absent, hits, titles)
            reason = None if decision.spans else _reason(now, filters, found, decision, meant)
        return Answer(
            question=readable(question),
            understood=found.understood,
            text=decision.text,
            confidence=decision.confidence,
            reason=reason,
            citations=cited,
            answer_type=decision.type.value if decision.type else None,
            agreement=agreement(cited, outlets) if cited else None,
            alternatives=alternatives(others, articles, sentence_spans),
            passages=tuple(cite_passage(hit, articles[hit.passage.article_id]) for hit in hits),
            reader=now.reader.name,
            index_version=now.store.version,
            timings_ms=clock.timings_ms(),
            guess=next(iter(guess), None),
            answerable=decision.answered,
            established=not decision.spans and not meant and (decision.unsaid or bool(found.absent)),
            did_you_mean=tuple(meant),
            explain=explained(found.understood, found.asked, filters, hits, judged, now.confidence)
            if explain
            else None,
        )

    def consider(
        self, question: str, history: Sequence[Turn] = (), *, top_k: int | None = None
    ) -> Considered:
        """All that `ask` does before it decides: what confidence is fitted on. Raises BadQuestion, BadRequest."""
        check(top_k, history, None, self.settings)
        return self._consider(Clock(), question, history, top_k, Filters.of(), date.today())

    def _consider(
        self,
        clock: Clock,
        question: str,
        history: Sequence[Turn],
        top_k: int | None,
        filters: Filters,
        today: date,
    ) -> Considered:
        now, settings = self._snapshot, self.settings
        with clock.step("understand"):
            understood = standalone(clean(question, max_chars=settings.question_chars), history)
            asked = asked_dates(understood, today)
            asked = asked if settings.use_dates else asked.undated()
        with clock.step("retrieve"):
            vector = self._vector(understood)
            within, favoured = scope(now.store, filters, asked)
            hits = retrieve(
                now.store,
                understood,
                vector,
                top_k=settings.top_k if top_k is None else top_k,
                candidates=settings.candidates,
                rrf_k=settings.rrf_k,
                dense_weight=settings.dense_weight,
                lexical_weight=settings.lexical_weight,
                within=within,
                favoured=favoured,
            )
        with clock.step("read"):
            articles = {id_: now.store.article(id_) for id_ in {hit.passage.article_id for hit in hits}}
            passages = [hit.passage for hit in hits]
            _check_places(self.data, passages, articles)
            early = Early(settings.read_first, settings.read_margin)
            mentioned = Mentioned(now.store, passages, articles)
            # Where something is, there is nothing to read.
            absent = mentioned.nowhere(understood, asked) if settings.refuse_unmentioned else []
            spans = [] if absent else read(now.reader, understood, asked, passages, articles, early)
        with clock.step("decide"):
            weighed = weigh(
                understood, asked, hits, spans, articles, sentence_spans, check_form=settings.check_form
            )
        return Considered(understood, asked, hits, articles, mentioned, absent, weighed)

    def _vector(self, question: str) -> NDArray[np.float32]:
        """Of the question, (dimension,)."""
        encoder, kept = self._snapshot.encoder, self._shared.vectors
        key = (encoder.checksum, question)
        vector = kept.get(key)
        if vector is None:
            (vector,) = encoder.encode([question])
            kept.put(key, vector)
        return vector

    @property
    def busy(self) -> bool:
        """Whether a question is being answered, or waits for its turn."""
        return self._shared.gate.busy

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
        empty = not self.manifest.counts["passages"]
        return self._snapshot.warning or (NOTHING_INDEXED if empty else None)

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
        if not isinstance(store, LocalStore):
            raise NotFound(f"Which file {path!r} was read from is not known.")
        return original(store.folder / MEMORY, path)

    def passages(self, article_id: str) -> list[Passage]:
        """An article's passages, by their start. Raises NotFound."""
        store = self._snapshot.store
        return store.passages_of(store.article(article_id).id)


def _snapshot(
    store: LocalStore,
    settings: Settings,
    encoder: Encoder | None,
    reader: Reader | None,
    warning: str | None = None,
    confidence: ConfidenceModel | None = None,
) -> _Snapshot:
    told = store.manifest.encoder
    encoder = encoder or open_encoder(told["name"], settings.precision)
    if encoder.checksum != told["checksum"]:
        raise ModelMissing(
            told["name"],
            encoder.name,
            f"The index was built with weights of SHA-256 {told['checksum'][:12]}…, these have "
            f"{encoder.checksum[:12]}…, and their vectors cannot be compared. Build the index again with: qa index",
        )
    reader = reader or open_reader(encoder, settings)
    confidence = confidence or open_confidence(reader, settings)
    return _Snapshot(store, store.manifest, encoder, reader, confidence, warning)


def _check_places(data: Path, passages: Sequence[Passage], articles: Mapping[str, Article]) -> None:
    """Raises IndexCorrupt where a passage is not what its article says there: it would be quoted."""
    for passage in passages:
        if articles[passage.article_id].text[passage.start : passage.end] != passage.text:
            file = articles[passage.article_id].path
            raise IndexCorrupt(data, f"a passage of {file!r} is not what stands in that article")


def _reason(
    now: _Snapshot, filters: Filters, found: Considered, decision: Decision, meant: Sequence[Respelled]
) -> str:
    if not now.manifest.counts["passages"]:
        return NOTHING_INDEXED
    if filters and not found.hits:
        return nothing_in_scope(filters, now.store.sources(), now.store.published_range())
    if found.absent:
        return not_mentioned(found.absent, [respelled.found for respelled in meant])
    guessed = decision.guess is not None
    return no_answer(found.asked, found.hits, found.mentioned, unsaid=decision.unsaid, guessed=guessed)
