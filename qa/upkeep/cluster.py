"""Work that the machines of a Ray cluster do."""

from __future__ import annotations

import itertools
import logging
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from qa.errors import BadRequest, BuildFailed, QAError

# Times that what a lost worker was doing is done again: as often as it is lost where machines come and go, and not for
# ever where the work itself ends its worker.
_AGAIN = 10
_AHEAD = 2  # pieces of work a core that are handed out
_KNOCK_SECONDS = 10.0

Do = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]


@contextmanager
def cluster(address: str) -> Iterator[Do]:
    """do(work, given) -> `work` of each, as it is done, each on a core of its own.

    address: HOST:PORT; "auto": the cluster that this computer belongs to; "local": one that is started here. `work` can
    be pickled, and its modules are installed wherever it is done. Raises BadRequest where there is no such cluster;
    `do` raises what of our own errors `work` does, and BuildFailed.
    """
    try:
        import ray
    except ModuleNotFoundError as error:
        raise BadRequest(
            f"A Ray cluster needs {error.name}, which is not installed: pip install 'verbatim-qa[ray]'"
        ) from error
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # else each cluster is told to Ray's makers
    try:
        _knock(address)
        ray.init(address=address, logging_level=logging.WARNING, log_to_driver=False)
    except (OSError, ImportError, RuntimeError, ValueError) as error:
        raise BadRequest(
            f"There is no Ray cluster at {address}: {str(error).rstrip('.')}. Name the HOST:PORT that "
            "`ray start --head` told, or auto on one of its machines."
        ) from error
    try:
        yield _do
    except ray.exceptions.RayError as error:
        if isinstance(error, QAError):  # as `work` raised it
            raise
        raise BuildFailed(
            f"The Ray cluster at {address} could not do all of its work: {str(error).strip().splitlines()[-1]}. "
            "Parts of the index that were made are kept, and the next build goes on from them."
        ) from error
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raises OSError where nobody is at HOST:PORT: Ray itself tries for many minutes."""
    host, _, port = address.rpartition(":")
    if host and port.isdecimal() and "/" not in host:
        socket.create_connection((host.strip("[]"), int(port)), _KNOCK_SECONDS).close()


def _do(work: Callable[[Any], Any], given: Iterable[Any]) -> Iterator[Any]:
    import ray

    task = ray.remote(num_cpus=1, max_retries=_AGAIN)(lambda one: work(one))
    waiting, running = iter(given), list[Any]()
    while True:
        ahead = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))  # machines come and go
        running += map(task.remote, itertools.islice(waiting, max(0, ahead - len(running))))
        if not running:
            return
        finished, running = ray.wait(running)
        yield ray.get(finished[0])
