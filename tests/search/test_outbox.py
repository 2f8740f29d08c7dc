"""The index keeps step: nothing lost, nothing twice, never an older version over a newer one."""

from dataclasses import replace

import pytest

import search
from intake import steps
from search import indexing, outbox, rebuilding
from search.documents import documents
from search.models import Generation, Indexed, Stale
from search.query import Query, SearchDown
from search.rebuilding import rebuild, repair, verify
from search.tasks import index_stale
from tests.product import staff, submit, submit_read
from triage import actions
from triage.models import Case, Role

pytestmark = pytest.mark.usefixtures("engine")


class Killed(BaseException):
    """Stands for SIGKILL: nothing of the product catches it."""


@pytest.fixture
def seer(county):
    return staff(Role.INVESTIGATOR, county.commission)


def found(user, words=""):
    return {hit.case_id for hit in search.find(Query(words), user=user).hits}


def engine_now():
    return indexing.current_engine()


@pytest.fixture
def case(county):
    return submit_read("村支书挪用修路补偿款。", to=county.zones["east"])


def test_an_unread_case_is_in_no_index(seer, indexed):
    unread = submit("没有读过的举报。")
    outbox.touch(unread)
    indexed()
    assert found(seer) == set()
    assert not Stale.objects.exists()


def test_killed_between_the_index_and_the_outbox_it_is_written_once_more(seer, case, indexed, monkeypatch):
    def die(step):
        if step == "indexed":
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(indexing, "passing", die)
        with pytest.raises(Killed):
            indexed()
    assert Stale.objects.filter(pk=case.pk).exists()
    assert "indexed" in steps.STEPS
    indexed()
    assert not Stale.objects.exists()
    assert search.find(Query("补偿款"), user=seer).total == 1
    assert dict(engine_now().versions()) == dict(Indexed.objects.values_list("pk", "version"))


def test_killed_before_the_engine_wrote_nothing_has_happened(seer, case, indexed, monkeypatch):
    indexed()
    actions.confirm(case, by=seer)

    def die(*args):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("search.backends.sqlite.writes.take_out", die)
        with pytest.raises(Killed):
            indexed()
    assert Stale.objects.filter(pk=case.pk).exists()
    assert not verify()
    indexed()
    assert not Stale.objects.exists()


def test_a_change_while_the_document_is_written_leaves_the_case_stale(seer, case, monkeypatch):
    monkeypatch.setattr(indexing, "passing", lambda step: actions.confirm(case, by=seer))
    index_stale([case.pk])
    assert Stale.objects.filter(pk=case.pk).exists()


def test_a_new_generation_while_the_document_is_written_leaves_the_case_stale(seer, case, monkeypatch):
    monkeypatch.setattr(indexing, "passing", lambda step: indexing.begin_generation())
    index_stale([case.pk])
    assert Stale.objects.filter(pk=case.pk).exists()
    assert not Indexed.objects.exists()


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1), (3, 2, 1)])
def test_in_any_order_the_newest_version_stays(seer, case, indexed, order):
    indexed()
    version = Indexed.objects.get(pk=case.pk).version
    (document,) = documents([case.pk], {case.pk: version})
    words = {1: "第一次", 2: "第二次", 3: "第三次"}
    for n in order:
        engine_now().write([replace(document, version=version + n, text=words[n])], {})
    assert found(seer, "第三次") == {case.pk}
    assert found(seer, "第二次") == found(seer, "第一次") == set()


def test_an_older_document_does_not_come_back_after_a_deletion(seer, case, indexed):
    indexed()
    version = Indexed.objects.get(pk=case.pk).version
    (document,) = documents([case.pk], {case.pk: version + 1})
    engine_now().write([], {case.pk: version + 2})
    engine_now().write([document], {})
    assert found(seer) == set()


def test_a_sealed_up_case_leaves_the_index(seer, case, indexed):
    indexed()
    actions.seal_up(case, ground="higher level")
    indexed()
    assert dict(engine_now().versions()) == {}
    assert not Indexed.objects.exists()


def test_a_deleted_case_leaves_the_index(seer, case, indexed, django_capture_on_commit_callbacks):
    indexed()
    case.events.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        case.delete()
    assert dict(engine_now().versions()) == {}


def test_a_clock_that_was_set_back_does_not_hold_back_a_change(seer, case, indexed, monkeypatch):
    indexed()
    before = Indexed.objects.get(pk=case.pk).version
    monkeypatch.setattr(outbox, "next_version", lambda: before - 10**12)
    actions.seal_up(case, ground="higher level")
    indexed()
    assert found(seer) == set()
    assert not verify()


def test_a_rebuild_gives_what_the_live_index_has(seer, county, case, indexed):
    other = submit_read("低保名额给了亲戚。", to=county.zones["west"])
    indexed()
    before = Generation.objects.get().uid
    assert rebuild() == 2
    assert Generation.objects.get().uid != before
    assert found(seer) == {case.pk, other.pk}
    assert not verify()


def test_what_changes_during_a_rebuild_is_not_lost(seer, county, case, indexed, monkeypatch):
    sealed = submit_read("要上交的举报。", to=county.zones["west"])
    indexed()
    late = []
    swap = rebuilding._swap

    def meanwhile(*args):
        """The copy is whole; the worker goes on with the live index until the swap."""
        actions.transfer(case, to=county.zones["west"], by=seer, ground="x")
        actions.seal_up(sealed, ground="higher level")
        late.append(submit_read("重建时收到的举报。", to=county.zones["east"]))
        indexed()
        swap(*args)

    monkeypatch.setattr(rebuilding, "_swap", meanwhile)
    rebuild()
    assert found(seer) == {case.pk, late[0].pk}
    assert [f.value for f in search.find(Query("修路"), user=seer).facets["zone"]] == ["west"]
    assert not Stale.objects.exists()
    assert not verify()


def test_at_the_swap_no_right_is_older_than_the_question(seer, county, case, indexed, monkeypatch):
    """Between the swap and the catching up the new index still has the case in its old zone."""
    east, west = (staff(Role.HANDLER, county.zones[z]) for z in ("east", "west"))
    indexed()
    swap = rebuilding._swap

    def meanwhile(*args):
        actions.transfer(case, to=county.zones["west"], by=seer, ground="x")
        indexed()
        swap(*args)

    monkeypatch.setattr(rebuilding, "_swap", meanwhile)
    monkeypatch.setattr(rebuilding, "catch_up", lambda: None)
    rebuild()
    assert search.find(Query(), user=east).total == 0
    assert search.find(Query(), user=west).behind == 1


def test_a_rebuild_that_fails_leaves_the_old_index_and_no_file(seer, case, indexed, data_folder):
    indexed()

    def die(number):
        raise Killed

    with pytest.raises(Killed):
        rebuild(die)
    assert found(seer) == {case.pk}
    assert len(list(data_folder.glob("search-*.sqlite3"))) == 1


def test_a_rebuild_takes_what_the_outbox_never_heard_of(seer, case):
    Stale.objects.all().delete()
    rebuild()
    assert found(seer) == {case.pk}
    assert not verify()


def test_verify_names_missing_stale_and_ghost_and_repair_mends_them(seer, county, case, indexed):
    stale, missing = (submit_read(t, to=county.zones["east"]) for t in ("旧的文档。", "不见的文档。"))
    indexed()
    version = Indexed.objects.get(pk=stale.pk).version
    (document,) = documents([stale.pk], {stale.pk: version + 5})
    ghost = replace(document, case_id=999_999, text="鬼影")
    engine_now().write([document, ghost], {missing.pk: version + 10**12})

    wrong = verify()
    assert (wrong.missing, wrong.stale, wrong.ghosts) == ([missing.pk], [stale.pk], [999_999])
    repair(wrong)
    assert found(seer) == {case.pk, stale.pk, missing.pk}
    assert search.find(Query(), user=seer).total == 3
    assert not verify()


def test_while_the_engine_is_down_the_outbox_keeps_everything(seer, case, monkeypatch):
    def down(*args):
        raise SearchDown("x")

    with monkeypatch.context() as patched:
        patched.setattr("search.backends.sqlite.engine.SqliteEngine.write", down)
        assert index_stale([case.pk]) == 0
    assert Stale.objects.get(pk=case.pk).attempts == 1
    assert index_stale([case.pk]) == 1
    assert found(seer) == {case.pk}
    assert Case.objects.count() == 1
