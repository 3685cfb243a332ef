from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import WordEncoder

from qa.index.local import LocalStore
from qa.index.publish import current
from qa.lab.train.mixture import Example, pieces
from qa.lab.train.retrieved import RetrievedExample, ask, index, write
from qa.settings import Settings

SETTINGS = Settings(passage_tokens=16)
FERRY = "The ferry crossed the river at dawn. " + "It was cold and grey that day. " * 4 + "Anna steered it."
BRIDGE = "The bridge over the river was built in 1880. Many people came to see it then."


def _example(question: str, context: str, answer: str) -> Example:
    return Example("main", "Rivers_of_it", question, context, ((answer, context.rindex(answer)),))


EXAMPLES = [
    _example("When was the bridge over the river built?", BRIDGE, "1880"),
    _example("Who was it that Anna steered?", FERRY, "Anna"),
]


@pytest.fixture(scope="module")
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="module")
def article_of(encoder: WordEncoder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("index")
    return folder, index(folder, EXAMPLES, encoder, SETTINGS)


@pytest.fixture
def store(article_of: tuple[Path, dict[str, str]]) -> Iterator[LocalStore]:
    opened = LocalStore(current(article_of[0]))
    yield opened
    opened.close()


def test_contexts_are_cut_as_the_product_cuts_them_and_kept(
    store: LocalStore, article_of: tuple[Path, dict[str, str]], encoder: WordEncoder
) -> None:
    folder, ids = article_of
    pieces = store.passages_of(ids[FERRY])

    assert len(pieces) > 1 and all(len(piece.text.split()) <= 16 for piece in pieces)
    assert len(store.passages_of(ids[BRIDGE])) == 1
    before = len(encoder.encoded)
    assert index(folder, EXAMPLES, encoder, SETTINGS) == ids
    assert len(encoder.encoded) == before


def testpieces_with_the_answers_words_are_no_nulls_and_its_own_is_marked(
    store: LocalStore, article_of: tuple[Path, dict[str, str]], encoder: WordEncoder
) -> None:
    built, steered = ask(store, encoder, SETTINGS, EXAMPLES, article_of[1])

    ((number, text, at),) = built.answering
    (piece,) = store.passages([number])
    assert piece.text[at : at + len(text)] == text == "1880"
    ((number, text, at),) = steered.answering
    (piece,) = store.passages([number])
    assert piece.start > 0  # the answer's place counts from the piece's beginning
    assert piece.text[at : at + len(text)] == text == "Anna"
    for one, said in ((built, "1880"), (steered, "Anna")):
        others = store.passages(list(one.others))
        assert others and not [p for p in others if said in p.text]


def test_a_question_whose_own_piece_is_not_found_is_left_out(
    store: LocalStore, article_of: tuple[Path, dict[str, str]], encoder: WordEncoder
) -> None:
    settings = Settings(passage_tokens=16, top_k=1)
    elsewhere = _example("When was the bridge over the river built?", FERRY, "Anna")

    assert list(ask(store, encoder, settings, [elsewhere], article_of[1])) == []


def test_what_is_written_is_read_as_examples(store: LocalStore, tmp_path: Path) -> None:
    first, *_, last = store.all_passage_ids().tolist()
    texts = [passage.text for passage in store.passages([last, first])]
    file = tmp_path / "retrieved.json.gz"

    write(file, store, [RetrievedExample("Title", "Who?", ((last, "it", 4),), (first,))])

    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert len(json.loads(gzip.decompress(file.read_bytes()))["passages"]) == 2
    assert pieces(file) == [
        Example("retrieved", "Title", "Who?", texts[0], (("it", 4),), 0),
        Example("retrieved", "Title", "Who?", texts[1], (), 0),
    ]
