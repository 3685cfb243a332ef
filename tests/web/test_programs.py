"""Other programs: the examples of docs/programs.md, and a client that is generated from the description."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from qa.engine import Engine
from web.openapi import DESCRIPTION

DOCS = Path(__file__).parent.parent.parent / "docs" / "programs.md"
EXAMPLES = dict(re.findall(r"## (\w+)\n.*?```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL))
HANDED_OVER = "What did the US hand over on January 26?"


def test_there_is_an_example_for_each() -> None:
    assert list(EXAMPLES) == ["LangChain", "LlamaIndex", "Haystack"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_retrieves_what_stands_in_the_articles(name: str, demo_data: Path) -> None:
    """In a process of its own, as a user runs it: these packages set up more than they are asked for."""
    code = EXAMPLES[name].replace("runs/data", str(demo_data))
    quiet = {"HAYSTACK_TELEMETRY_ENABLED": "False", "LANGSMITH_TRACING": "false"}
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **quiet}, check=False
    )
    assert told.stdout == "001_a9e5b03705c695f2.txt True\n", told.stderr


def test_a_generated_client_asks_and_gets_cited_answers(
    demo_site: str, demo_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(DESCRIPTION))
    (tmp_path / "config.yml").write_text("post_hooks: []\n")  # it would format what it has written
    generate = ["generate", "--path", "openapi.json", "--config", "config.yml", "--meta", "none"]
    code = "from openapi_python_client.cli import app; app()"
    told = subprocess.run(
        [sys.executable, "-c", code, *generate, "--output-path", "verbatim_client"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert set(re.findall(r"WARNING parsing (\S+ \S+)", told.stdout)) <= {"GET /feedback/gold"}

    monkeypatch.syspath_prepend(str(tmp_path))
    ask, models = (
        importlib.import_module(f"verbatim_client.{name}") for name in ("api.asking.ask", "models")
    )
    with importlib.import_module("verbatim_client").Client(base_url=demo_site) as client:
        answer = ask.sync(client=client, body=models.Question(question=HANDED_OVER))
        refused = ask.sync(client=client, body=models.Question(question=" "))
    assert isinstance(answer, models.Answer)
    assert "written response" in answer.answer
    cited = answer.citations[0]
    assert demo_engine.article(cited.article_id).raw[cited.start : cited.end] == cited.quote
    assert isinstance(refused, models.Problem)
    assert refused.status == 422
