"""Limits that know nobody: counts in memory under a key that is thrown away every hour."""

from __future__ import annotations

import pytest
import time_machine
from django.test import RequestFactory

from cms import limits
from cms.limits import Clients, Rate, seconds_to_wait

NOON = "2026-11-24 12:10:00+08:00"
LATER = "2026-11-24 13:10:00+08:00"


def visit(address: str):
    return RequestFactory().post("/report/", REMOTE_ADDR=address)


@pytest.fixture
def clients() -> Clients:
    return Clients()


def test_a_client_has_another_name_in_the_next_hour(clients):
    with time_machine.travel(NOON):
        before = clients.name(visit("198.41.0.4"))
        assert clients.name(visit("198.41.0.4")) == before
    with time_machine.travel(LATER):
        assert clients.name(visit("198.41.0.4")) != before


def test_a_clients_name_holds_nothing_of_its_address(clients):
    name = clients.name(visit("198.41.0.4"))
    assert bytes([198, 41, 0, 4]) not in name
    assert Clients().name(visit("198.41.0.4")) != name


def test_counts_are_forgotten_with_the_hour(clients):
    with time_machine.travel(NOON):
        assert [clients.count(clients.name(visit("198.41.0.4"))) for _ in range(3)] == [1, 2, 3]
    with time_machine.travel(LATER):
        assert clients.count(clients.name(visit("198.41.0.4"))) == 1


def test_a_household_of_ipv6_is_one_client(clients):
    one, two, other = (visit(a) for a in ("2001:500:1::1", "2001:500:1::ffff", "2001:500:2::1"))
    assert clients.name(one) == clients.name(two) != clients.name(other)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "172.20.0.1", "fd00::1", "", "unix:"]
)
def test_a_proxy_is_nobody(clients, address):
    assert clients.name(visit(address)) is None
    assert clients.count(None) == 0


def test_more_clients_than_can_be_counted_cost_no_more_memory(clients, monkeypatch):
    monkeypatch.setattr(limits, "MOST_CLIENTS", 3)
    for i in range(9):
        clients.count(bytes([i]))
    assert len(clients.counts) == len(clients.last) == 3


def test_a_rate_lets_a_minutes_worth_through_and_refills(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    rate = Rate()
    assert [rate.allows(4) for _ in range(5)] == [True] * 4 + [False]
    now[0] += 30
    assert [rate.allows(4) for _ in range(3)] == [True, True, False]


def test_no_rate_is_no_limit():
    rate = Rate()
    assert all(rate.allows(0) for _ in range(1000))


def test_each_wrong_code_makes_the_wait_longer():
    limits.forget()
    waits = []
    for _ in range(9):
        limits.wrong_code(visit("198.41.0.4"))
        waits.append(seconds_to_wait(visit("198.41.0.4")))
    assert waits[:4] == [0] * 4
    assert waits[4:] == sorted(waits[4:])
    assert waits[4] < 3 < waits[-1]
    assert seconds_to_wait(visit("198.41.0.5")) == 0
    limits.forget()
