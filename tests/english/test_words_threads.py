from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.english import words

LETTERS = "abcdefghilmnoprstu"
ENDINGS = ("ational", "iveness", "fulness", "ization", "ements", "ables", "ically", "edly", "ings", "ness")


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns after as little as possible."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_that_stem_at_once_do_not_disturb_one_another(hasty: None) -> None:
    rng = random.Random(7)
    texts = [
        " ".join("".join(rng.choices(LETTERS, k=6)) + rng.choice(ENDINGS) for _ in range(40))
        for _ in range(60)
    ]
    alone = [words.in_order(text) for text in texts]
    words._stem.cache_clear()

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(words.in_order, texts))

    assert together == alone
