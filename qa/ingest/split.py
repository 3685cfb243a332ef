"""Article -> passages: runs of whole sentences, sized by the encoder's tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from qa.english.sentences import sentence_spans
from qa.records import Article

LIMIT_TOKENS = 150  # about 100 English words, well inside the 256 tokens all-MiniLM-L6-v2 reads
SENTENCE_TOKENS = 200  # a longer sentence is cut: with title and date before it, it must fit into those 256
HEADING_WORDS = 15

_END = re.compile(r"[.!?…:;,\"”’)\]]$")

Span = tuple[int, int]


def split(
    article: Article,
    count_tokens: Callable[[Sequence[str]], list[int]],
    limit_tokens: int = LIMIT_TOKENS,
    overlap_sentences: int = 1,
    sentence_tokens: int = SENTENCE_TOKENS,
) -> list[Span]:
    """Spans [start, end) of `article.text`, in order, that together hold every sentence.

    count_tokens: texts -> how many tokens the encoder makes of each. A passage has at most `limit_tokens`, or is
    one sentence of at most `sentence_tokens`, or part of a longer one cut between words. It begins with the last
    `overlap_sentences` of the one before where they fit; headings stand with what follows them.
    """
    text = article.text
    spans = sentence_spans(text)
    if not spans:
        return []
    sizes = count_tokens([text[start:end] for start, end in spans])
    pieces: list[tuple[Span, int]] = []
    for span, size in zip(spans, sizes, strict=True):
        pieces.extend(
            [(span, size)] if size <= sentence_tokens else _cut(text, span, count_tokens, sentence_tokens)
        )
    passages: list[Span] = []
    first = done = 0  # pieces from `first`, of which those before `done` are already in the passage before
    while done < len(pieces):
        last = _fill(pieces, first, limit_tokens)
        if last < done:  # the overlap leaves no room for anything new
            first = done
            continue
        last = _without_headings(text, pieces, done, last)
        passages.append((pieces[first][0][0], pieces[last][0][1]))
        done = last + 1
        overlap = 0 if done < len(pieces) and _is_heading(text, pieces, done) else overlap_sentences
        first = max(done - overlap, first + 1)
    return passages


def _fill(pieces: Sequence[tuple[Span, int]], first: int, limit: int) -> int:
    """The last piece that still fits into a passage that begins with `first`."""
    last, total = first, pieces[first][1]
    while last + 1 < len(pieces) and total + pieces[last + 1][1] <= limit:
        last += 1
        total += pieces[last][1]
    return last


def _without_headings(text: str, pieces: Sequence[tuple[Span, int]], done: int, last: int) -> int:
    """The last piece left when headings at the end go to the next passage; at least one new piece stays."""
    end = last
    while end > done and end + 1 < len(pieces) and _is_heading(text, pieces, end):
        end -= 1
    return last if end == done and _is_heading(text, pieces, end) else end


def _is_heading(text: str, pieces: Sequence[tuple[Span, int]], index: int) -> bool:
    """A short line without a sentence's end, alone on its line, with something after it."""
    start, end = pieces[index][0]
    alone = (start == 0 or text[start - 1] == "\n") and text[end : end + 1] == "\n"
    line = text[start:end]
    return alone and len(line.split()) <= HEADING_WORDS and not _END.search(line)


def _cut(
    text: str, span: Span, count_tokens: Callable[[Sequence[str]], list[int]], limit: int
) -> list[tuple[Span, int]]:
    """A sentence too long for the encoder, cut between words; a word too long for it, between characters."""
    words = [
        (span[0] + found.start(), span[0] + found.end())
        for found in re.finditer(r"\S+", text[span[0] : span[1]])
    ]
    # No tokenizer needs more than about a token a character, so these are sure to fit.
    words = [(at, min(at + limit, end)) for start, end in words for at in range(start, end, limit)]
    sizes = count_tokens([text[start:end] for start, end in words])
    pieces: list[tuple[Span, int]] = []
    for word, size in zip(words, sizes, strict=True):
        if pieces and pieces[-1][1] + size <= limit:
            (start, _), total = pieces[-1]
            pieces[-1] = ((start, word[1]), total + size)
        else:
            pieces.append((word, size))
    return pieces
