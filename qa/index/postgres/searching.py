"""One statement for both searches: the nearest vectors, and the passages that share the question's rare terms.

The dense list is pgvector's HNSW graph (Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search
using Hierarchical Navigable Small World graphs", TPAMI 2020) by inner product over vectors in half precision. The
lexical list is BM25 (Robertson and Zaragoza, 2009) in which a term counts once, however often a passage has it: a
tsvector is asked whether it holds a term, and not how often. To score all that hold a common term takes a second at a
million passages, so those are scored that hold a rare one: terms are taken from the rarest on for as long as few
passages hold them. Only where these are too few, passages are added that hold the two rarest of the common terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...filters import Filters
from ..lexical import asked_terms
from .filtering import condition

_K1, _B = 1.2, 0.75  # as tantivy has them in the local store
# Passages that are scored one by one: some microseconds each.
_SCORED = 2000
# Where a filter leaves no more, all are scored, and compared with the question's vector.
_FEW = 4000

_ASKED = f"""counted AS (
    SELECT term, sum(passages) AS passages FROM term_{{n}}
    WHERE term = ANY(%(terms)s) AND born <= {{number}} GROUP BY term HAVING sum(passages) > 0
), asked AS (
    SELECT passages, quote_literal(term)::tsquery AS query,
           ln(1 + (%(passages)s - passages + 0.5) / (passages + 0.5)) AS weight,
           sum(passages) OVER (ORDER BY passages, term ROWS UNBOUNDED PRECEDING) AS reached
    FROM counted
), lead AS (
    SELECT string_agg(query::text, ' | ') FILTER (WHERE reached <= {_SCORED})::tsquery AS rare,
           array_to_string((array_agg(query::text ORDER BY reached) FILTER (WHERE reached > {_SCORED}))[1:2],
                           ' & ')::tsquery AS common,
           string_agg(query::text, ' | ')::tsquery AS every
    FROM asked
)"""
_SCORE = f"""(SELECT sum(asked.weight) FROM asked WHERE p.words @@ asked.query) * {_K1 + 1}
           / (1 + {_K1} * (1 - {_B} + {_B} * p.terms / greatest(%(average)s, 1)))"""
_RARE = f"""rare AS MATERIALIZED (
    SELECT id, {_SCORE} AS score FROM passage_{{n}} p
    WHERE {{alive}} AND {{matches}} AND words @@ (SELECT rare FROM lead)
)"""
_COMMON = f"""common AS (
    SELECT id, {_SCORE} AS score FROM (
        SELECT id, words, terms FROM passage_{{n}}
        WHERE (SELECT count(*) FROM rare) < {{k}} AND {{alive}} AND {{matches}}
        AND words @@ (SELECT common FROM lead) AND coalesce(NOT words @@ (SELECT rare FROM lead), true) LIMIT {_SCORED}
    ) p
)"""
_LEXICAL = """lexical AS (
    SELECT id, score FROM (SELECT * FROM rare UNION ALL SELECT * FROM common) ORDER BY score DESC, id LIMIT {k}
)"""
_DENSE = """dense AS (
    SELECT id, -(vector <#> %(vector)s::halfvec) AS score FROM passage_{n}
    WHERE {alive} AND {matches} ORDER BY vector <#> %(vector)s::halfvec LIMIT {k}
)"""
# Where a filter leaves few passages, all of them are looked at, and nothing depends on the graph or on rare terms.
_FILTERED = (
    f"few AS MATERIALIZED (SELECT id FROM passage_{{n}} WHERE {{alive}} AND {{matches}} LIMIT {_FEW + 1})"
)
_ARE_FEW = f"(SELECT count(*) FROM few) <= {_FEW}"
_LEXICAL_OF_FEW = f"""lexical_of_few AS (
    SELECT id, {_SCORE} AS score FROM passage_{{n}} p JOIN few USING (id)
    WHERE {_ARE_FEW} AND {{alive}} AND words @@ (SELECT every FROM lead) ORDER BY score DESC, id LIMIT {{k}}
)"""
_DENSE_OF_FEW = f"""dense_of_few AS (
    SELECT id, -(vector <#> %(vector)s::halfvec) AS score FROM passage_{{n}} JOIN few USING (id)
    WHERE {_ARE_FEW} AND {{alive}} ORDER BY score DESC, id LIMIT {{k}}
)"""


class Held(NamedTuple):
    """What a search must know of a generation: its tables and number, and of its passages how many and how long."""

    tables: int
    number: int
    passages: int
    average_terms: float


def alive(number: int) -> str:
    """The condition that a row is in the generation of this number."""
    return f"born <= {number} AND died > {number}"


def statement(
    held: Held,
    k: int,
    *,
    vector: NDArray[np.float32] | None = None,
    question: str | None = None,
    within: Sequence[Filters] | None = None,
) -> tuple[str, dict[str, Any]]:
    """Rows (list, passage id, score), where the list is "dense" or "lexical", in any order; and its values.

    vector: (d,), float32; None: no dense list. question: None: no lexical list.
    """
    matches, values = ("true", {}) if within is None else condition(within)
    parts, lists = [], []
    if within is not None:
        parts.append(_FILTERED)
        matches_many = f"{matches} AND NOT {_ARE_FEW}"
    else:
        matches_many = matches
    if vector is not None:
        values["vector"] = halfvec(vector)
        parts.append(_DENSE)
        lists.append("dense")
    if question is not None:
        values |= {"terms": asked_terms(question), "passages": held.passages, "average": held.average_terms}
        parts += [_ASKED, _RARE, _COMMON, _LEXICAL]
        lists.append("lexical")
    if within is not None:
        parts += [_DENSE_OF_FEW] * (vector is not None) + [_LEXICAL_OF_FEW] * (question is not None)
    filled = [
        part.format(
            n=held.tables,
            number=held.number,
            alive=alive(held.number),
            k=k,
            matches=matches if part is _FILTERED else matches_many,
        )
        for part in parts
    ]
    of_few = [f"{name}_of_few" for name in lists] if within is not None else []
    found = [f"SELECT '{name.partition('_')[0]}', id, score FROM {name}" for name in (*lists, *of_few)]
    return f"WITH {', '.join(filled)} {' UNION ALL '.join(found)}", values


def halfvec(vector: NDArray[np.float32]) -> str:
    """As pgvector reads it; five digits are more than half precision holds."""
    return "[" + ",".join(["%.5g"] * len(vector)) % tuple(vector.tolist()) + "]"
