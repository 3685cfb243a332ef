"""A decision -> the answer that a person is given: its words, its places, or why there is none."""

from __future__ import annotations

from qa.answer.decide.agree import agreement, outlet
from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.judge import Judgement
from qa.answer.read.reading import Reading
from qa.answer.read.sentence import SentenceReader
from qa.answer.retrieve.found import Found
from qa.answer.understand.request import Request
from qa.ports import Layered, Reader, Store
from qa.records import Answer

from .cite import alternatives, citations, cite_passage
from .explain import explained
from .reason import NOTHING_INDEXED, other_language, reason
from .respell import respelled


def tell(
    request: Request,
    found: Found,
    reading: Reading,
    judged: Judgement,
    *,
    store: Store,
    reader: Reader,
    confidence: ConfidenceModel,
    empty: bool,
) -> Answer:
    """All of the answer but the time it took. confidence: what it was decided by. empty: nothing is indexed."""
    question, decision, articles = judged.weighed.question, judged.decision, found.articles
    cited = citations(decision.spans, articles)
    # Whole sentences differ without contradicting one another.
    others = decision.alternatives if reader.name != SentenceReader.name else ()
    guess = alternatives([decision.guess] if decision.guess else [], articles)
    outlets = {id_: name for id_, of in articles.items() if (name := outlet(of))}
    meant = respelled(question.text, reading.absent, found.hits, [of.title for of in articles.values()])
    why_not, asked = None, request.filters
    if not decision.spans:
        why_not = reason(question, found, reading, decision, meant, filters=asked, store=store)
    return Answer(
        question=request.typed,
        understood=question.text,
        text=decision.text,
        confidence=decision.confidence,
        reason=NOTHING_INDEXED if empty else why_not,
        citations=cited,
        answer_type=decision.type.value if decision.type else None,
        agreement=agreement(cited, outlets) if cited else None,
        alternatives=alternatives(others, articles),
        passages=tuple(cite_passage(hit, found.article_of(hit.passage)) for hit in found.hits),
        reader=reader.name,
        index_version=store.version,
        timings_ms={},
        guess=next(iter(guess), None),
        answerable=decision.answered,
        established=not decision.spans and not meant and (decision.unsaid or bool(reading.absent)),
        did_you_mean=tuple(meant),
        notice=other_language([found.article_of(hit.passage).language for hit in found.hits]),
        explain=explained(question, asked, found.hits, judged, confidence, _layers(found, reading, reader))
        if request.explain
        else None,
    )


def _layers(found: Found, reading: Reading, reader: Reader) -> dict[int, int]:
    """Through how many of the reader's layers each passage found was read, by its number; 0: not at all. Empty for a
    reader without layers."""
    if not isinstance(reader, Layered):
        return {}
    return {passage.id: reading.through.get(passage.id, 0) for passage in found.passages}
