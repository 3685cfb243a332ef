from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEncoder

from qa.errors import BadRequest
from qa.index.publish import current
from qa.lab.bench.passages import Mixer, articles_of, passages_of
from qa.lab.bench.scale import run
from qa.settings import Settings

SENTENCES = [
    f"The {name} of number {at} is made of grey stone." for at, name in enumerate("mill dam quay".split() * 9)
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    paragraphs = [
        {
            "context": " ".join(SENTENCES[at : at + 3]),
            "qas": [{"id": f"{at}", "question": f"What is number {at} made of?", "answers": []}],
        }
        for at in range(0, 27, 3)
    ]
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": [{"title": "Stone", "paragraphs": paragraphs}]}))
    return file


def test_made_passages_hold_real_sentences_and_as_many_words_as_real_ones() -> None:
    for article, places in itertools.islice(passages_of(SENTENCES, seed=1), 5):
        assert len(places) == 8
        for start, end in places:
            passage = article.text[start:end]
            assert 100 <= len(passage.split()) < 115
            assert all(f"{sentence.strip()}." in SENTENCES for sentence in passage.split(".")[:-1])


def test_the_same_seed_makes_the_same_and_another_does_not() -> None:
    one, same, other = (next(passages_of(SENTENCES, seed))[0].text for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize("count", [1, 8, 13])
def test_articles_have_as_many_passages_together_as_are_asked_for(count: int) -> None:
    assert sum(len(places) for _, places in articles_of(SENTENCES, count)) == count


def test_made_vectors_have_unit_length_and_are_near_two_real_ones() -> None:
    real = WordEncoder().encode(SENTENCES)
    made = Mixer(WordEncoder(), real).encode(["x"] * 200)
    assert np.linalg.norm(made, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert ((made @ real.T).max(axis=1) > 0.6).all()
    assert len(np.unique(made.round(4), axis=0)) == 200


@pytest.mark.parametrize("settings", [Settings(), Settings(exact_mib=0)], ids=["all", "lists"])
def test_each_count_is_built_and_measured_and_kept(file: Path, tmp_path: Path, settings: Settings) -> None:
    kept = tmp_path / "kept"

    told = run(
        file, [90, 20], questions=4, folder=kept, settings=settings, encoder=WordEncoder(), server=False
    )

    assert (told["real_paragraphs"], told["questions"]) == (9, 4)
    assert [one["passages"] for one in told["scale"]] == [90, 20]
    for one in told["scale"]:
        assert one["recall_at_10"] == 1.0  # so few stand in one or two lists
        assert bool(one["lists"]) == (settings.exact_mib == 0)
        assert one["disk_mib"]["all"] > 0
        assert one["build_peak_memory_mib"] > 0
        assert set(one["milliseconds"]) == {"retrieval", "dense", "lexical"}
    before = current(kept / "90").name
    again = run(file, [90], questions=4, folder=kept, settings=settings, encoder=WordEncoder(), server=False)
    assert current(kept / "90").name == before
    assert again["scale"][0]["build_s"] == told["scale"][0]["build_s"]


@pytest.mark.parametrize(("counts", "questions"), [([], 5), ([0], 5), ([10], 0)])
def test_nothing_to_measure_is_refused(file: Path, counts: list[int], questions: int) -> None:
    with pytest.raises(BadRequest, match="at least 1"):
        run(file, counts, questions=questions, encoder=WordEncoder(), server=False)


def test_a_file_without_questions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text('{"data": []}')
    with pytest.raises(BadRequest, match="no question"):
        run(tmp_path / "none.json", [10], encoder=WordEncoder(), server=False)
