"""The product's settings on a folder of its own, with keys made on the fly, one for each test process."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="flypaper-tests-"))
os.environ["FLYPAPER_DATA"] = str(_folder)
os.environ.pop("FLYPAPER_DEMO", None)

from intake.sealing import KeyRing  # noqa: E402

KeyRing.new().save(_folder / "keys" / "ring.json")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from cms.settings import *  # noqa: E402, F403
from cms.settings import DATABASES  # noqa: E402

FLYPAPER_BROKER = ""
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
FILE_UPLOAD_TEMP_DIR = _folder / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700)

if DATABASES["default"]["ENGINE"] == "cms.database":
    # A file, as in production: several threads and processes can open it, and the write gate works on it.
    DATABASES["default"]["TEST"] = {"NAME": str(DATABASES["default"]["NAME"])}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
