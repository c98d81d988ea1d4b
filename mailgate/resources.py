"""Where the top-level folders are: `templates/`, `migrations/`, `config/`.

In a checkout they stand beside the package; in an installed wheel they travel as `mailgate/data/`
(see `force-include` in pyproject.toml).
"""

from __future__ import annotations

from pathlib import Path

CONFIGURATIONS = (Path("var/mailgate.toml"), Path("/etc/mailgate/mailgate.toml"))
"""Where a configuration is looked for that was not named, the first one first."""
_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `name` ("templates", "migrations", "config") as a path on disk."""
    packed = _PACKAGE / "data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
