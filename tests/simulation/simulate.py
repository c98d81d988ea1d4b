"""A simulated year, as long and as lively as is asked for; says what happened, and what should not have.

python tests/simulation/simulate.py [--days 365] [--cases-a-week 10] [--seed 1] [--url URL]
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "shared")]

import structlog  # noqa: E402 - behind the place of the helpers
from simulated_year import Plan, Year  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--cases-a-week", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--away", type=int, default=4, help="How many times the service is away for a week.")
    parser.add_argument("--looks", type=int, default=4, choices=range(1, 5), help="Moments of a day.")
    parser.add_argument("--url", default="", help="An empty database; otherwise a SQLite file that is thrown away.")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        year = Year(
            Plan(given.days, given.cases_a_week, given.seed, given.away, given.looks),
            given.url or f"sqlite:///{folder}/year.db",
        )
        began = time.monotonic()

        def tell(today: date) -> None:
            if today.day == 1:
                sys.stderr.write(f"{today}: {time.monotonic() - began:.0f} s, problems: {len(year.problems)}\n")

        year.live(tell)
        lines = [f"{given.days} days in {time.monotonic() - began:.0f} s, seed {given.seed}"]
    lines += [f"{count:7} {what}" for what, count in sorted(year.counts.items())]
    lines += [f"PROBLEM {problem}" for problem in year.problems]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if year.problems else 0


if __name__ == "__main__":
    sys.exit(main())
