"""What people say of answers: kept in one SQLite file in the data folder, whatever index is in service.

Exported as gold questions: the right answers, and guesses, with the words and the files that were right, and those
whose words were wrong with the words given instead. Of an answer that was only wrong nobody knows what would
have been right; it is kept, listed, and not exported.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .errors import BadRequest, QAError, Unprocessable

FILE = "feedback.sqlite"
VERDICTS = ("right", "wrong", "words")
MAX_KEPT = 100_000  # then somebody is filling the disk
MAX_BYTES = 256 * 2**20  # 100,000 of 2.5 kB; the largest that fits into a request has 63 kB
MAX_CITATIONS = 50
MAX_CHARS = {"question": 1000, "answer": 10_000, "wording": 1000, "file": 1000, "index_version": 200}
_PATIENCE = 10.0  # seconds that a writer waits for another

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,               -- ISO 8601, UTC
    verdict TEXT NOT NULL CHECK (verdict IN ('right', 'wrong', 'words')),
    question TEXT NOT NULL,         -- as it was understood: it stands alone
    answer TEXT,                    -- NULL: there was none, nor a guess
    wording TEXT,                   -- what would have been right
    confidence REAL NOT NULL,
    index_version TEXT NOT NULL,
    citations TEXT NOT NULL         -- JSON: [{"file", "start", "end"}], the first cited first
)
"""
# Since 0.2; 1: the answer was a guess.
_GUESS = "ALTER TABLE feedback ADD COLUMN guess INTEGER NOT NULL DEFAULT 0"


@dataclass(frozen=True, slots=True)
class Cited:
    """[start, end) of the raw text of a file."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said of one answer, or guess. Raises BadRequest, Unprocessable for what nobody could mean.

    answer: None where there was neither. guess: whether it was marked as one. confidence, citations: its own.
    verdict: "right", "wrong", or "words": the right passage, but the wrong words; wording: the right ones, if given.
    """

    verdict: str
    question: str
    answer: str | None
    confidence: float
    index_version: str
    citations: tuple[Cited, ...] = ()
    wording: str | None = None
    guess: bool = False
    at: str = ""
    id: int = 0

    def __post_init__(self) -> None:
        _check(self.verdict in VERDICTS, f"verdict must be one of {', '.join(VERDICTS)}.")
        _check(bool(self.question.strip()), "question is empty.")
        _check(
            self.answer is None or bool(self.answer.strip()),
            "answer is empty; null means that there was none.",
        )
        _check(
            (self.answer is None) == (not self.citations), "An answer has citations, and no answer has none."
        )
        _check(
            self.verdict != "words" or self.answer is not None,
            "Where there is no answer, no words are wrong.",
        )
        _check(not self.guess or self.answer is not None, "A guess has words; give them as the answer.")
        _check(self.wording is None or bool(self.wording.strip()), "wording is empty; leave it out.")
        _check(
            self.verdict == "words" or self.wording is None, 'A wording goes with the verdict "words" only.'
        )
        _check(0 <= self.confidence <= 1, "confidence must be from 0 to 1.")
        _check(len(self.citations) <= MAX_CITATIONS, f"There are more than {MAX_CITATIONS} citations.")
        texts = {"question": self.question, "answer": self.answer, "wording": self.wording}
        for name, text in {**texts, "index_version": self.index_version}.items():
            _check(
                len(text or "") <= MAX_CHARS[name], f"{name} has more than {MAX_CHARS[name]:,} characters."
            )
        for cited in self.citations:
            _check(0 < len(cited.file) <= MAX_CHARS["file"], "A citation's file is missing or too long.")
            _check(cited.start >= 0, "A citation's start is negative.")
            _check(cited.end < 2**53, "A citation's start and end are no places of a file.")
            if cited.start >= cited.end:
                raise Unprocessable(
                    f"A citation in {cited.file} goes from {cited.start} to {cited.end}: its start must be before its "
                    "end."
                )

    @property
    def right_answer(self) -> str | None:
        """The answer itself, or the wording given instead; None where none is right, or none is known."""
        return self.answer if self.verdict == "right" else self.wording

    @property
    def settles(self) -> bool:
        """Whether it tells what is right to the question: an answer, or that there is none."""
        return self.verdict == "right" or self.wording is not None


class FeedbackStore:
    """The feedback kept in a data folder. May be used from several threads and processes."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE

    def add(self, given: Feedback) -> Feedback:
        """Keep it; as it was kept, with its number and time.

        Raises Unprocessable where the wording given instead is the answer itself, QAError where it cannot be kept.
        """
        if given.wording is not None and _folded(given.wording) == _folded(given.answer or ""):
            raise Unprocessable(
                "These are the words that were answered. Say that they are right, or give others."
            )
        at = datetime.now(UTC).isoformat(timespec="seconds")
        cited = json.dumps([[c.file, c.start, c.end] for c in given.citations])
        row = (at, given.verdict, given.question, given.answer, given.wording, given.confidence)
        with self._open() as connection:
            (kept,) = connection.execute("SELECT count(*) FROM feedback").fetchone()
            if kept >= MAX_KEPT or _bytes(connection) >= MAX_BYTES:
                full = f"{kept:,} verdicts are kept already, and no more are taken."
                raise QAError(f"{full} Export them and remove {self._file}.", afar=full)
            number = connection.execute(
                "INSERT INTO feedback (at, verdict, question, answer, wording, confidence, index_version, citations,"
                " guess) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, given.index_version, cited, given.guess),
            ).lastrowid
        return replace(given, at=at, id=number or 0)

    def count(self) -> int:
        with self._open() as connection:
            (kept,) = connection.execute("SELECT count(*) FROM feedback").fetchone()
        return int(kept)

    def newest(self, limit: int = -1, offset: int = 0) -> list[Feedback]:
        """The newest first. limit: -1 for all."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT citations, verdict, question, answer, confidence, index_version, wording, guess, at, id "
                "FROM feedback ORDER BY id DESC LIMIT ? OFFSET ?",
                (limit, offset),
            ).fetchall()
        return [_of_row(*row) for row in rows]

    def gold(self) -> list[dict[str, Any]]:
        """A gold question for each question whose right answer is known, the latest word on it counting.

        "No answer" said to be right is one without answers.
        """
        latest: dict[str, Feedback] = {}
        for one in self.newest():
            latest.setdefault(" ".join(one.question.casefold().split()), one)
        return [_gold(one) for one in sorted(latest.values(), key=lambda one: one.id) if one.settles]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=_PATIENCE)) as connection, connection:
                with suppress(sqlite3.OperationalError):  # busy: another does it, or the next will
                    connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(_SCHEMA)
                _add_guess(connection)
                yield connection
        except (OSError, sqlite3.Error) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise QAError(
                f"Feedback cannot be kept in {self._file}: {error}. Make room, or make the folder writable.",
                afar=f"Feedback cannot be kept: {why}. The server's log says where.",
            ) from error


def _bytes(connection: sqlite3.Connection) -> int:
    """That the file takes."""
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages * size)


def _add_guess(connection: sqlite3.Connection) -> None:
    """To a file that an earlier version made; another process may be at it too."""

    def is_there() -> bool:
        return any(name == "guess" for _, name, *_ in connection.execute("PRAGMA table_info(feedback)"))

    if not is_there():
        connection.execute("BEGIN IMMEDIATE")
        if not is_there():
            connection.execute(_GUESS)
        connection.commit()


def _of_row(citations: str, verdict: str, question: str, answer: str | None, *row: Any) -> Feedback:
    confidence, index_version, wording, guess, at, number = row
    cited = tuple(Cited(*one) for one in json.loads(citations))
    said = (verdict, question, answer, confidence, index_version, cited, wording)
    return Feedback(*said, guess=bool(guess), at=at, id=number)


def _gold(one: Feedback) -> dict[str, Any]:
    """As `qa.lab.sets.gold` reads it."""
    return {
        "id": f"feedback-{one.id}",
        "question": one.question,
        "answers": [] if one.right_answer is None else [one.right_answer],
        "sources": list(dict.fromkeys(cited.file for cited in one.citations)),
    }


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).strip(".,;:!?\"'“”‘’")


def _check(fine: bool, message: str) -> None:
    if not fine:
        raise BadRequest(f"This is no feedback that can be kept: {message}")
