"""Only what the pipeline answers, and as expected, is suggested; spread over articles, each question once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from fakes import article
from web_fakes import FakeEngine

from qa.command.main import main
from qa.engine import Engine
from qa.records import Alternative, Answer, Article, ArticleInfo, Citation
from qa.suggest import make
from qa.suggest import store as kept
from qa.suggest.make import ALIKE, KEPT_OF_ONE, SURE, Suggestion, spread
from qa.suggest.store import Suggestions
from qa.suggest.upkeep import SuggestionUpkeep

BREWERY = article("The city sold the old brewery to a bank in 1988.", path="brewery.txt")
RAW = BREWERY.raw
OTHER = article("Another said 1988.", path="other.txt")
THIRD = article("A third has it as 1988-89.", path="third.txt")


class Says:
    """An engine that answers everything with one place of one article."""

    version = "v1"

    def __init__(self, said: Answer) -> None:
        self._said = said

    def articles(self) -> list[ArticleInfo]:
        return FakeEngine([BREWERY]).articles()

    def article(self, article_id: str) -> Article:
        return next((of for of in (THIRD, OTHER) if of.id == article_id), BREWERY)

    def ask(self, question: str) -> Answer:
        return self._said


def says(quote: str, confidence: float = 0.9, of: Article = BREWERY, kind: str = "span") -> Says:
    at = of.raw.index(quote)
    cited = Citation(of.id, of.path, "", None, None, quote, at, at + len(quote), of.raw, 0, len(of.raw))
    return Says(Answer("", "", quote, confidence, None, (cited,), (), "fake", "v1", {}, kind))


def test_what_is_answered_with_the_expected_words_is_kept() -> None:
    (made,) = make.make(says("1988"))
    assert made.question == "When did the city sell the old brewery to a bank?"
    assert (made.answer, RAW[made.start : made.end], made.file) == ("1988", "1988", "brewery.txt")


@pytest.mark.parametrize(
    "engine",
    [
        says("a bank"),
        says(RAW),  # far more than was expected
        says("1988", SURE - 0.01),
        says("1988", kind="evidence"),
        says("1988", of=OTHER),
        Says(Answer("", "", None, 0.1, "Nothing.", (), (), "fake", "v1", {})),
    ],
    ids=["other words", "too much", "unsure", "evidence", "another article", "no answer"],
)
def test_what_is_not_answered_so_is_not_kept(engine: Says) -> None:
    assert make.make(engine) == []


def _agreeing(*articles: Article) -> Says:
    said = [says("1988", of=of).ask("") for of in articles]
    return Says(replace(said[0], citations=tuple(of.citations[0] for of in said)))


def test_what_another_article_is_cited_for_first_is_kept_where_this_one_agrees() -> None:
    (made,) = make.make(_agreeing(OTHER, BREWERY))

    assert (made.article_id, made.file) == (OTHER.id, "other.txt")
    assert OTHER.raw[made.start : made.end] == made.answer == "1988"


def test_what_is_cited_first_is_whole_in_its_own_article() -> None:
    assert make.make(_agreeing(THIRD, BREWERY)) == []


@pytest.mark.parametrize(
    ("raw", "quote"),
    [
        ("UN Secretary-General Ann Lee spoke.", "UN Secretary"),
        ("The Deputy Foreign Minister, Ann Lee, spoke.", "Foreign Minister"),
        ("The bank chairman of the north, Ann Lee, spoke.", "bank chairman"),
        ("The bank's chief executive, Ann Lee, spoke.", "chief executive"),
        ("It grew by 40 per cent.", "40"),
        ("It grew by 40 million.", "by 40"),
        ("It is for a 55-year-old.", "a 55"),
    ],
)
def test_what_is_part_of_longer_words_is_no_whole_answer(raw: str, quote: str) -> None:
    of, start = article(raw), raw.index(quote)
    engine = says(quote, of=of)
    assert make.answered(engine, "Who?", "what", of, start, start + len(quote)) is None


@pytest.mark.parametrize(
    "quote", ["bank chairman", "chairman of the bank", "Deputy Foreign Minister", "40 per cent"]
)
def test_whole_words_are_a_whole_answer(quote: str) -> None:
    of = article(f"There was the {quote}, it was said.")
    start = of.raw.index(quote)
    made = make.answered(says(quote, of=of), "Who is Ann Lee?", "who is", of, start, start + len(quote))
    assert made is not None and made.answer == quote


def _kept_as_a_role(raw: str, role: str) -> bool:
    of, start = article(raw), raw.index(role)
    made = make.answered(says(role, of=of), "Who is Ann Lee?", "who is", of, start, start + len(role))
    return made is not None


@pytest.mark.parametrize(
    "rank", ["chief", "former", "vice", "deputy", "executive", "personal", "then", "Acting"]
)
@pytest.mark.parametrize("noun", ["executive", "president", "lawyer", "director", "officer"])
def test_a_role_says_of_what_it_is_one(rank: str, noun: str) -> None:
    assert not _kept_as_a_role(f"So said {rank} {noun} Ann Lee.", f"{rank} {noun}")
    assert not _kept_as_a_role(f"So said his {rank} {noun}, Ann Lee.", f"his {rank} {noun}")
    assert _kept_as_a_role(f"So said Yukos {rank} {noun} Ann Lee.", f"Yukos {rank} {noun}")
    assert _kept_as_a_role(f"Ann Lee, {rank} {noun} of Yukos, said so.", f"{rank} {noun} of Yukos")


@pytest.mark.parametrize("role", ["police chief", "harbour master", "opposition leader", "trade professor"])
@pytest.mark.parametrize("more", [" at Cornell", " for the north", " to a king", " of the north"])
def test_a_role_that_goes_on_is_not_cut(role: str, more: str) -> None:
    assert not _kept_as_a_role(f"Ann Lee, the {role}{more}, spoke.", role)
    assert _kept_as_a_role(f"Ann Lee, the {role}, spoke.", role)
    assert _kept_as_a_role(f"Ann Lee, the {role} for 20 years, spoke.", role)


def test_no_sentence_begins_within_a_word() -> None:
    for before, some in (("It is so.\n\n", True), ("Of the bank .", False)):
        of = article(f"{before}The city sold the old brewery to a bank in 1988.")
        assert any(make._tries(FakeEngine([of]), of.id, lambda: True)) is some


@pytest.mark.parametrize("role", ["singer", "suspect", "president", "Ambassador", "the suspect"])
def test_a_role_of_one_word_hardly_tells_who_somebody_is(role: str) -> None:
    of = article(f"The {role}, Ann Lee, spoke.")
    start = of.raw.index(role)
    assert make.answered(says(role, of=of), "Who is Ann Lee?", "who is", of, start, start + len(role)) is None


@pytest.mark.parametrize(("other", "kept"), [("former bank chairman", False), ("head of the bank", True)])
def test_an_answer_that_another_article_says_more_of_is_not_kept(other: str, kept: bool) -> None:
    of, quote = article("The bank chairman, Ann Lee, spoke."), "bank chairman"
    start = of.raw.index(quote)
    engine = says(quote, of=of)
    engine = Says(replace(engine.ask(""), alternatives=(Alternative(other, 0.8, ()),)))
    made = make.answered(engine, "Who is Ann Lee?", "who is", of, start, start + len(quote))
    assert (made is not None) is kept


def test_the_making_ends_when_it_is_told_to() -> None:
    assert make.make(says("1988"), lambda: False) == []


def test_a_sample_of_many_articles_reaches_from_the_newest_to_the_oldest() -> None:
    days = [date(2022, 1, 1) + timedelta(days=n) for n in range(100)]
    listed = FakeEngine([article(f"Text {n}.", id=f"{n:03}") for n in range(100)]).articles()
    dated = [replace(info, published=day) for info, day in zip(listed, days, strict=True)]
    found = [info.published for info in spread(dated, 10) if info.published is not None]
    assert len(found) == 10
    assert found == sorted(found, reverse=True)
    assert found[0] == days[-1]
    assert found[-1] < days[10]


@pytest.fixture(scope="module")
def suggested(demo_engine: Engine) -> list[Suggestion]:
    return make.make(demo_engine)


def test_each_kept_one_is_answered_by_the_real_pipeline_with_its_words(
    demo_engine: Engine, suggested: list[Suggestion]
) -> None:
    assert len(suggested) >= 3
    for one in suggested:
        answer = demo_engine.ask(one.question)
        cited = answer.citations[0]
        assert (answer.text, cited.article_id, cited.start, cited.end) == (
            *(one.answer, one.article_id),
            *(one.start, one.end),
        )
        assert answer.confidence >= SURE
        assert demo_engine.article(one.article_id).raw[one.start : one.end] == cited.quote


def test_no_article_has_too_many_and_no_two_are_alike(suggested: list[Suggestion]) -> None:
    assert len({one.article_id for one in suggested}) >= 2
    for one in suggested:
        assert sum(other.article_id == one.article_id for other in suggested) <= KEPT_OF_ONE
        words = set(one.question.lower().split())
        for other in suggested:
            shared = words & set(other.question.lower().split())
            assert other is one or len(shared) < len(words), (one.question, other.question, ALIKE)


def test_the_command_makes_keeps_and_shows_them(
    demo_data: Path,
    suggested: list[Suggestion],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("qa.suggest.make.make", lambda engine: suggested)
    version = Engine.open(demo_data).version
    try:
        assert main(["suggest", "--data", str(demo_data)]) == 0
        assert suggested[0].question in capsys.readouterr().out
        assert kept.load(demo_data, version) == Suggestions(version, tuple(suggested))
    finally:
        (demo_data / "suggestions" / f"{version}.json").unlink()


def one_of(question: str, kind: str = "when", article_id: str = "a", confidence: float = 0.9) -> Suggestion:
    return Suggestion(question, kind, "1988", confidence, article_id, f"{article_id}.txt", 0, 4)


SOLD = one_of("When did the city sell the brewery?", article_id="a")
BURNT = one_of("When did the old brewery burn?", article_id="a", confidence=0.95)
WHO = one_of("Who is Omar Reyes?", "who is", "b", 0.7)
ALL = Suggestions("v1", (SOLD, BURNT, WHO))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("brew", [SOLD, BURNT]),
        ("WHEN did the OLD", [BURNT]),
        ("old brewery", [BURNT]),
        ("who", [WHO]),
        ("reyes omar", [WHO]),
        ("when", [SOLD, BURNT]),
        ("ewery", []),
        ("?", [SOLD, BURNT, WHO]),
    ],
)
def test_typed_words_find_questions_with_words_that_begin_so(typed: str, found: list[Suggestion]) -> None:
    assert ALL.find(typed, 10) == found
    assert ALL.find(typed, 1) == found[:1]


def test_the_empty_page_gets_articles_and_kinds_in_turn_the_surest_first() -> None:
    assert ALL.varied(2) == [BURNT, WHO]
    assert ALL.varied(9) == [BURNT, WHO, SOLD]


def test_they_are_kept_by_version_and_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    kept.save(tmp_path, "v1", ALL.all)
    assert kept.load(tmp_path, "v1") == ALL
    assert kept.load(tmp_path, "v2") is None
    kept.save(tmp_path, "v2", [WHO])
    assert [file.name for file in (tmp_path / "suggestions").iterdir()] == ["v2.json"]  # v1 has gone
    for broken in (
        "",
        "{}",
        "[]",
        '{"format": 1, "version": "v2", "suggestions": [{"question": 1}]}',
        "\xff",
    ):
        (tmp_path / "suggestions" / "v2.json").write_text(broken, "latin-1")
        assert kept.load(tmp_path, "v2") is None


class Serving(Says):
    """An engine as a server has it."""

    busy = False

    def pinned(self) -> Serving:
        return self


def test_behind_a_server_they_are_made_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.suggest.upkeep.SETTLE_SECONDS", 0.0)
    engine, upkeep, stop = Serving(says("1988").ask("")), SuggestionUpkeep(tmp_path), threading.Event()
    upkeep.engine = lambda: engine  # type: ignore[assignment,return-value]
    assert upkeep.of("v1", engine.articles()).all == ()

    beside = SuggestionUpkeep(tmp_path, makes=False)
    beside.engine = upkeep.engine
    beside.bring_up_to_date(engine, stop)  # type: ignore[arg-type]
    assert kept.load(tmp_path, "v1") is None
    upkeep.bring_up_to_date(engine, stop)  # type: ignore[arg-type]
    (made,) = upkeep.of("v1", engine.articles()).all
    assert kept.load(tmp_path, "v1") == Suggestions("v1", (made,))
    beside.bring_up_to_date(engine, stop)  # type: ignore[arg-type]
    assert beside.of("v1", engine.articles()).all == (made,)

    monkeypatch.setattr(engine, "ask", lambda question: pytest.fail("they are on disk"))
    again = SuggestionUpkeep(tmp_path)
    again.engine = upkeep.engine
    again.bring_up_to_date(engine, stop)  # type: ignore[arg-type]
    assert again.of("v1", engine.articles()).all == (made,)
    # A later index: those of articles that are still there, until its own are made.
    assert again.of("v2", engine.articles()).all == (made,)
    assert again.of("v2", []).all == ()


def test_while_others_are_being_answered_they_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.suggest.upkeep.SETTLE_SECONDS", 0.0)
    monkeypatch.setattr("qa.suggest.upkeep.GIVING_WAY_SECONDS", 0.01)
    engine, upkeep, looked = Serving(says("1988").ask("")), SuggestionUpkeep(tmp_path), threading.Semaphore(0)

    class Busy:
        def __get__(self, *_: object) -> bool:
            looked.release()
            return others

    others = True
    monkeypatch.setattr(Serving, "busy", Busy())
    upkeep.engine = lambda: engine  # type: ignore[assignment,return-value]
    making = threading.Thread(target=upkeep.bring_up_to_date, args=[engine, threading.Event()])
    making.start()
    assert all(looked.acquire(timeout=60) for _ in range(5))
    assert upkeep.of("v1", engine.articles()).all == ()
    others = False
    making.join(60)
    assert len(upkeep.of("v1", engine.articles()).all) == 1


def test_an_index_that_is_replaced_meanwhile_gets_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.suggest.upkeep.SETTLE_SECONDS", 0.0)
    engine, newer = Serving(says("1988").ask("")), Serving(says("1988").ask(""))
    newer.version = "v2"
    upkeep = SuggestionUpkeep(tmp_path)
    upkeep.engine = lambda: newer  # type: ignore[assignment,return-value]
    upkeep.bring_up_to_date(engine, threading.Event())  # type: ignore[arg-type]
    assert upkeep.of("v1", engine.articles()).all == ()
    assert kept.load(tmp_path, "v1") is None


def test_of_several_collections_one_at_a_time_makes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.suggest.upkeep.SETTLE_SECONDS", 0.0)
    going, most = 0, 0
    one_made = threading.Event()

    def made(engine: Serving, go_on: object) -> list[Suggestion]:
        nonlocal going, most
        going, most = going + 1, max(most, going + 1)
        one_made.wait(0.2)  # long enough for another to begin, if it could
        going -= 1
        return [WHO]

    monkeypatch.setattr("qa.suggest.upkeep.make", made)
    threads = []
    for name in ("ardle", "wend", "lima"):
        engine, upkeep = Serving(says("1988").ask("")), SuggestionUpkeep(tmp_path / name)
        upkeep.engine = lambda engine=engine: engine  # type: ignore[misc]
        threads.append(threading.Thread(target=upkeep.bring_up_to_date, args=[engine, threading.Event()]))
        threads[-1].start()
    for thread in threads:
        thread.join(60)
    assert most == 1
    assert [len(kept.load(tmp_path / name, "v1").all) for name in ("ardle", "wend", "lima")] == [1, 1, 1]  # type: ignore[union-attr]
