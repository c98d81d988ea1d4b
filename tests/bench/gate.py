"""How long the gate looks at a mail: one pass for 100,000 spellings of schools, and a whole look with its database.

Prints CPU milliseconds; exit status 1 when the target is missed. The schools are made of syllables and are nobody's.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from mailgate.desk.compact import compact  # noqa: E402  # found by the line above
from mailgate.desk.identifiers import Form, forms_of_any_school  # noqa: E402
from mailgate.desk.people import School  # noqa: E402
from mailgate.desk.watchlist import Watchlist  # noqa: E402

SPELLINGS, TARGET_SECONDS = 100_000, 0.020
BODY_CHARACTERS = 3_000
_SENTENCE = (
    "担任している学級のことでご相談します。保護者の方から長いお電話がありました。記録の残し方に迷っております。\n"
)
_REPEATS = 20


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def cpu_seconds(work: Callable[[], object]) -> float:
    """The least of several runs: what the work costs on a machine that does nothing else."""
    times = []
    for _ in range(_REPEATS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def spellings() -> list[tuple[str, Form]]:
    """Those of as many schools as it takes."""
    dice, signs = random.Random(5), [chr(code) for code in range(0x4E00, 0x4E00 + 2000)]
    found: dict[Form, str] = {}
    number = 0
    while len(found) < SPELLINGS:
        number += 1
        town, name = ("".join(dice.choices(signs, k=count)) for count in (2, 3))
        school = School(number, f"S-{number}", f"{town}市立{name}小学校", (f"{name}小",), f"{town}市", (), ())
        found |= dict.fromkeys(forms_of_any_school(school), school.handle)
    return [(handle, form) for form, handle in found.items()]


def main() -> int:
    forms = spellings()
    begin = time.process_time()
    watchlist = Watchlist(forms)
    say(f"{len(watchlist)} spellings made ready in {time.process_time() - begin:.2f} s, once for each register")
    text = (_SENTENCE * (BODY_CHARACTERS // len(_SENTENCE) + 1))[:BODY_CHARACTERS] + forms[-1][1].text
    assert [hit.owner for hit in watchlist.hits(compact(text))].count(forms[-1][0]) >= 1
    slow = 0
    for name, body in (("a mail of 3,000 characters", text), ("one of 30,000", text * 10)):
        seconds = cpu_seconds(lambda body=body: list(watchlist.hits(compact(body))))  # type: ignore[misc]
        slow += name.startswith("a mail") and seconds > TARGET_SECONDS
        say(f"{name}: {seconds * 1000:.2f} ms")
    with tempfile.TemporaryDirectory() as folder:
        seconds = whole_look(Path(folder), watchlist)
    slow += seconds > TARGET_SECONDS
    say(f"a whole look at an invitation in a case of six people: {seconds * 1000:.2f} ms")
    return 1 if slow else 0


def whole_look(folder: Path, watchlist: Watchlist) -> float:
    """The gate with everything that it asks of an SQLite database; the register's schools are those of `watchlist`."""
    sys.path[:0] = [str(ROOT / "tests" / "shared")]
    import desk as desks

    from mailgate.flow import gate
    from mailgate.flow.render import Renderers
    from mailgate.store import migrate, sending
    from mailgate.store.database import Database

    class Watch:
        def watchlist(self, _tx: object) -> Watchlist:
            return watchlist

    database = Database(f"sqlite:///{folder}/mailgate.db", desks.KEYS)
    migrate.upgrade(database.engine)
    desks._furnish(database)
    desk = desks._desk(database, Renderers())
    number = desk.open_case(_SENTENCE * (BODY_CHARACTERS // len(_SENTENCE)))
    desk.invite(number, 0, 1, 2)
    mail = desk.outbox("invitation")[0].id

    def look() -> None:
        with desk.office.read() as ctx:
            assert gate.examine(ctx, Watch(), mail, sending.load(ctx.tx, mail)) is None  # type: ignore[arg-type]

    return cpu_seconds(look)


if __name__ == "__main__":
    sys.exit(main())
