"""Lines are made normal in fewer steps than the rules would take one by one, and come out the same."""

from __future__ import annotations

import pytest
from ftfy.badness import is_bad

from qa.ingest.lines import is_mojibake


@pytest.mark.parametrize("around", ["a{}b", "A{}B", " {} ", "{} a", "a {}", ".{}.", "1{}1", '"{}"'])
def test_a_letter_beyond_ascii_that_stands_alone_is_mojibake_where_ftfy_says_so(around: str) -> None:
    lines = (around.format(chr(code)) for code in range(0x80, 0x3000))
    assert [line for line in lines if is_mojibake(line) != bool(is_bad(line))] == []


@pytest.mark.parametrize("line", ["schÃ¶n", "donâ€™t", "Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "Ã ", "cafÂ ", "cœ.", "\x92"])
def test_mojibake_is_found(line: str) -> None:
    assert is_mojibake(line)
    assert is_bad(line)
