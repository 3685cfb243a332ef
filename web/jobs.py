"""Building, uploading and removing over HTTP, for those who have a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import msgspec
from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import Forbidden, UnsupportedMediaType

from qa.errors import BadRequest, Unprocessable
from qa.upkeep import folder as library
from qa.upkeep.jobs import JobState
from web import asking
from web.access import access
from web.collection import collection
from web.contract import responses

blueprint = Blueprint("jobs", __name__)

MAX_UPLOAD_BYTES = 2 * library.MAX_FILE_BYTES
MAX_FILES = 100


class Builds(Protocol):
    """What may be asked of the builds, whichever process makes them; as `qa.upkeep.jobs.Jobs` does it."""

    def start(self) -> JobState: ...
    def request(self) -> JobState: ...
    def cancel(self) -> JobState: ...
    def state(self) -> JobState: ...


@dataclass(frozen=True, slots=True)
class Management:
    """data: where the index is. roots: what the index is made of."""

    jobs: Builds
    data: Path | str
    roots: Callable[[], list[Path]]


def allowed() -> Management:
    """What the request may change. Raises as `Access.require` does, and 403 where nothing can be changed."""
    access().require("index")
    management = collection().management
    if management is None:
        raise Forbidden("Nothing can be changed over HTTP here.")
    return management


@blueprint.get("/index")
def state() -> Response:
    return _told(allowed().jobs.state())


@blueprint.post("/index")
def start() -> tuple[Response, int]:
    management = allowed()
    if request.get_data(cache=False).strip() not in (b"", b"{}"):
        raise BadRequest("A build takes no settings. Send an empty body.")
    management.roots()  # an index that has gone is said now, not by a job that fails
    return _told(management.jobs.start()), 202


@blueprint.delete("/index")
def cancel() -> tuple[Response, int]:
    return _told(allowed().jobs.cancel()), 202


@blueprint.post("/articles")
def upload() -> tuple[Response, int]:
    """multipart/form-data: every file of it is stored, if it can be read; then the index is built."""
    management = allowed()
    request.max_content_length = MAX_UPLOAD_BYTES
    request.max_form_parts = MAX_FILES
    asking.refuse_compressed(request)
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType(
            "Send the files as multipart/form-data, for instance with curl -F file=@a.txt."
        )
    files = [file for _, file in request.files.items(multi=True) if file.filename]
    if not files:
        raise Unprocessable("There is no file in the request. Send at least one, with its name.")
    folder = library.folder_of(management.roots())
    fields = library.fields_of(management.data)
    results = library.take_all_in(folder, ((file.filename or "", file.stream) for file in files), fields)
    stored = [result for result in results if isinstance(result, library.Stored)]
    rejected = [result for result in results if not isinstance(result, library.Stored)]
    if not stored:
        reasons = " ".join(f"{one.path}: {one.reason}." for one in rejected)
        raise Unprocessable(f"None of the files can be indexed. {reasons}")
    job = management.jobs.request()
    told = responses.Uploaded(
        stored=[responses.Stored(given=one.given, file=one.file) for one in stored],
        rejected=[responses.Rejected(path=one.path, reason=one.reason) for one in rejected],
        job=_job(job),
    )
    return jsonify(told.plain()), 202


@blueprint.delete("/articles/<article_id>")
def remove(article_id: str) -> tuple[Response, int]:
    """Its files go, those of its copies too; then the index is built."""
    management = allowed()
    removed = library.take_out(management.data, article_id)
    told = responses.Removed(removed=removed, job=_job(management.jobs.request()))
    return jsonify(told.plain()), 202


def _job(job: JobState) -> responses.Job:
    return msgspec.convert(asdict(job), responses.Job)


def _told(job: JobState) -> Response:
    return jsonify(_job(job).plain())
