"""Folders and files -> articles, and for everything given that became none, the reason.

Reading and cleaning go file by file; then copies are grouped, and paragraphs that a source repeats in most of its
articles are taken out of them.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from qa.ingest.clean import Cleaned, clean
from qa.ingest.dedupe import copies
from qa.ingest.document import Document, Unreadable
from qa.ingest.kinds import folded
from qa.ingest.load import load
from qa.ingest.walk import walk
from qa.records import Article, Rejected

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
    """What a build starts from: len(articles) + duplicates + len(rejected) == given."""

    articles: tuple[Article, ...]
    rejected: tuple[Rejected, ...]
    files_read: int  # files opened, whether they gave articles or not
    duplicates: int  # copies, exact and near, for which one of the articles speaks
    given: int  # files, links and hidden entries met, and the lines of .jsonl files


def collect(
    roots: Sequence[Path],
    *,
    today: date | None = None,
    on_file: Callable[[str], None] | None = None,
) -> Collection:
    """Read everything under `roots`; never raises for a bad file.

    today: no article is dated after it (default: the clock's). on_file: called with each file's name before it is
    read.
    """
    today = today or date.today()
    documents: list[Document] = []
    cleaned: list[Cleaned] = []
    rejected: list[Rejected] = []
    files_read = given = 0
    for met in walk(roots):
        if isinstance(met, Rejected):
            given += 1
            rejected.append(met)
            continue
        if on_file:
            on_file(met.path)
        files_read += 1
        for found in load(met.file, met.path, today=today):
            given += 1
            result = found if isinstance(found, Rejected) else _cleaned(found, today)
            if isinstance(result, Rejected):
                rejected.append(result)
            elif isinstance(found, Document):
                documents.append(found)
                cleaned.append(result)
    groups = [_speaker_first(group, cleaned) for group in copies([item.text for item in cleaned])]
    groups.sort(key=lambda group: group[0])
    _drop_repeated([group[0] for group in groups], documents, cleaned, today)
    articles = tuple(
        _article(documents[group[0]], cleaned[group[0]], tuple(documents[at].path for at in group[1:]))
        for group in groups
    )
    return Collection(articles, tuple(rejected), files_read, len(documents) - len(articles), given)


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


def _speaker_first(group: Sequence[int], cleaned: Sequence[Cleaned]) -> list[int]:
    """The copy that speaks: dated before undated, then the longest, then the first; the others in order."""

    def rank(at: int) -> tuple[bool, bool, int, int]:
        item = cleaned[at]
        return item.published is None, item.published_inferred, -len(item.text), at

    speaker = min(group, key=rank)
    return [speaker, *(at for at in group if at != speaker)]


def _drop_repeated(
    speakers: Sequence[int], documents: Sequence[Document], cleaned: list[Cleaned], today: date
) -> None:
    by_source: dict[tuple[str | None, str], list[int]] = defaultdict(list)
    for at in speakers:
        source = cleaned[at].source
        folder = "" if source else str(PurePosixPath(documents[at].path).parent)
        by_source[source, folder].append(at)
    for (source, _), members in by_source.items():
        least, share = (
            (REPEATED_IN, REPEATED_SHARE) if source else (UNKNOWN_REPEATED_IN, UNKNOWN_REPEATED_SHARE)
        )
        if len(members) < least:
            continue
        times: Counter[str] = Counter()
        for at in members:
            times.update({folded(line) for line in cleaned[at].text.split("\n")})
        needed = max(least, share * len(members))
        drop = frozenset(
            line for line, seen in times.items() if seen >= needed and len(line.split()) >= REPEATED_WORDS
        )
        for at in members if drop else ():
            result = _cleaned(documents[at], today, drop)
            if isinstance(result, Cleaned):
                cleaned[at] = result


def _article(document: Document, item: Cleaned, also_in: tuple[str, ...]) -> Article:
    return Article(
        id=hashlib.sha256(document.raw.encode("utf-8", "surrogatepass")).hexdigest()[:16],
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
    )
