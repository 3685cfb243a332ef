"""A process that builds an index again and again, each time in a child that kills itself where it is told to.

Reads lines "ARTICLES DATA POINT", where DATA is a folder or the address of a database, and answers each with the
child's exit status and the names of the events it passed. An event is anything that the build does to a file of the
data folder, as Python's audit hooks see it, each statement that a database is sent, and each step of its progress;
POINT is the number of the event before which the child gets SIGKILL, or -1 for none.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from fakes import WordEncoder

from qa.english.language import language_of
from qa.upkeep.index import index

NAMES = ("open", "os.", "shutil.", "sqlite3.connect")


def build(articles: Path, data: str, point: int, told: int) -> None:
    passed: list[str] = []

    def event(name: str) -> None:
        if len(passed) == point:
            os.kill(os.getpid(), signal.SIGKILL)
        passed.append(name)

    def audit(name: str, arguments: tuple[object, ...]) -> None:
        if name.startswith(NAMES) and any(data in str(one) for one in arguments):
            event(name)

    sys.addaudithook(audit)
    if data.startswith("postgres"):
        _watch_statements(event)
    index(
        [articles],
        data,
        encoder=WordEncoder(),
        progress=lambda phase, done, total: event(f"progress {phase}"),
    )
    os.write(told, json.dumps(passed).encode())


def _watch_statements(event: Callable[[str], None]) -> None:
    import psycopg

    execute, copy = psycopg.Connection.execute, psycopg.Cursor.copy

    def executing(self: Any, *arguments: Any, **options: Any) -> Any:
        event("execute")
        return execute(self, *arguments, **options)

    def copying(self: Any, *arguments: Any, **options: Any) -> Any:
        event("copy")
        return copy(self, *arguments, **options)

    psycopg.Connection.execute, psycopg.Cursor.copy = executing, copying  # type: ignore[method-assign]


def main() -> None:
    # What a build imports when it begins and opens at its first article: in each child it took a second.
    import_module("qa.ingest.collect")
    language_of("Nobody had seen a language before. It was new to them.")
    for line in sys.stdin:
        articles, data, point = line.split()
        reading, writing = os.pipe()
        child = os.fork()  # everything is imported and opened, and nothing has started a thread
        if child == 0:
            status = 1
            try:
                build(Path(articles), data, int(point), writing)
                status = 0
            finally:
                os._exit(status)
        os.close(writing)
        with os.fdopen(reading, "rb") as stream:
            passed = json.loads(stream.read() or b"[]")
        _, status = os.waitpid(child, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), passed]), flush=True)


if __name__ == "__main__":
    main()
