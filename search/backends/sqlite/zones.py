"""The routing question in SQL, over an index of the county's zones that is made for each question.

The index is a handful of rows in memory: kept in the search file it could only be late. So a case finds its
zone even while that file is being rebuilt.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import apsw

from search.query import Candidate, RouteReason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.query import RouteQuestion, ZoneDocument

SCHEMA = """
CREATE TABLE zone (code TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE zone_covers (zone TEXT, key TEXT, PRIMARY KEY (zone, key)) WITHOUT ROWID;
CREATE TABLE zone_knows (zone TEXT, domain TEXT, PRIMARY KEY (zone, domain)) WITHOUT ROWID;
"""

QUESTION = """
WITH clauses AS (
    SELECT code,
        EXISTS (SELECT 1 FROM zone_covers
                WHERE zone = code AND key IN (SELECT value FROM json_each(:places))) AS covers,
        EXISTS (SELECT 1 FROM zone_knows WHERE zone = code AND domain = :domain) AS knows,
        EXISTS (SELECT 1 FROM json_each(:siblings) WHERE value = code) AS siblings,
        coalesce((SELECT value FROM json_each(:loads) WHERE key = code), 0) AS load
    FROM zone WHERE code NOT IN (SELECT value FROM json_each(:out))
), weighed AS (
    SELECT code, covers * :w_covers AS covers, knows * :w_knows AS knows,
        siblings * :w_siblings AS siblings, load,
        (SELECT value FROM json_each(:w_room) WHERE key = load) AS room
    FROM clauses
)
SELECT code, covers, knows, siblings, room, load, covers + knows + siblings + room AS score
FROM weighed ORDER BY score DESC, code
"""


class _Index(threading.local):
    def __init__(self) -> None:
        self.connection = apsw.Connection(":memory:")
        self.connection.execute(SCHEMA)


_index = _Index()


def route(question: RouteQuestion, zones: Iterable[ZoneDocument]) -> list[Candidate]:
    """All zones that may take the case, the best first; equal ones by their code."""
    connection = _index.connection
    with connection:
        _write(connection, list(zones))
        found = [_candidate(question, *row) for row in connection.execute(QUESTION, _bound(question))]
    return found


def _write(connection: apsw.Connection, zones: list[ZoneDocument]) -> None:
    connection.execute("DELETE FROM zone; DELETE FROM zone_covers; DELETE FROM zone_knows")
    connection.executemany("INSERT INTO zone VALUES (?)", [(z.code,) for z in zones])
    connection.executemany(
        "INSERT INTO zone_covers VALUES (?, ?)", [(z.code, k) for z in zones for k in sorted(z.covers)]
    )
    connection.executemany(
        "INSERT INTO zone_knows VALUES (?, ?)", [(z.code, d) for z in zones for d in sorted(z.knows)]
    )


def _bound(question: RouteQuestion) -> dict[str, str | int]:
    weights = question.weights
    return {
        "places": json.dumps(question.places),
        "domain": question.domain,
        "out": json.dumps(sorted(question.out)),
        "siblings": json.dumps(sorted(question.siblings)),
        "loads": json.dumps(dict(question.loads)),
        "w_covers": weights.covers,
        "w_knows": weights.knows,
        "w_siblings": weights.siblings,
        "w_room": json.dumps(weights.room),
    }


def _candidate(
    question: RouteQuestion,
    code: str,
    covers: int,
    knows: int,
    siblings: int,
    room: int,
    load: int,
    score: int,
) -> Candidate:
    clauses = (
        ("covers", covers, ""),
        ("knows", knows, question.domain),
        ("siblings", siblings, ""),
        ("room", room, str(load)),
    )
    return Candidate(
        zone=code,
        score=score,
        reasons=tuple(RouteReason(name, weight, value) for name, weight, value in clauses if weight),
        lacks=tuple(name for name, weight, _value in clauses if not weight),
    )
