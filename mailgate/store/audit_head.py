"""The head of the audit chain, kept a second time: in the key store, which whoever changes the main database has not.

Told by `flow/chain_audit.py` after each piece of the chain, asked when the chain is verified. A head that is behind is
no sign of anything; one that the chain has not shows that its end was cut off, or that an older backup was restored.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailgate.store.audit_chain import Mark
from mailgate.store.key_store import KeyStore

_NAME = "audit head"


@dataclass(frozen=True, slots=True)
class StoreHeadKeeper:
    """Meets `audit_chain.HeadKeeper`."""

    store: KeyStore

    def kept(self) -> Mark | None:
        word = self.store.word(_NAME)
        if word is None:
            return None
        sequence, _, mac = word.partition(" ")
        return Mark(int(sequence), mac)

    def keep(self, head: Mark) -> None:
        """Never goes back by itself: what was cut off is told until an operator says that a backup was restored."""
        kept = self.kept()
        if kept is None or kept.sequence < head.sequence:
            self.take(head)

    def take(self, head: Mark) -> None:
        """Keeps `head`, whatever was kept before."""
        self.store.set_word(_NAME, f"{head.sequence} {head.mac}")
