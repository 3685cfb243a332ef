"""What is asked, of which index: the demo articles with gold questions, or a file in SQuAD's layout."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from qa.errors import BadRequest
from qa.lab.sets import gold, squad
from qa.lab.sets.collection import write_collection
from qa.records import Turn
from qa.settings import Settings
from qa.snapshot import open_encoder
from qa.upkeep.index import index

# Questions asked before the clock counts, and never again: the first ones load pages and fill caches.
WARM = 5


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    history: tuple[Turn, ...] = ()
    golds: tuple[str, ...] = ()  # acceptable answers, where they are known


@dataclass(frozen=True, slots=True)
class Corpus:
    """An index in the folder `data`, and what is asked of it. Nothing of `warming` is among `questions`."""

    name: str
    data: Path
    warming: tuple[Question, ...]
    questions: tuple[Question, ...]


@contextmanager
def demo(articles: Sequence[Path], questions: Path, limit: int | None) -> Iterator[Corpus]:
    """The articles in these folders, with the gold questions whose sources are among them; gone when the block ends.

    Raises BadRequest, NothingToIndex.
    """
    with TemporaryDirectory() as folder:
        data = Path(folder)
        index(articles, data)
        files = {file.name for root in articles for file in [root, *root.rglob("*")]}
        asked = [
            Question(one.question, one.history, one.answers)
            for one in gold.read(questions)
            if files.issuperset(source.rpartition("/")[2] for source in one.sources)
        ]
        yield _corpus(", ".join(map(str, articles)), data, asked, limit)


@contextmanager
def of_squad(file: Path, limit: int | None) -> Iterator[Corpus]:
    """All paragraphs of the file, one passage each, with its answerable questions; gone when the block ends."""
    paragraphs = squad.read(file)
    settings = Settings()
    with TemporaryDirectory() as folder:
        data = Path(folder)
        titled = list(dict.fromkeys((p.title, p.context) for p in paragraphs))
        write_collection(data, titled, open_encoder(settings.encoder), settings)
        yield _corpus(file.name, data, _answerable(paragraphs), limit)


@contextmanager
def squad_files(file: Path) -> Iterator[tuple[Path, Sequence[Question]]]:
    """All paragraphs of the file in a folder, a text file each, and its answerable questions in an order that is drawn,
    each once; the folder is gone when the block ends."""
    paragraphs = squad.read(file)
    with TemporaryDirectory() as place:
        folder = Path(place) / "paragraphs"
        folder.mkdir()
        for number, paragraph in enumerate(paragraphs):
            title = paragraph.title.replace("_", " ")
            (folder / f"{number:06d}.txt").write_text(f"{title}\n\n{paragraph.context}\n", encoding="utf-8")
        yield folder, _drawn(_answerable(paragraphs))


def _answerable(paragraphs: Sequence[squad.Paragraph]) -> list[Question]:
    return [Question(q.text, (), q.answer_texts) for p in paragraphs for q in p.questions if q.answerable]


def _corpus(name: str, data: Path, asked: Sequence[Question], limit: int | None) -> Corpus:
    drawn = _drawn(asked)
    if len(drawn) < 2:
        raise BadRequest(f"There are {len(drawn)} questions to ask of {name}; at least 2 are needed.")
    warm = min(WARM, len(drawn) // 2)
    end = None if limit is None else warm + limit
    return Corpus(name, data, tuple(drawn[:warm]), tuple(drawn[warm:end]))


def _drawn(asked: Sequence[Question]) -> list[Question]:
    """Each once, in an order that is always the same: neighbours in a file ask of the same passage."""
    distinct = list({(one.text, one.history): one for one in asked}.values())
    return random.Random(1).sample(distinct, len(distinct))
