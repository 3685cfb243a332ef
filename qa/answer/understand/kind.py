"""What kind of answer a question asks for.

After the question classes of Li and Roth, "Learning Question Classifiers" (COLING 2002), cut down to those that a
span's form can tell apart.
"""

from __future__ import annotations

import re
from enum import Enum

from qa.english.people import PERSON
from qa.english.verbs import AUXILIARY, BEHIND
from qa.english.words import INTERROGATIVE


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


_WHAT = r"\b(?:what|which)"
_NAME_OF = (
    rf"{_WHAT} (?:is|was|are|were) the names? of (?:(?:the|an?|his|her|their|its|this|that|\w+[’']s?) )?"
    rf"(?:(?!(?:the|of|in|that|who)\b)[\w-]+ ){{0,2}}{PERSON}s?\b"
)
_WHICH_PERSON = (
    rf"{_WHAT} (?:(?!(?:{AUXILIARY}|the|an?|of|in)\b)[\w-]+ ){{0,2}}{PERSON}s? "
    rf"(?=(?:{AUXILIARY}|who|{BEHIND})\b)"
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
        (Kind.WHO, (r"\bwho(?:m|se)?\b", _WHICH_PERSON)),
        (Kind.WHAT, (_WHAT + r"\b", r"\bhow\b")),  # the other questions of these words
    )
)
_YES_NO = re.compile(
    rf"^{AUXILIARY}(?:n['’]t)?\b",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^(?:please,? )?(?:(?:can|could|would|will) you (?:please )?(?:tell|say|name|list|explain|show)(?: me| us)?"
    r"|do you know|i want to know)\s+",
    re.IGNORECASE,
)


# "When the bridge fell, how many died?": what comes before the comma asks nothing.
_SUBORDINATE = re.compile(
    rf"^(?:when|where|while|after|before|once|since|if|although|because|as)\b[^,?]*,\s*(?=.*\b{INTERROGATIVE}\b)",
    re.IGNORECASE,
)


def kind_of(question: str) -> Kind:
    """By the question word of the main clause, which is the first one but for a clause before it; a question that opens
    with a verb asks yes or no."""
    asked = _POLITE.sub("", question.strip())
    indirect = len(asked) < len(question.strip()) and re.match(r"(?:if|whether)\b", asked)
    if (indirect or _YES_NO.match(asked)) and not re.search(r"\bor\b", asked):
        return Kind.YES_NO
    asked = _SUBORDINATE.sub("", asked)
    first = [
        (match.start(), at, kind) for at, (kind, rule) in enumerate(_RULES) if (match := rule.search(asked))
    ]
    return min(first)[2] if first else Kind.WHAT
