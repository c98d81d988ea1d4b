"""What the DNS says of the desk's domain, as others will ask it, and the records that should be there.

MX (RFC 5321 5.1), SPF (RFC 7208), DKIM (RFC 6376 3.6.1), DMARC (RFC 7489 6.3), MTA-STS (RFC 8461, a remark only).
"""

from __future__ import annotations

from collections.abc import Iterator

from mailgate.authentication.resolver import Resolver
from mailgate.config import Config
from mailgate.doctor.finding import Finding, ok, problem, warning
from mailgate.edges import signer_with
from mailgate.errors import BadKeys, DnsTrouble
from mailgate.mail.dkim_key import TxtRecord, record_of
from mailgate.mail.domains import organisation
from mailgate.phrase import Phrase

_RESERVED = ("example", "test", "invalid", "localhost")


def look_at_names(config: Config, resolver: Resolver) -> Iterator[Finding]:
    domain = config.service.domain
    if _is_reserved(domain):
        yield warning(
            "dns",
            Phrase("{domain} is a name for examples, nobody can write to it", domain=domain),
            Phrase("set service.domain"),
        )
        return
    try:
        yield from _mx(domain, resolver)
        yield from _spf(config, resolver)
        for selector in config.dkim.selectors:
            yield from _dkim(config, selector, resolver)
        yield from _dmarc(domain, resolver)
        yield from _mta_sts(domain, resolver)
    except DnsTrouble as error:
        yield warning("dns", error.reason, Phrase("ask again later; [dns] nameservers says whom to ask"))


def records_to_enter(config: Config) -> list[TxtRecord | str]:
    """What should stand in the zone of the domain, to be copied: lines, or TXT records."""
    domain = config.service.domain
    relay = config.delivery.host if config.delivery.mode == "smtp" else f"mail.{domain}"
    records: list[TxtRecord | str] = [
        f"{domain}. 3600 IN MX 10 mail.{domain}.",
        TxtRecord(domain, f"v=spf1 mx a:{relay} -all"),
        TxtRecord(f"_dmarc.{domain}", f"v=DMARC1; p=reject; rua=mailto:postmaster@{domain}"),
    ]
    for selector in config.dkim.selectors:
        try:
            records.append(record_of(signer_with(config, selector)))
        except BadKeys:
            continue  # the look at the keys tells it
    return records


def _is_reserved(domain: str) -> bool:
    """RFC 2606, and the second-level names that registries keep for examples."""
    labels = domain.split(".")
    return labels[-1] in _RESERVED or organisation(domain).split(".")[0] == "example"


def _mx(domain: str, resolver: Resolver) -> Iterator[Finding]:
    hosts = [one[1] for one in resolver.ask(domain, "MX").records if isinstance(one, tuple)]
    if not hosts:
        if resolver.ask(domain, "A").records or resolver.ask(domain, "AAAA").records:
            yield warning(
                "dns mx",
                Phrase("{domain} has no MX, only an address", domain=domain),
                Phrase("enter an MX record: mailgate doctor --records"),
            )
        else:
            yield problem(
                "dns mx",
                Phrase("{domain} has neither MX nor address: no mail finds us", domain=domain),
                Phrase("enter an MX record: mailgate doctor --records"),
            )
        return
    lost = [host for host in hosts if not any(resolver.ask(host, kind).records for kind in ("A", "AAAA"))]
    if lost:
        yield problem("dns mx", Phrase("{lost} has no address", lost=lost), Phrase("enter its A or AAAA record"))
    else:
        yield ok("dns mx", Phrase("mail for {domain} goes to {hosts}", domain=domain, hosts=hosts))


def _spf(config: Config, resolver: Resolver) -> Iterator[Finding]:
    domain = config.service.domain
    found = [one for one in _texts(domain, resolver) if one.lower().startswith("v=spf1")]
    if not found:
        yield warning(
            "dns spf",
            Phrase("{domain} says nobody may send for it", domain=domain),
            Phrase("enter it: mailgate doctor --records"),
        )
    elif len(found) > 1:
        yield problem(
            "dns spf",
            Phrase("{domain} has {count} SPF records: receivers take none", domain=domain, count=len(found)),
            Phrase("leave one of them"),
        )
    elif "+all" in found[0].lower().split():
        yield problem("dns spf", Phrase("it allows the whole world to send (+all)"), Phrase("end it with -all"))
    else:
        yield ok("dns spf", Phrase("there is one; that it names the relay is yours to see"))


def _dkim(config: Config, selector: str, resolver: Resolver) -> Iterator[Finding]:
    try:
        record = record_of(signer_with(config, selector))
    except BadKeys:
        return
    subject = f"dns dkim {selector}"
    found = ["".join(one.split()) for one in _texts(record.name, resolver)]
    public = record.value.rpartition("p=")[2]
    if not found:
        yield problem(
            subject,
            Phrase("{name} is not there: nobody can verify our mails", name=record.name),
            Phrase("enter it: mailgate doctor --records"),
        )
    elif not any(f"p={public}" in one for one in found):
        yield problem(
            subject,
            Phrase("{name} is of another key", name=record.name),
            Phrase("mailgate doctor --records shows the right one"),
        )
    else:
        yield ok(subject, Phrase("is that of the key"))


def _dmarc(domain: str, resolver: Resolver) -> Iterator[Finding]:
    for name in dict.fromkeys((f"_dmarc.{domain}", f"_dmarc.{organisation(domain)}")):
        for text in _texts(name, resolver):
            tags = dict(part.strip().partition("=")[::2] for part in text.split(";") if "=" in part)
            if tags.get("v", "").strip() != "DMARC1":
                continue
            wish = tags.get("p", "").strip().lower()
            if wish in ("reject", "quarantine"):
                yield ok("dns dmarc", Phrase("{name} asks to {wish} what is forged", name=name, wish=wish))
            else:
                yield warning(
                    "dns dmarc",
                    Phrase("{name} asks for nothing (p={wish})", name=name, wish=wish or "?"),
                    Phrase("set p=quarantine or p=reject"),
                )
            return
    yield warning(
        "dns dmarc",
        Phrase("{domain} has no DMARC record: others can write in its name", domain=domain),
        Phrase("enter it: mailgate doctor --records"),
    )


def _mta_sts(domain: str, resolver: Resolver) -> Iterator[Finding]:
    if any(one.startswith("v=STSv1") for one in _texts(f"_mta-sts.{domain}", resolver)):
        yield ok("dns mta-sts", Phrase("senders are told to use TLS"))


def _texts(name: str, resolver: Resolver) -> list[str]:
    return [one.decode("ascii", "replace") for one in resolver.ask(name, "TXT").records if isinstance(one, bytes)]
