"""A sentence -> questions that it answers, each with the words that answer it.

The patterns ask for one part of a plain clause and keep the rest: who, when, where, what, how many, how much; and who
somebody is, where the sentence tells it beside the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.english import words as telling
from qa.english.calendar import MONTHS, WEEKDAYS, YEAR
from qa.english.people import PERSON

from .clause import Clause, Part, clause
from .tags import Word, words

MAX_CHARS = 105  # longer questions are not read; phrases at their end are left out first
_UNCLEAR = re.compile(  # what only the text around explains
    r"\b(?:he|she|it|they|we|i|you|our|my|your|him|them|us|this|these|those|such|other|others|same|another|former"
    r"|that|latter|yesterday|today|tomorrow|tonight|now|then|here|there|ago|next|last|also|too|however|both|respectively"
    r"|above|below|following|latest|so|far|said|until|since|one|again|still|already|later|earlier)\b"
)
_HIS = re.compile(r"\b(?:his|her|its|their)\b")
_HANGING = re.compile(r"\b(?:in|on|at|to|of|by|for|with|from|and|or|the|a|an|as|between|about|into)$")
_DAYS = telling.stems(" ".join((*WEEKDAYS, *MONTHS)))  # tell nothing of what happened on them
# Which one is meant, only the text before tells: "the weapon", "this system".
_POINTS_BACK = re.compile(r"(?:this|that|these|those|such|the same)\b|the \w+$", re.IGNORECASE)
_HALF = re.compile(r"[^i]*Ci")  # "passed the act and in 1830": what else was done then is lost
_AN_AGE = re.compile(r"\ban? \d+$")  # "in a 55", cut out of "a 55-year-old"
_LASTED = re.compile(r"^How many (?:second|minute|hour|day|week|month|year)s (?:is|are|was|were)\b")
_NOW = re.compile(r"(?:today|tonight|now|this (?:morning|afternoon|evening))\b", re.IGNORECASE)
_PERSON = re.compile(PERSON)
_MONEY = re.compile(r"^[$€£]|\b(?:euros?|dollars?|pounds?|crowns?|roubles?|rubles?|yen|yuan|francs?)$")
_LIGHT = frozenset(  # verbs whose object tells little ("take part"), or is what was said
    "say tell add note stress think believe hope state claim argue admit deny mean be seem appear become remain happen "
    "let make have get go come take give know hold ask want expect call see do".split()
)
_ALONE = frozenset(  # verbs that say something with neither object nor phrase; of any other, what it was is lost
    "appear arrive begin close collapse crash decline depart die disappear drown emerge end erupt escape explode fail "
    "fall finish freeze grow happen improve land leave melt move occur open perish quit recover resign resume retire "
    "return rise shrink sink start stop succeed surrender survive vanish vote worsen".split()
)
# "talks between …", one phrase.
_OF_NOUNS = frozenset("between about against for on regarding concerning".split())
_SHARES = ("percent", "per")  # are not asked for with "how many"
_PLACES = ("in", "at", "near", "outside")
_OF_A_NATION = re.compile(r"(?:ish|ese|[aeio]an|ench|utch|Greek|iss|Arab|aqi|aeli|stani)$")
_YEAR = re.compile(YEAR)

_ROLE = r"[dt]?[aoE]*n+(?:f[dth]?[aoEnN]*[nN])?(?:i[dth]?[anN]*N)?"
_WHO_IS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<name>NN+),(?P<role>{_ROLE}),",  # "Anna Brandt, the curator of the museum, …"
        rf"(?<![hn])(?P<role>{_ROLE}),(?P<name>NN+),",  # "The curator, Anna Brandt, …"
        r"(?<![aNh])(?P<role>[aN]*n{1,3})(?P<name>NN+)(?!N)",  # "harbour master Olav Brekke"
    )
)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A question, and the words that should answer it: [start, end) of the sentence."""

    question: str
    kind: str
    start: int
    end: int


def propose(sentence: str) -> list[Proposed]:
    """Every question that a pattern makes of the sentence: none, of most sentences."""
    found = list(_who_is(sentence))
    plain = clause(sentence)
    if plain is not None and not _lacks_its_object(plain):
        for pattern in (_when, _where, _who, _by_whom, _what, _how_many, _how_much):
            found += pattern(plain)
    return [one for one in found if _reads_well(one) and not _points_back(one, sentence)]


def _points_back(of: Proposed, sentence: str) -> bool:
    """Whether only the text before tells what the answer is."""
    return of.kind == "what" and _POINTS_BACK.match(sentence, of.start, of.end) is not None


def _lacks_its_object(of: Clause) -> bool:
    """Whether nothing stands beside the verb, and it asks for something: "Denmark clinched on Monday"."""
    if of.copula or of.object or of.rest or "y" in of.verb.letters:
        return False
    suffers = of.auxiliary is not None and of.auxiliary.letter == "b" and of.verb.letters.startswith("E")
    return not suffers and len(of.verb.words) == 1 and of.verb.words[0].lemma not in _ALONE


def _when(of: Clause) -> Iterator[Proposed]:
    if not of.when or not (of.whole or of.object or of.auxiliary):
        return  # "agreed in June that …" would lose what was agreed
    if _NOW.match(of.when.text):
        return  # what is so today is seldom asked "when"
    past = of.when.text.startswith(("last", "past", "yesterday"))
    if past and of.auxiliary is not None and of.auxiliary.letter == "M":
        return  # what must be paid was not paid last year: the date belongs to another word
    if of.auxiliary is not None and of.auxiliary.tag in ("VHZ", "VHB"):
        return  # nor does the present perfect go with a past day: "have dropped charges brought in 2010"
    if of.copula and (of.object or of.rest.letters.startswith("a")) and "T" not in of.rest.letters:
        return  # what something is is no event: "the air was foul on Sunday", but "the ship was due to sail"
    yield Proposed(_ask("When", of, of.object, of.rest), "when", *of.day)


def _where(of: Clause) -> Iterator[Proposed]:
    """The place that the clause ends with, where no other phrase stands before it that it could belong to."""
    match = re.search(r"i([dt]?a*N+)$", of.rest.letters)
    if (
        match is None
        or "i" in of.rest.letters[: match.start()]
        or (of.copula and (of.object or match.start()))
    ):
        return
    preposition, *place = of.rest.words[match.start() :]
    if preposition.text in _PLACES and not place[-1].text.isupper():
        before = of.rest[: match.start()]
        yield _proposed(_ask("Where", of, of.object, before, of.when), "where", place)


def _who(of: Clause) -> Iterator[Proposed]:
    """The subject that does something, where it is a person's name, perhaps with a title."""
    title = [word for word in of.subject.words if word.letter == "n"]
    is_named = re.fullmatch(r"d?n*NN+", of.subject.letters) and all(
        _is_of_a_person(word) for word in title[-1:]
    )
    suffers = of.copula or (of.auxiliary and of.auxiliary.letter == "b" and of.verb.letters.endswith("E"))
    if is_named and not suffers and not (of.auxiliary is None and of.verb.words[0].lemma in _LIGHT):
        helped = of.auxiliary.text if of.auxiliary else ""
        opening = of.when if of.when and of.when.words[0].start < of.subject.words[0].start else Part(())
        yield _proposed(_joined("Who", helped, of.verb, of.behind, opening), "who", of.subject.words)


def _by_whom(of: Clause) -> Iterator[Proposed]:
    """ "The petition was started by Ewa Zielinska" -> who started it; of verbs whose past is their participle."""
    if of.auxiliary is None or of.auxiliary.tag != "VBD" or of.verb.letters != "E" or of.object:
        return
    match = re.match(r"i(?P<agent>d?n*NN+)", of.rest.letters)
    if match and of.rest.words[0].text == "by" and of.verb.text.endswith("ed"):
        others = of.rest[match.end() :]
        yield _proposed(
            _joined("Who", of.verb, _inside(of.subject), others, of.when),
            "who",
            of.rest.words[match.start("agent") : match.end("agent")],
        )


def _what(of: Clause) -> Iterator[Proposed]:
    """The object of a plain verb, where enough else is said to tell which."""
    if not of.object or of.auxiliary is not None or not of.whole or not (of.rest or of.when):
        return
    thing = of.object.letters
    if (
        of.verb.words[0].letter == "Z"
        or of.verb.words[0].lemma in _LIGHT
        or thing[-1] in "Nc"
        or len(thing) < 2
        or thing[0] == "c"
    ):
        return
    if of.rest and of.rest.words[0].text in _OF_NOUNS:
        return
    if of.rest.letters.startswith("T") and of.verb.words[0].lemma != "use":
        return  # "plans to expand": it belongs to the plans
    yield _proposed(_ask("What", of, of.rest, of.when), "what", of.object.words)


def _how_many(of: Clause) -> Iterator[Proposed]:
    for part in (of.subject, of.object):
        if of.copula and part is of.object:
            continue  # "is two hours by train"
        match = re.match(r"(c+)[aEG]*n+(?=$|[if])", part.letters)
        if match is None or part.words[match.end() - 1].tag not in ("NN2", "NN0"):
            continue
        number, things = part[: match.end(1)], part[match.end(1) :]
        if things.words[0].text in _SHARES:
            continue
        if _MONEY.search(part[: match.end()].text) or _YEAR.fullmatch(number.text):
            continue
        if part is of.subject:
            helped = of.auxiliary.text if of.auxiliary else ""
            opening = of.when if of.when and of.when.words[0].start < part.words[0].start else Part(())
            asked = _joined("How many", things, helped, of.verb, of.behind, opening)
        else:
            asked = _ask(f"How many {things.text}", of, of.rest, of.when)
        yield _proposed(asked, "how many", number.words)


def _how_much(of: Clause) -> Iterator[Proposed]:
    """ "The entry fee was 25 euros"."""
    is_a_sum = re.fullmatch(r"c+n?", of.object.letters) and _MONEY.search(of.object.text)
    if is_a_sum and of.copula and not of.rest:
        yield _proposed(_ask("How much", of, of.when), "how much", of.object.words)


def _who_is(sentence: str) -> Iterator[Proposed]:
    """Somebody's role, told beside the name."""
    if not re.search(r"[A-Z][\w-]+ [A-Z]", sentence):
        return
    whole = Part(tuple(words(sentence)))
    for pattern in _WHO_IS:
        for match in pattern.finditer(whole.letters):
            name, role = whole[slice(*match.span("name"))], whole[slice(*match.span("role"))]
            begun = sentence[: name.words[0].start].endswith(("-", "–"))  # "Secretary-General Anna Berg"
            if len(name.words) <= 3 and not begun and _is_person(name, role):
                yield _proposed(f"Who is {name.text}?", "who is", role.words)


def _is_person(name: Part, role: Part) -> bool:
    head = re.search(r"n(?!n)", role.letters)
    return (
        head is not None
        and not _is_of_a_person(name.words[0])  # "General Anna Berg" of "the Secretary General Anna Berg"
        and _is_of_a_person(role.words[head.start()])
        and all(
            re.fullmatch(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*", w.text) and not w.text.isupper() for w in name.words
        )
        and not name.words[-1].text.endswith(("’s", "'s"))
    )


def _is_of_a_person(noun: Word) -> bool:
    return _PERSON.fullmatch(noun.text.lower()) is not None


def _ask(asked: str, of: Clause, *behind: Part) -> str:
    """asked, auxiliary, subject, verb, and what stands behind it."""
    if of.auxiliary is not None:
        return _joined(asked, of.auxiliary.text, _inside(of.subject), of.verb, *behind)
    main, particles = of.verb.words[0], of.verb[1:]
    helper = "does" if main.letter == "Z" else "did"
    return _joined(asked, helper, _inside(of.subject), main.lemma, particles, *behind)


def _joined(*parts: Part | str) -> str:
    """A question of these parts; phrases at the end of the longest of them are left out until it is short enough.

    None, "", where one half of what "and" joins is left out, as of "educated 19 ministers and poets" the ministers.
    """
    kept = list(parts)
    if _lose_a_half([part for part in parts if isinstance(part, Part) and part]):
        return ""
    while True:
        texts = [part if isinstance(part, str) else part.text for part in kept]
        question = " ".join(filter(None, texts)) + "?"
        cuts = [
            (len(part.letters), at, part.letters.rfind("i"))
            for at, part in enumerate(kept)
            if isinstance(part, Part) and at > 1 and "i" in part.letters
        ]
        if len(question) <= MAX_CHARS or not cuts:
            return question
        _, at, cut = max(cuts)
        kept[at] = kept[at][:cut]


def _lose_a_half(parts: list[Part]) -> bool:
    ends = [None, *(part.words[-1].end for part in parts)]
    return any(
        _HALF.match(part.letters) or (part.letters[0] == "C" and part.words[0].start - 1 != end)
        for part, end in zip(parts, ends, strict=False)
    )


def _proposed(question: str, kind: str, told: tuple[Word, ...] | list[Word]) -> Proposed:
    return Proposed(question, kind, told[0].start, told[-1].end)


def _inside(part: Part) -> str:
    """As it stands inside a sentence: the first word small, unless it is a name."""
    first = part.words[0]
    of_a_name = part.letters[1:2] == "N" and first.letter in "na"  # "Tidewater Utilities"
    as_it_is = first.letter == "N" or of_a_name or first.text[1:] != first.text[1:].lower()
    return part.text if as_it_is or _named_adjective(first) else part.text[0].lower() + part.text[1:]


def _named_adjective(word: Word) -> bool:
    """ "Russian", "Danish": at the beginning of a sentence its form alone tells."""
    return word.letter == "a" and _OF_A_NATION.search(word.text) is not None


def _reads_well(one: Proposed) -> bool:
    """Short, clear without the text around it, and telling enough."""
    inner = one.question[:-1]
    if len(one.question) > MAX_CHARS or _UNCLEAR.search(inner) or _HANGING.search(inner):
        return False
    if _AN_AGE.search(inner) or _LASTED.match(inner) or not inner[:1].isupper():
        return False
    if _HIS.search(inner) and one.kind in (
        "who",
        "what",
        "how many",
    ):  # whose, when the subject is asked for?
        return False
    return one.kind in ("who is", "how much") or len(telling.stems(inner) - _DAYS) >= 2
