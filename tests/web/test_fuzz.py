"""Every operation of the interface, held against its own description by schemathesis: with a token and without.

`--fuzz-cases 10000` tries as many altogether.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fakes import PhraseReader, WordEncoder
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from qa import Engine
from qa.feedback import FeedbackStore
from qa.settings import Settings
from qa.upkeep.index import index
from qa.upkeep.keeper import Upkeep
from web import openapi
from web.access import Access, Limiter
from web.app import create_app
from web.jobs import Management

TOKEN = "a token of at least 22 letters"
HEADERS = {"with a token": {"Authorization": f"Bearer {TOKEN}"}, "without": {}}
OPERATIONS = [(path, method) for path, of in openapi.DESCRIPTION["paths"].items() for method in of]
# What has the right form may still be what no schema can exclude (422); there may be nothing, or a build, already.
_TAKEN = ["2xx", "401", "403", "404", "409", "422"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Over a real index and real builds, with an encoder and a reader that take no time."""
    place, encoder = tmp_path_factory.mktemp("fuzz"), WordEncoder(Settings().encoder)
    data, folder = place / "data", place / "in"
    folder.mkdir()
    (folder / "bread.txt").write_text("Bread\n\nBread is made of flour. Some people add salt.")
    index([folder], data, encoder=encoder)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("qa.upkeep.index.open_encoder", lambda name: encoder)
        upkeep = Upkeep(data, folder)
        app = create_app(
            lambda: Engine.open(data, encoder=encoder, reader=PhraseReader("flour")),
            management=Management(upkeep.jobs, data, upkeep.roots),
            feedback_store=FeedbackStore(data),
            access=Access(TOKEN, _failures=Limiter(0)),
        )
        yield app
        upkeep.jobs.end(60)


def _modes(described: dict[str, Any]) -> list[GenerationMode]:
    """Where nothing is given but an article's id, which is any text, nothing can be wrong."""
    given = any(one["in"] == "query" for one in described.get("parameters", ())) or "requestBody" in described
    return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if given else [GenerationMode.POSITIVE]


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{m} {p}" for p, m in OPERATIONS])
def test_every_request_gets_what_the_description_says(
    app: Flask, path: str, method: str, headers: dict[str, str], request: pytest.FixtureRequest
) -> None:
    """No 5xx, nothing undescribed, no valid request refused and no invalid one taken."""
    config = SchemathesisConfig.from_dict(
        {"checks": {"positive_data_acceptance": {"expected-statuses": _TAKEN}}}
    )
    operation = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config)[path][method]
    cases = max(2, request.config.getoption("fuzz_cases") // (2 * 2 * len(OPERATIONS)))

    for mode in _modes(openapi.DESCRIPTION["paths"][path][method]):

        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(headers=headers)

        holds()
