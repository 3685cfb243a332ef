"""The error tree. Each message says what was wrong, where, and what to do.

QAError
├── BadQuestion          the question itself cannot be asked
│   └── NoWord           it is text, and holds no word
├── BadRequest           the request around it is malformed
│   └── Unprocessable    each part of it is in order, and together they cannot be what was meant
├── NotFound             no such article
├── ModelMissing         a model is not on this computer, or its files are not the ones expected
├── IndexMissing         nothing has been indexed yet
├── IndexCorrupt         a file of the index is not what its manifest says
├── NothingToIndex       no article could be read from what was given
├── BuildRunning         another build of the same index is under way
├── BuildFailed          an index could not be written; the one before goes on serving
├── StoreUnavailable     a store outside this process does not answer
├── Overloaded           too much work is waiting
├── TookTooLong          the answer was not there in time
└── AskerLeft            whoever asked has gone: nothing more is done for them
"""

from __future__ import annotations

import copyreg
import os
import shlex
from math import ceil
from pathlib import Path
from typing import Any


class QAError(Exception):
    """Anything Verbatim reports to its user; str(error) is one or more plain sentences.

    afar: the same for who asks from another computer, without places on this one; by default as it is. It may cross
    from one process to another, whatever it is made from.
    """

    _afar: str | None = None

    def __init__(self, message: str = "", *, afar: str | None = None) -> None:
        super().__init__(message)
        self._afar = afar

    @property
    def afar(self) -> str:
        return str(self) if self._afar is None else self._afar

    def __reduce__(self) -> tuple[Any, ...]:
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class BadQuestion(QAError):
    pass


class NoWord(BadQuestion):
    pass


class BadRequest(QAError):
    pass


class Unprocessable(BadRequest):
    pass


class NotFound(QAError):
    pass


class ModelMissing(QAError):
    def __init__(self, name: str, looked_in: str, advice: str) -> None:
        self.name, self.looked_in = name, looked_in
        super().__init__(
            f"The model {name!r} cannot be used: looked in {looked_in}. {advice}",
            afar=f"The model {Path(name).name!r} cannot be used. The server's log says where it was looked for.",
        )


class IndexMissing(QAError):
    def __init__(self, data: Path | str) -> None:
        """data: a folder, or as a string a store."""
        self.data = data
        how = "--store with its address" if isinstance(data, str) else f"--data {shlex.quote(str(data))}"
        super().__init__(
            f"There is no index in {data} yet. Build one with: qa index FOLDER {how}",
            afar="There is no index yet. Build one with: qa index FOLDER",
        )


class IndexCorrupt(QAError):
    def __init__(self, file: Path | str, why: str) -> None:
        self.file, self.why = file, why
        what = "The index in" if isinstance(file, str) else "The index file"
        message = f"{what} {file} cannot be trusted: {why}. Build the index again with: qa index"
        super().__init__(
            message, afar=message if isinstance(file, str) else message.replace(_above(file), "")
        )


def _above(file: Path) -> str:
    """Where the indexes are kept to one of which `file` belongs, whose version is left in its path."""
    return f"{next((one for one in file.parents if one.name == 'generations'), file.parent)}{os.sep}"


class NothingToIndex(QAError):
    def __init__(self, message: str, *, afar: str | None = None, unsettled: bool = False) -> None:
        self.unsettled = unsettled  # there are files, and they are still being written
        super().__init__(message, afar=afar)


class BuildRunning(QAError):
    def __init__(self, data: Path | str, who: str) -> None:
        self.data, self.who = data, who
        super().__init__(
            f"Another build of the index in {data} is under way ({who}). Try again when it has ended.",
            afar=f"Another build of this index is under way ({who}). Try again when it has ended.",
        )


class BuildFailed(QAError):
    pass


class StoreUnavailable(QAError):
    pass


class Overloaded(QAError):
    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"Too many questions are waiting. Ask again in {retry_after} s.")


class TookTooLong(QAError):
    def __init__(self, seconds: float, step: str) -> None:
        self.seconds = seconds
        self.retry_after = max(1, ceil(seconds))  # what made it late has by then had as long again to end
        super().__init__(
            f"After {seconds:g} s the question had not come to the step {step!r} yet. Ask again, or with a smaller "
            "top_k."
        )


class AskerLeft(QAError):
    def __init__(self) -> None:
        super().__init__("Whoever asked has left; the question was put away.")
