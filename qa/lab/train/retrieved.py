r"""Questions -> what the product finds for them among the training articles, or those held out, as it cuts them.

    python -m qa.lab.train.retrieved --data FOLDER --measured FILE... --to runs/reader/retrieved.json.gz

In service nine of ten passages do not answer, and all are pieces of the product's own size. A question is kept where a
piece that holds its answer is among those found: where it is not, the question mostly names no subject ("What colour is
it?"), and pieces of other articles may well answer it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.answer.retrieve.fuse import search
from qa.index.publish import pointed_at
from qa.ingest.split import split
from qa.lab.sets.collection import article_id, put_into_service
from qa.lab.sets.progress import counted
from qa.ports import Encoder, Store
from qa.records import Article
from qa.settings import Settings
from qa.snapshot import open_encoder, open_store

from .main import add_data
from .mixture import Example, Measured, Mixture
from .recipe import MAIN, Recipe


@dataclass(frozen=True, slots=True)
class RetrievedExample:
    """answering: the pieces that hold the answer's place, each with where it stands in it; others: those found that do
    not hold the answer's words. Pieces are given by their numbers."""

    title: str
    question: str
    answering: tuple[tuple[int, str, int], ...]
    others: tuple[int, ...]


def index(folder: Path, examples: Sequence[Example], encoder: Encoder, settings: Settings) -> dict[str, str]:
    """An index of the examples' contexts in `folder`, unless it is there; of each context, its article's id."""
    contexts = list(dict.fromkeys((e.title, e.context) for e in examples))
    articles = [
        Article(id=article_id(n), path=article_id(n), raw=text, title=title.replace("_", " "), text=text)
        for n, (title, text) in enumerate(contexts)
    ]
    if pointed_at(folder) is None:
        limit = settings.passage_tokens
        cut = [(a, split(a, encoder.count_tokens, limit)) for a in counted(articles, "cutting")]
        put_into_service(folder, cut, encoder, settings)
    return {article.text: article.id for article in articles}


def ask(
    store: Store,
    encoder: Encoder,
    settings: Settings,
    examples: Sequence[Example],
    article_of: Mapping[str, str],
) -> Iterator[RetrievedExample]:
    """Of the answerable examples. article_of: of each context, its article's id in the store."""
    vectors = encoder.encode([e.question for e in examples])
    for example, vector in counted(list(zip(examples, vectors, strict=True)), "asking"):
        hits = search(
            store,
            example.question,
            vector,
            top_k=settings.top_k,
            candidates=settings.candidates,
            rrf_k=settings.rrf_k,
            dense_weight=settings.dense_weight,
            lexical_weight=settings.lexical_weight,
        )
        passages = [hit.passage for hit in hits]
        own = [p for p in passages if p.article_id == article_of[example.context]]
        text, at = example.answers[0]
        answering = [(p.id, text, at - p.start) for p in own if p.start <= at and at + len(text) <= p.end]
        if answering:
            others = tuple(p.id for p in passages if not _says(p.text, example.answers))
            yield RetrievedExample(example.title, example.question, tuple(answering), others)


def _says(text: str, answers: Sequence[tuple[str, int]]) -> bool:
    return any(answer.lower() in text.lower() for answer, _ in answers)


def write(file: Path, store: Store, asked: Sequence[RetrievedExample]) -> None:
    """At once or not at all; `mixture` reads it."""
    used = sorted({n for one in asked for n in (*one.others, *(n for n, _, _ in one.answering))})
    place = {id_: at for at, id_ in enumerate(used)}
    told = {
        "passages": [passage.text for passage in store.passages(used)],
        "asked": [
            {
                "title": one.title,
                "question": one.question,
                "answering": [(place[n], text, at) for n, text, at in one.answering],
                "others": [place[n] for n in one.others],
            }
            for one in asked
        ],
    }
    aside = file.with_suffix(".new")
    aside.write_bytes(gzip.compress(json.dumps(told).encode()))
    aside.replace(file)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data(parser)
    parser.add_argument("--questions", type=int, default=15_000, help="drawn from the main file's")
    parser.add_argument(
        "--held-out", action="store_true", help="questions and articles that are not trained on"
    )
    parser.add_argument("--to", type=Path, required=True, help="file to write; the index is kept beside it")
    arguments = parser.parse_args()
    recipe, settings, encoder = Recipe(weights=((MAIN, 1.0),)), Settings(), open_encoder(Settings().encoder)
    mixture = Mixture(arguments.data, recipe, Measured(arguments.measured))
    examples = (mixture.held_out if arguments.held_out else mixture.train)[MAIN]
    folder = arguments.to.parent / ("held-out-index" if arguments.held_out else "training-index")
    article_of = index(folder, examples, encoder, settings)
    answerable = [e for e in examples if e.answers]
    drawn = random.Random(recipe.seed).sample(answerable, min(arguments.questions, len(answerable)))
    store = open_store(folder)
    asked = list(ask(store, encoder, settings, drawn, article_of))
    write(arguments.to, store, asked)
    store.close()
    others = sum(len(one.others) for one in asked)
    print(json.dumps({"asked": len(drawn), "kept": len(asked), "passages that do not answer": others}))


if __name__ == "__main__":
    main()
