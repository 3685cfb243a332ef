from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import WordEncoder

from qa.lab.sets import training as train_data
from qa.lab.sets.training import HALF_A, QAMR, SPECIFIC, VAGUE, Example, Recipe, TrainingData, without_answer

WORDS = [
    first + last for first in "bal cor dun fen gar hol kin lom".split() for last in "a er ing ow um".split()
]
Build = Callable[..., TrainingData]


def _sentence(rng: random.Random, name: str) -> str:
    return f"{' '.join(rng.choices(WORDS, k=9))} {name} {' '.join(rng.choices(WORDS, k=9))}."


def _paragraphs(prefix: str, count: int, seed: int, *, unanswerable: bool = False) -> list[dict[str, Any]]:
    """Of each paragraph the name of its own is asked: `answers` start where it says."""
    rng = random.Random(seed)
    result = []
    for number in range(count):
        name, year = f"{prefix}{number}", str(1500 + number)
        context = f"{_sentence(rng, name)} It was in {year} that {_sentence(rng, 'they')}"
        answer = {"text": name, "answer_start": context.index(name)}
        about = context.split()[0]
        qas = [{"id": f"{name}-1", "question": f"What {about} was there in {year}?", "answers": [answer]}]
        if unanswerable:
            qas.append({"id": f"{name}-2", "question": f"Why was {name} late?", "answers": []})
        result.append({"context": context, "qas": qas})
    return result


def _asked(question: str, answer: str, at: int) -> dict[str, Any]:
    return {"id": question, "question": question, "answers": [{"text": answer, "answer_start": at}]}


def _write(folder: Path, name: str, titles: dict[str, list[dict[str, Any]]]) -> None:
    document = {"data": [{"title": title, "paragraphs": paragraphs} for title, paragraphs in titles.items()]}
    (folder / f"{name}.json.gz").write_bytes(gzip.compress(json.dumps(document).encode()))


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """TrainingData over small files of invented words, retrieved among by shared words."""
    monkeypatch.setattr(train_data, "Encoder", WordEncoder)
    folder = tmp_path / "data"
    folder.mkdir()
    (wiki,) = SPECIFIC
    _write(folder, wiki, {f"Wiki {n}": _paragraphs(f"Wiki{n}x", 4, seed=n) for n in range(8)})
    for seed, name in enumerate(VAGUE):
        _write(folder, name, {name: _paragraphs(f"Vague{seed}x", 60, seed=100 + seed)})
    half_a = {f"Half {n}": _paragraphs(f"Half{n}x", 4, seed=200 + n, unanswerable=True) for n in range(5)}
    _write(folder, HALF_A, half_a)
    _write(folder, QAMR, {"Qamr": _paragraphs("Qamrx", 12, seed=300)})

    def make(recipe: Recipe | None = None, *measured: Path) -> TrainingData:
        recipe = recipe or Recipe(qamr_questions=10)
        return TrainingData(folder, recipe, measured, tmp_path / "cache")

    return make


def _contexts(folder: Path, name: str) -> dict[str, list[str]]:
    document = json.loads(gzip.decompress((folder / f"{name}.json.gz").read_bytes()))
    return {article["title"]: [p["context"] for p in article["paragraphs"]] for article in document["data"]}


def _some_epochs(data: TrainingData) -> list[Example]:
    return [example for number in range(4) for example in data.epoch(number)]


# --- what is measured is left out


def test_what_shares_thirteen_words_with_what_is_measured_is_dropped(build: Build, tmp_path: Path) -> None:
    (wiki,) = SPECIFIC
    contexts = _contexts(tmp_path / "data", wiki)["Wiki 3"]
    thirteen, twelve = contexts[0].split()[2:15], contexts[1].split()[2:14]
    measured = tmp_path / "measured.txt"
    # Capitals and punctuation do not make it another text.
    measured.write_text(f"Before. {', '.join(thirteen).upper()}! After. {' '.join(twelve)}", encoding="utf-8")

    data = build(None, measured)

    assert data.dropped == {wiki: 1, **dict.fromkeys(VAGUE, 0), HALF_A: 0, QAMR: 0}
    kept = {example.context for example in [*data.held_out, *_some_epochs(data)]}
    assert contexts[0] not in kept
    assert contexts[1] in kept


def test_measured_files_in_squads_layout_count_and_every_collection_is_filtered(
    build: Build, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    copied = {name: next(iter(_contexts(folder, name).values()))[:2] for name in (*SPECIFIC, *VAGUE, QAMR)}
    paragraphs = [{"context": context, "qas": []} for contexts in copied.values() for context in contexts]
    _write(tmp_path, "dev", {"Copied": paragraphs})

    data = build(None, tmp_path / "dev.json.gz")

    assert data.dropped == {**dict.fromkeys(copied, 2), HALF_A: 0}
    kept = {example.context for example in [*data.held_out, *_some_epochs(data)]}
    for contexts in copied.values():
        assert not [context for context in kept for copy in contexts if copy in context]


# --- what is held out


def test_whole_articles_are_held_out(build: Build) -> None:
    data = build()
    (wiki,) = SPECIFIC

    trained = {(example.file, example.title) for example in data.epoch(0)}
    held_out = {(example.file, example.title) for example in data.held_out}

    for name, titles in ((wiki, 4), (HALF_A, 2)):
        assert len({title for file, title in held_out if file == name}) == titles
        assert not {title for file, title in held_out if file == name} & {t for f, t in trained if f == name}


def test_no_held_out_context_is_trained_on_even_as_a_null(build: Build) -> None:
    data = build(Recipe(qamr_questions=10, retrieved=5.0, retrieved_vague=5.0))

    unseen = {example.context for example in data.held_out if example.kind in ("own", "human")}
    trained = _some_epochs(data)

    held_out = {example.file for example in data.held_out}
    assert held_out >= {*SPECIFIC, HALF_A} and held_out & {*VAGUE}
    assert [example for example in trained if example.kind == "retrieved"]
    assert not [example for example in trained if example.context in unseen]


def test_half_a_can_be_left_out(build: Build) -> None:
    data = build(Recipe(half_a=False, qamr_questions=10))

    assert HALF_A not in data.dropped
    examples = [*data.held_out, *_some_epochs(data)]
    assert not [example for example in examples if example.file == HALF_A or example.kind == "human"]


# --- what an epoch holds


def test_answers_stand_where_they_are_said_to_and_nulls_have_none(build: Build) -> None:
    data = build()

    examples = [*data.held_out, *_some_epochs(data)]

    assert {example.kind for example in examples} == {"own", "human", "retrieved", "cut", "near_miss"}
    for example in examples:
        assert bool(example.answers) == (example.kind == "own")
        for text, start in example.answers:
            assert example.context[start : start + len(text)] == text


def test_retrieved_nulls_are_other_contexts_without_the_answer(build: Build) -> None:
    data = build(Recipe(vague=1.0, qamr_questions=10, retrieved=3.0, retrieved_vague=3.0))
    own = {e.question: e for e in [*data.epoch(0), *data.held_out] if e.kind == "own"}

    retrieved = [e for e in [*_some_epochs(data), *data.held_out] if e.kind == "retrieved"]

    assert retrieved
    for example in retrieved:
        asked = own[example.question]
        assert example.context != asked.context
        assert asked.answers[0][0].lower() not in example.context.lower()


@pytest.mark.parametrize(
    ("answers", "rest"),
    [
        ([("Anna", 0)], "It rained. Nobody saw Jan."),
        ([("rained", 22)], "Anna met Jan in Brno. Nobody saw Jan."),
        ([("Jan", 9)], None),  # it stands in another sentence too
        ([("Anna", 0), ("rained", 25)], "Nobody saw Jan."),
        ([("Anna met Jan in Brno. It rained. Nobody saw Jan.", 0)], None),
    ],
)
def test_the_sentence_that_answers_can_be_cut(answers: list[tuple[str, int]], rest: str | None) -> None:
    assert without_answer("Anna met Jan in Brno. It rained. Nobody saw Jan.", answers) == rest


def test_a_question_asked_of_two_contexts_gets_neither_as_a_null(build: Build, tmp_path: Path) -> None:
    (wiki,) = SPECIFIC
    asked = "What balaer coring dunow was it?"
    contexts = [
        f"{' '.join(WORDS[:12])} {name} was balaer coring dunow it." for name in ("Alfa", "Beta", "Gamma")
    ]
    qas = [[_asked(asked, name, contexts[n].index(name))] for n, name in enumerate(("Alfa", "Beta"))] + [[]]
    paragraphs = [{"context": c, "qas": q} for c, q in zip(contexts, qas, strict=True)]
    titles = {f"Wiki {n}": _paragraphs(f"Wiki{n}x", 4, seed=n) for n in range(8)}
    _write(
        tmp_path / "data", wiki, {**titles, "Twice": paragraphs, "Other": _paragraphs("Other", 9, seed=77)}
    )

    data = build(Recipe(qamr_questions=10, retrieved=8.0))

    nulls = [
        e.context
        for e in [*_some_epochs(data), *data.held_out]
        if e.question == asked and e.kind == "retrieved"
    ]
    assert nulls
    assert not {contexts[0], contexts[1]} & set(nulls)


def test_near_misses_ask_something_else_of_the_same_context(build: Build) -> None:
    data = build(Recipe(qamr_questions=10, near_miss=1.0))
    own = {(e.question, e.context) for e in data.epoch(0) if e.kind == "own"}
    contexts = {context for _, context in own}

    near_misses = [e for e in data.epoch(0) if e.kind == "near_miss"]

    assert near_misses
    for example in near_misses:
        assert example.context in contexts
        assert (example.question, example.context) not in own


def test_exchanged_names_are_trained_on_and_never_held_out(build: Build, tmp_path: Path) -> None:
    (wiki,) = SPECIFIC
    named = [
        {
            "context": f"In 19{n} did Anna leave, and Peter stayed.",
            "qas": [_asked("When did Anna leave?", f"19{n}", 3)],
        }
        for n in range(10, 40)
    ]
    _write(tmp_path / "data", wiki, {f"Named {n}": named[n : n + 3] for n in range(0, 30, 3)})

    data = build(Recipe(qamr_questions=10, exchanged=1.0))

    trained = [example for example in data.epoch(0) if example.file == wiki]
    contexts = {example.context for example in trained if example.kind == "own"}
    assert {(e.question, e.context, e.answers) for e in trained if e.kind == "exchanged"} == {
        ("When did Peter leave?", context, ()) for context in contexts
    }
    assert contexts and not [example for example in data.held_out if example.kind == "exchanged"]


def test_qamr_sentences_are_joined_and_only_some_questions_are_taken(build: Build, tmp_path: Path) -> None:
    sentences = _contexts(tmp_path / "data", QAMR)["Qamr"]
    data = build(Recipe(qamr_questions=7, qamr_sentences=3))

    joined = [example for example in data.epoch(0) if example.file == QAMR]

    assert len(joined) == 7
    for example in joined:
        assert sum(example.context.count(sentence) for sentence in sentences) == 3
        assert len(example.context) == sum(len(s) * example.context.count(s) for s in sentences) + len("  ")


# --- again and again


def test_epochs_differ_and_each_depends_on_its_number_alone(build: Build) -> None:
    one, other = (build(Recipe(vague=1.0, qamr_questions=10)) for _ in range(2))

    backwards = {number: other.epoch(number) for number in (2, 0, 1)}

    assert other.held_out == one.held_out
    for number in (0, 1, 2):
        assert backwards[number] == one.epoch(number)
    assert sorted(map(repr, one.epoch(0))) != sorted(map(repr, one.epoch(1)))
    own = [sorted(repr(e) for e in one.epoch(n) if e.kind == "own" and e.file != QAMR) for n in (0, 1)]
    assert own[0] == own[1]


def test_half_a_can_come_more_than_once_an_epoch(build: Build) -> None:
    once, thrice = (build(Recipe(qamr_questions=10, half_a_times=times)) for times in (1, 3))

    for file, times in ((HALF_A, 3), *((name, 1) for name in SPECIFIC)):
        own = [sum(e.file == file and e.kind == "own" for e in data.epoch(0)) for data in (once, thrice)]
        assert own[1] == times * own[0] > 0


def test_an_epoch_holds_a_share_of_the_vague_contexts_and_another_the_next_time(build: Build) -> None:
    data = build(Recipe(vague=0.5, qamr_questions=10))

    seen = [{e.context for e in data.epoch(n) if e.file in VAGUE and e.kind == "own"} for n in range(6)]

    everything = {e.context for e in data.train if e.file in VAGUE}
    assert {len(contexts) for contexts in seen} == {len(everything) - round(len(everything) / 2)}
    assert set().union(*seen) > seen[0] != seen[1]


def test_another_seed_gives_another_epoch(build: Build) -> None:
    assert build(Recipe(qamr_questions=10, seed=1)).epoch(0) != build(Recipe(qamr_questions=10)).epoch(0)


def test_what_was_retrieved_is_kept_for_the_next_time(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build()

    def never() -> None:
        raise AssertionError("encoded again")

    monkeypatch.setattr(train_data, "Encoder", never)

    assert build().epoch(0) == first.epoch(0)
