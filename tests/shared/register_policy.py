"""The policy of tests that keep a register and play no consultation."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from mailgate.desk.desks import DeskPolicy, Desks
from mailgate.desk.policy import Policy
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.mail.reply_address import MAIN_DESK, OwnAddresses

POLICY = Policy(
    desks=Desks(DeskPolicy(MAIN_DESK, "試し窓口", "ja", invitation_days=7, reminder_days=2, answer_days=10)),
    timezone=ZoneInfo("Asia/Tokyo"),
    addresses=OwnAddresses("desk.example.jp"),
    authentication=AuthenticationPolicy.OFF,
    trusted_authserv_ids=frozenset(),
    quiet_days=30,
    retention_days=365,
    k_anonymity=5,
    retry_hours=96,
)
