"""How long the fuzzing takes: some seconds in the suite, as long as it likes with `--hypothesis-profile=fuzz`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "fuzz", max_examples=5_000, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
