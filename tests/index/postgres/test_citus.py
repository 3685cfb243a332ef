"""Where the tests' own database has Citus (`DATABASE_URL`), tables are spread and each shard's graph is asked."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from database import Database
from fakes import WordEncoder

from qa.index.catalog import open_catalog
from qa.upkeep.index import index


@pytest.fixture
def spread(database: Database, address: str, tmp_path: Path) -> str:
    """The address of an index of thirty articles, in a database with Citus."""
    with psycopg.connect(database.url) as connection:
        if not connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'citus'").fetchone():
            pytest.skip("the database has no Citus")
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text(f"Harbour {number}\n\nThe harbour {number} opened in May.")
    index([tmp_path], address, encoder=WordEncoder())
    return address


def test_articles_and_passages_are_spread_together(database: Database, spread: str) -> None:
    schema = spread.rpartition("schema=")[2]
    with psycopg.connect(database.url) as connection:
        found = connection.execute(
            "SELECT split_part(split_part(table_name::text, '.', 2), '_', 1), citus_table_type, colocation_id"
            " FROM citus_tables WHERE table_name::text LIKE %s",
            [f"{schema}.%"],
        ).fetchall()
    kinds = {name: (kind, group) for name, kind, group in found}
    assert kinds["article"] == kinds["passage"]
    assert kinds["article"][0] == "distributed"
    assert kinds["term"][0] == "reference"
    assert open_catalog(spread).mib() > 0.1  # of the shards, which are not in the coordinator's tables


def test_each_shard_finds_the_nearest_in_its_own_graph(database: Database, spread: str) -> None:
    schema = spread.rpartition("schema=")[2]
    asked = "[" + ",".join(["0.1"] * WordEncoder().dimension) + "]"
    with psycopg.connect(database.url, options=f"-c search_path={schema},public") as connection:
        connection.execute("SET LOCAL citus.propagate_set_commands = local")
        connection.execute(
            "SET LOCAL enable_seqscan = off"
        )  # thirty rows are compared sooner than a graph is walked
        plan = connection.execute(
            f"EXPLAIN SELECT id FROM passage_1 ORDER BY vector <#> '{asked}'::halfvec LIMIT 50".encode()
        ).fetchall()
    told = "\n".join(str(line) for (line,) in plan)
    assert "Citus Adaptive" in told
    assert "Index Scan using passage_1_vector_idx" in told
