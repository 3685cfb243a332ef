"""What every Store promises; each factory below is held to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fakes import WordEncoder, article

from qa.errors import NotFound
from qa.filters import Filters
from qa.index.delta import Built
from qa.index.local import LocalStore
from qa.index.publish import current
from qa.ports import Ranking, Store
from qa.records import Alignment, Article, Cell, ListItem, Part, Table
from qa.settings import Settings
from qa.snapshot import open_store

FULL = replace(
    article("Ships \ud800 sail\x00 at dawn. They return at dusk.", path="sea/ships.txt", title="Ships"),
    raw="junk Ships \ud800 sail\x00 at dawn. They return at dusk.",
    published=date(2022, 2, 4),
    published_inferred=True,
    source="The Times",
    url="https://example.org/a?b=c",
    alignment=Alignment(((0, 5, 46),)),
    page_starts=(0, 20),
    also_in=("copy one.txt", "b/ö.txt"),
    language="en",
    parts=(Part(0, 24, "caption"), Part(11, 15, "credit")),
    items=(ListItem(0, 24, 3, 0, "12."), ListItem(25, 46, 3, 1, "•")),
    tables=(
        Table((Cell(0, 5, 0), Cell(6, 7, 2)), ((Cell(8, 12, 0),), (Cell(14, 16, 1), Cell(17, 21, 2)))),
        Table((Cell(25, 29, 0),), ((Cell(30, 36, 0),),)),
    ),
)
PLAIN = article("Bread is made of flour. Some add salt.", path="bread.txt", title="Baking")
TWIN = replace(
    article("Bread is made of flour. Others add seeds.", path="twin.txt", title="Baking"), source="BBC"
)
ALL = (FULL, PLAIN, TWIN)
ENCODER = WordEncoder()


def _local(folder: Path, build_index: Callable[..., Built]) -> Store:
    build_index(ALL, encoder=ENCODER, data=folder)
    return LocalStore(current(folder))


def _local_in_lists(folder: Path, build_index: Callable[..., Built]) -> Store:
    settings = Settings(exact_mib=0)
    build_index(ALL, encoder=ENCODER, data=folder, settings=settings)
    store = LocalStore(current(folder), settings)
    assert store.vectors.lists
    return store


def _postgres(address: str, build_index: Callable[..., Built]) -> Store:
    build_index(ALL, encoder=ENCODER, data=address)
    return open_store(address)


@pytest.fixture(params=[_local, _local_in_lists, _postgres], ids=["local", "local, in lists", "postgresql"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, build_index: Callable[..., Built]
) -> Iterator[Store]:
    where = request.getfixturevalue("address") if request.param is _postgres else tmp_path
    opened: Store = request.param(where, build_index)
    yield opened
    opened.close()


def _ids(store: Store) -> list[int]:
    return [passage.id for one in ALL for passage in store.passages_of(one.id)]


def test_an_article_comes_back_as_it_went_in(store: Store) -> None:
    for one in ALL:
        assert store.article(one.id) == one


def test_the_list_is_by_path_and_tells_everything_but_the_text(store: Store) -> None:
    listed = store.articles()

    assert [info.path for info in listed] == ["bread.txt", "sea/ships.txt", "twin.txt"]
    ships = listed[1]
    assert (ships.id, ships.title, ships.published, ships.published_inferred) == (
        FULL.id,
        "Ships",
        FULL.published,
        True,
    )
    assert (ships.source, ships.url, ships.also_in) == (FULL.source, FULL.url, FULL.also_in)
    assert (ships.length, ships.passages) == (len(FULL.raw), 2)


def test_several_articles_are_asked_for_at_once(store: Store) -> None:
    assert store.articles_of({FULL.id, TWIN.id}) == {FULL.id: FULL, TWIN.id: TWIN}
    assert store.articles_of([]) == {}
    with pytest.raises(NotFound, match="none"):
        store.articles_of([FULL.id, "none"])


@pytest.mark.parametrize("article_id", ["", "none", "\ud800", "' OR 1=1 --", "x" * 10_000])
def test_an_unknown_article_is_not_found_and_has_no_passages(store: Store, article_id: str) -> None:
    with pytest.raises(NotFound):
        store.article(article_id)
    assert store.passages_of(article_id) == []


def test_passages_are_cut_from_their_article_and_come_by_start(store: Store) -> None:
    for one in ALL:
        passages = store.passages_of(one.id)
        assert [p.start for p in passages] == sorted(p.start for p in passages)
        assert len(passages) == 2
        for passage in passages:
            assert passage.article_id == one.id
            assert one.text[passage.start : passage.end] == passage.text != ""


def test_passages_come_in_the_order_asked_for(store: Store) -> None:
    ids = _ids(store)
    for order in (ids, ids[::-1], [ids[2], ids[0], ids[2]], []):
        assert [passage.id for passage in store.passages(order)] == order


def test_an_unknown_passage_is_a_key_error(store: Store) -> None:
    with pytest.raises(KeyError):
        store.passages([_ids(store)[0], 12345])


def test_dense_search_gives_cosines_best_first_and_no_more_than_asked(store: Store) -> None:
    asked = ENCODER.encode(["who sails ships at dawn"])[0]

    found = store.search_dense(asked, 3)

    assert len(found) == 3
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert all(-1.001 <= score <= 1.001 for score in scores)
    assert "dawn" in store.passages([found[0][0]])[0].text
    assert sorted(id_ for id_, _ in store.search_dense(asked, 100)) == sorted(_ids(store))
    assert store.search_dense(asked, 0) == []


def test_dense_search_refuses_a_vector_of_another_dimension(store: Store) -> None:
    with pytest.raises(ValueError, match="shape"):
        store.search_dense(np.ones(3, dtype=np.float32), 5)


def test_equal_scores_come_by_id(store: Store) -> None:
    # The first sentence of the twins is the same, and so is the title before it.
    (one, first), (other, second), *_ = store.search_dense(
        ENCODER.encode(["Baking. Bread is made of flour."])[0], 5
    )
    assert first == pytest.approx(second)
    assert one < other
    (one, first), (other, second), *_ = store.search_lexical("flour", 5)
    assert first == pytest.approx(second)
    assert one < other


def test_lexical_search_finds_only_what_shares_a_term(store: Store) -> None:
    found = store.search_lexical("What is bread made of?", 10)

    assert {passage.text for passage in store.passages([id_ for id_, _ in found])} >= {
        "Bread is made of flour."
    }
    assert all("dawn" not in passage.text for passage in store.passages([id_ for id_, _ in found]))
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert len(store.search_lexical("bread", 1)) == 1
    assert store.search_lexical("zebra", 10) == []
    assert store.search_lexical("bread", 0) == []


def test_lexical_search_knows_other_forms_of_a_word(store: Store) -> None:
    assert store.search_lexical("ship sailing", 5)


@pytest.mark.parametrize(
    "question",
    ["", "?", 'bread" AND (', "text:bread^2 OR *", "bread~ [a TO b]", "\ud800 bread", "\x00", "a " * 500],
)
def test_nothing_in_a_question_is_query_syntax(store: Store, question: str) -> None:
    found = store.search_lexical(question, 5)
    assert bool(found) == ("bread" in question)


def test_a_title_is_searched_and_never_part_of_a_passage(store: Store) -> None:
    assert {p.article_id for p in store.passages([id_ for id_, _ in store.search_lexical("Baking", 9)])} == {
        PLAIN.id,
        TWIN.id,
    }
    assert all("Baking" not in passage.text for passage in store.passages(_ids(store)))


def _selected(store: Store, filters: Filters) -> list[str]:
    dense = store.search_dense(ENCODER.encode(["bread and ships"])[0], 99, (filters,))
    lexical = store.search_lexical("flour salt seeds dawn dusk", 99, (filters,))
    assert {id_ for id_, _ in dense} == {id_ for id_, _ in lexical}
    assert store.holds(filters) is bool(dense)
    return sorted({p.article_id for p in store.passages([id_ for id_, _ in dense])})


def test_no_filter_holds_everything(store: Store) -> None:
    assert _selected(store, Filters()) == sorted(one.id for one in ALL)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(published_after=date(2022, 2, 4)), [FULL]),
        (Filters(published_after=date(2022, 2, 5)), []),
        (Filters(published_before=date(2022, 2, 4)), [FULL]),
        (Filters(published_before=date(2022, 2, 3)), []),
        (Filters(source="the TIMES"), [FULL]),
        (Filters(source="example.org"), [FULL]),
        (Filters(source="ample.org"), []),
        (Filters(source="org"), []),
        (Filters(date(2022, 1, 1), date(2022, 12, 31), "The Times"), [FULL]),
        (Filters(date(2023, 1, 1), None, "The Times"), []),
        (Filters(folder="sea"), [FULL]),
        (Filters(folder="b"), [FULL]),  # of a copy
        (Filters(folder="se"), []),
        (Filters(folder="sea/ships.txt"), []),
        (Filters(folder="%"), []),
        (Filters(article=TWIN.id), [TWIN]),
        (Filters(article=TWIN.id[:-1]), []),
        (Filters(article="\ud800"), []),
        (Filters(folder="sea", article=FULL.id, source="the times"), [FULL]),
        (Filters(folder="sea", article=TWIN.id), []),
    ],
)
def test_articles_are_searched_by_day_source_folder_and_id(
    store: Store, filters: Filters, expected: list[Article]
) -> None:
    assert _selected(store, filters) == sorted(one.id for one in expected)


def test_a_search_within_finds_what_a_search_of_everything_finds_there(store: Store) -> None:
    vector = ENCODER.encode(["bread and ships"])[0]
    twin = [p.id for p in store.passages_of(TWIN.id)]
    only = [Filters(source="BBC")]
    searches: tuple[Callable[[int, Sequence[Filters] | None], Ranking], ...] = (
        lambda k, within: store.search_dense(vector, k, within),
        lambda k, within: store.search_lexical("flour bread ships", k, within),
        lambda k, within: store.search("flour bread ships", vector, k, within)[0],
        lambda k, within: store.search("flour bread ships", vector, k, within)[1],
    )
    for search in searches:
        of_twin = [item for item in search(99, None) if item[0] in twin]
        assert 0 < len(of_twin) < len(search(99, None))
        assert dict(search(99, only)) == pytest.approx(dict(of_twin))
        assert dict(search(1, only)) == pytest.approx(dict(of_twin[:1]))
        assert search(99, []) == []
        assert search(99, [Filters(date(2022, 2, 5), date(2022, 2, 4))]) == []
        both = search(99, [Filters(source="BBC"), Filters(published_after=date(2022, 2, 4))])
        assert dict(search(99, [Filters(source="the times"), *only])) == pytest.approx(dict(both))


def test_both_searches_at_once_find_what_each_finds(store: Store) -> None:
    vector = ENCODER.encode(["bread and ships"])[0]
    for question in ("flour bread ships", "", "zebra"):
        dense, lexical = store.search(question, vector, 4)
        assert dense == store.search_dense(vector, 4)
        assert lexical == store.search_lexical(question, 4)


def test_a_store_tells_its_sources_and_days(store: Store) -> None:
    assert store.sources() == ["BBC", "The Times"]
    assert store.published_range() == (date(2022, 2, 4), date(2022, 2, 4))


def test_the_version_is_a_name_and_stays(store: Store) -> None:
    assert store.version
    assert store.version == store.version


def test_many_threads_read_at_once(store: Store) -> None:
    ids = _ids(store)
    asked = ENCODER.encode(["bread"])[0]

    def read(turn: int) -> tuple[object, ...]:
        return (
            store.passages(ids),
            store.articles(),
            store.article(FULL.id),
            store.search_dense(asked, 4),
            store.search_lexical("bread and ships", 4),
        )

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(read, range(64)))
    assert all(result == results[0] for result in results)
