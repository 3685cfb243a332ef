"""What broken and hostile clients send instead of requests: whole requests, taken apart by chance.

`sending` draws one. The shapes follow RFC 9112: its sections on the request line (3), fields (5), bodies (6), chunks
(7) and on requests that two servers understand differently (11.2).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

_QUESTION = json.dumps({"question": "Who met whom in Vienna?"}).encode()
_JSON = "Content-Type: application/json"
_HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
_SLOW_PIECES, _SLOW_PAUSE = 40, 0.05
_MOST_HEADER_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class Sending:
    """pieces: sent one after the other, `pause` seconds apart. half_closed: nothing more is sent, and that is told.

    leaves: goes at once, with a reset, and reads nothing.
    """

    kind: str
    pieces: tuple[bytes, ...]
    pause: float = 0.0
    half_closed: bool = False
    leaves: bool = False


def sending(chance: Random) -> Sending:
    kind, make = chance.choice(_KINDS)
    sent = make(chance)
    if isinstance(sent, Sending):
        return sent
    return Sending(kind, (sent,), half_closed=chance.random() < 0.3, leaves=chance.random() < 0.1)


def request(line: str, *fields: str, body: bytes = b"") -> bytes:
    return "\r\n".join((f"{line} HTTP/1.1", "Host: localhost", *fields, "", "")).encode("latin-1") + body


def asking(*fields: str, body: bytes = _QUESTION) -> bytes:
    """A question, with other fields than its own where they are given."""
    return request("POST /ask", _JSON, *(fields or (f"Content-Length: {len(body)}",)), body=body)


def _whole(chance: Random) -> bytes:
    chunks = b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in _QUESTION) + b"0\r\n\r\n"
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nText.\r\n--b--\r\n'
    return chance.choice(
        [
            request("GET /health"),
            request("GET /"),
            request("GET /articles?limit=3", "Accept: */*"),
            request("GET /ask?q=Who+met+whom%3F"),
            asking(),
            asking("Transfer-Encoding: chunked", body=chunks),
            asking("Expect: 100-continue", f"Content-Length: {len(_QUESTION)}"),
            request(
                "POST /articles",
                "Content-Type: multipart/form-data; boundary=b",
                f"Content-Length: {len(form)}",
                body=form,
            ),
        ]
    )


def _cut(chance: Random) -> bytes:
    whole = _whole(chance)
    return whole[: chance.randrange(len(whole))]


def _altered(chance: Random) -> bytes:
    made = bytearray(_whole(chance))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(made))
        made[at : at + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 3))
        made = made or bytearray(b"\0")
    return bytes(made)


def _bad_chunks(chance: Random) -> bytes:
    sizes = ["-1", "zz", "f" * 40, "0x5", "5;" + "x" * 70_000, "", " 5", "5 ", "5\n", "+5", "5\0", "7fffffff"]
    size = chance.choice(sizes).encode("latin-1")
    after = chance.choice([b"\r\n", b"\n", b"", b"xx", b"\r\n\r\n"])
    end = chance.choice([b"0\r\n\r\n", b"0\r\nX: y\r\n\r\n", b"0\r\n" + b"X" * 50_000, b"0", b""])
    return asking("Transfer-Encoding: chunked", body=size + b"\r\nabcde" + after + end)


def _large_headers(chance: Random) -> bytes:
    size = chance.randrange(1_000, _MOST_HEADER_BYTES)
    made: list[Callable[[], bytes]] = [
        lambda: request("GET /health", f"X-Large: {'x' * size}"),
        lambda: request("GET /health", *[f"X-{n}: y" for n in range(size // 10)]),
        lambda: request(f"GET /{'x' * size}"),
        lambda: request(f"GET /ask?q={'%20' * (size // 3)}"),
        lambda: request("GET /health", f"Cookie: {'a=b; ' * (size // 5)}"),
        lambda: request("x" * size),
    ]
    return chance.choice(made)()


def _understood_two_ways(chance: Random) -> bytes:
    ends = b"0\r\n\r\n"
    return (
        chance.choice(
            [
                asking("Content-Length: 5", "Transfer-Encoding: chunked", body=ends),
                asking("Transfer-Encoding: chunked", "Content-Length: 99", body=ends),
                asking("Content-Length: 0", f"Content-Length: {len(_HIDDEN)}", body=b""),
                asking("Content-Length: 5, 5", body=ends),
                asking("Content-Length: +5", body=ends),
                asking("Content-Length: 0x5", body=ends),
                asking("Content-Length: 5_0", body=ends),
                asking(f"Content-Length: {'9' * 5_000}", body=ends),
                asking("Transfer-Encoding : chunked", body=ends),
                asking("Transfer-Encoding: \x0bchunked", body=ends),
                asking("Transfer-Encoding: identity, chunked", body=ends),
                asking("Transfer-Encoding: chunked, identity", body=ends),
                asking("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=ends),
                asking("X: y", " Transfer-Encoding: chunked", body=ends),
                asking("X: y\nTransfer-Encoding: chunked", body=ends),
                asking("X: y\rTransfer-Encoding: chunked", body=ends),
                asking("X\0: y", "Content-Length: 5", body=ends),
                request("GET /health", "Host: evil.example"),
                request("GET /health", "Content-Length: 5"),
                request("GET http://evil.example/health"),
                b"GET /health HTTP/1.1\nHost: localhost\n\n",
                b"GET /health\r\n",
                b"GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n",
                b"GET  /health  HTTP/1.1\r\nHost: localhost\r\n\r\n",
            ]
        )
        + _HIDDEN
    )


def _odd_targets(chance: Random) -> bytes:
    odd = [
        "%00",
        "%ff%fe",
        "//",
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "*",
        "%0d%0aX:%20y",
        "\xff\xfe",
    ]
    odd += [
        "%",
        "%zz",
        "?" * 900,
        "#x",
        ";x",
        "[::1",
        "http://[",
        "articles/%00",
        "c/../../x",
        "ask?q=%ff&top_k=%00",
    ]
    methods = ["GET", "HEAD", "POST", "OPTIONS", "TRACE", "CONNECT", "get", "PROPFIND", "\x01", "G" * 900]
    return request(f"{chance.choice(methods)} /{''.join(chance.choices(odd, k=chance.randint(1, 3)))}")


def _odd_bodies(chance: Random) -> bytes:
    deep = b"[" * 30_000
    odd = [
        b"",
        b"\xff\xfe",
        b"null",
        b"{",
        deep,
        b'{"question":' + deep,
        b'{"question": 1e999}',
        b"\x1f\x8b\x08",
    ]
    odd += [b'{"question": "\\ud800"}', b'{"question": "x", "top_k": 1' + b"0" * 5_000 + b"}", b"NaN"]
    fields = ["Content-Encoding: gzip", "Content-Type: application/json; charset=utf-7", "Content-Type: \xff"]
    body = chance.choice(odd)
    return asking(f"Content-Length: {len(body)}", chance.choice(fields), body=body)


def _nonsense_between(chance: Random) -> bytes:
    parts = [_whole(chance), chance.randbytes(chance.randint(1, 2_000)), b"\r\n" * chance.randint(1, 500)]
    return b"".join(chance.choices(parts, k=chance.randint(2, 12)))


def _half_closed(chance: Random) -> Sending:
    whole = b"".join(_whole(chance) for _ in range(chance.randint(1, 4)))
    return Sending("half closed", (whole,), half_closed=True)


def _left_at_once(chance: Random) -> Sending:
    return Sending("left at once", (_whole(chance) * chance.randint(1, 20),), leaves=True)


def _slow(chance: Random) -> Sending:
    made = chance.choice([_whole, _cut, _altered, _bad_chunks, _understood_two_ways])(chance)
    step = max(1, len(made) // _SLOW_PIECES)
    pieces = tuple(made[at : at + step] for at in range(0, len(made), step))
    return Sending("slow", pieces, _SLOW_PAUSE)


_KINDS: tuple[tuple[str, Callable[[Random], bytes | Sending]], ...] = (
    ("cut off", _cut),
    ("altered", _altered),
    ("bad chunks", _bad_chunks),
    ("large headers", _large_headers),
    ("understood two ways", _understood_two_ways),
    ("odd targets", _odd_targets),
    ("odd bodies", _odd_bodies),
    ("nonsense between", _nonsense_between),
    ("half closed", _half_closed),
    ("left at once", _left_at_once),
    ("slow", _slow),
)
