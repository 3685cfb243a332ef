"""Who is served beside others: one polite client that is timed, and the clients that it is timed beside."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Self

from qa.errors import QAError

from .corpus import Question
from .server import Client, body_of


def politely(port: int, questions: Iterable[Question]) -> tuple[list[float], int]:
    """Milliseconds of each answer, and how many questions were refused. Raises QAError where one fails otherwise."""
    taken, refused = [], 0
    with closing(Client(port)) as client:
        for question in questions:
            reply = client.ask(body_of(question))
            if reply.status == 200:
                taken.append(reply.milliseconds)
            elif reply.status == 503:
                refused += 1
            else:
                raise QAError(f"The server answered {question.text!r} with {reply.status}: {reply.answer}")
    return taken, refused


class Others:
    """So many clients at work while the block lasts."""

    def __init__(self, acts: Iterable[Callable[[], None]], patience: float) -> None:
        """acts: what each client does, again and again. patience: seconds that are waited for each at the end."""
        self.stop, self.lock = threading.Event(), threading.Lock()
        self._patience = patience
        self._threads = [threading.Thread(target=self._repeat, args=[act], daemon=True) for act in acts]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join(self._patience)

    def _repeat(self, act: Callable[[], None]) -> None:
        while not self.stop.is_set():
            act()
