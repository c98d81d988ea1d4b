"""`/metrics` and `/healthz` as a tool asks for them."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
import structlog

from mailgate.errors import Refused, StoreUnavailable
from mailgate.events import Event
from mailgate.watch.log import configure_log
from mailgate.watch.metrics import registry_of
from mailgate.watch.page import Page


@pytest.fixture
def problems() -> list[str]:
    return []


@pytest.fixture
def page(quick_desk: Any, problems: list[str]) -> Iterator[Page]:
    serving = Page("127.0.0.1", 0, registry_of(quick_desk.office), lambda: problems)
    serving.start()
    yield serving
    serving.stop()


def asked(page: Page, path: str, method: str = "GET") -> tuple[int, str]:
    connection = HTTPConnection(page.address.removeprefix("http://"), timeout=10)
    connection.request(method, path)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def figures(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"^(mailgate_\S+(?:\{.*\})?) (\S+)$", text, re.M)}


def test_healthy(page: Page) -> None:
    assert asked(page, "/healthz") == (200, "ok\n")


def test_ill(page: Page, problems: list[str]) -> None:
    problems += ["worker has ended", "the database does not answer"]
    assert asked(page, "/healthz") == (503, "worker has ended\nthe database does not answer\n")


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/", "GET", 404), ("/metrics/", "GET", 404), ("/healthz", "POST", 405)]
)
def test_there_is_nothing_else(page: Page, path: str, method: str, status: int) -> None:
    assert asked(page, path, method)[0] == status


def test_figures_of_the_database(page: Page, quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.invite(number)
    quick_desk.open_case()
    quick_desk.clock.advance(minutes=5)
    found = figures(asked(page, "/metrics")[1])
    assert found['mailgate_cases{state="open"}'] == 1
    assert found['mailgate_cases{state="new"}'] == 1
    assert found['mailgate_cases{state="spam"}'] == 0
    assert found['mailgate_received_mails{state="held"}'] == 0
    assert found['mailgate_outgoing_mails{state="queued"}'] == 3
    assert round(found['mailgate_oldest_mail_seconds{state="queued"}'], 2) == 300
    assert found['mailgate_oldest_mail_seconds{state="received"}'] == 0
    assert found["mailgate_database_up"] == 1


def test_figures_while_the_database_is_away(quick_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(type(quick_desk.office), "read", lambda _: away())
    names = {metric.name for metric in registry_of(quick_desk.office).collect() if metric.name.startswith("mailgate")}
    assert names == {"mailgate_events", "mailgate_database_up"}


def test_the_database_is_asked_once_in_some_seconds(quick_desk: Any) -> None:
    clock = [0.0]
    registry = registry_of(quick_desk.office, lambda: clock[0])

    def new_cases() -> float | None:
        return registry.get_sample_value("mailgate_cases", {"state": "new"})

    seen = [new_cases()]
    quick_desk.open_case()
    for clock[0] in (9.9, 10.0):
        seen.append(new_cases())
    assert seen == [0, 0, 1]


def test_what_is_logged_is_counted(page: Page) -> None:
    configure_log(logging.INFO)
    before = figures(asked(page, "/metrics")[1])
    log = structlog.get_logger()
    log.info(Event.ACCEPTED, queue_id="a,b", mails=2)
    log.info(Event.REFUSED, outcome="550 5.1.1")
    log.debug(Event.TROUBLE)
    after = figures(asked(page, "/metrics")[1])
    assert {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name)} == {
        'mailgate_events_total{event="accepted",outcome=""}': 2,
        'mailgate_events_total{event="refused",outcome="550 5.1.1"}': 1,
    } | {
        name: value - before.get(name, 0) for name, value in after.items() if "_created" in name and name not in before
    }


def test_a_second_page_on_the_same_port_is_refused(page: Page, quick_desk: Any) -> None:
    port = int(page.address.rpartition(":")[2])
    with pytest.raises(Refused, match=f"watch.address 127.0.0.1:{port}: already in use"):
        Page("127.0.0.1", port, registry_of(quick_desk.office), list)


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not _has_ipv6(), reason="no IPv6 on this machine")
def test_on_ipv6_too(quick_desk: Any) -> None:
    serving = Page("::1", 0, registry_of(quick_desk.office), list)
    serving.start()
    try:
        assert asked(serving, "/healthz") == (200, "ok\n")
    finally:
        serving.stop()
