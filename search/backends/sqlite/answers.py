"""One question, one view of the file: hits, exact total, facets.

The rights of the asker stand in the WHERE of every statement that reads cases. The score is a sum of
constant weights (which fields hold which words), so that a case that may not be seen cannot move the
order of those that may, as it would through bm25's statistics of the whole corpus.
"""

# ruff: noqa: S608  the statements are put together from parts of this file; every value is bound
from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from search.backends.sqlite.writes import SEPARATOR, cents, microseconds
from search.query import Found, Row
from triage.places.keys import covers

if TYPE_CHECKING:
    import apsw

    from search.query import Ask, Like, Query
    from search.words import Term

IN_TITLE, IN_ACCUSED = 2, 2
# Of how many terms it is looked up in which field they stand.
SCORED_TERMS = 6
ABOUT = ("domain", "channel", "state", "kind")  # facets that live in `whats`


def match(terms: tuple[Term, ...], column: str = "") -> str:
    return " AND ".join(phrase(t, column) for t in terms)


def phrase(term: Term, column: str = "") -> str:
    """Tokens hold letters and digits only, so nothing in them can end the quotes."""
    quoted = '"' + " ".join(term.tokens) + '"' + (" *" if term.prefix else "")
    return f"{{{column}}} : {quoted}" if column else quoted


def search(connection: apsw.Connection, ask: Ask) -> Found:
    if not ask.keys:
        return Found((), 0)
    return _Search(connection, ask).answer()


class _Search:
    """The statements of one question. `hits` is what words, rights and plain filters leave; the filters
    that are facets too are applied to it one by one."""

    def __init__(self, connection: apsw.Connection, ask: Ask) -> None:
        self.connection = connection
        self.ask = ask
        self.bound: dict[str, Any] = {}
        self.filters = self._facet_filters(ask.query)
        self.hits = self._hits()

    def answer(self) -> Found:
        rows = self._page()
        more = len(rows) > self.ask.query.limit
        total = self._one(f"SELECT count(*) FROM {self.hits} h WHERE {self._all()}")
        facets = self._facets() if self.ask.query.facets else {}
        return Found(tuple(rows[: self.ask.query.limit]), total, facets, more)

    def bind(self, value: Any) -> str:
        name = f"p{len(self.bound)}"
        self.bound[name] = value
        return f":{name}"

    def run(self, sql: str) -> apsw.Cursor:
        return self.connection.execute(sql, self.bound)

    def _one(self, sql: str) -> int:
        return self.run(sql).get

    def _facet_filters(self, query: Query) -> dict[str, str]:
        """SQL over `h` by the name of the facet whose filter it is."""
        found = {}
        if query.domain:
            held = self.bind(f"{SEPARATOR}{query.domain}{SEPARATOR}")
            found["domain"] = f"instr('{SEPARATOR}' || domains || '{SEPARATOR}', {held})"
        for name in ABOUT[1:]:
            if value := getattr(query, name):
                found[name] = f"{name} = {self.bind(value)}"
        found = {k: f"h.what_id IN (SELECT id FROM whats WHERE {sql})" for k, sql in found.items()}
        if query.place:
            held = self.bind(query.place)
            found["place"] = f"h.where_id IN (SELECT where_id FROM under WHERE key = {held})"
        if query.zone:
            held = self.bind(query.zone)
            found["zone"] = f"h.where_id IN (SELECT id FROM wheres WHERE zone = {held})"
        return found

    def _hits(self) -> str:
        """The table expression of what is found: a temporary table, or the metadata where no word is asked."""
        conditions = self._conditions()
        asked = self._matches()
        if not asked:
            return (
                "(SELECT m.id, 0 AS score, m.received, m.where_id, m.what_id FROM meta m"
                f" WHERE {' AND '.join(conditions)})"
            )
        self.connection.execute("DELETE FROM temp.hits")
        # CROSS JOIN: FTS5 leads. Left alone the planner may start from an index of `meta` (200 times slower).
        self.run(
            f"INSERT INTO temp.hits SELECT m.id, {self._score()}, m.received, m.where_id, m.what_id"
            f" FROM words w CROSS JOIN meta m ON m.id = w.rowid"
            f" WHERE words MATCH {self.bind(asked)} AND {' AND '.join(conditions)}"
        )
        return "temp.hits"

    def _matches(self) -> str:
        """What FTS5 looks for; "" where only minus words or no words at all were asked."""
        parts = [match(self.ask.words.terms)] if self.ask.words.terms else []
        if self.ask.accused.terms:
            parts.append(match(self.ask.accused.terms, "accused"))
        asked = " AND ".join(parts)
        minus = " OR ".join(phrase(t) for t in self.ask.words.minus)
        return f"({asked}) NOT ({minus})" if asked and minus else asked

    def _conditions(self) -> list[str]:
        query = self.ask.query
        keys = ", ".join(self.bind(k) for k in self.ask.keys)
        found = [f"EXISTS (SELECT 1 FROM seen WHERE key IN ({keys}) AND where_id = m.where_id)"]
        if self.ask.excluded:
            held = self.bind(json.dumps(sorted(self.ask.excluded)))
            found.append(f"m.id NOT IN (SELECT value FROM json_each({held}))")
        if self.ask.since:
            found.append(f"m.received >= {self.bind(microseconds(self.ask.since))}")
        if self.ask.until:
            found.append(f"m.received < {self.bind(microseconds(self.ask.until))}")
        if query.least is not None:
            found.append(f"m.largest_sum >= {self.bind(cents(query.least))}")
        if query.most is not None:
            found.append(f"m.largest_sum <= {self.bind(cents(query.most))}")
        if query.office:
            held = self.bind(query.office)
            found.append(f"m.where_id IN (SELECT id FROM wheres WHERE office = {held})")
        if self.ask.words.minus and not self._positive:
            held = self.bind(" OR ".join(phrase(t) for t in self.ask.words.minus))
            found.append(f"m.id NOT IN (SELECT rowid FROM words WHERE words MATCH {held})")
        return found

    @property
    def _positive(self) -> bool:
        return bool(self.ask.words.terms or self.ask.accused.terms)

    def _score(self) -> str:
        if self.ask.query.sort != "relevance":
            return "0"
        parts = ["0"]
        for term in self.ask.words.terms[:SCORED_TERMS]:
            for column, weight in (("title", IN_TITLE), ("accused", IN_ACCUSED)):
                held = self.bind(phrase(term, column))
                parts.append(f"{weight} * (m.id IN (SELECT rowid FROM words WHERE words MATCH {held}))")
        return " + ".join(parts)

    def _all(self, but: str = "") -> str:
        kept = [sql for name, sql in self.filters.items() if name != but]
        return " AND ".join(kept) or "1"

    def _page(self) -> list[Row]:
        query = self.ask.query
        down = query.sort != "oldest"
        columns = (
            ["score", "received", "id"]
            if query.sort == "relevance" and self._positive
            else [
                "received",
                "id",
            ]
        )
        where = self._all()
        if self.ask.after:
            held = [self.bind(v) for v in self.ask.after[-len(columns) :]]
            row = ", ".join(f"h.{c}" for c in columns)
            where += f" AND ({row}) {'<' if down else '>'} ({', '.join(held)})"
        order = ", ".join(f"h.{c} {'DESC' if down else 'ASC'}" for c in columns)
        found = self.run(
            f"SELECT h.id, h.score, h.received FROM {self.hits} h WHERE {where}"
            f" ORDER BY {order} LIMIT {self.bind(query.limit + 1)}"
        )
        return [Row(*row) for row in found]

    def _facets(self) -> dict[str, dict[str, int]]:
        """Counts by value. A facet reacts to everything that is asked but its own filter; a place is
        counted among those below the place asked for, which its filter does not change."""
        whats, wheres = self._whats(""), self._wheres("")
        found = {
            name: _counted(self._whats(name) if name in self.filters else whats, i)
            for i, name in enumerate(ABOUT)
        }
        found["zone"] = _counted(self._wheres("zone") if "zone" in self.filters else wheres, 0)
        level, below = self.ask.facet_level + ":", self.ask.query.place
        places: Counter[str] = Counter()
        for _zone, held, number in wheres:
            keys = {k for k in held.split(SEPARATOR) if k.startswith(level)}
            places.update(dict.fromkeys(keys, number))
        found["place"] = {k: n for k, n in places.items() if not below or covers(below, k)}
        return found

    def _whats(self, but: str) -> list[tuple[str, str, str, str, int]]:
        return list(
            self.run(
                "SELECT domains, channel, state, kind, n FROM (SELECT h.what_id, count(*) AS n"
                f" FROM {self.hits} h WHERE {self._all(but)} GROUP BY 1) g JOIN whats ON whats.id = g.what_id"
            )
        )

    def _wheres(self, but: str) -> list[tuple[str, str, int]]:
        return list(
            self.run(
                "SELECT zone, places, n FROM (SELECT h.where_id, count(*) AS n"
                f" FROM {self.hits} h WHERE {self._all(but)} GROUP BY 1) g JOIN wheres ON wheres.id = g.where_id"
            )
        )


def _counted(rows: list[tuple[Any, ...]], column: int) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in rows:
        for value in row[column].split(SEPARATOR):
            if value:
                counts[value] += row[-1]
    return dict(counts)


def similar(connection: apsw.Connection, like: Like) -> list[Row]:
    if not like.keys or not like.terms:
        return []
    bound: dict[str, Any] = {"floor": like.floor, "limit": like.limit}
    parts = []
    for i, (term, column, weight) in enumerate(like.terms):
        bound[f"t{i}"] = phrase(term, column)
        parts.append(f"SELECT rowid AS id, {int(weight)} AS weight FROM words WHERE words MATCH :t{i}")
    bound |= {f"k{i}": key for i, key in enumerate(like.keys)}
    bound["excluded"] = json.dumps(sorted(like.excluded))
    keys = ", ".join(f":k{i}" for i in range(len(like.keys)))
    found = connection.execute(
        f"WITH held AS ({' UNION ALL '.join(parts)}),"
        " scored AS MATERIALIZED (SELECT id, sum(weight) AS score FROM held GROUP BY id HAVING score >= :floor)"
        " SELECT m.id, s.score, m.received FROM scored s CROSS JOIN meta m ON m.id = s.id"
        f" WHERE EXISTS (SELECT 1 FROM seen WHERE key IN ({keys}) AND where_id = m.where_id)"
        " AND m.id NOT IN (SELECT value FROM json_each(:excluded))"
        " ORDER BY s.score DESC, m.received DESC, m.id DESC LIMIT :limit",
        bound,
    )
    return [Row(*row) for row in found]
