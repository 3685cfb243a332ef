"""What a client may take of the server, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

MAX_BODY_BYTES = 64 * 1024  # a question, its settings and a long conversation fit many times over


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one process. Times are seconds, sizes bytes."""

    # Open at a time, of the 1,024 files that a process may commonly have. Beyond it the address with the most of them
    # loses the one that has been idle for longest.
    connections: int = 500
    # Of one address; a browser opens six. 0: no limit, as behind a proxy, where every client has the proxy's address.
    connections_per_client: int = 128
    # Until the first request line and headers are there, and until those of each following one are.
    header_seconds: float = 15.0
    # A body comes at this pace or faster, once the time for headers has passed as often again.
    body_bytes_per_second: float = 16 * 1024.0
    # Of those who read their answer so slowly, the connection is closed: less than so many bytes in so many seconds.
    send_seconds: float = 20.0
    send_bytes: int = 64 * 1024
    # Between two requests of a connection.
    idle_seconds: float = 120.0
    # Answers that clients have not taken in yet, all connections together.
    pending_bytes: int = 256 * 2**20
    # Up to here a body is read, so that it is refused as a problem; a larger one is cut off.
    read_bytes: int = 256 * MAX_BODY_BYTES
    # For what is being answered when the server is told to stop.
    stop_seconds: float = 10.0
