"""Backup, restore and rotation of keys, on whole installations with real files."""

import json
import os
import shutil
import signal
import tarfile
from pathlib import Path

import psycopg
import pytest

from tests.installation import Installation, until

FILL = """
import sys
from intake import actions
from intake.channels import Identity, Incoming
from intake.channels.incoming import Upload
from tests.product import make_county
from triage.models import Place
if not Place.objects.exists():
    make_county()
for n in range(FIRST, LAST):
    identity = Identity(name=f"举报人{n}", phone="13800000000")
    file = Upload(name="收据.txt", content=f"收据第{n}号".encode())
    actions.receive(Incoming(channel="letter", external_id=str(n), text=f"第{n}封信", identity=identity, uploads=(file,)))
"""

TELL = """
import json
from intake import attachments
from intake.models import Attachment, Report
from intake.reporters import Reporter
print(json.dumps({
    "texts": [r.text for r in Report.objects.order_by("pk")],
    "names": [r.payload["name"] for r in Reporter.objects.order_by("report_id")],
    "files": [attachments.original(a).decode() for a in Attachment.objects.order_by("pk")],
    "keys": sorted({r.key_id for r in Report.objects.all()} | {r.key_id for r in Reporter.objects.all()}),
}))
"""


def fill(installation, first=0, last=5):
    script = FILL.replace("FIRST", str(first)).replace("LAST", str(last))
    installation.run("shell", "--no-imports", "-c", script, PYTHONPATH=".")


def tell(installation):
    return json.loads(installation.run("shell", "--no-imports", "-c", TELL).stdout)


def everything(count=5):
    return {
        "texts": [f"第{n}封信" for n in range(count)],
        "names": [f"举报人{n}" for n in range(count)],
        "files": [f"收据第{n}号" for n in range(count)],
    }


@pytest.fixture(scope="module")
def template(migrated, tmp_path_factory):
    """A folder with an installation that holds five reports, and a backup of it."""
    folder = tmp_path_factory.mktemp("template")
    shutil.copytree(migrated, folder / "var")
    made = Installation(folder / "var")
    fill(made)
    made.run("backup", str(folder / "saved.tar"))
    return folder


@pytest.fixture
def filled(installation, template):
    shutil.copytree(template / "var", installation.folder)
    return installation


@pytest.fixture
def saved(template, tmp_path):
    return Path(shutil.copy2(template / "saved.tar", tmp_path / "saved.tar"))


@pytest.fixture
def elsewhere(tmp_path):
    """An empty folder on another machine."""
    return Installation(tmp_path / "elsewhere" / "var")


def test_a_backup_restores_database_keys_and_files_elsewhere(saved, elsewhere):
    elsewhere.run("restore", str(saved))
    assert tell(elsewhere) == {**everything(), "keys": ["k1"]}


def test_a_backup_is_readable_by_its_owner_alone(saved):
    assert saved.stat().st_mode & 0o777 == 0o600


def test_a_backup_holds_no_search_file_and_nothing_of_a_run(saved):
    with tarfile.open(saved) as tar:
        tops = {name.split("/")[0] for name in tar.getnames()}
    assert tops == {"database.sqlite3", "keys", "uploads", "manifest.json"}


def test_a_backup_can_be_made_while_others_write(filled, tmp_path, elsewhere):
    script = FILL.replace("FIRST", "5").replace("LAST", "200")
    writer = filled.start("shell", "--no-imports", "-c", script, PYTHONPATH=".")
    until(lambda: (filled.folder / "uploads").exists() and writer.poll() is None)
    filled.run("backup", str(tmp_path / "live.tar"))
    assert writer.wait(120) == 0
    elsewhere.run("restore", str(tmp_path / "live.tar"))
    found = tell(elsewhere)
    count = len(found["texts"])
    assert 5 <= count <= 200
    assert found == {**everything(count), "keys": ["k1"]}


def test_a_restore_refuses_to_overwrite(saved, filled):
    refused = filled.run("restore", str(saved), check=False)
    assert refused.returncode == 1
    assert "--force" in refused.stderr


def test_a_forced_restore_goes_back_to_the_backup(saved, filled):
    fill(filled, 5, 8)
    assert len(tell(filled)["texts"]) == 8
    filled.run("restore", str(saved), "--force")
    assert tell(filled) == {**everything(), "keys": ["k1"]}


def test_a_restore_waits_for_the_server_to_be_stopped(saved, filled):
    worker = filled.start("work")
    until((filled.folder / "run" / "heartbeat").exists)
    refused = filled.run("restore", str(saved), "--force", check=False)
    assert "Stop the worker first" in refused.stderr
    worker.terminate()
    worker.wait(20)


def cut_short(path):
    os.truncate(path, path.stat().st_size // 2)


def flip_a_byte(path):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 3] ^= 1
    path.write_bytes(raw)


def make_it_text(path):
    path.write_text("this is not a backup")


@pytest.mark.parametrize("spoil", [cut_short, flip_a_byte, make_it_text])
def test_a_broken_backup_changes_nothing(saved, filled, spoil):
    spoil(saved)
    refused = filled.run("restore", str(saved), "--force", check=False)
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("Nothing was changed.")
    assert len(refused.stderr.strip().splitlines()) == 1
    assert tell(filled) == {**everything(), "keys": ["k1"]}


def test_a_missing_backup_is_named(elsewhere):
    refused = elsewhere.run("restore", "nowhere.tar", check=False)
    assert "There is no nowhere.tar" in refused.stderr


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(filled, tmp_path):
    refused = filled.run("backup", str(tmp_path / "no such folder" / "x.tar"), check=False)
    assert "cannot be written" in refused.stderr
    assert not (filled.folder / "backup").exists()


def test_rotation_seals_everything_anew_and_forgets_the_old_key(filled):
    old = json.loads((filled.folder / "keys" / "ring.json").read_text())
    filled.run("rotate_keys", "--grace", "0")
    assert tell(filled) == {**everything(), "keys": ["k2"]}
    new = json.loads((filled.folder / "keys" / "ring.json").read_text())
    assert list(new["keys"]) == ["k2"]
    assert (new["pepper"], new["secret"]) == (old["pepper"], old["secret"])
    heads = {path.read_bytes()[:3] for path in (filled.folder / "uploads").rglob("*") if path.is_file()}
    assert heads == {b"k2\n"}


def test_a_killed_rotation_is_taken_up_with_the_same_key(filled):
    rotation = filled.start("rotate_keys", "--grace", "60")
    until(lambda: "k2" in (filled.folder / "keys" / "ring.json").read_text())
    os.killpg(rotation.pid, signal.SIGKILL)
    rotation.wait(10)
    assert {key: tell(filled)[key] for key in everything()} == everything()
    filled.run("rotate_keys", "--grace", "0")
    assert tell(filled) == {**everything(), "keys": ["k2"]}


def test_what_arrives_during_a_rotation_opens_afterwards(filled):
    rotation = filled.start("rotate_keys", "--grace", "4")
    fill(filled, 5, 60)
    assert rotation.wait(60) == 0
    assert tell(filled) == {**everything(60), "keys": ["k2"]}


def test_a_backup_waits_for_a_rotation(filled, tmp_path):
    rotation = filled.start("rotate_keys", "--grace", "20")
    until(lambda: "k2" in (filled.folder / "keys" / "ring.json").read_text())
    refused = filled.run("backup", str(tmp_path / "x.tar"), check=False)
    assert "try again later" in refused.stderr
    rotation.terminate()
    rotation.wait(10)


@pytest.fixture
def on_postgresql(tmp_path, postgresql_address):
    """Makes installations, each with a database of its own."""
    made = []

    def make(name):
        with psycopg.connect(postgresql_address, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name}")
        made.append(name)
        address = postgresql_address.rpartition("/")[0] + f"/{name}"
        return Installation(tmp_path / name / "var", FLYPAPER_DATABASE=address)

    yield make
    with psycopg.connect(postgresql_address, autocommit=True) as server:
        for name in made:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_postgresql_is_saved_and_restored_too(on_postgresql, tmp_path):
    first, second = on_postgresql("backup_from"), on_postgresql("backup_to")
    first.run("make_keys")
    first.run("migrate", "--skip-checks")
    fill(first)
    first.run("backup", str(tmp_path / "saved.tar"))
    second.run("restore", str(tmp_path / "saved.tar"))
    assert tell(second) == {**everything(), "keys": ["k1"]}
    assert "--force" in second.run("restore", str(tmp_path / "saved.tar"), check=False).stderr
    fill(second, 5, 7)
    second.run("restore", str(tmp_path / "saved.tar"), "--force")
    second.run("rotate_keys", "--grace", "0")
    assert tell(second) == {**everything(), "keys": ["k2"]}
