from __future__ import annotations

from dataclasses import asdict

from fakes import PhraseReader

from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.features import NAMES
from qa.lab.measure.ablate import Figures, table, variants
from qa.settings import Settings

MODEL = ConfidenceModel(dict.fromkeys(NAMES, 1.0), 0.0, 1.0, 0.0, 0.5)
READER, NARROW = PhraseReader("a"), PhraseReader("b")


def test_each_variant_lacks_one_part_of_the_first() -> None:
    whole, *others = variants(Settings(), READER, NARROW, MODEL)

    assert (whole.settings, whole.reader, whole.confidence) == (Settings(), READER, MODEL)
    seen = set()
    for variant in others:
        changed = asdict(variant.settings).items() - asdict(whole.settings).items()
        parts = (frozenset(changed), id(variant.reader), variant.confidence == MODEL)
        assert parts != (frozenset(), id(READER), True), variant.name
        seen.add((*parts[:2], str(variant.confidence)))
    assert len(seen) == len(others)


def test_the_table_is_markdown() -> None:
    lines = table([("all parts", Figures(5, 3, 61.25)), ("without dates", Figures(4, 3, None))]).splitlines()
    assert lines[0].count("|") == lines[1].count("|") == lines[2].count("|") == 5
    assert lines[2] == "| all parts | 5 | 3 | 61.2 |"
    assert lines[3] == "| without dates | 4 | 3 |  |"
