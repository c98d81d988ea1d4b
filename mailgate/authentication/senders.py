"""SPF: whether the domain of the reverse-path lets this peer send in its name (RFC 7208), by pyspf.

Before: `verifier`. pyspf keeps the limits of section 4.6.4 (10 terms, 2 void look-ups); the number of questions and
the time are those of the mail. pyspf would ask the DNS by itself: here every question goes through `Questions`. The
explanation of a failing domain is the stranger's text and is never fetched.

A peer is what the listener saw, or what a front in the settings told it. Behind a mail server that tells nothing it is
that server: then SPF is not checked here at all. Nor is it for a program of this machine, which sends for anybody.
A domain that lets the whole world send (`+all`, `ip4:0.0.0.0/0`, two halves of it, or any of these in what it includes)
vouches for nobody: what passes is asked again for an address that no host can have.

Known weakness: behind a proxy that the settings do not tell of, the peer is the proxy, and nearly nothing passes.
"""

from __future__ import annotations

import ipaddress
from typing import Any, NoReturn

import spf  # type: ignore[import-untyped]  # it brings no types

from mailgate.authentication.resolver import Questions, Record, TooManyQuestions
from mailgate.errors import DnsTrouble
from mailgate.mail.authentication import Result, Spf
from mailgate.mail.domains import ascii_domain
from mailgate.mail.envelope import Envelope


def check_sender(envelope: Envelope, questions: Questions) -> Spf:
    """The result for the reverse-path of `envelope`, or for the greeting where that is the null one."""
    peer = _ip_address(envelope.peer)
    if peer is None:
        return Spf(Result.NONE, "", "not checked: the mail did not come from a client of ours")
    if ipaddress.ip_address(peer).is_loopback:
        return Spf(Result.NONE, "", "not checked: the mail comes from a program of this machine")
    path = envelope.reverse_path
    domain = ascii_domain(path.domain if path else envelope.helo)
    if domain is None:
        return Spf(Result.NONE, "", "no domain that could be asked")
    sender = f"{path.local if path else 'postmaster'}@{domain}"
    helo = ascii_domain(envelope.helo) or "unknown"
    result = _result(peer, sender, helo, questions)
    if result is Result.PASS and _result(_nowhere(peer), sender, helo, questions) is Result.PASS:
        return Spf(Result.POLICY, domain, "the domain lets every host send in its name")
    return Spf(result, domain)


def _result(peer: str, sender: str, helo: str, questions: Questions) -> Result:
    try:
        query = Query(questions, peer, sender, helo)
        result, _, _ = query.check()
        return Result(result)
    except Exception:  # noqa: BLE001  # pyspf raises what it likes on hostile records; none of it is a pass
        return Result.PERMERROR


class Query(spf.query):  # type: ignore[misc]  # pyspf has no types
    """pyspf's evaluation of one sender, with our way to the DNS."""

    def __init__(self, questions: Questions, peer: str, sender: str, helo: str) -> None:
        super().__init__(i=peer, s=sender, h=helo, strict=True)
        self._questions = questions

    def dns(self, name: Any, qtype: str, cnames: Any = None, ignore_void: bool = False) -> list[Any]:
        """What pyspf gets for every question that it has; aliases are followed by the resolver."""
        del cnames
        try:
            records = self._questions.ask(str(name), qtype).records
        except DnsTrouble as error:
            raise spf.TempError(error.reason) from None
        except TooManyQuestions as error:
            raise spf.PermError(str(error)) from None
        if not records and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.PermError("too many look-ups that found nothing")
        return [_as_pyspf_has_it(one) for one in records]

    def get_explanation(self, spec: str) -> None:
        """RFC 7208 6.2: a text of the domain for whoever was refused. Not asked for."""


def _as_pyspf_has_it(record: Record) -> object:
    return (record,) if isinstance(record, bytes) else record


def _ip_address(peer: str) -> str | None:
    try:
        return str(ipaddress.ip_address(peer.partition("%")[0]))
    except ValueError:
        return None


def _nowhere(peer: str) -> str:
    """An address of the same family that no packet comes from: of class E (RFC 1112 4), of the discard prefix
    (RFC 6666)."""
    address = ipaddress.ip_address(peer)
    is_v4 = isinstance(address, ipaddress.IPv4Address) or address.ipv4_mapped is not None
    return "240.0.0.1" if is_v4 else "100::1"


def _nobody(*_: object) -> NoReturn:
    raise AssertionError("pyspf asks the DNS by a way of its own")


spf.DNSLookup = _nobody  # were there another way to the DNS in it, it would be closed
