"""What is kept of what people say, and that its export is what the gold reader reads."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa import feedback
from qa.command.main import main
from qa.errors import BadRequest, QAError
from qa.feedback import Cited, Feedback, FeedbackStore
from qa.lab.sets import gold
from qa.records import Answer, Citation

PLACE = (Cited("a.txt", 4, 11), Cited("b.txt", 0, 7), Cited("a.txt", 20, 27))
NONE = {"answer": None, "citations": ()}


def said(verdict: str = "right", question: str = "Who left?", **fields: Any) -> Feedback:
    given: dict[str, Any] = {
        "verdict": verdict,
        "question": question,
        "answer": "Omar Reyes",
        "confidence": 0.75,
        "index_version": "v1",
        "citations": PLACE,
        **fields,
    }
    return Feedback(**given)


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "data")


def test_what_was_said_is_kept_with_its_time_the_newest_first(store: FeedbackStore) -> None:
    first, second = store.add(said()), store.add(said("wrong", "Who came?"))
    assert store.newest() == [second, first]
    assert (store.count(), second.id, second.at[-6:]) == (2, first.id + 1, "+00:00")
    assert store.newest(limit=1, offset=1) == [first]


def test_a_file_of_an_earlier_version_goes_on_and_learns_of_guesses(
    store: FeedbackStore, tmp_path: Path
) -> None:
    store.add(said())
    with closing(sqlite3.connect(tmp_path / "data" / feedback.FILE)) as earlier, earlier:
        earlier.execute("ALTER TABLE feedback DROP COLUMN guess")
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda n: FeedbackStore(tmp_path / "data").add(said(guess=n % 2 == 0)), range(8)))
    assert sorted(one.guess for one in store.newest()) == [False] * 5 + [True] * 4
    assert store.newest()[-1].guess is False


def test_another_process_sees_it_and_a_write_does_not_wait_for_a_reader(
    store: FeedbackStore, tmp_path: Path
) -> None:
    store.add(said())
    reading = sqlite3.connect(tmp_path / "data" / feedback.FILE)
    try:
        reading.execute("BEGIN")
        assert reading.execute("SELECT count(*) FROM feedback").fetchone() == (1,)
        store.add(said("wrong"))
        assert reading.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        reading.close()
    assert FeedbackStore(tmp_path / "data").count() == 2


def test_eight_people_at_once_are_all_heard(store: FeedbackStore) -> None:
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda n: store.add(said(question=f"Who is {n}?")), range(40)))
    assert {one.question for one in store.newest()} == {f"Who is {n}?" for n in range(40)}


def test_the_export_is_read_back_by_the_gold_reader(
    store: FeedbackStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.add(said(question="Who left?"))
    store.add(said("words", "Who came?", wording="Omar Reyes, the treasurer"))
    store.add(said("words", "Who stayed?"))  # nobody said which words are right
    store.add(said("wrong", "Who sang?"))
    store.add(said("right", "Who flew?", **NONE))
    store.add(said("wrong", "Who swam?", **NONE))
    store.add(said("right", "Who ran?", guess=True))
    store.add(said("wrong", "Who sat?", guess=True))  # nobody knows what is right, nor that nothing is
    file = tmp_path / "feedback.jsonl"

    assert main(["feedback", "export", str(file), "--data", str(tmp_path / "data")]) == 0

    assert "4 gold questions" in capsys.readouterr().out
    assert [(one.question, one.answers, one.sources) for one in gold.read(file)] == [
        ("Who left?", ("Omar Reyes",), ("a.txt", "b.txt")),
        ("Who came?", ("Omar Reyes, the treasurer",), ("a.txt", "b.txt")),
        ("Who flew?", (), ()),
        ("Who ran?", ("Omar Reyes",), ("a.txt", "b.txt")),
    ]


def test_an_answer_said_to_be_right_is_judged_right(store: FeedbackStore, tmp_path: Path) -> None:
    store.add(said())
    store.add(said("right", "Who flew?", **NONE))
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in store.gold()), "utf-8")
    found, absent = gold.read(file)
    assert gold.judge(found, answer("Omar Reyes")).right
    assert not gold.judge(found, answer("Teresa Lindholm")).right
    assert gold.judge(absent, answer(None)).right


def test_the_latest_word_on_a_question_counts(store: FeedbackStore) -> None:
    store.add(said(question="Who  left?"))
    store.add(said("words", "who left?", wording="Reyes"))
    assert [one["answers"] for one in store.gold()] == [["Reyes"]]
    store.add(said("wrong", "Who left?"))
    assert store.gold() == []


@pytest.mark.parametrize(
    ("fields", "about"),
    [
        ({"verdict": "perhaps"}, "verdict"),
        ({"question": " "}, "question is empty"),
        ({"question": "x" * 1001}, "1,000 characters"),
        ({"answer": ""}, "answer is empty"),
        ({"answer": None}, "no answer has none"),
        ({"citations": ()}, "An answer has citations"),
        ({"wording": "better"}, "wording"),
        ({"verdict": "words", "wording": " "}, "wording is empty"),
        ({"verdict": "words", **NONE}, "no words are wrong"),
        ({"guess": True, **NONE}, "A guess has words"),
        ({"confidence": 1.5}, "confidence"),
        ({"confidence": float("nan")}, "confidence"),
        ({"citations": (Cited("a.txt", 5, 5),)}, "start"),
        ({"citations": (Cited("", 1, 5),)}, "file"),
        ({"citations": (Cited("a.txt", 1, 2**60),)}, "start"),
        ({"citations": PLACE * 20}, "50 citations"),
    ],
)
def test_what_nobody_could_mean_is_refused_and_told(fields: dict[str, Any], about: str) -> None:
    with pytest.raises(BadRequest, match=about):
        said(**fields)


def test_a_full_store_says_so(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MAX_KEPT", 1)
    store.add(said())
    with pytest.raises(QAError, match="Export them"):
        store.add(said())
    assert store.count() == 1


def test_feedback_fills_no_disk(
    store: FeedbackStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few of them there are: a verdict may be 300 times as large as another."""
    monkeypatch.setattr(feedback, "MAX_BYTES", 2**20)
    large = said(answer="a" * 10_000, citations=(Cited("f" * 1000, 0, 1),) * 40)
    with pytest.raises(QAError, match="no more are taken") as full:
        for _ in range(1000):
            store.add(large)
    kept = sum(file.stat().st_size for file in (tmp_path / "data").iterdir() if file.suffix == ".sqlite")
    assert 2**20 <= kept < 2**20 + 100_000
    assert str(tmp_path) in str(full.value) and str(tmp_path) not in full.value.afar


def test_a_damaged_file_is_said_not_raised_as_it_is(store: FeedbackStore, tmp_path: Path) -> None:
    store.add(said())
    for file in (tmp_path / "data").iterdir():
        file.write_bytes(b"not a database" * 500)
    with pytest.raises(QAError, match="Feedback cannot be kept") as damaged:
        store.add(said())
    assert str(tmp_path) in str(damaged.value) and str(tmp_path) not in damaged.value.afar


def test_the_list_on_the_command_line_names_question_verdict_and_wording(
    store: FeedbackStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.add(said("words", wording="Reyes"))
    assert main(["feedback", "list", "--data", str(tmp_path / "data")]) == 0
    told = capsys.readouterr().out
    assert "WORDS" in told and "'Who left?'" in told and "should be 'Reyes'" in told
    assert "perhaps" not in told
    store.add(said("wrong", guess=True))
    assert main(["feedback", "list", "--data", str(tmp_path / "data")]) == 0
    assert "'Who left?': perhaps 'Omar Reyes'" in capsys.readouterr().out


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(str.strip)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=TEXT, answer=TEXT, file=TEXT)
def test_any_text_comes_back_as_it_was(
    store: FeedbackStore, tmp_path: Path, question: str, answer: str, file: str
) -> None:
    kept = store.add(said(question=question, answer=answer, citations=(Cited(file, 0, 1),)))
    assert store.newest(limit=1) == [kept]
    exported = tmp_path / "any.jsonl"
    assert main(["feedback", "export", str(exported), "--data", str(tmp_path / "data")]) == 0
    assert (question, (answer,), (file,)) in [(g.question, g.answers, g.sources) for g in gold.read(exported)]


def answer(text: str | None) -> Answer:
    cited = Citation("a1", "a.txt", "A", None, None, text or "", 4, 14, text or "", 4, 14)
    return Answer(
        "Who left?",
        "Who left?",
        text,
        0.9,
        None if text else "Nothing.",
        (cited,) if text else (),
        (),
        "fake",
        "v1",
        {},
    )


def test_a_correction_that_corrects_nothing_is_not_kept(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    cited = (Cited("a.txt", 0, 6),)
    with pytest.raises(BadRequest, match="the words that were answered"):
        store.add(Feedback("words", "Where?", "Vienna", 0.9, "v", cited, " vienna. "))
    store.add(Feedback("words", "Where?", "Vienna", 0.9, "v", cited, "Vienna, Austria"))
    assert store.count() == 1
