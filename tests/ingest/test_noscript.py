"""What a page holds for browsers without scripts goes, and nothing else of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa.ingest.shown import parse, without_noscript

# Among them letters whose lower case is longer, or is an ASCII letter.
TEXTS = st.text(alphabet=[*"İıſKaZ é\n/-!>\"'", "\U00010400"])
TAGS = st.sampled_from(["noscript", "NOSCRIPT", "NoScript"])


@given(TEXTS, TAGS, TEXTS, TAGS, TEXTS)
def test_a_noscript_goes_with_all_it_holds(
    before: str, opening: str, held: str, closing: str, after: str
) -> None:
    page = f"{before}<{opening} class=a>{held}<p>{held}</p></{closing} >{after}"
    assert without_noscript(page) == before + after


@given(TEXTS, st.sampled_from(["script", "style", "TextArea", "title"]), TEXTS)
def test_raw_text_before_it_stays_whatever_it_holds(text: str, name: str, held: str) -> None:
    raw = f"<{name}>{held}<p></{name}>"
    assert without_noscript(f"{text}{raw}<noscript>{held}</noscript>{text}") == text + raw + text
    assert without_noscript(f"<!--{text}<script>--><noscript>{held}</noscript>") == f"<!--{text}<script>-->"


@given(TEXTS, TEXTS)
def test_of_one_left_open_only_its_tag_goes(before: str, after: str) -> None:
    assert without_noscript(f"{before}<noscript>{after}") == before + after


def test_a_noscript_in_a_script_and_one_left_open_take_nothing_away() -> None:
    page = (
        "<body><script>var a = '<noscript>';</script><p>one</p><noscript>two</noscript><noscript><p>three</p>"
    )
    tree = parse(without_noscript(page))
    assert tree is not None
    assert [p.text for p in tree.iter("p")] == ["one", "three"] and "two" not in tree.text_content()
