"""Tokens that let their holders read, change the index, or read the feedback: made, listed and revoked.

A token is 256 random bits. Kept is its SHA-256 alone: what cannot be guessed needs no slow hash.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from qa.errors import BadRequest, NotFound, QAError

FILE = "tokens.json"
SCOPES = ("read", "index", "feedback")
LEAST_CHARS = 22  # of a token chosen by hand: 128 bits in base 64
_NAME = re.compile(r"[\w.@-]{1,60}")


@dataclass(frozen=True, slots=True)
class Token:
    """sha256: hexadecimal, of the token itself, which is kept nowhere."""

    name: str
    scopes: tuple[str, ...]
    made: str  # ISO 8601, UTC
    sha256: str


class Tokens:
    """The tokens of a data folder. What is made or revoked counts at once, for servers that run too."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE
        self._read: tuple[tuple[int, int, int], tuple[Token, ...]] | None = None

    def make(self, name: str, scopes: Collection[str]) -> str:
        """A new token, to be told to its holder now: it is never shown again. Raises BadRequest, QAError."""
        if not _NAME.fullmatch(name):
            raise BadRequest(
                f"{name!r} is no name for a token. Use up to 60 letters, digits, dots, @, - and _."
            )
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not scopes:
            raise BadRequest(f"A token is for some of {', '.join(SCOPES)}; not for {unknown or 'nothing'}.")
        given = f"qa_{secrets.token_urlsafe(32)}"
        made = datetime.now(UTC).isoformat(timespec="seconds")
        token = Token(name, tuple(one for one in SCOPES if one in scopes), made, _hash(given))
        with self._changing():
            tokens = self.list()
            if name in [one.name for one in tokens]:
                raise BadRequest(f"There is a token {name!r} already. Revoke it, or take another name.")
            self._write([*tokens, token])
        return given

    def revoke(self, name: str) -> None:
        """Raises NotFound."""
        with self._changing():
            tokens = self.list()
            if name not in [one.name for one in tokens]:
                raise NotFound(f"There is no token {name!r}.")
            self._write([one for one in tokens if one.name != name])

    def list(self) -> tuple[Token, ...]:
        """The oldest first. Raises QAError where the file is not one of tokens: nobody may pass for want of it."""
        try:
            told = self._file.stat()
        except FileNotFoundError:
            return ()
        stamp = (told.st_mtime_ns, told.st_size, told.st_ino)
        read = self._read
        if read is None or read[0] != stamp:
            try:
                written = json.loads(self._file.read_text(encoding="utf-8"))
                tokens = tuple(Token(**{**one, "scopes": tuple(one["scopes"])}) for one in written)
            except (OSError, ValueError, TypeError, KeyError) as error:
                raise QAError(
                    f"{self._file} cannot be read: {error}. Remove it, and make the tokens anew.",
                    afar="The tokens of this server cannot be read. Its log says why.",
                ) from error
            self._read = read = (stamp, tokens)
        return read[1]

    def holder(self, given: str) -> Token | None:
        """Whose token this is. All are compared, each in constant time."""
        digest, found = _hash(given), None
        for token in self.list():
            if hmac.compare_digest(digest, token.sha256):
                found = token
        return found

    def _changing(self) -> FileLock:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            return FileLock(f"{self._file}.lock")
        except OSError as error:
            raise QAError(f"{self._file} cannot be written: {error}. Make the folder writable.") from error

    def _write(self, tokens: Sequence[Token]) -> None:
        aside = self._file.with_suffix(f".{os.getpid()}")
        try:
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump([asdict(token) for token in tokens], stream, indent=1)
                stream.flush()
                os.fsync(stream.fileno())
            aside.replace(self._file)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise QAError(f"{self._file} cannot be written: {error}. Make the folder writable.") from error


def _hash(given: str) -> str:
    return hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()
