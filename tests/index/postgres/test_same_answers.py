"""The committed gold questions get the same answers, from the same places, whichever store the articles are in."""

from __future__ import annotations

import shutil
from pathlib import Path

from qa.engine import Engine
from qa.lab.sets import gold
from qa.ports import Encoder
from qa.upkeep.index import index

GOLD = Path(__file__).parents[2] / "regression"
# Two articles say it in other words, "Antony Blinken" and "Antony Blinken and NATO Secretary General Jens Stoltenberg",
# and are as likely; which stands first follows the ranks by words, which the stores do not share (docs/scale.md).
NEAR_TIES = {"demo-07"}


def test_the_gold_questions_get_the_same_answers_from_both_stores(
    address: str, seeds: Path, encoder: Encoder, tmp_path: Path
) -> None:
    articles = tmp_path / "articles"
    shutil.copytree(GOLD / "articles", articles)
    shutil.copytree(seeds, articles, dirs_exist_ok=True)
    engines = []
    for place in (tmp_path / "data", address):
        index([articles], place, encoder=encoder)
        engines.append(Engine.open(place, encoder=encoder))
    for asked in gold.read(GOLD / "questions.jsonl")[::3]:
        one, other = (engine.ask(asked.question) for engine in engines)
        if asked.id in NEAR_TIES:
            assert one.outcome == other.outcome == "answer"
            assert {cited.file for cited in one.citations} == {cited.file for cited in other.citations}
            continue
        assert (one.text, one.citations, one.outcome) == (other.text, other.citations, other.outcome), (
            asked.id
        )
