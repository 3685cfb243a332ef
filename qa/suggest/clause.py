"""A sentence -> its main clause, where that is plain: subject, verb, object, and when.

Only sentences that one pattern covers from end to end are taken; most are not, and that is meant so: a question made
from a sentence that was half understood reads badly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.english.dates import phrases

from .tags import Word, words

MIN_WORDS, MAX_WORDS = 5, 45

_NP = r"(?:[dt]?v?[aocEG]*[nN](?:[aocnNs]*[nN])?c?)"  # a noun phrase
_NPS = rf"(?:{_NP}(?:f{_NP})*)"  # and "of" another
_CLAUSE = re.compile(
    rf"(?P<subject>{_NPS}(?:i{_NP}(?:f{_NP})*)?(?:C(?:h?{_NP}))?)(?:,[dthaocnNfisEv]{{1,12}},)?"
    r"(?P<verb>[bM]v?(?:y?E|y|I|G)?q?|Hv?(?:E|yE|yG)q?|[DZE]q?)"
    r"(?P<behind>.*)"
)
_OBJECT = re.compile(rf"h?{_NP}(?:f{_NP})*")
_END = re.compile(r"[,SW!?]|C(?=[pdthnNao]*[DZbHMX])|C(?=v?[DZEbHMXBI])")
_FINITE = re.compile(r"[DZbHMXB]")
_NOT_PLAIN = re.compile(r"[\"“”«»()\[\]{}<>;:?!/|•…@]|(?<!\w)['‘]|--|\s[–—-]\s|\.\.")
_CLAUSE_FOLLOWS = frozenset("after before until since when while because as if though although once".split())
_PARTICLES = frozenset("over up out off down back away".split())
_ABOUT = frozenset("about around nearly almost some over roughly approximately".split())
_ON = re.compile(r"(?:^|(?<=\s))(?:(?:early |late )?(?:on|in|at))\s+(?:the\s+)?$", re.IGNORECASE)
_TIED = re.compile(
    r"\b(?:from|until|till|by|before|after|since|between|of|for|and|or|to|than|following|next|this)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
# Neither the day of "today's problems" nor the year of "2010-11" is when something happened.
_GOES_ON = re.compile(r"\w|[-–/’']\w")
_HOUR = re.compile(
    r"(?:\s+(?:morning|afternoon|evening|night)\b)?(?:\s+at\s+(?:\d+(?::\d\d)?|[a-z]+)(?:\s*[ap]\.?m\b\.?)?)?"
)


@dataclass(frozen=True, slots=True)
class Part:
    """Words of the sentence, in their order; they need not adjoin."""

    words: tuple[Word, ...]

    @property
    def letters(self) -> str:
        return "".join(word.letter for word in self.words)

    @property
    def text(self) -> str:
        """As they stand in the sentence, with one space where there was white space or a gap."""
        text, end = "", None
        for word in self.words:
            text += word.text if end in (None, word.start) else f" {word.text}"
            end = word.end
        return text

    def __bool__(self) -> bool:
        return bool(self.words)

    def __getitem__(self, at: slice) -> Part:
        return Part(self.words[at])


@dataclass(frozen=True, slots=True)
class Clause:
    """auxiliary: None beside a plain past or present. verb: the words behind the auxiliary. object: the noun phrase
    right behind the verb. rest: what follows it, less the date. when: the date with its preposition; day: where it
    stands in the sentence, without the preposition. behind: all that stands behind the verb. whole: nothing was left
    out at the end. Empty parts are falsy.
    """

    subject: Part
    auxiliary: Word | None
    verb: Part
    object: Part
    rest: Part
    when: Part
    day: tuple[int, int]
    behind: Part
    whole: bool

    @property
    def copula(self) -> bool:
        """Whether the verb is a form of "be" alone."""
        return self.auxiliary is not None and self.auxiliary.letter == "b" and not self.verb


def clause(sentence: str) -> Clause | None:
    """None where the sentence is not plain."""
    if not sentence.endswith(".") or not sentence[0].isupper() or _NOT_PLAIN.search(sentence):
        return None
    if any(not (char.isprintable() or char.isspace()) for char in sentence):
        return None  # marks that turn the direction of writing, and the like
    found = _settled(words(sentence))
    if not MIN_WORDS <= len(found) <= MAX_WORDS:
        return None
    when, day, body = _opening_date(sentence, found[:-1])
    if len(body) > 1 and body[0].text.lower() in _ABOUT and body[1].letter == "c":
        body = body[1:]
    match = _CLAUSE.match(Part(tuple(body)).letters)
    if match is None:
        return None
    end = _END.search(match["behind"])
    kept = match["behind"][: end.start()] if end else match["behind"]
    if re.search("[pq]", kept) or "x" in match["verb"] + kept or _FINITE.search(kept):
        return None
    if match["verb"] == "E" and _FINITE.search(match["behind"]):
        return None  # "the cup bought in 1926 was": a participle, and the verb comes later
    subject = body[match.start("subject") : match.end("subject")]
    if _holds_a_day(sentence, subject):
        return None
    verb = body[match.start("verb") : match.end("verb")]
    behind = body[match.end("verb") : match.end("verb") + len(kept)]
    if behind and behind[0].letter == "i" and behind[0].text in _PARTICLES and verb[-1].letter in "DEZIG":
        verb, behind = [*verb, behind[0]], behind[1:]
    rest: Sequence[Word] = behind
    if not when:
        when, day, rest = _date_within(sentence, behind)
    helped = verb[0].letter in "bMH"
    object_ = _OBJECT.match(Part(tuple(rest)).letters)
    cut = object_.end() if object_ else 0
    return Clause(
        subject=Part(tuple(subject)),
        auxiliary=verb[0] if helped else None,
        verb=Part(tuple(verb[1:] if helped else verb)),
        object=Part(tuple(rest[:cut])),
        rest=Part(tuple(rest[cut:])),
        when=when,
        day=day,
        behind=Part(tuple(behind)),
        whole=end is None,
    )


def _settled(found: list[Word]) -> list[Word]:
    """Two repairs of the tags: a capital word before a verb is a name, and "after the ferry struck" is a clause."""
    settled = []
    for at, word in enumerate(found):
        behind = found[at + 1].letter if at + 1 < len(found) else "!"
        if at and word.text[0].isupper() and word.letter in "an?EGZD" and behind not in "naNCc":
            word = replace(word, letter="N")
        elif word.letter == "i" and word.text in _CLAUSE_FOLLOWS:
            letters = Part(tuple(found[at + 1 :])).letters
            if _FINITE.search(letters.split(",")[0]):
                word = replace(word, letter="S")
        settled.append(word)
    return settled


def _holds_a_day(sentence: str, subject: Sequence[Word]) -> bool:
    """Whether the day of the verb stands in its subject: "the mayor in October revealed"."""
    first, last = subject[0].start, subject[-1].end
    days = [start for _, start, end in phrases(sentence) if first < start and end <= last]
    return any(_ON.search(sentence[first:start]) for start in days)


_NO_DATE = (Part(()), (0, 0))


def _opening_date(sentence: str, found: list[Word]) -> tuple[Part, tuple[int, int], list[Word]]:
    """Of "On December 17, 2021, the ministry …" the date, its place, and the words behind its comma."""
    for _, start, end in phrases(sentence)[:1]:
        before = _ON.search(sentence[:start])
        opens = start == 0 or (before is not None and before.start() == 0)
        if opens and not _GOES_ON.match(sentence, end):
            body = [word for word in found if word.start >= end]
            if body and body[0].letter == ",":
                body = body[1:]
            first, *others = [word for word in found if word.end <= end]
            small = replace(first, text=first.text.lower()) if first.letter == "i" else first
            return Part((small, *others)), (start, end), body
    return *_NO_DATE, found


def _date_within(sentence: str, found: list[Word]) -> tuple[Part, tuple[int, int], list[Word]]:
    """The one date of these words with its preposition, its place, and the other words.

    Nothing is taken where there are several, or where the date depends on more ("from 1926", "the vote of May 3").
    """
    if not found:
        return *_NO_DATE, found
    first, last = found[0].start, found[-1].end
    dates = [(start, end) for _, start, end in phrases(sentence) if first <= start and end <= last]
    if len(dates) != 1 or _TIED.search(sentence[first : dates[0][0]]):
        return *_NO_DATE, found
    start, end = dates[0]
    hour = _HOUR.match(sentence[:last], end)
    end = hour.end() if hour else end
    before = _ON.search(sentence[first:start])
    begin = first + before.start() if before else start
    taken = [word for word in found if begin <= word.start and word.end <= end]
    if not taken or _GOES_ON.match(sentence, end):
        return *_NO_DATE, found
    if not (before or re.match(r"(?:last|past|yesterday)\b|[A-Z]", sentence[start:])):
        return *_NO_DATE, found
    others = [word for word in found if word.end <= begin or word.start >= end]
    return Part(tuple(taken)), (start, end), others
