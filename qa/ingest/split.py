"""Article -> passages: runs of whole sentences, sized by the encoder's tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa.ingest.sentences import sentence_spans
from qa.records import Article

LIMIT_TOKENS = 150  # about 100 English words, well inside the 256 tokens all-MiniLM-L6-v2 reads


def split(
    article: Article,
    count_tokens: Callable[[Sequence[str]], list[int]],
    limit_tokens: int = LIMIT_TOKENS,
    overlap_sentences: int = 1,
) -> list[tuple[int, int]]:
    """Spans [start, end) of `article.text`, in order; over `limit_tokens` only where one sentence is."""
    sentences = sentence_spans(article.text)
    sizes = count_tokens([article.text[start:end] for start, end in sentences]) if sentences else []
    passages: list[tuple[int, int]] = []
    first = 0
    while first < len(sentences):
        last, total = first, sizes[first]
        while last + 1 < len(sentences) and total + sizes[last + 1] <= limit_tokens:
            last += 1
            total += sizes[last]
        passages.append((sentences[first][0], sentences[last][1]))
        if last + 1 == len(sentences):
            break
        first = max(last + 1 - overlap_sentences, first + 1)
    return passages
