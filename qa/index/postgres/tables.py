"""The tables of an index: of its articles, its passages, and how many passages hold a term.

Generations that were built upon each other share their tables: a row has the number of the generation that it came
with (`born`) and of the first that it was no longer in (`died`). What is written anew gets tables of its own, whose
indexes are made once they are full. Where Citus is present, all are spread by the article's id, so that an article and
its passages stand on one node; that id is a part of every primary key, as Citus asks.
"""

from __future__ import annotations

import psycopg

from .. import packing
from .connections import Row

ALIVE = 2**31 - 1  # `died` of what is in the newest generation
_BUILD_MIB = 2048  # of memory for making indexes, at most: beyond it pgvector goes on, many times slower
_NODE_BYTES = 600  # of a passage in pgvector's graph, besides its vector
# Of each passage in the graph, and passages tried for them. At a million, pgvector's own 16 and 64 find 82 % of the
# nearest ten, these 99 % (docs/scale.md).
_LINKS, _TRIED = 24, 128

_TABLES = """
CREATE TABLE article_{n} (
    id text NOT NULL,
    path bytea NOT NULL, title bytea NOT NULL, raw bytea NOT NULL, text bytea, length int NOT NULL,
    published text, published_inferred int NOT NULL, source bytea, url bytea,
    alignment bytea NOT NULL, page_starts bytea NOT NULL, also_in bytea NOT NULL, language text, in_file bytea,
    parts bytea NOT NULL,
    digest bytea NOT NULL, seal bytea NOT NULL,
    born int NOT NULL, died int NOT NULL DEFAULT 2147483647,
    PRIMARY KEY (id, born)
);
CREATE TABLE passage_{n} (
    article text NOT NULL, id bigint NOT NULL,
    born int NOT NULL, died int NOT NULL DEFAULT 2147483647,
    begins int NOT NULL, ends int NOT NULL, text bytea NOT NULL,
    published date, facets text[] NOT NULL,     -- of its article, to be filtered by
    terms int NOT NULL, words tsvector NOT NULL, -- how many it has, and which
    vector halfvec({dimension}) STORAGE PLAIN NOT NULL
) {inline};
-- How many more passages hold a term since the generation before.
CREATE TABLE term_{n} (term text NOT NULL, born int NOT NULL, passages bigint NOT NULL);
"""
_INDEXES = (  # one by one, for Citus passes each on by itself
    "ALTER TABLE passage_{n} ADD PRIMARY KEY (article, id, born)",
    "ALTER TABLE term_{n} ADD PRIMARY KEY (term, born)",
    "CREATE INDEX ON term_{n} (born)",
    "CREATE INDEX ON passage_{n} (id)",
    "CREATE INDEX ON passage_{n} (published) WHERE published IS NOT NULL",
    "CREATE INDEX ON passage_{n} (died) WHERE died < 2147483647",
    "CREATE INDEX ON passage_{n} USING gin (facets) WITH (fastupdate = off)",
    "CREATE INDEX ON passage_{n} USING gin (words) WITH (fastupdate = off)",
    f"CREATE INDEX ON passage_{{n}} USING hnsw (vector halfvec_ip_ops) WITH (m = {_LINKS}, ef_construction = {_TRIED})",
)
# What the coordinator writes into its own copy of a reference table by itself would bar all that follows.
_CITUS = """
SET LOCAL citus.enable_local_execution = off;
SELECT create_distributed_table('article_{n}', 'id');
SELECT create_distributed_table('passage_{n}', 'article', colocate_with => 'article_{n}');
SELECT create_reference_table('term_{n}');
"""
# Rows of up to half a page stay whole. By default those of more than 2 kB have their vectors and words moved aside, and
# a search would fetch each from there.
_INLINE = "WITH (toast_tuple_target = 4080)"
ARTICLE = f"{packing.SEALED}, digest, seal, born"
PASSAGE = "article, id, born, begins, ends, text, published, facets, terms, words, vector"


def create(connection: psycopg.Connection[Row], n: int, dimension: int) -> None:
    connection.execute(_TABLES.format(n=n, dimension=dimension, inline=_INLINE).encode())
    if connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'citus'").fetchone():
        connection.execute(_CITUS.format(n=n).encode())


def index(connection: psycopg.Connection[Row], n: int, passages: int, dimension: int) -> None:
    """Once the tables are full. Inside a transaction, for whose time more memory is asked for."""
    wanted = min(_BUILD_MIB, passages * (2 * dimension + _NODE_BYTES) // 2**20 + 64)
    connection.execute(
        "SELECT set_config('maintenance_work_mem', %s, true) WHERE "
        "pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes(%s)",
        [f"{wanted}MB", f"{wanted}MB"],
    )
    for statement in _INDEXES:
        connection.execute(statement.format(n=n).encode())
    for table in ("article", "passage", "term"):
        connection.execute(f"ANALYZE {table}_{n}".encode())


def drop(connection: psycopg.Connection[Row], n: int) -> None:
    connection.execute(f"DROP TABLE IF EXISTS article_{n}, passage_{n}, term_{n}".encode())


def forget(connection: psycopg.Connection[Row], n: int, oldest: int) -> None:
    """Remove what is in no generation from the number `oldest` on."""
    for table in ("article", "passage"):
        connection.execute(f"DELETE FROM {table}_{n} WHERE died <= {oldest}".encode())
    since = f"born > (SELECT min(born) FROM term_{n}) AND born <= {oldest}"
    connection.execute(
        f"INSERT INTO term_{n} AS t SELECT term, (SELECT min(born) FROM term_{n}), sum(passages) FROM term_{n}"
        f" WHERE {since} GROUP BY term"
        " ON CONFLICT (term, born) DO UPDATE SET passages = t.passages + excluded.passages".encode()
    )
    connection.execute(f"DELETE FROM term_{n} WHERE {since}".encode())
