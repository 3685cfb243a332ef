"""Whether a question asks for more than one span can say: for steps, a list, a comparison, or all there is on a thing.

Judged by the form of the question alone; the forms are those of the question types "procedure", "enumeration",
"comparison" and "opinion" that Burger et al., "Issues, Tasks and Program Structures to Roadmap Research in Question
Answering" (NIST, 2001) set beside the factoid.
"""

from __future__ import annotations

import re
from enum import Enum

from qa.english.words import is_common


class Broad(Enum):
    STEPS = "steps"
    LIST = "list"
    COMPARE = "compare"
    SAID = "said"
    ABOUT = "about"
    KEYWORDS = "keywords"


_SOMEBODY = r"(?:i|you|we|one|somebody|someone|people|they|an?)"
_HELPING = r"(?:do|does|can|could|should|would|must|may|might|shall)"
_TELLING = (
    r"(?:say|said|think|thought|tell|told|write|written|claim|claimed|argue|argued|state|stated|comment|commented"
    r"|report|reported)"
)
_RULES = tuple(
    (kind, re.compile("|".join(patterns), re.IGNORECASE))
    for kind, patterns in (
        (
            Broad.STEPS,
            (
                rf"^how (?:{_HELPING} {_SOMEBODY}\b|to\b)",
                r"\b(?:what|which) (?:are|were|is|was) the (?:\w+ ){0,2}(?:steps?|instructions?|procedures?|rules?)\b",
                r"\bstep by step\b|\binstructions? (?:for|to)\b",
            ),
        ),
        (
            Broad.COMPARE,
            (
                r"^compare\b|\bcompared (?:to|with)\b|\bcomparison\b|\bversus\b|\bvs\b",
                r"\bdiffer\b|\bdifferences? between\b|\bin common\b",
            ),
        ),
        (
            Broad.SAID,
            (
                rf"^what (?:did|does|do|has|have|had) .{{2,80}}? {_TELLING}\b.{{0,20}}\b(?:about|on|of|regarding)\b",
                r"\b(?:opinions?|views?|reactions?|statements?|comments?) (?:of|on|about|by|from|to)\b",
            ),
        ),
        (
            Broad.ABOUT,
            (
                r"^(?:what|how) about\b|^(?:tell|show|give) (?:me|us)\b.{0,20}\b(?:about|on)\b",
                r"^what (?:is known|do (?:we|you|the articles) (?:know|say)|is there to know)\b"
                r".{0,10}\b(?:about|of|on)\b",
                r"^(?:summari[sz]e|describe|explain|outline|sum up)\b|^give an overview\b",
            ),
        ),
        (
            Broad.LIST,
            (
                r"^(?:please )?(?:list|name|enumerate)\b",
                r"^(?:what|which) (?:are|were) (?:the|all)\b",
                r"\ball (?:of )?the \w+s\b",
            ),
        ),
    )
)
# A span is never all of these; of a list, of what somebody said, and of keywords ("Super Mario Run price") it may be.
NO_SPAN = frozenset({Broad.STEPS, Broad.COMPARE, Broad.ABOUT})
_WORD = re.compile(r"[\w’'-]+")
_ASKING = re.compile(
    r"^(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would"
    r"|should|may|might|must)\b",
    re.IGNORECASE,
)
MOST_KEYWORDS = 4


def broad(question: str) -> Broad | None:
    """What more than a span it asks for; None where one span can answer."""
    asked = question.strip()
    for kind, pattern in _RULES:
        if pattern.search(asked):
            return kind
    words = _WORD.findall(asked)
    bare = not _ASKING.match(asked) and not asked.endswith("?")
    if bare and 1 <= len(words) <= MOST_KEYWORDS and not any(map(is_common, words)):
        return Broad.KEYWORDS
    return None
