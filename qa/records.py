"""Every record that passes between the stages: frozen, slotted dataclasses; no I/O.

Offsets always count characters (Unicode code points). `raw` means the file's decoded text exactly as it is on
disk, with no newline translation; `text` means the cleaned text an article is read from.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Alignment:
    """Cleaned text -> raw text, as runs (text start, raw start, raw length) in the order of both texts.

    A run's text reaches to the next run's start (the last run stands for the text's end and holds none). Where
    it is as long as its raw stretch the two go character by character; where the lengths differ the whole run
    stands for the whole stretch (a repaired or joined word); where the raw length is 0 the text was inserted.
    An empty alignment is the identity: the cleaned text is the raw text.
    """

    runs: tuple[tuple[int, int, int], ...] = ()

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """The raw span of the non-empty text span [start, end); empty only where all of it was inserted."""
        if start >= end:
            raise ValueError(f"an empty span has no place in the raw text: [{start}, {end})")
        if not self.runs:
            return start, end
        last = self._run(end - 1)
        text_start, raw_start, length = self.runs[last]
        whole = self._text_length(last) != length
        raw_end = raw_start + length if whole else raw_start + end - text_start
        first = self._run(start)
        text_start, raw_start, length = self.runs[first]
        if length == 0 and first + 1 < len(self.runs):
            return min(self.runs[first + 1][1], raw_end), raw_end
        whole = self._text_length(first) != length
        return (raw_start if whole else raw_start + start - text_start), raw_end

    def to_text(self, start: int, end: int) -> tuple[int, int] | None:
        """The text span that the raw span [start, end) was kept as; None where nothing of it was."""
        if not self.runs:
            return (start, end) if start < end else None
        found: list[tuple[int, int]] = []
        first = max(bisect_right(self.runs, start, key=lambda run: run[1]) - 1, 0)
        for number in range(first, len(self.runs)):
            text_start, raw_start, length = self.runs[number]
            if raw_start >= end:
                break
            if not length or raw_start + length <= start:
                continue
            held = self._text_length(number)
            if held != length:
                found.append((text_start, text_start + held))
            else:
                begin, stop = max(start, raw_start) - raw_start, min(end, raw_start + length) - raw_start
                found.append((text_start + begin, text_start + stop))
        return (found[0][0], found[-1][1]) if found and found[0][0] < found[-1][1] else None

    def _run(self, index: int) -> int:
        return max(bisect_right(self.runs, (index, float("inf"), 0)) - 1, 0)

    def _text_length(self, run: int) -> int:
        after = self.runs[run + 1][0] if run + 1 < len(self.runs) else self.runs[run][0]
        return after - self.runs[run][0]


# What a part of an article's text is, where it is not of its story: who wrote it, what a picture shows, who took it,
# where and when it was sent from.
Role = Literal["byline", "caption", "credit", "dateline"]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch [start, end) of a text that stands beside the story."""

    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True)
class ListItem:
    """A paragraph [start, end) of a text that is in a list, as the format marks it; its marker is no part of the text.

    list_id: of the list, with the lists in its items. level: 0, in the list of an item 1. marker: as a reader sees it
    before the item, such as "3.", "b)" or "•"; empty where nothing stands there, as before a second paragraph.
    """

    start: int
    end: int
    list_id: int
    level: int
    marker: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell [start, end) of a table in a text; column: from 0, the first of those that it takes."""

    start: int
    end: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a text whose columns are named. Cells that hold nothing are left out, so are rows of such.

    header: the cells that name the columns; where they stand in more than one row, those of each in turn.
    """

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def named(self) -> tuple[int, int]:
        """[start, end) of the header."""
        return self.header[0].start, self.header[-1].end


@dataclass(frozen=True, slots=True)
class Article:
    """One article, read and cleaned."""

    id: str  # hash of the raw content
    path: str  # relative to the articles folder, with forward slashes
    raw: str  # decoded text of the file (for PDF and docx: the extracted text); citations count in it
    title: str
    text: str  # what passages are cut from
    published: date | None = None
    published_inferred: bool = False  # the year or the whole date was inferred from evidence, not written
    source: str | None = None
    url: str | None = None
    alignment: Alignment = field(default_factory=Alignment)
    page_starts: tuple[int, ...] = ()  # raw offset where each page begins; empty where there are no pages
    also_in: tuple[str, ...] = ()  # paths of copies of this article that it speaks for
    language: str | None = None  # ISO 639, as it looks; None: cannot be told
    in_file: Alignment | None = None  # raw -> characters of the decoded file; None where the file is no text
    parts: tuple[Part, ...] = ()  # of text, beside the story, by their start; a caption may hold a credit
    items: tuple[
        ListItem, ...
    ] = ()  # of text, by their start; of lists that are written out, as in plain text, none
    tables: tuple[Table, ...] = ()  # of text, by their start

    def role(self, start: int, end: int) -> Role | None:
        """Of text[start:end], by the innermost part that holds all of it; None: it is of the story."""
        around = [part for part in self.parts if part.start <= start and end <= part.end]
        return min(around, key=lambda part: part.end - part.start).role if around else None

    def row(self, start: int, end: int) -> tuple[Table, tuple[Cell, ...]] | None:
        """The table of which text[start:end] is in a row, and the row; None: it is in none."""
        for table in self.tables:
            if table.rows and table.rows[0][0].start <= start and end <= table.rows[-1][-1].end:
                for row in table.rows:
                    if row[0].start <= start and end <= row[-1].end:
                        return table, row
        return None


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """An article as a list shows it: everything but its text."""

    id: str
    path: str
    title: str
    published: date | None
    published_inferred: bool
    source: str | None
    url: str | None
    length: int  # characters of the raw text
    passages: int
    also_in: tuple[str, ...]
    language: str | None = None  # ISO 639, as it looks; None: cannot be told


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that was given and not indexed, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A file that was indexed, and what of it could not be read, or not surely."""

    path: str
    warning: str


@dataclass(frozen=True, slots=True)
class Changes:
    """How many files are as they were in the build before, and how many are not."""

    new: int
    changed: int
    removed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build read, kept and left out."""

    version: str
    published: bool  # False: nothing had changed, and the index that was there goes on serving
    anew: str | None  # why everything was read and cut again; None: only what had changed was
    changes: Changes
    files_read: int  # files met, whether they were opened or known already
    articles: int
    passages: int
    encoded: int  # passages whose vectors were made
    reused: int  # passages whose vectors were taken from the index before
    duplicates: int
    rejected: tuple[Rejected, ...]
    unsettled: tuple[str, ...]  # files that were being written, left as they were in the index before
    seconds: float
    phases: dict[str, float]  # seconds of each phase
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences; `article.text[start:end] == text`."""

    id: int  # stable within an index: the row in FAISS and in SQLite
    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage. Ranks count from 1 and are None where that retriever did not return it."""

    passage: Passage
    score: float
    dense_rank: int | None
    lexical_rank: int | None
    cosine: float | None = None  # of question and passage; None where the dense search did not return it


@dataclass(frozen=True, slots=True)
class Span:
    """A candidate answer; `passage.text[start:end]` is its text.

    score: comparable between passages, higher is better. null_margin: score minus the passage's null score;
    above 0 the reader prefers the span to "this passage does not answer".
    """

    passage: Passage
    start: int
    end: int
    score: float
    null_margin: float

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the same conversation, with the answer that was given (None: no answer)."""

    question: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class Derived:
    """What a relative date phrase of a quote means: nobody wrote it down.

    day: the one meant, or the first of the days up to `until`. counted_from: the words of the passage that it was
    counted from; None: from its article's date.
    """

    text: str  # "Tuesday"
    day: date
    until: date | None = None
    counted_from: str | None = None  # "December 2004"


@dataclass(frozen=True, slots=True)
class Selector:
    """Finds a quote in its file; what its type does not use is None. See `qa.answer.tell.selectors`."""

    type: str  # "TextQuoteSelector", "TextPositionSelector" or "FragmentSelector"
    exact: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    start: int | None = None
    end: int | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer stands: `raw[start:end] == quote`, and the same for the sentence around it.

    cells: where the sentence is a row of a table, or its header, what it holds. header: of the table, without one.
    """

    article_id: str
    file: str
    title: str
    url: str | None
    published: date | None
    quote: str
    start: int
    end: int
    sentence: str
    sentence_start: int
    sentence_end: int
    page: int | None = None  # counted from 1, where the source has pages
    derived: tuple[Derived, ...] = ()
    selectors: tuple[Selector, ...] = ()
    role: Role | None = None  # of the quote; None: it is of the story
    header: Citation | None = None
    cells: tuple[Cell, ...] = ()  # in the raw text


@dataclass(frozen=True, slots=True)
class Quoted:
    """One of the quotes that a question is told about; items: of lists that begin in it, in the raw text."""

    citation: Citation
    items: tuple[ListItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """sources: independent ones; copies, and articles that repeat a sentence of another, are counted once."""

    sources: int
    articles: tuple[str, ...]  # ids


@dataclass(frozen=True, slots=True)
class Alternative:
    """What else could be said to a question: by other articles, likely enough to have been answered by itself, or as
    the best guess where nothing is."""

    text: str
    confidence: float  # 0..1
    citations: tuple[Citation, ...]
    superseded: bool = False  # a newer article puts it right


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """A retrieved passage as the response shows it; start and end count in the raw file."""

    article_id: str
    file: str
    title: str
    start: int
    end: int
    text: str
    score: float
    dense_rank: int | None
    lexical_rank: int | None


@dataclass(frozen=True, slots=True)
class Respelled:
    """A name of the question that no article mentions, and one spelled like it that articles do.

    question: as understood, with `found` in the place of `asked`.
    """

    asked: str
    found: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets: an answer; or a guess that is marked as one; or nothing.

    `text` is None unless it is an answer, and then `reason` says why.
    """

    question: str
    understood: str
    text: str | None
    confidence: float  # 0..1
    reason: str | None
    citations: tuple[Citation, ...]
    passages: tuple[CitedPassage, ...]
    reader: str
    index_version: str
    timings_ms: dict[str, float]
    answer_type: str | None = None  # "span", "evidence" (of a yes-or-no question), "list"; None: no answer
    agreement: Agreement | None = None
    alternatives: tuple[Alternative, ...] = ()  # newest first
    notice: str | None = None  # what to know beside the answer: that the articles are in another language
    explain: dict[str, Any] | None = None  # why this answer, where it was asked for
    guess: Alternative | None = None  # the likeliest words, where they are not sure enough to be an answer
    answerable: float = 0.5  # 0..1, that the articles answer at all, by whatever words
    established: bool = False  # where there is no answer: that the articles do not say is as good as certain
    did_you_mean: tuple[Respelled, ...] = ()
    # What a follow-up may mean instead: asked as well, and answered less surely.
    other_reading: str | None = None
    quotes: tuple[Quoted, ...] = ()  # in place of a span, or beside one: article by article

    def __repr__(self) -> str:
        """One line, as a notebook shows it; the records of its evidence are in its fields."""
        where = (
            f", {self.citations[0].file!r} [{self.citations[0].start}:{self.citations[0].end}]"
            if self.citations
            else ""
        )
        said = self.reason if self.text is None else self.text
        told = f"{self.outcome}: {' '.join((said or '').split())[:80]!r}, confidence={self.confidence:.2f}"
        return f"Answer({told}{where}{f', {len(self.quotes)} quotes' if self.quotes else ''})"

    @property
    def outcome(self) -> Literal["answer", "unsure", "none"]:
        if self.text is not None:
            return "answer"
        return "unsure" if self.guess is not None else "none"
