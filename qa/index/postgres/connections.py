"""Connections to a database: a pool for those who ask, with bounds on every wait, and one for who builds."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from threading import Lock
from typing import Any, Protocol

import psycopg
from psycopg import conninfo, errors
from psycopg_pool import ConnectionPool, PoolTimeout

from ...errors import StoreUnavailable
from .address import Address

Row = tuple[Any, ...]
Values = Mapping[str, Any]

# So many questions are at the database at a time; more wait. A search keeps a core of it busy.
SIZE = 8
# Seconds: for a connection; for a new one to be made; and for an answer, far more than a search of millions takes.
WAIT_SECONDS, CONNECT_SECONDS, STATEMENT_SECONDS = 2.0, 3, 5.0
# Passages that a search of pgvector's graph keeps in sight: more find more and take longer. Where a filter drops some,
# it goes on until there are enough, in the order of distance.
_EF_SEARCH = 300


_log = logging.getLogger(__name__)


class Ask(Protocol):
    """Runs a statement."""

    def __call__(self, statement: str, values: Values = ...) -> list[Row]:
        """Its rows. Raises StoreUnavailable."""


class Connections:
    """Those of one process to one database, in the schema of the address. May be used from several threads.

    writing: of several hosts that the address names, only to one that takes writes; else to the first that answers, or
    to one as the address says.
    """

    def __init__(self, address: Address, *, writing: bool = False) -> None:
        self.address = address
        self._which: dict[str, Any] = {"target_session_attrs": "read-write"} if writing else {}
        self._opening = Lock()

    def ask(self, statement: str, values: Values = {}) -> list[Row]:  # noqa: B006
        """The rows of a statement that only reads.

        It is tried once more where the connection had been lost before, as after a restart of the database. Raises
        StoreUnavailable.
        """
        try:
            return self._rows(statement, values)
        except errors.QueryCanceled as error:
            raise self._unavailable(f"it took longer than {STATEMENT_SECONDS:g} s") from error
        except errors.UndefinedTable as error:
            raise Gone(self.address.name) from error
        except PoolTimeout as error:
            raise self._unavailable(f"there was no connection to it within {WAIT_SECONDS:g} s") from error
        except (psycopg.OperationalError, psycopg.InterfaceError):
            pass
        except psycopg.Error as error:  # a right that is missing, or a table that somebody has changed
            _log.warning("%s: %s", self.address.name, _line(error))
            raise self._unavailable(_line(error)) from error
        try:
            self._pool.check()  # drops those that were lost
            return self._rows(statement, values)
        except psycopg.Error as error:
            raise self._unavailable(_line(error)) from error

    def close(self) -> None:
        if "_pool" in self.__dict__:
            self._pool.close()

    @contextmanager
    def alone(self, name: str) -> Iterator[psycopg.Connection[Row]]:
        """A connection of one's own, without limits of time, for who builds. name: as the database lists it.

        Raises StoreUnavailable where there is none to be had.
        """
        try:
            connection = psycopg.connect(
                self.address.given,
                autocommit=True,
                **_NOTICING,
                **self._which,
                application_name=f"{name} in process {os.getpid()} on {socket.gethostname()}"[:63],
                options=_options(self.address, **_BUILD, **_SEARCH),
                prepare_threshold=None,
            )
        except psycopg.Error as error:
            raise self._unavailable(_line(error)) from error
        with connection:
            yield connection

    def _rows(self, statement: str, values: Values) -> list[Row]:
        with self._opened().connection() as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def _opened(self) -> ConnectionPool[psycopg.Connection[Row]]:
        with self._opening:
            return self._pool

    @cached_property
    def _pool(self) -> ConnectionPool[psycopg.Connection[Row]]:
        pool: ConnectionPool[psycopg.Connection[Row]] = ConnectionPool(
            self.address.given,
            min_size=1,
            max_size=SIZE,
            timeout=WAIT_SECONDS,
            reconnect_timeout=WAIT_SECONDS,  # then whoever asks next tries again
            open=False,
            name=self.address.schema,
            kwargs={
                "autocommit": True,
                **_NOTICING,
                **self._which,
                "application_name": "verbatim",
                "options": _options(self.address, statement_timeout=int(1000 * STATEMENT_SECONDS), **_SEARCH),
                # Each statement is planned for its own values: how many a filter leaves decides the plan.
                "prepare_threshold": None,
            },
        )
        pool.open(wait=False)
        return pool

    def _unavailable(self, why: str) -> StoreUnavailable:
        return StoreUnavailable(f"The store {self.address.name} does not answer: {why}.")


class Gone(StoreUnavailable):
    """A generation has been removed while somebody still asked it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The index that this question began with is no longer in {name}. Ask again.")


# A build may wait for the encoder. Whether its process is still there is looked at while the database works for it.
_BUILD: dict[str, Any] = {"idle_in_transaction_session_timeout": 0, "client_connection_check_interval": 1000}
# A host that falls silent is noticed after eleven seconds, where an answer is waited for.
_NOTICING: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
_SEARCH: dict[str, Any] = {"hnsw.ef_search": _EF_SEARCH, "hnsw.iterative_scan": "strict_order", "jit": "off"}


def _options(address: Address, **settings: Any) -> str:
    """For libpq: what the address sets itself, the schema, and these settings."""
    own = str(conninfo.conninfo_to_dict(address.given).get("options") or "")
    told: Sequence[tuple[str, Any]] = [("search_path", f"{address.schema},public"), *settings.items()]
    return " ".join([*(f"-c {name}={value}" for name, value in told), own]).strip()


def _line(error: psycopg.Error) -> str:
    """The first line of what the driver says; it names hosts, users and databases, and no passwords."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
