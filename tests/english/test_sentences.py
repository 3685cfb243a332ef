"""Sentences: where they end, and that their places are exact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.english.sentences import dateline, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "MOSCOW, January 27. /TASS/. So far, there is no understanding. More follows.",
            ["MOSCOW, January 27. /TASS/. So far, there is no understanding.", "More follows."],
        ),
        ("MOSCOW, February 4. TASS. Russia will talk.", ["MOSCOW, February 4. TASS. Russia will talk."]),
        ("PARIS, 3 May (AP) - It rained. It stopped.", ["PARIS, 3 May (AP) - It rained.", "It stopped."]),
        ("TELLER, Colo., May 9, 2023 — A plant opened.", ["TELLER, Colo., May 9, 2023 — A plant opened."]),
        (
            "The U.S. said so on Jan. 26 in Geneva. Mr. Lee agreed.",
            ["The U.S. said so on Jan. 26 in Geneva.", "Mr. Lee agreed."],
        ),
        ("A headline\nA sentence. Another\r\nA line", ["A headline", "A sentence.", "Another", "A line"]),
        ('He called it "a start." Nobody laughed.', ['He called it "a start."', "Nobody laughed."]),
        ('"It works." " And then it stopped.', ['"It works." "', "And then it stopped."]),
        ("図書館が開館した。館長は喜んだ。", ["図書館が開館した。", "館長は喜んだ。"]),
        ("馆长介绍，藏书很多。工程历时三年？", ["馆长介绍，藏书很多。", "工程历时三年？"]),
        ("It said \ud800 so. Then \udfff it went.", ["It said \ud800 so.", "Then \udfff it went."]),
        ("  \n\n ", []),
        ("", []),
    ],
)  # fmt: skip
def test_where_sentences_end(text: str, wanted: list[str]) -> None:
    assert sentences(text) == wanted


@pytest.mark.parametrize(
    "line", ["On Monday, December 10, it rained.", "The talks of January 27. They failed.", "x"]
)
def test_a_day_in_a_sentence_is_no_dateline(line: str) -> None:
    assert dateline(line) is None


ODD = st.text(alphabet=st.sampled_from(list("ab. A!?…\"”'\n\r\t\x85\u2028\xa0\u200b😀é1/(),-")), max_size=80)
LONE = st.text(alphabet=st.sampled_from(["\ud800", "\udfff", "a", ".", " ", "A", "😀"]), max_size=40)


@given(st.one_of(st.text(max_size=120), ODD, ODD.map(lambda text: "MOSCOW, May 5. /TASS/. " + text), LONE))
def test_spans_are_in_order_trimmed_and_leave_out_only_white_space(text: str) -> None:
    before = 0
    for start, end in sentence_spans(text):
        assert before <= start < end <= len(text)
        assert not text[before:start].strip()
        said = text[start:end]
        assert said == said.strip() and "\n" not in said
        before = end
    assert not text[before:].strip()


def test_a_long_line_falls_into_the_same_sentences_window_by_window(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'The U.S. said so on Jan. 26 in Geneva. He "agreed." It rained in Tolle, at No. 5 too. ' * 300
    whole = sentence_spans(text)
    monkeypatch.setattr("qa.english.sentences.WINDOW", 500)
    assert sentence_spans(text) == whole
    assert len(whole) == 900
