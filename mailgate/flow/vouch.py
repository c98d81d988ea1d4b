"""How far the author of a mail is believed, before anything follows from it.

Under the policy `enforce` only an author is believed whose domain a trusted receiver in front of us has authenticated
(Authentication-Results, RFC 8601): DMARC pass, or SPF or DKIM pass for the very domain of the From field. A receiver
is trusted when its authserv-id is configured; it must drop such fields of others (RFC 8601 section 5). Everything
else is doubtful: held, never answered. mailgate's own SPF, DKIM and DMARC checks will be made here.
"""

from __future__ import annotations

import authres  # type: ignore[import-untyped]  # it brings no types

from mailgate.desk.policy import Policy
from mailgate.desk.trust import AuthenticationPolicy, Trust
from mailgate.mail.message import Message


def vouch(message: Message, policy: Policy) -> Trust:
    """The trust in `message.sender` under the policy of the desk."""
    if policy.authentication is not AuthenticationPolicy.ENFORCE:
        return Trust.TRUSTED
    author = message.sender.address
    results = _trusted_results(message.authentication_results, policy.trusted_authserv_ids)
    if any(result.method == "dmarc" and result.result == "fail" for result in results):
        return Trust.DOUBTFUL
    if author is not None and any(_vouches(result, author.domain) for result in results):
        return Trust.TRUSTED
    return Trust.DOUBTFUL


def _trusted_results(fields: tuple[str, ...], trusted: frozenset[str]) -> list[authres.AuthenticationResult]:
    """The results of the topmost field by a trusted receiver; none when there is no such field or it is malformed."""
    for field in fields:
        try:
            header = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {field}")
        except authres.AuthResError:
            continue
        if header.authserv_id.lower() in trusted:
            return list(header.results)
    return []


def _vouches(result: authres.AuthenticationResult, domain: str) -> bool:
    if result.result != "pass":
        return False
    properties = {(prop.type, prop.name): prop.value for prop in result.properties}
    wanted = {"dmarc": ("header", "from"), "dkim": ("header", "d"), "spf": ("smtp", "mailfrom")}.get(result.method)
    value = properties.get(wanted, "") if wanted else ""
    return value.rpartition("@")[2].lower() == domain
