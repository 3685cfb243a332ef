"""The sentence reader: whole sentences of the passages, scored by the encoder alone.

It knows no language beyond the encoder's cosine, so its answers are sentences, never names or numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.english.sentences import sentence_spans
from qa.ports import Encoder
from qa.records import Passage, Span


class SentenceReader:
    """score: cosine of sentence and question. null_margin: the score above `threshold`."""

    name = "sentence"

    def __init__(self, encoder: Encoder, threshold: float) -> None:
        self._encoder, self._threshold = encoder, threshold

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        """Every sentence of every passage, best first; equal ones in the passages' order."""
        places = [
            (passage, start, end) for passage in passages for start, end in sentence_spans(passage.text)
        ]
        if not places:
            return []
        # Overlapping passages share sentences, and copies share more: each text is encoded once.
        texts = list(dict.fromkeys([question, *(p.text[start:end] for p, start, end in places)]))
        rows = {text: row for row, text in enumerate(texts)}
        vectors = self._encoder.encode(texts)
        cosines = vectors @ vectors[rows[question]]
        spans = []
        for passage, start, end in places:
            score = float(cosines[rows[passage.text[start:end]]])
            spans.append(Span(passage, start, end, score, score - self._threshold))
        return sorted(spans, key=lambda span: -span.score)
