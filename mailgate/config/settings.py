"""All settings together: the sections of the file, and the further desks.

Made by `reading.load`; the rules of single sections are in `sections`, those of `[[desks]]` in `desks`. A variable of
the environment sets a key of a section (`environment`), never one of a desk.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import InstanceOf, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from mailgate.config.desks import FurtherDesk, read_desks
from mailgate.config.environment import EnvironmentSource
from mailgate.config.problems import SEVERAL
from mailgate.config.sections import (
    Addresses,
    Attributes,
    Authentication,
    Database,
    Delivery,
    Desk,
    Dkim,
    Dns,
    Keys,
    Listener,
    Reading,
    Retention,
    Section,
    Service,
    Spool,
    Targets,
    Watch,
)
from mailgate.mail.reply_address import OwnAddresses


class Config(BaseSettings):
    """All settings. Every path is absolute, as is the file of a SQLite URL: see `reading.load`."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    service: Service = Service()
    addresses: Addresses = Addresses()
    listener: Listener = Listener()
    spool: Spool = Spool()
    reading: Reading = Reading()
    database: Database = Database()
    delivery: Delivery = Delivery()
    dkim: Dkim = Dkim()
    authentication: Authentication = Authentication()
    dns: Dns = Dns()
    desk: Desk = Desk()
    retention: Retention = Retention()
    attributes: Attributes = Attributes()
    targets: Targets = Targets()
    keys: Keys = Keys()
    watch: Watch = Watch()
    desks: tuple[InstanceOf[FurtherDesk], ...] = ()
    """The further desks; last, since what they do not say is as above."""

    @field_validator("desks", mode="before")
    @classmethod
    def _each_desk(cls, value: object, info: ValidationInfo) -> tuple[FurtherDesk, ...]:
        found, problems = read_desks(value, info.data)
        if problems:
            raise PydanticCustomError(SEVERAL, "several problems", {"lines": problems})
        return found

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The stronger first. No other source: a stray `.env` or a variable named PORT must change nothing."""
        return EnvironmentSource(settings_cls), init_settings

    def own_addresses(self) -> OwnAddresses:
        """Our own addresses as the value that listener, flows and letters work with."""
        further = tuple((one.id, one.addresses) for one in self.desks)
        return OwnAddresses(domain=self.service.domain, **self.addresses.model_dump(), further=further)

    def key_store_url(self) -> str:
        """Where the wrapped keys are."""
        return self.keys.store or f"sqlite:///{self.keys.directory / 'store.db'}"

    def dkim_key(self, selector: str) -> Path:
        """Where the private key of a selector is."""
        return self.keys.directory / f"dkim-{selector}.pem"


SECTIONS: dict[str, type[Section]] = {
    name: type(field.default) for name, field in Config.model_fields.items() if isinstance(field.default, Section)
}
"""The sections of the file by name; `[[desks]]` is a list and none of them."""
