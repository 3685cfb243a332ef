from __future__ import annotations

import pytest
from fakes import WordEncoder

from qa.answer.read.sentence import SentenceReader
from qa.records import Passage


def _reader(threshold: float = 0.2, encoder: WordEncoder | None = None) -> SentenceReader:
    return SentenceReader(encoder or WordEncoder(), threshold)


def test_whole_sentences_come_best_first_with_their_margins() -> None:
    passage = Passage(1, "a", 0, 99, "The sky is blue. Bread is made of flour and water.")

    spans = _reader(0.2).read("What is bread made of?", [passage])

    assert [span.text for span in spans] == ["Bread is made of flour and water.", "The sky is blue."]
    assert [span.null_margin for span in spans] == pytest.approx([span.score - 0.2 for span in spans])
    assert spans[0].null_margin > 0 > spans[1].null_margin - 0.2


def test_no_passages_or_none_with_a_sentence_give_no_spans() -> None:
    assert _reader().read("What?", []) == []
    assert _reader().read("What?", [Passage(1, "a", 0, 0, " \n")]) == []


def test_a_sentence_that_passages_share_is_encoded_once_and_found_in_each() -> None:
    encoder = WordEncoder()
    passages = [Passage(1, "a", 0, 20, "One is. Two is."), Passage(2, "a", 8, 28, "Two is. Three is.")]

    spans = _reader(encoder=encoder).read("Two?", passages)

    assert sorted(encoder.encoded) == ["One is.", "Three is.", "Two is.", "Two?"]
    assert [(span.passage.id, span.text) for span in spans[:2]] == [(1, "Two is."), (2, "Two is.")]
