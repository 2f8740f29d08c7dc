"""A web process that has shown every screen has loaded neither the model nor the engine of another installation."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.installation import ROOT

SHOW_EVERYTHING = """
import json, sys, django
django.setup()
from collections import Counter
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse, NoReverseMatch
from tests.product import appoint, make_county, staff, submit
from triage.models import Case, Role

county = make_county()
case = submit("村支书贪污了修路的钱。", accused=())
Case.objects.filter(pk=case.pk).update(state="unrouted")
names = {"pk": case.pk, "number": case.number, "case": case.number, "token": "0" * 32, "code": "en"}

def patterns(resolver, spaces=()):
    for each in resolver.url_patterns:
        if isinstance(each, URLPattern):
            yield spaces, each
        else:
            yield from patterns(each, (*spaces, each.namespace) if each.namespace else spaces)

def address(spaces, pattern):
    wanted = pattern.pattern.converters or pattern.pattern.regex.groupindex
    values = {name: names.get(name, 1) for name in wanted}
    try:
        return reverse(":".join((*spaces, pattern.name)), kwargs=values)
    except NoReverseMatch:
        return None

addresses = {a for spaces, p in patterns(get_resolver()) if p.name for a in [address(spaces, p)] if a}
addresses = {a for a in addresses if "logout" not in a} | {"/", "/report/", "/follow/", "/healthz"}
answers = Counter()
user = staff(Role.CLERK, county.commission)
for role in set(Role.values) - {Role.CLERK}:
    appoint(user.officer, role, county.commission)
client = Client(raise_request_exception=False, headers={"host": "localhost"})
client.force_login(user)
for each in sorted(addresses):
    answers[client.get(each, follow=True).status_code] += 1
uid = "00000000-0000-4000-8000-000000000001"
sent = Client(headers={"host": "localhost"}).post("/report/", {"uid": uid, "text": "村主任卖了集体的树。", "who": "anonymous", "act": "send"})
found = {"heavy": sorted({"spacy", "elasticsearch", "torch", "rapidocr"} & set(sys.modules)), "sent": sent.status_code}
print(json.dumps(found | {"answers": answers}))
"""


def test_every_screen_is_shown_without_the_model(installed):
    done = subprocess.run(
        [sys.executable, "-c", SHOW_EVERYTHING],
        cwd=ROOT,
        env={**installed.environment, "FLYPAPER_DEMO": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["sent"] == 200
    assert found["answers"]["200"] > 30, found
    assert found["heavy"] == []
