"""An answer, as /ask gives it (`qa.answer_json` writes it)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from qa.records import Role
from web.contract.fields import Day, Place, Rank, Record, Share


class DerivedDate(Record):
    text: str
    date: Day
    until: Day | None
    counted_from: Annotated[str, Meta(description="words of the passage; null: `published`")] | None


class Selector(Record):
    """One of the W3C's Web Annotation Data Model."""

    type: Literal["TextQuoteSelector", "TextPositionSelector", "FragmentSelector"]
    exact: str | UnsetType = UNSET
    prefix: str | UnsetType = UNSET
    suffix: str | UnsetType = UNSET
    start: Annotated[int, Meta(ge=0, description="in characters of the decoded file")] | UnsetType = UNSET
    end: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    value: (
        Annotated[str, Meta(description='"page=3" of a PDF, "paragraph=5&char=10,24" of a Word document')]
        | UnsetType
    ) = UNSET


class Cell(Record):
    """Of a table's row or header; those that hold nothing are left out."""

    start: Place
    end: Place
    column: Annotated[int, Meta(ge=0, description="the first of those that it takes, from 0")]


class Cited(Record):
    """Where a text stands."""

    article_id: str
    file: str
    title: str
    url: str | None
    published: Day | None
    quote: Annotated[str, Meta(description="verbatim: raw[start:end]")]
    start: Place
    end: Place
    sentence: Annotated[str, Meta(description="around the quote: raw[sentence_start:sentence_end]")]
    sentence_start: Place
    sentence_end: Place
    page: Rank | None
    role: Annotated[Role, Meta(description="of what the quote stands in; null: it is of the story")] | None
    selectors: Annotated[
        list[Selector],
        Meta(
            description="where it stands in the file itself: its words with what is around them, and where the file "
            "is text, its characters, markup and all; start and end count in `raw`, as /articles/{id} gives it"
        ),
    ]
    derived: Annotated[
        list[DerivedDate],
        Meta(
            description="what the quote's relative dates mean, counted from `published` or from other words; nobody "
            "wrote it down"
        ),
    ]
    cells: Annotated[
        list[Cell],
        Meta(
            description="of the sentence, where it is a row of a table; of a header that takes several rows, those of "
            "each row in turn"
        ),
    ]


class Citation(Cited):
    """Where a quote stands."""

    header: Annotated[Cited, Meta(description="of the table in whose row the quote stands")] | None


class Item(Record):
    """A paragraph of a list whose markers are no text of the file, as in a web page."""

    marker: Annotated[str, Meta(description='"3.", "•"; empty where none stands before it')]
    level: Annotated[int, Meta(ge=0, description="1: of a list in an item of a list")]
    start: Place
    end: Place


class Quote(Citation):
    """One of several that are about the question."""

    items: Annotated[list[Item], Meta(description="of lists, that begin in the quote, with their numbers")]


class Agreement(Record):
    """How many articles say so."""

    sources: Annotated[
        int,
        Meta(
            ge=1,
            description="independent ones: copies, and articles that repeat a sentence, are counted once",
        ),
    ]
    articles: Annotated[list[str], Meta(description="their ids")]


class Alternative(Record):
    """What other articles say, or a guess."""

    answer: str
    confidence: Share
    citations: Annotated[list[Citation], Meta(min_length=1)]
    superseded: Annotated[bool, Meta(description="a newer article puts it right")]


class Passage(Record):
    """A passage that was found."""

    article_id: str
    file: str
    title: str
    start: Place
    end: Place
    text: Annotated[str, Meta(description="cleaned")]
    score: float
    dense_rank: Rank | None
    lexical_rank: Rank | None


class FiltersUsed(Record):
    published_after: Day | None
    published_before: Day | None
    source: str | None
    folder: str | None
    article: str | None


class Period(Record):
    text: str
    first: Day | None
    last: Day | None


class Named(Record):
    kind: str
    text: str


class DatesAsked(Record):
    today: Annotated[Day, Meta(description="what the question counts from")]
    periods: list[Period]
    named: list[Named]
    latest: bool


class FoundPassage(Record):
    article_id: str
    start: Annotated[int, Meta(ge=0, description="in the cleaned text")]
    score: float
    dense_rank: Rank | None
    lexical_rank: Rank | None
    cosine: float | None
    layers: Annotated[
        int | None,
        Meta(
            description="of the reader, that it was read through: 0 is not at all, null a reader without layers"
        ),
    ]


class Candidate(Record):
    """A span that could have been the answer."""

    text: str
    article_id: str
    role: Annotated[Role, Meta(description="of what it stands in; null: it is of the story")] | None
    score: float
    null_margin: float
    features: dict[str, float]
    contributions: Annotated[dict[str, float], Meta(description="weight times value, of each feature")]
    log_odds: Annotated[float, Meta(description="bias and contributions together")]
    confidence: Share


class Explanation(Record):
    """What an answer was decided from."""

    kind: Annotated[str, Meta(description="of answer that the question asks for: when, who, how many, ...")]
    wanted: Literal["span", "evidence", "list"]
    threshold: Share
    filters: FiltersUsed
    dates: DatesAsked
    passages: list[FoundPassage]
    bias: float
    candidates: Annotated[list[Candidate], Meta(description="the ten that weighed most")]


class Respelled(Record):
    """A name that no article mentions, and one spelled like it that articles do."""

    asked: str
    found: str
    question: Annotated[str, Meta(description="with the name that was found")]


class Answer(Record):
    """The answer to a question, or a guess, or why there is none."""

    question: Annotated[str, Meta(description="as it was asked")]
    understood: Annotated[str, Meta(description="as it was answered, standing alone")]
    answer: Annotated[str, Meta(description="null where nothing is sure enough")] | None
    outcome: Annotated[
        Literal["answer", "unsure", "none"],
        Meta(description="unsure: there is no answer, but a guess"),
    ]
    confidence: Annotated[Share, Meta(description="of the answer; 0 where there is none")]
    reason: Annotated[str, Meta(description="why there is no answer; null where there is one")] | None
    guess: (
        Annotated[
            Alternative, Meta(description="the likeliest words, where they are not sure enough for an answer")
        ]
        | None
    )
    answerable: Annotated[
        Share, Meta(description="how likely it is that the articles answer, by whatever words")
    ]
    established: Annotated[
        bool,
        Meta(description="where there is no answer: that the articles do not say is as good as certain"),
    ]
    did_you_mean: list[Respelled]
    other_reading: (
        Annotated[
            str,
            Meta(description="what a follow-up may mean instead: it was asked too, and answered less surely"),
        ]
        | None
    )
    notice: (
        Annotated[str, Meta(description="what to know beside it: the articles are in another language")]
        | None
    )
    citations: list[Citation]
    answer_type: Annotated[
        Literal["span", "evidence", "list", "quotes"] | None,
        Meta(
            description="evidence: of a yes-or-no question, the sentence to judge it by; quotes: no span answers, and "
            "`quotes` holds what is about it; null: no answer"
        ),
    ]
    agreement: Agreement | None
    alternatives: Annotated[list[Alternative], Meta(description="what other articles say, newest first")]
    quotes: Annotated[
        list[Quote],
        Meta(
            description="of a question that asks for more than a span, such as steps or a comparison, in place of one; "
            "of a list, or of what somebody said, beside one: article by article, in the article's order"
        ),
    ]
    passages: list[Passage]
    reader: str
    index_version: str
    timings_ms: dict[str, Annotated[float, Meta(ge=0)]]
    explain: Explanation | UnsetType = UNSET


class Step(Record):
    """A step of answering that has begun."""

    step: str
