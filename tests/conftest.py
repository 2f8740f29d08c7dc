"""What every test may ask for. Product fixtures stand on the product's own verbs."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from intake import sealing
from tests.installation import Installation

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's sync API runs an event loop

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(request):
    """Each process has a folder and with it a SQLite file of its own; only PostgreSQL needs a suffix."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    database = settings.DATABASES["default"]
    if worker and database["ENGINE"] != "cms.database":
        database.setdefault("TEST", {})["NAME"] = f"test_{database['NAME']}_{worker}"


@pytest.fixture
def data_folder() -> Path:
    """FLYPAPER_DATA of this test process."""
    return Path(settings.FLYPAPER_DATA)


@pytest.fixture
def keys() -> sealing.KeyRing:
    return sealing.ring()


@pytest.fixture
def installation(tmp_path) -> Installation:
    """Another installation in an empty folder, worked with real processes: `installation.run("migrate")`."""
    made = Installation(tmp_path / "var")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, tmp_path_factory) -> Path | None:
    """A copy of the migrated SQLite file before any test has put something into it; None where there is none."""
    if connection.vendor != "sqlite":
        return None
    copy = tmp_path_factory.mktemp("copy") / "flypaper.sqlite3"
    with django_db_blocker.unblock(), closing(sqlite3.connect(copy)) as target:
        if not connection.introspection.table_names():
            return None  # no test of this run asked for the database
        connection.connection.backup(target)
    return copy


@pytest.fixture(scope="session")
def migrated(django_db_setup, tmp_path_factory) -> Path:
    """The folder of an installation with keys and an empty, migrated database."""
    folder = tmp_path_factory.mktemp("installation") / "var"
    made = Installation(folder)
    made.run("make_keys")
    if django_db_setup is None:
        made.run("migrate", "--skip-checks")
    else:
        shutil.copy2(django_db_setup, folder)
    return folder


@pytest.fixture
def installed(installation, migrated) -> Installation:
    """An installation with keys and an empty, migrated database."""
    shutil.copytree(migrated, installation.folder)
    return installation


@pytest.fixture(scope="module")
def chromium():
    """A browser of one test file: its event loop must not outlive it into tests that fork."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def production(variable: str, what: str) -> str:
    """The address of a service that only production needs: skipped where there is none, but not in CI."""
    address = os.environ.get(variable, "")
    if not address:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{variable} names no {what}")
    return address


@pytest.fixture
def redis_address() -> str:
    return production("FLYPAPER_TEST_REDIS", "Redis")


@pytest.fixture
def postgresql_address() -> str:
    """Of an empty database server: a test makes its own databases there."""
    return production("FLYPAPER_TEST_POSTGRESQL", "PostgreSQL")


@pytest.fixture
def county(db):
    """The small county of tests: places, offices, two zones."""
    from tests.product import make_county

    return make_county()
