"""No address of a citizen is kept: a whole cycle against the real server, then a look at every file and table."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import sqlite3
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.installation import Installation, until

PEER = "127.66.77.88"  # all of 127/8 is this machine, so a connection can really come from there
FORWARDED = "203.0.113.77"
AGENT = "planted-agent/7.7"
PLANTED = [PEER, FORWARDED, AGENT]

PREPARE = """
from tests.product import make_county, staff
from cms.site_tree import plant
county = make_county()
plant("汀川县", "Tingchuan County")
staff("clerk", county.commission, username="clerk")
"""
OPEN_ALL = """
import json
from django.apps import apps
from intake.sealed_rows import SealedRow
rows = []
for model in apps.get_models():
    for row in model._base_manager.all():
        rows.append([model.__name__, {f.attname: str(getattr(row, f.attname)) for f in model._meta.concrete_fields}])
        if isinstance(row, SealedRow):
            rows.append([model.__name__, row.payload])
print(json.dumps(rows, ensure_ascii=False, default=str))
"""


class Citizen:
    """A browser at the planted address, behind a proxy that says so, too."""

    def __init__(self, address: str) -> None:
        self.server = urlsplit(address)
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        return self._ask("GET", path, b"", {})

    def post(self, path: str, fields: dict[str, str], file: bytes = b"") -> str:
        mark = uuid.uuid4().hex
        parts = [f'name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
        if file:
            parts.append(
                b'name="files"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n' + file + b"\r\n"
            )
        body = b"".join(f"--{mark}\r\nContent-Disposition: form-data; ".encode() + part for part in parts)
        kind = {"Content-Type": f"multipart/form-data; boundary={mark}", "Sec-Fetch-Site": "same-origin"}
        return self._ask("POST", path, body + f"--{mark}--\r\n".encode(), kind)

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> str:
        connection = http.client.HTTPConnection(
            self.server.hostname, self.server.port, timeout=30, source_address=(PEER, 0)
        )
        planted = {"X-Forwarded-For": f"{FORWARDED}, {PEER}", "X-Real-IP": FORWARDED, "User-Agent": AGENT}
        planted |= {
            "Forwarded": f"for={FORWARDED}",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
        }
        connection.request(method, path, body, {**planted, **headers})
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.status = answer.status
        page = answer.read().decode("utf-8", "replace")
        connection.close()
        return page


def walk(citizen: Citizen) -> None:
    """Everything a citizen can do, and what somebody does who tries doors."""
    for path in ("/", "/report/", "/follow/", "/healthz", "/no/such/page", "/%00", "/?q=" + "x" * 5000):
        citizen.get(path)
    form = {"uid": str(uuid.uuid4()), "accused_rows": "1", "text": "石桥镇柳树湾村支书把修路的钱装进了口袋。"}
    citizen.post("/report/", {**form, "act": "person"}, b"%PDF-1.4 " + b"x" * 3_000_000)
    receipt = citizen.post("/report/", {**form, "act": "send"}, b"%PDF-1.4 " + b"y" * 3_000_000)
    assert citizen.status == 200, receipt[:2000]
    code = re.search(r'id="code"[^>]*>([\d ]+)<', receipt)[1]
    citizen.post("/report/", {**form, "act": "send"})
    citizen.post("/report/", {"uid": "not one", "accused_rows": "1", "act": "send", "text": ""})
    citizen.post("/follow/", {"code": code})
    citizen.post(
        "/follow/", {"code": code, "act": "write", "uid": str(uuid.uuid4()), "text": "补充:还有一张收据。"}
    )
    for wrong in ("1111 2222 3333", "", "x" * 300):
        citizen.post("/follow/", {"code": wrong})
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', citizen.get("/desk/login/"))[1]
    for password in ("wrong", "correct horse battery"):
        citizen.post(
            "/desk/login/", {"csrfmiddlewaretoken": token, "username": "clerk", "password": password}
        )
    citizen.get("/desk/")


@pytest.fixture(scope="module")
def walked(migrated, tmp_path_factory):
    """(installation, address of a server that has been walked through, stopped again)."""
    folder = tmp_path_factory.mktemp("walked")
    shutil.copytree(migrated, folder / "var")
    made = Installation(folder / "var")
    made.run("shell", "--no-imports", "-c", PREPARE, PYTHONPATH=".")
    walk(Citizen(made.serve()))
    database = sqlite3.connect(f"file:{folder / 'var' / 'flypaper.sqlite3'}?mode=ro", uri=True)
    until(
        lambda: database.execute("SELECT count(*) FROM triage_case WHERE state != 'unread'").fetchone()[0], 60
    )
    database.close()
    server = made.running[-1]
    server.send_signal(signal.SIGTERM)
    server.wait(20)
    yield made
    made.stop()


def test_the_walk_left_something_to_look_at(walked):
    database = sqlite3.connect(walked.folder / "flypaper.sqlite3")
    counts = [
        database.execute(f"SELECT count(*) FROM intake_{t}").fetchone()[0]
        for t in ("report", "message", "attachment")
    ]
    assert counts == [1, 1, 2]


@pytest.mark.parametrize("planted", PLANTED)
def test_no_file_holds_it(walked, planted):
    files = [path for path in walked.folder.parent.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [str(path) for path in files if planted.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("planted", PLANTED)
def test_no_row_holds_it_even_when_unsealed(walked, planted):
    told = walked.run("shell", "--no-imports", "-c", OPEN_ALL).stdout
    assert len(json.loads(told)) > 100
    assert planted not in told


def test_no_upload_is_left_in_the_clear(walked):
    assert list((walked.folder / "incoming").iterdir()) == []
    files = [path for path in walked.folder.rglob("*") if path.is_file()]
    assert [path.name for path in files if b"yyyyyyyyyyyyyyyy" in path.read_bytes()] == []


def test_the_server_says_nothing_about_those_who_come(walked):
    said = "".join(Path(process.log).read_text() for process in walked.running)
    assert "/report" not in said
    assert "/follow" not in said
    assert "clerk" not in said
