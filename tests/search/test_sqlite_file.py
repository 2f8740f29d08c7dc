"""The embedded engine's file: what is in it, and what becomes of it when it cannot be trusted."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading

import pytest
from django.db import connection

import search
from intake import sealing
from intake.sealing import KeyRing
from search import indexing
from search.backends.sqlite import file
from search.models import Generation, Stale
from search.query import Query, SearchDown
from search.tasks import catch_up, index_stale
from tests.product import Identity, staff, submit_read
from triage import actions
from triage.models import Case, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine(settings, db):
    settings.FLYPAPER_SEARCH = "sqlite"
    yield
    if indexing.current_engine() is not None:
        indexing.current_engine().delete()
    file.close()


@pytest.fixture
def seer(county):
    return staff(Role.INVESTIGATOR, county.commission)


@pytest.fixture
def case(engine, county, indexed):
    case = submit_read("村支书挪用修路补偿款。subsidy", to=county.zones["east"])
    indexed()
    return case


def path():
    return indexing.current_engine().file.path


def everything_in(folder):
    return b"".join(f.read_bytes() for f in folder.glob("search-*"))


def test_the_file_shows_nothing_to_who_has_no_key(case, data_folder):
    raw = everything_in(data_folder)
    for word in ("补偿", "subsidy", "zone:", "CREATE", "SQLite format"):
        assert word.encode() not in raw
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(path()).execute("SELECT * FROM sqlite_master").fetchall()


def test_only_its_owner_may_read_the_file(case):
    assert path().stat().st_mode & 0o077 == 0


def test_who_reported_is_not_in_the_file_even_for_who_has_the_key(engine, county, seer, indexed):
    submit_read(
        "我叫赵一鸣,电话13800001234。村支书挪用补偿款。",
        to=county.zones["east"],
        identity=Identity(name="赵一鸣", phone="13800001234", address="柳树湾村九组"),
    )
    indexed()
    with indexing.current_engine().file.reading() as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, words, 'row')")
        held = {term for (term,) in connection.execute("SELECT term FROM temp.terms")}
    assert "补偿" in held
    assert not held & {"赵一", "一鸣", "13800001234", "九组"}


def test_a_deleted_file_is_made_anew_from_the_database(case, seer):
    path().unlink()
    with pytest.raises(SearchDown):
        search.find(Query(), user=seer)
    _until_done()
    assert search.find(Query("补偿"), user=seer).total == 1


@pytest.mark.parametrize("damage", ["truncated", "emptied", "overwritten"])
def test_a_damaged_file_is_never_answered_from_and_made_anew(case, seer, damage):
    held = path()
    file.close()
    for ending in ("-wal", "-shm"):
        held.with_name(held.name + ending).unlink(missing_ok=True)
    size = held.stat().st_size
    if damage == "overwritten":
        held.write_bytes(os.urandom(size))
    else:
        os.truncate(held, size // 2 if damage == "truncated" else 0)
    with pytest.raises(SearchDown):
        search.find(Query("补偿"), user=seer)
    _until_done()
    assert search.find(Query("补偿"), user=seer).total == 1


def test_a_file_of_another_installation_is_not_believed(case, seer, monkeypatch):
    held = path()
    file.close()
    other = KeyRing.new()
    with monkeypatch.context() as patched:
        patched.setattr(sealing, "ring", lambda: other)
        foreign = held.with_name("foreign.sqlite3")
        connection = file.connect(foreign, make=True)
        connection.execute(file.SCHEMA)
        connection.close()
    shutil.move(foreign, held)
    with pytest.raises(SearchDown):
        search.find(Query(), user=seer)
    _until_done()
    assert search.find(Query(), user=seer).total == 1


def test_a_file_of_another_generation_is_not_believed(case, seer):
    Generation.objects.update(uid="0" * 32)
    shutil.copy(path().with_name(next(p.name for p in path().parent.glob("search-*.sqlite3"))), path())
    with pytest.raises(SearchDown, match="another state"):
        search.find(Query(), user=seer)


def test_an_index_that_knows_more_than_a_restored_database_is_made_anew(case, county, seer, indexed):
    before = Generation.objects.get()
    lost = submit_read("备份以后收到的举报。", to=county.zones["west"])
    indexed()
    with connection.cursor() as cursor:  # the database as it was before `lost` came
        for table in ("search_stale", "search_indexed", "search_toroute"):
            cursor.execute(f"DELETE FROM {table} WHERE case_id = %s", [lost.pk])
    Generation.objects.update(newest=before.newest)
    indexing._compared.clear()
    catch_up()
    assert Generation.objects.get().uid != before.uid


def test_an_index_written_just_before_a_kill_is_trusted(case, county, indexed, monkeypatch):
    before = Generation.objects.get()
    submit_read("刚刚写进索引的举报。", to=county.zones["west"])
    monkeypatch.setattr(indexing, "_done", lambda *args: None)  # killed before the database heard of it
    indexed()
    indexing._compared.clear()
    assert indexing.trusted_engine().generation == before.uid


def _until_done():
    """What the worker does: it looks for what waits until nothing does."""
    indexing.trusted_engine()
    while pks := list(Stale.objects.values_list("pk", flat=True)):
        assert index_stale(pks)


def test_the_worker_notices_a_damaged_file_though_nothing_is_stale(case, seer):
    path().unlink()
    catch_up()
    assert search.find(Query("补偿"), user=seer).total == 1


def raw_index():
    """What FTS5 keeps, as one who has the key sees it."""
    with indexing.current_engine().file.reading() as connection:
        return b"".join(block for (block,) in connection.execute("SELECT block FROM words_data"))


def test_of_a_sealed_up_case_no_word_stays_in_the_index(case, county, indexed):
    sealed = submit_read("要上交的举报。 zzqxsecret", to=county.zones["west"])
    indexed()
    actions.seal_up(sealed, ground="higher level")
    indexed()
    # FTS5 keeps of a word what the word before it does not begin with: their ends are looked for.
    assert b"xsecret" in raw_index()
    while indexing.current_engine().tidy():
        pass
    assert b"xsecret" not in raw_index()
    assert b"sidy" in raw_index()


def test_the_worker_tidies_while_it_has_nothing_else_to_do(case, indexed):
    actions.seal_up(Case.objects.get(pk=case.pk), ground="higher level")
    while catch_up():
        pass
    assert b"sidy" not in raw_index()


READER = """
import os, sys, time, django
django.setup()
from search.backends.sqlite.file import SearchFile
held = SearchFile(sys.argv[1])
deadline = time.monotonic() + 3
answers = set()
while time.monotonic() < deadline:
    with held.reading() as connection:
        a = connection.execute("SELECT count(*) FROM meta").get
        b = connection.execute("SELECT count(*) FROM meta").get
    assert a == b
    answers.add(a)
print(len(answers), max(answers))
"""


def test_another_process_reads_while_this_one_writes(case, data_folder):
    from dataclasses import replace

    from search.documents import documents

    held = indexing.current_engine()
    (document,) = documents([case.pk], {case.pk: 1})
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "cms.settings", "FLYPAPER_DATA": str(data_folder)}
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, held.generation],
        env={**environment, "PYTHONPATH": "."},
        stdout=subprocess.PIPE,
        text=True,
    )
    number = 1
    while reader.poll() is None:
        number += 1
        held.write([replace(document, case_id=number + 1_000, version=number)], {})
    output = reader.stdout.read().split()
    assert reader.returncode == 0
    assert int(output[0]) > 1


def test_threads_have_connections_of_their_own(case, seer):
    answers, failures = [], []
    held = indexing.current_engine()

    def read():
        try:
            for _n in range(50):
                with held.file.reading() as connection:
                    answers.append(connection.execute("SELECT count(*) FROM meta").get)
        except SearchDown as error:
            failures.append(error)
        finally:
            file.close()

    threads = [threading.Thread(target=read) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert answers == [1] * 200
