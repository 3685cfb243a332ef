"""The pages: ask and answer, the articles, an article with its quotes marked. All of them work without a script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from qa import answer_json
from qa.engine import Engine
from qa.errors import BadQuestion, BadRequest, NotFound, QAError
from qa.records import Answer, Citation
from web import asking, listing, words
from web.engine_source import all_articles, engine
from web.errors import KINDS, describe
from web.marks import Piece, pieces, surroundings
from web.rendering import render

blueprint = Blueprint("pages", __name__)

PAGE_SIZE = 50
NEWEST = 5  # articles named on the empty page
MAX_MARKS = 50
CONTEXT_CHARS = 220  # of the article on each side of a cited sentence: about two lines


@blueprint.get("/")
def ask() -> Response:
    """The question box; with ?q=, the answer too."""
    question = asking.single(asking.parse_query(request.query_string), "q")
    if question is None:
        return render("ask.html")
    try:
        if not question.strip():
            raise BadQuestion("The question is empty. Type one, in a whole sentence if you can.")
        opened = engine()
        answer = opened.ask(question)
    except QAError as error:
        problem = describe(error)
        page = render("ask.html", problem=problem, question=question)
        page.status_code = problem.kind.status
        page.headers.update(problem.headers)
        return page
    return render("ask.html", turn=_turn(opened, answer), question=question)


@blueprint.post("/turn")
def turn() -> Response:
    """What /ask answers, as the part of the page that shows it; the page's script asks for it."""
    try:
        asked = asking.from_body(request)
        opened = engine()
        answer = opened.ask(asked.question, asked.history, **asked.options)
    except QAError as error:
        problem = describe(error)
        part = render("_problem.html", problem=problem)
        part.status_code = problem.kind.status
        part.headers.update(problem.headers)
        return part
    return render("_turn.html", turn=_turn(opened, answer))


@blueprint.get("/library")
def library() -> Response:
    fields = asking.parse_query(request.query_string)
    find = asking.single(fields, "find") or ""
    page = asking.whole_number(asking.single(fields, "page") or "1", "page")
    found = listing.find(all_articles()[1], find)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    if not 1 <= page <= pages:
        raise NotFound(f"There is no page {page} of this list; the last is {pages}.")
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    report = engine().manifest.report
    return render("library.html", found=found, shown=shown, find=find, page=page, pages=pages, report=report)


@blueprint.get("/read/<article_id>")
def read(article_id: str) -> Response:
    """An article as it is in its file; each ?mark=START-END is highlighted and can be jumped to (#at-START)."""
    fields = asking.parse_query(request.query_string)
    marks = _marks(fields.get("mark", []))
    article = engine().article(article_id)
    return render(
        "read.html",
        article=article,
        pieces=pieces(article.raw, marks),
        lost=any(end > len(article.raw) for _, end in marks),
        asked=asking.single(fields, "q"),
    )


@blueprint.get("/problems")
def problems() -> Response:
    """What each `type` of a problem means (RFC 9457 asks that its address explains it)."""
    return render("problems.html", kinds=list(KINDS.values()))


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """Lets a browser ask from its address bar (OpenSearch 1.1)."""
    description = render("opensearch.xml")
    description.mimetype = "application/opensearchdescription+xml"
    return description


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation as the page shows it: its sentence in pieces, with a little of the article around."""

    citation: Citation
    before: str
    sentence: list[Piece]
    after: str


@dataclass(frozen=True, slots=True)
class ShownTurn:
    answer: Answer
    cited: list[Cited]
    data: dict[str, Any]  # for the page's script: the answer's JSON, and what to copy and export


def _turn(opened: Engine, answer: Answer) -> ShownTurn:
    data = {
        "answer": answer_json.to_dict(answer),
        "copy": words.plain_citation(answer),
        "markdown": words.markdown(answer),
    }
    return ShownTurn(answer, [_cited(opened, citation) for citation in answer.citations], data)


def _cited(opened: Engine, citation: Citation) -> Cited:
    offset = citation.sentence_start
    sentence = pieces(citation.sentence, [(citation.start - offset, citation.end - offset)])
    try:
        raw = opened.article(citation.article_id).raw
    except NotFound:  # the index was replaced since; the sentence is shown alone
        return Cited(citation, "", sentence, "")
    before, after = surroundings(raw, citation.sentence_start, citation.sentence_end, CONTEXT_CHARS)
    return Cited(citation, before, sentence, after)


def _marks(written: list[str]) -> list[tuple[int, int]]:
    if len(written) > MAX_MARKS:
        raise BadRequest(f"The address marks {len(written)} places. At most {MAX_MARKS} can be marked.")
    marks = []
    for mark in written:
        match = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})", mark)
        if not match or int(match[1]) >= int(match[2]):
            raise BadRequest("A place to mark is written START-END, for instance mark=120-150.")
        marks.append((int(match[1]), int(match[2])))
    return marks


@blueprint.app_context_processor
def collection() -> dict[str, Any]:
    """What is indexed, or why nothing is: every page says so, an error's page too."""
    try:
        opened = engine()
        _, listed = all_articles()
        return {"manifest": opened.manifest, "newest": listing.newest(listed, NEWEST), "not_ready": None}
    except QAError as error:
        return {"manifest": None, "newest": [], "not_ready": describe(error)}
