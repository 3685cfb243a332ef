"""What a request may hold.

What needs more than the form of a value is said here and judged where it belongs: whether something is asked, and by
how many characters, by the engine; whether a verdict makes sense, by `qa.feedback`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from qa.feedback import MAX_CHARS, MAX_CITATIONS
from qa.filters import Filters
from qa.records import Turn as EarlierTurn
from qa.settings import MAX_TOP_K, Settings
from web.contract.fields import Count, Place, Record, Share

_DEFAULTS = Settings()
MAX_LISTED, LISTED = 1000, 100  # articles on a page of them
MAX_OFFERED, OFFERED = 50, 6  # questions suggested as somebody types
MAX_VERDICTS, VERDICTS = 500, 50  # on a page of them
MAX_OFFSET = 10**9

EXAMPLE = "What did the US hand over on January 26?"  # which the demo articles answer

Asked = Annotated[
    str,
    Meta(
        examples=[EXAMPLE],
        extra_json_schema={
            "minLength": 1,
            "maxLength": _DEFAULTS.question_chars,
            "pattern": "[A-Za-z0-9]|[^\\x00-\\x7F]",  # a word; the engine is stricter about what letters are
        },
    ),
]
Day = Annotated[str, Meta(extra_json_schema={"format": "date"})]
Offset = Annotated[int, Meta(ge=0, le=MAX_OFFSET)]


class Filtered(Record):
    """Which articles; null: as if it were not given."""

    published_after: (
        Annotated[
            Day, Meta(description="ask only articles of this day or later ones; not after published_before")
        ]
        | None
    ) = None
    published_before: (
        Annotated[Day, Meta(description="ask only articles of this day or earlier ones")] | None
    ) = None
    source: (
        Annotated[
            str,
            Meta(
                description="ask only articles of this source, such as TASS, or of this host, such as tass.com",
                extra_json_schema={"minLength": 1, "pattern": "\\S"},
            ),
        ]
        | None
    ) = None
    folder: (
        Annotated[
            str,
            Meta(
                description="ask only articles whose file lies in this folder of what was indexed, such as news/2022",
                extra_json_schema={"minLength": 1, "pattern": "[^/\\s]"},
            ),
        ]
        | None
    ) = None
    article: (
        Annotated[
            str,
            Meta(
                description="ask only the article of this id",
                extra_json_schema={"minLength": 1, "pattern": "\\S"},
            ),
        ]
        | None
    ) = None


class Options(Filtered):
    """How a question may be asked; null: as if it were not given."""

    top_k: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=MAX_TOP_K,
                description="passages to read",
                extra_json_schema={"default": _DEFAULTS.top_k},
            ),
        ]
        | None
    ) = None
    threshold: (
        Annotated[
            float, Meta(ge=0, le=1, description="confidence from which to answer; by default the fitted one")
        ]
        | None
    ) = None
    explain: (
        Annotated[
            bool,
            Meta(
                description="tell too what was found, read and weighed", extra_json_schema={"default": False}
            ),
        ]
        | None
    ) = None

    def given(self) -> dict[str, Any]:
        """Those of Engine.ask that were given."""
        values = ((name, getattr(self, name)) for name in Options.__struct_fields__)
        return {name: value for name, value in values if value is not None}


class Turn(Record):
    """An earlier question, and the answer it got; null: none."""

    question: str
    answer: str | None = None


class Question(Options, kw_only=True):
    """A question, as a turn of a conversation or alone."""

    question: Asked
    history: (
        Annotated[
            list[Turn],
            Meta(
                max_length=_DEFAULTS.history_turns,
                description="earlier turns of the conversation, oldest first",
            ),
        ]
        | None
    ) = None

    def turns(self) -> tuple[EarlierTurn, ...]:
        return tuple(EarlierTurn(turn.question, turn.answer) for turn in self.history or ())


class QuestionByAddress(Options, kw_only=True):
    """A question that stands alone."""

    q: Asked

    @property
    def question(self) -> str:
        return self.q

    def turns(self) -> tuple[EarlierTurn, ...]:
        return ()


class Streamed(Record):
    """Beside a question in the body; for the page's script alone, and not described.

    html: the data of the last event is {"html"}: the part of the page that shows it.
    """

    html: bool = False


class StreamedByAddress(QuestionByAddress, kw_only=True):
    html: bool = False


class ArticlesPage(Record):
    """Which articles to list."""

    find: Annotated[str, Meta(description="words of the title, file or source")] = ""
    offset: Offset = 0
    limit: Annotated[int, Meta(ge=1, le=MAX_LISTED)] = LISTED


class PlaceAsked(Record):
    """A place in an article's raw text, as a citation gives it."""

    start: Place
    end: Annotated[int, Meta(ge=1, description="after the last character")]


class SuggestionsFor(Filtered):
    """What was typed so far, and the articles whose questions are suggested."""

    q: Annotated[str, Meta(description="what was typed; without it, a varied few")] = ""
    limit: Annotated[int, Meta(ge=1, le=MAX_OFFERED)] = OFFERED

    def filters(self) -> Filters:
        return Filters.of(**{name: getattr(self, name) for name in Filtered.__struct_fields__})


class FeedbackPage(Record):
    """Which verdicts to list."""

    offset: Offset = 0
    limit: Annotated[int, Meta(ge=1, le=MAX_VERDICTS)] = VERDICTS


class CitedPlace(Record):
    """Where an answer stood."""

    file: Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": MAX_CHARS["file"]})]
    start: Place
    end: Place


class Feedback(Record, kw_only=True):
    """What somebody says of an answer."""

    verdict: Annotated[
        Literal["right", "wrong", "words"], Meta(description="words: the right passage, but the wrong words")
    ]
    question: Annotated[
        str,
        Meta(
            description="as it was understood",
            extra_json_schema={"minLength": 1, "maxLength": MAX_CHARS["question"], "pattern": "\\S"},
        ),
    ]
    answer: (
        Annotated[
            str,
            Meta(
                description="null where there was none",
                extra_json_schema={"minLength": 1, "maxLength": MAX_CHARS["answer"], "pattern": "\\S"},
            ),
        ]
        | None
    ) = None
    guess: Annotated[bool, Meta(description="whether it was marked as a guess, not an answer")] = False
    wording: (
        Annotated[
            str,
            Meta(
                description="the right words, with the verdict words",
                extra_json_schema={"minLength": 1, "maxLength": MAX_CHARS["wording"], "pattern": "\\S"},
            ),
        ]
        | None
    ) = None
    confidence: Share
    index_version: Annotated[str, Meta(extra_json_schema={"maxLength": MAX_CHARS["index_version"]})]
    citations: Annotated[list[CitedPlace], Meta(max_length=MAX_CITATIONS)] | None = None


class KeptFeedback(Feedback, kw_only=True):
    """The same with its number and its time."""

    id: Count
    at: Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
