"""The settings: read once at the start and handed down as frozen values.

`sections` and `desks` say what there is and `settings` has it together, `shapes` how single values are written,
`reading` where they come from. Before this floor stands the command line (which file?); after it `service` and `cli`,
which pass single values on: nothing below knows that settings exist. No other file is opened here: whether a key or a
certificate can be read is found out by whoever reads it. The reference of all keys is `config/mailgate.toml`.
"""

from mailgate.config.reading import find_config, load, passwords_in_file, plain
from mailgate.config.settings import Config
from mailgate.config.shapes import is_selector

__all__ = ["Config", "find_config", "is_selector", "load", "passwords_in_file", "plain"]
