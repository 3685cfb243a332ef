"""txtai's extractive question answering: embeddings that keep their texts, joined with a question answering model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

from txtai import RAG, Embeddings

DISTRIBUTION = "txtai"


def open_peer(
    encoder: str, reader: str, passages: Sequence[tuple[str, str]], top_k: int
) -> Callable[[str], str]:
    """encoder, reader: folders. passages: (title, text); a text is searched without its title, or answers would be
    cut from titles. The best passages are joined and read up to the reader's 512 tokens, as txtai does it."""
    embeddings = Embeddings(path=encoder, content=True)
    embeddings.index([text for _, text in passages])
    rag = RAG(embeddings, reader, context=top_k, task="question-answering", output="flatten", gpu=False)

    alone = Lock()  # two questions at once end the process

    def ask(question: str) -> str:
        with alone:
            return str(rag(question) or "")

    return ask
