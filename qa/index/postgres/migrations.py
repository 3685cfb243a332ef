"""What a schema holds besides the tables of each index; numbered steps, each made once, never taken back."""

from __future__ import annotations

import psycopg
from psycopg import sql

from ...errors import BuildFailed
from .address import Address
from .connections import Row

LEAST_SERVER, LEAST_VECTOR = 15, (0, 8)  # pgvector 0.8: a search goes on where a filter drops what it finds
LOCK = 1_447_645_761  # "VERA" as a number: the first half of the keys of our advisory locks

STEPS = (
    """
    CREATE TABLE generation (
        number int PRIMARY KEY,
        version text NOT NULL UNIQUE,
        tables int NOT NULL,          -- number of the tables that hold it
        average_terms float8 NOT NULL, -- of a passage
        manifest text NOT NULL        -- JSON
    );
    CREATE TABLE in_service (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        number int NOT NULL REFERENCES generation
    );
    CREATE TABLE file (
        generation int NOT NULL REFERENCES generation ON DELETE CASCADE,
        name text NOT NULL,
        part int NOT NULL,
        content bytea NOT NULL,
        PRIMARY KEY (generation, name, part)
    );
    """,
)


def migrate(connection: psycopg.Connection[Row], address: Address) -> None:
    """Bring the schema up to date, by one process at a time. Raises BuildFailed where the database is not fit."""
    _check(connection, address)
    with connection.transaction():
        connection.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, f"migrate {address.schema}"]
        )
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(address.schema)))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (number int PRIMARY KEY, made timestamptz NOT NULL)"
        )
        row = connection.execute("SELECT coalesce(max(number), 0) FROM migration").fetchone()
        made = row[0] if row else 0
        if made > len(STEPS):
            raise BuildFailed(
                f"{address.name} was last written by a newer Verbatim. Install that version here."
            )
        for number, step in enumerate(STEPS[made:], made + 1):
            connection.execute(step.encode())
            connection.execute("INSERT INTO migration VALUES (%s, now())", [number])


def _check(connection: psycopg.Connection[Row], address: Address) -> None:
    if connection.info.server_version < LEAST_SERVER * 10_000:
        raise BuildFailed(f"{address.name} is older than PostgreSQL {LEAST_SERVER}. Use a newer server.")
    least = ".".join(map(str, LEAST_VECTOR))
    try:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector SCHEMA public")
    except psycopg.Error as error:
        raise BuildFailed(
            f"{address.name} has no extension pgvector, and it cannot be made: {str(error).strip().splitlines()[0]}. "
            f"Install pgvector {least} or newer on the server; its owner can then run CREATE EXTENSION vector."
        ) from error
    row = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone()
    version = row[0] if row else "0"
    if tuple(int(part) for part in version.split(".")[:2]) < LEAST_VECTOR:
        raise BuildFailed(
            f"{address.name} has pgvector {version}; {least} is needed. Install it, then ALTER EXTENSION vector UPDATE."
        )
