"""What everything but /ask answers with."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from web.contract.answers import Selector
from web.contract.fields import Count, Day, Moment, Record, Seconds
from web.contract.requests import KeptFeedback


class ArticleMetadata(Record):
    """What is known of an article."""

    id: str
    file: Annotated[str, Meta(description="relative to the articles folder")]
    title: str
    published: Day | None
    published_inferred: Annotated[bool, Meta(description="the date was inferred, not written")]
    source: str | None
    url: str | None
    also_in: Annotated[list[str], Meta(description="other files with the same article")]
    language: Annotated[str, Meta(description="as it looks, ISO 639; null: cannot be told")] | None
    characters: Count


class ListedArticle(ArticleMetadata):
    passages: Count


class Article(ArticleMetadata):
    raw: Annotated[str, Meta(description="citations count in this text")]


class Articles(Record):
    """A page of the list of articles."""

    index_version: str
    count: Annotated[int, Meta(ge=0, description="how many match, on all pages")]
    offset: Count
    articles: list[ListedArticle]


class Health(Record):
    """The server is alive; /ready says what it answers from."""

    status: Literal["ok"]


class Selectors(Record):
    """Where a place in an article's raw text stands in its file."""

    selectors: Annotated[
        list[Selector],
        Meta(
            description="as of a citation; of a PDF also the rectangle of each line, page=3&viewrect=72,140,90,12: "
            "left, top, width and height in points from the page's upper left corner (RFC 8118)"
        ),
    ]


class Collection(Record):
    """One of several that a server has, each with articles of its own."""

    name: str
    title: Annotated[str, Meta(description="of its folder")]
    address: Annotated[str, Meta(description="below which everything is served: /c/NAME/ask")]
    articles: Annotated[Count, Meta(description="that are indexed")]
    problem: Annotated[str, Meta(description="why nothing can be asked; null where it can")] | None


class Collections(Record):
    """None where the server has but one, at /."""

    collections: list[Collection]


class Ready(Record):
    """What questions are answered from."""

    status: Literal["ok"]
    warning: (
        Annotated[
            str,
            Meta(
                description="what is wrong with the index: it is an older one than was last published, or empty"
            ),
        ]
        | None
    )
    index_version: str
    built: Moment
    articles: Count
    passages: Count
    encoder: str
    reader: str


class ReadyCollections(Record):
    """Of a server that has several: one of them at least can be asked."""

    status: Literal["ok"]
    collections: list[Collection]


class Rejected(Record):
    """A file that was not indexed, and why."""

    path: str
    reason: str


class Warned(Record):
    """A file that was indexed, and what of it could not be read."""

    path: str
    warning: str


class Changes(Record):
    new: Count
    changed: Count
    removed: Count
    unchanged: Count


class Report(Record):
    """What a build did."""

    version: str
    published: Annotated[bool, Meta(description="false: nothing had changed")]
    anew: Annotated[str, Meta(description="why everything was read again")] | None
    changes: Changes
    files_read: Count
    articles: Count
    passages: Count
    encoded: Count
    reused: Count
    duplicates: Count
    rejected: list[Rejected]
    warnings: list[Warned]
    unsettled: Annotated[list[str], Meta(description="files that were being written")]
    seconds: Seconds
    phases: dict[str, Seconds]


class Job(Record):
    """The build of the index."""

    state: Literal["idle", "waiting", "running", "cancelling", "done", "failed", "cancelled"]
    phase: Annotated[str, Meta(description="what the build is doing")] | None
    done: Count
    total: Annotated[int, Meta(ge=0, description="0 where it cannot be told")]
    started: Moment | None
    seconds: Seconds
    seconds_left: Annotated[float, Meta(ge=0, description="of this phase, estimated")] | None
    queued: Annotated[bool, Meta(description="another build follows this one")]
    elsewhere: Annotated[str, Meta(description="which other process is building this index")] | None
    error: str | None
    report: Report | None


class Stored(Record):
    given: str
    file: Annotated[str, Meta(description="its name in the folder")]


class Uploaded(Record):
    """What became of the files sent."""

    stored: list[Stored]
    rejected: list[Rejected]
    job: Job


class Removed(Record):
    removed: Annotated[list[str], Meta(description="the files that are gone")]
    job: Job


class Suggestion(Record):
    question: str
    article_id: str
    file: str


class Suggestions(Record):
    index_version: str
    suggestions: Annotated[
        list[Suggestion],
        Meta(description="empty until they are made, soon after an index comes into service"),
    ]


class Kept(Record):
    """Feedback that is kept."""

    id: Count
    at: Moment


class FeedbackList(Record):
    count: Count
    offset: Count
    feedback: Annotated[list[KeptFeedback], Meta(description="the newest first")]


class GoldQuestion(Record):
    id: str
    question: str
    answers: Annotated[list[str], Meta(description="what is right; empty where no answer is")]
    sources: Annotated[list[str], Meta(description="files that may be cited")]


class Problem(Record):
    """RFC 9457 problem details."""

    type: Annotated[str, Meta(extra_json_schema={"format": "uri-reference"})]
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    instance: str
