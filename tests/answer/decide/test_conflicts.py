"""Forty stories of several articles: what agrees in other words, what differs, what was put right, and who counts once.

A story is told by lines: date, outlet, and a sentence with the reader's spans in brackets, the likelier the earlier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pytest

from qa.answer.decide.agree import agreement, outlet
from qa.answer.decide.choose import Decision
from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.judge import judge, weigh
from qa.answer.retrieve.found import Found
from qa.answer.tell.cite import citations
from qa.answer.understand.question import Question
from qa.records import Article, Hit, Passage, Span

MODEL = ConfidenceModel({"margin": 1.0}, bias=0.0, slope=1.0, offset=0.0, threshold=0.6)
LINE = re.compile(r"(?P<day>\S+) (?P<outlet>\S+): (?P<text>.+)")


@dataclass(frozen=True)
class Told:
    decision: Decision
    sources: int

    @property
    def text(self) -> str | None:
        return self.decision.text

    @property
    def others(self) -> list[str]:
        return [said.spans[0].text for said in self.decision.alternatives]

    @property
    def superseded(self) -> list[str]:
        return [said.spans[0].text for said in self.decision.alternatives if said.superseded]


def told(question: str, *lines: str) -> Told:
    articles, hits, spans = {}, [], []
    for number, line in enumerate(lines):
        parts = LINE.fullmatch(line)
        assert parts is not None, line
        marked, id_ = parts["text"], f"a{number}"
        plain = re.sub(r"[\[\]]", "", marked)
        day = None if parts["day"] == "-" else date.fromisoformat(parts["day"])
        articles[id_] = Article(id_, f"{id_}.txt", plain, "News", plain, day, source=parts["outlet"])
        passage = Passage(number, id_, 0, len(plain), plain)
        hits.append(Hit(passage, 0.1, 1, 1, 0.6))
        for at, found in enumerate(re.finditer(r"\[(.+?)\]", marked)):
            start = found.start() - 2 * at
            margin = 4.0 - 0.2 * number - 0.5 * at
            spans.append(Span(passage, start, start + len(found[1]), margin, margin))
    spans.sort(key=lambda span: -span.score)
    asked = Question.of(question, date(2022, 6, 1))
    decision = judge(weigh(asked, Found(hits, articles), spans), MODEL).decision
    outlets = {id_: name for id_, of in articles.items() if (name := outlet(of))}
    return Told(decision, agreement(citations(decision.spans, articles), outlets).sources)


EQUAL = [  # two outlets that say the same value in other words: the question, one, the other
    ("How much was paid?", "The town paid [$449K] in all.", "It cost the council [$449,000]."),
    ("How much was it worth?", "The deal is worth [£2.5bn].", "It was sold for [2.5 billion pounds]."),
    ("How many ships came?", "In came [twenty-five] ships.", "The port counted [25 ships] that day."),
    ("How many people live there?", "It has [1.5 million] people.", "Some [1,500,000] live in it."),
    ("What share voted?", "Of them [40 per cent] voted.", "Turnout was [40%]."),
    ("When did it open?", "The hall opened on [Dec. 6].", "It opened on [Monday, December 6th]."),
    (
        "When did they meet?",
        "They met on [7 December 2021].",
        "A meeting of both took place in Riga on [December 7, 2021].",
    ),
    ("When did it open?", "It opened in [December 2021].", "It opened its doors on [7 December 2021]."),
    ("Who resigned?", "Its [chairman] resigned.", "The [executive chairman] resigned."),
    ("Who won?", "The winner was [Mourinho].", "Yesterday [Jose Mourinho] won."),
    ("How long did it take?", "It took [10 to 15 minutes].", "The walk took [12 minutes]."),
    ("How many were hurt?", "The blast hurt [more than 40] people.", "Hospitals treated [47] people."),
    ("How many came?", "There came [almost 100] guests.", "The list had [96 guests]."),
    ("Where did they meet?", "They met in [Geneva, Switzerland].", "It was in [Geneva] that they met."),
]


@pytest.mark.parametrize(("question", "one", "other"), EQUAL)
def test_one_value_in_other_words_is_one_answer_of_two_sources(question: str, one: str, other: str) -> None:
    story = told(question, f"2021-12-10 Herald: {one}", f"2021-12-11 Tribune: {other}")
    assert (story.sources, story.others) == (2, [])


DIFFER = [
    ("How many women were freed?", "They freed [47 women].", "There were [48 women] freed.", ["48 women"]),
    (
        "How long was the delay?",
        "The delay was [10 minutes].",
        "They were [15 minutes] late.",
        ["15 minutes"],
    ),
    ("How much will it cost?", "It will cost [$6.5 billion].", "The bill is [$8 billion].", ["$8 billion"]),
    (
        "How much will it cost?",
        "It will cost [$8bn].",
        "The bill is [9.5 billion dollars].",
        ["9.5 billion dollars"],
    ),
    ("How much was paid?", "They paid [$5 million].", "They paid [£5 million].", ["£5 million"]),
    ("How many came?", "It drew [more than 40] people.", "It drew [4,000] people.", ["4,000"]),
    ("When did they meet?", "They met on [6 December].", "They met on [7 December].", ["7 December"]),
    ("Who won?", "The race went to [Ann Smith].", "The winner was [Bob Smith].", ["Bob Smith"]),
    ("Where was it signed?", "They signed it in [Geneva].", "It was signed in [Vienna].", ["Vienna"]),
    ("What was the score?", "It ended [3-2].", "They won it [3-1].", ["3-1"]),
    ("By how much did it rise?", "It rose by [3 percent].", "It rose by [3.5 percent].", ["3.5 percent"]),
]


@pytest.mark.parametrize(("question", "one", "other", "others"), DIFFER)
def test_what_differs_is_shown_beside_the_answer(
    question: str, one: str, other: str, others: list[str]
) -> None:
    story = told(question, f"2021-12-10 Herald: {one}", f"2021-12-11 Tribune: {other}")
    assert (story.sources, story.others, story.superseded) == (1, others, [])


CORRECTED = [  # the older article, the newer one, what holds
    ("When is the vote?", "The vote is on [9 April].", "It was moved from [9 April] to [14 May].", "14 May"),
    ("When is the game?", "They play on [3 May].", "The game was postponed until [10 May].", "10 May"),
    ("How many died?", "The crash killed [12] people.", "Police corrected the toll to [11].", "11"),
    ("Who leads it?", "It is led by [Ann Lee].", "It is led by [Bo Chen], not [Ann Lee].", "Bo Chen"),
    ("Where will it be?", "It will be in [Oslo].", "It will be in [Bergen] instead of [Oslo].", "Bergen"),
    (
        "How many seats has it?",
        "It has [300 seats].",
        "It has [350 seats], not [300] as was reported.",
        "350 seats",
    ),
    (
        "When does it open?",
        "It opens in [June].",
        "The opening was rescheduled from [June] to [July].",
        "July",
    ),
]


@pytest.mark.parametrize(("question", "old", "new", "holds"), CORRECTED)
def test_what_a_newer_article_puts_right_comes_first(question: str, old: str, new: str, holds: str) -> None:
    story = told(question, f"2022-03-01 Herald: {old}", f"2022-03-09 Tribune: {new}")
    assert (story.text, len(story.superseded), story.sources) == (holds, 1, 1)
    assert story.superseded == story.others


def test_an_older_article_puts_nothing_right() -> None:
    old = "2022-03-01 Herald: The vote was postponed until [14 May]."
    story = told("When is the vote?", "2022-03-09 Tribune: The vote is on [21 May].", old)
    assert (story.text, story.superseded) == ("21 May", [])


def test_what_was_taken_back_is_no_second_source() -> None:
    moved = "2022-03-09 Tribune: It was moved from [9 April] to 14 May."
    assert told("When is the vote?", "2022-03-01 Herald: The vote is on [9 April].", moved).sources == 1


def test_the_former_state_may_be_asked_for() -> None:
    moved = "2022-03-09 Tribune: It was moved from [9 April] to [14 May]."
    assert told("When was the vote originally?", moved).text == "9 April"


def test_a_span_of_two_days_agrees_with_neither() -> None:
    both = "2022-03-02 Tribune: It runs [from 9 April to 14 May]."
    assert told("When is it?", "2022-03-01 Herald: It is on [9 April].", both).sources == 1


COUNTED = [  # lines, independent sources
    (["2022-03-01 Herald: It hurt [12] people.", "2022-03-02 Herald: Hurt were [12 people]."], 1),
    (["2022-03-01 Herald: It hurt [12] people there.", "2022-03-02 Post: It hurt [12] people there."], 1),
    (["2022-03-01 Herald: It hurt [12] people.", "2022-03-02 Post: The clinic took in [12 people]."], 2),
    (
        [
            "2022-03-01 Herald: It hurt [12] people.",
            "2022-03-02 Post: The clinic took in [12 people].",
            "2022-03-03 herald: Still ill are [12 people].",
        ],
        2,
    ),
]


@pytest.mark.parametrize(("lines", "sources"), COUNTED)
def test_an_outlet_and_a_copy_count_once(lines: list[str], sources: int) -> None:
    assert told("How many people did it hurt?", *lines).sources == sources
