from __future__ import annotations

from qa.answer.named import Named
from qa.answer.reason import NOT_SAID, NOTHING_ABOUT_IT, no_answer
from qa.records import Hit, Passage


def _hits(*cosines: float | None) -> list[Hit]:
    return [Hit(Passage(i, "a", 0, 1, "x"), 0.1, 1, 1, cosine) for i, cosine in enumerate(cosines)]


def test_what_the_question_names_and_no_article_does_is_the_reason() -> None:
    def occurs(named: Named) -> bool:
        return named.text == "US"

    question = "What did the US hand over on March 26?"
    assert no_answer(question, _hits(0.9), occurs) == "The articles do not mention March 26."


def test_several_absent_things_are_listed_once_each() -> None:
    question = "Did Merkel meet Orban and Merkel in 1983?"
    reason = no_answer(question, _hits(0.9), lambda named: False)
    assert reason == "The articles do not mention Merkel, Orban or 1983."


def test_related_passages_are_told_from_nothing_at_all() -> None:
    assert no_answer("how tall is it", _hits(0.2, 0.5), lambda named: True) == NOT_SAID
    assert no_answer("how tall is it", _hits(0.2, None), lambda named: True) == NOTHING_ABOUT_IT
    assert no_answer("how tall is it", [], lambda named: True) == NOTHING_ABOUT_IT
