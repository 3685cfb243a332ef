"""Candidates -> what is said, by which articles, and what others say instead.

Candidates that say the same are one answer, with the best span of each article. What another article says instead is
shown beside it as an alternative where three things hold: on its own it would have been answered (its confidence
reaches the threshold), none of the answer's articles says it, and it is not nearly the same in other words. So two
spans of one article never compete, and near-identical ones never fill the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlsplit

from qa.english import words
from qa.english.dates import phrases, resolve
from qa.records import Agreement, Article, Citation, Span

from .confidence import ConfidenceModel
from .corrections import corrects
from .features import Candidate
from .meaning import Saying, near, same, saying
from .sentence import around

# Share of telling words in common from which two sentences are one that was copied and touched up.
COPIED = 0.8
MODIFIERS = 3  # words before an answer that make it a fuller one


@dataclass(frozen=True, slots=True)
class Said:
    """spans: the best first, then the best of each other article that says the same. superseded: a newer article puts
    it right."""

    spans: tuple[Span, ...]
    confidence: float
    superseded: bool = False

    def newest(self, published: Mapping[str, date | None]) -> date:
        days = [published.get(span.passage.article_id) for span in self.spans]
        return max((day for day in days if day is not None), default=date.min)

    @property
    def corrects(self) -> bool:
        """Whether the best span's sentence puts right what was said before."""
        start, end = around(self.spans[0])
        return corrects(self.spans[0].passage.text[start:end])


def answers(
    ranked: Sequence[Candidate],
    model: ConfidenceModel,
    threshold: float,
    published: Mapping[str, date | None],
) -> list[Said]:
    """The different answers that reach the threshold, the likeliest first, each from articles of its own.

    ranked: likeliest first. published: of each article, by which relative dates are compared.
    """
    means = [_means(candidate.span, published) for candidate in ranked]
    found: list[Said] = []
    shown: list[Saying] = []
    spoken_for: set[str] = set()
    for candidate, meaning in zip(ranked, means, strict=True):
        confidence = model.confidence(candidate)
        if confidence < threshold:
            break
        other = candidate.span.passage.article_id not in spoken_for
        if not other or any(near(meaning, before) for before in shown):
            continue
        spans = {candidate.span.passage.article_id: candidate.span}
        for rival, said in zip(ranked, means, strict=True):
            article = rival.span.passage.article_id
            if article not in spoken_for and rival.span.null_margin > 0 and same(meaning, said):
                spans.setdefault(article, rival.span)
        found.append(Said(fullest_first(tuple(spans.values())), confidence))
        shown.append(meaning)
        spoken_for |= spans.keys()
    return found


def fullest_first(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The same spans; one that says before the first one's words what these are comes before it: "executive chairman"
    before "chairman", "more than 40" before "40"."""
    words_of = spans[0].text.casefold().split()
    fuller = [
        span
        for span in spans[1:]
        if 0 < len(said := span.text.casefold().split()) - len(words_of) <= MODIFIERS
        and said[-len(words_of) :] == words_of
        and span.text[:1].isalnum()
    ]
    first = max(fuller, key=lambda span: span.null_margin, default=spans[0])
    return (first, *(span for span in spans if span is not first))


def corrected(found: Sequence[Said], published: Mapping[str, date | None], floor: float) -> list[Said]:
    """The same answers; the newest that puts the likeliest right comes first, and what is older is superseded by it.

    floor: the confidence (0..1) from which an answer can put another right, however low the threshold of `found` was.
    """
    if not found:
        return []
    best = found[0].newest(published)
    sure = [said for said in found if said.confidence >= floor and said.corrects]
    right = max(
        (said for said in sure if said is not found[0] and said.newest(published) > best > date.min),
        key=lambda said: said.newest(published),
        default=found[0] if found[0] in sure else None,
    )
    if right is None:
        return list(found)
    day = right.newest(published)
    others = (said for said in found if said is not right)
    return [right, *(replace(of, superseded=date.min < of.newest(published) < day) for of in others)]


def agreement(citations: Sequence[Citation], outlets: Mapping[str, str] | None = None) -> Agreement:
    """How many independent sources the citations are: one that repeats another's sentence is not another source, nor is
    a second article of the same outlet. outlets: by article id, of those that are known."""
    sentences: list[frozenset[str]] = []
    met: set[str] = set()
    for citation in citations:
        stems = words.stems(citation.sentence)
        outlet = (outlets or {}).get(citation.article_id) or citation.article_id
        if outlet not in met and not any(_copied(stems, before) for before in sentences):
            sentences.append(stems)
        met.add(outlet)
    return Agreement(len(sentences), tuple(dict.fromkeys(citation.article_id for citation in citations)))


def outlet(article: Article) -> str | None:
    """Who published it: the host of its address, else its source."""
    host = urlsplit(article.url).hostname if article.url else None
    return host.removeprefix("www.") if host else article.source and article.source.casefold()


def _copied(one: frozenset[str], other: frozenset[str]) -> bool:
    together = len(one | other)
    return not together or len(one & other) / together >= COPIED


def _means(span: Span, published: Mapping[str, date | None]) -> Saying:
    """The passage around tells which day a relative date of the span means."""
    if not phrases(span.text):
        return saying(span.text, [])
    told = resolve(span.passage.text, published.get(span.passage.article_id))
    return saying(span.text, [when for when in told if span.start <= when.start and when.end <= span.end])
