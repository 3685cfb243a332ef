"""What is answered over HTTP, held against its description."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from web import openapi


def check(response: TestResponse, path: str, method: str = "get") -> Any:
    """The response's JSON, once it has been held against the description of `path`."""
    described = openapi.DESCRIPTION["paths"][path][method]["responses"]
    assert str(response.status_code) in described, f"{method} {path} answers {response.status}"
    content = described[str(response.status_code)]["content"]
    assert response.mimetype in content
    schema = {**content[response.mimetype]["schema"], "components": openapi.DESCRIPTION["components"]}
    body = json.loads(response.get_data())
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(body)
    if response.status_code >= 400:
        assert response.mimetype == "application/problem+json"
        assert body["status"] == response.status_code
        assert body["detail"].strip()
    return body
