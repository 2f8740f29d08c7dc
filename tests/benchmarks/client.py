"""Citizens who report through the real form: a process of its own, one keep-alive connection a thread.

`python -m tests.benchmarks.client ADDRESS CONNECTIONS SECONDS [RATE]` reads texts (JSON) from its input and writes
what it saw (JSON) to its output. Imports nothing of the product.
"""

from __future__ import annotations

import http.client
import json
import re
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlsplit

BOUNDARY = "----benchmark7f3a9c"
FIELD = re.compile(
    r'<(?:input type="(?:hidden|text)"|textarea|select) name="(\w[\w-]*)"(?:[^>]*? value="([^"]*)")?'
)
RECEIPT = re.compile(rb"\d{4}( \d{4}){6}")


@dataclass
class Seen:
    """sent: [moment, seconds, uid] of each accepted form; refused: statuses of the others."""

    sent: list[tuple[float, float, str]] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)


class Citizen:
    def __init__(self, address: str, texts: list[str]) -> None:
        parts = urlsplit(address)
        self.host, self.path = parts.netloc, parts.path
        self.texts = texts
        self.seen = Seen()
        self.connection = http.client.HTTPConnection(self.host, timeout=60)

    def form(self) -> dict[str, str]:
        """The fields of the form as the page brings them."""
        self.connection.request("GET", self.path)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"GET {self.path}: {answer.status}")
        return {name: value or "" for name, value in FIELD.findall(page) if name not in ("code", "next")}

    def send(self, fields: dict[str, str], number: int, due: float | None = None) -> None:
        uid = str(uuid.uuid4())
        text = self.texts[number % len(self.texts)]
        said = {**fields, "uid": uid, "text": text, "who": "anonymous", "act": "send"}
        start = time.time()
        status, page = self._post(said)
        if status == 200 and RECEIPT.search(page):
            self.seen.sent.append((due or start, time.time() - (due or start), uid))
        else:
            self.seen.refused.append(status)

    def _post(self, said: dict[str, str]) -> tuple[int, bytes]:
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in said.items()
        ]
        body = ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Sec-Fetch-Site": "same-origin",
            "Origin": f"http://{self.host}",
            "Accept-Language": "zh-CN,zh;q=0.9",
        }
        self.connection.request("POST", self.path, body=body, headers=headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


def as_fast_as_possible(citizen: Citizen, seconds: float, first: int) -> None:
    fields = citizen.form()
    number, end = first, time.monotonic() + seconds
    while time.monotonic() < end:
        citizen.send(fields, number)
        number += 1


def at_a_rate(citizens: list[Citizen], rate: float, seconds: float) -> None:
    """Forms are sent when they are due, whether or not earlier ones have been answered."""
    fields = citizens[0].form()
    begin, turn, lock = time.time() + 0.1, iter(range(int(rate * seconds))), threading.Lock()

    def work(citizen: Citizen) -> None:
        while True:
            with lock:
                number = next(turn, None)
            if number is None:
                return
            due = begin + number / rate
            time.sleep(max(0.0, due - time.time()))
            citizen.send(fields, number, due)

    _together([threading.Thread(target=work, args=(c,)) for c in citizens])


def _together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main(address: str, connections: str, seconds: str, rate: str = "") -> None:
    texts = json.load(sys.stdin)
    citizens = [Citizen(address, texts) for _n in range(int(connections))]
    if rate:
        at_a_rate(citizens, float(rate), float(seconds))
    else:
        _together(
            [
                threading.Thread(target=as_fast_as_possible, args=(c, float(seconds), n * 97))
                for n, c in enumerate(citizens)
            ]
        )
    json.dump(
        {
            "sent": [row for c in citizens for row in c.seen.sent],
            "refused": [status for c in citizens for status in c.seen.refused],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
