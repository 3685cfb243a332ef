"""One peer behind stdin and stdout, a JSON object a line: `python speak.py with_haystack`, in the peers' environment.

First comes {"encoder", "reader", "passages", "top_k"}, and the peer says {"ready", "version", "seconds"}. Then each
{"questions", "clients"} is answered with {"seconds", "replies": [{"answer", "ms"} or {"error"}]}, in the order of the
questions, asked from as many threads as there are clients.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any


def main(name: str) -> None:
    replies = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):  # libraries that print must not garble the replies
        began = time.perf_counter()
        peer = importlib.import_module(name)
        ask = peer.open_peer(**json.loads(sys.stdin.readline()))
        told: dict[str, Any] = {
            "ready": True,
            "version": version(peer.DISTRIBUTION),
            "seconds": time.perf_counter() - began,
        }
        print(json.dumps(told), file=replies, flush=True)
        for line in sys.stdin:
            print(json.dumps(_asked(ask, **json.loads(line))), file=replies, flush=True)


def _asked(ask: Callable[[str], str], questions: list[str], clients: int) -> dict[str, Any]:
    def one(question: str) -> dict[str, Any]:
        began = time.perf_counter()
        try:
            answer = ask(question)
        except Exception as error:  # whatever a peer raises is its failure to answer, and counted as that
            return {"error": type(error).__name__}
        return {"answer": answer, "ms": (time.perf_counter() - began) * 1000}

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        replies = list(pool.map(one, questions))
    return {"seconds": time.perf_counter() - began, "replies": replies}


if __name__ == "__main__":
    main(sys.argv[1])
