from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.understand.typed import clean, readable
from qa.errors import BadQuestion

_ANY = st.text(st.characters(codec=None), max_size=60)


def test_white_space_and_controls_become_single_spaces() -> None:
    assert clean("  Who\tis\x00\r\n he? ", max_chars=50) == "Who is he?"


def test_lone_surrogates_become_the_replacement_character() -> None:
    assert clean("a\ud800b", max_chars=50) == "a\ufffdb"


@pytest.mark.parametrize("question", ["", " ", "\n\t", "\x00", "?", "...", "\ud800"])
def test_nothing_asked_is_refused(question: str) -> None:
    with pytest.raises(BadQuestion):
        clean(question, max_chars=50)


def test_the_limit_counts_what_was_sent_and_is_named() -> None:
    assert clean("a" * 1000, max_chars=1000)
    with pytest.raises(BadQuestion, match=r"1,001 characters; at most 1,000"):
        clean("a" * 1001, max_chars=1000)


@given(_ANY)
def test_whatever_is_readable_can_be_written_as_utf8_and_keeps_its_length(text: str) -> None:
    shown = readable(text)
    shown.encode("utf-8")
    assert len(shown) == len(text)
    assert readable(shown) == shown


@given(_ANY)
def test_a_cleaned_question_is_clean(text: str) -> None:
    try:
        words = clean(text, max_chars=1000)
    except BadQuestion:
        return
    assert clean(words, max_chars=1000) == words
    assert words == " ".join(words.split())
