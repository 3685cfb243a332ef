"""Letters and digits alone, of one text or of many at once."""

from __future__ import annotations

import pytest

from qa.ingest.bare import bare, bare_each

TEXTS = ["", "a_b c", "Größe: 5 µm!", "東京、2024年", "x\u00ady", "\ud800.", "—", "e\u0301"]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_left_is_every_letter_and_digit_in_its_order(text: str) -> None:
    assert bare(text) == "".join(filter(str.isalnum, text))


@pytest.mark.parametrize("texts", [[], [""], TEXTS, [*TEXTS, "a\0b", "\0"]])
def test_many_at_once_are_as_one_by_one(texts: list[str]) -> None:
    assert bare_each(texts) == [bare(text) for text in texts]
