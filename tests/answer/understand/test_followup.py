from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer.understand.conversation import MOST_THINGS, Conversation
from qa.answer.understand.followup import readings, standalone
from qa.answer.understand.mentions import spoken_of
from qa.english.words import FUNCTION_WORDS
from qa.records import Turn

GAVRILOV = Turn(
    "Who is Konstantin Gavrilov?", "The head of the Russian delegation at arms control talks in Vienna"
)
DRAFTS = Turn("When did Russia publish draft agreements?", "December 17, 2021")
CALL = Turn("When did Putin and Biden hold talks via a video conference?", "December 7")


@pytest.mark.parametrize(
    ("question", "history", "understood"),
    [
        (
            "What did he say Moscow is waiting for?",
            [GAVRILOV],
            "What did Konstantin Gavrilov say Moscow is waiting for?",
        ),
        ("What was his answer?", [GAVRILOV], "What was Konstantin Gavrilov's answer?"),
        ("Who met him?", [GAVRILOV], "Who met Konstantin Gavrilov?"),
        ("Did she agree?", [Turn("Who is Angela Merkel?", None)], "Did Angela Merkel agree?"),
        ("What else did they discuss?", [CALL], "What else did Putin and Biden discuss?"),
        (
            "What did its foreign minister say?",
            [DRAFTS],
            "What did Russia's foreign minister say?",
        ),
        ("How long did it last?", [CALL], "How long did the video conference last?"),
        (  # the person stays the person, though other things were spoken of since
            "When did he leave?",
            [GAVRILOV, Turn("What is the first working group about?", "principles for arms control")],
            "When did Konstantin Gavrilov leave?",
        ),
        (  # a place does nothing
            "What did he do?",
            [Turn("Where did Lavrov stay on Friday?", "Geneva, Switzerland")],
            "What did Lavrov do?",
        ),
    ],
)
def test_a_pronoun_becomes_what_it_stands_for(
    question: str, history: Sequence[Turn], understood: str
) -> None:
    assert standalone(question, history) == understood


def test_a_name_is_known_where_nobody_wrote_capitals() -> None:
    history = [Turn("who is konstantin gavrilov?", "the head of the delegation")]
    assert (
        standalone("where did he attend a briefing?", history)
        == "where did konstantin gavrilov attend a briefing?"
    )


def test_what_a_pronoun_stood_for_is_kept_from_question_to_question() -> None:
    history = [GAVRILOV, Turn("Where did he attend a briefing?", "Vienna"), Turn("When was he there?", None)]
    assert standalone("What did he say?", history) == "What did Konstantin Gavrilov say?"


@pytest.mark.parametrize(
    ("question", "history", "understood"),
    [
        ("And when did NATO?", [DRAFTS], "When did NATO publish draft agreements?"),
        ("and when did nato?", [DRAFTS], "When did nato publish draft agreements?"),
        (
            "And when did NATO?",
            [Turn("when did russia publish draft agreements?", "December 17")],
            "When did NATO publish draft agreements?",
        ),
        ("Why?", [DRAFTS], "Why did Russia publish draft agreements?"),
        ("And where?", [DRAFTS], "Where did Russia publish draft agreements?"),
        ("How long?", [CALL], "How long did Putin and Biden hold talks via a video conference?"),
        ("What about Xi?", [CALL], "When did Xi hold talks via a video conference?"),
        (
            "And in 2014?",
            [Turn("What happened in Crimea in 2013?", "a storm")],
            "What happened in Crimea in 2014?",
        ),
        ("And in Kyiv?", [Turn("Who spoke in Moscow?", "Lavrov")], "Who spoke in Kyiv?"),
        (
            "When?",
            [Turn("Who led the delegation in Vienna?", "Gavrilov")],
            "When was it that Gavrilov led the delegation in Vienna?",
        ),
        (
            "Why?",
            [Turn("What did Washington ask Moscow not to do?", "make the documents public")],
            "Why did Washington ask Moscow not to do (make the documents public)?",
        ),
        (  # taken over from a question that was itself taken over
            "Why?",
            [DRAFTS, Turn("And when did NATO?", None)],
            "Why did NATO publish draft agreements?",
        ),
    ],
)
def test_a_question_that_leaves_words_out_takes_those_of_the_one_before(
    question: str, history: Sequence[Turn], understood: str
) -> None:
    assert standalone(question, history) == understood


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Australia?",
        "Who is the NATO Secretary General?",
        "How many tanks did Russia deploy near Ukraine?",
        "When did Angela Merkel publish her memoirs?",  # her name stands in the question
        "Who is Lavrov?",
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    assert standalone(question, [GAVRILOV, DRAFTS, CALL]) == question


@pytest.mark.parametrize("name", ["Konstantin Gavrilov", "Ann Lee", "George Foreman", "Ewa Zielinska"])
@pytest.mark.parametrize(
    "question", ["What did {} say?", "Why was {} in Vienna on Friday?", "Has {} resigned?"]
)
def test_a_name_given_in_part_is_completed(name: str, question: str) -> None:
    history = [Turn(f"Who met {name}?", "the envoy")]
    assert standalone(question.format(name.split()[1]), history) == question.format(name)


NAMES = ("Patrick Low", "Jose Ruiz", "Tim Morris", "Brock Allen", "Ewa Zielinska")
DID = (
    "pleaded guilty to threatening {}",
    "took over from {} as coach",
    "beat {} on Sunday",
    "met {} in Geneva",
)


@pytest.mark.parametrize("did", DID)
@pytest.mark.parametrize(
    "after", ["Where does he come from?", "How old is she?", "What is her job?", "Who hired him?"]
)
def test_after_who_did_it_a_pronoun_means_who_it_was(did: str, after: str) -> None:
    for name, other in zip(NAMES, (*NAMES[1:], NAMES[0]), strict=True):
        understood = standalone(after, [Turn(f"Who {did.format(other)}?", name)])
        assert name in understood and other not in understood


@pytest.mark.parametrize("after", ["Where does he come from?", "How old is he?"])
def test_a_pronoun_goes_on_meaning_whom_it_meant_before(after: str) -> None:
    history = [GAVRILOV, Turn("Who met him?", "Anna Berg")]
    assert "Konstantin Gavrilov" in standalone(after, history)


@pytest.mark.parametrize("answer", ["$600 million", "€2.5bn", "£40", "40 per cent", "Swedish", "France"])
def test_no_person_is_an_amount_or_a_country(answer: str) -> None:
    assert answer not in standalone("Where was she born?", [Turn("What did Ann Lee pay or sing?", answer)])


@pytest.mark.parametrize("thing", ["the house", "a ship", "the old bridge"])
@pytest.mark.parametrize("clause", ["before the state bought it", "when it burned", "and who sold it"])
def test_it_means_a_thing_of_its_own_question_where_there_is_one(thing: str, clause: str) -> None:
    question = f"Who owned {thing} {clause}?"
    assert " it" in standalone(question, [Turn("When did Coty buy the brand?", "in May")])


@pytest.mark.parametrize(
    ("before", "question", "understood"),
    [
        ("In which town was Mozart born?", "In which year?", "In which year was Mozart born?"),
        ("At what school did Ann Lee teach?", "Until when?", "Until when did Ann Lee teach?"),
        ("How heavy was the bell in 1900?", "And how tall?", "How tall was the bell in 1900?"),
        ("How high is the tower?", "How old?", "How old is the tower?"),
    ],
)
def test_another_measure_or_a_preposition_is_asked_of_the_same(
    before: str, question: str, understood: str
) -> None:
    assert standalone(question, [Turn(before, "Graz")]) == understood


def test_where_two_are_nearly_as_likely_both_readings_are_told() -> None:
    told = readings("Who runs it?", [Turn("For how much did Rosneft buy Yugansk?", "$9.3bn")])
    assert told.texts == ("Who runs Rosneft?", "Who runs Yugansk?") and told.tied


NEW_TOPICS = (
    "How do I descale the coffee machine?",
    "what is the purpose of a jake brake",
    "Where are the keys of the chapel kept?",
    "when do the stalls of the market open",
)


@pytest.mark.parametrize("question", NEW_TOPICS)
def test_a_question_that_points_to_nothing_said_before_may_be_asked_as_it_stands(question: str) -> None:
    told = readings(question, [Turn("How long did the dockers strike?", "eleven days")])
    assert question in told.texts and len(told.texts) <= 2 and not told.tied


@pytest.mark.parametrize("question", ["How high is Everest?", "Who is Ann Lee?"])
def test_of_a_question_without_history_there_is_one_reading(question: str) -> None:
    assert readings(question, []).texts == (question,)


@pytest.mark.parametrize("question", ["What did he say?", "Why?", "And when did NATO?", "What else?"])
def test_without_history_nothing_is_added(question: str) -> None:
    assert standalone(question, []) == question


def test_names_titles_dates_and_things_are_told_apart() -> None:
    text = 'The University of Washington showed "The Right Stuff" to Tom Wolfe in 1983, and the film was praised.'
    assert dict(spoken_of(text)) == {
        "The University of Washington": "name",
        "The Right Stuff": "title",
        "Tom Wolfe": "name",
        "1983": "date",
        "film": "thing",
    }


_VERBS = "did was is are were does do has have".split()
_TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)
_WORDS = st.lists(
    st.sampled_from(
        "Who what When did was the Putin Biden NATO said his they it its this album other else talks in 2014 of and "
        "“Maneater” why he her Geneva, video conference ( ) that".split()
    ),
    min_size=1,
    max_size=9,
).map(" ".join)
_TURNS = st.lists(st.builds(Turn, _WORDS | _TEXTS, st.none() | _WORDS | _TEXTS), max_size=5)


@settings(max_examples=300, deadline=None)
@given(_WORDS | _TEXTS, _TURNS)
def test_no_word_is_invented(question: str, history: Sequence[Turn]) -> None:
    spoken = {w for t in history for w in _plain(f"{t.question} {t.answer or ''}")} | _plain(question)
    assert _plain(standalone(question, history)) <= spoken | FUNCTION_WORDS


def _plain(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold())) - {"s"}  # of the possessive


def test_a_history_of_book_length_is_cut() -> None:
    history = [Turn("Tell me (" * 50_000, "Gavrilov (" * 50_000)] * 3
    assert len(standalone("What did he say?", history)) < 2_500


def test_text_that_cannot_be_shown_does_not_enter_the_question() -> None:
    assert (
        standalone("What did he say?", [Turn("Who is\x00 Konstantin\x07 Gavrilov?", None)])
        == "What did Konstantin Gavrilov say?"
    )


@pytest.mark.parametrize("joined", [", ", " and ", ". ", " "])
def test_a_history_full_of_names_costs_no_more_than_the_last_few_turns(
    joined: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work is counted, not timed: what is noted of a conversation is what every step goes through."""
    said: list[Conversation] = []

    def remembered() -> Conversation:
        said.append(Conversation())
        return said[-1]

    monkeypatch.setattr("qa.answer.understand.followup.Conversation", remembered)

    def names(turn: int) -> str:
        return joined.join(f"A{chr(97 + turn % 26)}{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(80))

    for turns in (12, 50):
        standalone(
            "What did they do when he left it?",
            [Turn(f"Who {names(n)}?", names(n + 1)) for n in range(turns)],
        )
    few, many = said
    assert len(many.questions) == len(few.questions) == 12
    assert len(many.referents) <= 12 * 2 * 2 * MOST_THINGS
