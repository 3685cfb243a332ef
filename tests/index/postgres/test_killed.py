"""A build into a database is killed between its statements: the index before serves, and the next build is right."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from fakes import PhraseReader, WordEncoder

from qa import Engine
from qa.index.catalog import open_catalog
from qa.upkeep.index import index

KILLS = int(os.environ.get("KILLS", "3"))


def _day(articles: Path, day: int) -> None:
    (articles / "weather.txt").write_text(
        f"Weather report\n\nThe harbour saw {day} ships on the day. It was calm."
    )


def test_wherever_a_build_is_killed_a_whole_index_serves_and_the_next_build_is_right(
    address: str, tmp_path: Path
) -> None:
    articles, encoder = tmp_path / "in", WordEncoder()
    articles.mkdir()
    (articles / "bread.txt").write_text("Bread\n\nNobody had seen bread before. It was new to them.")
    _day(articles, 1000)
    index([articles], address, encoder=encoder)
    command = [sys.executable, str(Path(__file__).parents[1] / "killable.py")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, Path(__file__).parents[2:4])),
        "OMP_NUM_THREADS": "1",
    }
    catalog = open_catalog(address)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        taking, telling = child.stdin, child.stdout
        assert taking is not None and telling is not None

        def run(point: int) -> tuple[int, list[str]]:
            print(articles, address, point, file=taking, flush=True)
            status, passed = json.loads(telling.readline())
            return status, passed

        _day(articles, 1001)
        status, events = run(-1)
        assert status == 0
        assert len(events) > 20
        steps = max(1, len(events) // KILLS)
        engine = Engine.open(address, encoder=encoder, reader=PhraseReader("ships on the day"))
        day_of = {catalog.open().version: 1001}
        killed = 0
        for day in sorted({*range(0, len(events), steps), len(events) - 3}):
            before = catalog.open().version
            _day(articles, day)
            status, _ = run(day)
            assert status in (-signal.SIGKILL, 0), day
            killed += status == -signal.SIGKILL
            now = catalog.open().version
            if now != before:
                day_of[now] = day
            catalog.forget_pointer()  # type: ignore[attr-defined]  # not a second later
            engine.refresh()
            answer = engine.ask("Which ships came?")
            assert answer.index_version == now
            assert f" {day_of[now]} ships" in answer.citations[0].sentence
            assert catalog.check(encoder).problems == ()
            report = index([articles], address, encoder=encoder)
            day_of[report.version] = day
            assert report.anew is None
            held = [catalog.open().article(info.id).text for info in catalog.open().articles()]
            assert len(held) == 2
            assert any(f" {day} ships" in text for text in held)
        taking.close()
    assert killed >= KILLS
