"""Copies are grouped, things that only look alike are not, and what a source repeats everywhere is no text."""

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qa.ingest import dedupe
from qa.ingest.collect import Collection, collect
from qa.ingest.dedupe import copies, sketch

STORY = (
    "The harbour board voted on Tuesday to dredge the eastern channel to a depth of 9.5 metres before the winter. "
    "The work will cost 2.4 million and is to begin in August, said the chair of the board, Orla Benn. "
    "Fishermen had asked for it since two boats ran aground off the mole in March of last year. "
    "The spoil will be taken to the old quarry at Fell, where the county wants to make a meadow of it. "
    "A second vote, on whether to close the inner basin, was put off until the September meeting."
)


def groups(texts: list[str]) -> list[list[int]]:
    return copies([sketch(text) for text in texts], texts.__getitem__)


def test_exact_copies_ignore_case_spaces_and_punctuation() -> None:
    assert groups(["A short note.", "a  SHORT note", "Another note"]) == [[0, 1], [2]]


def test_near_copies_of_one_story_are_one_group() -> None:
    edited = STORY.replace("Tuesday", "tuesday evening").replace("Fishermen", "The fishermen")
    assert groups([STORY, "Something else entirely.", edited]) == [[0, 2], [1]]


def test_a_shortened_copy_belongs_to_the_whole() -> None:
    assert groups([STORY, STORY[: STORY.index("The spoil")]]) == [[0, 1]]


def test_the_same_form_with_other_numbers_is_no_copy() -> None:
    other = STORY.replace("9.5", "7.25").replace("2.4 million", "880,000")
    assert groups([STORY, other]) == [[0], [1]]


def test_short_texts_that_differ_by_a_word_are_no_copies() -> None:
    assert groups(["The capital of Arvenia is Vestgrad.", "The capital of Arvenia is Nym."]) == [[0], [1]]


def test_one_speaks_and_names_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(STORY)
    (tmp_path / "b.txt").write_text("date 2021-03-04 " + STORY)
    (tmp_path / "c.txt").write_text(STORY.replace("Tuesday", "tuesday"))
    collection = collect([tmp_path])
    (article,) = collection.articles
    assert (article.path, article.also_in) == ("b.txt", ("a.txt", "c.txt"))  # the one that knows its date
    assert (collection.duplicates, collection.given) == (2, 3)


def test_texts_of_one_template_are_taken_apart_once() -> None:
    """Though each is compared with all of the others, for it differs from them in its numbers alone."""
    texts = [STORY.replace("9.5", f"{n}.5").replace("2.4 million", f"{n},000") for n in range(10, 60)]
    asked: list[int] = []

    def text_of(at: int) -> str:
        asked.append(at)
        return texts[at]

    assert copies([sketch(text) for text in texts], text_of) == [[n] for n in range(len(texts))]
    assert sorted(asked) == list(range(len(texts)))


def _crowd(size: int) -> list[str]:
    """Texts made from one template, each with numbers and names of its own."""
    draw = random.Random(7)
    return [
        STORY.replace("9.5", str(draw.randrange(10**6)))
        .replace("2.4 million", str(draw.randrange(10**6)))
        .replace("Orla Benn", draw.choice(("Ada", "Bo", "Cy", "Di")) + f" {draw.randrange(10**6)}")
        for _ in range(size)
    ]


def test_of_a_crowd_made_from_one_template_each_is_compared_with_a_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[int] = []
    alike = dedupe._alike

    def counted(one: Any, other: Any) -> bool:
        compared[-1] += 1
        return alike(one, other)

    monkeypatch.setattr(dedupe, "_alike", counted)
    monkeypatch.setattr(dedupe, "ALL_COMPARED", 50)
    for size in (50, 200, 400):
        compared.append(0)
        assert len(groups(_crowd(size))) == size
    few, many, twice = compared
    assert few <= 50 * 49 // 2
    assert many <= 200 * dedupe.BANDS * dedupe.NEAREST
    assert twice < 2.5 * many


def test_near_copies_are_found_in_a_crowd_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dedupe, "ALL_COMPARED", 50)
    texts = _crowd(300)
    texts += [text.replace("Tuesday", "tuesday evening") for text in texts[::30]]
    found = [group for group in groups(texts) if len(group) > 1]
    assert found == [[n * 30, 300 + n] for n in range(10)]


def written(tmp_path: Path, texts: list[str], source: str | None) -> Collection:
    lines = [json.dumps({"title": f"T{n}", "text": text, "source": source}) for n, text in enumerate(texts)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    return collect([tmp_path], today=date(2026, 6, 1))


FOOT = "The Echo is the voice of the harbour since 1881 and is printed at Tolle."


def test_a_paragraph_in_most_articles_of_a_source_is_furniture(tmp_path: Path) -> None:
    texts = [f"Report {n}: boat number {n} came home with {n} crates of fish.\n\n{FOOT}" for n in range(8)]
    articles = written(tmp_path, texts, "The Echo").articles
    assert len(articles) == 8
    assert all(
        FOOT not in article.text and f"boat number {n} came" in article.text
        for n, article in enumerate(articles)
    )


def test_a_paragraph_in_a_few_articles_is_background_and_stays(tmp_path: Path) -> None:
    texts = [f"Report {n}: boat number {n} came home with fish.\n\n{FOOT if n < 3 else ''}" for n in range(8)]
    assert sum(FOOT in article.text for article in written(tmp_path, texts, "The Echo").articles) == 3


def test_headings_that_notes_share_stay(tmp_path: Path) -> None:
    texts = [
        f"Summary\n\nBoat number {n} came home with {n} crates of fish.\n\nNext steps\n\nMend net {n}."
        for n in range(8)
    ]
    assert all("Next steps" in article.text for article in written(tmp_path, texts, None).articles)
