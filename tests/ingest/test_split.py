"""Passages: whole sentences, sized by tokens, headings with what follows."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from qa.english.sentences import sentence_spans
from qa.ingest.split import split
from qa.records import Article


def article(text: str) -> Article:
    return Article(id="a", path="a.txt", raw=text, title="", text=text)


def count(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def passages(text: str, limit: int, **more: int) -> list[str]:
    return [text[start:end] for start, end in split(article(text), count, limit, **more)]


TEXT = "One two three. Four five six. Seven eight nine. Ten eleven twelve."


def test_whole_sentences_with_one_repeated() -> None:
    assert passages(TEXT, 6) == [
        "One two three. Four five six.",
        "Four five six. Seven eight nine.",
        "Seven eight nine. Ten eleven twelve.",
    ]


def test_no_overlap_where_it_leaves_no_room() -> None:
    assert passages(TEXT, 3) == [
        "One two three.",
        "Four five six.",
        "Seven eight nine.",
        "Ten eleven twelve.",
    ]


def test_without_overlap() -> None:
    assert passages(TEXT, 6, overlap_sentences=0) == [
        "One two three. Four five six.",
        "Seven eight nine. Ten eleven twelve.",
    ]


def test_a_heading_stands_with_what_follows() -> None:
    text = "One two three four.\nA new heading\nFive six seven eight. Nine ten."
    assert passages(text, 8) == [
        "One two three four.",
        "A new heading\nFive six seven eight.",
        "Five six seven eight. Nine ten.",
    ]


def test_a_long_sentence_is_its_own_passage_and_one_too_long_is_cut_between_words() -> None:
    long = " ".join(f"w{n}" for n in range(25)) + "."
    assert passages(f"Short one. {long} Short two.", 6, sentence_tokens=30) == [
        "Short one.",
        long,
        "Short two.",
    ]
    parts = passages(f"Short one. {long}", 6, sentence_tokens=10)
    assert parts[0] == "Short one." and " ".join(parts[1:]) == long
    assert all(len(part.split()) <= 10 for part in parts)


def test_an_empty_text_has_no_passages() -> None:
    assert passages("", 10) == passages(" \n ", 10) == []


@given(
    st.text(alphabet=st.sampled_from(list("abc .!?\nA")), max_size=300), st.integers(1, 12), st.integers(0, 2)
)
def test_every_sentence_is_in_a_passage_and_none_is_too_large(text: str, limit: int, overlap: int) -> None:
    spans = split(article(text), count, limit, overlap, sentence_tokens=limit + 5)
    assert spans == sorted(spans)
    ends = [end for _, end in spans]
    assert len(set(ends)) == len(ends)  # each passage says something new
    for start, end in sentence_spans(text):
        size = len(text[start:end].split())
        if size <= limit + 5:
            assert any(low <= start and end <= high for low, high in spans)
    assert all(len(text[start:end].split()) <= limit + 5 for start, end in spans)
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(text[at].isspace() for at in range(len(text)) if at not in covered)
