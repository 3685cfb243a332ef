"""The pages: ask and answer, the articles, an article with its quotes marked. All of them work without a script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request

from qa.errors import BadQuestion, BadRequest, NotFound, QAError
from qa.ingest.formats import FORMATS
from qa.upkeep.folder import MAX_FILE_BYTES
from web import asking, described, filtering, listing, metrics, shown, sources, streaming
from web.clients import client
from web.collection import named, told
from web.engine_source import all_articles, engine, everything_listed
from web.errors import KINDS, describe
from web.marks import pieces
from web.rendering import render

blueprint = Blueprint("pages", __name__)

PAGE_SIZE = 50
NEWEST = 5  # articles named on the empty page
MAX_MARKS = 50


@blueprint.get("/")
def ask() -> Response:
    """The question box; with ?q=, the answer too."""
    fields = asking.parse_query(request.query_string)
    question, filters = asking.single(fields, "q"), filtering.from_fields(fields)
    if named() is None:
        return render("collections.html", question=question or "", collections=told())
    if question is None:
        return _page(filters)
    try:
        if not question.strip():
            raise BadQuestion("The question is empty. Type one, in a whole sentence if you can.")
        filtering.check(filters)
        opened, g.asked = engine(), question
        options: dict[str, Any] = {**filters}  # one type for each name, which a mapping cannot tell
        gone = streaming.asker_gone()
        answer = opened.ask(question, explain=True, gone=gone, client=client(), **options)
    except QAError as error:
        problem = describe(error)
        page = _page(filters, problem=problem, question=question)
        page.status_code = problem.kind.status
        page.headers.update(problem.headers)
        return page
    metrics.answered(answer)
    return _page(filters, turn=shown.turn(opened, answer, filters), question=question)


def _page(filters: Mapping[str, str], **context: Any) -> Response:
    """only: the title of the one article that is asked."""
    only = filters.get("article")
    if only is not None:
        with suppress(QAError):  # the page says why
            only = shown.title(engine(), only)
    return render("ask.html", filters=filters, only=only, **context)


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
    return render(
        "library.html",
        found=found,
        shown=shown,
        find=find,
        page=page,
        pages=pages,
        report=report,
        formats=FORMATS.split(),
        largest=MAX_FILE_BYTES,
        encoder=engine().manifest.encoder["name"],
    )


@blueprint.get("/library/feedback")
def feedback() -> Response:
    """Filled by the page's script for who has the token; the page itself tells nothing."""
    return render("feedback.html")


@blueprint.get("/read/<article_id>")
def read(article_id: str) -> Response:
    """An article as it is in its file, or with as=text the text that was read of it; each ?mark=START-END is marked
    and can be jumped to (#at-START)."""
    fields = asking.parse_query(request.query_string)
    marks = _marks(fields.get("mark", []))
    as_text = asking.single(fields, "as") == "text"
    opened = engine()
    told = {"asked": asking.single(fields, "q"), "filters": filtering.from_fields(fields)}
    try:
        article = opened.article(article_id)
    except NotFound:
        if not marks:  # nobody quoted it
            raise
        gone = render("gone.html", **told)
        gone.status_code = HTTPStatus.NOT_FOUND
        return gone
    return render(
        "read.html",
        article=article,
        view=sources.view(opened, article, marks, as_text),
        as_text=as_text,
        other_view=_other_view(fields, as_text),
        pieces=pieces(article.raw, marks),
        lost=any(end > len(article.raw) for _, end in marks),
        **told,
    )


def _other_view(fields: Mapping[str, list[str]], as_text: bool) -> str:
    """The same article, as text or as it is."""
    query = [(name, value) for name, values in fields.items() if name != "as" for value in values]
    query += [] if as_text else [("as", "text")]
    at = next((f"#at-{mark.partition('-')[0]}" for mark in fields.get("mark", [])), "")
    return f"{request.script_root}{request.path}?{urlencode(query, errors='replace')}{at}"


@blueprint.get("/clippings")
def clippings() -> Response:
    """Filled by the page's script from the browser's own storage."""
    return render("clippings.html")


@blueprint.get("/docs")
def docs() -> Response:
    """The programming interface, each operation to be tried."""
    base = request.host_url.rstrip("/") + request.script_root
    return render("docs.html", operations=described.operations(), shapes=described.shapes(), base=base)


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
        listed = everything_listed()
        told: dict[str, Any] = {"sources": listed.sources, "folders": listed.folders, "not_ready": None}
        return {"manifest": opened.manifest, "newest": listing.newest(listed.articles, NEWEST), **told}
    except QAError as error:
        told = {"sources": (), "folders": (), "not_ready": describe(error)}
        return {"manifest": None, "newest": (), **told}
