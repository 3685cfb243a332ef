"""Folders and files -> articles, and for everything given that became none, the reason.

Reading and cleaning go file by file; then copies are grouped, and paragraphs that a source repeats in most of its
articles are taken out of them. With the memory of the build before, only new and changed files are read, and the
result is the same.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

from qa.english.language import language_of
from qa.ingest.apart import read_apart
from qa.ingest.clean import Cleaned, clean
from qa.ingest.dedupe import copies, sketch
from qa.ingest.document import Document, Unreadable
from qa.ingest.fields import Fields
from qa.ingest.files import FileMet, read_files
from qa.ingest.kinds import folded
from qa.ingest.load import is_plain, load
from qa.ingest.memory import Memory, Placed, Reading, ints
from qa.ingest.walk import Given
from qa.records import Article, Changes, Rejected, Warned

# A paragraph in so many articles of one source, and in this share of them, is furniture of the site. Background
# paragraphs that agencies repeat stay well under half. Where the source is unknown a folder stands for it, and
# nearly all of its articles must agree.
REPEATED_IN = 4
REPEATED_SHARE = 0.5
UNKNOWN_REPEATED_IN = 6
UNKNOWN_REPEATED_SHARE = 0.8
REPEATED_WORDS = 4  # shorter lines are headings such as "Summary", which notes of one hand rightly share


@dataclass(frozen=True, slots=True)
class Collection:
    """What a build starts from: len(articles) + len(kept) + duplicates + len(rejected) == given."""

    articles: tuple[Article, ...]  # without a memory all; with one those that are not as they were
    kept: tuple[str, ...]  # ids of articles of the build before that stay exactly as they are
    rejected: tuple[Rejected, ...]
    files_read: int  # files met, whether they gave articles or not
    duplicates: int  # copies, exact and near, for which one of the articles speaks
    given: int  # files, links and hidden entries met, and the lines of .jsonl files
    changes: Changes
    # Files that are being written; they are as they were in the build before, or absent.
    unsettled: tuple[str, ...]
    warnings: tuple[Warned, ...]  # what of files that gave articles could not be read
    memory: Memory = field(compare=False)  # for the next build


@dataclass(slots=True)
class _Entry:
    """An article that was read: now (fresh), or in the build before (old is its index in that one's memory)."""

    reading: Reading
    file: Given
    old: int | None
    fresh: tuple[Document, Cleaned] | None
    dropped: tuple[int, ...] = ()


def collect(
    roots: Sequence[Path],
    *,
    today: date | None = None,
    on_file: Callable[[str], None] | None = None,
    before: Memory | None = None,
    stored_text: Callable[[str], str | None] = lambda article_id: None,
    settle: float = 0.0,
    fields: Fields | None = None,
    workers: int = 1,
) -> Collection:
    """Read everything under `roots`; never raises for a bad file.

    today: no article is dated after it (default: the clock's); an article is dated on the day that it is read.
    on_file: called with each file's name once it has been read. before: what the build before remembered. stored_text:
    an article's text in that build's index, by its id, where it is at hand. settle: seconds for which a file must
    not have been written to be read. fields: how records name the parts of an article, where not as exports usually do.
    workers: processes that read at most, one for every hundred files; the result is the same with any number.
    """
    today = today or date.today()
    entries: list[_Entry] = []
    old_index = {id(placed.reading): at for at, placed in enumerate(before.placed)} if before else {}
    fresh: dict[int, tuple[Document, Cleaned]] = {}  # by the id of the reading; written by several threads

    def found_in(given: Given, among_others: bool) -> Iterator[Reading | Rejected]:
        read = read_here if is_plain(given.file) and not among_others else read_apart
        for found in read(given.file, given.path, today, fields):
            if isinstance(found, Rejected):
                yield found
            else:
                reading, document, item = found
                fresh[id(reading)] = document, item
                yield reading

    def as_met(file: FileMet) -> None:
        if on_file and file.read:
            on_file(file.given.path)
        entries.extend(
            _Entry(one, file.given, old_index.get(id(one)), fresh.pop(id(one), None))
            for one in (file.reading.found if file.reading else ())
            if isinstance(one, Reading)
        )

    met = read_files(roots, before, found_in, as_met, settle, workers)
    groups = _grouped(entries, before, stored_text, today, fields)
    _drop_repeated([group[0] for group in groups], entries)
    articles, kept, lost = _articles(groups, entries, before, today, fields)
    return Collection(
        articles=tuple(articles),
        kept=tuple(kept),
        rejected=(*met.rejected, *lost),
        files_read=met.files,
        duplicates=len(entries) - len(groups),
        given=len(entries) + len(met.rejected),
        changes=met.changes,
        unsettled=met.unsettled,
        warnings=tuple(
            Warned(entry.reading.path, warning) for entry in entries for warning in entry.reading.warnings
        ),
        memory=Memory(met.remembered, _placed(groups, entries)),
    )


def _reading(document: Document, item: Cleaned) -> Reading:
    lines = {line for line in map(folded, item.text.split("\n")) if len(line.split()) >= REPEATED_WORDS}
    return Reading(
        path=document.path,
        article_id=_article_id(document),
        source=item.source,
        undated=item.published is None,
        inferred=item.published_inferred,
        length=len(item.text),
        sketch=sketch(item.text),
        lines=ints(sorted(map(_line_hash, lines))),
        warnings=(*document.warnings, *_strange_characters(document.raw)),
    )


def _strange_characters(raw: str) -> list[str]:
    """Characters that were lost, or are none, would stand in quotes without a word."""
    lost = raw.count("\ufffd")
    controls = sum("\x80" <= char <= "\x9f" and char != "\x85" for char in raw)
    told = [f"{lost:,} characters could not be read in its encoding and are shown as \ufffd"] if lost else []
    return told + ([f"{controls:,} control characters stand in its text"] if controls else [])


def _article_id(document: Document) -> str:
    return hashlib.sha256(document.raw.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _line_hash(line: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(line.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
    )


def read_here(
    file: Path, path: str, today: date, fields: Fields | None = None
) -> Iterator[tuple[Reading, Document, Cleaned] | Rejected]:
    """The articles of a file as they are read and cleaned; what becomes none, with the reason. Never raises."""
    for found in load(file, path, today=today, fields=fields):
        result = found if isinstance(found, Rejected) else _cleaned(found, today)
        if isinstance(result, Rejected):
            yield result
        elif isinstance(found, Document):
            yield _reading(found, result), found, result


def _cleaned(document: Document, today: date, drop: frozenset[str] = frozenset()) -> Cleaned | Rejected:
    try:
        return clean(document, today=today, drop=drop)
    except Unreadable as error:
        return Rejected(document.path, str(error))
    except (
        Exception,
        MemoryError,
    ) as error:  # strangers' text: a defect of ours must not spoil the other files
        return Rejected(document.path, f"it cannot be cleaned: {type(error).__name__}: {str(error)[:200]}")


def _read_again(entry: _Entry, today: date, fields: Fields | None) -> tuple[Document, Cleaned] | None:
    """The document of an entry and its text; None where it has gone since it was met."""
    if entry.fresh is None:
        for found in load(entry.file.file, entry.file.path, today=today, fields=fields):
            if isinstance(found, Document) and found.path == entry.reading.path:
                result = _cleaned(found, today)
                return (found, result) if isinstance(result, Cleaned) else None
    return entry.fresh


def _grouped(
    entries: Sequence[_Entry],
    before: Memory | None,
    stored_text: Callable[[str], str | None],
    today: date,
    fields: Fields | None,
) -> list[list[int]]:
    """Copies, each group with its speaker first, in the order of their speakers.

    A group of the build before of which nothing has gone holds still; everything else is compared with everything.
    """

    def text_of(at: int) -> str:
        entry = entries[at]
        whole = entry.old is not None and before is not None and not before.placed[entry.old].dropped
        if whole and (text := stored_text(entry.reading.article_id)) is not None:
            return text
        read = _read_again(entry, today, fields)
        return read[1].text if read else ""

    now_of = {entry.old: at for at, entry in enumerate(entries) if entry.old is not None}
    together = [
        [now_of[member] for member in members]
        for members in _groups_before(before)
        if all(member in now_of for member in members)
    ]
    settled = {at for group in together for at in group}
    fresh = [at for at in range(len(entries)) if at not in settled]
    groups = copies(
        [entry.reading.sketch for entry in entries],
        text_of,
        [*together, *_of_one_content(entries)],
        fresh,
    )
    return sorted(_speaker_first(group, entries) for group in groups)


def _groups_before(before: Memory | None) -> list[list[int]]:
    members: dict[int, list[int]] = defaultdict(list)
    for at, placed in enumerate(before.placed if before else ()):
        members[placed.speaker].append(at)
    return list(members.values())


def _of_one_content(entries: Sequence[_Entry]) -> list[list[int]]:
    """The same bytes may be read as one format or as another, by the file's name: still one article."""
    same: dict[str, list[int]] = defaultdict(list)
    for at, entry in enumerate(entries):
        same[entry.reading.article_id].append(at)
    return [group for group in same.values() if len(group) > 1]


def _speaker_first(group: Sequence[int], entries: Sequence[_Entry]) -> list[int]:
    """The copy that speaks: dated before undated, then the longest, then the first; the others in order."""

    def rank(at: int) -> tuple[bool, bool, int, int]:
        reading = entries[at].reading
        return reading.undated, reading.inferred, -reading.length, at

    speaker = min(group, key=rank)
    return [speaker, *(at for at in group if at != speaker)]


def _drop_repeated(speakers: Sequence[int], entries: Sequence[_Entry]) -> None:
    """Note for each speaker which of its lines its source repeats."""
    by_source: dict[tuple[str | None, str], list[_Entry]] = defaultdict(list)
    for at in speakers:
        reading = entries[at].reading
        folder = "" if reading.source else str(PurePosixPath(reading.path).parent)
        by_source[reading.source, folder].append(entries[at])
    for (source, _), members in by_source.items():
        least, share = (
            (REPEATED_IN, REPEATED_SHARE) if source else (UNKNOWN_REPEATED_IN, UNKNOWN_REPEATED_SHARE)
        )
        if len(members) < least:
            continue
        times: Counter[int] = Counter()
        for entry in members:
            times.update(entry.reading.lines)
        needed = max(least, share * len(members))
        drop = {line for line, seen in times.items() if seen >= needed}
        for entry in members if drop else ():
            entry.dropped = tuple(line for line in entry.reading.lines if line in drop)


def _articles(
    groups: Sequence[Sequence[int]],
    entries: Sequence[_Entry],
    before: Memory | None,
    today: date,
    fields: Fields | None,
) -> tuple[list[Article], list[str], list[Rejected]]:
    """What is new or told differently, the ids of the others, and what has gone while it was being read."""
    heard: dict[int | None, list[int]] = {}  # the groups of before, by their speakers
    for members in _groups_before(before):
        assert before is not None
        speaker = before.placed[members[0]].speaker
        heard[speaker] = [speaker, *(at for at in members if at != speaker)]
    articles: list[Article] = []
    kept: list[str] = []
    lost: list[Rejected] = []
    for group in groups:
        entry = entries[group[0]]
        was = before.placed[entry.old] if before and entry.old is not None else None
        if was and heard.get(entry.old) == [entries[at].old for at in group] and was.dropped == entry.dropped:
            kept.append(entry.reading.article_id)
            continue
        read = _read_again(entry, today, fields)
        if read is None:
            lost.append(Rejected(entry.reading.path, "it was gone when it was to be read"))
            continue
        also_in = tuple(entries[at].reading.path for at in group[1:])
        articles.append(_article(*_without_repeated(read, entry.dropped, today), also_in))
    return articles, kept, lost


def _without_repeated(
    read: tuple[Document, Cleaned], dropped: Sequence[int], today: date
) -> tuple[Document, Cleaned]:
    document, item = read
    if not dropped:
        return read
    lines = {line for line in map(folded, item.text.split("\n")) if _line_hash(line) in dropped}
    result = _cleaned(document, today, frozenset(lines))
    return document, result if isinstance(result, Cleaned) else item


def _placed(groups: Sequence[Sequence[int]], entries: Sequence[_Entry]) -> tuple[Placed, ...]:
    speaker = {at: group[0] for group in groups for at in group}
    return tuple(Placed(entry.reading, speaker[at], entry.dropped) for at, entry in enumerate(entries))


def _article(document: Document, item: Cleaned, also_in: tuple[str, ...]) -> Article:
    return Article(
        id=_article_id(document),
        path=document.path,
        raw=document.raw,
        title=item.title,
        text=item.text,
        published=item.published,
        published_inferred=item.published_inferred,
        source=item.source,
        url=item.url,
        alignment=item.alignment,
        page_starts=document.page_starts,
        also_in=also_in,
        language=language_of(item.text),
        in_file=document.in_file,
        parts=item.parts,
        items=item.items,
        tables=item.tables,
    )
