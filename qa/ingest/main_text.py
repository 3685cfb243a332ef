"""Which blocks of a page are its article: two extractors vote, and what stands around their votes decides the rest.

trafilatura's vote counts: it is the more precise one. Resiliparse's loses hardly anything but keeps more of what
stands around an article, so it counts
- where trafilatura kept little of what it keeps (the guard: a name in a class lost the article);
- between the headline and trafilatura's first block: leads, which trafilatura drops;
- for paragraphs that stand in the page as kept ones do, with the same elements and classes around them;
- between trafilatura's blocks, for whole paragraphs and for parts that go on from one kept block to the next.
Of what neither keeps, list items, rows and paragraphs that stand between two kept blocks come along. Readers'
comments never do, unless the whole page is in them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa.ingest.kinds import LineKind, is_prose, kind_of, letters_in_one
from qa.ingest.phrases import COMMENTS_HEADING
from qa.ingest.standing import LAYOUT, Standing, of_names
from qa.ingest.visible import Block
from qa.ingest.votes import letters

# Of a block's characters; paragraphs with many links stay under a third, lists of links are all links.
LINK_SHARE = 0.5
# trafilatura kept less than this share of what Resiliparse keeps: the article was lost. On 565 development pages
# 0.3 wins two lost pages for 7 wrong segments, 0.5 no more pages for 21.
GUARD_SHARE = 0.3
APART_SHARE = 0.5  # of Resiliparse's text, where no paragraph is in both; a poem's verses are in both
LEAD_LETTERS = 40  # shorter lines above an article are dates, bylines and sections
PARAGRAPH_LETTERS = 100  # shorter ones that trafilatura drops within an article are mostly boxes and buttons
ITEM_LETTERS = 12  # the mean of a list's items that belong to the text; buttons and sections are shorter
MAX_GAP = 60  # blocks between two kept ones that may be an article's own list or table
PROSE_GAP = 3  # paragraphs in a row that both extractors drop within an article; a teaser box has headings
# Different captions of sentences that both extractors drop in a story that pictures tell, and the share that they are
# of the letters kept: of 1,325 development pages two stories win theirs; of three captions one page takes teasers'.
STORY_CAPTIONS = 4
STORY_SHARE = 0.25
ARTICLE_LETTERS = 120  # of prose outside the comments that show them to be comments, not the layout
NAMED_TIMES = 3  # as much of what is called a box beside it
THREAD_PROSE = 2  # paragraphs under a heading that show it to be one of readers' comments
WRAPPED = 3  # elements beside one another that are called the same and hold a paragraph each
HEADING_LETTERS = 60
SECTION_REACH = 12  # blocks before "Comments" in which a section's own neighbours stand
MAX_HEADINGS = 20  # over comments that are looked into; each costs a pass over the page

_PARTS = frozenset("h1 h2 h3 h4 h5 h6 tr li dt dd blockquote figcaption caption pre".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_ITEMS = frozenset("li dt dd tr pre td".split())


@dataclass(slots=True)
class Judged:
    """A block with what the extractors say of it."""

    block: Block
    letters: str
    first: bool  # trafilatura keeps it
    second: bool  # Resiliparse keeps it
    own: bool = False  # the page's data has it
    text: bool = field(init=False)  # it is no list of links
    open: bool = field(init=False)
    # Once they were asked: a page is weighed up to three times.
    _prose: bool | None = field(default=None, init=False, compare=False)
    _heads: bool | None = field(default=None, init=False, compare=False)

    def __post_init__(self) -> None:
        self.text = self.block.link_chars < LINK_SHARE * len(self.block.text)
        self.open = self.text and self.block.standing is Standing.OPEN

    @property
    def weight(self) -> float:
        """Its letters, as many as they would be in a script with spaces."""
        return len(self.letters) * letters_in_one(self.letters)

    @property
    def prose(self) -> bool:
        if self._prose is None:
            self._prose = self.open and is_prose(self.block.text)
        return self._prose

    @property
    def heads_comments(self) -> bool:
        if self._heads is None:
            self._heads = (
                len(self.letters) <= HEADING_LETTERS
                and self.block.tag != "pre"
                and COMMENTS_HEADING.fullmatch(self.block.text) is not None
            )
        return self._heads


def covered(page: Sequence[Judged]) -> float:
    """The share of what Resiliparse keeps, in letters, that trafilatura keeps as well; 1 where it keeps nothing."""
    second = [one for one in page if one.second and one.text and one.block.standing < Standing.COMMENTS]
    total = sum(len(one.letters) for one in second)
    return sum(len(one.letters) for one in second if one.first) / total if total else 1.0


def _apart(page: Sequence[Judged]) -> bool:
    """Whether the texts share no paragraph and little else, and Resiliparse's is the longer: pages of short lines."""
    if any(one.first and one.second and one.prose for one in page) or covered(page) >= APART_SHARE:
        return False
    return sum(len(one.letters) * (one.second - one.first) for one in page) > 0


def article_blocks(page: Sequence[Judged], title: str | None, comments: Sequence[bool] | None) -> list[bool]:
    """For each block whether it is part of the article; none where neither extractor keeps anything.

    comments: what `readers_comments` tells of the page."""
    kept = [one.first for one in page]
    if covered(page) < GUARD_SHARE or _apart(page):
        kept = [one.first or one.second for one in page]
    kept = [keep or (one.own and one.text) for one, keep in zip(page, kept, strict=True)]
    _drop(kept, comments)
    if not any(keep and one.prose for one, keep in zip(page, kept, strict=True)):
        kept = max(kept, _without_extractors(page, comments), key=lambda some: sum(_held(page, some)))
    if not any(kept):
        return kept
    if comments is None:
        page = [_outside_comments(one) for one in page]
    _add_wrapped(page, kept)
    _add_called_alike(page, kept)
    _add_alike(page, kept)
    _add_lead(page, kept, title)
    _add_between(page, kept)
    _add_gaps(page, kept)
    return kept


def settled(page: Sequence[Judged], title: str | None, comments: Sequence[bool] | None) -> list[bool] | None:
    """The article's blocks as `article_blocks` gives them, where Resiliparse can change nothing: where they are the
    same whether it keeps nothing or everything. Otherwise None. Its votes in `page` count for nothing, and are lost."""
    for one in page:
        one.second = False
    without = article_blocks(page, title, comments)
    for one in page:
        one.second = True
    return without if without == article_blocks(page, title, comments) else None


def _outside_comments(one: Judged) -> Judged:
    """With the standing of a thread's posts, which are the article."""
    if one.block.standing is not Standing.COMMENTS:
        return one
    return replace(one, block=replace(one.block, standing=Standing.OPEN))


def readers_comments(page: Sequence[Judged]) -> list[bool] | None:
    """For each block whether it is of readers' comments, whoever keeps it; None where what is called so is the article
    itself."""
    said = [one.block.standing >= Standing.COMMENTS for one in page]
    headed = [False] * len(page)
    headings = [index for index, one in enumerate(page) if one.heads_comments]
    for index in headings[:MAX_HEADINGS]:
        around = page[index].block.inside[-2] if len(page[index].block.inside) > 1 else None
        thread = [at for at in range(index, len(page)) if around is None or around in page[at].block.inside]
        if (
            not headed[index]
            and sum(map(_may_be_comment, (page[at] for at in thread))) >= THREAD_PROSE
            and not _is_section(page, index, thread)
        ):
            for at in thread:
                said[at] = headed[at] = True
    if not any(said):
        return said
    # Only beside an article are they comments; otherwise the name is of the layout, the heading of the article. Where
    # a heading stands over others, what is called a comment may be an article that comments on the news.
    outside = sum(one.weight for one, aside in zip(page, said, strict=True) if one.prose and not aside)
    outside = max(outside, _named_before(page, said.index(True)) / NAMED_TIMES)
    if outside <= ARTICLE_LETTERS and any(headed):
        said = headed
        outside = sum(
            one.weight
            for one, aside in zip(page, said, strict=True)
            if not aside and one.text and one.block.standing is Standing.COMMENTS and is_prose(one.block.text)
        )
    return said if outside > ARTICLE_LETTERS else None


def _drop(kept: list[bool], comments: Sequence[bool] | None) -> None:
    if comments is not None:
        kept[:] = [keep and not aside for keep, aside in zip(kept, comments, strict=True)]


def _may_be_comment(one: Judged) -> bool:
    return one.text and one.block.standing is not Standing.ASIDE and is_prose(one.block.text)


def _named_before(page: Sequence[Judged], comments: int) -> float:
    """The letters of paragraphs without links before the comments that are called something beside an article: where
    they are many, that is a name of the article."""
    return sum(
        one.weight
        for one in page[:comments]
        if one.block.standing is Standing.NAMED and not one.block.link_chars and is_prose(one.block.text)
    )


def _is_section(page: Sequence[Judged], heading: int, thread: Sequence[int]) -> bool:
    """Whether "Comments" heads a section of the article: without a number, and what follows are paragraphs right beside
    those before it, with none of the buttons and dates of readers' comments."""
    head = page[heading].block
    if any(char.isdigit() for char in head.text) or head.tag not in _HEADINGS:
        return False
    around = head.inside[:-1]
    before = {
        one.block.tag
        for one in page[max(heading - SECTION_REACH, 0) : heading]
        if one.prose and one.block.inside[:-1] == around
    }
    told = [page[at].block for at in thread if _may_be_comment(page[at])]
    return all(block.inside[:-1] == around and block.tag in before for block in told) and not any(
        kind_of(page[at].block.text) in (LineKind.FURNITURE, LineKind.DATE)
        for at in thread
        if page[at].block.tag not in _HEADINGS and page[at].block.standing < Standing.ASIDE
    )


def _without_extractors(page: Sequence[Judged], comments: Sequence[bool] | None) -> list[bool]:
    """For a page of which the extractors keep no prose: from the first of it to the last."""
    for allowed in (Standing.NAMED, Standing.COMMENTS):
        prose = [one.text and one.block.standing <= allowed and is_prose(one.block.text) for one in page]
        _drop(prose, comments)
        if any(prose):
            first, last = _ends(prose)
            inner = range(first, last + 1)
            return [prose[at] or (at in inner and one.open and one.second) for at, one in enumerate(page)]
    return [False] * len(page)


def _held(page: Sequence[Judged], kept: Sequence[bool]) -> Iterator[int]:
    return (len(one.letters) for one, keep in zip(page, kept, strict=True) if keep)


def _ends(kept: Sequence[bool]) -> tuple[int, int]:
    return kept.index(True), len(kept) - 1 - kept[::-1].index(True)


def _add_wrapped(page: Sequence[Judged], kept: list[bool]) -> None:
    """Paragraphs without links, each alone in an element that is called as the others are, where they are more than all
    that is kept: a program wrapped the article's own so."""
    rows: defaultdict[object, list[int]] = defaultdict(list)
    for index, one in enumerate(page):
        block = one.block
        if block.standing is Standing.NAMED and not block.link_chars and len(block.inside) > 1:
            rows[block.inside[:-2], block.place[-2:]].append(index)
    for row in rows.values():
        if len(row) < WRAPPED or not all(is_prose(page[index].block.text) for index in row):
            continue
        wrappers = {page[index].block.inside[-2] for index in row}
        held = sum(not wrappers.isdisjoint(one.block.inside) for one in page)
        if held == len(row) == len(wrappers) and sum(len(page[at].letters) for at in row) > sum(
            _held(page, kept)
        ):
            for index in row:
                kept[index] = True


def _add_called_alike(page: Sequence[Judged], kept: list[bool]) -> None:
    """Paragraphs without links that go on in the same element as a kept one which, too, is called a box beside an
    article: the name is one of this page's article."""
    if not any(one.block.standing is Standing.NAMED for one in page):
        return
    at, count = 1, len(page)
    while at < count:
        before = page[at - 1].block
        run = 0
        if kept[at - 1] and not kept[at] and len(before.inside) > 1 and _is_called_aside(before):
            around = before.inside[-2]
            while at + run < count and _goes_on(page[at + run], around):
                run += 1
            if run >= THREAD_PROSE and is_prose(before.text):
                kept[at : at + run] = [True] * run
        at += run + 1


def _is_called_aside(block: Block) -> bool:
    return block.standing is Standing.NAMED or any(
        tag in LAYOUT and of_names(names) is Standing.NAMED for tag, names in block.place
    )


def _goes_on(one: Judged, around: int) -> bool:
    block = one.block
    return (
        block.standing is Standing.NAMED
        and not block.link_chars
        and around in block.inside
        and is_prose(block.text)
    )


def _add_alike(page: Sequence[Judged], kept: list[bool]) -> None:
    """Paragraphs that stand in the page as kept ones do: of a forum's thread trafilatura keeps the first post."""
    left = [
        index
        for index, (one, keep) in enumerate(zip(page, kept, strict=True))
        if one.second and not keep and one.prose
    ]
    if left:
        places = {one.block.place for one, keep in zip(page, kept, strict=True) if keep and one.prose}
        for index in left:
            place = page[index].block.place
            kept[index] = place in places and any(names for _, names in place)


def _add_lead(page: Sequence[Judged], kept: list[bool], title: str | None) -> None:
    """What stands between the headline and the first block kept."""
    first, _ = _ends(kept)
    headline = letters(title or "")
    heads = [
        index
        for index in range(first)
        if page[index].block.tag == "h1" or (headline and page[index].letters == headline)
    ]
    for index in range(heads[0] + 1, first) if heads else ():
        one = page[index]
        named = one.second and one.text and one.block.standing is Standing.NAMED  # "teaser", "article-header"
        said = one.prose or (one.open and one.second) or (named and is_prose(one.block.text))
        kept[index] = said and len(one.letters) >= LEAD_LETTERS


def _add_between(page: Sequence[Judged], kept: list[bool]) -> None:
    first, last = _ends(kept)
    before = list(kept)
    for index in range(first + 1, last):
        one = page[index]
        if before[index] or not one.open:
            continue
        beside = before[index - 1] and before[index + 1]
        if one.second:
            kept[index] = len(one.letters) >= PARAGRAPH_LETTERS or (
                beside and (one.block.tag in _PARTS or len(one.letters) >= LEAD_LETTERS)
            )
        elif beside:
            kept[index] = one.prose or (
                one.block.tag in _PARTS and kind_of(one.block.text) in (LineKind.LABEL, LineKind.PROSE)
            )
        kept[index] |= one.block.tag == "figcaption"
    _add_told_by_captions(page, kept, first, last)


def _add_told_by_captions(page: Sequence[Judged], kept: list[bool], first: int, last: int) -> None:
    """The captions of a story that is told by its pictures: all in them that may be text."""
    captions = [
        index
        for index in range(first, last)
        if not kept[index]
        and page[index].open
        and any(part.role == "caption" for part in page[index].block.parts)
    ]
    told = {page[index].letters for index in captions if page[index].prose}
    if len(told) >= STORY_CAPTIONS and sum(map(len, told)) > STORY_SHARE * sum(_held(page, kept)):
        for index in captions:
            kept[index] = True


def _add_gaps(page: Sequence[Judged], kept: list[bool]) -> None:
    """Lists, tables, code and a few paragraphs, from right after a kept block to right before the next one."""
    at, (start, last) = 0, _ends(kept)
    at = start
    while at < last:
        end = next(index for index in range(at + 1, last + 1) if kept[index])
        gap = page[at + 1 : end]
        if 0 < len(gap) <= PROSE_GAP and all(one.prose for one in gap):
            kept[at + 1 : end] = [True] * len(gap)
        elif 0 < len(gap) <= MAX_GAP and all(one.open and one.block.tag in _ITEMS for one in gap):
            code = all(one.block.tag == "pre" for one in gap)
            whole = code or sum(len(one.letters) for one in gap) >= ITEM_LETTERS * len(gap)
            kept[at + 1 : end] = [whole] * len(gap)
        at = end
