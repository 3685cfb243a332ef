"""Templates for what stands beside a story: never its answer, or only where it has none; asked for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from fakes import article

from qa.answer.decide.apart import asks_of_article, meant
from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.judge import Judgement, judge, weigh
from qa.answer.retrieve.found import Found
from qa.answer.understand.question import Question
from qa.ingest.parts import parts_of
from qa.records import Hit, Part, Passage, Role, Span

MODEL = ConfidenceModel.of_margin(1.0)
CAPTION = "Kim Day weeps in Vilnius on Sunday"
CREDIT = "Photo: Bo Chen"
TEXT = f"By Ann Lee\nRiga (Reuters) - The hall in Graz was burnt by Carl Berg on Monday.\n{CAPTION}. {CREDIT}"


def _judged(question: str, spans: Sequence[tuple[str, float]], text: str = TEXT) -> Judgement:
    """spans: what the reader proposes, with its margins."""
    told: list[Part] = []
    if CAPTION in text:
        start = text.index(CAPTION)
        told = [Part(start, start + len(f"{CAPTION}. {CREDIT}"), "caption")]
    of = replace(article(text, id="a"), parts=parts_of(text, told))
    passage = Passage(0, "a", 0, len(text), text)
    read = [Span(passage, text.index(one), text.index(one) + len(one), by, by) for one, by in spans]
    found = Found([Hit(passage, 0.1, 1, 1)], {"a": of})
    return judge(weigh(Question.of(question, date(2022, 1, 1)), found, read), MODEL)


def _answer(question: str, *spans: tuple[str, float]) -> str | None:
    return _judged(question, spans).decision.text


@pytest.mark.parametrize(
    ("question", "beside", "story"),
    [
        ("Who burnt the hall?", "Ann Lee", "Carl Berg"),
        ("Who burnt the hall?", "Bo Chen", "Carl Berg"),
        ("Who burnt the hall?", "Kim Day", "Carl Berg"),
        ("Where was the hall burnt?", "Riga", "Graz"),
        ("Where was the hall burnt?", "Vilnius", "Graz"),
        ("When was the hall burnt?", "Sunday", "Monday"),
    ],
)
@pytest.mark.parametrize("more", [0.1, 3.0])
def test_the_story_comes_before_what_stands_beside_it(
    question: str, beside: str, story: str, more: float
) -> None:
    assert _answer(question, (beside, 1.0 + more), (story, 1.0)) == story


@pytest.mark.parametrize(
    ("question", "beside"),
    [("Who burnt the hall?", "Ann Lee"), ("Who burnt the hall?", "Bo Chen"), ("Where did it burn?", "Riga")],
)
def test_bylines_credits_and_place_lines_never_answer_for_the_story(question: str, beside: str) -> None:
    assert _judged(question, [(beside, 5.0)]).weighed.telling == ()


@pytest.mark.parametrize(
    ("question", "caption"),
    [("Who wept?", "Kim Day"), ("Where did she weep?", "Vilnius"), ("When did she weep?", "Sunday")],
)
@pytest.mark.parametrize("story", [(), (("The hall", -5.0),)])
def test_a_caption_answers_less_surely_where_the_story_does_not(
    question: str, caption: str, story: tuple[tuple[str, float], ...]
) -> None:
    decision = _judged(question, [(caption, 3.0), *story]).decision
    plain = _judged(question, [(caption, 3.0)], f"She told us. {CAPTION.rstrip('.')}"[13:] + ".").decision
    assert decision.text == plain.text == caption
    assert decision.confidence < MODEL.confidence(_judged("What?", [(caption, 3.0)]).weighed.telling[0])


def test_what_a_caption_counts_or_names_is_as_sure_as_the_story() -> None:
    asked = _judged("What does Kim Day do in Vilnius?", [("weeps", 3.0)])
    assert asked.decision.text == "weeps"
    assert asked.decision.confidence == MODEL.confidence(asked.weighed.candidates[0]) > 0.9


@pytest.mark.parametrize(
    ("question", "role", "answer"),
    [
        ("Who wrote this article?", "byline", "Ann Lee"),
        ("Who is the author of the story?", "byline", "Ann Lee"),
        ("Who took the picture?", "credit", "Bo Chen"),
        ("Who shot this photograph?", "credit", "Bo Chen"),
        ("Whose photo is it?", "credit", "Bo Chen"),
        ("Who is seen in the photo?", "caption", "Kim Day"),
        ("What does the picture show?", "caption", CAPTION),
    ],
)
@pytest.mark.parametrize("margin", [0.1, 2.0])
def test_what_is_asked_of_the_article_itself_is_told_by_its_part(
    question: str, role: Role, answer: str, margin: float
) -> None:
    assert meant(question) == role
    assert _answer(question, ("Carl Berg", 4.0), (answer, margin)) == answer
    assert _answer(question, ("Carl Berg", 4.0)) == "Carl Berg"


@pytest.mark.parametrize(
    "question",
    ["Who wrote Hamlet?", "Who took the money?", "Who wrote the letter?", "What does the law show?",
     "Who is seen as a danger?", "Who made the cake?", "Who took pictures of the hall?"],
)  # fmt: skip
def test_other_questions_mean_the_story(question: str) -> None:
    assert meant(question) is None


@pytest.mark.parametrize("question", ["Who wrote it?", "Whose photo is it?", "Which reporter was there?"])
def test_the_article_itself_may_be_asked_about(question: str) -> None:
    assert asks_of_article(question)
    assert not asks_of_article("Who built the hall?")


def test_a_dateline_may_tell_when_and_never_where() -> None:
    text = "MOSCOW, January 27. /TASS/. The talks have begun."
    assert _judged("When did the talks begin?", [("January 27", 3.0)], text).decision.text == "January 27"
    assert _judged("Where did the talks begin?", [("MOSCOW", 3.0)], text).weighed.telling == ()
