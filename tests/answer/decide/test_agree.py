from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from fakes import article

from qa.answer.decide.agree import Said, agreement, answers
from qa.answer.decide.choose import decide
from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.features import NAMES, Candidate
from qa.answer.tell.cite import cite
from qa.answer.understand.wanted import AnswerType
from qa.records import Article, Citation, Hit, Passage, Span

MODEL = ConfidenceModel({"margin": 1.0}, bias=0.0, slope=1.0, offset=0.0, threshold=0.6)
DAYS = {"old": date(2020, 5, 1), "new": date(2022, 5, 1), "mid": date(2021, 5, 1), "undated": None}


def _candidate(text: str, margin: float, of: str, *, around: str = "{}", id_: int | None = None) -> Candidate:
    passage_text = around.format(text)
    passage = Passage(abs(hash(of)) if id_ is None else id_, of, 0, len(passage_text), passage_text)
    at = passage_text.index(text)
    values = np.zeros(len(NAMES))
    values[NAMES.index("margin")] = margin
    return Candidate(Span(passage, at, at + len(text), margin, margin), Hit(passage, 0.01, 1, 1), values)


def _texts(said: list[Said]) -> list[list[str]]:
    return [[span.text for span in one.spans] for one in said]


def _answers(*candidates: Candidate) -> list[Said]:
    ranked = sorted(candidates, key=lambda c: -MODEL.score(c))
    return answers(ranked, MODEL, MODEL.threshold, DAYS)


def test_one_answer_carries_the_best_span_of_each_article_that_says_so() -> None:
    found = _answers(
        _candidate("two meetings", 3.0, "new"),
        _candidate("2", 1.0, "old"),
        _candidate("two", 0.4, "old"),
        _candidate("Two meetings", 0.1, "mid"),
        _candidate("two", -0.1, "undated"),  # the reader prefers no answer
    )
    assert _texts(found) == [["two meetings", "2", "Two meetings"]]


def test_relative_dates_of_different_articles_agree_by_the_day_they_mean() -> None:
    days = {"a": date(2021, 12, 10), "b": date(2021, 12, 8)}
    ranked = [
        _candidate("Tuesday", 3.0, "a", around="They spoke on {}."),
        _candidate("December 7", 2.0, "b", around="They spoke on {}."),
    ]
    assert _texts(answers(ranked, MODEL, 0.6, days)) == [["Tuesday", "December 7"]]


def test_another_answer_is_shown_only_where_it_would_have_been_given_by_itself() -> None:
    sure, unsure = _candidate("14 people", 0.5, "old"), _candidate("15 people", 0.3, "mid")
    assert MODEL.confidence(unsure) < 0.6 < MODEL.confidence(sure)
    assert _texts(_answers(_candidate("12 people", 3.0, "new"), sure, unsure)) == [
        ["12 people"],
        ["14 people"],
    ]


def test_spans_of_an_article_that_has_spoken_never_compete() -> None:
    assert _texts(_answers(_candidate("12 people", 3.0, "new"), _candidate("a dozen", 2.0, "new"))) == [
        ["12 people"]
    ]


def test_near_identical_answers_never_fill_the_list() -> None:
    found = _answers(
        _candidate("draft agreements on security guarantees", 3.0, "new"),
        _candidate("draft treaties on security guarantees", 2.0, "old"),
        _candidate("a bridge", 1.5, "mid"),
        _candidate("the bridge", 1.0, "undated"),
    )
    assert _texts(found) == [["draft agreements on security guarantees"], ["a bridge", "the bridge"]]


def test_alternatives_come_newest_first_and_undated_ones_last() -> None:
    decision = decide(
        [
            _candidate("12 people", 3.0, "mid"),
            _candidate("14 people", 1.0, "old"),
            _candidate("15 people", 0.9, "undated"),
            _candidate("16 people", 0.8, "new"),
        ],
        MODEL,
        published=DAYS,
    )
    assert decision.text == "12 people"
    assert [said.spans[0].text for said in decision.alternatives] == ["16 people", "14 people", "15 people"]


def test_a_much_less_likely_answer_does_not_stand_beside() -> None:
    """sigmoid(3.0) = 0.953: 0.7 of it is 0.667, between sigmoid(0.6) = 0.646 and sigmoid(0.75) = 0.679."""
    for margin, beside in ((0.6, []), (0.75, ["14 people"])):
        found = [_candidate("12 people", 3.0, "mid"), _candidate("14 people", margin, "old")]
        decision = decide(found, MODEL, published=DAYS)
        assert [said.spans[0].text for said in decision.alternatives] == beside


def test_the_latest_is_of_the_newest_article_that_is_sure_enough() -> None:
    candidates = [_candidate("12", 3.0, "old"), _candidate("14", 1.0, "new"), _candidate("9", 0.1, "undated")]
    decision = decide(candidates, MODEL, latest=True, published=DAYS)
    assert decision.text == "14"
    assert decision.confidence == MODEL.confidence(candidates[1])
    assert [said.spans[0].text for said in decision.alternatives] == ["12"]


@pytest.mark.parametrize(("margin", "text"), [(1.0, "14 May"), (0.1, "9 April"), (-7.0, "9 April")])
def test_only_what_would_be_answered_by_itself_puts_another_right(margin: float, text: str) -> None:
    newer = _candidate("14 May", margin, "new", around="It was postponed until {}.")
    older = _candidate("9 April", 3.0, "old", around="The vote is on {}.")
    decision = decide([older, newer], MODEL, threshold=0.0, published=DAYS)
    assert decision.text == text
    assert [said.superseded for said in decision.alternatives] == [text == "14 May"]


def test_a_list_is_what_one_passage_says_in_its_order() -> None:
    text = "Riga won gold. Oslo won silver. Bern came last."
    passage = Passage(1, "a", 0, len(text), text)

    def part(word: str, margin: float) -> Candidate:
        return replace(
            _candidate(word, margin, "a"),
            span=Span(passage, text.index(word), text.index(word) + 4, margin, margin),
        )

    parts = [part("Oslo", 2.0), part("Riga", 1.0), part("Bern", 0.1), _candidate("Bonn", 1.5, "b")]
    several = decide(parts, MODEL, wanted=AnswerType.LIST)
    assert several.text == "Riga, Oslo"
    assert several.type is AnswerType.LIST
    assert [span.text for span in several.spans] == ["Riga", "Oslo"]
    assert decide(parts, MODEL).text == "Oslo"


def test_an_enumeration_is_a_list_by_itself_and_a_lone_span_is_none() -> None:
    both = decide([_candidate("Riga and Oslo", 2.0, "a")], MODEL, wanted=AnswerType.LIST)
    one = decide([_candidate("Riga", 2.0, "a")], MODEL, wanted=AnswerType.LIST)
    assert (both.text, both.type) == ("Riga and Oslo", AnswerType.LIST)
    assert (one.text, one.type) == ("Riga", AnswerType.SPAN)


def _cited(text: str, of: Article) -> Citation:
    at = of.text.index(text)
    passage = Passage(1, of.id, 0, len(of.text), of.text)
    return cite(Span(passage, at, at + len(text), 1.0, 1.0), of)


def test_sources_are_counted_once_where_they_repeat_a_sentence() -> None:
    first = article("The bridge will be closed for 12 weeks from spring on. Boats wait.")
    copied = article("Ferries: the bridge will be closed for 12 weeks from spring on. We regret it.")
    other = article("Work takes 12 weeks, the council says.")

    together = agreement([_cited("12 weeks", one) for one in (first, copied, other)])

    assert together.sources == 2
    assert together.articles == (first.id, copied.id, other.id)
    assert agreement([_cited("12 weeks", first)]).sources == 1


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("chairman", "executive chairman"),
        ("Foreign Minister", "Deputy Foreign Minister"),
        ("40", "more than 40"),
    ],
)
def test_what_another_article_says_in_full_comes_first(short: str, full: str) -> None:
    (said,) = _answers(_candidate(short, 4.0, "a"), _candidate(full, 1.0, "b"))
    assert [span.text for span in said.spans] == [full, short]


@pytest.mark.parametrize("other", ["chairman of the board of the bank", "chairman"])
def test_what_is_no_fuller_name_of_the_same_stays_behind(other: str) -> None:
    (said,) = _answers(_candidate("chairman", 4.0, "a"), _candidate(other, 1.0, "b"))
    assert said.spans[0].text == "chairman"
