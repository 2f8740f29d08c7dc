"""How fast the search engine answers and indexes: `python -m tests.benchmarks.search --cases 100000`.

A seeded generator makes cases whose words are distributed as in natural text (Zipf). Documents are written
to the engine directly; questions are put to it with highlights, as three kinds of people would ask them.
Prints Markdown. Nothing in the test suite asserts a time.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import apsw
import django

django.setup()

from search import highlights, likeness  # noqa: E402
from search.backends.sqlite import SqliteEngine  # noqa: E402
from search.query import Ask, Document, Like, Query  # noqa: E402
from search.words import Words, parse  # noqa: E402
from triage.places.keys import path_of  # noqa: E402

SEED = 4
CHUNK = 1_000
WORDS = 60_000
COUNTIES, TOWNSHIPS, VILLAGES = 20, 15, 12
DOMAINS = [f"domain_{n}" for n in range(14)]
CHANNELS = ["web", "letter", "email", "phone", "visit", "transfer"]
STATES = ["unrouted", "assigned", "in_hand", "outside", "closed"]
KINDS = ["accusation", "appeal", "suggestion", "request", "out_of_scope"]
PROVINCE = "province:990000000000"
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = 900


class Corpus:
    """Cases by number, the same on every run."""

    def __init__(self) -> None:
        dice = random.Random(SEED)
        characters = [chr(0x4E00 + n) for n in dice.sample(range(20_000), 3_000)]
        usual = list(accumulate(1 / (n + 8) for n in range(len(characters))))
        lengths = dice.choices((1, 2, 3, 4), (10, 65, 15, 10), k=WORDS)
        self.words = ["".join(dice.choices(characters, cum_weights=usual, k=n)) for n in lengths]
        self.weights = list(accumulate(1 / (n + 20) for n in range(WORDS)))

    def documents(self, number: int) -> Iterator[Document]:
        return (self.one(case) for case in range(1, number + 1))

    def chunk(self, first: int, length: int) -> list[Document]:
        return [self.one(first + n + 1) for n in range(length)]

    def one(self, case: int) -> Document:
        return self._document(random.Random(f"{SEED}:{case}"), case)

    def _document(self, dice: random.Random, case: int) -> Document:
        pieces = dice.choices(self.words, cum_weights=self.weights, k=dice.randint(40, 120))
        text = "".join(w + dice.choice(("", "", "", "", "", "，", "。")) for w in pieces)
        county = dice.randrange(COUNTIES)
        code = f"9901{county:02}{dice.randrange(TOWNSHIPS):03}{dice.randrange(VILLAGES):03}"
        place = f"village:{code}"
        places = path_of(place)
        domain = dice.choice(DOMAINS)
        return Document(
            case_id=case,
            version=1,
            number=f"{case:08}",
            title="".join(pieces[:4]),
            text=text,
            accused=f"{pieces[5]}；村支书",
            seen_by=(*places, f"zone:{county}"),
            places=places,
            place=place,
            domain=domain,
            domains=(domain,),
            zone=f"zone-{county}",
            office="",
            channel=dice.choice(CHANNELS),
            state=dice.choice(STATES),
            kind=dice.choices(KINDS, (80, 5, 5, 5, 5))[0],
            received=FIRST_DAY + timedelta(minutes=dice.randrange(DAYS * 1440)),
        )


def people(number: int) -> dict[str, dict]:
    recused = frozenset(random.Random(SEED).sample(range(1, number + 1), 50))
    return {
        "sees 5 %": {"keys": ("zone:7",), "excluded": frozenset()},
        "50 recusals": {"keys": (PROVINCE,), "excluded": recused},
        "sees all": {"keys": (PROVINCE,), "excluded": frozenset()},
    }


class Questions:
    """`number` questions of each kind, made of words that occur."""

    def __init__(self, corpus: Corpus, cases: int, number: int) -> None:
        self.corpus, self.cases, self.number = corpus, cases, number
        self.dice = random.Random(SEED + 1)

    def kinds(self) -> dict[str, list[tuple[Query, Words]]]:
        broad = self._broad()
        return {
            "two words": self._queries(lambda d: self._two(d)),
            "one word of four characters": self._queries(lambda d: self._long(d)),
            "two words, place and dates": self._queries(self._two, self._somewhere),
            "whole page, two words": self._queries(self._two, lambda q: Query(q.words)),
            "broad word, by relevance": [self._plain(broad)] * self.number,
            "broad word, newest, total": [(Query(broad, sort="newest", facets=False), parse(broad))]
            * self.number,
            "broad word, whole page": [(Query(broad), parse(broad))] * self.number,
            "single character": [self._plain(self.corpus.words[0][:1])] * min(20, self.number),
            "no words, whole page": [(Query(), Words())] * min(20, self.number),
        }

    def _queries(self, words: Callable, shaped: Callable | None = None) -> list[tuple[Query, Words]]:
        found = []
        for _n in range(self.number):
            document = self.corpus.one(self.dice.randint(1, self.cases))
            query = Query(words(document), facets=False)
            query = shaped(query) if shaped else query
            found.append((query, parse(query.words)))
        return found

    def _plain(self, words: str) -> tuple[Query, Words]:
        return Query(words, facets=False), parse(words)

    def _two(self, document: Document) -> str:
        pieces = [p for p in document.text.replace("。", "，").split("，") if len(p) >= 2]
        first, second = self.dice.sample(pieces, 2) if len(pieces) > 1 else (pieces[0], pieces[0])
        return f"{first[:2]} {second[:2]}"

    def _long(self, document: Document) -> str:
        start = self.dice.randrange(max(1, len(document.text) - 5))
        return document.text[start : start + 5].strip("，。").replace("，", "").replace("。", "")[:4]

    def _broad(self) -> str:
        """A two-character word that is in about 3 % of all cases."""
        sample = list(self.corpus.documents(2_000))
        usual = [w for w in self.corpus.words[:400] if len(w) == 2]
        return min(usual, key=lambda w: abs(sum(w in d.text for d in sample) / len(sample) - 0.03))

    def _somewhere(self, query: Query) -> Query:
        day = date(2024, 1, 1) + timedelta(days=self.dice.randrange(DAYS - 300))
        place = f"county:9901{self.dice.randrange(COUNTIES):02}000000"
        return Query(query.words, place=place, since=day, until=day + timedelta(days=300), facets=False)


def asked(query: Query, words: Words, rights: dict) -> Ask:
    def moment(day: date | None) -> datetime | None:
        return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None

    return Ask(
        words=words,
        accused=Words(),
        query=query,
        facet_level="county",
        since=moment(query.since),
        until=moment(query.until),
        **rights,
    )


# On a machine that others use, too, the time that the thread itself computed says more (`--clock cpu`).
CLOCKS = {"wall": time.perf_counter, "cpu": time.thread_time}
clock = time.perf_counter


def measured(calls: list[Callable[[], object]]) -> tuple[float, float]:
    """p50 and p95 in milliseconds, after one warm round of a tenth."""
    for call in calls[: max(1, len(calls) // 10)]:
        call()
    times = []
    for call in calls:
        start = clock()
        call()
        times.append((clock() - start) * 1000)
    times.sort()
    return times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.95))]


def answer(engine: SqliteEngine, texts: dict[int, Document], ask: Ask) -> None:
    found = engine.search(ask)
    marker = highlights.Marker(ask.words, ask.accused)
    for row in found.rows:
        marker.of(texts[row.case_id])


def table(engine: SqliteEngine, corpus: Corpus, cases: int, number: int) -> None:
    texts: dict[int, Document] = {}
    everyone = people(cases)
    print("| ms, p50 / p95 | " + " | ".join(everyone) + " |")
    print("|---|" + "---|" * len(everyone))
    for kind, questions in Questions(corpus, cases, number).kinds().items():
        cells = []
        for rights in everyone.values():
            asks = [asked(query, words, rights) for query, words in questions]
            for ask in asks:  # the texts of the rows shown are made before the clock runs
                for row in engine.search(ask).rows:
                    if row.case_id not in texts:
                        texts[row.case_id] = corpus.one(row.case_id)
            cells.append(measured([lambda a=a: answer(engine, texts, a) for a in asks]))
        print(f"| {kind} | " + " | ".join(f"{p50:.1f} / {p95:.1f}" for p50, p95 in cells) + " |", flush=True)
    _similar(engine, corpus, cases, number, everyone)


def _similar(engine: SqliteEngine, corpus: Corpus, cases: int, number: int, everyone: dict) -> None:
    dice = random.Random(SEED + 2)
    chosen = [corpus.one(dice.randint(1, cases)) for _n in range(number)]
    cells = []
    for rights in everyone.values():
        calls = []
        for document in chosen:
            name = document.accused.partition("；")[0]
            subjects = SimpleNamespace(all=lambda name=name: [SimpleNamespace(name=name)])
            case = SimpleNamespace(title=document.title, text=document.text, subjects=subjects)
            terms, floor = likeness.terms_of(case)
            like = Like(terms=terms, floor=floor, limit=5, **rights)
            calls.append(lambda like=like: engine.similar(like))
        cells.append(measured(calls))
    print("| similar | " + " | ".join(f"{p50:.1f} / {p95:.1f}" for p50, p95 in cells) + " |", flush=True)


def load(engine: SqliteEngine, corpus: Corpus, cases: int) -> None:
    writing = 0.0
    for first in range(0, cases, CHUNK):
        documents = corpus.chunk(first, min(CHUNK, cases - first))
        start = clock()
        engine.write(documents, {})
        writing += clock() - start
    size = engine.file.path.stat().st_size / 1e6
    print(f"\nIndexed {cases:,} documents at {cases / writing:,.0f}/s into {size:,.0f} MB.", flush=True)


def instead(corpus: Corpus, cases: int, folder: Path, number: int) -> None:
    """What one would take without us: LIKE over the text, and FTS5 as it comes, rights in the WHERE."""
    file = sqlite3.connect(folder / "instead.sqlite3")
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("CREATE TABLE cases (id INTEGER PRIMARY KEY, zone TEXT, received TEXT, text TEXT)")
    file.execute("CREATE VIRTUAL TABLE plain USING fts5(text, content='cases', content_rowid='id')")
    file.execute(
        "CREATE VIRTUAL TABLE three USING fts5(text, content='cases', content_rowid='id', tokenize='trigram')"
    )
    with file:
        file.executemany(
            "INSERT INTO cases VALUES (?, ?, ?, ?)",
            ((d.case_id, d.zone, d.received.isoformat(), d.text) for d in corpus.documents(cases)),
        )
        file.execute("INSERT INTO plain (plain) VALUES ('rebuild')")
        file.execute("INSERT INTO three (three) VALUES ('rebuild')")
    like = "SELECT id FROM cases WHERE text LIKE ? AND text LIKE ? {} ORDER BY received DESC LIMIT 20"
    questions = [
        w.terms for _q, w in Questions(corpus, cases, number).kinds()["two words"] if len(w.terms) == 2
    ]
    pairs = [tuple(f"%{t.tokens[0]}%" for t in terms) for terms in questions]
    print("\n| instead: two words, ms p50 / p95 | sees 5 % | sees all | finds |")
    print("|---|---|---|---|")
    cells = [
        measured([lambda p=p, sql=sql: file.execute(sql, p).fetchall() for p in pairs])
        for sql in (like.format("AND zone = 'zone-7'"), like.format(""))
    ]
    hits = sum(bool(file.execute(like.format(""), p).fetchone()) for p in pairs)
    print(
        "| LIKE | "
        + " | ".join(f"{p50:.1f} / {p95:.1f}" for p50, p95 in cells)
        + f" | {hits} of {len(pairs)} |"
    )
    for name in ("plain", "three"):
        match = f"SELECT rowid FROM {name} WHERE {name} MATCH ? ORDER BY rank LIMIT 20"
        asks = [" ".join(f'"{p[1:-1]}"' for p in pair) for pair in pairs]
        hits = sum(bool(file.execute(match, (a,)).fetchone()) for a in asks)
        p50, p95 = measured([lambda a=a, m=match: file.execute(m, (a,)).fetchall() for a in asks])
        label = "FTS5, unicode61" if name == "plain" else "FTS5, trigram"
        print(f"| {label} | – | {p50:.1f} / {p95:.1f} | {hits} of {len(pairs)} |")
    file.close()


def machine() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {apsw.sqlite_lib_version()} (encrypted), commit {commit.stdout.strip()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200, help="of each kind")
    parser.add_argument("--without-alternatives", action="store_true")
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    options = parser.parse_args()
    global clock
    clock = CLOCKS[options.clock]
    from django.conf import settings

    corpus = Corpus()
    engine = SqliteEngine("benchmark")
    engine.create()
    print(f"# Search, {options.cases:,} cases\n\n{machine()}; {options.clock} time")
    load(engine, corpus, options.cases)
    print()
    table(engine, corpus, options.cases, options.questions)
    if not options.without_alternatives:
        instead(corpus, options.cases, Path(settings.FLYPAPER_DATA), min(50, options.questions))
    engine.delete()


if __name__ == "__main__":
    main()
