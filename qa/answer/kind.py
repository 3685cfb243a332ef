"""What kind of answer a question asks for, and whether a span is of that kind.

After the question classes of Li and Roth, "Learning Question Classifiers" (COLING 2002), cut down to those that a
span's form can tell apart.
"""

from __future__ import annotations

import re
from enum import Enum

from .named import MONTHS, WEEKDAYS
from .numbers import NUMBERS, SCALES


class Kind(Enum):
    WHEN = "when"
    WHO = "who"
    NAME = "name of a person"
    WHERE = "where"
    HOW_MANY = "how many"
    HOW_MUCH = "how much"
    HOW_LONG = "how long"
    WHY = "why"
    YES_NO = "yes or no"
    WHAT = "what"


_PERSON = (
    r"(?:man|woman|boy|girl|child|person|father|mother|wife|husband|brother|sister|son|daughter|friend|king|queen|"
    r"emperor|prince|princess|captain|chief|head|spokesman|spokeswoman|chairman|chairwoman|president|minister|secretary|"
    r"mayor|governor|general|director|manager|engineer|driver|doctor|teacher|professor|author|writer|singer|actor|"
    r"actress|player|coach|owner|founder|leader|candidate|lawyer|judge|officer|inspector|victim|suspect|artist|scientist)"
)
_WHAT = r"\b(?:what|which)"
_NAME_OF = (
    rf"{_WHAT} (?:is|was|are|were) the names? of (?:(?:the|an?|his|her|their|its|this|that|\w+[’']s?) )?"
    rf"(?:(?!(?:the|of|in|that|who)\b)[\w-]+ ){{0,2}}{_PERSON}s?\b"
)
_RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile("|".join(patterns), re.IGNORECASE))
    for kind, patterns in (
        (Kind.WHEN, (r"\bwhen\b", _WHAT + r" (?:\w+ )?(?:year|date|day|month|century|decade|time)\b")),
        (Kind.HOW_LONG, (r"\bhow long\b", r"\bhow many (?:seconds|minutes|hours|days|weeks|months|years)\b")),
        (Kind.HOW_MANY, (r"\bhow many\b", _WHAT + r" (?:number|percentage|percent|share) of\b")),
        (Kind.HOW_MUCH, (r"\bhow (?:much|large|big|high|tall|deep|wide|far|old|fast|heavy)\b",)),
        (Kind.WHY, (r"\bwhy\b", _WHAT + r" (?:is|was) the reason\b", r"\bfor what reason\b")),
        (Kind.WHERE, (r"\bwhere\b", _WHAT + r" (?:city|country|town|place|state|region|venue)\b")),
        (Kind.NAME, (_NAME_OF,)),
        (Kind.WHO, (r"\bwho(?:m|se)?\b",)),
    )
)
_YES_NO = re.compile(
    r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)(?:n['’]t)?\b",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^(?:please,? )?(?:(?:can|could|would|will) you (?:please )?(?:tell|say|name|list|explain|show)(?: me| us)?"
    r"|do you know|i want to know)\s+",
    re.IGNORECASE,
)
_DATE_WORDS = re.compile(
    rf"\b(?:{'|'.join(m[:3] for m in MONTHS)})|\b(?:{'|'.join(WEEKDAYS)})s?\b|\b\d{{3,4}}s?\b"
    r"|\b(?:today|yesterday|tomorrow|"
    r"morning|evening|night|noon|midnight|week|weekend|month|year|decade|century|centuries|day|hour|minute|summer|"
    r"winter|spring|autumn|fall|after|before|during|since|until|ago|later|early|late|when|while|once|soon|bc|ad|"
    r"recently|now|era|period|war|\d{1,2}(?::\d\d)?\s*[ap]\.?m)\b|\b\d{1,2}:\d\d\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"\d|\b(?:{'|'.join(NUMBERS)}|(?:{'|'.join(SCALES)})s?|no|none|half|third|quarter|several|many|few|couple|both|"
    r"single|once|twice|all|most|pair|every)\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|nights?|weeks?|weekends?|months?|years?|decades?|century|centuries|"
    r"lifetime|forever|long|short|until|since|permanently|indefinitely|briefly)\b",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"(?:^|[\s(“\"'‘-])[A-ZÀ-ÞА-Я]")
_PERSON_WORDS = re.compile(
    r"\b(?:he|she|they|we|you|i|people|person|man|woman|men|women|\w+(?:er|or|ist|ian|ians|ers|ors|ists|ee|ees)|"
    r"children|students?|members?|friends?|government|president|king|queen|police|parents?|father|mother|wife|"
    r"husband|brother|sister|son|daughter|everyone|nobody|customers?|majority|team|group|family|company)\b",
    re.IGNORECASE,
)
_PLACE_WORDS = re.compile(
    r"\b(?:in|at|on|near|under|over|inside|outside|between|behind|along|across|from|home|house|city|town|country|"
    r"north|south|east|west|northern|southern|eastern|western|center|centre|side|area|region|room|street|there|here|"
    r"top|bottom|world|store|online|school|hotel|\w+land)\b",
    re.IGNORECASE,
)


def kind_of(question: str) -> Kind:
    """The first kind whose words the question holds; a question that opens with a verb asks yes or no."""
    asked = _POLITE.sub("", question.strip())
    indirect = len(asked) < len(question.strip()) and re.match(r"(?:if|whether)\b", asked)
    if (indirect or _YES_NO.match(asked)) and not re.search(r"\bor\b", asked):
        return Kind.YES_NO
    return next((kind for kind, pattern in _RULES if pattern.search(question)), Kind.WHAT)


def fit(kind: Kind, answer: str) -> int:
    """1: the answer has the form asked for; -1: it has not; 0: the kind asks for no form.

    Forms are generous: -1 is meant for what is surely amiss, such as a date for who, or no number for how many; who
    and where prefer a name to a common noun ("Konstantin Gavrilov" to "the head"), which is 0.
    """
    if kind is Kind.WHEN:
        return _sign(_DATE_WORDS.search(answer) is not None)
    if kind in (Kind.HOW_MANY, Kind.HOW_MUCH):
        return _sign(_NUMBER.search(answer) is not None)
    if kind is Kind.HOW_LONG:
        return _sign(_DURATION.search(answer) is not None or _NUMBER.search(answer) is not None)
    if kind is Kind.NAME:
        return _sign(not _is_date(answer) and _CAPITAL.search(_without_article(answer)) is not None)
    if kind in (Kind.WHO, Kind.WHERE):
        if _is_date(answer):
            return -1
        if _CAPITAL.search(_without_article(answer)):
            return 1
        common = _PERSON_WORDS if kind is Kind.WHO else _PLACE_WORDS
        return 0 if common.search(answer) else -1
    return 0


def _without_article(answer: str) -> str:
    """The answer less a first word that is capital only because a sentence begins there."""
    return re.sub(r"^(?:the|an?|his|her|their|its|this|that|one|some)\s+", "", answer, flags=re.IGNORECASE)


def _sign(fits: bool) -> int:
    return 1 if fits else -1


def _is_date(answer: str) -> bool:
    """Nothing but a date: a weekday, a month, a day of one."""
    return (
        re.fullmatch(
            rf"(?:on |in )?(?:(?:{'|'.join((*WEEKDAYS, *MONTHS))}|\d+(?:st|nd|rd|th)?|of|,)\W*)+",
            answer,
            re.IGNORECASE,
        )
        is not None
    )
