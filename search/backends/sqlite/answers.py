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
FEW = 20_000
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
    """The statements of one question, on two temporary tables: `hits`, what words, rights and plain filters
    leave, and `counts`, the same by place and kind. Filters that are facets, too, are applied to these one
    by one, because each facet leaves its own out. Without words there are no `hits`: the metadata serve."""

    def __init__(self, connection: apsw.Connection, ask: Ask) -> None:
        self.connection = connection
        self.ask = ask
        self.bound: dict[str, Any] = {}
        self.filters = self._facet_filters(ask.query)
        self.matched = self._matches()

    def answer(self) -> Found:
        conditions = self._conditions()
        if self.matched:
            self._fill_hits(conditions)
        self._fill_counts(conditions)
        total = self.run(f"SELECT coalesce(sum(n), 0) FROM temp.counts WHERE {self._all()}").get
        rows = self._page(conditions, total) if total else []
        facets = self._facets() if self.ask.query.facets else {}
        limit = self.ask.query.limit
        return Found(tuple(rows[:limit]), total, facets, more=len(rows) > limit)

    def bind(self, value: Any) -> str:
        name = f"p{len(self.bound)}"
        self.bound[name] = value
        return f":{name}"

    def run(self, sql: str) -> apsw.Cursor:
        return self.connection.execute(sql, self.bound)

    def _facet_filters(self, query: Query) -> dict[str, str]:
        """SQL over `where_id` and `what_id` by the name of the facet whose filter it is."""
        found = {}
        if query.domain:
            held = self.bind(f"{SEPARATOR}{query.domain}{SEPARATOR}")
            found["domain"] = f"instr('{SEPARATOR}' || domains || '{SEPARATOR}', {held})"
        for name in ABOUT[1:]:
            if value := getattr(query, name):
                found[name] = f"{name} = {self.bind(value)}"
        found = {k: f"what_id IN (SELECT id FROM whats WHERE {sql})" for k, sql in found.items()}
        if query.place:
            held = self.bind(query.place)
            found["place"] = f"where_id IN (SELECT where_id FROM under WHERE key = {held})"
        if query.zone:
            held = self.bind(query.zone)
            found["zone"] = f"where_id IN (SELECT id FROM wheres WHERE zone = {held})"
        return found

    def _matches(self) -> str:
        """What FTS5 looks for; "" where only minus words or no words at all were asked."""
        parts = [match(self.ask.words.terms)] if self.ask.words.terms else []
        if self.ask.accused.terms:
            parts.append(match(self.ask.accused.terms, "accused"))
        asked = " AND ".join(parts)
        minus = self._minus()
        return f"({asked}) NOT ({minus})" if asked and minus else asked

    def _minus(self) -> str:
        parts = [phrase(t) for t in self.ask.words.minus]
        parts += [phrase(t, "accused") for t in self.ask.accused.minus]
        return " OR ".join(parts)

    def _fill_hits(self, conditions: list[str]) -> None:
        self.connection.execute("DELETE FROM temp.hits")
        keys = ", ".join(self.bind(k) for k in self.ask.keys)
        rights = f"EXISTS (SELECT 1 FROM seen WHERE key IN ({keys}) AND where_id = m.where_id)"
        # CROSS JOIN: FTS5 leads. Left alone the planner may start from an index of `meta` (200 times slower).
        self.run(
            f"INSERT INTO temp.hits SELECT m.id, {self._score()}, m.received, m.where_id, m.what_id"
            f" FROM words w CROSS JOIN meta m ON m.id = w.rowid"
            f" WHERE words MATCH {self.bind(self.matched)} AND {' AND '.join([rights, *conditions])}"
        )

    def _fill_counts(self, conditions: list[str]) -> None:
        self.connection.execute("DELETE FROM temp.counts")
        if self.matched:
            source = "temp.hits"
        else:
            source = f"meta INDEXED BY meta_where WHERE {' AND '.join([self._mine(), *conditions])}"
        self.run(f"INSERT INTO temp.counts SELECT where_id, what_id, count(*) FROM {source} GROUP BY 1, 2")

    def _mine(self) -> str:
        keys = ", ".join(self.bind(k) for k in self.ask.keys)
        return f"where_id IN (SELECT where_id FROM seen WHERE key IN ({keys}))"

    def _conditions(self) -> list[str]:
        """Filters that are no facets, and the cases that do not exist for this question."""
        query = self.ask.query
        found = []
        if self.ask.excluded:
            held = self.bind(json.dumps(sorted(self.ask.excluded)))
            found.append(f"id NOT IN (SELECT value FROM json_each({held}))")
        if self.ask.since:
            found.append(f"received >= {self.bind(microseconds(self.ask.since))}")
        if self.ask.until:
            found.append(f"received < {self.bind(microseconds(self.ask.until))}")
        if query.least is not None:
            found.append(f"largest_sum >= {self.bind(cents(query.least))}")
        if query.most is not None:
            found.append(f"largest_sum <= {self.bind(cents(query.most))}")
        if query.office:
            held = self.bind(query.office)
            found.append(f"where_id IN (SELECT id FROM wheres WHERE office = {held})")
        if not self.matched and (minus := self._minus()):
            found.append(f"id NOT IN (SELECT rowid FROM words WHERE words MATCH {self.bind(minus)})")
        return found

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

    def _page(self, conditions: list[str], total: int) -> list[Row]:
        query = self.ask.query
        down = query.sort != "oldest"
        by_score = query.sort == "relevance" and bool(self.matched)
        columns = ["score", "received", "id"] if by_score else ["received", "id"]
        where = [self._all()]
        if self.ask.after:
            row = ", ".join(columns)
            last = ", ".join(self.bind(v) for v in self.ask.after[-len(columns) :])
            where.append(f"({row}) {'<' if down else '>'} ({last})")
        source, score = "temp.hits", "score"
        if not self.matched:
            # Many: in the order of time until the page is full. Few: all of them, sorted.
            index = "meta_received" if total > FEW else "meta_where"
            source, score = f"meta INDEXED BY {index}", "0"
            where += [self._mine(), *conditions]
        order = ", ".join(f"{c} {'DESC' if down else 'ASC'}" for c in columns)
        found = self.run(
            f"SELECT id, {score}, received FROM {source} WHERE {' AND '.join(where)}"
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
            for key in {k for k in held.split(SEPARATOR) if k.startswith(level)}:
                places[key] += number
        found["place"] = {k: n for k, n in places.items() if not below or covers(below, k)}
        return found

    def _whats(self, but: str) -> list[tuple[str, str, str, str, int]]:
        return list(
            self.run(
                "SELECT domains, channel, state, kind, n FROM (SELECT what_id, sum(n) AS n"
                f" FROM temp.counts WHERE {self._all(but)} GROUP BY 1) g JOIN whats ON whats.id = g.what_id"
            )
        )

    def _wheres(self, but: str) -> list[tuple[str, str, int]]:
        return list(
            self.run(
                "SELECT zone, places, n FROM (SELECT where_id, sum(n) AS n"
                f" FROM temp.counts WHERE {self._all(but)} GROUP BY 1) g"
                " JOIN wheres ON wheres.id = g.where_id"
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
