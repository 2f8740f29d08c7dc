"""The server as its users start it: real processes, a real port."""

import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.request
from contextlib import suppress

import pytest

from tests.installation import ROOT, Installation, free_port, get_status, until


def refusal(installation, *arguments, **environment):
    done = installation.run("serve", *arguments, check=False, **environment)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def test_it_refuses_to_start_without_keys(installation):
    assert "No keys at" in refusal(installation)


def test_it_refuses_to_start_on_an_old_database(installation):
    installation.run("make_keys")
    assert "manage.py migrate" in refusal(installation)


def test_it_refuses_to_start_when_its_keys_are_gone(installed):
    (installed.folder / "keys" / "ring.json").unlink()
    assert "No keys at" in refusal(installed)


def test_it_refuses_a_port_in_use(installed):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"Port {port} of 127.0.0.1 cannot be used" in refusal(installed, "--port", str(port))


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_the_demonstration_is_served_on_loopback_only(installed, host):
    assert "loopback only" in refusal(installed, "--host", host, FLYPAPER_DEMO="1")


def test_a_data_folder_that_cannot_be_made_is_named(installation):
    installation.folder.parent.mkdir(exist_ok=True)
    installation.folder.write_text("a file in the way")
    refused = installation.run("make_keys", check=False)
    assert refused.returncode == 1
    assert "cannot be written" in refused.stderr


def test_the_demonstration_does_not_touch_another_installation(installed):
    for options in ([], ["--reset"]):
        refused = installed.run("demo", "--port", str(free_port()), *options, check=False, FLYPAPER_DEMO="1")
        assert refused.returncode == 2
        assert len(refused.stderr.strip().splitlines()) == 1
    assert (installed.folder / "keys" / "ring.json").exists()


def test_the_demonstration_is_started_by_make_alone(installed):
    refused = installed.run("demo", check=False)
    assert "make demo" in refused.stderr


def children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [int(child) for child in found]


def alive(pid: int) -> bool:
    try:
        return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def worker_of(server: int) -> int:
    def found():
        for child in children(server):
            # A child may end while it is looked at.
            with suppress(FileNotFoundError), open(f"/proc/{child}/cmdline") as line:
                if "work" in line.read().split("\0"):
                    return child
        return None

    return until(found)


@pytest.fixture(scope="module")
def standing(migrated, tmp_path_factory):
    """(address, process, installation) of a server that no test of this module may leave stopped."""
    folder = tmp_path_factory.mktemp("standing")
    shutil.copytree(migrated, folder / "var")
    made = Installation(folder / "var")
    yield made.serve(), made.running[-1], made
    made.stop()


def test_health_says_ok_when_the_worker_lives(standing):
    address, _, _ = standing
    assert until(lambda: '"ok"' in urllib.request.urlopen(f"{address}/healthz").read().decode())


def test_figures_need_the_token(standing):
    address, _, installation = standing
    token = installation.run("show_health_token").stdout.strip()
    request = urllib.request.Request(f"{address}/healthz", headers={"Authorization": f"Bearer {token}"})
    figures = json.load(urllib.request.urlopen(request))
    assert figures.keys() > {"status", "worker_silent_seconds", "unread", "unrouted", "behind"}
    request = urllib.request.Request(f"{address}/healthz", headers={"Authorization": "Bearer wrong"})
    assert list(json.load(urllib.request.urlopen(request))) == ["status"]


def test_a_second_server_on_the_same_folder_is_refused(standing):
    _, _, installation = standing
    assert "Another server runs on" in refusal(installation)


def test_the_data_folder_is_closed_to_others(standing):
    installation = standing[2]
    for path in [installation.folder, *installation.folder.rglob("*")]:
        if not path.is_fifo():
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_killed_worker_is_started_again(standing):
    _, process, _ = standing
    first = worker_of(process.pid)
    os.kill(first, signal.SIGKILL)
    until(lambda: worker_of(process.pid) not in (None, first))


def test_a_killed_web_process_is_started_again(standing):
    address, process, _ = standing
    worker = worker_of(process.pid)
    for child in children(process.pid):
        with open(f"/proc/{child}/cmdline") as line:
            if child != worker and "spawn_main" in line.read():
                os.kill(child, signal.SIGKILL)
                break
    until(lambda: get_status(f"{address}/healthz") == 200)
    assert process.poll() is None


@pytest.fixture
def server(installed):
    address = installed.serve()
    return address, installed.running[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_a_signal_stops_everything(server, number):
    address, process = server
    worker_of(process.pid)
    family = children(process.pid)
    process.send_signal(number)
    assert process.wait(20) == 0
    assert get_status(f"{address}/healthz") is None
    until(lambda: not any(alive(pid) for pid in family), seconds=5)


def test_nothing_outlives_a_server_that_was_killed(server):
    address, process = server
    worker_of(process.pid)
    family = children(process.pid)
    process.kill()
    process.wait(5)
    until(lambda: not any(alive(pid) for pid in family))
    assert get_status(f"{address}/healthz") is None


def test_no_shipped_file_switches_an_access_log_on():
    shipped = [*ROOT.glob("deploy/*"), ROOT / "Makefile", ROOT / "cms/server.py"]
    assert not [
        path.name for path in shipped if "access-log" in path.read_text().replace("no-access-log", "")
    ]
