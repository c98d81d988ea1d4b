"""The place of the stage: test folders are no packages here (importmode=importlib), its helpers are found by name."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
