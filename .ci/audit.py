"""Asks for known vulnerabilities in a lock file, with pip-audit, and says how much of it was really looked at.

pip-audit itself reports success when its service knows none of the packages, as behind a mirror without that service.
Exit status: 0 nothing is known (or nobody could be asked, which is said), 1 something is.

    python .ci/audit.py requirements.lock
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def main() -> int:
    lock = sys.argv[1]
    asked = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"),
            *("--requirement", lock, "--require-hashes", "--disable-pip"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        found: list[dict[str, Any]] = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        reason = asked.stderr.strip().splitlines()[-1:] or ["it says nothing"]
        return told(f"audit of {lock} SKIPPED: pip-audit reaches no service ({reason[0][:200]})", 0)
    missed = [one["name"] for one in found if "skip_reason" in one]
    bad = [(one, hole) for one in found for hole in one.get("vulns", [])]
    for one, hole in bad:
        better = ", ".join(hole["fix_versions"]) or "no version yet"
        print(f"{one['name']} {one['version']}: {hole['id']} (mended in {better})")
    if len(missed) == len(found):
        return told(f"audit of {lock} SKIPPED: the service knows none of the {len(found)} packages", 0)
    known = f"{len(bad)} known vulnerabilities" if bad else "no known vulnerability"
    aside = f"; NOT looked at: {', '.join(missed)}" if missed else ""
    return told(f"audit of {lock}: {known} in {len(found) - len(missed)} packages{aside}", 1 if bad else 0)


def told(line: str, status: int) -> int:
    print(line)
    return status


if __name__ == "__main__":
    assert Path(sys.argv[1]).is_file(), sys.argv[1]
    sys.exit(main())
