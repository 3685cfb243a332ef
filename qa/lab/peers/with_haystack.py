"""Haystack's extractive pipeline: text embedder, in-memory retriever, extractive reader, each with its defaults."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from haystack import Document, Pipeline
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

DISTRIBUTION = "haystack-ai"


def open_peer(
    encoder: str, reader: str, passages: Sequence[tuple[str, str]], top_k: int
) -> Callable[[str], str]:
    """encoder, reader: folders. passages: (title, text); the title goes into the vector, as it does for Verbatim."""
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    embedder = SentenceTransformersDocumentEmbedder(
        model=encoder, meta_fields_to_embed=["title"], progress_bar=False
    )
    documents = [Document(content=text, meta={"title": title}) for title, text in passages]
    store.write_documents(embedder.run(documents=documents)["documents"])
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=encoder, progress_bar=False))
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(document_store=store, top_k=top_k))
    pipeline.add_component("reader", TransformersExtractiveReader(model=reader))
    pipeline.connect("embedder.embedding", "retriever.query_embedding")
    pipeline.connect("retriever.documents", "reader.documents")

    def ask(question: str) -> str:
        found = pipeline.run({"embedder": {"text": question}, "reader": {"query": question, "top_k": 2}})
        return next((answer.data for answer in found["reader"]["answers"] if answer.data), "")

    return ask
