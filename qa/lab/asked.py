"""Questions asked of a whole collection, with everything that the answer was decided from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..answer.features import Candidate, candidates
from ..answer.retrieve import retrieve
from ..index.local import LocalStore
from ..ingest.sentences import sentence_spans
from ..ports import Encoder, Reader
from ..records import Hit
from ..settings import Settings

DEPTH = 20  # passages ranked, for recall@20; the first top_k of them are read


@dataclass(frozen=True, slots=True)
class Asked:
    """ranked: the fused order, DEPTH deep; candidates: of the first top_k of it that were not withheld."""

    ranked: list[Hit]
    candidates: list[Candidate]


def ask_all(
    questions: Sequence[str],
    store: LocalStore,
    encoder: Encoder,
    reader: Reader,
    settings: Settings,
    withheld: Sequence[str | None] | None = None,
) -> Iterator[Asked]:
    """One after the other. withheld: for each question an article that is not read, as if it were not there."""
    vectors = encoder.encode(questions)
    titles = {info.id: info.title for info in store.articles()}
    for row, question in enumerate(questions):
        ranked = retrieve(
            store,
            question,
            vectors[row],
            top_k=DEPTH,
            candidates=settings.candidates,
            rrf_k=settings.rrf_k,
            lexical_weight=settings.lexical_weight,
        )
        hidden = withheld[row] if withheld is not None else None
        hits = [hit for hit in ranked if hit.passage.article_id != hidden][: settings.top_k]
        spans = reader.read(question, [hit.passage for hit in hits])
        yield Asked(ranked, candidates(question, hits, spans, titles, sentence_spans))
