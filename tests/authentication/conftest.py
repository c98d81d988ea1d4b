"""The name server on loopback, empty for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from loopback_dns import LoopbackDns

from mailgate.authentication.resolver import Resolver


@pytest.fixture(scope="session")
def dns_server() -> Iterator[LoopbackDns]:
    server = LoopbackDns()
    yield server
    server.close()


@pytest.fixture
def dns(dns_server: LoopbackDns) -> LoopbackDns:
    dns_server.clear()
    return dns_server


@pytest.fixture
def resolver(dns: LoopbackDns) -> Resolver:
    return Resolver([dns.nameserver], question_seconds=0.3)
