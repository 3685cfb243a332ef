"""The application on a port, by a server that is made for it."""

from __future__ import annotations

import sys
from pathlib import Path

import waitress

from qa.engine import Engine
from qa.errors import QAError
from web.app import MAX_BODY_BYTES, create_app

THREADS = 8  # pages and lists stay quick while some questions are being read


def serve(data: str | Path | None = None, *, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serves until interrupted. Comes up without an index too, and then says on every page what is missing.

    Raises QAError where the address cannot be listened on.
    """
    app = create_app(lambda: Engine.open(data))
    try:
        app.extensions["engine"].get()  # now, so that the first question does not wait for the models
    except QAError as error:
        print(f"{error}", file=sys.stderr)
    try:
        server = waitress.create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            ident="verbatim",
            max_request_body_size=16 * MAX_BODY_BYTES,  # beyond, waitress refuses before reading it all
        )
    except OSError as error:
        raise QAError(f"Cannot listen on {host} port {port}: {error}. Choose another with --port.") from error
    print(f"Verbatim is at http://{_shown(host)}:{_port(server)}/ (stop with Ctrl+C)", flush=True)
    try:
        server.run()
    finally:
        server.close()


def _shown(host: str) -> str:
    return {"0.0.0.0": "localhost", "::": "localhost"}.get(host, f"[{host}]" if ":" in host else host)


def _port(server: object) -> int:
    listening = getattr(server, "effective_listen", None)  # where a name has several addresses
    return int(listening[0][1] if listening else server.effective_port)  # type: ignore[attr-defined]
