"""Figures of docs/develop/places.md: python -m tests.triage.places.measure SHARED [--half dev|check|both].

SHARED is the folder with data/cases, data/messages and tools/score_reading.py. The check half is, in each
file and domain, the rows at odd rank when ids are sorted by their SHA-256 (messages: by file).
"""

import argparse
import gzip
import hashlib
import importlib.util
import json
import time
from pathlib import Path

from triage.places import Territory, gazetteer, resolve

CASES = ("published_cases", "citizen_messages")
CITIES = {"fuzhou12345_rivers": "350100000000", "hangzhou_leaderboard": "330100000000"}
NATION = Territory.national()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--half", choices=["dev", "check", "both"], default="both")
    options = parser.parse_args()
    score = load_score(options.shared / "tools/score_reading.py")
    for half in ("dev", "check") if options.half == "both" else (options.half,):
        for name in CASES:
            report_cases(
                half, name, halve(read(options.shared / f"data/cases/{name}.jsonl"), half, "domain"), score
            )
        for name, city in CITIES.items():
            rows = read(options.shared / f"data/messages/{name}.jsonl.gz")
            report_city(
                half, name, halve([r for r in rows if r["extra"].get("county_code")], half, None), city
            )
    report_speed(read(options.shared / "data/messages/teddy2020_c2.jsonl.gz"))


def load_score(path):
    spec = importlib.util.spec_from_file_location("score_reading", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(path):
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def halve(rows, half, by):
    groups = {}
    for row in rows:
        groups.setdefault(row[by] if by else None, []).append(row)
    for group in groups.values():
        group.sort(key=lambda row: hashlib.sha256(row["id"].encode()).hexdigest())
    return [row for group in groups.values() for row in group[half == "check" :: 2]]


def text_of(row):
    return "\n".join(part for part in (row.get("title"), row["text"]) if part)


def predict(row, context=None):
    place = resolve(text_of(row), territory=NATION, context_place=context).place
    taken = place.best if place.best and not place.abstained else None
    return {
        "id": row["id"],
        "place": {
            "names": list(taken.names) if taken else [None] * 5,
            "confidence": taken.confidence if taken else 0,
            "alternatives": [{"names": list(guess.names)} for guess in place.alternatives],
            "abstained": taken is None,
        },
    }


def report_cases(half, name, rows, score):
    predictions = [predict(row) for row in rows]
    place = score.score(rows, predictions, 0)["place"]
    print(f"\n{name}, {half} half, {place['n']} rows with places")
    for level, found in place["levels"].items():
        print(
            f"  {level:9} n {found['gold']:3}  precision {found['p']:.3f}  recall {found['r']:.3f}"
            f"  wrong {found['wrong']}  missed {found['missed']}  unsupported {found['unsupported']}"
        )
    wrong = place["wrong_county"]
    print(f"  all given levels right {place['all_given_levels_right']:.3f}")
    print(f"  wrong county {wrong['wrong']} of {wrong['gold_county']}")
    print(
        f"  no place in the text {place['no_place_in_gold']}, one named all the same {place['named_without_gold']}"
    )
    levels = ("province", "city", "county", "township", "village")
    bare = [
        prediction
        for row, prediction in zip(rows, predictions, strict=True)
        if row["places_masked"] and not any(row.get(level) for level in levels)
    ]
    named = sum(not prediction["place"]["abstained"] for prediction in bare)
    print(f"  masked texts that name none {len(bare)}, one named all the same {named}")


def report_city(half, name, rows, city):
    right = wrong = 0
    for row in rows:
        place = resolve(text_of(row), territory=NATION, context_place=city).place
        if place.best and not place.abstained and place.best.names[2]:
            county = gazetteer().path(place.best.key)[2].partition(":")[2]
            right += county == row["extra"]["county_code"]
            wrong += county != row["extra"]["county_code"]
    precision, recall = right / (right + wrong), right / len(rows)
    f1 = 2 * precision * recall / (precision + recall)
    print(f"\n{name}, {half} half, district with the city given, {len(rows)} rows")
    print(f"  precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  wrong {wrong}")


def report_speed(rows):
    texts = [row["text"][:200] for row in rows if len(row["text"] or "") >= 200]
    started = time.process_time()
    for text in texts:
        resolve(text, territory=NATION)
    print(
        f"\n{len(texts) / (time.process_time() - started):.0f} texts of 200 characters a second of one core"
    )
    for size in (5_000, 20_000):
        letter = "".join(texts)[:size]
        started = time.process_time()
        resolve(letter, territory=NATION)
        print(f"one letter of {size} characters: {1000 * (time.process_time() - started):.0f} ms")


if __name__ == "__main__":
    main()
