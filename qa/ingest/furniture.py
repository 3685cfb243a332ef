"""Which lines of a page are the article, and which of them is its headline.

Judged by kinds of lines and what stands around them: nothing is dropped for its position alone, so that plain
notes without any web furniture come through whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from qa.ingest.kinds import BYLINE, LineKind, folded, kind_of, words

TITLE_WORDS = (3, 40)  # shorter labels are sections and rubrics, longer ones paragraphs
WEB_LINES = 2  # so many furniture lines show that a file was copied from a web page
LINKS_IN_A_ROW = 2  # labels after a heading; after a section's own there is at most one, a heading below it
NAV_RUN = 4  # short labels in a row before the headline: a menu; subtitles and bylines are fewer
NAV_LABEL_WORDS = 3
REPEAT_WORDS = 4  # a repeated shorter label may be a heading used twice
REPEAT_WITHIN = 3  # lines: a picture's description and its link stand side by side
BUTTON_TIMES = 3
RESUME_WORDS = 20  # a lone paragraph of the article after a block of links; teasers run to one short sentence
TITLE_SPREAD = (
    3  # a line so many times as long as the headline does not repeat it, whatever marks stand around it
)
FOOTER_RESUME = 3  # paragraphs in a row that show a second article after a copyright line
COMMENT_REACH = 12  # lines after "Comments" among which a button shows that they are readers' comments

# Bylines and lines such as "Contact: ..." stand about the headline but are none.
_NO_TITLE = re.compile(rf"{BYLINE.pattern}|(?:contact|from|source|author|location|by)\s*:", re.I)
_NEVER = frozenset({LineKind.FURNITURE, LineKind.DATE, LineKind.URL})
_BLOCK = frozenset({LineKind.OPENER, LineKind.WEAK_OPENER})
_WEB = frozenset({LineKind.FURNITURE, LineKind.OPENER, LineKind.CLOSER})


@dataclass(slots=True)
class Selection:
    """keep[i]: line i is text of the article. title: the index of its headline, which is not text."""

    keep: list[bool]
    kinds: list[LineKind]
    title: int | None = None
    folded: list[str] = field(default_factory=list)

    @property
    def web(self) -> bool:
        """The text was copied from a web page: it has lines that nothing else has."""
        plain = (LineKind.PROSE, LineKind.LABEL, LineKind.DATE, LineKind.URL)
        return sum(kind not in plain for kind in self.kinds) >= WEB_LINES

    @property
    def from_a_page(self) -> bool:
        """Lines show it that only web pages have; a rule, a heading or a notice may stand in any text."""
        told = [
            said for kind, said in zip(self.kinds, self.folded, strict=True) if kind in _WEB and bool(said)
        ]
        return len(told) >= WEB_LINES and not self._are_headings()

    def _are_headings(self) -> bool:
        """Whether each of these lines stands once, between paragraphs: the sections of a text are called so."""
        last = len(self.kinds) - 1
        return all(
            0 < at < last
            and LineKind.PROSE is self.kinds[at - 1]
            and LineKind.PROSE is self.kinds[at + 1]
            and self.folded.count(self.folded[at]) == 1
            for at, kind in enumerate(self.kinds)
            if kind in _WEB and self.folded[at]
        )


def select(lines: Sequence[str], title: str | None = None, *, page: bool = False) -> Selection:
    """lines: normalized, non-empty. title: the headline where something outside the text told it.

    page: the lines are blocks that were chosen by a page's elements; only what is furniture by itself goes.
    """
    kinds = [kind_of(line) for line in lines]
    longest = TITLE_SPREAD * len(title) if page and title else None
    # Of a page they are compared with its headline alone.
    plain = [folded(line) if longest is None or len(line) <= longest else "" for line in lines]
    chosen = Selection([kind not in _NEVER for kind in kinds], kinds, None, plain)
    chosen.title = _find_title(lines, chosen, title)
    if page:
        _keep_links(chosen)
        _drop_page_ends(chosen)
    elif LineKind.PROSE in kinds:
        _drop_head(lines, chosen)
        _drop_blocks(lines, chosen)
        _drop_repeats(lines, chosen)
        _drop_buttons(lines, chosen)
        _drop_lone_menus(chosen)
    for index in _repeats_of_title(chosen):
        chosen.keep[index] = False
    return chosen


def _keep_links(chosen: Selection) -> None:
    """Addresses below the first paragraph, where they are what the text refers to: they come along on 31 of 990 pages,
    with none of what these are not to hold."""
    first = next((at for at, kind in enumerate(chosen.kinds) if kind is LineKind.PROSE), len(chosen.kinds))
    for index in range(first, len(chosen.kinds)):
        chosen.keep[index] |= chosen.kinds[index] is LineKind.URL


def _drop_page_ends(chosen: Selection) -> None:
    """Openers of blocks whose links are gone already, and all from where readers' comments begin."""
    prose = (at for at, kind in enumerate(chosen.kinds) if chosen.keep[at] and kind is LineKind.PROSE)
    last = max(prose, default=-1)
    for index, kind in enumerate(chosen.kinds):
        chosen.keep[index] &= kind not in (LineKind.OPENER, LineKind.FOOTER, LineKind.CLOSER) and not (
            index >= last and kind in (LineKind.WEAK_OPENER, LineKind.WEAK_CLOSER, LineKind.NAV)
        )


def _find_title(lines: Sequence[str], chosen: Selection, told: str | None) -> int | None:
    first_prose = next((i for i, kind in enumerate(chosen.kinds) if kind is LineKind.PROSE), len(lines))
    if told:
        wanted = folded(told)
        for index in range(min(first_prose + 1, len(lines))):
            here = chosen.folded[index]
            if here and (here == wanted or (len(here.split()) >= TITLE_WORDS[0] and wanted.startswith(here))):
                return index
        return None
    labels = [
        i for i in range(first_prose) if chosen.kinds[i] is LineKind.LABEL and not _NO_TITLE.match(lines[i])
    ]
    fit = [i for i in labels if TITLE_WORDS[0] <= len(words(lines[i])) <= TITLE_WORDS[1]]
    if chosen.web:  # three words at the head of a web page are the site's name, where a longer line follows
        fit = [i for i in fit if len(words(lines[i])) > TITLE_WORDS[0]] or fit
    heads = [chosen.folded[i] for i in labels]
    for index in fit:
        if len(words(lines[index])) >= REPEAT_WORDS and heads.count(chosen.folded[index]) > 1:
            return index
    return fit[0] if fit else (labels[0] if labels else None)


def _repeats_of_title(chosen: Selection) -> list[int]:
    if chosen.title is None:
        return []
    headline = chosen.folded[chosen.title]
    return [i for i, here in enumerate(chosen.folded) if here == headline or i == chosen.title]


def _drop_head(lines: Sequence[str], chosen: Selection) -> None:
    """Rubrics and menus before the headline."""
    first_prose = chosen.kinds.index(LineKind.PROSE)
    end = min(first_prose if chosen.title is None else chosen.title, first_prose)
    run: list[int] = []
    for index in range(end):
        kind = chosen.kinds[index]
        short = kind is LineKind.LABEL and len(words(lines[index])) <= NAV_LABEL_WORDS
        if kind is LineKind.LABEL and not short:
            run = []
            continue
        run.append(index)
        chosen.keep[index] &= kind is LineKind.LABEL and not chosen.web
        if len(run) >= NAV_RUN:
            for member in run:
                chosen.keep[member] = False
    if chosen.title is not None:
        for index in range(chosen.title, first_prose):
            chosen.keep[index] &= chosen.kinds[index] is LineKind.LABEL


def _drop_blocks(lines: Sequence[str], chosen: Selection) -> None:
    """Blocks of links, readers' comments, footers: from the line that opens them to where the article goes on."""
    kinds, keep = chosen.kinds, chosen.keep
    body = kinds.index(LineKind.PROSE)
    index = body
    while index < len(lines):
        if not _opens(index, chosen):
            index += 1
            continue
        _drop_teaser_before(index, chosen, body)
        end = _resume(lines, chosen, index)
        for member in range(index, end):
            keep[member] = False
        index = max(end, index + 1)


def _opens(index: int, chosen: Selection) -> bool:
    """Whether a line opens such a block. A heading "Features" or "Comments" of a text's own is followed by its text;
    over links there stand several labels in a row, on a page that shows in other lines that it is one."""
    kinds = chosen.kinds
    kind = kinds[index]
    if kind is LineKind.WEAK_OPENER:
        links = all(not _prose_at(kinds, at) for at in range(index + 1, index + 1 + LINKS_IN_A_ROW))
        return links and chosen.from_a_page
    if kind is LineKind.WEAK_CLOSER:
        return any(
            _is_button(chosen, at) for at in range(index + 1, min(index + 1 + COMMENT_REACH, len(kinds)))
        )
    if kind is LineKind.CLOSER:
        return chosen.from_a_page or LineKind.PROSE not in kinds[index + 1 :]
    return kind in (LineKind.OPENER, LineKind.FOOTER)


def _is_button(chosen: Selection, index: int) -> bool:
    """Whether a line is furniture, and no heading ("Share") of a section of the text."""
    if chosen.kinds[index] is not LineKind.FURNITURE:
        return False
    return not _prose_at(chosen.kinds, index + 1) or chosen.folded.count(chosen.folded[index]) > 1


def _prose_at(kinds: Sequence[LineKind], index: int) -> bool:
    return index < len(kinds) and kinds[index] is LineKind.PROSE


def _resume(lines: Sequence[str], chosen: Selection, opener: int) -> int:
    """The index of the line with which the article goes on after the block that `opener` opens."""
    kinds = chosen.kinds
    if kinds[opener] in (LineKind.CLOSER, LineKind.WEAK_CLOSER):
        return len(lines)
    if kinds[opener] is LineKind.FOOTER:
        if not chosen.from_a_page and LineKind.PROSE in kinds[opener:]:
            # A notice at the head of a memo or a book: after a page's own there are its links.
            return opener + 1
        return next(
            (
                at
                for at in range(opener + 1, len(lines) - FOOTER_RESUME + 1)
                if all(_paragraph(lines, kinds, at + more) for more in range(FOOTER_RESUME))
            ),
            len(lines),
        )
    for at in range(opener + 1, len(lines)):
        if kinds[at] in (LineKind.FOOTER, LineKind.CLOSER):
            return at
        if not _prose_at(kinds, at) or folded(lines[at]) == folded(lines[opener - 1]):
            continue
        if _prose_at(kinds, at + 1) or at == opener + 1:
            return at
        teasers = at + 2 < len(lines) and not _prose_at(kinds, at + 1) and _prose_at(kinds, at + 2)
        # A link's headline stands right before it.
        linked = kinds[at - 1] is LineKind.LABEL and at - opener > 2
        if len(words(lines[at])) >= RESUME_WORDS and not linked and not teasers:
            return at
    return len(lines)


def _paragraph(lines: Sequence[str], kinds: Sequence[LineKind], index: int) -> bool:
    return kinds[index] is LineKind.PROSE and len(words(lines[index])) >= RESUME_WORDS


def _drop_teaser_before(opener: int, chosen: Selection, body: int) -> None:
    """A link's text that stands before its "Read more" and again after it."""
    before = opener - 1
    if before > body and chosen.folded[before] in chosen.folded[opener + 1 : opener + 1 + REPEAT_WITHIN]:
        chosen.keep[before] = False


def _drop_repeats(lines: Sequence[str], chosen: Selection) -> None:
    """Paragraphs said twice are kept once; labels said twice side by side are links with pictures."""
    seen: set[str] = set()
    recent: list[int] = []
    for index, here in enumerate(chosen.folded):
        if index == chosen.title or not here:
            continue
        if chosen.kinds[index] is LineKind.PROSE:
            chosen.keep[index] &= here not in seen
            seen.add(here)
        elif chosen.kinds[index] is LineKind.LABEL and len(words(lines[index])) >= REPEAT_WORDS:
            for other in recent:
                if index - other <= REPEAT_WITHIN and here.startswith(chosen.folded[other]):
                    chosen.keep[index] = chosen.keep[other] = False
            recent = [*recent[-REPEAT_WITHIN:], index]


def _drop_buttons(lines: Sequence[str], chosen: Selection) -> None:
    """A very short label that a web page repeats again and again is a button."""
    if not chosen.web:
        return
    times = Counter(chosen.folded)
    for index, kind in enumerate(chosen.kinds):
        often = times[chosen.folded[index]] >= BUTTON_TIMES
        chosen.keep[index] &= not (
            kind is LineKind.LABEL and often and len(words(lines[index])) <= NAV_LABEL_WORDS
        )


def _drop_lone_menus(chosen: Selection) -> None:
    """Menu words head a section only where prose follows them."""
    for index, kind in enumerate(chosen.kinds):
        if kind is LineKind.NAV or kind in _BLOCK:
            chosen.keep[index] &= _prose_at(chosen.kinds, index + 1)
