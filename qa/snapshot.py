"""What answers, opened: the index in service, its encoder, the reader, and how sure to be of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.read.neural import WEIGHTS, NeuralReader
from qa.answer.read.neural import available as neural_reader_installed
from qa.answer.read.sentence import SentenceReader
from qa.serving.gate import cores

from .errors import ModelMissing
from .index.catalog import open_catalog
from .index.generation import Generation
from .index.manifest import Manifest
from .ports import Encoder, Reader, Store
from .settings import Settings

_SENTENCE_STEEPNESS = 10.0  # a cosine 0.1 above the threshold reads 73 %, 0.3 above reads 95 %


def open_store(data: str | Path | None = None, settings: Settings | None = None) -> Generation:
    """The index in service, without the models that answer from it.

    data: a folder, or postgresql://…. Raises IndexMissing, IndexCorrupt, StoreUnavailable.
    """
    return open_catalog(data).open(settings)


def open_encoder(name: str, precision: str = "auto", side_by_side: int | None = None) -> Encoder:
    """precision: see Settings. side_by_side: batches encoded at a time; None: one a core. Raises ModelMissing."""
    from embeddings.encoder import Encoder as SentenceEncoder  # seconds to import; `qa --help` must not wait
    from embeddings.models import ModelNotFound

    try:
        return SentenceEncoder(name, precision=precision, side_by_side=side_by_side)
    except ModelNotFound as error:
        raise ModelMissing(error.name, error.looked_in, error.advice) from error


def open_reader(encoder: Encoder, settings: Settings) -> Reader:
    """The neural reader, where its weights are installed; else whole sentences by the encoder.

    Raises ModelMissing where the weights are there and are not the ones expected.
    """
    if neural_reader_installed():
        return _open_neural(settings)
    return SentenceReader(encoder, settings.sentence_threshold)


def _open_neural(settings: Settings) -> Reader:
    return NeuralReader(
        threads=settings.model_threads,
        side_by_side=settings.workers or cores(),
        precision=settings.precision,
    )


def open_models(name: str, settings: Settings) -> tuple[Encoder, Reader]:
    """The encoder of this name and the reader, side by side: hashing and laying out weights leave the interpreter free.

    Raises ModelMissing.
    """
    with ThreadPoolExecutor(1, "opening") as pool:
        reader = pool.submit(_open_neural, settings) if neural_reader_installed() else None
        encoder = open_encoder(name, settings.precision)
        return encoder, reader.result() if reader else open_reader(encoder, settings)


class Models:
    """Encoders and the reader that several engines share: each is opened once, by whoever needs it first."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._opening = settings, Lock()
        self._encoders: dict[str, Encoder] = {}
        self._reader: NeuralReader | None = None

    def get(self, name: str) -> tuple[Encoder, Reader]:
        """The encoder of this name and the reader. Raises ModelMissing."""
        with self._opening:
            if name not in self._encoders and self._reader is None:
                self._encoders[name], reader = open_models(name, self._settings)
                self._reader = reader if isinstance(reader, NeuralReader) else None
            elif name not in self._encoders:
                self._encoders[name] = open_encoder(name, self._settings.precision)
            encoder = self._encoders[name]
            return encoder, self._reader or open_reader(encoder, self._settings)


def open_confidence(reader: Reader, settings: Settings) -> ConfidenceModel:
    """How sure to be of this reader's answers. Raises ModelMissing."""
    if reader.name == NeuralReader.name:
        return ConfidenceModel.load(WEIGHTS).expecting(settings.unanswerable)
    return ConfidenceModel.of_margin(_SENTENCE_STEEPNESS)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one request works with from its first step to its last."""

    store: Store
    manifest: Manifest
    encoder: Encoder
    reader: Reader
    confidence: ConfidenceModel
    warning: str | None = None  # why this is not the index that was meant to be in service

    @property
    def empty(self) -> bool:
        return not self.manifest.counts["passages"]

    @classmethod
    def of(
        cls,
        store: Generation,
        settings: Settings,
        encoder: Encoder | None = None,
        reader: Reader | None = None,
        confidence: ConfidenceModel | None = None,
        warning: str | None = None,
        models: Models | None = None,
    ) -> Snapshot:
        """What is not given is of `models`, or opened. Raises ModelMissing, also where the index was built with other
        vectors."""
        told = store.manifest.encoder
        if encoder is None and reader is None:
            name = told["name"]
            encoder, reader = models.get(name) if models else open_models(name, settings)
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
        return cls(store, store.manifest, encoder, reader, confidence, warning)
