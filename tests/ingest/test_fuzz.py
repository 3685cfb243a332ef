"""Thousands of files of every format, a third of them damaged: none crashes the build, none is lost."""

import random
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from ingest.making import FORMATS, damaged

from qa.english.sentences import sentence_spans
from qa.ingest.collect import Collection, collect
from qa.ingest.split import split
from qa.records import Article

FILES = 5_400
DAMAGED_SHARE = 1 / 3
SEED = 20_240_611


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Collection]:
    folder = tmp_path_factory.mktemp("fuzz")
    rng = random.Random(SEED)
    for number in range(FILES):
        suffix, make = rng.choice(list(FORMATS.items()))
        data = make(rng)
        if rng.random() < DAMAGED_SHARE:
            data = damaged(data, rng)
        (folder / f"{number % 7}").mkdir(exist_ok=True)
        (folder / f"{number % 7}" / f"{number}{suffix}").write_bytes(data)
    return folder, collect([folder], today=date(2026, 6, 1))


def test_nothing_given_is_lost(given: tuple[Path, Collection]) -> None:
    folder, collection = given
    assert collection.files_read == FILES
    assert len(collection.articles) + collection.duplicates + len(collection.rejected) == collection.given
    named = [article.path for article in collection.articles]
    named += [path for article in collection.articles for path in article.also_in]
    named += [item.path for item in collection.rejected]
    assert len(named) == len(set(named)) == collection.given
    met = {re.sub(r"#\d+$", "", path) for path in named}
    blank = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.jsonl")
        if not path.read_bytes().strip()
    }
    assert met | blank == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }


def test_every_format_gives_articles_and_every_rejection_has_a_reason(given: tuple[Path, Collection]) -> None:
    _, collection = given
    assert {Path(article.path.partition("#")[0]).suffix for article in collection.articles} == set(FORMATS)
    assert len(collection.articles) > FILES / 2
    assert all(item.reason.strip() for item in collection.rejected)
    # A reason that names a Python error is a gap in ours; libraries raise what they like on damaged files.
    named = [i.reason for i in collection.rejected if re.search(r"\w+(Error|Exception)\b", i.reason)]
    assert not [reason for reason in named if reason.startswith("it cannot be cleaned")]
    assert len(named) < 0.02 * FILES


_LIGATURES = re.compile("[\ufb00-\ufb06]")


def letters(text: str) -> str:
    """What no cleaning changes: ASCII letters and digits, ligatures taken apart."""
    text = _LIGATURES.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    return re.sub(r"[^A-Za-z0-9]", "", text)


def is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(c in rest for c in short)


def check_places(article: Article) -> None:
    """Every sentence leads back to the raw text that it was made from, and the sentences to it in order."""
    before = (0, 0)
    for start, end in sentence_spans(article.text):
        raw_start, raw_end = article.alignment.to_raw(start, end)
        # Two sentences may share a repaired stretch, so their ends may overlap, but never their order.
        assert raw_start < raw_end <= len(article.raw)
        assert before[0] <= raw_start and before[1] <= raw_end
        before = (raw_start, raw_end)
        said, raw = article.text[start:end], article.raw[raw_start:raw_end]
        assert said == raw or is_subsequence(letters(said), letters(raw))
        assert raw[0] not in " \r\n" and raw[-1] not in " \r\n"


def test_every_sentence_of_every_article_leads_back_to_its_file(given: tuple[Path, Collection]) -> None:
    _, collection = given
    for article in collection.articles:
        check_places(article)


def test_every_article_falls_into_passages_that_hold_all_of_it(given: tuple[Path, Collection]) -> None:
    _, collection = given
    for article in collection.articles:
        spans = split(article, lambda texts: [len(text) // 4 + 1 for text in texts], 60, sentence_tokens=80)
        assert all(0 <= start < end <= len(article.text) for start, end in spans)
        held: set[int] = set()
        for start, end in spans:
            held.update(range(start, end))
            assert (end - start) // 4 <= 80 + 10
        assert all(article.text[at].isspace() for at in range(len(article.text)) if at not in held)


def test_the_same_files_give_the_same_articles(given: tuple[Path, Collection]) -> None:
    folder, _ = given
    some, again = (collect([folder / "3"], today=date(2026, 6, 1)) for _ in range(2))
    assert some == again
