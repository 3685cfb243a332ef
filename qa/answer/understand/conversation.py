"""What a conversation speaks of, each thing with the places it stands in: its referents, kept turn by turn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from qa.english.verbs import AUXILIARY
from qa.english.words import FUNCTION_WORDS, INTERROGATIVE

from .mentions import CALENDAR, spoken_of, words

_BRACKETS = re.compile(r"\s*\([^()]*\)")
_ASKS = re.compile(
    rf"^(?:and |but |so |or )?(?:{INTERROGATIVE}|{AUXILIARY}|any|anything|tell|name|list|describe)\b",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(r"(?:(?:in|at|on|for|since|until) )?(?:where|when|how|why)\b", re.IGNORECASE)
_CALLED_WORDS = 6  # words up to which an answer is what something is called
_WHOLE_WORDS = 14  # words up to which a whole answer can be spoken of
# Things of one text that are noted, the first ones: each is compared with all that were noted before.
MOST_THINGS = 24


@dataclass(frozen=True, slots=True)
class Place:
    turn: int
    in_answer: bool
    subject: bool  # the first thing that its text speaks of
    impersonal: bool = False  # in an answer to where, when, how or why


@dataclass(slots=True)
class Referent:
    """One thing spoken of. kind: "name", "title" (quoted), "thing", "date" or "answer"."""

    text: str
    kind: str
    places: list[Place] = field(default_factory=list)
    filled: dict[str, int] = field(default_factory=dict)  # slot -> the last turn where it stood for this
    near: set[str] = field(default_factory=set)  # small words beside it: "the album X", "X, a film"
    called: set[str] = field(default_factory=set)  # the small word right before it: "the album X"
    words: tuple[str, ...] = field(init=False)  # folded
    forms: tuple[tuple[str, tuple[str, ...]], ...] = field(init=False)  # what else it is called, folded too

    def __post_init__(self) -> None:
        self.words = words(self.text)
        parts = [w for w in self.text.split() if w[:1].isupper() and len(w) > 3 and w != self.text]
        forms = [self.text, *(w for w in parts if w.casefold() not in FUNCTION_WORDS)] if self.named else []
        self.forms = tuple((form, words(form)) for form in forms)

    @property
    def pair(self) -> bool:
        """Two names, which "they" may stand for together."""
        return self.kind == "name" and " and " in self.text

    @property
    def no_person(self) -> bool:
        """Nothing but the answer to where, when, how or why."""
        return bool(self.places) and all(place.in_answer and place.impersonal for place in self.places)

    @property
    def clause(self) -> bool:
        """Too long for a name of something: an answer of many words."""
        return self.kind == "answer" and len(self.words) > _CALLED_WORDS

    @property
    def named(self) -> bool:
        return self.kind in ("name", "title")


class Conversation:
    """The referents of the turns so far, the latest spoken of last."""

    def __init__(self) -> None:
        self.referents: list[Referent] = []
        self.questions: list[str] = []
        self.answers: list[str | None] = []
        self.latest_name: Referent | None = None
        self.topic: Referent | None = None  # what a turn consisted of that only named something
        self.namings = 0  # places of all names

    def add(self, question: str, answer: str | None) -> None:
        """question: as it was understood, so that a pronoun in it counts as what it stood for."""
        turn = len(self.questions)
        self.questions.append(question)
        self.answers.append(answer)
        named = _BRACKETS.sub("", question).strip()
        bare = not _ASKS.match(question) and not question.rstrip().endswith("?")
        if bare and 0 < len(named.split()) <= _WHOLE_WORDS:
            self._note([(named, "name")], question, turn, in_answer=False)
            self.topic = self.find(named)
        else:
            self._note(spoken_of(question), question, turn, in_answer=False)
            self._note(self._known_in(question), question, turn, in_answer=False)
        if answer:
            whole = answer.strip().strip(" .,;:()")
            if CALENDAR.match(whole):
                self._note([(whole, "date")], answer, turn, in_answer=True)
                return
            self._note([*spoken_of(answer), *self._known_in(answer)], answer, turn, in_answer=True)
            if whole and len(whole.split()) <= _WHOLE_WORDS:
                self._note([(whole, "answer")], answer, turn, in_answer=True)

    def find(self, text: str) -> Referent | None:
        """The referent that `text` names, in full or by some of its words; the latest that fits best."""
        wanted = words(text)
        if not wanted:
            return None
        same = [r for r in self.referents if r.words == wanted]
        if same:
            return same[-1]
        part = [r for r in self.referents if r.named and not r.pair and _is_part(wanted, r.words)]
        return max(part, key=lambda r: (len(r.places), r.places[-1].turn)) if part else None

    def _note(self, found: Iterable[tuple[str, str]], text: str, turn: int, *, in_answer: bool) -> None:
        for at, (name, kind) in enumerate(islice(found, MOST_THINGS)):
            referent = self.find(name) if kind in ("name", "title", "date") else self._same(name)
            if referent is None:
                referent = Referent(name, kind)
                self.referents.append(referent)
            place = Place(turn, in_answer, at == 0, _IMPERSONAL.match(self.questions[turn]) is not None)
            if not referent.places or referent.places[-1].turn != turn or not referent.places[-1].in_answer:
                referent.places.append(place)
                self.namings += referent.named
            if referent.named:
                self.latest_name = referent
            before, after = _beside(name, text)
            referent.near |= {*before, *after} - FUNCTION_WORDS
            referent.called |= {*before[-1:]} - FUNCTION_WORDS

    def _same(self, name: str) -> Referent | None:
        wanted = words(name)
        return next((r for r in reversed(self.referents) if r.words == wanted), None)

    def _known_in(self, text: str) -> Iterator[tuple[str, str]]:
        """Names of the conversation that this text writes without capitals, or begins with."""
        inside = frozenset(words(text))
        for referent in list(self.referents):
            for form, parts in referent.forms:
                if inside.issuperset(parts) and form not in text[1:]:
                    yield form, referent.kind
                    break


def _beside(name: str, text: str) -> tuple[list[str], list[str]]:
    """The three words before a mention and the three after it: what kind of thing it is often stands there."""
    at = text.find(name)
    if at < 0:
        return [], []
    before, after = text[max(0, at - 60) : at], text[at + len(name) : at + len(name) + 60]
    return list(words(before)[-3:]), list(words(after)[:3])


def _is_part(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    """Its first or its last words: "George" or "Foreman" of George Foreman."""
    size = len(part)
    return size < len(whole) and (whole[:size] == part or whole[-size:] == part)
