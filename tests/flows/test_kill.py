import json
import os
import subprocess
import sys

import pytest

from tests.installation import ROOT


def kill(tmp_path, kills):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("FLYPAPER_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.flows.killing", "--kills", str(kills)],
        cwd=ROOT,
        env={**kept, "FLYPAPER_DATA": str(tmp_path / "var"), "DJANGO_SETTINGS_MODULE": "cms.settings"},
        capture_output=True,
        text=True,
        timeout=3000,
    )
    assert done.stdout, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1]), done.stderr[-2000:]


@pytest.mark.kill
def test_nothing_is_lost_or_twice_when_the_journey_is_killed_at_any_step(tmp_path):
    told, errors = kill(tmp_path, 64)
    assert told["wrong"] == [], errors
    assert told["kills"] >= 50
    from intake.steps import STEPS

    assert set(told["steps"]) == set(STEPS)


@pytest.mark.kill
@pytest.mark.soak
def test_nothing_is_lost_or_twice_over_a_thousand_kills(tmp_path):
    told, errors = kill(tmp_path, 1000)
    assert told["wrong"] == [], errors
